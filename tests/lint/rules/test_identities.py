"""Rules about what policies allow: actions, resources, managed policies, roles that are passed on."""

from __future__ import annotations

from textwrap import indent

import pytest

from .kit import paths, seen

POLICY = """
Parameters:
  Table: {{Type: String}}
  Wide: {{Type: String, Default: 'no'}}
  All: {{Type: String, Default: '*'}}
  Listed: {{Type: CommaDelimitedList, Default: 'arn:aws:sqs:::a, *'}}
  None: {{Type: String, Default: ''}}
  Effect: {{Type: String, Default: Allow}}
  Denying: {{Type: String, Default: Deny}}
  Admin: {{Type: String, Default: AdministratorAccess}}
Mappings: {{Map: {{a: {{all: '*', more: ['sqs:Get*', '*'], admin: 'arn:aws:iam::aws:policy/AdministratorAccess'}}}}}}
Conditions: {{IsWide: !Equals [!Ref Wide, 'yes']}}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {{}}
      Policies:
        - PolicyName: inline
          PolicyDocument:
            Statement:
{statements}
"""
TAG = "{StringEquals: {'aws:ResourceTag/a': b}}"
SERVICE = "{StringLike: {'IAM:passedToService': 'ecs-tasks.amazonaws.com*'}}"
PLACE = "Resources/Role/Properties/Policies/0/PolicyDocument/Statement"


def policy(statements: str) -> str:
    return POLICY.format(statements=indent(statements.strip(), " " * 14))


def passing(condition: str) -> str:
    return f"- {{Effect: Allow, Action: 'iam:PassRole', Resource: 'arn:aws:iam::1:role/a', Condition: {condition}}}"


@pytest.mark.parametrize(
    ("statement", "places"),
    [
        ("- {Effect: Allow, Action: !If [IsWide, '*', 's3:GetObject'], Resource: '*'}", ["0/Action/Fn::If/1"]),
        ("- !If [IsWide, {Effect: Allow, Action: '*:*', Resource: '*'}, !Ref AWS::NoValue]", ["0/Fn::If/1/Action"]),
        ("- {Effect: Allow, NotAction: 'iam:*', Resource: 'arn:aws:s3:::a'}", ["0/NotAction"]),
        ("- {Effect: Allow, Action: 'sqs:*', NotResource: 'arn:aws:sqs:::a'}", ["0/Action"]),
        ("- {Effect: Allow, Action: 'sqs:*', Resource: !Ref Table}", []),
        ("- {Effect: Allow, Action: [7, {a: b}, !Ref Table], Resource: '*'}", []),
        ("- {Effect: [Allow], Action: '*', Resource: '*'}", []),
        ("- {Effect: Deny, NotAction: 'iam:*', Resource: '*'}", []),
        ("- nonsense", []),
    ],
)
def test_all_actions_are_found_in_every_branch_and_nothing_in_rubbish(statement: str, places: list[str]) -> None:
    assert paths(policy(statement), "E9135") == [f"{PLACE}/{each}" for each in places]


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("- {Effect: Allow, Action: !Ref All, Resource: '*'}", "0/Action"),
        ("- {Effect: Allow, Action: [!Sub '${All}'], Resource: '*'}", "0/Action/0"),
        ("- {Effect: Allow, Action: [!Join ['', [!Ref All]]], Resource: '*'}", "0/Action/0"),
        ("- {Effect: Allow, Action: !FindInMap [Map, a, all], Resource: '*'}", "0/Action"),
        ("- {Effect: Allow, Action: [!FindInMap [Map, !Ref Table, more]], Resource: '*'}", "0/Action/0"),
        ("- {Effect: Allow, Action: !Sub ['${A}', {A: !FindInMap [Map, a, all]}], Resource: '*'}", "0/Action"),
        ("- {Effect: Allow, Action: !Sub ['${A}', {A: !If [IsWide, '*', 's3:Get']}], Resource: '*'}", "0/Action"),
        ("- {Effect: !If [IsWide, Deny, Allow], Action: '*', Resource: '*'}", "0/Action"),
        ("- {Effect: !Ref Effect, Action: '*', Resource: '*'}", "0/Action"),
        ("- {Effect: !Ref Denying, Action: '*', Resource: '*'}", ""),
        ("- {Effect: !Ref Table, Action: '*', Resource: '*'}", ""),
        ("- {Effect: !If [IsWide, Deny, Allow], Action: !If [IsWide, '*', 's3:GetObject'], Resource: '*'}", ""),
        ("- {Effect: Allow, Action: !Ref None, Resource: '*'}", ""),
        ("- {Effect: Allow, Action: !If [IsWide], Resource: '*'}", ""),
    ],
)
def test_a_parameter_is_its_default_and_a_mapping_all_that_it_may_give(statement: str, place: str) -> None:
    assert paths(policy(statement), "E9135") == ([f"{PLACE}/{place}"] if place else [])


@pytest.mark.parametrize(
    ("resource", "found"),
    [
        ("!Ref All", True),
        ("!Ref Listed", True),
        ("!Sub 'arn:aws:s3:::${All}'", True),
        ("!FindInMap [Map, a, all]", True),
        ("!Sub 'arn:aws:s3:::${None}*'", False),
        ("!Sub 'arn:aws:s3:::${Table}'", False),
    ],
)
def test_everything_is_found_in_defaults_and_mappings(resource: str, found: bool) -> None:
    assert bool(paths(policy(f"- {{Effect: Allow, Action: 's3:Put*', Resource: {resource}}}"), "E9136")) is found


def test_all_of_a_service_on_a_named_resource_is_a_warning_of_its_own() -> None:
    template = policy("- {Effect: Allow, Action: ['s3:*', 's3:Get*'], Resource: !Sub 'arn:aws:s3:::${Table}/*'}")
    assert paths(template, "E9135") == []
    assert paths(template, "W9175") == [f"{PLACE}/0/Action/0"]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("- {Effect: Allow, Action: 'dynamodb:Put*', Resource: '*'}", "dynamodb:PutItem, dynamodb:PutResourcePolicy"),
        ("- {Effect: Allow, Action: 'KMS:decrypt', Resource: ['arn:aws:kms:::key/a', '*']}", "kms:Decrypt"),
        ("- {Effect: Allow, Action: 'secretsmanager:GetSecret*', Resource: '*'}", "secretsmanager:GetSecretValue"),
        ("- {Effect: Allow, Action: 's3:DeleteObject', Resource: 'arn:aws:s3:::*/*'}", "s3:DeleteObject"),
        ("- {Effect: Allow, Action: 'iam:PassRole', NotResource: 'arn:aws:iam::1:role/a'}", "iam:PassRole"),
        (
            f"- {{Effect: Allow, Action: 'sns:P*', Resource: '*', Condition: !If [IsWide, !Ref AWS::NoValue, {TAG}]}}",
            "sns:Publish",
        ),
    ],
)
def test_writing_on_everything_is_told_with_the_actions(statement: str, told: str) -> None:
    (found,) = seen(policy(statement), "E9136")
    assert f"Role allows {told}" in found.message


@pytest.mark.parametrize(
    "statement",
    [
        "- {Effect: Allow, Action: ['s3:Get*', 'ec2:CreateNetworkInterface', 'xray:PutTraceSegments'], Resource: '*'}",
        "- {Effect: Allow, Action: 'dynamodb:PutItem', Resource: !If [IsWide, !Ref Table, 'arn:aws:dynamodb:::t']}",
        "- {Effect: Allow, Action: 'newservice:DeleteAll', Resource: '*'}",
        "- {Effect: Allow, Action: 'sqs:Send*', Resource: '*', Condition: {StringEquals: {'aws:ResourceTag/a': b}}}",
        "- {Effect: Deny, Action: 'sqs:SendMessage', Resource: '*'}",
        "- {Effect: Allow, Action: ['ssm:UpdateInstanceInformation', 'ssmmessages:OpenDataChannel'], Resource: '*'}",
    ],
)
def test_reading_and_what_is_narrowed_is_not_told(statement: str) -> None:
    assert paths(policy(statement), "E9136") == []


def test_a_condition_on_the_region_narrows_nothing() -> None:
    statement = "- {Effect: Allow, Action: 'sqs:Send*', Resource: '*', Condition: {Bool: {'aws:SecureTransport': a}}}"
    assert paths(policy(statement), "E9136") == [f"{PLACE}/0/Resource"]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("{StringLike: {'aws:PrincipalArn': '*'}}", True),
        ("{StringLike: {'aws:PrincipalArn': ['arn:aws:iam::123456789012:role/a', 'arn:aws:iam::*:role/*']}}", True),
        ("{IpAddress: {'aws:SourceIp': ['10.0.0.0/8', '0.0.0.0/0']}}", True),
        ("{StringLike: {'aws:ResourceTag/Team': !Ref All}}", True),
        ("{StringNotEquals: {'aws:ResourceTag/Team': other}}", True),
        ("{'Null': {'aws:ResourceTag/Team': 'true'}}", True),
        ("!If [IsWide, {StringEquals: {'aws:ResourceTag/Team': a}}, {Bool: {'aws:SecureTransport': 'true'}}]", True),
        ("{StringEquals: !If [IsWide, {'aws:ResourceTag/Team': a}, !Ref 'AWS::NoValue']}", True),
        ("{StringEquals: {'aws:ResourceTag/Team': !If [IsWide, a, !Ref 'AWS::NoValue']}}", True),
        ("[7]", True),
        ("{StringEquals: 7}", True),
        ("{IpAddress: {'aws:SourceIp': 10.0.0.0/8}}", False),
        ("{'Null': {'aws:ResourceTag/Team': false}}", False),
        ("{StringLike: {'aws:ResourceTag/Team': !Ref Table}}", False),
        ("{StringEquals: {'aws:ResourceTag/Team': !If [IsWide, a, b]}}", False),
        ("{StringEquals: {'aws:ResourceTag/Team': !ImportValue team}}", False),
        ("{StringLike: {'aws:PrincipalArn': '*'}, StringEquals: {'aws:ResourceTag/Team': a}}", False),
        ("!FindInMap [Map, a, b]", False),
    ],
)
def test_a_condition_that_everything_satisfies_narrows_nothing(condition: str, found: bool) -> None:
    statement = f"- {{Effect: Allow, Action: 's3:DeleteObject', Resource: '*', Condition: {condition}}}"
    assert bool(paths(policy(statement), "E9136")) is found


@pytest.mark.parametrize(
    ("action", "resource", "found"),
    [
        ("dynamodb:DeleteTable", "'arn:aws:dynamodb:*:*:table/*'", True),
        ("dynamodb:DeleteTable", "!Sub 'arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*'", True),
        ("dynamodb:DeleteTable", "!Sub 'arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/shop-*'", False),
        ("dynamodb:DeleteTable", "!Sub 'arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${Table}*'", False),
        ("kms:Decrypt", "'arn:aws:kms:*:*:key/*'", True),
        ("kms:Decrypt", "'arn:aws:dynamodb:*:*:table/*'", False),
        ("sts:AssumeRole", "'arn:aws:iam::*:role/*'", True),
        ("sts:AssumeRole", "'arn:aws:iam::*:role/shop-*'", False),
        ("logs:PutLogEvents", "'arn:aws:logs:*:*:*'", False),
    ],
)
def test_all_of_a_kind_is_everything(action: str, resource: str, found: bool) -> None:
    statement = f"- {{Effect: Allow, Action: '{action}', Resource: {resource}}}"
    assert bool(paths(policy(statement), "E9136")) is found


def test_a_policy_that_is_only_a_boundary_allows_nothing() -> None:
    template = """
    Resources:
      Boundary:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument: {Statement: {Effect: Allow, Action: '*', Resource: '*'}}
      Role:
        Type: AWS::IAM::Role
        Properties: {AssumeRolePolicyDocument: {}, PermissionsBoundary: !Ref Boundary}
    """
    assert not paths(template, "E9135")
    other = "{Type: AWS::IAM::Role, Properties: {ManagedPolicyArns: [!Ref Boundary]}}"
    given = template.replace("Resources:", f"Resources:\n      Other: {other}")
    assert paths(given, "E9135") == ["Resources/Boundary/Properties/PolicyDocument/Statement/Action"]


def test_a_policy_that_is_a_text_is_read_too_and_told_where_the_text_stands() -> None:
    template = """
    Resources:
      Key: {Type: AWS::KMS::Key}
      Set:
        Type: AWS::SSO::PermissionSet
        Properties:
          InlinePolicy: !Sub '{"Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "${Key.Arn}"}]}'
      Broken:
        Type: AWS::SSO::PermissionSet
        Properties: {InlinePolicy: '{"Statement": [{"Effect": "Allow", '}
    """
    assert paths(template, "W9175") == ["Resources/Set/Properties/InlinePolicy/Fn::Sub"] or paths(
        template, "W9175"
    ) == ["Resources/Set/Properties/InlinePolicy"]


@pytest.mark.parametrize(
    ("given", "ids"),
    [
        ("!Sub 'arn:${AWS::Partition}:iam::aws:policy/IAMFullAccess'", ["E9177"]),
        ("!If [IsWide, 'arn:aws:iam::aws:policy/PowerUserAccess', !Ref AWS::NoValue]", ["E9177"]),
        ("'arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs'", []),
        ("'arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess_v2'", ["W9178"]),
        ("!Ref Table", []),
        ("!Sub 'arn:${AWS::Partition}:iam::aws:policy/${Admin}'", ["E9177"]),
        ("!FindInMap [Map, a, admin]", ["E9177"]),
        ("'arn:aws:iam::123456789012:policy/AdministratorAccess'", []),
    ],
)
def test_managed_policies_of_administrators_and_full_access_are_told(given: str, ids: list[str]) -> None:
    template = policy("- {Effect: Deny, Action: 'a:b', Resource: '*'}").replace(
        "AssumeRolePolicyDocument: {}", f"ManagedPolicyArns: [{given}]"
    )
    assert [each.rule for each in seen(template, "E9177", "W9178")] == ids


def test_sam_names_managed_policies_without_their_arns() -> None:
    template = """
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Function:
        Type: AWS::Serverless::Function
        Properties:
          Policies:
            - AdministratorAccess
            - SQSPollerPolicy: {QueueName: a}
            - Statement: [{Effect: Allow, Action: '*', Resource: '*'}]
    """
    assert paths(template, "E9177") == ["Resources/Function/Properties/Policies/0"]
    assert paths(template, "E9135") == ["Resources/Function/Properties/Policies/2/Statement/0/Action"]


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("- {Effect: Allow, Action: 'iam:Pass*', Resource: 'arn:aws:iam::1:role/a'}", True),
        (
            f"- {{Effect: Allow, Action: 'iam:PassRole', Resource: 'arn:aws:iam::1:role/a', Condition: {SERVICE}}}",
            False,
        ),
        ("- {Effect: Allow, Action: 'iam:GetRole', Resource: 'arn:aws:iam::1:role/a'}", False),
        (passing("{StringNotEquals: {'iam:PassedToService': ec2.amazonaws.com}}"), True),
        (passing("{StringLike: {'iam:PassedToService': '*'}}"), True),
        (passing(f"!If [IsWide, {SERVICE}, !Ref 'AWS::NoValue']"), True),
        (passing(f"!If [IsWide, {SERVICE}, {SERVICE}]"), False),
        (passing("{StringEqualsIfExists: {'iam:PassedToService': [ec2.amazonaws.com]}}"), False),
    ],
)
def test_passing_a_role_names_the_service(statement: str, found: bool) -> None:
    assert bool(paths(policy(statement), "E9179")) is found
