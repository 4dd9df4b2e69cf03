"""The door: who calls what where, in process and over the loopback port, and what is noted of it."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from stackgen.local.cloud import Cloud
from stackgen.local.faults import Throttle
from stackgen.local.gateway import Note

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
    import urllib.request

    s3 = over_http(cloud, "s3")
    s3.create_bucket(Bucket="linked")
    s3.put_object(Bucket="linked", Key="k", Body=b"hello")
    url = s3.generate_presigned_url("get_object", {"Bucket": "linked", "Key": "k"})
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - the stand-in's own
        assert answer.read() == b"hello"


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
