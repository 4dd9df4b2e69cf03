"""Decisions that JSON does not show: who reads what, what waits for what, and what is never written down."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

import pytest

from tests.smart_stream.conftest import Made
from tests.smart_stream.translation import BUILT
from tests.support import ROOT
from tests.tap.reading import strings

PARAMETERS = ("Environment", "YotoClientId", "EnableMQTT", "EnableCloudFront")
CONDITIONS = {"IsProduction", "IsDevelopment", "IsPR", "EnableMQTTCondition", "EnableCloudFrontCondition"}


@pytest.fixture
def resources(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: each["Properties"] for name, each in template["Resources"].items()}


@pytest.mark.requirement("SS-12")
def test_four_parameters_and_five_conditions_of_the_brief(template: dict[str, Any]) -> None:
    """a parameter is missing or takes what it must not"""
    assert set(template["Parameters"]) >= set(PARAMETERS)
    assert set(template["Conditions"]) >= CONDITIONS
    pattern = template["Parameters"]["Environment"]["AllowedPattern"]
    assert [bool(re.match(pattern, each)) for each in ("prod", "dev", "pr-12", "staging", "pr-", "prod2")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip
    for name in PARAMETERS[2:]:
        assert template["Parameters"][name]["AllowedValues"] == ["true", "false"]
        assert template["Parameters"][name]["Default"] == "true"


@pytest.mark.requirement("SS-22")
def test_five_outputs_are_exported(template: dict[str, Any]) -> None:
    """what other stacks import has another name"""
    exported = {
        name: each["Export"]["Name"]["Fn::Sub"] for name, each in template["Outputs"].items() if "Export" in each
    }
    assert exported == {
        "ApiUrl": "${AWS::StackName}-ApiUrl",
        "DynamoDBTableName": "${AWS::StackName}-DynamoDBTable",
        "AudioBucketName": "${AWS::StackName}-AudioBucket",
        "UIBucketName": "${AWS::StackName}-UIBucket",
        "CloudFrontUrl": "${AWS::StackName}-CloudFrontUrl",
    }
    assert template["Outputs"]["CloudFrontUrl"]["Condition"] == "EnableCloudFrontCondition"


@pytest.mark.requirement("SS-D01")
def test_the_function_is_given_no_variable_that_lambda_keeps_for_itself(resources: dict[str, Any]) -> None:
    """the creation fails because AWS_REGION is reserved"""
    variables = resources["ApiFunction"]["Environment"]["Variables"]
    assert not [each for each in variables if each.startswith(("AWS_", "LAMBDA_"))]


@pytest.mark.requirement("SS-18", "SS-D02")
def test_cloudfront_alone_reads_the_pages(resources: dict[str, Any]) -> None:
    """anybody reads the bucket, or CloudFront gets 403"""
    pages, _ = resources["CloudFrontDistribution"]["DistributionConfig"]["Origins"]
    assert pages["OriginAccessControlId"] == {"Fn::GetAtt": ["OriginAccessControl", "Id"]}
    assert set(resources["UIBucket"]["PublicAccessBlockConfiguration"].values()) == {True}
    deny, allow = resources["UIBucketPolicy"]["PolicyDocument"]["Statement"]
    condition, statement, nothing = allow["Fn::If"]
    assert (condition, nothing) == ("EnableCloudFrontCondition", {"Ref": "AWS::NoValue"})
    assert deny["Effect"] == "Deny"
    assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    source = statement["Condition"]["StringEquals"]["aws:SourceArn"]["Fn::Sub"]
    assert source.endswith(":distribution/${CloudFrontDistribution}")


@pytest.mark.requirement("SS-18", "SS-D03", "SS-D16")
def test_one_origin_has_pages_deep_links_and_the_api(resources: dict[str, Any]) -> None:
    """the root is 403, a deep link is lost, or the API answers a page in place of its own 404"""
    config = resources["CloudFrontDistribution"]["DistributionConfig"]
    assert config["DefaultRootObject"] == "index.html"
    assert config["PriceClass"] == "PriceClass_100"
    assert "CustomErrorResponses" not in config
    assert "WebsiteConfiguration" not in resources["UIBucket"]
    pages, (api,) = config["DefaultCacheBehavior"], config["CacheBehaviors"]
    assert (pages["MinTTL"], pages["DefaultTTL"], pages["MaxTTL"]) == (0, 3600, 86_400)
    assert pages["AllowedMethods"] == ["GET", "HEAD", "OPTIONS"]
    assert {each["ViewerProtocolPolicy"] for each in (pages, api)} == {"redirect-to-https"}
    assert (api["PathPattern"], api["TargetOriginId"]) == ("/api/*", "api")
    assert pages["FunctionAssociations"][0]["EventType"] == "viewer-request"
    assert "FunctionAssociations" not in api


@pytest.mark.requirement("SS-D04", "SS-D05", "SS-D08")
def test_a_strategy_and_no_launch_type_and_production_on_demand(made: Made) -> None:
    """Spot is never used, ECS refuses both, or production's listener is taken away"""
    for name, on_demand in (("prod", "1"), ("dev", "0"), ("pr-7", "0")):
        service = made(name)["MQTTService"].properties
        assert "LaunchType" not in service
        assert service["CapacityProviderStrategy"] == [
            {"CapacityProvider": "FARGATE", "Base": on_demand, "Weight": 0},
            {"CapacityProvider": "FARGATE_SPOT", "Weight": 1},
        ]


@pytest.mark.requirement("SS-39", "SS-D33", "SS-D54")
def test_a_listener_that_does_not_come_up_is_taken_back_and_two_never_fight(resources: dict[str, Any]) -> None:
    """a bad image blocks the stack for hours, or a new listener starts while the old one has its client ID"""
    deployed = resources["MQTTService"]["DeploymentConfiguration"]
    assert deployed["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
    assert (deployed["MinimumHealthyPercent"], deployed["MaximumPercent"]) == (0, 100)
    (container,) = resources["MQTTTaskDefinition"]["ContainerDefinitions"]
    names = {each["Name"]: each["Value"] for each in container["Environment"]}
    assert names["MQTT_CLIENT_ID"] == {"Fn::Sub": "smart-stream-${Environment}"}


@pytest.mark.requirement("SS-D54", "SS-D07")
@pytest.mark.parametrize("name", ["DesiredMqttCount", "OnDemandTasks"])
def test_no_environment_has_two_listeners(template: dict[str, Any], name: str) -> None:
    """two of one client ID put each other off the broker for ever, and each message is lost or heard twice"""
    declared = template["Parameters"][name]
    assert (declared["MinValue"], declared["MaxValue"]) == (0, 1)


@pytest.mark.requirement("SS-D06", "SS-21")
def test_the_service_waits_for_a_way_out_of_its_subnets(template: dict[str, Any], resources: dict[str, Any]) -> None:
    """a task is started before its subnet is routed, cannot pull its image, and the circuit breaker opens"""
    network = resources["MQTTService"]["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert network["AssignPublicIp"] == "ENABLED"
    own = network["Subnets"]["Fn::If"][1]
    for zone, subnet in zip("AB", own, strict=True):
        name = f"PublicSubnet{zone}"
        assert subnet == {"Fn::Select": [0, [{"Ref": name}, {"Ref": f"{name}Routes"}]]}
        assert template["Resources"][name]["DependsOn"] == "PublicRoute"
    assert template["Resources"]["PublicRoute"]["DependsOn"] == "GatewayAttachment"
    assert resources["PublicRoute"]["GatewayId"] == {"Ref": "InternetGateway"}


@pytest.mark.requirement("SS-D49")
def test_the_container_says_whether_it_is_well(resources: dict[str, Any]) -> None:
    """a listener that hangs stays, and nobody hears of it"""
    (container,) = resources["MQTTTaskDefinition"]["ContainerDefinitions"]
    assert container["HealthCheck"]["Command"][:2] == ["CMD", "python"]
    assert (resources["MQTTTaskDefinition"]["Cpu"], resources["MQTTTaskDefinition"]["Memory"]) == ("256", "512")
    assert resources["HeartbeatsFilter"]["FilterPattern"] == '"heartbeat"'
    assert resources["ListenerSilentAlarm"]["TreatMissingData"] == "breaching"


@pytest.mark.requirement("SS-02", "SS-D10")
@pytest.mark.parametrize(
    ("image", "taken"),
    [
        ("1.dkr.ecr.us-east-1.amazonaws.com/yoto-mqtt:1f2c296", True),
        (f"1.dkr.ecr.us-east-1.amazonaws.com/yoto-mqtt@sha256:{'0' * 64}", True),
        ("1.dkr.ecr.us-east-1.amazonaws.com/yoto-mqtt:latest", False),
        ("1.dkr.ecr.us-east-1.amazonaws.com/yoto-mqtt", False),
        ("", True),
    ],
)
def test_an_image_has_a_tag_that_stays(template: dict[str, Any], image: str, taken: bool) -> None:
    """latest is deployed, which changes without a deployment"""
    assert bool(re.match(template["Parameters"]["ImageUri"]["AllowedPattern"], image)) is taken
    rule = template["Rules"]["ListenerNeedsImage"]
    assert rule["RuleCondition"] == {"Fn::Equals": [{"Ref": "EnableMQTT"}, "true"]}
    assert rule["Assertions"][0]["Assert"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "ImageUri"}, ""]}]}


@pytest.mark.requirement("SS-24", "SS-D18", "SS-D53")
def test_the_client_id_comes_from_parameter_store_and_stands_in_no_file(template: dict[str, Any]) -> None:
    """the client ID is in a template or in the settings, or has to be a secret of every workflow"""
    declared = template["Parameters"]["YotoClientId"]
    assert declared["Type"] == "AWS::SSM::Parameter::Value<String>"
    assert declared["Default"] == "/yoto-smart-stream/yoto-client-id"
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["stackgen"]
    assert "YotoClientId" not in json.dumps(settings)


def test_no_template_holds_a_secret() -> None:
    words = re.compile(r"(?i)(AKIA[0-9A-Z]{16}|-----BEGIN|password|secret|token=)")
    for path in BUILT.glob("*.json"):
        found = [each for each in strings(json.loads(path.read_text("utf-8"))) if words.search(each)]
        assert not found, path.name


@pytest.mark.requirement("SS-15", "SS-20")
def test_no_role_of_an_environment_reaches_beyond_it(template: dict[str, Any], resources: dict[str, Any]) -> None:
    """a role may do anything with a service, or something with another environment"""
    documents = [resources["MQTTTaskPolicy"]["PolicyDocument"]]
    roles = {name: each for name, each in resources.items() if template["Resources"][name]["Type"] == "AWS::IAM::Role"}
    for name, role in roles.items():
        assert "ManagedPolicyArns" not in role, name
        assert role["PermissionsBoundary"]["Fn::If"][0] == "HasBoundary"
        documents += [policy["PolicyDocument"] for policy in role.get("Policies", [])]
    statements = [each for document in documents for each in document["Statement"]]
    assert not [action for each in statements for action in each["Action"] if "*" in action]
    everywhere = [each["Action"] for each in statements if "*" in each["Resource"]]
    assert everywhere == [["ecr:GetAuthorizationToken"]]
    (task,) = resources["MQTTTaskPolicy"]["PolicyDocument"]["Statement"]
    assert task["Action"] == ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Query"]
    assert task["Resource"] == [{"Fn::GetAtt": ["DynamoDBTable", "Arn"]}]


@pytest.mark.requirement("SS-D15")
def test_no_environment_is_told_to_have_no_pages() -> None:
    """dev is given EnableCloudFront=false, so that nobody can reach its pages"""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["stackgen"]["env"]
    classes = [each for name, each in settings.items() if name.startswith("smart-stream-")]
    assert len(classes) == 4
    assert not [each for each in classes if "EnableCloudFront" in each["parameters"]]
