# ruff: noqa: ARG001, ARG005 - a handler has the parameters that Lambda gives it
"""Rules of EventBridge hear of executions that start and end."""

from __future__ import annotations

import json
from typing import Any

from stackgen.local.cloud import Cloud
from tests.local.machines.deployed import function, machine, run

STATUS_CHANGE = "Step Functions Execution Status Change"


def rule(cloud: Cloud, target: str, **detail: list[str]) -> None:
    events = cloud.client("events")
    pattern = {"source": ["aws.states"], "detail-type": [STATUS_CHANGE], "detail": detail}
    events.put_rule(Name="ends", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="ends", Targets=[{"Id": "1", "Arn": target}])


def test_a_rule_puts_the_end_of_an_execution_into_a_queue_and_the_queue_calls_a_function(cloud: Cloud) -> None:
    sqs, tried = cloud.client("sqs"), []

    def handler(event: Any, context: Any) -> Any:
        tried.append((cloud.clock.time(), json.loads(event["Records"][0]["body"])))
        failed = [{"itemIdentifier": event["Records"][0]["messageId"]}] if len(tried) < 3 else []
        return {"batchItemFailures": failed}

    url = sqs.create_queue(QueueName="ends", Attributes={"VisibilityTimeout": "90"})["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    function(cloud, "clean-up", handler, timeout=15)
    cloud.client("lambda").create_event_source_mapping(
        EventSourceArn=queue, FunctionName="clean-up", FunctionResponseTypes=["ReportBatchItemFailures"]
    )
    arn = machine(cloud, {"Only": {"Type": "Pass", "End": True}})
    rule(cloud, queue, status=["SUCCEEDED", "FAILED"], stateMachineArn=[arn])
    described = run(cloud, arn, {"a": 1})
    cloud.clock.advance(1000)
    first, second, third = tried
    assert second[0] - first[0] == third[0] - second[0] == 90
    assert first[1] == second[1] == third[1]
    assert first[1]["detail"]["executionArn"] == described["executionArn"]
    assert first[1]["detail"]["status"] == "SUCCEEDED"
    assert json.loads(first[1]["detail"]["input"]) == {"a": 1}
    assert first[1]["resources"] == [described["executionArn"]]
    assert first[1]["detail-type"] == STATUS_CHANGE


def test_a_rule_calls_a_function_of_its_own_region_alone(cloud: Cloud) -> None:
    seen: list[Any] = []
    arn = function(cloud, "hears", lambda event, context: seen.append(event))
    rule(cloud, arn, status=["RUNNING", "SUCCEEDED"])
    there = cloud.client("stepfunctions", region="eu-west-1")
    definition = json.dumps({"StartAt": "Only", "States": {"Only": {"Type": "Succeed"}}})
    made = there.create_state_machine(name="m", definition=definition, roleArn="arn:aws:iam::111111111111:role/m")
    there.start_execution(stateMachineArn=made["stateMachineArn"])
    run(cloud, machine(cloud, {"Only": {"Type": "Succeed"}}))
    cloud.clock.advance(5)
    assert [(event["detail"]["status"], event["region"]) for event in seen] == [
        ("RUNNING", "us-east-1"),
        ("SUCCEEDED", "us-east-1"),
    ]
