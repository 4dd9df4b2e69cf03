"""Rules about what a role may do with what it may: ways to more, actions that fit, grants that nothing uses."""

from __future__ import annotations

from textwrap import indent

import pytest

from .kit import seen

ROLE = """
Parameters: {{Name: {{Type: String}}}}
Conditions: {{IsOn: !Equals [!Ref Name, 'on']}}
Resources:
  Bucket: {{Type: 'AWS::S3::Bucket'}}
  Queue: {{Type: 'AWS::SQS::Queue'}}
  Table: {{Type: 'AWS::DynamoDB::Table'}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: deployer
      AssumeRolePolicyDocument: {{}}
      Policies:
        - PolicyName: a
          PolicyDocument:
            Statement:
{statements}
"""
PASSED = "{StringEquals: {'iam:PassedToService': ec2.amazonaws.com}}"
ASKED = "{StringEquals: {'iam:PermissionsBoundary': a}}"


def role(*statements: str) -> str:
    return ROLE.format(statements=indent("\n".join(f"- {each}" for each in statements), " " * 14))


def messages(template: str, rule: str) -> list[str]:
    return [each.message for each in seen(template, rule)]


@pytest.mark.parametrize(
    ("action", "resource", "fits"),
    [
        ("s3:GetObject", "'arn:aws:sqs:us-east-1:123456789012:q'", False),
        ("s3:GetObject", "!Sub 'arn:${AWS::Partition}:s3:::${AWS::StackName}-b'", False),
        ("s3:GetObject", "!Sub 'arn:${AWS::Partition}:s3:::${Bucket}'", False),
        ("s3:ListBucket", "'arn:aws:s3:::shop/*'", False),
        ("sqs:SendMessage", "!Sub 'arn:aws:sns:${AWS::Region}:${AWS::AccountId}:orders'", False),
        ("s3:GetObject", "'arn:aws:s3:::shop/*'", True),
        ("s3:GetObject", "'arn:aws:s3:::shop*'", True),
        ("s3:GetObject", "!Sub '${Bucket.Arn}*'", True),
        ("s3:GetObject", "!Sub 'arn:aws:s3:::${Name}'", True),
        ("s3:ListBucket", "'arn:aws:s3:::*/*'", True),
        ("s3:ListBucket", "'arn:aws:s3:eu-west-1:123456789012:accesspoint/a'", True),
        ("sts:AssumeRole", "'arn:aws:iam::123456789012:role/a'", True),
        ("codestar-connections:UseConnection", "'arn:aws:codeconnections:eu-west-1:123456789012:connection/a'", True),
        ("ssm:SendCommand", "'arn:aws:ec2:eu-west-1:123456789012:instance/*'", True),
        ("ecr:GetAuthorizationToken", "'arn:aws:ecr:eu-west-1:123456789012:repository/a'", True),
        ("sqs:SendMessage", "'arn:aws:*:eu-west-1:123456789012:a'", True),
        ("sqs:SendMessage", "!Sub 'arn:aws:${Name}:eu-west-1:123456789012:a'", True),
    ],
)
def test_an_action_fits_the_kind_that_an_arn_names(action: str, resource: str, fits: bool) -> None:
    statement = f"{{Effect: Allow, Action: '{action}', Resource: {resource}}}"
    assert bool(messages(role(statement), "E9137")) is not fits


@pytest.mark.parametrize(
    ("statement", "kinds"),
    [
        ("{Effect: Allow, Action: 's3:GetObject', Resource: !GetAtt Bucket.Arn}", "object"),
        ("{Effect: Allow, Action: 's3:ListBucket', Resource: !Sub '${Bucket.Arn}/*'}", "bucket"),
        ("{Effect: Allow, Action: 'dynamodb:GetItem', Resource: !GetAtt Queue.Arn}", "table"),
        ("{Effect: Allow, Action: 'dynamodb:GetItem', Resource: [!GetAtt Queue.Arn, !GetAtt Table.Arn]}", ""),
        ("{Effect: Allow, Action: 's3:Get*', Resource: !GetAtt Bucket.Arn}", ""),
        ("{Effect: Allow, Action: ['s3:GetObject', 's3:ListBucket'], Resource: !Ref Name}", ""),
        ("{Effect: Allow, Action: 'ec2:DescribeInstances', Resource: !GetAtt Queue.Arn}", ""),
        ("{Effect: Allow, Action: 'dynamodb:GetItem', Resource: !Sub 'arn:aws:dynamodb:::table/${Table}'}", ""),
    ],
)
def test_an_action_fits_one_of_the_resources_beside_it(statement: str, kinds: str) -> None:
    found = messages(role(statement), "E9137")
    assert len(found) == bool(kinds)
    assert all(kinds in each for each in found)


def test_an_action_that_there_is_not_is_told_where_cfn_lint_does_not_look() -> None:
    template = """
    Resources:
      Endpoint:
        Type: AWS::EC2::VPCEndpoint
        Properties:
          PolicyDocument:
            Statement: [{Effect: Allow, Action: ['s3:GetObjekt', 's3:Get*', 'nothing:At'], Resource: '*'}]
    """
    assert messages(template, "E9137") == [
        "Endpoint has the action s3:GetObjekt, which there is not",
        "Endpoint has the action nothing:At, which there is not",
    ]
    assert messages(role("{Effect: Allow, Action: 's3:GetObjekt', Resource: '*'}"), "E9137") == []


@pytest.mark.parametrize(
    ("statements", "way"),
    [
        (["{Effect: Allow, Action: 'iam:Put*', Resource: '*'}"], "iam:PutRolePolicy"),
        (["{Effect: Allow, Action: 'iam:AttachRolePolicy', Resource: !Sub 'arn:aws:iam::1:role/*'}"], "iam:Attach"),
        (
            [
                "{Effect: Allow, Action: 'iam:PassRole', NotResource: a}",
                "{Effect: Allow, Action: 'ec2:RunInstances', Resource: !Ref Name}",
            ],
            "iam:PassRole and ec2:RunInstances",
        ),
        (
            ["{Effect: Allow, Action: 'iam:PutRolePolicy', Resource: !Sub 'arn:aws:iam::${AWS::AccountId}:*'}"],
            "iam:Put",
        ),
        (["{Effect: Allow, Action: 'iam:CreatePolicyVersion', Resource: 'arn:aws:iam::*:policy*'}"], "iam:Create"),
        (["{Effect: Allow, Action: 'iam:PutRolePolicy', Resource: 'arn:aws:iam::*'}"], "iam:PutRolePolicy"),
        (["{Effect: Allow, Action: 'iam:*', Resource: !Sub 'arn:aws:iam::${Name}:role/*'}"], "iam:UpdateAssume"),
        (["{Effect: Allow, Action: 'iam:*', Resource: '*'}"], ""),
        (
            ["{Effect: Allow, Action: 'iam:PutRolePolicy', Resource: 'arn:aws:iam::1:role/deploy*'}"],
            "iam:PutRolePolicy",
        ),
        (["{Effect: Allow, Action: 'iam:Attach*', Resource: !Sub 'arn:aws:iam::1:role/${Name}'}"], ""),
        (["{Effect: Allow, Action: 'iam:PassRole', Resource: 'arn:aws:iam::1:role/deployer'}"], ""),
        (["{Effect: Allow, Action: 'lambda:Update*', Resource: 'arn:aws:lambda:*:*:function:*'}"], "lambda:Update"),
        (["{Effect: Allow, Action: 'lambda:UpdateFunctionCode', Resource: 'arn:aws:lambda:*:*:function:a*'}"], ""),
        (["{Effect: Allow, Action: ['iam:PassRole', 'cloudformation:UpdateStack'], Resource: '*'}"], "UpdateStack"),
        (
            [
                "{Effect: Allow, Action: 'iam:PassRole', Resource: 'arn:aws:iam::1:role/*'}",
                "{Effect: Allow, Action: ['lambda:CreateFunction', 'lambda:CreateEventSourceMapping'], Resource: a}",
            ],
            "lambda:CreateEventSourceMapping",
        ),
        (
            [
                "{Effect: Allow, Action: 'ec2:RunInstances', Resource: '*'}",
                f"{{Effect: Allow, Action: 'iam:PassRole', Resource: '*', Condition: {PASSED}}}",
            ],
            "ec2:RunInstances",
        ),
        (["{Effect: Allow, Action: 'iam:PassRole', Resource: '*'}"], ""),
        (["{Effect: Allow, Action: 'iam:PutRolePolicy', Resource: 'arn:aws:iam::1:role/shop-*'}"], ""),
        ([f"{{Effect: Allow, Action: 'iam:PutRolePolicy', Resource: '*', Condition: {ASKED}}}"], ""),
        (["{Effect: Deny, Action: 'iam:PutRolePolicy', Resource: '*'}"], ""),
    ],
)
def test_ways_to_more_permissions_are_told_of_all_policies_of_a_role(statements: list[str], way: str) -> None:
    found = messages(role(*statements), "E9181")
    assert bool(found) is bool(way)
    assert any(way in each for each in found) or not way


def test_a_policy_that_is_about_the_role_that_has_it_is_such_a_way() -> None:
    statement = "{Effect: Allow, Action: 'iam:PutRolePolicy', Resource: !GetAtt Role.Arn}"
    policy = f"""
  Beside:
    Type: AWS::IAM::Policy
    Properties: {{PolicyName: a, Roles: [!Ref Role], PolicyDocument: {{Statement: [{statement}]}}}}
"""
    template = role("{Effect: Allow, Action: 's3:GetObject', Resource: '*'}") + policy
    assert messages(template, "E9181")
    assert not messages(template.replace("!GetAtt Role.Arn", "!GetAtt Other.Arn"), "E9181")


def test_a_bounded_role_gives_itself_nothing_more() -> None:
    template = role("{Effect: Allow, Action: 'iam:PutRolePolicy', Resource: '*'}")
    bounded = template.replace("      Policies:", "      PermissionsBoundary: {}\n      Policies:")
    assert not messages(bounded.replace("{}\n      Policies", "a\n      Policies"), "E9181")
    sometimes = bounded.replace("{}\n      Policies", "!If [IsOn, a, !Ref 'AWS::NoValue']\n      Policies")
    assert messages(sometimes, "E9181")


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("{Effect: Allow, Action: ['iam:Create*'], Resource: 'arn:aws:iam::1:role/shop-*'}", True),
        (f"{{Effect: Allow, Action: 'iam:CreateRole', Resource: '*', Condition: {ASKED}}}", False),
        ("{Effect: Allow, Action: 'iam:CreateUser', Resource: '*'}", False),
        ("{Effect: Allow, Action: '*', Resource: '*'}", False),
    ],
)
def test_who_makes_roles_bounds_them(statement: str, found: bool) -> None:
    assert bool(messages(role(statement), "W9180")) is found


WIRES = """
  Schedule:
    Type: AWS::Scheduler::Schedule
    Properties: {Target: {Arn: !GetAtt Queue.Arn, RoleArn: !GetAtt Role.Arn}}
"""


@pytest.mark.parametrize(
    ("statement", "surplus"),
    [
        ("{Effect: Allow, Action: 'sqs:SendMessage', Resource: !GetAtt Queue.Arn}", False),
        ("{Effect: Allow, Action: 'dynamodb:GetRecords', Resource: !GetAtt Table.Arn}", True),
        ("{Effect: Allow, Action: ['sqs:SendMessage', 'dynamodb:DeleteItem'], Resource: !GetAtt Table.Arn}", True),
        ("{Effect: Allow, Action: ['sqs:SendMessage', 'sqs:ReceiveMessage'], Resource: !GetAtt Queue.Arn}", True),
        ("{Effect: Allow, Action: ['sqs:SendMessage', 'sqs:GetQueueUrl'], Resource: !GetAtt Queue.Arn}", False),
        ("{Effect: !Ref Name, Action: 'dynamodb:GetRecords', Resource: !GetAtt Table.Arn}", False),
        ("{Effect: Allow, Action: 'sqs:SendMessage', Resource: !Ref Name}", False),
        ("{Effect: Allow, Action: 'kms:Decrypt', Resource: !GetAtt Table.Arn}", False),
        ("{Effect: Allow, Action: 'sqs:SendMessage', Resource: '*'}", False),
    ],
)
def test_what_no_wire_needs_is_told(statement: str, surplus: bool) -> None:
    assert bool(messages(role(statement) + WIRES, "W9183")) is surplus


@pytest.mark.parametrize(
    "other",
    [
        "  Function: {Type: 'AWS::Lambda::Function', Properties: {Role: !GetAtt Role.Arn}}\n",
        "Outputs: {Arn: {Value: !GetAtt Role.Arn}}\n",
        "  Machine: {Type: 'AWS::StepFunctions::StateMachine', Properties: {RoleArn: !GetAtt Role.Arn}}\n",
    ],
)
def test_a_role_that_others_act_as_may_need_what_nobody_sees(other: str) -> None:
    template = role("{Effect: Allow, Action: 'dynamodb:GetRecords', Resource: !GetAtt Table.Arn}") + WIRES
    assert messages(template, "W9183")
    assert not messages(template + other, "W9183")


@pytest.mark.parametrize(
    ("action", "wanted"), [("ssmmessages:*", "name its actions"), ("sqs:*", "name actions and resources")]
)
def test_what_can_be_named_is_asked_for(action: str, wanted: str) -> None:
    """The actions of some services take no resource: nobody can name one."""
    document = f"{{Statement: [{{Effect: Allow, Action: '{action}', Resource: '*'}}]}}"
    of = f"Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {document}}}"
    (found,) = seen(f"Resources: {{It: {{{of}}}}}", "E9135")
    assert found.message.endswith(wanted)
