"""The roles: what each may do, and that it is no more than its work."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.tap.reading import Templates

ROLES = {"ECSTaskRole", "ECSExecutionRole", "LambdaExecutionRole", "AmplifyServiceRole"}
WITHOUT_RESOURCE = {
    "ecr:GetAuthorizationToken": "ECSExecutionRole",
    "logs:DescribeLogGroups": "FlowLogRole",
    "xray:PutTelemetryRecords": "LambdaExecutionRole",
    "xray:PutTraceSegments": "LambdaExecutionRole",
}
"""Actions that IAM knows no resource for, and the role that has them."""


@pytest.fixture
def roles(templates: Templates) -> Mapping[str, Any]:
    found: Mapping[str, Any] = templates["iam-stack"]["Resources"]
    return found


def granted(role: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every statement of a role, those behind a condition too."""
    for policy in role["Properties"]["Policies"]:
        given = policy["Fn::If"][1] if "Fn::If" in policy else policy
        yield from given["PolicyDocument"]["Statement"]


def allowed(roles: Mapping[str, Any], role: str, action: str) -> list[str]:
    """The resources of one action, as texts."""
    return [
        json.dumps(resource)
        for statement in granted(roles[role])
        if action in statement["Action"]
        for resource in statement["Resource"]
    ]


@pytest.mark.requirement("PP-D56", "PP-46")
def test_no_role_may_do_everything_with_anything(templates: Templates) -> None:
    """an action is a wildcard, a resource is everything, or AWS's own broad policy is attached"""
    seen = set()
    for file in ("iam-stack", "network-stack"):
        for title, each in templates[file]["Resources"].items():
            if each["Type"] != "AWS::IAM::Role":
                continue
            seen.add(title)
            assert "ManagedPolicyArns" not in each["Properties"], title
            for statement in granted(each):
                assert statement["Effect"] == "Allow"
                for action in statement["Action"]:
                    assert "*" not in action, (title, action)
                    assert action != "sts:AssumeRole"
                    if "*" in statement["Resource"]:
                        assert WITHOUT_RESOURCE[action] == title
    assert seen == {*ROLES, "FlowLogRole"}


@pytest.mark.requirement("PP-D56")
@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_resource_belongs_to_this_project_and_most_to_this_environment(
    roles: Mapping[str, Any], role: str
) -> None:
    """a role reaches what another project, or another environment of this one, has made"""
    ours = re.compile(r"plot-palette|\$\{S3BucketName\}|Table(Arn|Name)|UserPoolArn|Role")
    others = re.compile(r"foundation-model/(anthropic\.claude-|meta\.llama3-)\*|log-group:/aws/amplify/\*")
    for statement in granted(roles[role]):
        for resource in statement["Resource"]:
            text = json.dumps(resource)
            if text != '"*"':
                assert ours.search(text) or others.search(text), (role, text)
            if "plot-palette-" in text:
                assert "${EnvironmentName}" in text, text


@pytest.mark.requirement("PP-D56")
def test_a_worker_asks_the_models_of_the_known_families_and_writes_only_results(roles: Mapping[str, Any]) -> None:
    """a worker can ask any model, or overwrite seed data"""
    models = allowed(roles, "ECSTaskRole", "bedrock:InvokeModel")
    assert [re.sub(r'.*foundation-model/(.*)"}', r"\1", each) for each in models] == [
        "anthropic.claude-*", "meta.llama3-*",
    ]  # fmt: skip
    assert allowed(roles, "ECSTaskRole", "bedrock:InvokeModelWithResponseStream") == models
    for action in ("s3:PutObject", "s3:DeleteObject"):
        (written,) = allowed(roles, "ECSTaskRole", action)
        assert "${S3BucketName}/jobs/*" in written
    read = allowed(roles, "ECSTaskRole", "s3:GetObject")
    assert [
        each for prefix in ("jobs", "seed-data", "sample-datasets") for each in read if f"/{prefix}/*" in each
    ] == read


@pytest.mark.requirement("PP-D56", "PP-D07")
@pytest.mark.parametrize("role", ["ECSTaskRole", "LambdaExecutionRole"])
def test_tables_are_written_item_by_item_and_never_scanned_or_changed(roles: Mapping[str, Any], role: str) -> None:
    """a role reads a whole table, deletes one, or lacks the table of checkpoints"""
    used = {action for each in granted(roles[role]) for action in each["Action"] if action.startswith("dynamodb:")}
    assert used == {f"dynamodb:{verb}" for verb in ("DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem")}
    found = set(allowed(roles, role, "dynamodb:PutItem"))
    tables = ("Jobs", "Queue", "Templates", "CostTracking", "CheckpointMetadata")
    assert found == {json.dumps({"Ref": f"{table}TableArn"}) for table in tables}


@pytest.mark.requirement("PP-D56", "PP-D11")
def test_functions_start_this_worker_in_this_cluster_and_hand_on_its_two_roles(roles: Mapping[str, Any]) -> None:
    """a function runs any task anywhere, or hands on a role that can do more than itself"""
    statements = {tuple(each["Action"]): each for each in granted(roles["LambdaExecutionRole"])}
    run = statements["ecs:RunTask",]
    assert "task-definition/plot-palette-worker-${EnvironmentName}:*" in json.dumps(run["Resource"])
    stop = statements["ecs:DescribeTasks", "ecs:StopTask"]
    for each in (run, stop):
        cluster = each["Condition"]["ArnEquals"]["ecs:cluster"]["Fn::Sub"]
        assert cluster.endswith(":cluster/plot-palette-cluster-${EnvironmentName}")
    handed = statements["iam:PassRole",]
    assert handed["Resource"] == [{"Fn::GetAtt": [role, "Arn"]} for role in ("ECSTaskRole", "ECSExecutionRole")]
    assert handed["Condition"] == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    (path, below) = allowed(roles, "LambdaExecutionRole", "ssm:GetParametersByPath")
    assert path.endswith('parameter/plot-palette/${EnvironmentName}/compute"}')
    assert below.endswith('parameter/plot-palette/${EnvironmentName}/compute/*"}')


@pytest.mark.requirement("PP-D56")
def test_each_role_is_taken_on_by_its_service_alone(roles: Mapping[str, Any]) -> None:
    """another service, or a task of another account, takes on the role"""
    services = {
        "ECSTaskRole": "ecs-tasks.amazonaws.com",
        "ECSExecutionRole": "ecs-tasks.amazonaws.com",
        "LambdaExecutionRole": "lambda.amazonaws.com",
        "AmplifyServiceRole": "amplify.amazonaws.com",
    }
    for role, service in services.items():
        (statement,) = roles[role]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": service}
        if service.startswith("ecs-tasks"):
            assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}


def test_the_pools_users_are_read_only_where_a_pool_is_named(roles: Mapping[str, Any]) -> None:
    condition, policy, otherwise = roles["LambdaExecutionRole"]["Properties"]["Policies"][1]["Fn::If"]
    assert condition == "HasUserPool"
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Resource"] == [{"Ref": "UserPoolArn"}]
    assert otherwise == {"Ref": "AWS::NoValue"}
