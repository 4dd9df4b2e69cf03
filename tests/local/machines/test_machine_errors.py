from __future__ import annotations

import json
from typing import Any

import pytest

from stackgen.local.errors import ServiceError
from stackgen.local.machines import Invocation
from tests.local.machines.world import Raised, World, caught, one, row, task

DIRECT = {"Type": "Task", "Resource": "arn:aws:lambda:eu-central-1:123456789012:function:work"}
LONG = "x" * 262_145
MISSING = {**task(), "Parameters": {"FunctionName": "work", "Payload.$": "$.missing"}}


def raising(name: str) -> Any:
    def work(_: Any) -> None:
        raise Raised(name, "it did not work")

    return work


def failing(code: str, status: int = 400) -> Any:
    def work(_: Any) -> None:
        raise ServiceError(code, "Rate Exceeded.", status)

    return work


@pytest.mark.parametrize("state", [task(), DIRECT], ids=["optimised", "direct"])
def test_an_exception_of_a_function_is_an_error_of_its_name(world: World, state: dict[str, Any]) -> None:
    world.functions["work"] = raising("StackSetBusy")

    done = world.run(one(state))

    assert (done["status"], done["error"]) == ("FAILED", "StackSetBusy")
    assert json.loads(done["cause"]) == {
        "errorMessage": "it did not work",
        "errorType": "StackSetBusy",
        "stackTrace": [],
    }


@pytest.mark.parametrize("state", [task(), DIRECT], ids=["optimised", "direct"])
@pytest.mark.parametrize(
    "code",
    [
        "TooManyRequestsException",
        "ServiceException",
        "AWSLambdaException",
        "SdkClientException",
        "ResourceNotFoundException",
    ],
)
def test_an_error_of_lambda_itself_is_named_after_it(world: World, code: str, state: dict[str, Any]) -> None:
    world.functions["work"] = failing(code, 429)

    done = world.run(one(state))

    assert done["error"] == f"Lambda.{code}"
    assert done["cause"].startswith("Rate Exceeded. (Service: Lambda, Status Code: 429, Request ID: ")


def test_an_error_of_lambda_can_be_retried(world: World) -> None:
    tries: list[int] = []

    def work(_: Any) -> str:
        tries.append(1)
        if len(tries) < 3:
            raise ServiceError("TooManyRequestsException", "Rate Exceeded.", 429)
        return "done"

    world.functions["work"] = work

    done = world.run(one(task(Retry=[{"ErrorEquals": ["Lambda.TooManyRequestsException"]}])))

    assert done["output"] == '{"answer":"done"}'


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        ({"errorMessage": "2026-01-01 Task timed out after 3.00 seconds"}, "Lambda.Unknown"),
        ({"errorType": "Sandbox.Timedout", "errorMessage": "Task timed out after 3.00 seconds"}, "Sandbox.Timedout"),
        ({"errorType": "Runtime.ExitError", "errorMessage": "signal: killed"}, "Runtime.ExitError"),
    ],
)
def test_a_function_that_was_ended_fails_as_its_payload_says(world: World, payload: dict[str, str], error: str) -> None:
    world.functions["work"] = lambda _: Invocation(json.dumps(payload).encode(), function_error="Unhandled")

    done = world.run(one(task()))

    assert done["error"] == error
    assert payload["errorMessage"] in done["cause"]


@pytest.mark.parametrize("names", [["States.ALL"], ["States.TaskFailed"], ["Busy"]])
def test_an_error_is_caught_by_name_and_by_the_wildcards(world: World, names: list[str]) -> None:
    world.functions["work"] = raising("Busy")

    done = world.run(caught(task(), *names))

    assert done["status"] == "SUCCEEDED"
    assert json.loads(done["output"])["Error"] == "Busy"


def test_task_failed_does_not_match_a_timeout(world: World) -> None:
    world.functions["work"] = lambda _: world.clock.sleep(100)

    done = world.run(caught(task(TimeoutSeconds=10), "States.TaskFailed"))

    assert (done["status"], done["error"]) == ("FAILED", "States.Timeout")


@pytest.mark.parametrize("names", [["States.ALL"], ["States.TaskFailed"], ["States.Runtime"]])
def test_a_missing_path_ends_the_execution_whatever_is_caught(world: World, names: list[str]) -> None:
    world.functions["work"] = lambda event: event

    done = world.run(caught(MISSING, *names), {"there": 1})

    assert (done["status"], done["error"]) == ("FAILED", "States.Runtime")
    assert "The JSONPath '$.missing' specified for the field 'Payload.$' could not be found" in done["cause"]
    assert "An error occurred while executing the state 'Only'" in done["cause"]
    assert world.calls == []


def test_a_missing_path_is_not_retried(world: World) -> None:
    done = world.run(one({**MISSING, "Retry": [{"ErrorEquals": ["States.ALL"]}]}))

    assert done["error"] == "States.Runtime"
    assert done["stopDate"] == done["startDate"]


@pytest.mark.parametrize(
    "state",
    [
        {"Type": "Pass", "InputPath": "$.missing"},
        {"Type": "Pass", "OutputPath": "$.missing"},
        {"Type": "Wait", "SecondsPath": "$.missing"},
        {"Type": "Pass", "Parameters": {"value.$": "$.missing"}},
    ],
    ids=["InputPath", "OutputPath", "SecondsPath", "Parameters"],
)
def test_a_missing_path_fails_any_state(world: World, state: dict[str, Any]) -> None:
    done = world.run(one(state), {"there": 1})

    assert (done["status"], done["error"]) == ("FAILED", "States.Runtime")


@pytest.mark.parametrize("state", [task(), DIRECT], ids=["optimised", "direct"])
def test_a_result_that_is_too_long_is_not_caught_by_all(world: World, state: dict[str, Any]) -> None:
    world.functions["work"] = lambda _: LONG

    done = world.run(caught(state, "States.ALL"))

    assert (done["status"], done["error"]) == ("FAILED", "States.DataLimitExceeded")


def test_a_result_that_is_too_long_can_be_caught_by_its_name(world: World) -> None:
    world.functions["work"] = lambda _: LONG

    done = world.run(caught(task(), "States.DataLimitExceeded"))

    assert done["status"] == "SUCCEEDED"


def test_a_result_of_the_greatest_length_is_passed_on(world: World) -> None:
    world.functions["work"] = lambda _: "x" * (262_144 - 2)

    done = world.run(one(DIRECT))

    assert done["status"] == "SUCCEEDED"
    assert len(done["output"]) == 262_144


def test_the_length_is_counted_in_bytes_of_utf8(world: World) -> None:
    world.functions["work"] = lambda _: "ä" * 131_072

    done = world.run(one(DIRECT))

    assert done["error"] == "States.DataLimitExceeded"


def test_a_state_may_not_make_more_of_its_input_than_the_limit(world: World) -> None:
    doubled = {"Type": "Pass", "Parameters": {"first.$": "$", "second.$": "$"}}

    done = world.run(one(doubled), "x" * 150_000)

    assert (done["status"], done["error"]) == ("FAILED", "States.DataLimitExceeded")


def test_parameters_may_not_make_more_of_the_input_than_the_limit(world: World) -> None:
    world.functions["work"] = lambda _: None
    parameters = {"FunctionName": "work", "Payload": {"first.$": "$", "second.$": "$"}}

    done = world.run(one(task(Parameters=parameters)), "x" * 150_000)

    assert (done["status"], done["error"]) == ("FAILED", "States.DataLimitExceeded")
    assert world.calls == []


def test_the_timeout_of_a_branch_is_the_error_of_its_parallel(world: World) -> None:
    world.functions["work"] = lambda _: world.clock.sleep(100)
    branch = row(("Work", task(TimeoutSeconds=5)))

    done = world.run(caught({"Type": "Parallel", "Branches": [branch]}, "States.Timeout"))

    assert done["status"] == "SUCCEEDED"
    assert json.loads(done["output"])["Error"] == "States.Timeout"


def test_a_branch_that_fails_ends_the_others(world: World) -> None:
    def work(event: str) -> str:
        world.clock.sleep(100)
        return event

    world.functions["work"] = work
    world.functions["fail"] = raising("Busy")
    slow = row(("Slow", task()), ("Never", task()))
    bad = row(("Pause", {"Type": "Wait", "Seconds": 10}), ("Bad", task("fail")))
    execution = world.start(world.create(caught({"Type": "Parallel", "Branches": [slow, bad]}, "Busy")))

    world.clock.settle()

    assert world.describe(execution)["status"] == "SUCCEEDED"
    assert [call[2] for call in world.calls] == ["work", "fail"]
    names = [event.get("stateEnteredEventDetails", {}).get("name") for event in world.events(execution)]
    assert "Never" not in names
    assert world.types(execution)[-1] == "ExecutionSucceeded"


def test_an_iteration_that_fails_ends_the_others(world: World) -> None:
    def work(event: int) -> int:
        world.clock.sleep(event)
        if event == 10:
            raise Raised("Busy")
        return event

    world.functions["work"] = work
    item = row(("Work", task()), ("Again", task(Parameters={"FunctionName": "work", "Payload": 1})))
    machine = world.create(caught({"Type": "Map", "ItemProcessor": item}, "Busy"))
    execution = world.start(machine, [10, 50, 60])

    world.clock.settle()

    done = world.describe(execution)
    assert (done["status"], (done["stopDate"] - done["startDate"]).total_seconds()) == ("SUCCEEDED", 10)
    assert len(world.calls) == 3


def test_a_map_is_retried_as_a_whole(world: World) -> None:
    seen: list[int] = []

    def work(event: int) -> int:
        seen.append(event)
        if len(seen) == 2:
            raise Raised("Busy")
        return event

    world.functions["work"] = work
    item = row(("Work", task()))

    done = world.run(
        one({"Type": "Map", "MaxConcurrency": 1, "ItemProcessor": item, "Retry": [{"ErrorEquals": ["Busy"]}]}), [1, 2]
    )

    assert done["output"] == '[{"answer":1},{"answer":2}]'
    assert seen == [1, 2, 1, 2]


def test_a_choice_without_a_match_fails(world: World) -> None:
    choice = {"Type": "Choice", "Choices": [{"Variable": "$.x", "NumericEquals": 1, "Next": "Done"}]}

    done = world.run(row(("Choose", choice), ("Done", {"Type": "Succeed"})), {"x": 2})

    assert (done["status"], done["error"]) == ("FAILED", "States.NoChoiceMatched")


def test_a_fail_state_says_error_and_cause(world: World) -> None:
    done = world.run(one({"Type": "Fail", "Error": "Mine", "Cause": "because"}))

    assert (done["status"], done["error"], done["cause"]) == ("FAILED", "Mine", "because")
