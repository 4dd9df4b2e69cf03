"""No two resources of a build want the same physical name."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.lint.same_names import check_names
from tests.lint.kit import built, nest, url


def topic(name: object, **more: Any) -> dict[str, Any]:
    return {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}, **more}


def found(**contents: dict[str, Any]) -> list[str]:
    templates = {name: built(name, {"Resources": resources}) for name, resources in contents.items()}
    return [f"{each.template}: {each.message}" for each in check_names(templates)]


def test_the_second_of_two_with_one_name_is_found() -> None:
    name = {"Fn::Sub": "alarms-${Env}"}
    assert found(a={"One": topic(name)}, b={"Two": topic({"Fn::Join": ["-", ["alarms", {"Ref": "Env"}]]})}) == [
        "b: Two wants the name alarms-${Env}, which a, One has: both are AWS::SNS::Topic"
    ]
    assert found(a={"One": topic("x"), "Two": topic("x")}) == [
        "a: Two wants the name x, which One has: both are AWS::SNS::Topic"
    ]


@pytest.mark.parametrize("name", [{"Ref": "A"}, {"Fn::Sub": "${AWS::StackName}-x"}, {"Fn::GetAtt": ["A", "B"]}, None])
def test_a_name_that_is_each_stacks_own_is_not(name: object) -> None:
    assert not found(a={"One": topic(name)}, b={"Two": topic(name)})


def test_other_types_and_what_conditions_choose_between_are_not() -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "x"}}
    assert not found(a={"One": topic("x")}, b={"Two": queue})
    assert not found(a={"One": topic("x", Condition="C"), "Two": topic({"Fn::If": ["C", "y", "x"]})})
    assert len(found(a={"One": topic("x", Condition="C"), "Two": topic({"Fn::If": ["C", "x", "y"]})})) == 1


def test_a_name_may_be_a_parameters_default_where_nobody_else_says_it() -> None:
    named = built("a", {"Parameters": {"Name": {"Default": "x"}}, "Resources": {"One": topic({"Ref": "Name"})}})
    other = built("b", {"Resources": {"Two": topic("x")}})
    parent = built("c", {"Resources": {"Child": nest("a", Name="y")}})
    (said,) = check_names({"a": named, "b": other})
    assert said.message == "Two wants the name x, which a, One has: both are AWS::SNS::Topic"
    assert not list(check_names({"a": named, "b": other, "c": parent}))


def test_two_under_conditions_that_nobody_compares_are_not() -> None:
    assert not found(a={"One": topic("x", Condition="C"), "Two": topic("x", Condition="D")})


def stack_set(*regions: str, **more: Any) -> dict[str, Any]:
    groups = [{"Regions": [each]} for each in regions]
    properties = {"TemplateURL": url("shop/role"), "StackInstancesGroup": {"Fn::If": ["C", groups, groups]}, **more}
    return {"Set": {"Type": "AWS::CloudFormation::StackSet", "Properties": properties}}


def role(name: object) -> dict[str, Any]:
    return {"Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": name}}}


def test_a_stack_set_takes_no_global_name_to_two_regions() -> None:
    """The stack in the second region fails, and with it the operation."""
    two = stack_set("us-east-1", "eu-west-1")
    (said,) = found(**{"shop/set": two, "shop/role": role({"Fn::Sub": "reader-${Env}"})})
    assert said.endswith("in each region of Set, and AWS::IAM::Role has one for all: end it with ${AWS::Region}")
    assert not found(**{"shop/set": two, "shop/role": role({"Fn::Sub": "reader-${AWS::Region}"})})
    assert not found(**{"shop/set": stack_set("us-east-1"), "shop/role": role("reader")})
    unknown = stack_set(StackInstancesGroup=[{"Regions": {"Ref": "Regions"}}])
    assert len(found(**{"shop/set": unknown, "shop/role": role("reader")})) == 1


def test_rubbish_has_no_name() -> None:
    assert not found(a={"One": {"Type": 7}, "Two": {"Type": "AWS::SNS::Topic", "Properties": 3}})
