"""No rendering of a diff shows a secret."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stackgen.review.diff.compare import compare
from stackgen.review.diff.markdown import markdown
from stackgen.review.diff.text import text_lines
from stackgen.review.model import Build
from tests.review.strategies import build_of

URL = "https://x.s3.amazonaws.com/tap/child.json"


def child(**parameter: Any) -> dict[str, Any]:
    return {"Parameters": {"Word": {"Type": "String", "NoEcho": True, **parameter}}, "Resources": {}}


def parent(given: Any) -> dict[str, Any]:
    properties = {"TemplateURL": URL, "Parameters": given}
    return {"Resources": {"Child": {"Type": "AWS::CloudFormation::Stack", "Properties": properties}}}


def database(password: Any) -> dict[str, Any]:
    return {"Resources": {"Db": {"Type": "AWS::RDS::DBInstance", "Properties": {"MasterUserPassword": password}}}}


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a changed default": ({"tap/child": child(Default="hush-1")}, {"tap/child": child(Default="hush-2")}),
    "a new default": ({"tap/child": child()}, {"tap/child": child(Default="hush-2")}),
    "allowed values": ({"tap/child": child(AllowedValues=["hush-1"])}, {"tap/child": child(AllowedValues=["hush-2"])}),
    "a default that was hidden": (
        {"tap/child": child(Default="hush-1")},
        {"tap/child": child(Default="hush-2", NoEcho=False)},
    ),
    "a new parameter": ({"tap/child": {"Resources": {}}}, {"tap/child": child(Default="hush-1")}),
    "a value for a child": (
        {"tap/main": parent({"Word": "hush-1"}), "tap/child": child()},
        {"tap/main": parent({"Word": "hush-2"}), "tap/child": child()},
    ),
    "a new nested stack": (
        {"tap/main": {"Resources": {}}, "tap/child": child()},
        {"tap/main": parent({"Word": "hush-2"}), "tap/child": child()},
    ),
    "a written password": ({"tap/main": database("hush-1")}, {"tap/main": database("hush-2")}),
    "a password in a Sub": (
        {"tap/main": database({"Fn::Sub": "hush-1-${A}"})},
        {"tap/main": database({"Fn::If": ["C", "hush-2", {"Fn::Sub": "hush-3-${A}"}]})},
    ),
}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES)
def test_a_secret_is_in_no_rendering(before: dict[str, Any], after: dict[str, Any]) -> None:
    builds: list[Build] = [build_of(before, "before"), build_of(after, "after")]
    for found in (compare(*builds), compare(*reversed(builds))):
        renderings = [json.dumps(found.as_json()), "\n".join(text_lines(found)), markdown(found)]
        assert found.changes
        assert not [text for text in renderings if "hush" in text]


SHOWN = [{"Ref": "Word"}, "{{resolve:secretsmanager:db:SecretString:password}}", {"Fn::GetAtt": ["Secret", "Arn"]}]


@pytest.mark.parametrize("value", SHOWN)
def test_what_only_points_at_a_secret_is_shown(value: Any) -> None:
    found = compare(build_of({"tap/main": database("x")}), build_of({"tap/main": database(value)}))
    assert [(change.before, change.after) for change in found.changes] == [("****", value)]


def test_a_hidden_change_is_said_to_be_one() -> None:
    found = compare(build_of({"tap/main": database("hush-1")}), build_of({"tap/main": database("hush-2")}))
    assert any("**** -> **** (hidden values differ)" in line for line in text_lines(found))
