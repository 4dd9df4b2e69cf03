"""Answers that come late or never: of Lambda, and of the services that tasks call."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stackgen.local.faults import LostAnswer, TimedOut
from tests.local.machines.world import World, caught, one, task

DIRECT = {"Type": "Task", "Resource": "arn:aws:lambda:eu-central-1:123456789012:function:work"}
NAMES = ["States.ALL", "States.TaskFailed", "Lambda.SdkClientException"]


def lost(_: Any) -> None:
    raise LostAnswer("the answer of lambda:Invoke was lost")


def late(_: Any) -> None:
    raise TimedOut("lambda:Invoke did not answer within 60 seconds")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("work", [lost, late])
@pytest.mark.parametrize("state", [task(), DIRECT], ids=["optimised", "direct"])
def test_an_answer_of_lambda_that_does_not_come_is_caught(
    world: World, state: dict[str, Any], work: Any, name: str
) -> None:
    world.functions["work"] = work

    done = world.run(caught(state, name))

    assert done["status"] == "SUCCEEDED"
    told = json.loads(done["output"])
    assert told["Error"] == "Lambda.SdkClientException"
    assert told["Cause"].startswith("Unable to execute HTTP request: ")


@pytest.mark.parametrize("state", [task(), DIRECT], ids=["optimised", "direct"])
def test_an_answer_that_does_not_come_can_be_retried(world: World, state: dict[str, Any]) -> None:
    def work(_: Any) -> str:
        if len(world.calls) < 3:
            lost(_)
        return "done"

    world.functions["work"] = work
    retry = [{"ErrorEquals": ["Lambda.SdkClientException"], "IntervalSeconds": 2, "BackoffRate": 1, "MaxAttempts": 6}]

    done = world.run(one({**state, "Retry": retry}))

    assert (done["status"], len(world.calls)) == ("SUCCEEDED", 3)
    assert (done["stopDate"] - done["startDate"]).total_seconds() == 4


def test_a_task_that_got_no_answer_is_told_as_a_task_of_lambda_that_failed(world: World) -> None:
    world.functions["work"] = lost
    execution = world.start(world.create(one(task())))

    (failed,) = [event for event in world.events(execution) if event["type"] == "TaskFailed"]

    details = failed["taskFailedEventDetails"]
    assert (details["error"], details["resource"], details["resourceType"]) == (
        "Lambda.SdkClientException", "invoke", "lambda",
    )  # fmt: skip


class Unanswering:
    """A client whose calls are never answered."""

    def __getattr__(self, operation: str) -> Any:
        from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

        def call(**_: Any) -> None:
            kind = ReadTimeoutError if "put" in operation else ConnectionClosedError
            raise kind(endpoint_url="https://there", error="lost")

        return call


@pytest.mark.parametrize(
    ("service", "resource", "error"),
    [
        ("cloudformation", "aws-sdk:cloudformation:describeStackSet", "CloudFormation"),
        ("stepfunctions", "aws-sdk:sfn:startExecution", "Sfn"),
        ("dynamodb", "aws-sdk:dynamodb:putItem", "DynamoDb"),
        ("lambda", "aws-sdk:lambda:listFunctions", "Lambda"),
        ("dynamodb", "dynamodb:putItem", "DynamoDB"),
        ("stepfunctions", "states:startExecution", "StepFunctions"),
        ("sns", "sns:publish", "SNS"),
        ("sqs", "sqs:sendMessage", "SQS"),
        ("events", "events:putEvents", "EventBridge"),
    ],
)
def test_an_answer_of_another_service_that_does_not_come_is_caught(
    world: World, service: str, resource: str, error: str
) -> None:
    world.clients[f"{service} 123456789012 eu-central-1"] = Unanswering()
    parameters: dict[str, Any] = {"Entries": []} if service == "events" else {}
    state = {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Parameters": parameters}

    done = world.run(caught(state, "States.ALL"))

    assert done["status"] == "SUCCEEDED"
    assert json.loads(done["output"])["Error"] == f"{error}.SdkClientException"


def test_a_task_of_dynamodb_that_runs_out_of_time_is_a_timeout(world: World) -> None:
    class Slow:
        def put_item(self, **_: Any) -> dict[str, Any]:
            world.clock.sleep(60)
            return {}

    world.clients["dynamodb 123456789012 eu-central-1"] = Slow()
    state = {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:putItem", "Parameters": {}, "TimeoutSeconds": 5}

    assert world.run(one(state))["error"] == "States.Timeout"
