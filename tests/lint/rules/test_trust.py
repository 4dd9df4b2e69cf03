"""Rules about who is trusted: in trust policies, resource policies and permissions of functions."""

from __future__ import annotations

import pytest

from .kit import paths, seen

ROLE = """
Parameters: {{Principal: {{Type: String}}, Open: {{Type: String, Default: 'no'}}}}
Mappings: {{Trusted: {{prod: {{Who: '*'}}}}}}
Conditions: {{IsOpen: !Equals [!Ref Open, 'yes']}}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - Effect: Allow
            Action: 'sts:AssumeRole'
            {statement}
"""
TOPIC = ROLE.replace("AWS::IAM::Role", "AWS::SNS::TopicPolicy").replace("AssumeRolePolicyDocument", "PolicyDocument")


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("Principal: '*'", True),
        ("Principal: {AWS: ['arn:aws:iam::123456789012:root', '*']}", True),
        ("Principal: !If [IsOpen, '*', {AWS: '123456789012'}]", True),
        ("NotPrincipal: {AWS: '123456789012'}", True),
        ("Principal: {AWS: '*'}\n            Condition: {Bool: {'aws:SecureTransport': 'true'}}", True),
        ("Principal: {AWS: '*'}\n            Condition: {StringEquals: {'aws:PrincipalOrgID': o-1}}", False),
        ("Principal: {AWS: '*'}\n            Condition: {StringEqualsIfExists: {'aws:PrincipalOrgID': o-1}}", True),
        ("Principal: {AWS: '*'}\n            Condition: {IpAddress: {'aws:SourceIp': ['::/0']}}", True),
        ("Principal: {AWS: !Ref Principal}", False),
        ("Principal: {AWS: !FindInMap [Trusted, !Ref Principal, Who]}", True),
        ("Principal: {Service: lambda.amazonaws.com}", False),
        ("Principal: {Service: [lambda.amazonaws.com, states.amazonaws.com]}", True),
        ("Principal: 7", False),
        ("Principal: {AWS: {a: b}}\n            Condition: [7]", False),
    ],
)
def test_a_trust_policy_does_not_speak_of_everybody(statement: str, found: bool) -> None:
    assert bool(paths(ROLE.format(statement=statement), "E9138")) is found


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("", "every repository"),
        ("StringLike: {'token.actions.githubusercontent.com:sub': 'repo:*'}", "the subject repo:*"),
        ("StringLike: {'token.actions.githubusercontent.com:sub': ['repo:a/b:*', '*']}", "the subject *"),
        ("StringLike: {'token.actions.githubusercontent.com:sub': 'repo:a/b:ref:refs/heads/main'}", ""),
        ("StringEquals: {'token.actions.githubusercontent.com:sub': !Ref Principal}", ""),
        ("StringLike: {'token.actions.githubusercontent.com:sub': 'repo:m*'}", "the subject repo:m*"),
        ("StringLike: {'token.actions.githubusercontent.com:sub': 'repo:m*/app:*'}", "the subject repo:m*/app:*"),
        ("StringLike: {'token.actions.githubusercontent.com:sub': 'repo:shop/*'}", ""),
        ("StringLike: {'token.actions.githubusercontent.com:sub': !Sub 'repo:${Principal}:*'}", ""),
    ],
)
def test_a_role_for_github_names_the_repository(condition: str, message: str) -> None:
    federated = "!Sub 'arn:aws:iam::${AWS::AccountId}:oidc-provider/token.actions.githubusercontent.com'"
    statement = f"Principal: {{Federated: {federated}}}\n            Condition: {{{condition}}}"
    found = seen(ROLE.format(statement=statement), "E9138")
    assert len(found) == bool(message)
    assert all(message in each.message for each in found)


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("{}", True),
        ("{ArnLike: {'AWS:SourceArn': !Ref Principal}}", False),
        ("!If [IsOpen, !Ref 'AWS::NoValue', {StringEquals: {'aws:SourceAccount': a}}]", True),
        ("{'ForAnyValue:StringEquals': {'aws:SourceOrgID': o}}", False),
        ("{ArnLike: {'aws:SourceArn': '*'}}", True),
        ("{ArnLike: {'aws:SourceArn': 'arn:aws:s3:::*'}}", True),
        ("{ArnLike: {'aws:SourceArn': 'arn:aws:s3:::shop*'}}", False),
        ("{ArnLike: {'aws:SourceArn': !Sub 'arn:aws:sns:*:${AWS::AccountId}:*'}}", False),
        ("{StringNotEquals: {'aws:SourceAccount': '123456789012'}}", True),
    ],
)
def test_a_service_acts_for_those_alone_that_are_named(condition: str, found: bool) -> None:
    statement = f"Principal: {{Service: s3.amazonaws.com}}\n            Condition: {condition}"
    assert bool(paths(TOPIC.format(statement=statement), "E9138")) is found


@pytest.mark.parametrize(
    ("properties", "found"),
    [
        ("{Principal: s3.amazonaws.com}", True),
        ("{Principal: s3.amazonaws.com, SourceAccount: !Ref 'AWS::AccountId'}", False),
        ("{Principal: '*', FunctionUrlAuthType: AWS_IAM}", False),
        ("{Principal: '*'}", True),
        ("{Principal: '123456789012'}", False),
        ("{Principal: !Ref Name}", False),
        ("{Principal: !Sub 's3.${AWS::URLSuffix}'}", True),
        ("{Principal: s3.amazonaws.com, SourceArn: 'arn:aws:s3:::*'}", True),
        ("{Principal: s3.amazonaws.com, SourceArn: 'arn:aws:s3:::shop'}", False),
        ("{Principal: events.amazonaws.com, SourceArn: !If [IsOpen, !Ref 'AWS::NoValue', a]}", True),
    ],
)
def test_a_permission_of_a_function_says_for_whom(properties: str, found: bool) -> None:
    template = f"""
    Parameters: {{Name: {{Type: String}}}}
    Conditions: {{IsOpen: !Equals [!Ref Name, 'yes']}}
    Resources:
      Permission: {{Type: 'AWS::Lambda::Permission', Properties: {properties}}}
    """
    assert bool(paths(template, "E9138")) is found


def test_what_may_be_for_everybody_is_judged_elsewhere() -> None:
    document = "{Statement: [{Effect: Allow, Principal: '*', Action: 'a:b', Resource: '*'}]}"
    template = f"""
    Resources:
      Api: {{Type: 'AWS::ApiGateway::RestApi', Properties: {{Policy: {document}}}}}
      Endpoint: {{Type: 'AWS::EC2::VPCEndpoint', Properties: {{PolicyDocument: {document}}}}}
    """
    assert not paths(template, "E9138")


@pytest.mark.parametrize(
    ("principal", "found"),
    [
        ("'*', Action: 'kms:*'", True),
        ("{AWS: '*'}, Action: ['kms:Decrypt']", True),
        ("'*', Action: 'kms:*', Condition: {StringLike: {'kms:ViaService': 's3.*.amazonaws.com'}}", True),
        ("'*', Action: 'kms:*', Condition: {StringEquals: {'kms:CallerAccount': !Ref 'AWS::AccountId'}}", False),
        ("{AWS: !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root'}, Action: 'kms:*'", False),
        ("{Service: sns.amazonaws.com}, Action: 'kms:Decrypt'", False),
    ],
)
def test_a_key_is_not_for_everybody(principal: str, found: bool) -> None:
    template = f"""
    Resources:
      Key:
        Type: AWS::KMS::Key
        Properties:
          EnableKeyRotation: true
          KeyPolicy: {{Statement: [{{Effect: Allow, Resource: '*', Principal: {principal}}}]}}
    """
    assert bool(paths(template, "E9138")) is found


@pytest.mark.parametrize(
    ("principal", "found"),
    [
        ("{AWS: !Sub 'arn:aws:iam::${Principal}:root'}", True),
        ("{AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}", False),
        ("{AWS: !GetAtt Role.Arn}", False),
        ("{Service: '123456789012'}", False),
    ],
)
def test_a_role_for_another_account_is_described(principal: str, found: bool) -> None:
    template = ROLE.format(statement=f"Principal: {principal}")
    assert bool(paths(template, "W9188")) is found
    described = template.replace("    Properties:", "    Properties:\n      Description: For the auditors")
    assert not paths(described, "W9188")


@pytest.mark.parametrize(
    ("principal", "actions", "found"),
    [
        ("'arn:aws:iam::123456789012:role/a'", "['kms:Put*', 'kms:Decrypt']", True),
        ("'arn:aws:iam::123456789012:role/a'", "['kms:Put*', 'kms:ScheduleKeyDeletion']", False),
        ("!Ref 'AWS::AccountId'", "'kms:*'", False),
        ("[{a: b}]", "'kms:*'", False),
    ],
)
def test_who_uses_a_key_does_not_manage_it(principal: str, actions: str, found: bool) -> None:
    template = f"""
    Resources:
      Key:
        Type: AWS::KMS::Key
        Properties:
          KeyPolicy: {{Statement: {{Effect: Allow, Principal: {{AWS: {principal}}}, Action: {actions}, Resource: '*'}}}}
    """
    assert bool(paths(template, "W9189")) is found
