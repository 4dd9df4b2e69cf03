# ruff: noqa: ARG001 - a handler has the parameters that Lambda gives it
"""What Lambda refuses, how a handler may fail, and its ``os.environ``."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stackgen.local.cloud import Cloud

MEGABYTE = 1024 * 1024
REGISTRY = "111111111111.dkr.ecr.us-east-1.amazonaws.com"
ROLE = "arn:aws:iam::111111111111:role/r"


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud() as cloud:
        cloud.functions.join(cloud.gateway)
        yield cloud


def make(cloud: Cloud, **more: Any) -> Any:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("app.py", "")
    client = cloud.client("lambda")
    client.create_function(
        FunctionName="fn", Runtime="python3.13", Handler="app.handler", Code={"ZipFile": archive.getvalue()},
        Role=ROLE, **more,
    )  # fmt: skip
    return client


def ask(cloud: Cloud, handler: Any) -> tuple[Any, str]:
    cloud.functions.register("fn", handler)
    answer = make(cloud).invoke(FunctionName="fn")
    assert answer["StatusCode"] == 200
    return json.loads(answer["Payload"].read()), answer.get("FunctionError", "")


def code(refused: pytest.ExceptionInfo[ClientError]) -> tuple[str, int]:
    response = refused.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (SystemExit(1), "Runtime exited with error: exit status 1"),
        (SystemExit(3), "Runtime exited with error: exit status 3"),
        (SystemExit("why"), "Runtime exited with error: exit status 1"),
        (SystemExit(), "Runtime exited without providing a reason"),
        (KeyboardInterrupt(), "Runtime exited with error: exit status 1"),
        (GeneratorExit(), "Runtime exited with error: exit status 1"),
    ],
)
def test_a_handler_that_leaves_its_process_is_an_unhandled_error(cloud: Cloud, left: BaseException, said: str) -> None:
    def handler(event: Any, context: Any) -> None:
        raise left

    answer, error = ask(cloud, handler)
    (invoked,) = cloud.functions.failures()
    assert error == "Unhandled"
    assert answer == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {invoked.request_id} Error: {said}",
    }


def test_a_state_machine_hears_of_a_handler_that_leaves_its_process(cloud: Cloud) -> None:
    def handler(event: Any, context: Any) -> None:
        raise SystemExit(1)

    cloud.functions.register("fn", handler)
    make(cloud)
    states = cloud.client("stepfunctions")
    task = {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:111111111111:function:fn", "End": True}
    machine = states.create_state_machine(
        name="m", roleArn=ROLE, definition=json.dumps({"StartAt": "T", "States": {"T": task}})
    )["stateMachineArn"]
    execution = states.start_execution(stateMachineArn=machine)["executionArn"]
    cloud.clock.settle()
    told = states.describe_execution(executionArn=execution)
    assert (told["status"], told["error"]) == ("FAILED", "Runtime.ExitError")


@pytest.mark.parametrize("answer", [float("nan"), float("inf"), {1, 2}, object(), Decimal("NaN")])
def test_an_answer_that_is_no_json_is_a_marshal_error(cloud: Cloud, answer: Any) -> None:
    said, error = ask(cloud, lambda *_: answer)
    assert (error, said["errorType"]) == ("Unhandled", "Runtime.MarshalError")
    assert said["errorMessage"].startswith("Unable to marshal response: ")


def test_a_decimal_is_a_number_and_bytes_are_the_answer_itself(cloud: Cloud) -> None:
    cloud.functions.register("fn", lambda event, _: b'{"raw": 1}' if event else [Decimal(1), Decimal("1.5")])
    client = make(cloud)
    assert json.loads(client.invoke(FunctionName="fn")["Payload"].read()) == [1, 1.5]
    assert json.loads(client.invoke(FunctionName="fn", Payload=b"[1]")["Payload"].read()) == {"raw": 1}


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (f"{REGISTRY}/app:1", f"Source image {REGISTRY}/app:1 does not exist. Provide a valid source image."),
        ("docker.io/app:1", "Source image docker.io/app:1 is not valid. Provide a valid source image."),
    ],
)
def test_a_function_needs_an_image_that_is_there(cloud: Cloud, image: str, said: str) -> None:
    client = cloud.client("lambda")
    with pytest.raises(ClientError, match="InvalidParameterValueException") as refused:
        client.create_function(FunctionName="fn", PackageType="Image", Code={"ImageUri": image}, Role=ROLE)
    assert refused.value.response["Error"]["Message"] == said
    assert client.list_functions()["Functions"] == []


def test_a_function_takes_an_image_that_was_pushed_and_no_other_afterwards(cloud: Cloud) -> None:
    ecr = cloud.client("ecr")
    ecr.create_repository(repositoryName="app")
    ecr.put_image(repositoryName="app", imageManifest='{"schemaVersion": 2}', imageTag="1")
    client = cloud.client("lambda")
    client.create_function(FunctionName="fn", PackageType="Image", Code={"ImageUri": f"{REGISTRY}/app:1"}, Role=ROLE)
    with pytest.raises(ClientError, match="does not exist"):
        client.update_function_code(FunctionName="fn", ImageUri=f"{REGISTRY}/app:2")
    client.update_function_code(FunctionName="fn", ImageUri=f"{REGISTRY}/app:1")


def test_a_timeout_beyond_fifteen_minutes_is_refused(cloud: Cloud) -> None:
    with pytest.raises(ClientError, match="Value '901' at 'timeout'"):
        make(cloud, Timeout=901)
    client = make(cloud, Timeout=900)
    with pytest.raises(ClientError, match="less than or equal to 900"):
        client.update_function_configuration(FunctionName="fn", Timeout=1000)


def test_more_than_four_kilobytes_of_variables_are_refused(cloud: Cloud) -> None:
    with pytest.raises(ClientError, match="exceeded the 4KB limit") as refused:
        make(cloud, Environment={"Variables": {"A": "x" * 4096}})
    assert code(refused) == ("InvalidParameterValueException", 400)
    make(cloud, Environment={"Variables": {"A": "x" * 4000}})


@pytest.mark.parametrize(("kind", "most"), [("RequestResponse", 6 * MEGABYTE), ("Event", MEGABYTE)])
def test_too_large_a_request_is_refused_with_413(cloud: Cloud, kind: str, most: int) -> None:
    cloud.functions.register("fn", lambda *_: "ok")
    client = make(cloud)
    with pytest.raises(ClientError, match=f"too large for the {kind} invocation type") as refused:
        client.invoke(FunctionName="fn", InvocationType=kind, Payload=b'"' + b"x" * most + b'"')
    assert code(refused) == ("RequestTooLargeException", 413)
    assert cloud.functions.invocations == []
    client.invoke(FunctionName="fn", InvocationType=kind, Payload=b'"' + b"x" * (most - 2) + b'"')


def test_a_payload_that_is_no_json_is_refused(cloud: Cloud) -> None:
    client = make(cloud)
    with pytest.raises(ClientError) as refused:
        client.invoke(FunctionName="fn", Payload=b"{not json")
    assert code(refused) == ("InvalidRequestContentException", 400)


def test_a_function_was_last_modified_in_virtual_time(cloud: Cloud) -> None:
    client = make(cloud)
    assert client.get_function_configuration(FunctionName="fn")["LastModified"].startswith("2026-01-01T00:00:00")
    cloud.clock.advance(3600)
    changed = client.update_function_configuration(FunctionName="fn", Timeout=9)
    assert changed["LastModified"].startswith("2026-01-01T01:00:00")


def test_the_environment_of_the_process_behaves_as_ever_while_a_cloud_is_open(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEFORE", "1")
    environ = os.environ
    assert (os.environ | {"A": "2"})["A"] == ({"A": "2"} | os.environ)["A"] == "2"
    assert type(os.environ | {}) is type({} | os.environ) is type(os.environ.copy()) is dict
    assert "A" not in os.environ
    os.environ |= {"A": "3"}
    assert os.environ is environ
    assert (os.environ["A"], os.environ.pop("A")) == ("3", "3")
    assert repr(os.environ).startswith("environ({")
    assert "'BEFORE': '1'" in repr(os.environ)
    with pytest.raises(TypeError, match="str expected, not int"):
        os.environ["A"] = 1  # type: ignore[assignment]


def test_a_handler_changes_its_own_environment_alone(cloud: Cloud) -> None:
    def handler(event: Any, context: Any) -> Any:
        os.environ |= {"OWN": "1"}
        return [
            os.environ["OWN"],
            "OWN" in (os.environ | {}),
            "OWN" in repr(os.environ),
            "PYTEST_VERSION" in os.environ,
        ]

    assert ask(cloud, handler) == (["1", True, True, False], "")
    assert "OWN" not in os.environ
