"""No reason shows a secret: by its name, by the name beside it, inside a text, or handed to a NoEcho parameter."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stackgen.review.evaluation.symbols import Attribute, Choice, Computed, Hidden, Live, Mixed
from stackgen.review.evaluation.tree import evaluate
from stackgen.review.impact.veil import hidden_below, told_value
from tests.review.strategies import build_of

ENVIRONMENT = {"Environment": [{"Name": "LOG_LEVEL", "Value": "info"}, {"Name": "DB_PASSWORD", "Value": "hunter2"}]}
REFERENCE = Attribute(("app",), "Secret", "Arn")
RESOLVED = Live("dynamic reference", "{{resolve:ssm-secure:/db:1}}")
ASKED = Live("condition", "IsAsked")
PASSWORD = ("MasterUserPassword",)
OTHER = ("Text",)


@pytest.mark.parametrize(
    ("value", "path", "properties", "expected"),
    [
        ("info", ("Environment", "Variables", "LOG_LEVEL"), {}, "info"),
        ("hunter2", ("Environment", "Variables", "DB_PASSWORD"), {}, "****"),
        ("hunter2", ("MasterUserPassword",), {}, "****"),
        ({"DB_PASSWORD": "hunter2", "A": 1}, ("Environment", "Variables"), {}, "{DB_PASSWORD: ****, A: 1}"),
        ("info", ("Environment", "0", "Value"), ENVIRONMENT, "info"),
        ("hunter2", ("Environment", "1", "Value"), ENVIRONMENT, "****"),
        (ENVIRONMENT["Environment"][1], ("Environment", "1"), ENVIRONMENT, "{Name: DB_PASSWORD, Value: ****}"),
        (REFERENCE, ("MasterUserPassword",), {}, "Secret.Arn"),
        (RESOLVED, ("MasterUserPassword",), {}, "<dynamic reference {{resolve:ssm-secure:/db:1}}>"),
        (True, ("ManageMasterUserPassword",), {}, "true"),
        (None, ("MasterUserPassword",), {}, "nothing"),
        (12345678, PASSWORD, {}, "****"),
        (Mixed(("hunter2-", REFERENCE)), PASSWORD, {}, "****"),
        (Mixed(("https://a:hunter2@", REFERENCE)), OTHER, {}, "https://a:****@${Secret.Arn}"),
        (Mixed(("x-", Hidden("Word", "hunter2"))), OTHER, {}, "x-${****}"),
        (Choice(ASKED, "hunter2", REFERENCE), PASSWORD, {}, "**** or Secret.Arn"),
        (Choice(ASKED, {"Password": "hunter2"}, "b"), OTHER, {}, "{Password: ****} or b"),
        (Computed("Fn::Select", 0, ["hunter2", REFERENCE]), PASSWORD, {}, "Select(****, [****, Secret.Arn])"),
        (Live("transform", "{Name: M, Parameters: {Password: hunter2}}"), OTHER, {}, "<transform ****>"),
        (
            Live("transform", "{Name: M, Parameters: {Level: 2}}"),
            OTHER,
            {},
            "<transform {Name: M, Parameters: {Level: 2}}>",
        ),
        (Live("parameter", "app.Word"), PASSWORD, {}, "<parameter app.Word>"),
        ("https://a:hunter2@b", OTHER, {}, "https://a:****@b"),
        ({"AccessToken": "minutes"}, ("TokenValidityUnits",), {}, "{AccessToken: minutes}"),
        ({"SecretArn": "a", "KmsKeyId": "b"}, ("MasterUserSecret",), {}, "{SecretArn: a, KmsKeyId: b}"),
        ({"user": "a", "SecretArn": "b"}, ("Credentials",), {}, "{user: ****, SecretArn: b}"),
        ("arn:aws:iam::111111111111:role/x", ("Credentials",), {}, "arn:aws:iam::111111111111:role/x"),
        ("/tap/dev/db", ("PasswordParameter",), {}, "/tap/dev/db"),
    ],
)
def test_a_value_is_hidden_where_its_name_says_so(
    value: Any, path: tuple[str, ...], properties: dict[str, Any], expected: str
) -> None:
    assert told_value(value, path, properties) == expected


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [("AWS::ApiGateway::ApiKey", "hunter2", "****"), ("AWS::SSM::Parameter", "info", "info")],
)
def test_a_type_may_say_so_where_the_name_does_not(kind: str, value: str, expected: str) -> None:
    assert told_value(value, ("Value",), {"Value": value}, kind) == expected


GIVEN: dict[str, Any] = {
    "Parameters": [{"ParameterKey": "Word", "ParameterValue": "a"}, {"ParameterKey": "Level", "ParameterValue": "b"}],
    "StackInstancesGroup": [{"ParameterOverrides": [{"ParameterKey": "Word", "ParameterValue": "a"}]}],
}


@pytest.mark.parametrize(
    ("value", "path", "properties", "expected"),
    [
        ("a", ("Parameters", "Word"), {"Parameters": {"Word": "a", "Level": "b"}}, "****"),
        ("b", ("Parameters", "Level"), {"Parameters": {"Word": "a", "Level": "b"}}, "b"),
        ({"Word": "a", "Level": "b"}, ("Parameters",), {}, "{Word: ****, Level: b}"),
        ("a", ("Parameters", "0", "ParameterValue"), GIVEN, "****"),
        ("b", ("Parameters", "1", "ParameterValue"), GIVEN, "b"),
        ("a", ("StackInstancesGroup", "0", "ParameterOverrides", "0", "ParameterValue"), GIVEN, "****"),
        (GIVEN["Parameters"][1], ("Parameters", "1"), GIVEN, "{ParameterKey: Level, ParameterValue: b}"),
        (GIVEN["Parameters"][0], ("Parameters", "0"), GIVEN, "{ParameterKey: Word, ParameterValue: ****}"),
        ("a", ("Tags", "Word"), {"Tags": {"Word": "a"}}, "a"),
    ],
)
def test_what_a_child_is_given_for_a_no_echo_parameter_is_hidden(
    value: Any, path: tuple[str, ...], properties: dict[str, Any], expected: str
) -> None:
    assert told_value(value, path, properties, names=frozenset(["Word"])) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("#!/bin/sh\necho a\n", "#!/bin/sh\\necho a\\n"),
        ("a\tb\rc\x1b[31m", "a\\tb\\rc\\x1b[31m"),
        ("a\u2028b\u202ec", "a\\u2028b\\u202ec"),
        ("a\ud800", "a\\ud800"),
        ("a\N{NO-BREAK SPACE}b", "a b"),
        ({"k\n": ["a\nb"]}, "{k\\n: [a\\nb]}"),
        ("é " * 40, "é " * 28 + "é..."),
    ],
)
def test_a_value_is_told_in_one_line(value: Any, expected: str) -> None:
    assert told_value(value, OTHER, {}) == expected


CHILD = {"Parameters": {"Word": {"Type": "String", "NoEcho": True}, "Level": {"Type": "String"}}, "Resources": {}}
URL = "https://x.s3.amazonaws.com/tap/child.json"
OUTSIDE = "https://x.s3.amazonaws.com/elsewhere.json"
STACK, SET = "AWS::CloudFormation::Stack", "AWS::CloudFormation::StackSet"


@pytest.mark.parametrize(
    ("kind", "properties", "expected"),
    [
        (STACK, {"TemplateURL": URL}, {"Word"}),
        (SET, {"TemplateURL": URL}, {"Word"}),
        (STACK, {"TemplateURL": OUTSIDE}, set()),
        (SET, {"TemplateURL": OUTSIDE}, set()),
        (SET, {"TemplateBody": CHILD}, {"Word"}),
        (SET, {"TemplateBody": json.dumps(CHILD)}, {"Word"}),
        (SET, {"TemplateBody": "Parameters:\n  Word: {Type: String, NoEcho: true}\nResources: {}\n"}, {"Word"}),
        (SET, {"TemplateBody": "no: [template"}, set()),
        ("AWS::SQS::Queue", {"TemplateURL": URL}, set()),
    ],
)
def test_what_a_stack_is_made_from_says_which_parameters_are_hidden(
    kind: str, properties: dict[str, Any], expected: set[str]
) -> None:
    build = build_of({"tap/main": {"Resources": {"It": {"Type": kind, "Properties": properties}}}, "tap/child": CHILD})
    tree = evaluate(build, "tap/main")
    resource = tree.find(("tap/main",), "It")
    assert resource is not None
    assert hidden_below(resource, tree, build) == expected
