"""Switches that open things."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.review.access import Severity, narrowed
from stackgen.review.access.openings import SWITCHES
from tests.review.access.trees import change, if_prod, resource, texts, tree


def nest(path: str, value: Any) -> dict[str, Any]:
    name, _, rest = path.partition(".")
    inner = nest(rest, value) if rest else value
    return {name.removesuffix("[]"): [inner] if name.endswith("[]") else inner}


def block(**flags: Any) -> dict[str, Any]:
    return {"PublicAccessBlockConfiguration": flags}


S3_ORIGIN = {"DomainName": "b.s3.amazonaws.com", "Id": "b", "S3OriginConfig": {"OriginAccessIdentity": ""}}
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("S3::Bucket", block(BlockPublicAcls=True), {}),
    ("S3::Bucket", block(BlockPublicAcls=True), block(BlockPublicAcls=False)),
    ("S3::Bucket", block(RestrictPublicBuckets="true"), block(RestrictPublicBuckets="false")),
    ("S3::Bucket", {}, block(BlockPublicPolicy=False)),
    ("S3::Bucket", {"AccessControl": "Private"}, {"AccessControl": "PublicRead"}),
    ("S3::AccessPoint", block(IgnorePublicAcls=True), block(IgnorePublicAcls=False)),
    ("RDS::DBInstance", {"PubliclyAccessible": False}, {"PubliclyAccessible": True}),
    ("RDS::DBInstance", {"PubliclyAccessible": "false"}, {"PubliclyAccessible": "true"}),
    ("RDS::DBInstance", {}, {"PubliclyAccessible": True}),
    ("DMS::ReplicationInstance", {"PubliclyAccessible": False}, {}),
    ("Redshift::Cluster", {}, {"PubliclyAccessible": True}),
    ("AmazonMQ::Broker", {"PubliclyAccessible": False}, {"PubliclyAccessible": True}),
    ("MSK::Cluster", {}, nest("BrokerNodeGroupInfo.ConnectivityInfo.PublicAccess.Type", "SERVICE_PROVIDED_EIPS")),
    ("MSK::Cluster", {}, nest("ClientAuthentication.Unauthenticated.Enabled", True)),
    ("ElasticLoadBalancingV2::LoadBalancer", {"Scheme": "internal"}, {"Scheme": "internet-facing"}),
    ("ElasticLoadBalancingV2::LoadBalancer", {"Scheme": "internal"}, {}),
    ("ElasticLoadBalancing::LoadBalancer", {"Scheme": "internal"}, {}),
    ("Lambda::Url", {"AuthType": "AWS_IAM"}, {"AuthType": "NONE"}),
    (
        "ApiGateway::Method",
        {"AuthorizationType": "AWS_IAM", "HttpMethod": "GET"},
        {"AuthorizationType": "NONE", "HttpMethod": "GET"},
    ),
    ("ApiGatewayV2::Route", {"AuthorizationType": "JWT"}, {}),
    (
        "ApiGateway::RestApi",
        nest("EndpointConfiguration.Types[]", "PRIVATE"),
        nest("EndpointConfiguration.Types[]", "REGIONAL"),
    ),
    (
        "AppSync::GraphQLApi",
        {"AuthenticationType": "AWS_IAM", "Visibility": "PRIVATE"},
        {"AuthenticationType": "API_KEY", "Visibility": "PRIVATE"},
    ),
    (
        "AppSync::GraphQLApi",
        {"AuthenticationType": "AWS_IAM", "Visibility": "PRIVATE"},
        {
            "AuthenticationType": "AWS_IAM",
            "AdditionalAuthenticationProviders": [{"AuthenticationType": "API_KEY"}],
            "Visibility": "PRIVATE",
        },
    ),
    ("AppRunner::Service", nest("NetworkConfiguration.IngressConfiguration.IsPubliclyAccessible", False), {}),
    ("OpenSearchService::Domain", {"VPCOptions": {"SubnetIds": ["subnet-1"]}}, {}),
    ("EC2::Subnet", {}, {"MapPublicIpOnLaunch": True}),
    ("EC2::Instance", {}, nest("NetworkInterfaces[].AssociatePublicIpAddress", True)),
    ("EC2::LaunchTemplate", {}, nest("LaunchTemplateData.NetworkInterfaces[].AssociatePublicIpAddress", True)),
    ("ECS::Service", {}, nest("NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp", "ENABLED")),
    (
        "CloudFront::Distribution",
        nest("DistributionConfig.Origins[]", S3_ORIGIN | {"OriginAccessControlId": "e"}),
        nest("DistributionConfig.Origins[]", S3_ORIGIN),
    ),
    ("Cognito::IdentityPool", {"AllowUnauthenticatedIdentities": False}, {"AllowUnauthenticatedIdentities": True}),
    ("Cognito::UserPool", nest("AdminCreateUserConfig.AllowAdminCreateUserOnly", True), {}),
    (
        "EKS::Cluster",
        nest("ResourcesVpcConfig.EndpointPublicAccess", False),
        nest("ResourcesVpcConfig.EndpointPublicAccess", True),
    ),
    ("Transfer::Server", {"EndpointType": "VPC"}, {"EndpointType": "PUBLIC"}),
    ("CodeBuild::Project", {}, {"Visibility": "PUBLIC_READ"}),
    (
        "OpenSearchServerless::SecurityPolicy",
        {"Policy": '[{"AllowFromPublic": false}]'},
        {"Policy": '[{"AllowFromPublic": true}]'},
    ),
]
IDS = [f"{kind} {after}"[:60] for kind, _, after in CASES]


@pytest.mark.parametrize(("kind", "before", "after"), CASES, ids=IDS)
def test_an_opening_is_found_and_a_closing_is_not_one(kind: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    closed, opened = {"It": resource(kind, **before)}, {"It": resource(kind, **after)}
    found = [each for each in change(closed, opened) if each.kind == "public"]
    assert [(each.severity, each.certain, each.address) for each in found] == [(Severity.OPEN, True, "App/It")]
    assert "`App/It` now " in found[0].text
    assert change(opened, closed) == []
    assert change(opened, opened) == []
    lost = [each for each in narrowed(tree(opened), tree(closed)) if each.kind == "public"]
    assert ["no longer" in each.text for each in lost] == [True]


@pytest.mark.parametrize(
    ("kind", "properties", "count"),
    [
        ("S3::Bucket", {}, 0),
        ("S3::Bucket", block(BlockPublicAcls=False), 1),
        ("RDS::DBInstance", {}, 0),
        ("RDS::DBInstance", {"PubliclyAccessible": True}, 1),
        ("ElasticLoadBalancingV2::LoadBalancer", {}, 1),
        ("ElasticLoadBalancingV2::LoadBalancer", {"Type": "gateway"}, 0),
        ("ApiGateway::Method", {"HttpMethod": "OPTIONS", "AuthorizationType": "NONE"}, 0),
        ("ApiGateway::Method", {"HttpMethod": "GET", "AuthorizationType": "NONE"}, 1),
        ("ECR::PublicRepository", {}, 1),
        ("ECR::Repository", {}, 0),
        ("Lambda::Url", {"AuthType": "NONE"}, 1),
        ("EC2::EIPAssociation", {}, 1),
        ("KMS::Key", {}, 0),
    ],
)
def test_a_new_resource_that_is_open_is_always_said(kind: str, properties: dict[str, Any], count: int) -> None:
    found = change({}, {"It": resource(kind, **properties)})
    assert [each.kind for each in found] == ["public"] * count
    assert all(each.text.startswith("new `App/It`") for each in found)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"PubliclyAccessible": False}, {"PubliclyAccessible": {"Fn::ImportValue": "public"}}),
        ({"PubliclyAccessible": False}, {"PubliclyAccessible": if_prod(True, otherwise=False)}),
        ({"PubliclyAccessible": False}, {}),
    ],
)
def test_what_is_not_settled_may_open(before: dict[str, Any], after: dict[str, Any]) -> None:
    found = change({"It": resource("RDS::DBInstance", **before)}, {"It": resource("RDS::DBInstance", **after)})
    assert [each.certain for each in found] == [False]
    assert "possibly" in found[0].text


def test_the_blocks_of_a_bucket_are_told_together() -> None:
    flags = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"]
    closed = {"It": resource("S3::Bucket", **block(**dict.fromkeys(flags, True)))}
    found = change(closed, {"It": resource("S3::Bucket")})
    assert len(found) == 1
    assert all(flag in found[0].text for flag in flags)


@pytest.mark.parametrize("kind", ["EC2::SnapshotBlockPublicAccess", "EC2::VPCBlockPublicAccessOptions"])
def test_a_guardian_that_goes_opens(kind: str) -> None:
    guarded = {"Guard": resource(kind)}
    found = change(guarded, {})
    assert [(each.severity, "no longer keeps" in each.text) for each in found] == [(Severity.OPEN, True)]
    assert change({}, guarded) == []
    assert ["now keeps" in each.text for each in narrowed(tree({}), tree(guarded))] == [True]


def test_encryption_is_no_access() -> None:
    before = {"It": resource("RDS::DBInstance", StorageEncrypted=True, PubliclyAccessible=False)}
    after = {"It": resource("RDS::DBInstance", StorageEncrypted=False, PubliclyAccessible=False)}
    assert texts(change(before, after)) == []


@pytest.mark.parametrize("switch", SWITCHES, ids=[f"{each.type} {each.path}" for each in SWITCHES])
def test_every_row_has_words_a_remedy_and_a_source(switch: Any) -> None:
    assert switch.words
    assert switch.remedy
    assert switch.source.startswith("https://docs.aws.amazon.com/")


def test_a_key_that_becomes_the_first_way_in_opens_nothing() -> None:
    key, iam = {"AuthenticationType": "API_KEY"}, {"AuthenticationType": "AWS_IAM"}
    second = resource("AppSync::GraphQLApi", **iam, AdditionalAuthenticationProviders=[key])
    first = resource("AppSync::GraphQLApi", **key, AdditionalAuthenticationProviders=[iam])
    assert change({"It": second}, {"It": first}) == []
    assert change({"It": first}, {"It": second}) == []


def test_no_row_is_there_twice() -> None:
    assert len({(each.type, each.path, each.words) for each in SWITCHES}) == len(SWITCHES)
