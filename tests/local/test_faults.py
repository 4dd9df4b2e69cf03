"""Faults: each kind, on any call, in one place or all, once, often or by chance."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from stackgen.local.cloud import Cloud
from stackgen.local.faults import Delay, Fail, LoseAnswer, Throttle, TimeOut

A, B = "111111111111", "222222222222"
ONCE = Config(retries={"total_max_attempts": 1})


def ssm(cloud: Cloud, account: str = A, region: str = "us-east-1") -> Any:
    return cloud.session(account, region).client("ssm", config=ONCE)


def put(client: Any, name: str = "/x") -> None:
    client.put_parameter(Name=name, Value="v", Type="String")


def names(cloud: Cloud) -> list[str]:
    return [found["Name"] for found in cloud.client("ssm").describe_parameters()["Parameters"]]


@pytest.mark.parametrize(
    ("service", "call", "code", "status"),
    [
        ("ssm", lambda client: client.describe_parameters(), "ThrottlingException", 400),
        ("dynamodb", lambda client: client.list_tables(), "ProvisionedThroughputExceededException", 400),
        ("dynamodbstreams", lambda client: client.list_streams(), "ProvisionedThroughputExceededException", 400),
        ("s3", lambda client: client.list_buckets(), "SlowDown", 503),
        ("cloudformation", lambda client: client.list_stack_sets(), "Throttling", 400),
        ("cloudformation", lambda client: client.describe_stacks(), "Throttling", 400),
        ("lambda", lambda client: client.list_functions(), "TooManyRequestsException", 429),
        ("stepfunctions", lambda client: client.list_state_machines(), "ThrottlingException", 400),
    ],
)
def test_a_service_throttles_with_the_code_of_its_own(
    cloud: Cloud, service: str, call: Any, code: str, status: int
) -> None:
    cloud.faults.add(f"{service.removesuffix('streams')}:*", Throttle())
    client = cloud.session().client(service, config=ONCE)
    with pytest.raises(ClientError) as refused:
        call(client)
    assert refused.value.response["Error"]["Code"] == code
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    call(client)


def test_botocore_s_own_retries_outlast_a_throttle(cloud: Cloud) -> None:
    cloud.faults.add("ssm:DescribeParameters", Throttle())
    assert names(cloud) == []
    assert [note.error for note in cloud.gateway.notes] == ["ThrottlingException", ""]


def test_a_failure_has_the_code_and_nothing_happens(cloud: Cloud) -> None:
    fault = cloud.faults.add("ssm:PutParameter", Fail("AccessDeniedException", "not you", 400))
    with pytest.raises(ClientError, match=r"AccessDeniedException.*not you"):
        put(ssm(cloud))
    assert fault.met == 1
    assert names(cloud) == []


def test_a_lost_answer_leaves_the_effect(cloud: Cloud) -> None:
    cloud.faults.add("ssm:PutParameter", LoseAnswer())
    with pytest.raises(ConnectionClosedError):
        put(ssm(cloud))
    assert names(cloud) == ["/x"]


def test_a_time_out_reaches_the_client_after_virtual_seconds_and_has_no_effect(cloud: Cloud) -> None:
    cloud.faults.add("ssm:PutParameter", TimeOut(60))
    before = cloud.clock.time()
    with pytest.raises(ReadTimeoutError):
        put(ssm(cloud))
    assert cloud.clock.time() - before == 60
    assert names(cloud) == []


def test_a_late_answer_comes_late_and_is_whole(cloud: Cloud) -> None:
    cloud.faults.add("ssm:PutParameter", Delay(12.5))
    before = cloud.clock.time()
    put(ssm(cloud))
    assert cloud.clock.time() - before == 12.5
    assert names(cloud) == ["/x"]


def test_a_fault_may_strike_in_one_account_and_region_only(cloud: Cloud) -> None:
    cloud.faults.add("ssm:*", Fail("InternalServerError"), account=B, region="eu-*", times=None)
    put(ssm(cloud, A, "eu-west-1"))
    put(ssm(cloud, B, "us-east-1"))
    for _ in range(3):
        with pytest.raises(ClientError, match="InternalServerError"):
            put(ssm(cloud, B, "eu-west-1"))


def test_a_fault_strikes_as_often_as_it_is_told(cloud: Cloud) -> None:
    fault = cloud.faults.add("ssm:PutParameter", Throttle(), times=2)
    for name in ("/a", "/b"):
        with pytest.raises(ClientError):
            put(ssm(cloud), name)
    put(ssm(cloud), "/c")
    assert fault.met == 2
    assert names(cloud) == ["/c"]


def test_a_fault_may_look_at_the_parameters(cloud: Cloud) -> None:
    cloud.faults.add("ssm:PutParameter", Throttle(), times=None, when=lambda call: call.parameters["Name"] == "/bad")
    put(ssm(cloud), "/good")
    with pytest.raises(ClientError):
        put(ssm(cloud), "/bad")


def pattern_of(seed: int) -> str:
    with Cloud(seed=seed) as cloud:
        cloud.faults.add("ssm:DescribeParameters", Throttle(), times=None, probability=0.5)
        client, pattern = ssm(cloud), ""
        for _ in range(24):
            try:
                client.describe_parameters()
            except ClientError:
                pattern += "x"
            else:
                pattern += "."
        return pattern


def test_chance_repeats_itself_with_the_seed() -> None:
    assert pattern_of(7) == pattern_of(7)
    assert pattern_of(7) != pattern_of(8)
    assert {"x", "."} == set(pattern_of(7))


def test_faults_meet_clients_over_http_too(cloud: Cloud) -> None:
    client = boto3.client(
        "ssm",
        endpoint_url=cloud.url,
        region_name="us-east-1",
        aws_access_key_id=A,
        aws_secret_access_key="x",  # noqa: S106 - checked by nobody
        config=ONCE,
    )
    cloud.faults.add("ssm:PutParameter", LoseAnswer())
    with pytest.raises(ConnectionClosedError):
        put(client)
    assert names(cloud) == ["/x"]


def test_a_fault_is_planted_for_a_resource_as_for_a_call(cloud: Cloud) -> None:
    cloud.faults.add(
        "create:AWS::SSM::Parameter",
        Fail("any", "planted"),
        when=lambda call: call.parameters["LogicalResourceId"] == "B",
    )
    stacks = cloud.client("cloudformation")
    one = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "v"}}
    import json

    stacks.create_stack(
        StackName="s", TemplateBody=json.dumps({"Resources": {"A": one, "B": {**one, "DependsOn": "A"}}})
    )
    assert stacks.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"] == "ROLLBACK_COMPLETE"
    events = stacks.describe_stack_events(StackName="s")["StackEvents"]
    assert [event["ResourceStatusReason"] for event in events if event["ResourceStatus"] == "CREATE_FAILED"] == [
        "planted"
    ]
    assert names(cloud) == []


def test_cleared_faults_strike_no_more(cloud: Cloud) -> None:
    cloud.faults.add("ssm:*", Throttle(), times=None)
    cloud.faults.clear()
    put(ssm(cloud))
