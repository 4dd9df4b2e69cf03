"""What the embedded CloudFormation of an account refuses, and what the instance there says of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stackgen.local.cloud import Cloud
from stackgen.local.faults import Fail, Kind, Throttle

ADMIN, ACCOUNT = "111111111111", "200000000000"
TOPIC = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}


def created(cloud: Cloud, template: dict[str, Any]) -> list[tuple[str, str]]:
    """The status and the reason of each instance of a new set."""
    client = cloud.client("cloudformation", ADMIN)
    client.create_stack_set(StackSetName="app", TemplateBody=json.dumps(template))
    asked = client.create_stack_instances(StackSetName="app", Accounts=[ACCOUNT], Regions=["eu-west-1"])
    cloud.clock.settle()
    shown = client.list_stack_set_operation_results(StackSetName="app", OperationId=asked["OperationId"])["Summaries"]
    return [(each["Status"], each["StatusReason"]) for each in shown]


@pytest.mark.parametrize(
    ("more", "capability"),
    [
        ({"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": {}}}}, "CAPABILITY_IAM"),
        ({"Transform": "AWS::LanguageExtensions"}, "CAPABILITY_AUTO_EXPAND"),
    ],
)
def test_a_missing_capability_is_missed_by_the_stack_and_not_by_the_set(
    cloud: Cloud, more: dict[str, Any], capability: str
) -> None:
    assert created(cloud, {**TOPIC, **more}) == [("FAILED", f"Requires capabilities : [{capability}]")]


@pytest.mark.parametrize(
    ("fault", "reason"), [(Throttle(), "Rate exceeded"), (Fail("AccessDenied", "not you"), "not you")]
)
def test_a_fault_of_cloudformation_in_the_account_is_the_reason_of_the_instance(
    cloud: Cloud, fault: Kind, reason: str
) -> None:
    cloud.faults.add("cloudformation:CreateStack", fault, account=ACCOUNT)

    assert created(cloud, TOPIC) == [("FAILED", reason)]

    client = cloud.client("cloudformation", ADMIN)
    (instance,) = client.list_stack_instances(StackSetName="app")["Summaries"]
    assert (instance["StackInstanceStatus"]["DetailedStatus"], instance["StatusReason"]) == ("FAILED", reason)
