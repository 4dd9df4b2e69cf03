"""A template that one tree of stacks holds several times."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.lint.instances import check_instances
from tests.lint.kit import built, nest


def topic(name: object) -> dict[str, Any]:
    return {"One": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}}}


def child(name: object, export: object = None) -> dict[str, Any]:
    outputs = {"Out": {"Value": "x", "Export": {"Name": export}}} if export else {}
    return {"Parameters": {"Env": {"Type": "String"}}, "Resources": topic(name), "Outputs": outputs}


def found(**contents: dict[str, Any]) -> list[str]:
    templates = {name: built(name, content) for name, content in contents.items()}
    return [f"{each.template}/{'/'.join(each.path)}: {each.message}" for each in check_instances(templates)]


def twice(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    return {"Parameters": {"Env": {"Type": "String"}}, "Resources": {"A": first, "B": second}}


IN_BOTH = "root/Resources/B: B makes child as A does, and One is called {} in both: hand over what tells them apart"
ENV = {"Ref": "Env"}


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("x", {}, {}),
        ("x", {"Env": "a"}, {"Env": "b"}),
        ("x-${Env}", {"Env": "a"}, {"Env": "a"}),
        ("x-${Env}", {"Env": ENV}, {"Env": ENV}),
        ("x-${Env}-${AWS::Region}", {"Env": {"Fn::Sub": "${Env}"}}, {"Env": {"Fn::Sub": "${Env}"}}),
    ],
)
def test_two_stacks_of_one_template_want_one_name(name: str, first: dict[str, Any], second: dict[str, Any]) -> None:
    root = twice(nest("child", **first), nest("child", **second))
    assert found(root=root, child=child({"Fn::Sub": name})) == [IN_BOTH.format(name)]


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("x-${Env}", {"Env": "a"}, {"Env": "b"}),
        ("x-${Env}", {"Env": ENV}, {"Env": "b"}),
        ("x-${AWS::StackName}", {}, {}),
        ("x-${One}", {}, {}),
    ],
)
def test_what_the_parent_tells_apart_is_not_found(name: str, first: dict[str, Any], second: dict[str, Any]) -> None:
    root = twice(nest("child", **first), nest("child", **second))
    assert not found(root=root, child=child({"Fn::Sub": name}, {"Fn::Sub": name}))


def test_an_export_is_wanted_once_too() -> None:
    (said,) = found(root=twice(nest("child"), nest("child")), child=child({"Ref": "Env"}, "net"))
    assert "Out is exported as net in both" in said


def test_what_is_made_under_conditions_that_nobody_compares_is_not_found() -> None:
    one, other = ({**nest("child"), "Condition": each} for each in ("C", "D"))
    assert not found(root=twice(one, other), child=child("x"))
    assert len(found(root=twice(one, nest("child")), child=child("x"))) == 1
    chosen = nest("child")
    chosen["Properties"]["Parameters"] = {"Fn::If": ["C", {"Env": "a"}, {"Env": "b"}]}
    assert not found(root=twice(chosen, nest("child", Env="a")), child=child({"Fn::Sub": "x-${Env}"}))


def test_it_is_told_where_the_ways_to_both_part() -> None:
    middle = {"Resources": {"Inner": nest("child", Env=ENV)}, "Parameters": {"Env": {"Type": "String"}}}
    contents = {"middle": middle, "child": child({"Fn::Sub": "x-${Env}"})}
    (said,) = found(root=twice(nest("middle", Env="a"), nest("middle", Env="a")), **contents)
    assert said.startswith("root/Resources/B: B makes child as A does")
    assert not found(root=twice(nest("middle", Env="a"), nest("middle", Env="b")), **contents)


def test_a_template_that_nests_itself_or_one_that_is_not_there_is_survived() -> None:
    assert not found(root=twice(nest("root"), nest("nowhere")), a={"Resources": {"A": nest("b")}}, b={"Resources": 7})
