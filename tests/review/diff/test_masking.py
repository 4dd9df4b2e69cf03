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


def made(type_: str, title: str = "It", **properties: Any) -> dict[str, Any]:
    return {"Resources": {title: {"Type": type_, "Properties": properties}}}


def thing(title: str = "It", **properties: Any) -> dict[str, Any]:
    return made("Custom::Thing", title, **properties)


def stack_set(template: Any, word: str) -> dict[str, Any]:
    given = [{"ParameterKey": "Word", "ParameterValue": word}]
    group = [{"Regions": ["us-east-1"], "ParameterOverrides": given}]
    made_from = {"TemplateURL" if template == URL else "TemplateBody": template}
    return made("AWS::CloudFormation::StackSet", Parameters=given, StackInstancesGroup=group, **made_from)


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
    "variables in a list": (
        {"tap/main": thing(Variables=[{"Name": "API_TOKEN", "Value": "hush-1"}])},
        {"tap/main": thing(Variables=[{"Name": "API_TOKEN", "Value": "hush-2"}])},
    ),
    "two variables of one name": (
        {"tap/main": thing(Variables=[{"Name": "API_TOKEN", "Value": f"hush-{at}"} for at in (1, 2)])},
        {"tap/main": thing(Variables=[{"Name": "API_TOKEN", "Value": f"hush-{at}"} for at in (3, 4)])},
    ),
    "a list of passwords": (
        {"tap/main": thing(Passwords=["hush-1", "hush-2"])},
        {"tap/main": thing(Passwords=["hush-2", "hush-1", "hush-3"])},
    ),
    "a password in a URL": (
        {"tap/main": thing(Url="https://a:hush-1@b")},
        {"tap/main": thing(Url={"Fn::Join": ["", ["https://a:", "hush-2", "@b"]]})},
    ),
    "JSON in a text": (
        {"tap/main": thing(Text='{"Password": "hush-1", "Name": "TOKEN", "Value": "hush-2"}')},
        {"tap/main": thing(Text={"Fn::Sub": '{"Password": "hush-3-${A}", "Level": 1}'})},
    ),
    "a key of an API": (
        {"tap/main": made("AWS::ApiGateway::ApiKey", Value="hush-1")},
        {"tap/main": made("AWS::ApiGateway::ApiKey", Value="hush-2")},
    ),
    "parameters of a StackSet": (
        {"tap/main": stack_set(URL, "hush-1"), "tap/child": child()},
        {"tap/main": stack_set(URL, "hush-2"), "tap/child": child()},
    ),
    "a new StackSet": (
        {"tap/main": {"Resources": {}}, "tap/child": child()},
        {"tap/main": stack_set(URL, "hush-2"), "tap/child": child()},
    ),
    "a template in a StackSet": (
        {"tap/main": stack_set(child(Default="hush-1"), "hush-2")},
        {"tap/main": stack_set(child(Default="hush-3"), "hush-4")},
    ),
    "a template that becomes a text": (
        {"tap/main": stack_set(child(Default="hush-1"), "hush-2")},
        {"tap/main": stack_set(json.dumps(child(Default="hush-3")), "hush-4")},
    ),
    "a section of a template in a StackSet": (
        {"tap/main": stack_set({"Resources": {}}, "")},
        {"tap/main": stack_set({"Resources": database("hush-1")["Resources"], **child(Default="hush-3")}, "hush-4")},
    ),
    "a comparison with a hidden parameter": (
        {"tap/main": {**child(), "Conditions": {"Is": {"Fn::Equals": [{"Ref": "Word"}, "hush-1"]}}}},
        {"tap/main": {**child(), "Conditions": {"Is": {"Fn::Not": [{"Fn::Equals": ["hush-2", {"Ref": "Word"}]}]}}}},
    ),
    "a default by the parameter's name": (
        {"tap/main": {"Parameters": {"DbPassword": {"Type": "String", "Default": "hush-1"}}, "Resources": {}}},
        {"tap/main": {"Parameters": {"DbPassword": {"Type": "String", "Default": "hush-2"}}, "Resources": {}}},
    ),
    "an output and a mapping by their names": (
        {"tap/main": {"Resources": {}, "Outputs": {"ApiToken": {"Value": "hush-1"}}}},
        {"tap/main": {"Resources": {}, "Mappings": {"DbPassword": {"prod": {"It": "hush-2"}}}}},
    ),
    "a renamed resource": (
        {"tap/main": thing("Old", AuthToken="hush-1", **{f"P{at}": at for at in range(12)})},
        {"tap/main": thing("New", AuthToken="hush-2", **{f"P{at}": at for at in range(12)})},
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


OPEN = {
    "a name of a parameter": {"PasswordParameterName": "/tap/db"},
    "where a secret is kept": {"MasterUserSecret": {"SecretArn": "arn:x", "KmsKeyId": "key"}},
    "a secret of a task": {"Secrets": [{"Name": "DB_PASSWORD", "ValueFrom": "/tap/db"}]},
    "a variable of a build": {"Variables": [{"Name": "TOKEN", "Type": "PARAMETER_STORE", "Value": "/tap/token"}]},
    "a function that is called": {"ServiceToken": {"Fn::Sub": "arn:${AWS::Partition}:lambda:x"}},
    "a role": {"Credentials": "arn:aws:iam::111111111111:role/x"},
    "a switch": {"ManageMasterUserPassword": True, "RotatePassword": "false"},
    "units": {"TokenValidityUnits": {"AccessToken": "minutes"}},
    "a text of references": {"Password": {"Fn::Sub": "${Word}"}},
    "a rule for a secret": {"GenerateSecretString": {"PasswordLength": 32, "SecretStringTemplate": '{"user": "a"}'}},
    "a comparison": {"When": {"Fn::Equals": [{"Ref": "Level"}, "high"]}},
    "an empty text": {"Password": ""},
}


@pytest.mark.parametrize("properties", OPEN.values(), ids=OPEN)
def test_what_is_no_secret_is_shown(properties: dict[str, Any]) -> None:
    found = compare(build_of({"tap/main": {"Resources": {}}}), build_of({"tap/main": thing(**properties)}))
    assert [change.after["Properties"] for change in found.changes] == [properties]


def test_a_default_is_shown_that_names_what_the_store_holds() -> None:
    parameter = {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/tap/db"}
    found = compare(
        build_of({"tap/main": {"Resources": {}}}),
        build_of({"tap/main": {"Resources": {}, "Parameters": {"DbPassword": parameter}}}),
    )
    assert [change.after for change in found.changes] == [parameter]


def test_a_text_that_differs_in_a_secret_is_said_to() -> None:
    builds = [build_of({"tap/main": thing(Url=f"https://a:hush-{side}@b")}) for side in (1, 2)]
    lines = [line.strip() for line in text_lines(compare(*builds))]
    assert '~ Url: "https://a:****@b" -> (hidden values differ)' in lines


def test_a_hidden_change_is_said_to_be_one() -> None:
    found = compare(build_of({"tap/main": database("hush-1")}), build_of({"tap/main": database("hush-2")}))
    assert any("**** -> **** (hidden values differ)" in line for line in text_lines(found))
