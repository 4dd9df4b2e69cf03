"""A diff as a person reads it, in a terminal and in a pull request."""

from __future__ import annotations

import json
from typing import Any

from stackgen.review.diff.compare import compare
from stackgen.review.diff.markdown import markdown
from stackgen.review.diff.result import Diff
from stackgen.review.diff.shortening import LONGEST, pair
from stackgen.review.diff.text import text_lines
from tests.review.strategies import build_of


def queue(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


BEFORE = {
    "Parameters": {"Size": {"Type": "Number", "Default": 1}},
    "Resources": {
        "Kept": {**queue(DelaySeconds=5, Tags=[{"Key": "a", "Value": "1"}]), "DeletionPolicy": "Delete"},
        "Gone": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Fn::Sub": "t-${Size}"}}},
        "Orders": queue(DelaySeconds=7),
    },
}
AFTER = {
    "Parameters": {"Size": {"Type": "Number", "Default": 2}},
    "Resources": {
        "Kept": {**queue(DelaySeconds=6, Tags=[{"Key": "a", "Value": "2"}]), "DeletionPolicy": "Retain"},
        "New": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": {"Ref": "Size"}}},
        "OrdersQueue": queue(DelaySeconds=7),
    },
    "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["New", "Arn"]}}},
}


def diff_of(before: dict[str, Any], after: dict[str, Any]) -> Diff:
    return compare(build_of({"tap/main": before}, "before"), build_of({"tap/main": after}, "after"))


def test_the_text_groups_by_template_and_entry() -> None:
    lines = list(text_lines(diff_of(BEFORE, AFTER)))
    assert lines[:16] == [
        "1 template changed: 1 resource added, 1 changed, 1 removed, 1 renamed; 1 parameter changed; 1 output added",
        "",
        "~ tap/main",
        "  ~ Parameter Size",
        "    ~ Default: 1 -> 2",
        "  - Gone  AWS::SNS::Topic",
        '    - TopicName: !Sub "t-${Size}"',
        "  ~ Kept  AWS::SQS::Queue",
        '    ~ DeletionPolicy (attribute): "Delete" -> "Retain"',
        "    ~ DelaySeconds: 5 -> 6",
        '    ~ Tags[Key=a].Value: "1" -> "2"',
        "  + New  AWS::IAM::Role",
        "    + RoleName: !Ref Size",
        "  > OrdersQueue  AWS::SQS::Queue  renamed from Orders",
        "  + Output Arn: {Value: !GetAtt New.Arn}",
        "",
    ]
    assert "creates it and deletes the old one" in lines[16]
    assert "stack-refactoring.html" in lines[17]


def test_equal_builds_are_one_line() -> None:
    assert list(text_lines(diff_of(BEFORE, BEFORE))) == ["no changes"]


def test_colour_comes_from_the_caller() -> None:
    lines = text_lines(diff_of(BEFORE, AFTER), lambda text, code: f"<{code}>{text}")
    assert "  <32>+ New  AWS::IAM::Role" in lines


def test_a_long_value_shows_what_differs() -> None:
    before, after = pair("x" * 200 + "one" + "y" * 200, "x" * 200 + "two" + "y" * 200)
    assert "one" in before
    assert "two" in after
    assert max(len(before), len(after)) <= LONGEST


def test_user_data_is_a_difference_of_lines() -> None:
    scripts = [{"Fn::Base64": {"Fn::Sub": f"#!/bin/sh\nset -e\n{word} ${{Size}}\nexit\n"}} for word in ("yum", "dnf")]
    contents = [
        {"Resources": {"It": {"Type": "AWS::EC2::Instance", "Properties": {"UserData": each}}}} for each in scripts
    ]
    lines = list(text_lines(diff_of(*contents)))
    assert lines[4:] == [
        "    ~ UserData:", "        @@", "        set -e", "      - yum ${Size}", "      + dnf ${Size}", "        exit",
    ]  # fmt: skip


def test_json_in_a_text_is_a_difference_of_lines() -> None:
    widget = {"type": "metric", "stat": "Sum", "region": "us-east-1", "title": "Messages that were sent"}
    bodies = [json.dumps({"widgets": [{"period": period, **widget}]}) for period in (60, 300)]
    contents = [{"Resources": {"It": {"Type": "A::B::C", "Properties": {"DashboardBody": each}}}} for each in bodies]
    lines = list(text_lines(diff_of(*contents)))
    assert any(line.strip() == '-       "period": 60,' for line in lines)
    assert any(line.strip() == '+       "period": 300,' for line in lines)


def test_markdown_begins_with_the_verdict_and_folds_templates() -> None:
    text = markdown(diff_of(BEFORE, AFTER))
    lines = text.splitlines()
    assert lines[0].startswith("**1 template changed: 1 resource added")
    assert lines[2] == "<details open><summary>tap/main: 6 changed</summary>"
    assert lines[4] == "```diff"
    assert "! Kept  AWS::SQS::Queue" in lines
    assert "- Gone  AWS::SNS::Topic" in lines
    assert "! > OrdersQueue  AWS::SQS::Queue  renamed from Orders" in lines


def test_backticks_end_no_fence() -> None:
    text = markdown(
        diff_of({"Resources": {"It": queue(Text="a")}}, {"Resources": {"It": queue(Text="```\n</details>\n")}})
    )
    assert text.count("````") == 2


def test_a_template_s_name_makes_no_markup() -> None:
    builds = [build_of({"<b>_x_": {"Resources": {"It": queue(Size=size)}}}) for size in (1, 2)]
    assert "<summary>&lt;b&gt;&#95;x&#95;: 1 changed</summary>" in markdown(compare(*builds))


def test_markdown_counts_what_does_not_fit() -> None:
    many = {"Resources": {f"Queue{number}": queue(Size=number) for number in range(300)}}
    contents: list[dict[str, Any]] = [{"Resources": {}}, many]
    builds = [build_of({f"t{at}": content for at in range(5)}) for content in contents]
    text = markdown(compare(*builds), most_lines=20, most_characters=1_500)
    assert "# and 580 more lines" in text
    assert "more templates" in text
    assert len(text) < 2_500
