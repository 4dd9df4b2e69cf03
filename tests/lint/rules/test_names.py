"""Rules about the names of things: physical names and exports."""

from __future__ import annotations

import pytest

from .kit import paths, seen

HEAD = """
Parameters:
  EnvironmentSuffix: {Type: String, Default: dev}
  Project: {Type: String, Default: tap}
Mappings: {Names: {dev: {Topic: alarms-dev}}}
Conditions:
  IsProd: !Equals [!Ref EnvironmentSuffix, prod]
  HasName: !Not [!Equals [!Ref Project, '']]
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: %s}}
Outputs:
  Topic: {Value: x, Export: {Name: %s}}
"""

CARRYING = [
    "!Ref EnvironmentSuffix", "!Sub '${Project}-${EnvironmentSuffix}'", "!Sub ['a-${E}', {E: !Ref EnvironmentSuffix}]",
    "!Join ['-', [a, !Ref EnvironmentSuffix]]", "!FindInMap [Names, !Ref EnvironmentSuffix, Topic]",
    "!Sub '${AWS::StackName}-a'", "!Sub '${Queue.QueueName}-a'", "!Ref Project", "!ImportValue name",
    "!If [IsProd, alarms, !Sub 'alarms-${EnvironmentSuffix}']", "!Select [0, [a, b]]", "'{{resolve:ssm:/name}}'",
    "!If [HasName, !Ref 'AWS::NoValue', !Ref EnvironmentSuffix]",
]  # fmt: skip
SHARED = [
    "alarms", "!Sub alarms", "!Sub '${Project}-alarms'", "!Sub 'alarms-${AWS::AccountId}-${AWS::Region}'",
    "!Join ['-', [a, !Ref Project]]", "7",
]  # fmt: skip


@pytest.mark.parametrize("name", CARRYING)
def test_a_name_that_differs_by_environment_passes(name: str) -> None:
    assert not seen(HEAD % (name, name), "E9101", "E9116")


@pytest.mark.parametrize("name", SHARED)
def test_a_name_that_is_the_same_in_each_environment_is_found(name: str) -> None:
    assert paths(HEAD % (name, name), "E9101") == ["Resources/Topic/Properties/TopicName"]
    assert paths(HEAD % (name, name), "E9116") == ["Outputs/Topic/Export/Name"]


def test_the_branch_that_is_the_same_is_named() -> None:
    name = "!If [HasName, !Sub 'a-${EnvironmentSuffix}', alarms]"
    assert paths(HEAD % (name, name), "E9101") == ["Resources/Topic/Properties/TopicName/Fn::If/2"]
    name = "!If [IsProd, !Sub 'a-${EnvironmentSuffix}', alarms]"
    assert [each.message for each in seen(HEAD % (name, name), "E9116")] == [
        "Topic is exported as 'alarms', in which the environment is missing"
    ]


def test_without_a_parameter_for_the_environment_only_a_fixed_name_is_found() -> None:
    template = """
    Parameters: {Project: {Type: String}}
    Resources:
      Composed: {Type: AWS::SNS::Topic, Properties: {TopicName: !Sub '${Project}-alarms'}}
      Fixed: {Type: AWS::SNS::Topic, Properties: {TopicName: alarms}}
      Role: {Type: AWS::IAM::Role, Properties: {RoleName: dms-vpc-role}}
      Alias: {Type: AWS::Lambda::Alias, Properties: {Name: live}}
    """
    assert paths(template, "E9101") == ["Resources/Fixed/Properties/TopicName"]
