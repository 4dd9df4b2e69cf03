"""Rules about StackSets: their bodies, regions and operations."""

from __future__ import annotations

import pytest

from .kit import seen

SET = """
Parameters:
  Places: {{Type: CommaDelimitedList, Default: 'us-east-1, eu-west-77'}}
  Name: {{Type: String, Default: a}}
Conditions: {{Few: !Equals [!Ref Name, b]}}
Resources:
  Set:
    Type: AWS::CloudFormation::StackSet
    Properties:
      StackSetName: a
      PermissionModel: SELF_MANAGED
      {properties}
"""
EITHER, OR = "!If [Few, 1, !Ref 'AWS::NoValue']", "!If [Few, !Ref 'AWS::NoValue', 10]"
TOPIC = "Resources: {T: {Type: 'AWS::SNS::Topic'}}"


def messages(properties: str, rule: str) -> list[str]:
    return [each.message for each in seen(SET.format(properties=properties), rule)]


def body(text: str, given: str = "") -> str:
    keys = ", ".join(f"{{ParameterKey: {each}, ParameterValue: a}}" for each in given.split())
    return f"Parameters: [{keys}]\n      TemplateBody: {text}"


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        (body('\'{"Resources": {"a": }\''), "cannot be read"),
        (body("'no template'"), "cannot be read"),
        (body("'{}'"), "has no Resources"),
        (body("'Resources: {T: {Type: AWS::SNS::Topik}}'"), "AWS::SNS::Topik for T, which there is not"),
        (body("'Resources: {T: {Properties: {}}}'"), "has no Type for T"),
        (body(f'"{TOPIC}"', "Name"), "has no parameter Name"),
        (body(f'"Parameters: {{A: {{Type: String}}}}\\n{TOPIC}"'), "is not given the parameter A"),
        (
            body("'Resources: {T: {Type: AWS::SNS::Topic, Properties: {Topik: a}}}'"),
            "has at Resources/T/Properties/Topik",
        ),
        (body("'Resources: {T: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref No}}}'"), "(E1020)"),
        (
            body(f'"Parameters: {{A: {{Type: Number}}}}\\n{TOPIC}"', "A"),
            "is given 'a' for the parameter A, which is not a number",
        ),
        (
            body('!Sub \'{"Resources": {"T": {"Type": "AWS::SNS::Topik", "Properties": {"A": "${Nowhere}"}}}}\''),
            "AWS::SNS::Topik for T, which there is not",
        ),
        (body(f'!If [Few, "{TOPIC}", "{{}}"]'), "has no Resources"),
    ],
)
def test_what_is_wrong_with_a_body_is_told(properties: str, said: str) -> None:
    (found,) = messages(properties, "E9186")
    assert said in found


@pytest.mark.parametrize(
    "properties",
    [
        body(f'"{TOPIC}"'),
        body(f'"Parameters: {{A: {{Type: String, Default: b}}, B: {{Type: String}}}}\\n{TOPIC}"', "B"),
        body("!Sub '{\"Resources\": ${Nowhere}}'"),
        body('!Sub \'{"Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {"FifoTopic": "${Nowhere}"}}}}\''),
        body("!Ref Name"),
        body(
            "'Resources: {T: {Type: Custom::Thing, Properties: {ServiceToken: a}}, M: {Type: My::Own::Type::MODULE}}'"
        ),
        "TemplateURL: https://example.com/a.json",
        "TemplateBody: {a: b}",
        "TemplateBody: '{}'\n      Parameters: {a: b}".replace("'{}'", f'"{TOPIC}"'),
    ],
)
def test_a_body_that_is_right_or_that_nobody_knows_yet_is_not_told(properties: str) -> None:
    assert messages(properties, "E9186") == []


ROLE = "{R: {Type: AWS::IAM::Role, Properties: {RoleName: %s, AssumeRolePolicyDocument: {Statement: []}}}}"


@pytest.mark.parametrize(
    ("name", "regions", "said"),
    [
        ("reader", "us-east-1, eu-west-1", ["wants the name reader for R in each region"]),
        ("!Sub 'reader-${AWS::Region}'", "us-east-1, eu-west-1", []),
        ("reader", "us-east-1", []),
    ],
)
def test_a_body_takes_no_global_name_to_two_regions(name: str, regions: str, said: list[str]) -> None:
    text = f"Resources: {ROLE % name}".replace("'", "''")
    group = f"\n      StackInstancesGroup: [{{Regions: [{regions}]}}]"
    found = [each for each in messages(body(f"'{text}'") + group, "E9186") if "wants the name" in each]
    assert len(found) == len(said)
    assert all(part in each for part, each in zip(said, found, strict=True))


INGRESS = "[{IpProtocol: -1, CidrIp: 0.0.0.0/0, Description: a}]"
OPEN = f"Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: a, SecurityGroupIngress: {INGRESS}}}"
SILENCED = "Metadata: {cfn-lint: {config: {ignore_checks: [E9120]}}}"


def test_what_the_other_rules_find_in_a_body_they_say_themselves() -> None:
    """So an exception names the rule that it is from, and cfn-lint's configuration holds inside too."""
    found = seen(SET.format(properties=body(f"'Resources: {{G: {{{OPEN}}}}}'")))
    (one,) = [each for each in found if each.rule == "E9120"]
    assert one.path == "Resources/Set/Properties/TemplateBody"
    assert one.message.startswith("TemplateBody of Set: Resources/G/Properties/SecurityGroupIngress/0: G is open to")
    silenced = seen(SET.format(properties=body(f"'Resources: {{G: {{{OPEN}, {SILENCED}}}}}'")))
    assert "E9120" not in {each.rule for each in silenced}


def test_a_body_is_of_the_profile_of_the_template_around_it() -> None:
    table = "Type: AWS::DynamoDB::Table, DeletionPolicy: Delete, UpdateReplacePolicy: Delete"
    template = SET.format(properties=body(f"'Resources: {{T: {{{table}}}}}'"))
    of_production, of_standard = ({each.rule for each in seen(template, profile=each)} for each in ("production", ""))
    assert "W9128" in of_production - of_standard


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ("StackInstancesGroup: [{Regions: [us-east-1, moon-1]}]", ["region moon-1"]),
        ("StackInstancesGroup: [{Regions: !Ref Places}]", ["region eu-west-77"]),
        ("OperationPreferences: {RegionOrder: [!Ref 'AWS::Region', mars-1]}", ["region mars-1"]),
        (
            "OperationPreferences: {MaxConcurrentCount: 1, MaxConcurrentPercentage: 50}",
            ["MaxConcurrentCount and MaxConcurrentPercentage"],
        ),
        ("OperationPreferences: {MaxConcurrentCount: 3, FailureToleranceCount: 1}", ["wants 3 accounts at once"]),
        ("OperationPreferences: {MaxConcurrentCount: 3, ConcurrencyMode: SOFT_FAILURE_TOLERANCE}", []),
        ("OperationPreferences: {MaxConcurrentCount: 3, FailureTolerancePercentage: 50}", []),
        ("OperationPreferences: {MaxConcurrentCount: !Ref 'AWS::Region', FailureToleranceCount: [1]}", []),
        (f"OperationPreferences: {{MaxConcurrentCount: {EITHER}, MaxConcurrentPercentage: {OR}}}", []),
        ("OperationPreferences: 7", []),
    ],
)
def test_operations_are_in_regions_that_there_are_and_bounded_once(properties: str, said: list[str]) -> None:
    found = messages(properties, "E9187")
    assert len(found) == len(said)
    assert all(part in each for part, each in zip(said, found, strict=True))
