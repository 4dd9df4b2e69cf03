"""The repository's own templates: each deploys, its outputs have values, and its deletion leaves nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.local.resources.lives import Cloud, delete

BUILT = Path(__file__).parents[3] / "build" / "tap"

#: What to ask a service for, and where its answer lists resources.
LISTINGS: list[tuple[str, str, dict[str, Any], str]] = [
    ("cloudwatch", "describe_alarms", {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}, "MetricAlarms"),
    ("cloudwatch", "describe_alarms", {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}, "CompositeAlarms"),
    ("dynamodb", "list_tables", {}, "TableNames"),
    ("ec2", "describe_flow_logs", {}, "FlowLogs"),
    ("ec2", "describe_network_acls", {}, "NetworkAcls"),
    ("ec2", "describe_network_interfaces", {}, "NetworkInterfaces"),
    ("ec2", "describe_route_tables", {}, "RouteTables"),
    ("ec2", "describe_security_group_rules", {}, "SecurityGroupRules"),
    ("ec2", "describe_security_groups", {}, "SecurityGroups"),
    ("ec2", "describe_subnets", {}, "Subnets"),
    ("ec2", "describe_tags", {}, "Tags"),
    ("ec2", "describe_vpc_endpoints", {}, "VpcEndpoints"),
    ("ec2", "describe_vpcs", {}, "Vpcs"),
    ("ecr", "describe_repositories", {}, "repositories"),
    ("events", "list_rules", {}, "Rules"),
    ("iam", "list_policies", {"Scope": "Local"}, "Policies"),
    ("iam", "list_roles", {}, "Roles"),
    ("kms", "list_aliases", {}, "Aliases"),
    ("logs", "describe_log_groups", {}, "logGroups"),
    ("s3", "list_buckets", {}, "Buckets"),
]

SUFFIX = {"EnvironmentSuffix": "leak"}
CASES = {
    "bootstrap-stack": SUFFIX,
    "guard-stack": SUFFIX,
    "network-stack": {
        **SUFFIX,
        "EnableFlowLogs": "true",
        "EnableKmsEndpoint": "true",
        "EnableLogsEndpoint": "true",
        "EnableMonitoringEndpoint": "true",
    },
    "security-stack": SUFFIX,
    "stackset-roles": SUFFIX,
    "storage-stack": {**SUFFIX, "EnableTransactionTable": "true"},
}


def held(aws: Cloud) -> dict[str, list[Any]]:
    found = {}
    for service, call, request, answer in LISTINGS:
        listed = getattr(aws.client(service), call)(**request)[answer]
        found[f"{service} {answer}"] = sorted(json.dumps(one, default=str, sort_keys=True) for one in listed)
    kms = aws.client("kms")
    keys = [kms.describe_key(KeyId=each["KeyId"])["KeyMetadata"] for each in kms.list_keys()["Keys"]]
    found["kms keys"] = [each["KeyId"] for each in keys if each["Enabled"]]  # a deleted one is still there for 30 days
    return found


@pytest.mark.parametrize(("name", "parameters"), CASES.items(), ids=CASES)
def test_a_template_of_ours_deploys_and_leaves_nothing_behind(
    aws: Cloud, name: str, parameters: dict[str, str]
) -> None:
    before = held(aws)
    template = json.loads((BUILT / f"{name}.json").read_text())
    stack = aws.stack(template, parameters)
    (described,) = aws.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    assert {one["OutputKey"] for one in described["Outputs"]} == set(template["Outputs"])
    assert all(one["OutputValue"] for one in described["Outputs"])
    assert held(aws) != before
    delete(aws, stack)
    assert held(aws) == before
