# ruff: noqa: ARG001 - a handler has the parameters that Lambda gives it
"""State machines of the whole stand-in when calls go wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stackgen.local.cloud import Cloud
from stackgen.local.faults import LoseAnswer, TimeOut
from stackgen.local.functions.handler_context import HandlerContext
from tests.local.machines.deployed import function, machine, run, task


@pytest.mark.parametrize(("fault", "ran"), [(LoseAnswer(), 1), (TimeOut(30), 0)], ids=["lost", "late"])
def test_an_answer_of_lambda_that_does_not_come_is_caught_whether_the_function_ran_or_not(
    cloud: Cloud, fault: LoseAnswer | TimeOut, ran: int
) -> None:
    runs: list[Any] = []
    states = {
        "Work": task(
            function(cloud, "work", lambda event, _: runs.append(event)),
            Catch=[{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Caught"}],
            End=True,
        ),
        "Caught": {"Type": "Pass", "End": True},
    }
    cloud.faults.add("lambda:Invoke", fault)

    ended = run(cloud, machine(cloud, states))

    assert json.loads(ended["output"])["error"]["Error"] == "Lambda.SdkClientException"
    assert len(runs) == ran
    assert (ended["stopDate"] - ended["startDate"]).total_seconds() == (0 if ran else 30)


def test_a_function_whose_answer_was_lost_runs_again_when_it_is_retried(cloud: Cloud) -> None:
    runs: list[Any] = []

    def handler(event: Any, context: Any) -> int:
        runs.append(event)
        return len(runs)

    retry = [{"ErrorEquals": ["Lambda.SdkClientException"], "IntervalSeconds": 2}]
    arn = machine(cloud, {"Work": task(function(cloud, "work", handler), Retry=retry, End=True)})
    cloud.faults.add("lambda:Invoke", LoseAnswer())

    assert run(cloud, arn)["output"] == "2"


@pytest.mark.parametrize(
    ("resource", "error"), [("dynamodb:getItem", "DynamoDB"), ("aws-sdk:dynamodb:getItem", "DynamoDb")]
)
def test_a_service_that_never_answers_is_an_error_that_can_be_caught(cloud: Cloud, resource: str, error: str) -> None:
    parameters = {"TableName": "locks", "Key": {"PK": {"S": "a"}}}
    state = {
        "Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Parameters": parameters, "End": True,
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],
    }  # fmt: skip
    cloud.faults.add("dynamodb:*", LoseAnswer(), times=None)

    ended = run(cloud, machine(cloud, {"Get": state, "Caught": {"Type": "Pass", "End": True}}))

    assert json.loads(ended["output"])["Error"] == f"{error}.SdkClientException"


def test_a_function_goes_on_when_its_execution_is_stopped_and_nothing_more_is_told(cloud: Cloud) -> None:
    finished: list[float] = []

    def handler(event: Any, context: HandlerContext) -> None:
        context.sleep(50)
        finished.append(cloud.clock.time())

    arn = machine(cloud, {"Work": task(function(cloud, "slow", handler), Next="More"), "More": task("x", End=True)})
    client = cloud.client("stepfunctions")
    execution = client.start_execution(stateMachineArn=arn)["executionArn"]
    cloud.clock.advance(10)
    stopped = client.stop_execution(executionArn=execution)["stopDate"]
    before = client.get_execution_history(executionArn=execution)["events"]
    cloud.clock.settle()

    assert finished == [stopped.timestamp() + 40]
    assert client.get_execution_history(executionArn=execution)["events"] == before
    assert before[-1]["type"] == "ExecutionAborted"
    assert client.describe_execution(executionArn=execution)["stopDate"] == stopped
    assert cloud.clock.waiting() == []
