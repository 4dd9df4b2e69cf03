"""A literal in every place where a secret may stand, and every command that shows templates, in every format."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.cli import main

if TYPE_CHECKING:
    from pathlib import Path

BUCKET = "https://templates.s3.amazonaws.com"
FORMATS = {
    "diff": ("text", "json", "md"),
    "impact": ("text", "json", "md"),
    "report": ("text", "md", "html"),
    "graph": ("svg", "mermaid", "dot"),
    "cost": ("text", "json", "md"),
    "time": ("text", "json", "md"),
    "permissions": ("text", "json", "md"),
}
SHOWING = [("diff", each) for each in FORMATS["diff"]] + [("impact", each) for each in FORMATS["impact"]]
SHOWING += [("report", "md"), ("report", "html")]


def _made(type_: str, **properties: Any) -> dict[str, Any]:
    return {"Type": type_, "Properties": properties}


def _secret(at: str, side: str) -> str:
    return f"hush-{at}-{side}"


def _hidden(at: str, side: str) -> dict[str, Any]:
    return {"Type": "String", "NoEcho": True, "Default": _secret(at, side)}


def _child(side: str) -> dict[str, Any]:
    """A template with a NoEcho parameter whose name gives nothing away."""
    return {
        "Parameters": {"Word": _hidden("child-default", side)},
        "Conditions": {"IsWord": {"Fn::Equals": [{"Ref": "Word"}, _secret("child-condition", side)]}},
        "Resources": {"Held": _made("AWS::SSM::Parameter", Type="String", Value={"Fn::Sub": f"{side}-${{Word}}"})},
    }


def _inline(side: str, at: str) -> dict[str, Any]:
    """A template inside a StackSet."""
    parameters = {"Inner": _hidden(f"{at}-default", side)}
    resources = {"Db": _database(_secret(at, side))}
    return {"Parameters": parameters, "Resources": resources, "Description": f"plain-{side}"}


def _database(password: Any) -> dict[str, Any]:
    return _made("AWS::RDS::DBInstance", DBInstanceClass="db.t4g.micro", MasterUserPassword=password)


def _variable(value: Any) -> dict[str, Any]:
    return _made("AWS::SSM::Parameter", Type="String", Value=value)


def _set(side: str, at: str, name: str, **properties: Any) -> dict[str, Any]:
    group = {
        "DeploymentTargets": {"Accounts": ["111111111111"]},
        "Regions": ["us-east-1"],
        "ParameterOverrides": [{"ParameterKey": name, "ParameterValue": _secret(f"{at}-override", side)}],
    }
    given = [{"ParameterKey": name, "ParameterValue": _secret(f"{at}-parameter", side)}]
    return _made(
        "AWS::CloudFormation::StackSet",
        PermissionModel="SELF_MANAGED",
        StackSetName=at,
        Parameters=given,
        StackInstancesGroup=[group],
        **properties,
    )


def _resources(side: str) -> dict[str, Any]:
    variables = {
        "DB_PASSWORD": _secret("variable", side),
        "DATABASE_URL": f"postgres://app:{_secret('url', side)}@db.example.com/app",
        "LEVEL": f"plain-{side}",
    }
    pairs = [
        {"Name": "API_TOKEN", "Value": _secret("pair", side)},
        {"Name": "LEVEL", "Value": f"plain-{side}"},
    ]
    script = f"#!/bin/bash\nexport DB_PASSWORD={_secret('script', side)}\necho plain-{side}\n"
    return {
        "Child": _made(
            "AWS::CloudFormation::Stack",
            TemplateURL=f"{BUCKET}/app/child.json",
            Parameters={"Word": _secret("child-parameter", side)},
        ),
        "ByUrl": _set(side, "by-url", "Word", TemplateURL=f"{BUCKET}/app/set.json"),
        "AsObject": _set(side, "as-object", "Inner", TemplateBody=_inline(side, "in-object")),
        "AsText": _set(side, "as-text", "Inner", TemplateBody=json.dumps(_inline(side, "in-text"))),
        "AsYaml": _set(
            side,
            "as-yaml",
            "Inner",
            TemplateBody="Parameters:\n  Inner:\n    Type: String\n    NoEcho: true\n"
            f"    Default: {_secret('in-yaml', side)}\nResources:\n  Topic:\n    Type: AWS::SNS::Topic\n",
        ),
        "Function": _made(
            "AWS::Lambda::Function",
            Code={"ZipFile": "x"},
            Handler="index.x",
            Runtime="python3.12",
            Role="arn:aws:iam::111111111111:role/x",
            Environment={"Variables": variables},
        ),
        "Task": _made(
            "AWS::ECS::TaskDefinition", ContainerDefinitions=[{"Name": "app", "Image": "app", "Environment": pairs}]
        ),
        "Provider": _made(
            "AWS::Cognito::UserPoolIdentityProvider",
            ProviderName="Google",
            ProviderType="Google",
            UserPoolId="pool",
            ProviderDetails={"client_id": f"plain-{side}", "client_secret": _secret("client", side)},
        ),
        "Key": _made("AWS::ApiGateway::ApiKey", Value=_secret("key", side), Name="key"),
        "Db": _database(_secret("db", side)),
        "User": _made("AWS::IAM::User", LoginProfile={"Password": _secret("login", side)}),
        "Given": _made("AWS::SSM::Parameter", Type="String", Value={"Ref": "Given"}),
        "Worker": _made("AWS::EC2::Instance", ImageId="ami-1", UserData={"Fn::Base64": script}),
        "Mixed": _database({"Fn::Sub": _secret("sub", side) + "-${AWS::Region}"}),
        "Chosen": _database({"Fn::If": ["IsAsked", _secret("then", side), {"Ref": "Given"}]}),
        "Joined": _variable({"Fn::Join": ["", ["mysql://app:", _secret("join", side), "@", {"Ref": "Asked"}]]}),
        "Split": _variable({"Fn::Join": ["", ["mysql://app:", _secret("split", side), "@h/", {"Ref": "AWS::Region"}]]}),
        "Macro": _variable({"Fn::Transform": {"Name": "M", "Parameters": {"Password": _secret("macro", side)}}}),
        "Stored": _made("AWS::SSM::Parameter", Name="/app/db/password", Type="String", Value=_secret("stored", side)),
        "Twice": _made(
            "Custom::Thing",
            ServiceToken="arn:aws:sns:us-east-1:111111111111:x",
            Options=[{"Name": "TOKEN", "Value": _secret(f"twice-{number}", side)} for number in range(2)],
            Credentials={"user": _secret("member", side), "SecretArn": "arn:x"},
            Users=[{"Name": "a", "Passwords": [_secret("listed", side)]}],
        ),
        "Settings": {
            **_made("AWS::SNS::Topic", TopicName="settings"),
            "Metadata": {"Files": {"/etc/app": {"content": f"db.password={_secret('file', side)}\n"}}},
        },
        f"Renamed{side}": _made(
            "AWS::SQS::Queue",
            **{f"Plain{number}": number for number in range(12)},
            Password=_secret("renamed", side),
        ),
        f"Only{side}": _made("AWS::IAM::User", LoginProfile={"Password": _secret("only", side)}),
    }


def _main(side: str) -> dict[str, Any]:
    return {
        "Parameters": {
            "Word": _hidden("default", side),
            "Given": {"Type": "String", "NoEcho": True},
            "Asked": {"Type": "String"},
            "DbPassword": {"Type": "String", "Default": _secret("named", side)},
        },
        "Rules": {"IsWord": {"Assertions": [{"Assert": {"Fn::Contains": [[_secret("rule", side)], {"Ref": "Word"}]}}]}},
        "Mappings": {"Stages": {"prod": {"AdminPassword": _secret("mapping", side)}}},
        "Conditions": {
            "IsWord": {"Fn::Equals": [_secret("condition", side), {"Ref": "Word"}]},
            "IsAsked": {"Fn::Equals": [{"Ref": "Asked"}, "yes"]},
        },
        "Resources": _resources(side),
        "Outputs": {"DbPassword": {"Value": _secret("output", side)}},
    }


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two builds, before and after."""
    root = tmp_path_factory.mktemp("secrets")
    for side in ("one", "two"):
        folder = root / side / "app"
        folder.mkdir(parents=True)
        for name, content in (("main", _main(side)), ("child", _child(side)), ("set", _child(side))):
            (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    return root


def _words(command: str, form: str) -> list[str]:
    shared = ["--format", form]
    if command == "diff":
        return [*shared, "diff", "one", "two"]
    shared += ["-r", "us-east-1"]
    if command == "graph":
        return [*shared, "graph", "./two", "--changed", "./one"]
    builds = ["./two"] if command == "time" else ["one", "two"]
    return [*shared, command, *builds, "-p", "Given=hush-given"]


CASES = [(command, form) for command, forms in FORMATS.items() for form in forms]


@pytest.mark.parametrize(("command", "form"), CASES)
def test_no_command_shows_a_secret(
    command: str, form: str, builds: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(builds)
    code = main(_words(command, form))
    told = "".join(capsys.readouterr())
    assert code == 0, told
    assert [told[at : at + 30] for at in range(len(told)) if told.startswith("hush", at)] == []


@pytest.mark.parametrize(("command", "form"), SHOWING)
def test_what_is_no_secret_is_shown_beside_it(
    command: str, form: str, builds: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(builds)
    main(_words(command, form))
    told = html.unescape(capsys.readouterr().out)
    assert "plain-one" in told
    assert "plain-two" in told
    assert "****" in told
