# ruff: noqa: ARG001 - a handler has the parameters that Lambda gives it
"""State machines that call functions and services of the stand-in, as boto3 and a template make them."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from stackgen.local.cloud import Cloud
from stackgen.local.faults import Throttle
from stackgen.local.functions.handler_context import HandlerContext
from tests.local.machines.deployed import ROLE, function, machine, run, task


def test_a_machine_invokes_the_function_s_handler_in_its_environment(cloud: Cloud) -> None:
    def handler(event: Any, context: HandlerContext) -> Any:
        return {
            "n": event["n"] + 1,
            "by": context.function_name,
            "as": boto3.client("sts").get_caller_identity()["Account"],
        }

    arn = machine(cloud, {"Add": task(function(cloud, "adder", handler), End=True)})
    ended = run(cloud, arn, {"n": 1})
    assert ended["status"] == "SUCCEEDED"
    assert json.loads(ended["output"]) == {"n": 2, "by": "adder", "as": "111111111111"}


def test_an_exception_s_class_is_the_error_that_a_catch_names(cloud: Cloud) -> None:
    class StackSetBusy(Exception):
        pass

    def handler(event: Any, context: Any) -> None:
        raise StackSetBusy("wait")

    states = {
        "Try": task(
            function(cloud, "busy", handler),
            Catch=[{"ErrorEquals": ["StackSetBusy"], "ResultPath": "$.error", "Next": "Caught"}],
            End=True,
        ),
        "Caught": {"Type": "Pass", "End": True},
    }
    ended = run(cloud, machine(cloud, states))
    assert json.loads(ended["output"])["error"]["Error"] == "StackSetBusy"


def test_waits_retries_and_slow_functions_add_up_in_virtual_time(cloud: Cloud) -> None:
    tried: list[float] = []

    def handler(event: Any, context: HandlerContext) -> Any:
        tried.append(cloud.clock.time())
        context.sleep(10)
        if len(tried) < 3:
            raise ConnectionError("again")
        return {}

    states = {
        "Pause": {"Type": "Wait", "Seconds": 15, "Next": "Work"},
        "Work": task(
            function(cloud, "slow", handler),
            Retry=[{"ErrorEquals": ["ConnectionError"], "IntervalSeconds": 30, "BackoffRate": 1.5, "MaxAttempts": 5}],
            End=True,
        ),
    }
    began = cloud.clock.time()
    ended = run(cloud, machine(cloud, states))
    assert ended["status"] == "SUCCEEDED"
    assert [moment - began for moment in tried] == [15, 55, 110]
    assert (ended["stopDate"] - ended["startDate"]).total_seconds() == 120


def test_executions_that_wait_for_different_times_interleave_and_do_not_move_each_other(cloud: Cloud) -> None:
    log: list[tuple[str, float]] = []
    began = cloud.clock.time()

    def handler(event: Any, context: Any) -> Any:
        log.append((event["name"], cloud.clock.time() - began))
        return event

    states = {
        "Pause": {"Type": "Wait", "SecondsPath": "$.seconds", "Next": "Log"},
        "Log": task(function(cloud, "logger", handler), Next="Again"),
        "Again": {"Type": "Wait", "SecondsPath": "$.seconds", "Next": "Once more"},
        "Once more": task("logger", End=True),
    }
    arn = machine(cloud, states)
    client = cloud.client("stepfunctions")
    for name, seconds in (("slow", 50), ("fast", 20)):
        client.start_execution(stateMachineArn=arn, name=name, input=json.dumps({"name": name, "seconds": seconds}))
    cloud.clock.settle()
    assert log == [("fast", 20), ("fast", 40), ("slow", 50), ("slow", 100)]


def test_a_function_that_outlives_its_timeout_fails_its_task(cloud: Cloud) -> None:
    arn = function(cloud, "endless", lambda _, context: context.sleep(1000), timeout=30)
    ended = run(cloud, machine(cloud, {"Work": task(arn, End=True)}))
    assert (ended["status"], ended["error"]) == ("FAILED", "Sandbox.Timedout")
    assert (ended["stopDate"] - ended["startDate"]).total_seconds() == 30


def test_throttled_invocations_are_lambda_s_own_error(cloud: Cloud) -> None:
    arn = function(cloud, "fine", lambda *_: {})
    cloud.faults.add("lambda:Invoke", Throttle(), times=2)
    retry = [
        {"ErrorEquals": ["Lambda.TooManyRequestsException"], "IntervalSeconds": 2, "BackoffRate": 2, "MaxAttempts": 6}
    ]
    ended = run(cloud, machine(cloud, {"Work": task(arn, Retry=retry, End=True)}))
    assert ended["status"] == "SUCCEEDED"
    assert (ended["stopDate"] - ended["startDate"]).total_seconds() == 6


def test_a_task_may_call_a_service_of_the_stand_in(cloud: Cloud) -> None:
    cloud.client("dynamodb").create_table(
        TableName="locks", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
    )  # fmt: skip
    state = {
        "Type": "Task", "Resource": "arn:aws:states:::dynamodb:putItem", "End": True,
        "Parameters": {"TableName": "locks", "Item": {"PK": {"S.$": "$.key"}}},
    }  # fmt: skip
    assert run(cloud, machine(cloud, {"Put": state}), {"key": "LOCK#prod"})["status"] == "SUCCEEDED"
    found = cloud.client("dynamodb").get_item(TableName="locks", Key={"PK": {"S": "LOCK#prod"}})
    assert found["Item"] == {"PK": {"S": "LOCK#prod"}}


def template(handler_arn: str, **properties: Any) -> str:
    definition = {"StartAt": "Work", "States": {"Work": task("${Worker}", End=True)}}
    made = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {
            "StateMachineName": "templated", "RoleArn": ROLE, "Definition": definition,
            "DefinitionSubstitutions": {"Worker": handler_arn},
            "Tags": [{"Key": "Team", "Value": "payments"}], **properties,
        },
    }  # fmt: skip
    return json.dumps(
        {
            "Resources": {"Machine": made},
            "Outputs": {"Arn": {"Value": {"Ref": "Machine"}}, "Name": {"Value": {"Fn::GetAtt": ["Machine", "Name"]}}},
        }
    )


def test_a_template_s_machine_is_the_one_that_runs_and_changes_with_it(cloud: Cloud) -> None:
    stacks, machines = cloud.client("cloudformation"), cloud.client("stepfunctions")
    one = function(cloud, "one", lambda *_: "one")
    two = function(cloud, "two", lambda *_: "two")
    stacks.create_stack(StackName="s", TemplateBody=template(one))
    outputs = {
        each["OutputKey"]: each["OutputValue"] for each in stacks.describe_stacks(StackName="s")["Stacks"][0]["Outputs"]
    }
    assert outputs["Name"] == "templated"
    assert json.loads(run(cloud, outputs["Arn"])["output"]) == "one"
    stacks.update_stack(StackName="s", TemplateBody=template(two))
    assert json.loads(run(cloud, outputs["Arn"], name="next")["output"]) == "two"
    tags = {tag["key"]: tag["value"] for tag in machines.list_tags_for_resource(resourceArn=outputs["Arn"])["tags"]}
    assert (tags["Team"], tags["aws:cloudformation:logical-id"]) == ("payments", "Machine")
    stacks.delete_stack(StackName="s")
    with pytest.raises(ClientError, match="StateMachineDoesNotExist"):
        machines.describe_state_machine(stateMachineArn=outputs["Arn"])


@pytest.mark.parametrize("way", ["string", "location"])
def test_a_definition_may_come_as_text_or_from_s3(cloud: Cloud, way: str) -> None:
    text = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": "${Word}", "End": True}}})
    given: dict[str, Any] = {"Definition": None, "DefinitionString": text}
    if way == "location":
        cloud.client("s3").create_bucket(Bucket="definitions")
        cloud.client("s3").put_object(Bucket="definitions", Key="m.json", Body=text)
        given = {"Definition": None, "DefinitionS3Location": {"Bucket": "definitions", "Key": "m.json"}}
    body = json.loads(template("unused", DefinitionSubstitutions={"Word": 'with "quotes"'}))
    properties = body["Resources"]["Machine"]["Properties"]
    properties.update(given)
    properties.pop("Definition")
    stacks = cloud.client("cloudformation")
    stacks.create_stack(StackName="s", TemplateBody=json.dumps(body))
    arn = next(
        each["OutputValue"]
        for each in stacks.describe_stacks(StackName="s")["Stacks"][0]["Outputs"]
        if each["OutputKey"] == "Arn"
    )
    assert json.loads(run(cloud, arn)["output"]) == 'with "quotes"'


def test_a_template_s_machine_with_a_dangling_next_fails_its_stack(cloud: Cloud) -> None:
    broken = json.loads(template("x"))
    broken["Resources"]["Machine"]["Properties"]["Definition"] = {
        "StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Nowhere"}},
    }  # fmt: skip
    stacks = cloud.client("cloudformation")
    stacks.create_stack(StackName="s", TemplateBody=json.dumps(broken))
    events = stacks.describe_stack_events(StackName="s")["StackEvents"]
    (reason,) = [event["ResourceStatusReason"] for event in events if event["ResourceStatus"] == "CREATE_FAILED"]
    assert "Nowhere" in reason
    assert "InvalidDefinition" in reason
