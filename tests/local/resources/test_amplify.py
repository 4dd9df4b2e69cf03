"""Amplify apps, branches and HTTP APIs: the addresses that a template reads from them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.resources.lives import Cloud, deploy, refused, resources

TYPES_TOLD = {"AWS::Amplify::App", "AWS::Amplify::Branch", "AWS::ApiGatewayV2::Api"}
"""Their lives are told by what their stacks show, for there is no service to look into, or by several tests."""


def app(**more: Any) -> dict[str, Any]:
    return {"Type": "AWS::Amplify::App", "Properties": {"Name": "frontend", **more}}


BRANCH = {
    "Type": "AWS::Amplify::Branch",
    "Properties": {"AppId": {"Fn::GetAtt": ["App", "AppId"]}, "BranchName": "main"},
}
HTTP: dict[str, Any] = {
    "Type": "AWS::ApiGatewayV2::Api",
    "Properties": {"Name": "api", "ProtocolType": "HTTP", "CorsConfiguration": {"AllowOrigins": ["https://one.org"]}},
}


def outputs(aws: Cloud, stack: str) -> dict[str, str]:
    (shown,) = aws.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return {each["OutputKey"]: each["OutputValue"] for each in shown["Outputs"]}


def template(**given: Any) -> dict[str, Any]:
    return {
        "Resources": {"App": app(**given), "Branch": BRANCH},
        "Outputs": {
            "Url": {"Value": {"Fn::Sub": "https://${Branch.BranchName}.${App.DefaultDomain}"}},
            "Arn": {"Value": {"Fn::GetAtt": ["App", "Arn"]}},
        },
    }


def test_an_app_keeps_its_domain_when_it_changes_and_two_have_two(aws: Cloud) -> None:
    stack = deploy(aws, template())
    before = outputs(aws, stack)
    app_id = before["Arn"].rpartition("/")[2]
    assert before["Arn"] == f"arn:aws:amplify:eu-west-1:111111111111:apps/{app_id}"
    assert before["Url"] == f"https://main.{app_id}.amplifyapp.com"
    deploy(aws, template(Description="another"), stack=stack)
    assert outputs(aws, stack) == before
    assert outputs(aws, deploy(aws, template()))["Url"] != before["Url"]


def test_another_branch_is_another_resource_and_a_changed_one_is_not(aws: Cloud) -> None:
    stack = deploy(aws, template())
    before = resources(aws, stack)["Branch"]
    for change, same in (({"Stage": "PRODUCTION"}, True), ({"BranchName": "next"}, False)):
        changed = template()
        changed["Resources"]["Branch"] = {**BRANCH, "Properties": {**BRANCH["Properties"], **change}}  # type: ignore[dict-item]
        deploy(aws, changed, stack=stack)
        assert (resources(aws, stack)["Branch"] == before) is same


def test_a_repository_without_a_token_is_refused(aws: Cloud) -> None:
    assert "valid token" in refused(aws, template(Repository="https://example.org/a/b"))
    deploy(aws, template(Repository="https://example.org/a/b", AccessToken="t"))


@pytest.mark.parametrize(("protocol", "scheme"), [("HTTP", "https"), ("WEBSOCKET", "wss")])
def test_an_api_is_told_under_the_address_that_aws_gives(aws: Cloud, protocol: str, scheme: str) -> None:
    given = {"Name": "api", "ProtocolType": protocol}
    api = {
        "Resources": {"Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": given}},
        "Outputs": {"Url": {"Value": {"Fn::GetAtt": ["Api", "ApiEndpoint"]}}},
    }
    stack = deploy(aws, api)
    api_id = resources(aws, stack)["Api"]
    assert outputs(aws, stack)["Url"] == f"{scheme}://{api_id}.execute-api.eu-west-1.amazonaws.com"
    assert aws.client("apigatewayv2").get_api(ApiId=api_id)["ApiEndpoint"] == outputs(aws, stack)["Url"]


def test_the_origins_of_an_api_are_told_changed_and_taken_away(aws: Cloud) -> None:
    stack = deploy(aws, {"Resources": {"Api": HTTP}})
    gateway, api_id = aws.client("apigatewayv2"), resources(aws, stack)["Api"]
    assert gateway.get_api(ApiId=api_id)["CorsConfiguration"]["AllowOrigins"] == ["https://one.org"]
    two = {"CorsConfiguration": {"AllowOrigins": ["https://two.org"]}}
    for change, origins in ((two, ["https://two.org"]), ({"CorsConfiguration": None}, None)):
        left = {key: value for key, value in {**HTTP["Properties"], **change}.items() if value is not None}
        deploy(aws, {"Resources": {"Api": {**HTTP, "Properties": left}}}, stack=stack)
        assert gateway.get_api(ApiId=api_id).get("CorsConfiguration", {}).get("AllowOrigins") == origins
    assert resources(aws, stack)["Api"] == api_id
