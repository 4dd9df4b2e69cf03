# ruff: noqa: ARG001 - a handler has the parameters that Lambda gives it
"""Lambda in this process: handlers with their environment, their time, their failures, and custom resources."""

from __future__ import annotations

import io
import json
import os
import urllib.request
import zipfile
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from stackgen.local.cloud import Cloud
from stackgen.local.faults import Delay, Throttle
from stackgen.local.functions.handler_context import HandlerContext

TRUST = {
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]
}


def package() -> bytes:
    """An archive that Lambda accepts; what is in it never runs here."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("app.py", "")
    return archive.getvalue()


def make(cloud: Cloud, name: str = "fn", account: str = "111111111111", **more: Any) -> Any:
    """A zip function, and the client of its Lambda."""
    client = cloud.client("lambda", account)
    client.create_function(
        FunctionName=name, Runtime="python3.13", Handler="app.handler", Code={"ZipFile": package()},
        Role=f"arn:aws:iam::{account}:role/r", **more,
    )  # fmt: skip
    return client


def invoke(client: Any, event: Any = None, name: str = "fn", **more: Any) -> tuple[Any, str]:
    answer = client.invoke(FunctionName=name, Payload=json.dumps(event or {}), **more)
    return json.loads(answer["Payload"].read() or b"null"), answer.get("FunctionError", "")


def test_a_handler_gets_its_event_and_context_and_its_caller_its_answer(cloud: Cloud) -> None:
    seen: list[Any] = []

    def handler(event: Any, context: HandlerContext) -> Any:
        seen.extend(
            [
                event,
                context.function_name,
                context.invoked_function_arn,
                context.memory_limit_in_mb,
                context.log_group_name,
            ]
        )
        seen.append(context.get_remaining_time_in_millis())
        return {"doubled": event["n"] * 2}

    cloud.functions.register("fn", handler)
    client = make(cloud, MemorySize=512, Timeout=7)
    assert invoke(client, {"n": 21}) == ({"doubled": 42}, "")
    assert seen == [
        {"n": 21}, "fn", "arn:aws:lambda:us-east-1:111111111111:function:fn", "512", "/aws/lambda/fn", 7000,
    ]  # fmt: skip


def test_each_function_has_its_own_environment_and_credentials_and_the_caller_s_stays(cloud: Cloud) -> None:
    def handler(event: Any, context: Any) -> Any:
        del event, context
        os.environ["WRITTEN"] = "inside"
        return {
            "own": os.environ["OWN"],
            "path": os.getenv("HOME", "none"),
            "region": os.environ["AWS_REGION"],
            "account": boto3.client("sts").get_caller_identity()["Account"],
        }

    cloud.functions.register("fn", handler)
    first = make(cloud, Environment={"Variables": {"OWN": "first"}})
    second = make(cloud, account="222222222222", Environment={"Variables": {"OWN": "second"}})
    before = dict(os.environ)
    assert invoke(first)[0] == {"own": "first", "path": "none", "region": "us-east-1", "account": "111111111111"}
    assert invoke(second)[0] == {"own": "second", "path": "none", "region": "us-east-1", "account": "222222222222"}
    assert dict(os.environ) == before


def test_two_handlers_that_wait_do_not_see_each_other_s_environment(cloud: Cloud) -> None:
    def handler(event: Any, context: HandlerContext) -> Any:
        before = os.environ["OWN"], boto3.client("sts").get_caller_identity()["Account"]
        context.sleep(event["seconds"])
        return [*before, os.environ["OWN"], boto3.client("sts").get_caller_identity()["Account"]]

    cloud.functions.register("fn", handler)
    make(cloud, Timeout=60, Environment={"Variables": {"OWN": "one"}})
    make(cloud, account="222222222222", Timeout=60, Environment={"Variables": {"OWN": "two"}})
    calls = {"111111111111": 20, "222222222222": 10}
    tasks = [
        cloud.clock.spawn(
            lambda account=account, seconds=seconds: cloud.functions.invoke(  # type: ignore[misc]
                account, "us-east-1", "fn", json.dumps({"seconds": seconds}).encode()
            )
        )
        for account, seconds in calls.items()
    ]
    answers = [json.loads(task.join().payload) for task in tasks]
    assert answers == [["one", "111111111111"] * 2, ["two", "222222222222"] * 2]


def test_an_exception_is_an_unhandled_error_with_its_class_and_trace(cloud: Cloud) -> None:
    class StackSetBusy(Exception):
        pass

    def handler(event: Any, context: Any) -> None:
        raise StackSetBusy("another operation runs")

    cloud.functions.register("fn", handler)
    answer, error = invoke(make(cloud))
    assert error == "Unhandled"
    assert (answer["errorType"], answer["errorMessage"]) == ("StackSetBusy", "another operation runs")
    assert any("raise StackSetBusy" in line for line in answer["stackTrace"])
    (failed,) = cloud.functions.failures()
    assert (failed.function, failed.error_type) == ("fn", "StackSetBusy")


def test_a_handler_is_stopped_at_its_timeout_in_virtual_time_and_does_nothing_more(cloud: Cloud) -> None:
    log: list[str] = []

    def handler(event: Any, context: HandlerContext) -> None:
        log.append("began")
        context.sleep(30)
        log.append("went on")

    cloud.functions.register("fn", handler)
    before = cloud.clock.time()
    answer, error = invoke(make(cloud, Timeout=10))
    assert error == "Unhandled"
    assert answer["errorType"] == "Sandbox.Timedout"
    assert answer["errorMessage"].endswith("Error: Task timed out after 10.00 seconds")
    assert cloud.clock.time() - before == 10
    cloud.clock.settle()
    assert log == ["began"]


def test_a_call_that_answers_late_uses_up_the_handler_s_time(cloud: Cloud) -> None:
    def handler(event: Any, context: HandlerContext) -> int:
        boto3.client("ssm").describe_parameters()
        return context.get_remaining_time_in_millis()

    cloud.functions.register("fn", handler)
    client = make(cloud, Timeout=30)
    cloud.faults.add("ssm:DescribeParameters", Delay(12))
    assert invoke(client)[0] == 18_000
    cloud.faults.add("ssm:DescribeParameters", Delay(31))
    assert invoke(client)[0]["errorType"] == "Sandbox.Timedout"


def test_a_handler_that_brings_its_own_http_waits_as_well(cloud: Cloud) -> None:
    def handler(event: Any, context: HandlerContext) -> int:
        session = boto3.Session(
            os.environ["AWS_ACCESS_KEY_ID"],
            os.environ["AWS_SECRET_ACCESS_KEY"],
            os.environ["AWS_SESSION_TOKEN"],
            "us-east-1",
        )
        session.client("ssm", endpoint_url=os.environ["AWS_ENDPOINT_URL"]).describe_parameters()
        return context.get_remaining_time_in_millis()

    cloud.functions.register("fn", handler)
    client = make(cloud, Timeout=30)
    cloud.faults.add("ssm:DescribeParameters", Delay(5))
    assert invoke(client)[0] == 25_000


def test_an_asynchronous_invocation_is_tried_three_times_over_three_minutes(cloud: Cloud) -> None:
    moments: list[float] = []

    def handler(event: Any, context: Any) -> None:
        moments.append(cloud.clock.time())
        raise ValueError("again")

    cloud.functions.register("fn", handler)
    client = make(cloud)
    answer = client.invoke(FunctionName="fn", Payload=b"{}", InvocationType="Event")
    assert answer["StatusCode"] == 202
    cloud.clock.advance(600)
    assert [moment - moments[0] for moment in moments] == [0, 60, 180]


def test_too_large_a_payload_or_answer_is_refused(cloud: Cloud) -> None:
    cloud.functions.register("fn", lambda event, _: "x" * event["size"])
    make(cloud)
    invoke_directly = cloud.functions.invoke
    answer = json.loads(invoke_directly("111111111111", "us-east-1", "fn", b'{"size": 7000000}').payload)
    assert answer["errorType"] == "Function.ResponseSizeTooLarge"
    from stackgen.local.errors import ServiceError

    with pytest.raises(ServiceError, match="RequestTooLargeException"):
        invoke_directly("111111111111", "us-east-1", "fn", b" " * (6 * 1024 * 1024 + 1))


def test_a_function_without_a_handler_says_what_to_do(cloud: Cloud) -> None:
    answer, error = invoke(make(cloud))
    assert error == "Unhandled"
    assert answer == {
        "errorType": "Runtime.NoHandler",
        "errorMessage": "the stand-in has no handler for fn or app.handler: register one",
    }


def test_reserved_concurrency_throttles(cloud: Cloud) -> None:
    def handler(event: Any, context: HandlerContext) -> Any:
        if event:
            return None
        again = boto3.client("lambda")
        try:
            again.invoke(FunctionName="fn", Payload=b'{"inner": true}')
        except again.exceptions.TooManyRequestsException as refused:
            return refused.response["Error"]["Code"]
        return "served"

    cloud.functions.register("fn", handler)
    client = make(cloud, Timeout=60)
    client.put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=1)
    assert invoke(client)[0] == "TooManyRequestsException"


def test_a_fault_on_invoke_meets_direct_invocations_too(cloud: Cloud) -> None:
    from stackgen.local.errors import ServiceError

    cloud.functions.register("fn", lambda *_: "ok")
    client = make(cloud)
    cloud.faults.add("lambda:Invoke", Throttle())
    with pytest.raises(ServiceError, match="TooManyRequestsException"):
        cloud.functions.invoke("111111111111", "us-east-1", "fn", b"{}")
    assert cloud.gateway.notes[-1].error == "TooManyRequestsException"
    assert invoke(client) == ("ok", "")


def test_an_unknown_function_is_not_found(cloud: Cloud) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        invoke(cloud.client("lambda"), name="nobody")


# Custom resources


def answer(event: dict[str, Any], **more: Any) -> None:
    said = {
        "Status": "SUCCESS", "PhysicalResourceId": "thing-1", "StackId": event["StackId"],
        "RequestId": event["RequestId"], "LogicalResourceId": event["LogicalResourceId"], **more,
    }  # fmt: skip
    request = urllib.request.Request(event["ResponseURL"], json.dumps(said).encode(), method="PUT")  # noqa: S310
    with urllib.request.urlopen(request):  # noqa: S310 - the stand-in's own
        pass


def custom(value: str, **more: Any) -> str:
    resources = {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}},
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "FunctionName": "provider", "Runtime": "python3.13", "Handler": "a.b", "Timeout": 60,
                "Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Code": {"ZipFile": "x"},
            },
        },
        "Thing": {
            "Type": "Custom::Thing",
            "Properties": {"ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]}, "Value": value, **more},
        },
    }  # fmt: skip
    return json.dumps({"Resources": resources, "Outputs": {"Said": {"Value": {"Fn::GetAtt": ["Thing", "Said"]}}}})


class Stack:
    def __init__(self, cloud: Cloud) -> None:
        self.client = cloud.client("cloudformation")

    def create(self, body: str) -> str:
        self.client.create_stack(StackName="s", TemplateBody=body, Capabilities=["CAPABILITY_IAM"])
        return self.status()

    def update(self, body: str) -> str:
        self.client.update_stack(StackName="s", TemplateBody=body, Capabilities=["CAPABILITY_IAM"])
        return self.status()

    def status(self) -> str:
        return str(self.client.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"])

    def output(self) -> str:
        return str(self.client.describe_stacks(StackName="s")["Stacks"][0]["Outputs"][0]["OutputValue"])

    def reason(self) -> str:
        events = self.client.describe_stack_events(StackName="s")["StackEvents"]
        return next(
            str(event["ResourceStatusReason"]) for event in events if event["ResourceStatus"].endswith("E_FAILED")
        )


def test_a_custom_resource_gets_create_update_and_delete_with_what_it_was(cloud: Cloud) -> None:
    events: list[dict[str, Any]] = []

    def handler(event: dict[str, Any], context: Any) -> None:
        events.append(event)
        answer(event, Data={"Said": f"did {event['ResourceProperties']['Value']}"})

    cloud.functions.register("provider", handler)
    stack = Stack(cloud)
    assert stack.create(custom("1", Flag=True, Number=3)) == "CREATE_COMPLETE"
    assert stack.output() == "did 1"
    assert stack.update(custom("2")) == "UPDATE_COMPLETE"
    assert stack.output() == "did 2"
    stack.client.delete_stack(StackName="s")
    assert [event["RequestType"] for event in events] == ["Create", "Update", "Delete"]
    create, update, delete = events
    assert (create["ResourceProperties"]["Flag"], create["ResourceProperties"]["Number"]) == ("true", "3")
    assert "PhysicalResourceId" not in create
    assert update["PhysicalResourceId"] == delete["PhysicalResourceId"] == "thing-1"
    assert update["OldResourceProperties"]["Value"] == "1"


def test_another_physical_id_is_a_replacement_and_the_old_one_is_deleted(cloud: Cloud) -> None:
    asked: list[tuple[str, str]] = []

    def handler(event: dict[str, Any], context: Any) -> None:
        asked.append((event["RequestType"], event.get("PhysicalResourceId", "")))
        answer(event, PhysicalResourceId=f"thing-{event['ResourceProperties']['Value']}", Data={"Said": "x"})

    cloud.functions.register("provider", handler)
    stack = Stack(cloud)
    stack.create(custom("1"))
    assert stack.update(custom("2")) == "UPDATE_COMPLETE"
    assert asked == [("Create", ""), ("Update", "thing-1"), ("Delete", "thing-1")]


def test_a_failure_rolls_back_and_the_failed_one_is_deleted_by_the_id_that_it_answered(cloud: Cloud) -> None:
    asked: list[tuple[str, str]] = []

    def handler(event: dict[str, Any], context: Any) -> None:
        asked.append((event["RequestType"], event.get("PhysicalResourceId", "")))
        answer(event, Status="FAILED" if event["RequestType"] == "Create" else "SUCCESS", Reason="no such table")

    cloud.functions.register("provider", handler)
    stack = Stack(cloud)
    assert stack.create(custom("1")) == "ROLLBACK_COMPLETE"
    assert stack.reason() == "Received response status [FAILED] from custom resource. Message returned: no such table"
    assert asked == [("Create", ""), ("Delete", "thing-1")]


def test_a_function_that_never_answers_fails_after_its_service_timeout_of_virtual_time(cloud: Cloud) -> None:
    asked: list[str] = []

    def handler(event: dict[str, Any], context: Any) -> None:
        asked.append(event["RequestType"])
        if event["RequestType"] == "Delete":
            answer(event)

    cloud.functions.register("provider", handler)
    stack = Stack(cloud)
    assert stack.create(custom("1", ServiceTimeout=300)) == "CREATE_IN_PROGRESS"
    cloud.clock.advance(299)
    assert stack.status() == "CREATE_IN_PROGRESS"
    cloud.clock.advance(2)
    assert stack.status() == "ROLLBACK_COMPLETE"
    assert "did not receive a response" in stack.reason()
    assert asked == ["Create", "Delete"]


def test_a_function_that_raises_is_tried_again_and_may_still_answer(cloud: Cloud) -> None:
    tried: list[float] = []

    def handler(event: dict[str, Any], context: Any) -> None:
        tried.append(cloud.clock.time())
        if len(tried) < 3:
            raise ConnectionError("the database warms up")
        answer(event, Data={"Said": "at last"})

    cloud.functions.register("provider", handler)
    stack = Stack(cloud)
    assert stack.create(custom("1")) == "CREATE_IN_PROGRESS"
    cloud.clock.advance(200)
    assert stack.status() == "CREATE_COMPLETE"
    assert [moment - tried[0] for moment in tried] == [0, 60, 180]


def test_an_answer_of_more_than_4096_bytes_is_a_failure(cloud: Cloud) -> None:
    def handler(event: dict[str, Any], context: Any) -> None:
        answer(event, Data={"Said": "x" * (5000 if event["RequestType"] == "Create" else 1)})

    cloud.functions.register("provider", handler)
    stack = Stack(cloud)
    assert stack.create(custom("1")) == "ROLLBACK_COMPLETE"
    assert stack.reason().endswith("Response object is too long.")
