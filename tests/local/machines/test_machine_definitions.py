from __future__ import annotations

import json
from typing import Any

import pytest

from stackgen.local.clock import EPOCH
from stackgen.local.errors import LocalError
from tests.local.machines.world import ROLE, World, one, row, task

PASS = {"Type": "Pass"}

BAD: list[tuple[str, Any, str]] = [
    ("a dangling Next", {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Nowhere"}}},
     "MISSING_TRANSITION_TARGET: Missing 'Next' target: Nowhere at /States/A/Next"),
    ("a StartAt that does not exist", {"StartAt": "B", "States": {"A": {"Type": "Succeed"}}},
     "MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /StartAt"),
    ("neither Next nor End", {"StartAt": "A", "States": {"A": PASS, "B": {"Type": "Succeed"}}},
     "These fields are required: one of [End, Next] at /States/A"),
    ("both Next and End", {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A", "End": True}}},
     "Only one of these fields is allowed: [End, Next] at /States/A"),
    ("a state nobody leads to", {"StartAt": "A", "States": {"A": {"Type": "Succeed"}, "B": {"Type": "Succeed"}}},
     'MISSING_TRANSITION_TARGET: State "B" is not reachable. at /States/B'),
    ("a loop without an end", {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}}},
     "MISSING_END_STATE: Workflow has no terminal state"),
    ("a Choice without Choices", one({"Type": "Choice", "Default": "Only"}),
     "These fields are required: [Choices] at /States/Only"),
    ("a Choice whose rule leads nowhere",
     one({"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": True, "Next": "Gone"}]}),
     "Missing 'Next' target: Gone at /States/Only/Choices[0]/Next"),
    ("a Choice rule without Next", one({"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": True}]}),
     "These fields are required: [Next] at /States/Only/Choices[0]"),
    ("a Default that does not exist",
     one({"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": True, "Next": "Only"}], "Default": "Gone"}),
     "Missing 'Next' target: Gone at /States/Only/Default"),
    ("a Catch that leads nowhere", one(task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Gone"}])),
     "Missing 'Next' target: Gone at /States/Only/Catch[0]/Next"),
    ("States.ALL beside another error", one(task(Retry=[{"ErrorEquals": ["States.ALL", "Busy"]}])),
     "States.ALL must appear alone and in the last element of Retry at /States/Only/Retry[0]/ErrorEquals"),
    ("a TimeoutSeconds on a Wait", one({"Type": "Wait", "Seconds": 1, "TimeoutSeconds": 2}),
     "Field 'TimeoutSeconds' is not supported at /States/Only"),
    ("a Catch on a Pass", one({"Type": "Pass", "Catch": []}), "Field 'Catch' is not supported at /States/Only"),
    ("a Task without Resource", one({"Type": "Task"}), "These fields are required: [Resource] at /States/Only"),
    ("a type that does not exist", one({"Type": "Sleep"}), "Value 'Sleep' is not a valid Type at /States/Only"),
    ("no type", {"StartAt": "A", "States": {"A": {"End": True}}}, "These fields are required: [Type] at /States/A"),
    ("no StartAt", {"States": {"A": {"Type": "Succeed"}}}, "These fields are required: [StartAt] at /"),
    ("no states", {"StartAt": "A", "States": {}}, "at least one state at /States"),
    ("a branch with a dangling Next",
     one({"Type": "Parallel", "Branches": [{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Only"}}}]}),
     "Missing 'Next' target: Only at /States/Only/Branches[0]/States/A/Next"),
    ("an iteration with a dangling Next",
     one({"Type": "Map", "ItemProcessor": {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}}),
     "Missing 'Next' target: B at /States/Only/ItemProcessor/States/A/Next"),
    ("one name twice", one({"Type": "Map", "ItemProcessor": one(PASS)}), "DUPLICATE_STATE_NAME: "),
    ("a timeout of nothing", one(PASS, TimeoutSeconds=0), "greater than 0 at /TimeoutSeconds"),
    ("an unknown field at the top", one(PASS, Coment="typo"), "Field 'Coment' is not supported"),
    ("a list", [], "INVALID_JSON_DESCRIPTION: Expected a JSON object"),
]  # fmt: skip


@pytest.mark.parametrize(("definition", "message"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_a_definition_is_refused_with_the_place_of_its_fault(world: World, definition: Any, message: str) -> None:
    text = json.dumps(definition)

    error = world.refused("CreateStateMachine", name="m", definition=text, roleArn=ROLE)

    assert error.code == "InvalidDefinition"
    assert error.message.startswith("Invalid State Machine Definition: '")
    assert message in error.message
    assert world.call("ListStateMachines")["stateMachines"] == []


def test_what_is_no_json_is_refused(world: World) -> None:
    error = world.refused("CreateStateMachine", name="m", definition="{", roleArn=ROLE)

    assert error.code == "InvalidDefinition"
    assert "INVALID_JSON_DESCRIPTION" in error.message


def test_an_update_is_held_to_the_same_rules_and_changes_nothing_when_refused(world: World) -> None:
    machine = world.create(one({"Type": "Succeed"}))
    before = world.call("DescribeStateMachine", stateMachineArn=machine)

    error = world.refused("UpdateStateMachine", stateMachineArn=machine, definition=json.dumps(BAD[0][1]))

    assert error.code == "InvalidDefinition"
    assert "Nowhere" in error.message
    assert world.call("DescribeStateMachine", stateMachineArn=machine) == before


def test_what_the_grammar_refuses_is_refused_too(world: World) -> None:
    definition = one({"Type": "Task", "Resource": "arn:aws:states:::nonsense:doIt"})

    error = world.refused("CreateStateMachine", name="m", definition=json.dumps(definition), roleArn=ROLE)

    assert (error.code, "SCHEMA_VALIDATION_FAILED" in error.message) == ("InvalidDefinition", True)


def test_several_faults_are_told_at_once(world: World) -> None:
    definition = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "X"}, "B": {"Type": "Succeed"}}}

    message = world.refused("CreateStateMachine", name="m", definition=json.dumps(definition), roleArn=ROLE).message

    assert message == (
        "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: X at /States/A/Next, "
        'MISSING_TRANSITION_TARGET: State "B" is not reachable. at /States/B\''
    )


def test_validation_tells_the_same_without_creating_anything(world: World) -> None:
    good = world.call("ValidateStateMachineDefinition", definition=json.dumps(row(("A", PASS), ("B", PASS))))
    bad = world.call("ValidateStateMachineDefinition", definition=json.dumps(BAD[0][1]))

    assert good == {"result": "OK", "diagnostics": [], "truncated": False}
    assert bad["result"] == "FAIL"
    assert bad["diagnostics"][0] == {
        "severity": "ERROR",
        "code": "MISSING_TRANSITION_TARGET",
        "message": "Missing 'Next' target: Nowhere",
        "location": "/States/A/Next",
    }


def test_jsonata_is_a_limit_of_the_stand_in_and_said_to_be_one(world: World) -> None:
    with pytest.raises(LocalError, match="JSONPath only"):
        world.create(one(PASS, QueryLanguage="JSONata"))


@pytest.mark.parametrize("operation", ["PublishStateMachineVersion", "ListStateMachineVersions"])
def test_what_the_stand_in_does_not_offer_is_refused_clearly(world: World, operation: str) -> None:
    error = world.refused(operation, stateMachineArn=world.create(one(PASS)))

    assert (error.code, operation in error.message) == ("UnsupportedOperation", True)


def test_a_distributed_map_tells_of_its_run(world: World) -> None:
    item = {**row(("Same", {"Type": "Pass"})), "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    execution = world.start(world.create(one({"Type": "Map", "ItemProcessor": item})), [1, 2, 3])

    runs = world.call("ListMapRuns", executionArn=execution)["mapRuns"]
    run = world.call("DescribeMapRun", mapRunArn=runs[0]["mapRunArn"])

    assert world.describe(execution)["output"] == "[1,2,3]"
    assert (run["status"], run["startDate"], run["itemCounts"]["succeeded"]) == ("SUCCEEDED", EPOCH, 3)
