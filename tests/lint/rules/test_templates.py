"""Rules about templates as a whole: descriptions, parameters, tags, nested stacks, budgets, what drift can tell."""

from __future__ import annotations

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from stackgen.lint.rules import drift_can_be_seen

from .kit import paths, seen


@pytest.mark.parametrize(
    ("parameter", "told"),
    [
        ("Type: String", "It has no Description, no AllowedPattern or AllowedValues or MaxLength"),
        ("Type: String, Description: a, MaxLength: 3", ""), ("Type: CommaDelimitedList, Description: a", ""),
        ("Type: Number, Description: a", "It has no AllowedValues or MaxValue or MinValue"),
        ("Type: Number, Description: a, MinValue: 1", ""), ("Type: 'AWS::EC2::VPC::Id'", "It has no Description"),
        ("Type: String, Description: a, AllowedPattern: a", "It has no ConstraintDescription"),
        ("Type: [7], Description: {a: b}", ""),
    ],
)  # fmt: skip
def test_a_parameter_is_told_what_it_lacks(parameter: str, told: str) -> None:
    found = seen(f"Parameters: {{It: {{{parameter}}}}}\nResources: {{}}\n", "W9115")
    assert [each.message for each in found] == [told] * bool(told)


ALL = ["Environment", "Project", "Owner", "CostCenter", "ManagedBy"]


def tags(*keys: str) -> str:
    listed = ", ".join(f"{{Key: {key}, Value: a}}" for key in keys)
    return f"Tags: [{listed}]"


NO_KIND = "Environment or EnvironmentSuffix or Stage, Application or Project"


def test_a_resource_that_has_less_tags_than_the_others_is_found() -> None:
    template = f"""
    Resources:
      Good: {{Type: AWS::SNS::Topic, Properties: {{{tags(*ALL)}}}}}
      Less: {{Type: AWS::SQS::Queue, Properties: {{{tags("Environment", "Application", "Owner")}}}}}
      None: {{Type: AWS::Logs::LogGroup}}
      Cannot: {{Type: AWS::SNS::Subscription}}
      Given: {{Type: AWS::SQS::Queue, Properties: {{Tags: !Ref Tags}}}}
      Map: {{Type: AWS::SSM::Parameter, Properties: {{Tags: {{{": a, ".join(ALL)}: a}}}}}}
    """
    assert [each[1:] for each in seen(template, "W9145")] == [
        ("Resources/Less/Properties/Tags", "Less lacks the tags CostCenter, ManagedBy"),
        ("Resources/None",
         f"None lacks the tags {NO_KIND}, Owner, CostCenter, ManagedBy"),
    ]  # fmt: skip


def test_a_tag_that_no_resource_has_is_told_once() -> None:
    one = f"{{Type: AWS::SNS::Topic, Properties: {{{tags('Environment', 'Project', 'Name')}}}}}"
    assert [each[1:] for each in seen(f"Resources: {{A: {one}, B: {one}}}", "W9145")] == [
        ("Resources", "no resource has the tags Owner, CostCenter, ManagedBy")
    ]


@pytest.mark.parametrize(
    ("resources", "found"),
    [
        (f"A: {{Type: AWS::EC2::VPC, Properties: {{{tags('Name')}}}}}", 1),
        ("A: {Type: AWS::SNS::Topic}, B: {Type: AWS::SQS::Queue}", 1),
        ("A: {Type: AWS::SNS::Topic}, B: {Type: AWS::SQS::Queue, Properties: {Tags: !Ref Tags}}", 0),
        ("A: {Type: AWS::IAM::Policy}, B: {Type: Custom::Thing}", 0),
        ("A: {Type: AWS::CloudFormation::Stack}", 0),
    ],
)
def test_where_nothing_is_tagged_that_could_be_it_is_told_once(resources: str, found: int) -> None:
    template = f"Resources: {{{resources}}}"
    told = [("Resources", f"no resource has the tags {NO_KIND}, Owner, CostCenter, ManagedBy")]
    assert [each[1:] for each in seen(template, "W9145", profile="production")] == told * found
    assert not seen(template, "W9145", profile="production", options={"W9145": {"tags": []}})
    assert not seen(template, "W9145")  # the stack may have them all


@pytest.mark.parametrize(("said", "found"), [("''", True), ("' '", True), ("Who pays", False)])
def test_a_description_says_something(said: str, *, found: bool) -> None:
    assert bool(seen(f"Description: {said}\nResources: {{}}\n", "W9146")) is found


@pytest.mark.parametrize(
    ("transform", "found"),
    [
        ("", True), ("Transform: AWS::Serverless-2016-10-31\n", True), ("Transform: AWS::LanguageExtensions\n", False),
        ("Transform: [AWS::Serverless-2016-10-31, AWS::LanguageExtensions]\n", False),
    ],
)  # fmt: skip
def test_a_computed_policy_needs_the_transform(transform: str, *, found: bool) -> None:
    template = transform + "Resources: {A: {Type: AWS::SNS::Topic, UpdateReplacePolicy: !Ref Policy}}\n"
    assert paths(template, "E9147") == ["Resources/A/UpdateReplacePolicy"] * found


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("TimeoutInMinutes: 1", "A fails after 1 minutes; 2 is the least"), ("TimeoutInMinutes: !Ref Time", ""),
        ("", "A has no TimeoutInMinutes"),
    ],
)  # fmt: skip
def test_a_nested_stack_has_time_enough(said: str, told: str) -> None:
    template = f"Resources: {{A: {{Type: AWS::CloudFormation::Stack, Properties: {{{said}}}}}}}"
    assert [each.message for each in seen(template, "W9112")] == [told] * bool(told)


def test_the_types_that_drift_does_not_see_are_those_that_cannot_be_read() -> None:
    for old, new in drift_can_be_seen.INSTEAD.items():
        there = new.rpartition(" ")[2]  # of a property of a type, the type
        handlers = [
            PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", each).schema.get("handlers", {})
            for each in (old, there)
        ]
        assert "read" not in handlers[0], "of the oldest types no handler is known"
        assert "read" in handlers[1]


BUDGET = (
    "Resources: {A: {Type: AWS::Budgets::Budget, Properties: {NotificationsWithSubscribers: [{Notification: {%s}}]}}}"
)


@pytest.mark.parametrize(
    ("notification", "found"),
    [
        ("NotificationType: ACTUAL, Threshold: 100", True), ("NotificationType: ACTUAL, Threshold: '80'", False),
        ("NotificationType: FORECASTED, Threshold: 100", False), ("NotificationType: ACTUAL, Threshold: !Ref A", False),
    ],
)  # fmt: skip
def test_a_budget_tells_before_it_is_used_up(notification: str, *, found: bool) -> None:
    assert bool(paths(BUDGET % notification, "W9156")) is found
