"""What counts as a difference, what as another spelling, and where a difference is said to be."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.errors import OutputFileError
from stackgen.review.diff.compare import compare
from stackgen.review.diff.paths import path_text
from stackgen.review.diff.result import Diff
from stackgen.review.model import Build, Template
from tests.review.strategies import build_of

ROLE = "AWS::IAM::Role"


def diff_of(before: dict[str, Any], after: dict[str, Any]) -> Diff:
    """The difference of two templates, each given by its content; both ways round it must be the same one."""
    builds = build_of({"tap/main": before}, "before"), build_of({"tap/main": after}, "after")
    found = compare(*builds)
    assert found.reversed() == compare(*reversed(builds))
    return found


def of_property(before: Any, after: Any, name: str = "Value", kind: str = "AWS::SQS::Queue") -> list[str]:
    contents = [{"Resources": {"It": {"Type": kind, "Properties": {name: each}}}} for each in (before, after)]
    return told(diff_of(*contents))


def of_resource(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    contents = [{"Resources": {"It": {"Type": "AWS::SQS::Queue", **each}}} for each in (before, after)]
    return told(diff_of(*contents))


def told(diff: Diff) -> list[str]:
    return [f"{change.kind} {path_text(change.path).removeprefix('Properties.')}" for change in diff.changes]


def statement(**members: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **members}]}


SUB = {"Fn::Sub": "a-${B}-c"}
EQUAL: dict[str, tuple[Any, Any]] = {
    "GetAtt as a text": ({"Fn::GetAtt": "A.B.C"}, {"Fn::GetAtt": ["A", "B.C"]}),
    "GetAtt in three parts": ({"Fn::GetAtt": ["A", "B", "C"]}, {"Fn::GetAtt": ["A", "B.C"]}),
    "a number and its text": (5, "5"),
    "true and its text": (True, "true"),
    "numbers in a list": ([1, 2], ["1", "2"]),
    "order of keys": ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    "Sub without variables": ({"Fn::Sub": "plain"}, "plain"),
    "Sub of what is no variable": ({"Fn::Sub": "${!A}"}, "${A}"),
    "Sub with variables that it has by name": ({"Fn::Sub": ["a-${X}-c", {"X": {"Ref": "B"}}]}, SUB),
    "Sub with the text of a variable": ({"Fn::Sub": ["a-${X}", {"X": "b"}]}, "a-b"),
    "Join of plain texts": ({"Fn::Join": ["-", ["a", "b"]]}, "a-b"),
    "Join and its Sub": ({"Fn::Join": ["", ["a-", {"Ref": "B"}, "-c"]]}, SUB),
    "Join with a delimiter": ({"Fn::Join": ["-", ["a", {"Ref": "B"}, "c"]]}, SUB),
    "Join of attributes": ({"Fn::Join": ["", ["x", {"Fn::GetAtt": ["A", "Arn"]}]]}, {"Fn::Sub": "x${A.Arn}"}),
    "one action and a list of it": (statement(), statement(Action=["s3:GetObject"])),
    "one resource and a list of it": (statement(Resource=SUB), statement(Resource=[SUB])),
    "order of actions": (statement(Action=["a:B", "a:C"]), statement(Action=["a:C", "a:B"])),
    "one principal and a list of it": (statement(Principal={"AWS": "x"}), statement(Principal={"AWS": ["x"]})),
    "one value of a condition": (
        statement(Condition={"StringEquals": {"a:B": "x"}}),
        statement(Condition={"StringEquals": {"a:B": ["x"]}}),
    ),
    "one statement and a list of it": (statement(), {"Statement": statement()["Statement"][0]}),
    "a member of no value": ({"a": 1, "b": {"Ref": "AWS::NoValue"}}, {"a": 1}),
}


@pytest.mark.parametrize(("before", "after"), EQUAL.values(), ids=EQUAL)
def test_another_spelling_is_no_change(before: Any, after: Any) -> None:
    assert of_property(before, after) == []


DIFFERENT: dict[str, tuple[Any, Any]] = {
    "true and 1": (True, 1),
    "false and 0": (False, 0),
    "Sub and Ref of what may be a list": ({"Fn::Sub": "${A}"}, {"Ref": "A"}),
    "Join that may drop an item": ({"Fn::Join": ["-", ["a", {"Ref": "AWS::NoValue"}]]}, "a-"),
    "Join of a list that is not known": ({"Fn::Join": ["", {"Ref": "A"}]}, {"Fn::Sub": "${A}"}),
    "a list and a reference that may be one": (statement(Action=[{"Ref": "A"}]), statement(Action={"Ref": "A"})),
    "another condition": ({"Fn::If": ["A", 1, 2]}, {"Fn::If": ["B", 1, 2]}),
    "swapped branches": ({"Fn::If": ["A", 1, 2]}, {"Fn::If": ["A", 2, 1]}),
    "a Sub whose variable hides a name": ({"Fn::Sub": ["${A}", {"A": {"Ref": "B"}}]}, {"Fn::Sub": "${A}"}),
    "a text that looks like a reference": ({"Fn::Sub": "${!A}"}, {"Fn::Sub": "${A}"}),
}


@pytest.mark.parametrize(("before", "after"), DIFFERENT.values(), ids=DIFFERENT)
def test_what_may_differ_is_a_change(before: Any, after: Any) -> None:
    assert of_property(before, after) != []


@pytest.mark.parametrize("name", ["Definition", "EventPattern", "FilterPolicy"])
def test_json_of_another_language_tells_a_number_from_its_text(name: str) -> None:
    assert of_property({"Seconds": 1}, {"Seconds": "1"}, name) == [f"changed {name}.Seconds"]


def tags(**given: Any) -> list[dict[str, Any]]:
    return [{"Key": key, "Value": value} for key, value in given.items()]


PLACES: dict[str, tuple[str, Any, Any, list[str]]] = {
    "a tag": ("Tags", tags(a=1, b=2), tags(b=3, a=1), ["changed Tags[Key=b].Value"]),
    "a tag at the front": ("Tags", tags(b=2), tags(a=1, b=2), ["added Tags[Key=a]"]),
    "order of tags": ("Tags", tags(b=2, a=1), tags(a=1, b=2), []),
    "order of named items": (
        "KeySchema",
        [{"AttributeName": "a"}, {"AttributeName": "b"}],
        [{"AttributeName": "b"}, {"AttributeName": "a"}],
        ["reordered KeySchema"],
    ),
    "a policy by its name": (
        "Policies",
        [{"PolicyName": "p", "Size": 1}, {"PolicyName": "q", "Size": 1}],
        [{"PolicyName": "p", "Size": 2}],
        ["changed Policies[PolicyName=p].Size", "removed Policies[PolicyName=q]"],
    ),
    "a text at the front": ("Subnets", ["b", "c"], ["a", "b", "c"], ["added Subnets[0]"]),
    "a text replaced": ("Subnets", ["a", "b"], ["a", "c"], ["changed Subnets[1]"]),
    "order of texts": ("Subnets", ["a", "b"], ["b", "a"], ["reordered Subnets"]),
    "one of equal texts": ("Subnets", ["a", "a"], ["a"], ["removed Subnets[1]"]),
    "an object at the front": (
        "Rules",
        [{"Port": 1}, {"Port": 2}],
        [{"Port": 0}, {"Port": 1}, {"Port": 2}],
        ["added Rules[0]"],
    ),
    "an object changed in its place": (
        "Rules",
        [{"Port": 1, "Cidr": "x", "To": 1}, {"Port": 2}],
        [{"Port": 0}, {"Port": 1, "Cidr": "y", "To": 1}, {"Port": 2}],
        ["added Rules[0]", "changed Rules[0->1].Cidr"],
    ),
    "an action": (
        "Doc",
        statement(Action=["a:B", "a:C"]),
        statement(Action=["a:C"]),
        ["removed Doc.Statement[0].Action[0]"],
    ),
    "a branch": ("X", {"Fn::If": ["A", {"p": 1}, 2]}, {"Fn::If": ["A", {"p": 3}, 2]}, ["changed X.Fn::If[1].p"]),
}


@pytest.mark.parametrize(("name", "before", "after", "expected"), PLACES.values(), ids=PLACES)
def test_a_difference_is_where_it_is(name: str, before: Any, after: Any, expected: list[str]) -> None:
    assert of_property(before, after, name) == expected


ATTRIBUTES: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "a policy": ({"DeletionPolicy": "Delete"}, {"DeletionPolicy": "Retain"}, ["changed DeletionPolicy"]),
    "a new condition": ({}, {"Condition": "IsProd"}, ["added Condition"]),
    "one dependency and a list of it": ({"DependsOn": "A"}, {"DependsOn": ["A"]}, []),
    "order of dependencies": ({"DependsOn": ["B", "A"]}, {"DependsOn": ["A", "B"]}, []),
    "a further dependency": ({"DependsOn": "A"}, {"DependsOn": ["A", "B"]}, ["added DependsOn[1]"]),
    "no properties, in words": ({}, {"Properties": {}, "DependsOn": []}, []),
    "metadata keeps its types": ({"Metadata": {"a": 1}}, {"Metadata": {"a": "1"}}, ["changed Metadata.a"]),
}


@pytest.mark.parametrize(("before", "after", "expected"), ATTRIBUTES.values(), ids=ATTRIBUTES)
def test_attributes_stand_apart_from_properties(
    before: dict[str, Any], after: dict[str, Any], expected: list[str]
) -> None:
    assert of_resource(before, after) == expected


def test_every_section_is_compared() -> None:
    before = {
        "Description": "a",
        "Transform": "T",
        "Metadata": {"m": 1},
        "Parameters": {"P": {"Type": "String", "Default": 1}},
        "Mappings": {"M": {"r": {"k": "1"}}},
        "Conditions": {"C": {"Fn::Equals": ["a", "b"]}},
        "Rules": {"R": {"Assertions": []}},
        "Outputs": {"O": {"Value": "a", "Export": {"Name": "e"}}},
        "Resources": {},
    }
    after = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "b",
        "Transform": ["T"],
        "Metadata": {"m": 2},
        "Parameters": {"P": {"Type": "String", "Default": "2"}},
        "Mappings": {"M": {"r": {"k": 2}}},
        "Conditions": {"C": {"Fn::Equals": ["a", "c"]}},
        "Outputs": {"O": {"Value": "a", "Export": {"Name": "f"}}},
        "Resources": {},
    }
    found = [(c.section, c.logical_id, c.kind, path_text(c.path)) for c in diff_of(before, after).changes]
    assert found == [
        ("Description", "", "changed", ""),
        ("Metadata", "", "changed", "m"),
        ("Parameters", "P", "changed", "Default"),
        ("Rules", "R", "removed", ""),
        ("Mappings", "M", "changed", "r.k"),
        ("Conditions", "C", "changed", ""),
        ("Outputs", "O", "changed", "Export.Name"),
    ]


def test_the_verdict_counts_each_entry_once() -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"A": 1, "B": 1}}
    before = {"Resources": {"Kept": queue, "Gone": {"Type": "AWS::SNS::Topic"}}, "Outputs": {"O": {"Value": "1"}}}
    after = {"Resources": {"Kept": {**queue, "Properties": {"A": 2, "B": 2}}, "New": {"Type": ROLE}}}
    found = diff_of(before, after)
    assert found.verdict == "1 template changed: 1 resource added, 1 changed, 1 removed; 1 output removed"
    assert found.as_json()["counts"] == {
        "templates": {"changed": 1},
        "resources": {"changed": 1, "removed": 1, "added": 1},
        "outputs": {"removed": 1},
        "children": 0,
    }


def test_a_template_that_came_brings_its_entries() -> None:
    new = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}
    found = compare(build_of({}, "before"), build_of({"tap/new": new}, "after"))
    assert found.verdict == "1 template added: 1 resource added"


def nested(child: str, digest: str) -> dict[str, Any]:
    url = {"Fn::Sub": f"https://${{Bucket}}.s3.${{AWS::URLSuffix}}/tap/{child}/{digest}.json"}
    return {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}


def test_a_new_digest_of_a_child_is_counted_and_no_change() -> None:
    child = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 1}}}}
    other = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 2}}}}
    main = [{"Resources": {"Child": nested("child", digest)}} for digest in ("0123456789abcdef", "0123456789abcde0")]
    found = compare(
        build_of({"tap/main": main[0], "tap/child": child}), build_of({"tap/main": main[1], "tap/child": other})
    )
    assert [change.template for change in found.changes] == ["tap/child"]
    assert [change.logical_id for change in found.children] == ["Child"]
    assert found.verdict == "1 template changed: 1 resource changed; 1 nested stack with a new TemplateURL"


def test_a_template_keeps_its_resources_under_another_name() -> None:
    child = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 1}}}}
    other = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 2}}}}
    digest = "0123456789abcdef"
    before = build_of({"tap/main": {"Resources": {"Child": nested("old", digest)}}, "tap/old": child})
    after = build_of({"tap/main": {"Resources": {"Child": nested("new", digest)}}, "tap/new": other})
    found = compare(before, after)
    kinds = [(change.template, change.kind) for change in found.changes]
    assert kinds == [("tap/main", "changed"), ("tap/new", "renamed"), ("tap/new", "changed")]
    assert found.reversed() == compare(after, before)


def test_a_template_nested_too_deeply_is_refused() -> None:
    deep: Any = 1
    for _ in range(5_000):
        deep = {"a": deep}
    contents = [{"Resources": {"It": {"Type": "A::B::C", "Properties": {"X": deep, "Y": size}}}} for size in (1, 2)]
    other = [{"Resources": {"It": {"Type": "A::B::C", "Properties": {"X": {"a": deep}}}}}]
    with pytest.raises(OutputFileError, match="nested too deeply"):
        compare(*[Build("b", {"t": Template("t", "t.json", each)}) for each in (contents[0], other[0])])
