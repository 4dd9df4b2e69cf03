"""Templates that CloudFormation refuses before it makes a stack."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.formation.trees import Forest, Template, parameter, template

CIRCLE = template(
    {
        "A": parameter({"Ref": "B"}),
        "B": parameter(DependsOn="A"),
        "C": parameter({"Ref": "A"}),
        "D": parameter(),
        "E": parameter(DependsOn="D"),
    }
)


@pytest.mark.parametrize("operation", ["create_stack", "update_stack", "create_change_set", "validate_template"])
def test_resources_that_wait_for_each_other_are_refused(forest: Forest, operation: str) -> None:
    more: dict[str, Any] = {} if operation == "validate_template" else {"StackName": "root"}
    if operation == "create_change_set":
        more["ChangeSetName"] = "c"
    if operation in {"update_stack", "create_change_set"}:
        forest.create(template({"D": parameter()}))
    with pytest.raises(ClientError, match=r"ValidationError.*Circular dependency between resources: \[A, B\]"):
        getattr(forest.stacks, operation)(TemplateBody=json.dumps(CIRCLE), **more)


@pytest.mark.parametrize(
    "made",
    [
        template({"A": parameter()}, Transform="Unheard"),
        template({"A": parameter()}, Transform=["AWS::LanguageExtensions", "Unheard"]),
        template({"A": parameter({"Fn::Transform": {"Name": "Unheard", "Parameters": {}}})}),
    ],
)
def test_a_macro_that_nobody_has_is_refused(forest: Forest, made: Template) -> None:
    with pytest.raises(ClientError, match="No transform named 111111111111::Unheard found"):
        forest.create(made, Capabilities=["CAPABILITY_AUTO_EXPAND"])
    assert forest.living() == []


def secure(forest: Forest) -> None:
    forest.client("ssm").put_parameter(Name="/secret", Type="SecureString", Value="word")


def test_a_secure_string_goes_only_where_it_is_kept_secret(forest: Forest) -> None:
    secure(forest)
    with pytest.raises(
        ClientError, match=r"SSM Secure reference is not supported in: \[AWS::SSM::Parameter/Properties/Value\]"
    ):
        forest.create(template({"A": parameter("{{resolve:ssm-secure:/secret}}")}))
    user = {
        "Type": "AWS::IAM::User",
        "Properties": {"LoginProfile": {"Password": {"Fn::Sub": "{{resolve:ssm-secure:/secret}}"}}},
    }
    assert forest.create(template({"U": user}), Capabilities=["CAPABILITY_IAM"]) == "CREATE_COMPLETE"


def test_a_parameter_names_no_secure_string(forest: Forest) -> None:
    secure(forest)
    declared = {"V": {"Type": "AWS::SSM::Parameter::Value<String>"}}
    with pytest.raises(ClientError, match=r"Parameters \[/secret\] referenced by template have types not supported"):
        forest.create(template({"A": parameter({"Ref": "V"})}, Parameters=declared), values={"V": "/secret"})


def test_a_version_of_a_template_is_read(forest: Forest) -> None:
    store = forest.client("s3")
    store.put_bucket_versioning(Bucket=forest.bucket, VersioningConfiguration={"Status": "Enabled"})
    url = forest.put("t.json", template({"A": parameter("old")}))
    version = store.head_object(Bucket=forest.bucket, Key="t.json")["VersionId"]
    forest.put("t.json", template({"A": parameter("new")}))
    forest.stacks.create_stack(StackName="root", TemplateURL=f"{url}?versionId={version}")
    assert forest.values() == ["old"]
    with pytest.raises(ClientError, match="S3 error: The specified version does not exist"):
        forest.stacks.create_stack(StackName="other", TemplateURL=f"{url}?versionId=unheard")
