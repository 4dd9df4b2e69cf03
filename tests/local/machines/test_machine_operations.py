from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from stackgen.local.clock import EPOCH
from tests.local.machines.world import ROLE, Raised, World, caught, one, row, task

PASS = one({"Type": "Pass"})
WAIT = one({"Type": "Wait", "Seconds": 600})
NOWHERE = "arn:aws:states:eu-central-1:123456789012:stateMachine:nowhere"


def test_a_machine_is_described_as_it_was_created(world: World) -> None:
    machine = world.create(PASS, "mine", tags=[{"key": "a", "value": "b"}])

    described = world.call("DescribeStateMachine", stateMachineArn=machine)

    assert machine == "arn:aws:states:eu-central-1:123456789012:stateMachine:mine"
    assert described["definition"] == json.dumps(PASS)
    assert (described["name"], described["type"], described["status"]) == ("mine", "STANDARD", "ACTIVE")
    assert (described["roleArn"], described["creationDate"]) == (ROLE, EPOCH)
    assert world.call("ListTagsForResource", resourceArn=machine)["tags"] == [{"key": "a", "value": "b"}]


def test_creating_the_same_again_changes_nothing_and_another_is_refused(world: World) -> None:
    first = world.create(PASS)
    world.clock.advance(10)

    assert world.create(PASS) == first
    error = world.refused("CreateStateMachine", name="machine", definition=json.dumps(WAIT), roleArn=ROLE)
    assert error.code == "StateMachineAlreadyExists"


@pytest.mark.parametrize("name", ["with blank", "a/b", "a:b", "a*", "[a]", "a,b"])
def test_a_name_of_forbidden_characters_is_refused(world: World, name: str) -> None:
    machine = world.create(PASS)

    error = world.refused("CreateStateMachine", name=name, definition=json.dumps(PASS), roleArn=ROLE)
    assert error.code == "InvalidName"
    assert world.refused("StartExecution", stateMachineArn=machine, name=name).code == "InvalidName"


def test_a_name_of_more_than_eighty_characters_is_refused(world: World) -> None:
    machine = world.create(PASS)

    assert world.refused("StartExecution", stateMachineArn=machine, name="n" * 81).code == "ValidationException"
    assert world.start(machine, name="n" * 80).endswith("n" * 80)


def test_a_running_execution_keeps_the_definition_that_it_started_with(world: World) -> None:
    definition = row(("Wait", {"Type": "Wait", "Seconds": 60}), ("Old", {"Type": "Pass", "Result": "old"}))
    changed = row(("Wait", {"Type": "Wait", "Seconds": 60}), ("New", {"Type": "Pass", "Result": "new"}))
    machine = world.create(definition)
    old = world.start(machine)

    updated = world.call("UpdateStateMachine", stateMachineArn=machine, definition=json.dumps(changed))
    new = world.start(machine)
    world.clock.settle()

    assert updated["revisionId"] == world.call("DescribeStateMachine", stateMachineArn=machine)["revisionId"]
    assert [world.describe(execution)["output"] for execution in (old, new)] == ['"old"', '"new"']
    told = world.call("DescribeStateMachineForExecution", executionArn=old)
    assert told["definition"] == json.dumps(definition)


def test_an_update_of_nothing_is_refused(world: World) -> None:
    machine = world.create(PASS)

    assert world.refused("UpdateStateMachine", stateMachineArn=machine).code == "MissingRequiredParameter"


def test_a_machine_is_deleted_when_its_last_execution_ended(world: World) -> None:
    machine = world.create(WAIT)
    world.start(machine)

    world.call("DeleteStateMachine", stateMachineArn=machine)

    assert world.call("DescribeStateMachine", stateMachineArn=machine)["status"] == "DELETING"
    assert world.refused("StartExecution", stateMachineArn=machine).code == "StateMachineDeleting"
    world.clock.settle()
    assert world.refused("DescribeStateMachine", stateMachineArn=machine).code == "StateMachineDoesNotExist"
    assert world.call("DeleteStateMachine", stateMachineArn=machine) == {}


@pytest.mark.parametrize("operation", ["DescribeStateMachine", "StartExecution", "ListExecutions"])
def test_what_does_not_exist_is_said_not_to_exist(world: World, operation: str) -> None:
    assert world.refused(operation, stateMachineArn=NOWHERE).code == "StateMachineDoesNotExist"
    assert world.refused(operation, stateMachineArn="arn:aws:s3:::bucket").code == "InvalidArn"


def test_an_execution_that_does_not_exist_is_said_not_to_exist(world: World) -> None:
    arn = NOWHERE.replace("stateMachine", "execution") + ":none"

    assert world.refused("DescribeExecution", executionArn=arn).code == "ExecutionDoesNotExist"
    assert world.refused("GetExecutionHistory", executionArn=NOWHERE).code == "InvalidArn"


def test_tags_are_added_replaced_and_removed(world: World) -> None:
    machine = world.create(PASS, tags=[{"key": "a", "value": "1"}])

    world.call("TagResource", resourceArn=machine, tags=[{"key": "a", "value": "2"}, {"key": "b", "value": "3"}])
    world.call("UntagResource", resourceArn=machine, tagKeys=["b", "c"])

    assert world.call("ListTagsForResource", resourceArn=machine)["tags"] == [{"key": "a", "value": "2"}]
    many = [{"key": f"k{number}", "value": ""} for number in range(50)]
    assert world.refused("TagResource", resourceArn=machine, tags=many).code == "TooManyTags"
    assert world.refused("ListTagsForResource", resourceArn=NOWHERE).code == "ResourceNotFound"


def test_machines_are_listed_page_by_page(world: World) -> None:
    for number in range(5):
        world.create(PASS, f"m{number}")

    first = world.call("ListStateMachines", maxResults=3)
    second = world.call("ListStateMachines", maxResults=3, nextToken=first["nextToken"])

    assert [found["name"] for found in first["stateMachines"] + second["stateMachines"]] == [f"m{n}" for n in range(5)]
    assert "nextToken" not in second
    assert world.refused("ListStateMachines", nextToken="wrong").code == "InvalidToken"


# Executions


def test_starting_the_same_execution_while_it_runs_is_starting_it_once(world: World) -> None:
    machine = world.create(WAIT)

    first = world.call("StartExecution", stateMachineArn=machine, name="e", input='{"a": 1}')
    world.clock.advance(60)
    second = world.call("StartExecution", stateMachineArn=machine, name="e", input='{"a": 1}')

    assert first == second
    error = world.refused("StartExecution", stateMachineArn=machine, name="e", input='{"a": 2}')
    assert error.code == "ExecutionAlreadyExists"


def test_the_name_of_an_execution_stays_taken_for_ninety_days(world: World) -> None:
    machine = world.create(PASS)
    first = world.call("StartExecution", stateMachineArn=machine, name="e")

    world.clock.advance(90 * 86400)
    assert world.refused("StartExecution", stateMachineArn=machine, name="e").code == "ExecutionAlreadyExists"
    world.clock.advance(1)

    again = world.call("StartExecution", stateMachineArn=machine, name="e")
    assert again["startDate"] > first["startDate"]


@pytest.mark.parametrize("text", ["{", "'a'", "nothing"])
def test_an_input_that_is_no_json_is_refused(world: World, text: str) -> None:
    machine = world.create(PASS)

    assert world.refused("StartExecution", stateMachineArn=machine, input=text).code == "InvalidExecutionInput"


def test_an_input_is_limited_in_bytes_of_utf8(world: World) -> None:
    machine = world.create(PASS)

    most = json.dumps("x" * (262_144 - 2))
    assert world.call("StartExecution", stateMachineArn=machine, input=most)
    too_long = '"' + "ä" * 131_072 + '"'
    error = world.refused("StartExecution", stateMachineArn=machine, input=too_long)
    assert error.code == "ValidationException"


def test_an_execution_shows_input_and_output_as_text(world: World) -> None:
    machine = world.create(PASS)
    arn = world.call("StartExecution", stateMachineArn=machine, name="e", input='{ "ä":  1 }')["executionArn"]

    done = world.describe(arn)

    assert arn == "arn:aws:states:eu-central-1:123456789012:execution:machine:e"
    assert (done["input"], done["output"]) == ('{ "ä":  1 }', '{"ä":1}')
    assert (done["startDate"], done["stopDate"], done["status"]) == (EPOCH, EPOCH, "SUCCEEDED")


def test_stopping_ends_an_execution_at_once_and_nothing_is_caught(world: World) -> None:
    def work(_: Any) -> None:
        world.clock.sleep(100)
        raise Raised("Busy")

    world.functions["work"] = work
    world.functions["other"] = lambda _: None
    definition = caught(task(), "States.ALL")
    definition["States"]["Caught"] = task("other", End=True)
    execution = world.start(world.create(definition))
    world.clock.advance(10)

    stopped = world.call("StopExecution", executionArn=execution, error="Mine", cause="because")
    world.clock.settle()

    done = world.describe(execution)
    assert (done["status"], done["error"], done["cause"]) == ("ABORTED", "Mine", "because")
    assert done["stopDate"] == stopped["stopDate"] == EPOCH + timedelta(seconds=10)
    assert [call[2] for call in world.calls] == ["work"]
    last = world.events(execution)[-1]
    assert (last["type"], last["executionAbortedEventDetails"]) == (
        "ExecutionAborted",
        {"error": "Mine", "cause": "because"},
    )


@pytest.mark.parametrize("state", ["Wait", "Parallel", "Map"])
def test_stopping_wakes_what_waits_and_leaves_no_timer(world: World, state: str) -> None:
    inner = row(("Inner", {"Type": "Wait", "Seconds": 86400}))
    states: dict[str, dict[str, Any]] = {
        "Wait": {"Type": "Wait", "Seconds": 86400},
        "Parallel": {"Type": "Parallel", "Branches": [inner]},
        "Map": {"Type": "Map", "ItemProcessor": inner},
    }
    execution = world.start(world.create(one(states[state])), [1, 2])

    world.call("StopExecution", executionArn=execution)

    assert world.clock.waiting() == []
    world.clock.settle()
    assert world.clock.now() == EPOCH
    assert world.describe(execution)["status"] == "ABORTED"


def test_an_execution_that_ended_cannot_be_stopped(world: World) -> None:
    execution = world.start(world.create(PASS))
    world.clock.advance(5)

    assert world.call("StopExecution", executionArn=execution)["stopDate"] == EPOCH
    assert world.describe(execution)["status"] == "SUCCEEDED"


def test_executions_are_listed_latest_first_by_status_and_page(world: World) -> None:
    machine = world.create(one({"Type": "Wait", "SecondsPath": "$.pause"}))
    for number in range(6):
        world.start(machine, {"pause": 100 if number % 2 else 0}, name=f"e{number}")

    def listed(**more: Any) -> list[str]:
        found = world.call("ListExecutions", stateMachineArn=machine, **more)["executions"]
        return [execution["name"] for execution in found]

    assert listed() == ["e5", "e4", "e3", "e2", "e1", "e0"]
    assert listed(statusFilter="RUNNING") == ["e5", "e3", "e1"]
    first = world.call("ListExecutions", stateMachineArn=machine, maxResults=4)
    world.start(machine, {"pause": 0}, name="later")
    assert listed(maxResults=4, nextToken=first["nextToken"]) == ["e1", "e0"]
    assert world.refused("ListExecutions").code == "ValidationException"


def test_a_change_of_status_is_told_as_eventbridge_tells_it(world: World) -> None:
    execution = world.start(world.create(one({"Type": "Wait", "Seconds": 5})), {"a": 1})
    world.clock.settle()

    assert [change["status"] for change in world.changes] == ["RUNNING", "SUCCEEDED"]
    assert world.changes[0]["stopDate"] is None
    last = world.changes[1]
    assert (last["executionArn"], last["input"], last["output"]) == (execution, '{"a": 1}', '{"a":1}')
    assert last["stopDate"] - last["startDate"] == 5000
    assert last["inputDetails"] == {"included": True}


def test_an_express_machine_answers_when_it_has_run(world: World) -> None:
    machine = world.create(one({"Type": "Wait", "Seconds": 60}), type="EXPRESS")
    slow = world.create(one({"Type": "Wait", "Seconds": 3600}), "slow", type="EXPRESS")

    done = world.call("StartSyncExecution", stateMachineArn=machine, input="1")
    late = world.call("StartSyncExecution", stateMachineArn=slow)

    assert (done["status"], done["output"]) == ("SUCCEEDED", "1")
    assert done["stopDate"] - done["startDate"] == timedelta(minutes=1)
    assert (late["status"], late["stopDate"] - late["startDate"]) == ("TIMED_OUT", timedelta(minutes=5))
    assert world.changes == []
    assert world.refused("ListExecutions", stateMachineArn=machine).code == "StateMachineTypeNotSupported"


def test_only_express_machines_answer_when_they_have_run(world: World) -> None:
    machine = world.create(PASS)

    assert world.refused("StartSyncExecution", stateMachineArn=machine).code == "StateMachineTypeNotSupported"
