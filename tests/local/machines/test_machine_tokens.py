from __future__ import annotations

from typing import Any

import pytest

from tests.local.machines.world import INVOKE, World, caught, one

WAITING = {
    "Type": "Task",
    "Resource": f"{INVOKE}.waitForTaskToken",
    "Parameters": {"FunctionName": "work", "Payload": {"token.$": "$$.Task.Token"}},
}


@pytest.fixture
def tokens(world: World) -> list[str]:
    """The tokens that the function was given, in order."""
    given: list[str] = []
    world.functions["work"] = lambda event: given.append(event["token"])
    return given


def test_a_task_waits_until_its_token_comes_back(world: World, tokens: list[str]) -> None:
    execution = world.start(world.create(one(WAITING)))
    world.clock.settle()
    assert world.describe(execution)["status"] == "RUNNING"

    world.clock.advance(3600)
    world.call("SendTaskSuccess", taskToken=tokens[0], output='{"a": 1}')

    done = world.describe(execution)
    assert (done["status"], done["output"]) == ("SUCCEEDED", '{"a":1}')
    assert (done["stopDate"] - done["startDate"]).total_seconds() == 3600


def test_a_token_can_tell_of_a_failure(world: World, tokens: list[str]) -> None:
    execution = world.start(world.create(caught(WAITING, "Mine")))

    world.call("SendTaskFailure", taskToken=tokens[0], error="Mine", cause="because")

    assert world.describe(execution)["output"] == '{"Error":"Mine","Cause":"because"}'


def test_a_task_that_is_tried_again_waits_for_a_new_token(world: World, tokens: list[str]) -> None:
    execution = world.start(world.create(one({**WAITING, "Retry": [{"ErrorEquals": ["Mine"], "IntervalSeconds": 5}]})))

    world.call("SendTaskFailure", taskToken=tokens[0], error="Mine")
    world.clock.advance(5)
    assert world.describe(execution)["status"] == "RUNNING"
    world.call("SendTaskSuccess", taskToken=tokens[1], output='"second"')

    assert tokens[0] != tokens[1]
    assert world.describe(execution)["output"] == '"second"'


def test_a_token_serves_once(world: World, tokens: list[str]) -> None:
    world.start(world.create(one(WAITING)))
    world.call("SendTaskSuccess", taskToken=tokens[0], output="1")

    assert world.refused("SendTaskSuccess", taskToken=tokens[0], output="1").code == "TaskTimedOut"
    assert world.refused("SendTaskHeartbeat", taskToken=tokens[0]).code == "TaskTimedOut"


def test_an_unknown_token_is_refused(world: World) -> None:
    assert world.refused("SendTaskFailure", taskToken="who").code == "InvalidToken"


@pytest.mark.parametrize(
    ("output", "code"), [("{", "InvalidOutput"), ('"' + "ä" * 131_072 + '"', "ValidationException")]
)
def test_an_output_is_json_of_a_bearable_size(world: World, tokens: list[str], output: str, code: str) -> None:
    world.start(world.create(one(WAITING)))

    assert world.refused("SendTaskSuccess", taskToken=tokens[0], output=output).code == code


def test_a_token_that_does_not_come_back_in_time_is_a_timeout(world: World, tokens: list[str]) -> None:
    execution = world.start(world.create(one({**WAITING, "TimeoutSeconds": 60})))

    world.clock.settle()

    done = world.describe(execution)
    assert (done["status"], done["error"]) == ("FAILED", "States.Timeout")
    assert (done["stopDate"] - done["startDate"]).total_seconds() == 60
    assert world.refused("SendTaskSuccess", taskToken=tokens[0], output="1").code == "TaskTimedOut"


def test_heartbeats_keep_a_task_alive_and_their_lack_ends_it(world: World, tokens: list[str]) -> None:
    execution = world.start(world.create(one({**WAITING, "HeartbeatSeconds": 30})))

    for _ in range(10):
        world.clock.advance(20)
        world.call("SendTaskHeartbeat", taskToken=tokens[0])
    assert world.describe(execution)["status"] == "RUNNING"
    world.clock.settle()

    done = world.describe(execution)
    assert (done["status"], done["error"]) == ("FAILED", "States.Timeout")
    assert (done["stopDate"] - done["startDate"]).total_seconds() == 230


@pytest.mark.parametrize("name", ["States.HeartbeatTimeout", "States.Timeout"])
def test_a_missing_heartbeat_is_caught_by_either_name(world: World, tokens: list[str], name: str) -> None:
    done: dict[str, Any] = world.run(caught({**WAITING, "HeartbeatSeconds": 30}, name))

    assert (done["status"], len(tokens)) == ("SUCCEEDED", 1)


def test_stopping_an_execution_closes_its_tokens(world: World, tokens: list[str]) -> None:
    execution = world.start(world.create(one(WAITING)))

    world.call("StopExecution", executionArn=execution)

    assert world.refused("SendTaskSuccess", taskToken=tokens[0], output="1").code == "TaskTimedOut"
    assert world.clock.waiting() == []
