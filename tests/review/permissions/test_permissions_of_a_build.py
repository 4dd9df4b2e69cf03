"""What the deploying role needs, from the schemas of the build's types."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.iam_actions import Allowed, normal, without_covered
from stackgen.review.evaluation.symbols import Attribute
from stackgen.review.permissions import Permissions, delta, handed_roles, needed
from stackgen.review.schemas import Schemas

QUEUE = "AWS::SQS::Queue"
FUNCTION = "AWS::Lambda::Function"
ROLE = "arn:aws:iam::*:role/tap-seed-*"
MADE = Attribute(("Tap",), "SeedRole", "Arn")


def of(*types: str, **roles: list[str]) -> Permissions:
    return needed({type_: [f"Tap/{type_.rpartition('::')[2]}"] for type_ in types}, Schemas(), roles)


@pytest.mark.parametrize(
    ("written", "action"),
    [
        ("sqs:CreateQueue", "sqs:CreateQueue"),
        ("Batch:tagResource", "batch:TagResource"),
        ("EC2:Describe*", "ec2:Describe*"),
        ("s3:*?*", "s3:?*"),
        ("s3:**", "s3:*"),
        ("s3:REST.PUT.OBJECT", None),
        ("", None),
        ("*", None),
        ("sqs", None),
        ("sqs:", None),
    ],
)
def test_an_action_has_one_spelling(written: str, action: str | None) -> None:
    assert normal(written) == action


@pytest.mark.parametrize(
    ("actions", "kept"),
    [
        (["s3:GetObject", "s3:Get*"], {"s3:Get*": {"s3:GetObject", "s3:Get*"}}),
        (["s3:GetObject", "s3:Get*", "s3:*"], {"s3:*": {"s3:GetObject", "s3:Get*", "s3:*"}}),
        (["s3:GetObject", "sqs:*"], {"s3:GetObject": {"s3:GetObject"}, "sqs:*": {"sqs:*"}}),
        (["s3:Get*", "s3:Get?bject"], {"s3:Get*": {"s3:Get*", "s3:Get?bject"}}),
        (["s3:?", "s3:*"], {"s3:*": {"s3:?", "s3:*"}}),
        (["apigateway:UntagResource", "apigateway:UnTagResource"], {"apigateway:UntagResource": {"apigateway:UntagResource", "apigateway:UnTagResource"}}),  # noqa: E501  one case, one line
        (["x.y:*", "x.y:**"], {"x.y:*": {"x.y:**"}, "x.y:**": {"x.y:*"}}),  # no action, and no endless search
    ],
)  # fmt: skip
def test_a_wildcard_stands_for_what_it_allows(actions: list[str], kept: dict[str, set[str]]) -> None:
    assert {action: set(stood) for action, stood in without_covered(actions).items()} == kept


@pytest.mark.parametrize(
    ("action", "allowed"),
    [("s3:getobject", True), ("ec2:DescribeVpcs", True), ("ec2:CreateVpc", False), ("sqs:Describe", False)],
)
def test_whether_actions_allow_another(action: str, allowed: bool) -> None:
    assert (action in Allowed(["s3:GetObject", "ec2:Describe*"])) is allowed


def test_the_handlers_of_a_type_say_what_is_needed() -> None:
    queue = of(QUEUE)
    assert queue.actions["sqs:CreateQueue"] == (QUEUE,)
    assert "sqs:DeleteQueue" in queue.actions
    assert queue.addresses == {QUEUE: ("Tap/Queue",)}
    assert queue.services == ["sqs"]
    assert (queue.without_handlers, queue.without_schema, queue.unusable) == ((), (), {})


def test_only_the_handlers_that_are_asked_for_count() -> None:
    only = needed({QUEUE: []}, Schemas(), handlers=["create"])
    assert "sqs:CreateQueue" in only.actions
    assert "sqs:DeleteQueue" not in only.actions


def test_an_action_names_every_type_that_needs_it() -> None:
    both = of("AWS::SQS::QueuePolicy", QUEUE)
    assert both.actions["sqs:SetQueueAttributes"] == (QUEUE, "AWS::SQS::QueuePolicy")
    assert both.actions["sqs:CreateQueue"] == (QUEUE,)


def test_what_the_schemas_do_not_tell_is_named() -> None:
    found = of("AWS::CodeBuild::Project", "My::Own::Type", "Custom::Seed")
    assert found.without_handlers == ("AWS::CloudFormation::CustomResource", "AWS::CodeBuild::Project")
    assert found.without_schema == ("My::Own::Type",)
    assert found.actions == {"lambda:InvokeFunction": ("AWS::CloudFormation::CustomResource",)}


def test_custom_resources_of_all_names_are_one_type() -> None:
    found = needed({"Custom::Seed": ["Tap/Seed"], "Custom::Wait": ["Tap/Wait"]}, Schemas())
    assert found.addresses == {"AWS::CloudFormation::CustomResource": ("Tap/Seed", "Tap/Wait")}


@pytest.mark.parametrize("type_", ["AWS::CloudFormation::Stack", "AWS::CloudFormation::StackSet"])
def test_a_nested_stack_is_created_and_its_template_read(type_: str) -> None:
    found = of(type_)
    assert found.actions["s3:GetObject"] == (type_,)
    assert any(action.startswith("cloudformation:Create") for action in found.actions)


def test_an_action_that_aws_does_not_list_is_named() -> None:
    bucket = of("AWS::S3::Bucket")
    assert "s3:PutBucketReplication" in bucket.unknown
    assert "s3:PutBucketReplication" in bucket.grantable
    assert "s3:CreateBucket" not in bucket.unknown


def test_what_no_policy_can_allow_is_left_out_and_named() -> None:
    group = of("AWS::Logs::LogGroup")
    assert group.unusable == {"s3:REST.PUT.OBJECT": ("AWS::Logs::LogGroup",)}
    assert "s3:REST.PUT.OBJECT" not in group.grantable


def test_every_type_that_there_is_can_be_asked_for() -> None:
    schemas = Schemas()
    found = needed({type_: ["Tap/It"] for type_ in schemas.types()}, schemas)
    assert len(found.grantable) > 8_000
    assert len(found.unknown) < 120
    assert "sqs:CreateQueue" in Allowed(found.grantable)


@pytest.mark.parametrize(
    ("type_", "properties", "expected"),
    [
        (FUNCTION, {"Role": ROLE, "Code": {"ZipFile": "x"}}, [(("Role",), ROLE)]),
        (FUNCTION, {"Role": MADE}, [(("Role",), MADE)]),
        ("AWS::ECS::TaskDefinition", {"TaskRoleArn": "a", "Cpu": 1}, [(("TaskRoleArn",), "a")]),
        ("AWS::Events::Rule", {"Targets": [{"Arn": "x", "RoleArn": "a"}]}, [(("Targets", "0", "RoleArn"), "a")]),
        (QUEUE, {"Role": "a"}, []),
        ("My::Own::Type", {"Role": "a"}, []),
    ],
)  # fmt: skip
def test_the_roles_that_a_resource_is_handed(type_: str, properties: dict[str, Any], expected: list[object]) -> None:
    assert list(handed_roles(type_, properties, Schemas())) == expected


def test_a_role_that_is_handed_over_may_be_passed_though_no_schema_says_so() -> None:
    found = of(QUEUE, **{ROLE: ["Tap/Queue", "Tap/Queue"]})
    assert found.actions["iam:PassRole"] == ()
    assert found.roles == {ROLE: ("Tap/Queue",)}


def test_the_delta_names_what_comes_and_what_goes() -> None:
    before, after = of(QUEUE), of("AWS::SNS::Topic", **{ROLE: ["Tap/Topic"]})
    change = delta(before, after)
    assert ("sns:CreateTopic", ("AWS::SNS::Topic",)) in change.added
    assert ("sqs:CreateQueue", (QUEUE,)) in change.removed
    assert change.roles_added == ((ROLE, ("Tap/Topic",)),)
    assert change.roles_removed == ()
    assert bool(change)


def test_what_a_wildcard_allowed_before_is_not_added() -> None:
    before, after = Permissions(actions={"s3:*": ("A",)}), Permissions(actions={"s3:GetObject": ("B",)})
    assert delta(before, after).added == ()
    assert delta(before, after).removed == (("s3:*", ("A",)),)


def test_a_build_differs_from_itself_in_nothing() -> None:
    assert not delta(of(QUEUE, FUNCTION), of(FUNCTION, QUEUE))
