"""What a rule sees of a template: no Fn::If fools it, and what only AWS knows is unknown."""

from __future__ import annotations

from textwrap import dedent

import pytest
from cfnlint.decode import decode_str
from cfnlint.template import Template

from stackgen.lint.kit.values import ABSENT, UNKNOWN, number, references, texts
from stackgen.lint.kit.view import View
from stackgen.profiles import Profile

TEMPLATE = """
Parameters:
  Name: {Type: String, Default: a}
  Stored: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /a}
  Free: {Type: String}
  Flag: {Type: String, Default: true}
  Names: {Type: CommaDelimitedList, Default: 'b, c'}
Mappings:
  Sizes: {prod: {Size: 3}, dev: {Size: 1}}
Conditions:
  IsProd: !Equals [!Ref Name, prod]
  IsNot: !Not [!Condition IsProd]
Resources:
  Plain:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !If [IsProd, x, !Ref AWS::NoValue]
      Tags: !If
        - IsProd
        - [{Key: a, Value: !If [IsNot, never, b]}, !If [IsProd, {Key: c, Value: d}, {Key: no, Value: no}]]
        - []
  Only:
    Type: AWS::S3::Bucket
    Condition: IsProd
    DeletionPolicy: !If [IsProd, Retain, Delete]
    Properties: !If [IsNot, {BucketName: never}, {BucketName: here}]
"""


@pytest.fixture
def view() -> View:
    content, errors = decode_str(dedent(TEMPLATE))
    assert not errors
    return View(Template("none.yaml", content, ["us-east-1"]))


def test_both_branches_are_told_and_no_value_is_absent(view: View) -> None:
    found = list(view.resources["Plain"].values("BucketName"))
    assert [each.value for each in found] == ["x", ABSENT]
    assert found[0].path == ("Resources", "Plain", "Properties", "BucketName", "Fn::If", 1)
    assert found[1].scenario == {"IsProd": False}


def test_what_conditions_rule_out_is_not_told(view: View) -> None:
    assert [each.value for each in view.resources["Plain"].values("Tags", "Value")] == ["b", "d"]
    assert [each.value for each in view.resources["Only"].values("BucketName")] == ["here"]
    assert [each.value for each in view.resources["Only"].attribute("DeletionPolicy")] == ["Retain"]
    assert not view.together({"IsProd": True}, {"IsNot": True})
    assert view.together({"IsProd": True}, {"IsNot": False})


def test_a_property_that_is_missing_is_told_where_it_should_be(view: View) -> None:
    (found,) = view.resources["Plain"].values("BucketEncryption", "Rules")
    assert found.value is ABSENT
    assert found.path == ("Resources", "Plain", "Properties")


@pytest.mark.parametrize(
    ("value", "literals"),
    [
        ({"Ref": "Name"}, ["a"]), ({"Ref": "Free"}, [UNKNOWN]), ({"Ref": "Stored"}, [UNKNOWN]),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Free"}, "Size"]}, [3, 1]),
        ({"Fn::FindInMap": ["Sizes", "dev", "Size"]}, [1]), ({"Fn::FindInMap": ["None", "dev", "Size"]}, [UNKNOWN]),
        ({"Fn::If": ["IsProd", True, {"Ref": "Name"}]}, [True, "a"]), ({"Fn::Sub": "plain"}, ["plain"]),
        ({"Fn::Join": ["-", ["a", "b"]]}, ["a-b"]),
        ({"Fn::Select": [1, ["a", "b"]]}, ["b"]), ({"Fn::Select": ["7", ["a", "b"]]}, [UNKNOWN]), (False, [False]),
    ],
)  # fmt: skip
def test_literals_are_what_a_value_may_be(view: View, value: object, literals: list[object]) -> None:
    assert view.literals(value) == literals


@pytest.mark.parametrize(
    ("value", "literals"),
    [
        ({"Fn::Sub": "${Name}"}, ["a"]), ({"Fn::Sub": "x-${Name}-${Name}"}, ["x-a-a"]),
        ({"Fn::Sub": ["${Name}${Own}", {"Own": {"Ref": "Flag"}}]}, ["atrue"]), ({"Fn::Sub": "${!Name}"}, ["${Name}"]),
        ({"Fn::Join": ["-", [{"Ref": "Name"}, {"Fn::Sub": "${Name}"}]]}, ["a-a"]),
        ({"Fn::Join": ["-", {"Ref": "Names"}]}, ["b-c"]), ({"Fn::Select": ["1", {"Ref": "Names"}]}, ["c"]),
        ({"Fn::Select": [0, {"Fn::Split": [":", "${Name}:d"]}]}, ["${Name}"]),
        ({"Fn::Select": [0, {"Fn::Split": [":", {"Fn::Sub": "${Name}:d"}]}]}, ["a"]),
        ({"Fn::Select": [0, [{"Ref": "Name"}, "d"]]}, ["a"]),
        ({"Fn::Sub": ["${Own}", {"Own": {"Fn::If": ["IsProd", "p", "d"]}}]}, ["p", "d"]),
    ],
)  # fmt: skip
def test_a_parameter_with_a_default_is_known_inside_of_a_function_too(
    view: View, value: object, literals: list[object]
) -> None:
    assert view.literals(value) == literals


@pytest.mark.parametrize(
    "value",
    [
        {"Fn::Sub": "${Free}"}, {"Fn::Sub": "${Name}${Stored}"}, {"Fn::Sub": "${AWS::Region}"},
        {"Fn::Sub": "${Plain.Arn}"}, {"Fn::Sub": "${Name"}, {"Fn::Sub": [["a"], {}]}, {"Fn::Sub": ["${A}", 5]},
        {"Fn::Join": ["-", ["a", {"Ref": "Free"}]]}, {"Fn::Join": ["-", {"Ref": "Free"}]}, {"Fn::Join": []},
        {"Fn::Select": [{"Ref": "Free"}, ["a"]]}, {"Fn::Select": ["²", ["a"]]}, {"Fn::Select": ["9" * 5000, ["a"]]},
        {"Fn::Select": [0, {"Fn::Split": ["", "a"]}]}, {"Fn::Select": [0, {"Fn::Split": [",", {"Ref": "Free"}]}]},
        {"Fn::If": []}, {"Fn::If": ["IsProd", {"Fn::If": ["a"]}, {"Ref": "Free"}]},
    ],
)  # fmt: skip
def test_what_a_function_gives_is_unknown_where_a_part_is_or_it_is_none(view: View, value: object) -> None:
    assert set(view.literals(value)) == {UNKNOWN}


def test_parts_that_depend_on_conditions_are_not_combined_as_they_never_are(view: View) -> None:
    by_kind = [{"Fn::If": ["IsProd", "p", "d"]}, {"Fn::If": ["IsProd", "q", "e"]}]
    assert view.literals({"Fn::Join": ["", by_kind]}) == [UNKNOWN]


def test_texts_and_references_go_through_functions() -> None:
    value = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, {"Fn::Sub": ["${A}-${B.Arn}", {"A": {"Ref": "C"}}]}]]}
    assert texts(value) == "arn:${AWS::Partition}${A}-${B.Arn}"
    assert sorted(references(value)) == ["AWS::Partition", "B", "C"]
    assert list(references({"Fn::GetAtt": ["Bucket", "Arn"]})) == ["Bucket"]


def test_a_profile_that_nobody_knows_is_the_standard_one() -> None:
    assert Profile.of("production") is Profile.PRODUCTION
    assert Profile.of("nonsense") is Profile.of(None) is Profile.STANDARD


def test_literals_of_a_property_are_told_with_a_default_and_without_what_is_unknown(view: View) -> None:
    only, plain = view.resources["Only"], view.resources["Plain"]
    assert [each.value for each in plain.said("BucketName", default="none")] == ["x", "none"]
    assert [each.value for each in only.said("BucketEncryption", "Rules", default=0)] == [0]


def test_the_defaults_of_parameters_are_put_into_a_text(view: View) -> None:
    assert view.values.spelled({"Fn::Sub": "${Name}-${Free}-${Plain.Arn}"}) == "a-${Free}-${Plain.Arn}"


@pytest.mark.parametrize(
    "value", [{"Ref": "Only"}, {"Fn::GetAtt": "Only.A"}, {"Fn::GetAtt": ["Only", "A"]}, {"Fn::Sub": "${Only.A}"}]
)
def test_the_resource_that_a_value_names_is_found(view: View, value: object) -> None:
    assert view.resource_of(value) is view.resources["Only"]


@pytest.mark.parametrize("value", ["Only", {"Ref": "Name"}, {"Ref": []}, {"Fn::GetAtt": []}, {"Fn::Sub": []}, 5, None])
def test_what_names_no_resource_gives_none(view: View, value: object) -> None:
    assert view.resource_of(value) is None
    list(references(value))
    texts(value)
    view.literals(value)


@pytest.mark.parametrize(
    ("value", "found"), [("30", 30), (3, 3), (True, None), ("x", None), ({}, None), (10**400, None)]
)
def test_a_number_may_be_written_as_text(value: object, found: float | None) -> None:
    assert number(value) == found
