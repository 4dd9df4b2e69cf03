"""What SAM makes of the template: valid, linted, and the API that the brief asked for."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from samtranslator.model.exceptions import InvalidDocumentException

from tests.smart_stream.deployment import CLASSES
from tests.smart_stream.translation import translated, written
from tests.support import ROOT, environment

BRIEF = {
    "HttpApi": "AWS::Serverless::HttpApi",
    "ApiFunction": "AWS::Serverless::Function",
    "DynamoDBTable": "AWS::DynamoDB::Table",
    "AudioBucket": "AWS::S3::Bucket",
    "UIBucket": "AWS::S3::Bucket",
    "CloudFrontDistribution": "AWS::CloudFront::Distribution",
    "ECSCluster": "AWS::ECS::Cluster",
    "MQTTTaskDefinition": "AWS::ECS::TaskDefinition",
    "MQTTService": "AWS::ECS::Service",
    "MQTTTaskRole": "AWS::IAM::Role",
    "MQTTTaskPolicy": "AWS::IAM::Policy",
    "MQTTExecutionRole": "AWS::IAM::Role",
    "MQTTLogGroup": "AWS::Logs::LogGroup",
    "VPC": "AWS::EC2::VPC",
    "PublicSubnetA": "AWS::EC2::Subnet",
    "MQTTSecurityGroup": "AWS::EC2::SecurityGroup",
}
"""Its PrivateSubnet had a public address and no way out: it is a public one."""


@pytest.mark.requirement("SS-01", "SS-D59")
def test_all_resources_of_the_brief_are_in_one_sam_template(template: dict[str, Any]) -> None:
    """a resource of the brief is missing, of another type, or the template is none of SAM's"""
    assert {name: template["Resources"][name]["Type"] for name in BRIEF} == BRIEF
    assert "AWS::Serverless-2016-10-31" in template["Transform"]


def test_sam_refuses_a_property_that_it_does_not_know(template: dict[str, Any]) -> None:
    wrong = copy.deepcopy(template)
    wrong["Resources"]["ApiFunction"]["Properties"]["Handlers"] = "x"
    with pytest.raises(InvalidDocumentException) as refused:
        translated(wrong)
    assert "property Handlers not defined" in refused.value.causes[0].message


@pytest.mark.requirement("SS-01", "SS-D36")
def test_the_translated_template_of_each_class_is_linted(sam: dict[str, Any], tmp_path: Path) -> None:
    """what the transform makes, or a branch that only one class takes, is refused by the providers' schemas"""
    for name in CLASSES:
        narrowed = copy.deepcopy(sam)
        del narrowed["Parameters"]["Environment"]["AllowedPattern"]
        narrowed["Parameters"]["Environment"]["AllowedValues"] = [name]
        (tmp_path / f"{name}.json").write_text(json.dumps(narrowed), "utf-8")
    linter = str(Path(sys.executable).with_name("cfn-lint"))
    unreached = ["--ignore-checks", "W1028"]  # the branches of the other classes
    command = [linter, "--regions", "us-east-1", "eu-west-1", *unreached, "--", str(tmp_path / "*.json")]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert done.stdout == ""
    assert done.returncode == 0


@pytest.mark.requirement("SS-13", "SS-D13", "SS-D14")
def test_one_function_answers_every_path_at_the_default_stage(sam: dict[str, Any]) -> None:
    """a named stage stands before each path, the root is not routed, or CORS lacks a method"""
    body = sam["Resources"]["HttpApi"]["Properties"]["Body"]
    assert {name: list(path) for name, path in body["paths"].items()} == {
        "/": ["x-amazon-apigateway-any-method"],
        "/{proxy+}": ["x-amazon-apigateway-any-method"],
        "/api/user/login": ["post"],  # the same function, with less of it
    }
    for path in body["paths"].values():
        (method,) = path
        integration = path[method]["x-amazon-apigateway-integration"]
        assert "${ApiFunction.Arn}" in integration["uri"]["Fn::Sub"]
        assert integration["payloadFormatVersion"] == "2.0"
    cors = body["x-amazon-apigateway-cors"]
    assert (cors["allowOrigins"], cors["allowHeaders"]) == (["*"], ["*"])
    assert cors["allowMethods"] == ["GET", "POST", "PUT", "DELETE", "OPTIONS"]
    (stage,) = (each for each in sam["Resources"].values() if each["Type"] == "AWS::ApiGatewayV2::Stage")
    assert stage["Properties"]["StageName"] == "$default"
    assert stage["Properties"]["AutoDeploy"] is True
    function = sam["Resources"]["ApiFunction"]["Properties"]
    assert (function["Timeout"], function["MemorySize"]) == (30, 1024)


@pytest.mark.requirement("SS-13")
def test_guessing_passwords_is_slow_and_nobody_takes_all_requests_of_the_account(sam: dict[str, Any]) -> None:
    """passwords are tried as fast as Lambda grows, or the limit stands at a path that no route has"""
    (stage,) = (each["Properties"] for each in sam["Resources"].values() if each["Type"] == "AWS::ApiGatewayV2::Stage")
    ((route, login),) = stage["RouteSettings"].items()
    method, path = route.split(" ")
    assert method.lower() in sam["Resources"]["HttpApi"]["Properties"]["Body"]["paths"][path]
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["stackgen"]["stack"]
    asked = settings["smart-stream/template"]["verify"]["requests"]["login"]
    assert (asked["method"], asked["path"]) == (method, path)
    every = stage["DefaultRouteSettings"]
    assert (login["ThrottlingRateLimit"], login["ThrottlingBurstLimit"]) == (5, 10)
    assert (every["ThrottlingRateLimit"], every["ThrottlingBurstLimit"]) == (100, 200)


@pytest.mark.requirement("SS-D17")
def test_the_runtime_is_one_that_lambda_supports(sam: dict[str, Any]) -> None:
    """the function is made with a runtime whose support has ended"""
    assert sam["Resources"]["ApiFunction"]["Properties"]["Runtime"] in {"python3.12", "python3.13", "python3.14"}


@pytest.mark.requirement("SS-D52", "SS-07")
def test_the_api_has_its_name(sam: dict[str, Any]) -> None:
    """the API is called after its stack"""
    assert sam["Resources"]["HttpApi"]["Properties"]["Body"]["info"]["title"] == {"Fn::Sub": "yoto-api-${Environment}"}


@pytest.mark.requirement("SS-02", "SS-D11")
def test_the_function_is_deployed_from_a_key_with_a_digest(template: dict[str, Any]) -> None:
    """code comes from a folder, or from a key that stays the same when the code does not"""
    code = template["Resources"]["ApiFunction"]["Properties"]["CodeUri"]
    assert code == {"Bucket": {"Ref": "CodeBucket"}, "Key": {"Ref": "CodeKey"}}
    assert template["Parameters"]["CodeKey"]["AllowedPattern"].endswith(r"[0-9a-f]{16,64}\.zip$")
    assert "Default" not in template["Parameters"]["CodeKey"]
    made = translated(written())["Resources"]["ApiFunction"]["Properties"]["Code"]
    assert made == {"S3Bucket": {"Ref": "CodeBucket"}, "S3Key": {"Ref": "CodeKey"}}


@pytest.mark.requirement("SS-22")
def test_everything_carries_environment_and_project(sam: dict[str, Any]) -> None:
    """a resource is not found by its tags, or its cost not counted"""
    tagged = {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::IAM::Role", "AWS::ECS::Service", "AWS::Lambda::Function",
              "AWS::EC2::VPC", "AWS::CloudFront::Distribution", "AWS::Logs::LogGroup", "AWS::ECS::Cluster",
              "AWS::ECS::TaskDefinition", "AWS::SNS::Topic", "AWS::CloudWatch::Alarm"}  # fmt: skip
    seen = set()
    for title, each in sam["Resources"].items():
        if each["Type"] in tagged:
            tags = {tag["Key"]: tag["Value"] for tag in each["Properties"]["Tags"]}
            assert tags["Environment"] == {"Ref": "Environment"}, title
            assert tags["Project"] == "yoto-smart-stream", title
            seen.add(each["Type"])
    assert seen == tagged
    (stage,) = (each for each in sam["Resources"].values() if each["Type"] == "AWS::ApiGatewayV2::Stage")
    assert stage["Properties"]["Tags"].items() >= {"Project": "yoto-smart-stream"}.items()
