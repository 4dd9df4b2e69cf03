"""cfn-lint in this process: both passes, its configuration, and what its schemas say about attributes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.errors import ProjectError, UsageError
from stackgen.lint.runner import Linter, versions
from stackgen.lint.values import LIST, Kind
from tests.lint.kit import built, nest

if TYPE_CHECKING:
    from stackgen.lint.finding import BuiltTemplate, Finding

CHILD = {
    "Parameters": {"Needed": {"Type": "String"}, "Other": {"Type": "String", "Default": "x"}},
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "Needed"}}}},
    "Outputs": {"Arn": {"Value": {"Ref": "Topic"}}},
}


def parent(child: dict[str, Any], read: Any = "x", output: Any = "x") -> BuiltTemplate:
    """A template that reads the child's outputs in a resource and in an output of its own."""
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": read}}
    return built(
        "shop/parent",
        {
            "Parameters": {"Bucket": {"Type": "String"}},
            "Resources": {"Child": child, "Topic": topic},
            "Outputs": {"Arn": {"Value": output}},
        },
    )


RIGHT = nest("shop/child", Needed="a")
GET_ATT, SUB = {"Fn::GetAtt": ["Child", "Outputs.Arm"]}, {"Fn::Sub": "${Child.Outputs.Arm}"}


def across(linter: Linter, template: BuiltTemplate) -> list[Finding]:
    """The second pass, with the child built beside the parent."""
    child = built("shop/child", CHILD)
    path = linter.build / "shop" / "child.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(child.text, "utf-8")
    return linter.across(template, {"shop/child": child})


def line(template: BuiltTemplate, finding: Finding) -> str:
    return template.text.splitlines()[finding.line - 1].strip()


@pytest.mark.parametrize(
    ("template", "rule", "at"),
    [
        (parent(nest("shop/child", Other="y")), "E3043", '"Parameters": {'),
        (parent(nest("shop/child", Needed="a", Neded="b")), "E3043", '"Neded": "b"'),
        (parent(RIGHT, read=GET_ATT), "E1010", '"Outputs.Arm"'),
        (parent(RIGHT, read=SUB), "E1019", '"Fn::Sub": "${Child'),
        (parent(RIGHT, output=GET_ATT), "E6101", '"Outputs.Arm"'),
        (parent(RIGHT, output=SUB), "E6101", '"Fn::Sub": "${Child'),
    ],
)
def test_the_second_pass_finds(linter: Linter, template: BuiltTemplate, rule: str, at: str) -> None:
    (finding,) = across(linter, template)
    assert finding.rule == rule
    assert line(template, finding).startswith(at)
    assert (finding.template, finding.file) == (template.name, template.file)
    assert finding not in linter.texts(template)


def test_a_missing_parameter_is_found_where_none_is_given(linter: Linter) -> None:
    child = nest("shop/child")
    del child["Properties"]["Parameters"]
    template = parent(child)
    (finding,) = across(linter, template)
    assert finding.rule == "E3043"
    assert line(template, finding) == '"Properties": {'


def test_right_names_are_left_alone(linter: Linter) -> None:
    template = parent(RIGHT, {"Fn::GetAtt": ["Child", "Outputs.Arn"]}, {"Fn::Sub": "${Child.Outputs.Arn}"})
    assert across(linter, template) == []


def test_the_second_pass_needs_no_child_that_is_not_built(linter: Linter) -> None:
    assert linter.across(parent(nest("shop/nowhere")), {}) == []


def test_the_folder_at_hand_is_as_it_was(linter: Linter) -> None:
    before = Path.cwd()
    linter.texts(built("shop/topic", {}))
    assert Path.cwd() == before


def test_all_levels_are_told(linter: Linter) -> None:
    resources = {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"Nope": 1}}}
    template = built("shop/queue", {"Parameters": {"Unused": {"Type": "String"}}, "Resources": resources})
    found = linter.texts(template)
    assert {each.level for each in found} == {"error", "warning", "informational"}
    (error,) = [each for each in found if each.level == "error"]
    assert line(template, error) == '"Nope": 1'
    assert error.path == ("Resources", "Queue", "Properties", "Nope")


def test_every_region_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "build").mkdir()
    resources = {"App": {"Type": "AWS::AppRunner::VpcConnector", "Properties": {"Subnets": ["subnet-12345678"]}}}
    template = built("shop/app", {"Resources": resources})
    for regions, rules in (["us-east-1"], []), (["us-east-1", "eu-north-1"], ["E3006"]):
        found = Linter(regions, tmp_path, tmp_path / "build").texts(template)
        assert [each.rule for each in found if each.level == "error"] == rules


@pytest.mark.parametrize("text", ['{"Resources": {"A": 1, "A": 2}}', "{"])
def test_what_cfn_lint_cannot_read_is_a_finding(linter: Linter, text: str) -> None:
    template = built("shop/queue", {})._replace(text=text)
    assert {each.rule for each in linter.texts(template)} == {"E0000"}


def test_what_the_template_silences_is_found_nevertheless(linter: Linter) -> None:
    config = {"cfn-lint": {"config": {"ignore_checks": ["E"]}}}
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"Nope": 1}, "Metadata": config}
    template = built("shop/topic", {"Metadata": config, "Resources": {"Topic": topic}})
    assert [each.rule for each in linter.texts(template) if each.level == "error"] == ["E3002"]


@pytest.mark.parametrize(
    ("resource", "attribute", "kind"),
    [
        ("AWS::EC2::VPC", "VpcId", Kind("AWS::EC2::VPC::Id")),
        ("AWS::EC2::VPC", "DefaultSecurityGroup", Kind("AWS::EC2::SecurityGroup::Id")),
        ("AWS::EC2::VPC", "CidrBlockAssociations", Kind("", LIST)),
        ("AWS::EC2::VPC", "CidrBlock", Kind()),
        ("AWS::EC2::VPC", "Nope", Kind()),
        ("AWS::IAM::Role", "Arn", Kind("AWS::IAM::Role.Arn")),
        ("AWS::S3::Bucket", "Arn", Kind("the Arn of a resource")),
        ("AWS::Lambda::Version", "Version", Kind()),
        ("AWS::EC2::CapacityReservation", "InstanceCount", Kind("Number")),
        ("AWS::EC2::CapacityReservation", "EbsOptimized", Kind("String")),
        ("Custom::Lookup", "VpcId", Kind()),
        ("AWS::Nobody::Knows", "It", Kind()),
    ],
)
def test_an_attribute_is_what_the_schemas_say(linter: Linter, resource: str, attribute: str, kind: Kind) -> None:
    assert linter.attribute(resource, attribute) == kind


def test_an_unknown_region_gets_the_likely_spelling(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'eu-wst-1'\n  did you mean eu-west-1\?"):
        Linter(["eu-wst-1"], tmp_path, tmp_path)


def test_the_project_may_configure_cfn_lint(tmp_path: Path) -> None:
    (tmp_path / ".cfnlintrc.yaml").write_text("ignore_checks: [I, W]\nmandatory_checks: [E3002]\n")
    linter = Linter(["us-east-1"], tmp_path, tmp_path)
    template = built("queue", {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})
    assert linter.texts(template) == []
    assert linter.mandatory == ("E3002",)


@pytest.mark.parametrize("content", ["ignore_cheks: [I]", "append_rules: [nowhere]", "{"])
def test_a_wrong_configuration_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / ".cfnlintrc").write_text(content)
    with pytest.raises(ProjectError, match=r"\.cfnlintrc"):
        Linter(["us-east-1"], tmp_path, tmp_path)


def test_loading_leaves_the_environment_as_it_was(tmp_path: Path) -> None:
    before = dict(os.environ)
    Linter(["us-east-1"], tmp_path, tmp_path)
    assert dict(os.environ) == before


def test_versions_are_known() -> None:
    assert json.dumps(versions()).startswith('{"cfn-lint": "1.')
    assert versions()["schemas"] > "2026"


def test_an_action_that_fits_nothing_is_told_once_by_our_rule_or_by_cfn_lint(linter: Linter) -> None:
    def allow(action: str, resource: str) -> dict[str, Any]:
        return {"Effect": "Allow", "Action": [action], "Resource": [resource]}

    statements = [
        allow("s3:GetObject", "arn:aws:sqs:us-east-1:123456789012:orders"),
        allow("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:123456789012:layer:orders"),
    ]
    document = {"Version": "2012-10-17", "Statement": statements}
    properties = {"PolicyName": "a", "Roles": ["a"], "PolicyDocument": document}
    policy = built("shop/policy", {"Resources": {"Policy": {"Type": "AWS::IAM::Policy", "Properties": properties}}})
    found = [each for each in linter.texts(policy) if each.rule in ("E9137", "I3510")]
    assert sorted((each.rule, each.path[5]) for each in found) == [("E9137", "0"), ("I3510", "1")]
