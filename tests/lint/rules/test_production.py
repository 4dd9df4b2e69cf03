"""What depends on a condition: production must not be what goes without, and what is asked everywhere is everywhere."""

from __future__ import annotations

from textwrap import dedent

import pytest
from cfnlint.decode import decode_str
from cfnlint.template import Template

from stackgen.lint.kit.view import View

from .kit import paths

TEMPLATE = """
Metadata: {{stackgen: {{profile: {profile}}}}}
Parameters:
  Kind: {{Type: String}}
  Stage: {{Type: String, AllowedValues: [blue, Live]}}
  Two: {{Type: String, AllowedValues: [dev, prod-eu, prod]}}
  None: {{Type: String, AllowedValues: [dev, trunk]}}
  Switch: {{Type: String, AllowedValues: ['true', 'false'], Default: 'false'}}
Conditions:
  IsProd: !Equals [!Ref Kind, prod]
  IsDev: !Equals [dev, !Ref Kind]
  IsPreview: !Not [!Or [!Condition IsProd, !Condition IsDev]]
  IsEither: !Or [!Condition IsProd, !Equals [!Ref Switch, 'true']]
  IsBoth: !And [!Condition IsProd, !Equals [!Ref Switch, 'true']]
  IsLive: !Equals [!Ref Stage, Live]
  IsBlue: !Equals [!Ref Stage, blue]
  IsEurope: !Equals [!Ref Two, prod-eu]
  IsTrunk: !Equals [!Ref None, trunk]
  IsDevOfNone: !Equals [!Ref None, dev]
  IsSwitched: !Equals [!Ref Switch, 'true']
  IsInCircles: !Not [!Condition IsInCircles]
  IsNothing: !Equals [[], {{Ref: []}}]
Resources:
  Table: {{Type: AWS::DynamoDB::Table, Properties: {{DeletionProtectionEnabled: {value}}}}}
"""
KINDS = {
    "IsProd": True, "IsDev": False, "IsPreview": False, "IsEither": True, "IsBoth": None, "IsLive": True,
    "IsBlue": False, "IsEurope": False, "IsTrunk": None, "IsDevOfNone": None, "IsSwitched": None, "IsInCircles": None,
    "IsNothing": None, "IsNowhere": None,
}  # fmt: skip


def view_of(profile: str) -> View:
    content, errors = decode_str(dedent(TEMPLATE.format(profile=profile, value="true")))
    assert not errors
    return View(Template("none.yaml", content, ["us-east-1"]))


@pytest.mark.parametrize("condition", KINDS)
def test_conditions_on_the_kind_of_environment_are_known_in_production_and_others_are_not(condition: str) -> None:
    holds, view = KINDS[condition], view_of("production")
    assert view.in_production({condition: True}) is holds
    assert view.in_production({condition: False}) is (None if holds is None else not holds)
    assert view.in_production({condition: True, "IsProd": False}) is False
    assert view_of("destroyable").in_production({condition: True}) is None


@pytest.mark.parametrize(
    "value",
    [
        "false", "!If [IsDev, true, false]", "!If [IsProd, false, true]", "!If [IsBlue, true, !Ref 'AWS::NoValue']",
        "!If [IsSwitched, !If [IsPreview, true, false], false]", "!If [IsDev, !Ref Switch, false]",
    ],
)  # fmt: skip
def test_a_protection_that_production_has_not_is_none(value: str) -> None:
    assert paths(TEMPLATE.format(profile="production", value=value), "W9128")


@pytest.mark.parametrize(
    "value",
    [
        "true", "!If [IsProd, true, false]", "!If [IsDev, false, true]", "!If [IsSwitched, true, false]",
        "!If [IsDev, true, !Ref Kind]", "!If [IsEurope, false, true]", "!If [IsTrunk, true, false]",
    ],
)  # fmt: skip
def test_a_protection_that_somebody_chose_for_production_or_by_a_switch_is_left(value: str) -> None:
    assert not paths(TEMPLATE.format(profile="production", value=value), "W9128")


HEAD = """
Parameters: {Kind: {Type: String}}
Conditions: {IsProd: !Equals [!Ref Kind, prod], IsDev: !Equals [!Ref Kind, dev]}
Resources:
"""
ALARM = "  Alarm: {{Type: AWS::CloudWatch::Alarm, Properties: {{AlarmActions: [!If [{}, topic, !Ref AWS::NoValue]]}}}}"
LETTERS = """
  Function:
    Type: AWS::Lambda::Function
    Properties:
      LoggingConfig: {{LogGroup: logs}}
      DeadLetterConfig: !If [{}, {{TargetArn: queue}}, !Ref AWS::NoValue]
      TracingConfig: {{Mode: Active}}
  Rule: {{Type: AWS::Events::Rule, Properties: {{Targets: [{{Id: a, Arn: !GetAtt Function.Arn}}]}}}}
"""
FLOW = """
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  Log: {{Type: AWS::EC2::FlowLog, Condition: {}, Properties: {{ResourceId: !Ref Vpc}}}}
"""
TAGS = """
  Other: {{Type: AWS::SNS::Topic, Properties: {{Tags: &tags [{{Key: Environment, Value: a}}]}}}}
  Topic: {{Type: AWS::SNS::Topic, Properties: {{Tags: !If [{}, *tags, !Ref AWS::NoValue]}}}}
"""
SUBNETS = """
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  One: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, AvailabilityZone: us-east-1a}}}}
  Two: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, AvailabilityZone: us-east-1b}}}}
  Function:
    Type: AWS::Lambda::Function
    Properties: {{VpcConfig: {{SubnetIds: [!Ref One, !If [{}, !Ref Two, !Ref AWS::NoValue]]}}}}
"""


@pytest.mark.parametrize(
    ("rule", "body"),
    [("W9144", ALARM), ("W9139", LETTERS), ("W9122", FLOW), ("W9145", TAGS), ("E9114", SUBNETS)],
)
def test_what_only_development_has_is_missing_and_what_only_production_has_was_chosen(rule: str, body: str) -> None:
    found, chosen = (paths(HEAD + body.format(each), rule, "production") for each in ("IsDev", "IsProd"))
    assert [each for each in found if each not in chosen]
    assert not [each for each in chosen if each not in found]


def test_what_exists_in_development_only_may_be_tagged_there_only() -> None:
    template = HEAD + TAGS.format("IsDev").replace("Topic: {Type:", "Topic: {Condition: IsDev, Type:")
    assert "Resources/Topic/Properties/Tags" not in paths(template, "W9145", "production")


WHOLE = """
  Log:
    Type: AWS::Logs::LogGroup
    Condition: {}
    Properties: {{LogGroupName: !Sub '/aws/lambda/${{Function}}', RetentionInDays: 30}}
  Function: {{Type: AWS::Lambda::Function, Condition: {}, Properties: {{TracingConfig: {{Mode: Active}}}}}}
"""
PERMISSION = """
  Topic: {{Type: AWS::SNS::Topic}}
  Permission:
    Type: AWS::Lambda::Permission
    Condition: {}
    Properties: {{FunctionName: !Ref Function, Principal: sns.amazonaws.com, SourceArn: !Ref Topic}}
  Subscription:
    Type: AWS::SNS::Subscription
    Condition: {}
    Properties: {{Protocol: lambda, Endpoint: !GetAtt Function.Arn, TopicArn: !Ref Topic}}
  Function: {{Type: AWS::Lambda::Function}}
"""
COPY = """
  Database:
    Type: AWS::RDS::DBInstance
    Condition: {1}
    Properties: {{StorageEncrypted: false, DBSnapshotIdentifier: !If [{0}, x, !Ref AWS::NoValue]}}
"""


@pytest.mark.parametrize(("rule", "body"), [("W9139", WHOLE), ("E9182", PERMISSION), ("E9125", COPY)])
def test_what_is_needed_wherever_something_is_must_be_there_under_the_same_condition(rule: str, body: str) -> None:
    assert paths(HEAD + body.format("IsProd", "IsDev"), rule)
    assert not paths(HEAD + body.format("IsProd", "IsProd"), rule)
