"""The door: who calls what where, in process and over the loopback port, and what is noted of it."""

from __future__ import annotations

import json
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError

from stackgen.local.cloud import Cloud
from stackgen.local.errors import LocalError
from stackgen.local.faults import Delay, Fail, LoseAnswer, Throttle
from stackgen.local.gateway import Note
from stackgen.local.wire import Call, Response

HANDLE = json.dumps({"Resources": {"Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}})
A, B = "111111111111", "222222222222"


def over_http(cloud: Cloud, service: str, account: str = A, region: str = "us-east-1", **more: Any) -> Any:
    return boto3.client(
        service,
        endpoint_url=cloud.url,
        region_name=region,
        aws_access_key_id=account,
        aws_secret_access_key="x",  # noqa: S106 - checked by nobody
        **more,
    )


def test_each_account_and_region_has_its_own_resources(cloud: Cloud) -> None:
    for account, region, value in ((A, "us-east-1", "one"), (A, "eu-west-1", "two"), (B, "us-east-1", "three")):
        cloud.client("ssm", account, region).put_parameter(Name="/x", Value=value, Type="String")
    read = [
        cloud.client("ssm", account, region).get_parameter(Name="/x")["Parameter"]["Value"]
        for account, region in ((A, "us-east-1"), (A, "eu-west-1"), (B, "us-east-1"))
    ]
    assert read == ["one", "two", "three"]
    with pytest.raises(ClientError, match="ParameterNotFound"):
        cloud.client("ssm", B, "eu-west-1").get_parameter(Name="/x")


def test_clients_in_process_and_over_http_see_the_same(cloud: Cloud) -> None:
    cloud.client("s3").create_bucket(Bucket="shared")
    cloud.client("s3").put_object(Bucket="shared", Key="folder/a b+c", Body=b"\x00\xffbytes")
    assert over_http(cloud, "s3").get_object(Bucket="shared", Key="folder/a b+c")["Body"].read() == b"\x00\xffbytes"
    over_http(cloud, "s3", config=Config(s3={"addressing_style": "path"})).put_object(
        Bucket="shared", Key="big", Body=b"z" * 300_000
    )
    assert cloud.client("s3").head_object(Bucket="shared", Key="big")["ContentLength"] == 300_000


def test_an_assumed_role_acts_in_the_account_of_the_role(cloud: Cloud) -> None:
    given = cloud.client("sts").assume_role(RoleArn=f"arn:aws:iam::{B}:role/reader", RoleSessionName="session")
    keys = given["Credentials"]
    session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], "eu-west-1")
    session.client("ssm", endpoint_url=cloud.url).put_parameter(Name="/by/role", Value="v", Type="String")
    assert cloud.client("ssm", B, "eu-west-1").get_parameter(Name="/by/role")["Parameter"]["Value"] == "v"
    assert session.client("sts", endpoint_url=cloud.url).get_caller_identity()["Account"] == B


def test_one_client_serves_an_account_a_region_and_a_service(cloud: Cloud) -> None:
    assert cloud.client("ssm") is cloud.client("ssm", A, "us-east-1")
    assert cloud.client("ssm", B) is not cloud.client("ssm")


def test_every_call_is_noted_with_its_error_and_told_as_it_comes(cloud: Cloud) -> None:
    seen: list[Note] = []
    cloud.gateway.watchers.append(seen.append)
    cloud.client("dynamodb", B, "eu-west-1").list_tables()
    with pytest.raises(ClientError):
        over_http(cloud, "cloudformation").describe_stacks(StackName="nobody")
    with pytest.raises(ClientError):
        cloud.client("s3").get_object(Bucket="nobody", Key="k")
    with pytest.raises(ClientError):
        cloud.client("cloudformation").describe_stack_set(StackSetName="nobody")
    told = [(note.service, note.operation, note.account, note.region, note.error) for note in seen]
    assert told == [
        ("dynamodb", "ListTables", B, "eu-west-1", ""),
        ("cloudformation", "DescribeStacks", A, "us-east-1", "ValidationError"),
        ("s3", "GetObject", A, "us-east-1", "NoSuchBucket"),
        ("cloudformation", "DescribeStackSet", A, "us-east-1", "StackSetNotFoundException"),
    ]
    assert list(cloud.gateway.notes) == seen


def test_our_own_operations_hold_a_request_to_the_constraints_of_its_model(cloud: Cloud) -> None:
    with pytest.raises(ClientError) as refused:
        cloud.client("cloudformation").create_stack_instances(
            StackSetName="s",
            Accounts=["12"],
            Regions=["eu-west-1"],
            OperationPreferences={"RegionConcurrencyType": "X"},
        )
    assert refused.value.response["Error"] == {
        "Type": "Sender",
        "Code": "ValidationError",
        "Message": "2 validation errors detected: Value '12' at 'accounts.1.member' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: ^[0-9]{12}$; Value 'X' at "
        "'operationPreferences.regionConcurrencyType' failed to satisfy constraint: Member must satisfy enum value "
        "set: [SEQUENTIAL, PARALLEL]",
    }


def test_a_typed_error_is_the_client_s_own_exception(cloud: Cloud) -> None:
    client = cloud.client("cloudformation")
    with pytest.raises(client.exceptions.StackSetNotFoundException):
        client.describe_stack_set(StackSetName="nobody")


def test_a_presigned_url_is_served(cloud: Cloud) -> None:
    s3 = over_http(cloud, "s3")
    s3.create_bucket(Bucket="linked")
    s3.put_object(Bucket="linked", Key="k", Body=b"hello")
    url = s3.generate_presigned_url("get_object", {"Bucket": "linked", "Key": "k"})
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - the stand-in's own
        assert answer.read() == b"hello"


def test_who_asks_whether_a_body_may_come_is_told_at_once(cloud: Cloud) -> None:
    """boto3 asks before each object that it puts, and waits a second where nobody says so."""
    head = b"PUT /shop/key HTTP/1.1\r\nHost: s3\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
    with socket.create_connection(("127.0.0.1", cloud.server.port), timeout=60) as connection:
        connection.sendall(head)
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"body")
        assert connection.recv(1000).startswith(b"HTTP/1.1 404 ")


def test_timestamps_are_those_of_the_clock(cloud: Cloud) -> None:
    cloud.clock.advance(86_400)
    cloud.client("s3").create_bucket(Bucket="dated")
    made = cloud.client("s3").list_buckets()["Buckets"][0]["CreationDate"]
    assert made == cloud.clock.now()


def test_a_client_waits_in_virtual_time_between_its_retries(cloud: Cloud) -> None:
    cloud.faults.add("ssm:DescribeParameters", Throttle(), times=8)
    client = cloud.session().client("ssm", config=Config(retries={"mode": "standard", "total_max_attempts": 9}))
    before = cloud.clock.time()
    client.describe_parameters()
    assert cloud.clock.time() - before > 5


def test_a_waiter_of_boto3_lets_virtual_time_pass(cloud: Cloud) -> None:
    cloud.formation.operations.steps.durations["AWS::SSM::Parameter"] = 600
    stacks = cloud.client("cloudformation")
    made = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "v"}}
    stacks.create_stack(StackName="slow", TemplateBody=json.dumps({"Resources": {"Value": made}}))
    before = cloud.clock.time()
    stacks.get_waiter("stack_create_complete").wait(StackName="slow")
    assert 600 <= cloud.clock.time() - before <= 630


def test_the_address_of_a_queue_is_that_of_the_stand_in(cloud: Cloud) -> None:
    url = cloud.client("sqs").create_queue(QueueName="orders")["QueueUrl"]
    assert url == f"{cloud.url}/{A}/orders"
    over_http(cloud, "sqs").send_message(QueueUrl=url, MessageBody="hello")
    assert cloud.client("sqs").receive_message(QueueUrl=url)["Messages"][0]["Body"] == "hello"


def test_an_own_operation_is_served_beside_a_thread_that_lets_time_run(cloud: Cloud) -> None:
    stop = threading.Event()

    def pace() -> None:
        while not stop.is_set():
            cloud.clock.advance(60)

    pacer = threading.Thread(target=pace)
    pacer.start()
    try:
        for number in range(20):
            over_http(cloud, "cloudformation").create_stack_set(StackSetName=f"s{number}", TemplateBody=HANDLE)
    finally:
        stop.set()
        pacer.join()
    assert len(cloud.client("cloudformation").list_stack_sets()["Summaries"]) == 20


def test_callers_from_outside_wait_side_by_side(cloud: Cloud) -> None:
    cloud.faults.add("ssm:DescribeParameters", Delay(60), times=4)
    clients = [over_http(cloud, "ssm") for _ in range(4)]
    threads = [threading.Thread(target=client.describe_parameters) for client in clients]
    before = cloud.clock.time()
    with cloud.clock.still():  # so that all of them have asked before any of them waits
        for thread in threads:
            thread.start()
        wait_until(lambda: len(cloud.clock.waiting()) == 4)
    for thread in threads:
        thread.join()
    assert cloud.clock.time() - before == 60


def wait_until(condition: Callable[[], bool]) -> None:
    """For what another thread does, in real time."""
    for _ in range(2000):
        if condition():
            return
        time.sleep(0.005)
    raise TimeoutError


def test_an_unexpected_error_is_an_internal_failure_and_no_broken_connection(
    cloud: Cloud, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(call: Call, forward: Callable[[Call], Response]) -> Response:
        forward(call)
        raise KeyError("a bug")

    cloud.gateway.surround("ssm", {"PutParameter": broken})
    once = Config(retries={"total_max_attempts": 1})
    with pytest.raises(ClientError) as failed:
        over_http(cloud, "ssm", config=once).put_parameter(Name="/x", Value="v", Type="String")
    assert failed.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert "a bug" in caplog.text


def test_a_watcher_that_fails_harms_no_call(cloud: Cloud, caplog: pytest.LogCaptureFixture) -> None:
    cloud.gateway.watchers.append(lambda _: 1 // 0)  # type: ignore[arg-type]
    assert cloud.client("ssm").describe_parameters()["Parameters"] == []
    assert "a watcher of calls failed" in caplog.text


def test_a_closed_stand_in_answers_nobody_and_harms_no_later_one() -> None:
    with Cloud() as first:
        client, kept = first.client("stepfunctions"), over_http(first, "ssm")
        kept.describe_parameters()
    with pytest.raises(LocalError, match="is closed"):
        client.list_state_machines()
    with pytest.raises(EndpointConnectionError):
        kept.describe_parameters()
    with Cloud() as second:
        assert second.client("stepfunctions").list_state_machines()["stateMachines"] == []


def test_connections_that_clients_keep_open_end_with_the_stand_in() -> None:
    before = threading.active_count()
    for _ in range(3):
        with Cloud() as cloud:
            over_http(cloud, "ssm").describe_parameters()
    assert threading.active_count() == before


def test_calls_without_a_signature_are_noted_and_may_fail(cloud: Cloud) -> None:
    cloud.faults.add("unsigned:GET", Throttle())
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{cloud.url}/nobody/here")  # noqa: S310 - the stand-in's own
    assert (cloud.gateway.notes[-1].service, cloud.gateway.notes[-1].error) == ("unsigned", "ThrottlingException")


def test_a_fault_meets_the_answer_of_a_custom_resource_too(cloud: Cloud) -> None:
    cloud.faults.add("custom-resource:Answer", Fail("AccessDenied", "expired", 403))
    request = urllib.request.Request(f"{cloud.url}/_ministack/cfn-response/x", b"{}", method="PUT")  # noqa: S310
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(request)  # noqa: S310 - the stand-in's own
    assert cloud.gateway.notes[-1].error == "AccessDenied"


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_presigned_call_is_known_by_its_account_and_operation(cloud: Cloud, version: str) -> None:
    s3 = over_http(cloud, "s3", config=Config(signature_version=version))
    s3.create_bucket(Bucket="linked")
    url = s3.generate_presigned_url("put_object", {"Bucket": "linked", "Key": "k"})
    with urllib.request.urlopen(urllib.request.Request(url, b"hello", method="PUT")):  # noqa: S310 - the stand-in's own
        pass
    note = cloud.gateway.notes[-1]
    assert (note.account, note.service, note.operation) == (A, "s3", "PutObject")


def test_observers_see_what_took_effect_also_where_the_caller_does_not(cloud: Cloud) -> None:
    seen: list[tuple[str, int]] = []
    cloud.gateway.observers.append(lambda call, response: seen.append((call.operation, response.status)))
    cloud.faults.add("ssm:PutParameter", LoseAnswer(), times=None)
    with pytest.raises(ConnectionClosedError):
        cloud.client("ssm").put_parameter(Name="/x", Value="1", Type="String")
    cloud.faults.clear()
    assert cloud.client("ssm").get_parameter(Name="/x")["Parameter"]["Value"] == "1"
    with pytest.raises(ClientError):
        cloud.client("cloudformation").describe_stack_set(StackSetName="none")
    assert ("PutParameter", 200) in seen
    assert ("DescribeStackSet", 404) in seen


def test_a_session_answers_the_same_client_for_the_same_settings(cloud: Cloud) -> None:
    session = cloud.session()
    config = Config(retries={"total_max_attempts": 2})
    assert session.client("s3") is session.client("s3")
    assert session.client("s3", config=config) is session.client("s3", config=config)
    assert session.client("s3", config=config) is not session.client("s3")
    assert session.client("s3", region_name="eu-west-1") is not session.client("s3")
