"""Roles, policies, keys, log groups, rules and parameters: what their services tell, and names taken once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stackgen.local.resources import TYPES
from tests.local.resources.lives import (
    Cloud,
    Gone,
    Life,
    delete,
    first,
    live,
    refused,
    refused_deletion,
    tags,
)

ACCOUNT_ARN = "arn:aws:iam::111111111111"
TAGGED = {"Tags": [{"Key": "Stack", "Value": "one"}]}
RETAGGED = {"Tags": [{"Key": "Stack", "Value": "two"}]}


def document(action: str, **principal: Any) -> dict[str, Any]:
    statement = {"Action": action, "Effect": "Allow", **(principal or {"Resource": "*"})}
    return {"Version": "2012-10-17", "Statement": [statement]}


TRUST = document("sts:AssumeRole", Principal={"Service": "lambda.amazonaws.com"})
OTHER_TRUST = document("sts:AssumeRole", Principal={"Service": "ec2.amazonaws.com"})
POLICIES = {
    name: {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {"ManagedPolicyName": name.lower(), "PolicyDocument": document("s3:*")},
    }
    for name in ("Boundary", "Data", "More")
}
KEY = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": document("kms:*")}}


def role(aws: Cloud, name: str) -> dict[str, Any]:
    iam = aws.client("iam")
    found = iam.get_role(RoleName=name)["Role"]
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    inline = iam.list_role_policies(RoleName=name)["PolicyNames"]
    return {
        **found,
        "Attached": [one["PolicyName"] for one in attached],
        "Boundary": found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "Inline": {one: iam.get_role_policy(RoleName=name, PolicyName=one)["PolicyDocument"] for one in inline},
        "Tags": tags(found["Tags"]),
    }


def managed_policy(aws: Cloud, arn: str) -> dict[str, Any]:
    iam = aws.client("iam")
    found = iam.get_policy(PolicyArn=arn)["Policy"]
    version = iam.get_policy_version(PolicyArn=arn, VersionId=found["DefaultVersionId"])["PolicyVersion"]
    return {**found, "Document": version["Document"]}


def key(aws: Cloud, key_id: str) -> dict[str, Any]:
    kms = aws.client("kms")
    found = kms.describe_key(KeyId=key_id)["KeyMetadata"]
    if found["KeyState"] == "PendingDeletion":
        raise Gone
    told = kms.list_resource_tags(KeyId=key_id)["Tags"]
    return {
        **found,
        "Policy": json.loads(kms.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"]),
        "Rotates": kms.get_key_rotation_status(KeyId=key_id)["KeyRotationEnabled"],
        "Tags": tags([{"Key": one["TagKey"], "Value": one["TagValue"]} for one in told]),
    }


def alias(aws: Cloud, name: str) -> dict[str, Any]:
    return first([one for one in aws.client("kms").list_aliases()["Aliases"] if one["AliasName"] == name])


def log_group(aws: Cloud, name: str) -> dict[str, Any]:
    logs = aws.client("logs")
    found = first(logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"])
    told = logs.list_tags_for_resource(resourceArn=found["logGroupArn"])["tags"]
    return {**found, "Tags": {one: told[one] for one in told if not one.startswith("aws:")}}


def rule(aws: Cloud, name: str) -> dict[str, Any]:
    events = aws.client("events")
    found = events.describe_rule(Name=name)
    return {
        **found,
        "Tags": tags(events.list_tags_for_resource(ResourceARN=found["Arn"])["Tags"]),
        "Targets": events.list_targets_by_rule(Rule=name)["Targets"],
    }


def parameter(aws: Cloud, name: str) -> dict[str, Any]:
    ssm = aws.client("ssm")
    found = ssm.get_parameter(Name=name)["Parameter"]
    described = first([one for one in ssm.describe_parameters()["Parameters"] if one["Name"] == name])
    told = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"]
    return {**described, **found, "Tags": tags(told)}


LIVES = [
    Life(
        "AWS::IAM::Role",
        {
            **TAGGED,
            "AssumeRolePolicyDocument": TRUST,
            "Description": "a role",
            "ManagedPolicyArns": [{"Ref": "Data"}],
            "PermissionsBoundary": {"Ref": "Boundary"},
            "Policies": [{"PolicyDocument": document("s3:*"), "PolicyName": "inline"}],
            "RoleName": "a-role",
        },
        role,
        {
            "AssumeRolePolicyDocument": TRUST,
            "Attached": ["data"],
            "Boundary": f"{ACCOUNT_ARN}:policy/boundary",
            "Description": "a role",
            "Inline": {"inline": document("s3:*")},
            "Tags": {"Stack": "one"},
        },
        {
            **RETAGGED,
            "AssumeRolePolicyDocument": OTHER_TRUST,
            "ManagedPolicyArns": [{"Ref": "More"}],
            "PermissionsBoundary": None,
            "Policies": [{"PolicyDocument": document("ec2:*"), "PolicyName": "other"}],
        },
        {
            "AssumeRolePolicyDocument": OTHER_TRUST,
            "Attached": ["more"],
            "Boundary": None,
            "Inline": {"other": document("ec2:*")},
            "Tags": {"Stack": "two"},
        },
        ref="a-role",
        attributes={"Arn": f"{ACCOUNT_ARN}:role/a-role", "RoleId": "AROA.+"},
        beside=POLICIES,
    ),
    Life(
        "AWS::IAM::ManagedPolicy",
        {"Description": "a policy", "ManagedPolicyName": "a-policy", "PolicyDocument": document("s3:*")},
        managed_policy,
        {"Description": "a policy", "Document": document("s3:*"), "PolicyName": "a-policy"},
        {"PolicyDocument": document("ec2:*")},
        {"Document": document("ec2:*")},
        ref=f"{ACCOUNT_ARN}:policy/a-policy",
    ),
    Life(
        "AWS::KMS::Key",
        {
            **TAGGED,
            "Description": "a key",
            "EnableKeyRotation": True,
            "Enabled": True,
            "KeyPolicy": document("kms:*"),
            "KeySpec": "SYMMETRIC_DEFAULT",
            "KeyUsage": "ENCRYPT_DECRYPT",
            "MultiRegion": False,
            "PendingWindowInDays": 30,
        },
        key,
        {
            "Description": "a key",
            "Enabled": True,
            "KeySpec": "SYMMETRIC_DEFAULT",
            "KeyUsage": "ENCRYPT_DECRYPT",
            "MultiRegion": False,
            "Policy": document("kms:*"),
            "Rotates": True,
            "Tags": {"Stack": "one"},
        },
        {**RETAGGED, "Description": "it", "EnableKeyRotation": False, "KeyPolicy": document("kms:Encrypt")},
        {"Description": "it", "Policy": document("kms:Encrypt"), "Rotates": False, "Tags": {"Stack": "two"}},
        ref=r"[0-9a-f-]{36}",
        attributes={"Arn": r"arn:aws:kms:eu-west-1:111111111111:key/[0-9a-f-]{36}"},
    ),
    Life(
        "AWS::KMS::Alias",
        {"AliasName": "alias/a-key", "TargetKeyId": {"Ref": "Key"}},
        alias,
        {"TargetKeyId": "<Key>"},
        {"TargetKeyId": {"Ref": "Other"}},
        {"TargetKeyId": "<Other>"},
        ref="alias/a-key",
        beside={"Key": KEY, "Other": KEY},
    ),
    Life(
        "AWS::Logs::LogGroup",
        {
            **TAGGED,
            "KmsKeyId": "arn:aws:kms:eu-west-1:111111111111:key/a",
            "LogGroupName": "a-group",
            "RetentionInDays": 30,
        },
        log_group,
        {"Tags": {"Stack": "one"}, "kmsKeyId": "arn:aws:kms:eu-west-1:111111111111:key/a", "retentionInDays": 30},
        {**RETAGGED, "KmsKeyId": None, "RetentionInDays": 60},
        {"Tags": {"Stack": "two"}, "kmsKeyId": None, "retentionInDays": 60},
        ref="a-group",
        attributes={"Arn": r"arn:aws:logs:eu-west-1:111111111111:log-group:a-group:\*"},
    ),
    Life(
        "AWS::Events::Rule",
        {
            **TAGGED,
            "Description": "a rule",
            "Name": "a-rule",
            "ScheduleExpression": "rate(1 day)",
            "State": "ENABLED",
            "Targets": [{"Arn": "arn:aws:lambda:eu-west-1:111111111111:function:a", "Id": "a"}],
        },
        rule,
        {
            "Description": "a rule",
            "ScheduleExpression": "rate(1 day)",
            "State": "ENABLED",
            "Tags": {"Stack": "one"},
            "Targets": [{"Arn": "arn:aws:lambda:eu-west-1:111111111111:function:a", "Id": "a"}],
        },
        {
            **RETAGGED,
            "State": "DISABLED",
            "Targets": [{"Arn": "arn:aws:lambda:eu-west-1:111111111111:function:b", "Id": "b"}],
        },
        {
            "ScheduleExpression": "rate(1 day)",
            "State": "DISABLED",
            "Tags": {"Stack": "two"},
            "Targets": [{"Arn": "arn:aws:lambda:eu-west-1:111111111111:function:b", "Id": "b"}],
        },
        ref="a-rule",
        attributes={"Arn": "arn:aws:events:eu-west-1:111111111111:rule/a-rule"},
    ),
    Life(
        "AWS::SSM::Parameter",
        {
            "Description": "a parameter",
            "Name": "/a/parameter",
            "Tags": {"Stack": "one"},
            "Tier": "Standard",
            "Type": "String",
            "Value": "first",
        },
        parameter,
        {
            "Description": "a parameter",
            "Tags": {"Stack": "one"},
            "Tier": "Standard",
            "Type": "String",
            "Value": "first",
            "Version": 1,
        },
        {"Description": "it", "Tags": {"Stack": "two"}, "Value": "second"},
        {"Description": "it", "Tags": {"Stack": "two"}, "Value": "second", "Version": 2},
        ref="/a/parameter",
        attributes={"Type": "String", "Value": "first"},
    ),
]


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.type)
def test_a_named_resource_is_what_its_template_says_until_it_is_deleted(aws: Cloud, life: Life) -> None:
    live(aws, life)


@pytest.mark.parametrize("life", [life for life in LIVES if life.type != "AWS::KMS::Key"], ids=lambda life: life.type)
def test_a_second_stack_with_the_same_name_fails_and_leaves_the_first_ones_resource_alone(
    aws: Cloud, life: Life
) -> None:
    it = {"Type": life.type, "Properties": life.properties}
    beside = aws.stack({"Resources": {**life.beside, "It": it}})
    again = json.loads(json.dumps(it).replace('{"Ref": "Key"}', '"a-key"'))
    for name in POLICIES:
        again = json.loads(json.dumps(again).replace(f'{{"Ref": "{name}"}}', f'"{ACCOUNT_ARN}:policy/{name.lower()}"'))
    assert "already exists" in refused(aws, {"Resources": {"Again": again}})
    assert life.look(aws, life.ref)
    delete(aws, beside)


def test_a_role_with_a_policy_or_boundary_that_does_not_exist_is_refused(aws: Cloud) -> None:
    for properties in (
        {"ManagedPolicyArns": [f"{ACCOUNT_ARN}:policy/nothing"]},
        {"PermissionsBoundary": f"{ACCOUNT_ARN}:policy/nothing"},
    ):
        given = {"AssumeRolePolicyDocument": TRUST, **properties}
        template = {"Resources": {"It": {"Type": "AWS::IAM::Role", "Properties": given}}}
        assert "policy/nothing" in refused(aws, template)


def test_a_policy_that_a_role_of_another_stack_uses_stays(aws: Cloud) -> None:
    policies = aws.stack({"Resources": POLICIES})
    given = {"AssumeRolePolicyDocument": TRUST, "ManagedPolicyArns": [f"{ACCOUNT_ARN}:policy/data"]}
    user = aws.stack({"Resources": {"It": {"Type": "AWS::IAM::Role", "Properties": given}}})
    assert "Cannot delete a policy attached to entities." in refused_deletion(aws, policies)
    delete(aws, user)
    delete(aws, policies)


def test_every_type_of_ours_has_a_life_in_these_tests() -> None:
    from tests.local.resources import (
        test_amplify,
        test_backup_and_ecs,
        test_budgets,
        test_cloudwatch,
        test_cognito,
        test_dynamodb,
        test_ec2,
        test_lambda_functions,
        test_rds,
        test_s3,
    )

    modules: list[Any] = [
        test_backup_and_ecs, test_budgets, test_cognito, test_ec2, test_lambda_functions, test_rds, test_s3,
    ]  # fmt: skip
    told = {life.type for module in modules for life in [*module.LIVES, *LIVES]}
    told |= {life.type for life in test_cloudwatch.LIVES.values()}
    assert test_dynamodb.KEYS
    assert set(TYPES) <= told | {"AWS::DynamoDB::Table", *test_amplify.TYPES_TOLD, *test_cognito.TYPES_TOLD}
