"""Which class of environments reaches what: every role against the things of every class, resource by resource."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from stackgen.deploy.artifacts import Upload, missing
from stackgen.local.cloud import Cloud
from stacks.smart_stream import needed
from tests.smart_stream.artifacts import made
from tests.smart_stream.deployment import ACCOUNT, REGION
from tests.smart_stream.rights import BASE, VIA, boundary_of, of_boundary, of_deploy_role, of_environment
from tests.smart_stream.translation import written

CLASSES = {"prod": "prod", "dev": "dev", "pr": "pr-7"}
"""And an environment of each."""
OF_HERE = f"{REGION}:{ACCOUNT}"


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud() as cloud:
        yield cloud


def tags(of: str, environment: str, project: str = "yoto-smart-stream") -> dict[str, str]:
    return {f"aws:{of}Tag/Environment": environment, f"aws:{of}Tag/Project": project}


def things(name: str) -> dict[str, tuple[str, str, dict[str, str]]]:
    """What a class's deploy role changes: action, resource, and what AWS knows of the request."""
    environment = CLASSES[name]
    resource, request = tags("Resource", environment), tags("Request", environment)
    bounded = {"iam:PermissionsBoundary": boundary_of(name)}
    return {
        "its packages": ("s3:PutObject", f"arn:aws:s3:::{BASE}-{name}/api/0123456789abcdef.zip", {}),
        "its templates": ("s3:PutObject", f"arn:aws:s3:::{BASE}-{name}/smart-stream/template/0.json", {}),
        "its pages": ("s3:PutObject", f"arn:aws:s3:::yoto-ui-{environment}-{ACCOUNT}/index.html", {}),
        "its audio": ("s3:DeleteObject", f"arn:aws:s3:::yoto-audio-{environment}-{ACCOUNT}/a.mp3", {}),
        "a bucket's policy": ("s3:PutBucketPolicy", f"arn:aws:s3:::yoto-ui-{environment}-{ACCOUNT}", VIA),
        "its table": (
            "dynamodb:DeleteTable", f"arn:aws:dynamodb:{OF_HERE}:table/yoto-smart-stream-{environment}", VIA,
        ),
        "its function": ("lambda:UpdateFunctionCode", f"arn:aws:lambda:{OF_HERE}:function:yoto-api-{environment}", VIA),
        "a role": (
            "iam:PutRolePolicy",
            f"arn:aws:iam::{ACCOUNT}:role/yoto-smart-stream-{environment}-ApiFunctionRole-1X",
            {**bounded, **VIA},
        ),
        "its stack": (
            "cloudformation:UpdateStack",
            f"arn:aws:cloudformation:{OF_HERE}:stack/yoto-smart-stream-{environment}/1",
            {},
        ),
        "its service": (
            "ecs:UpdateService", f"arn:aws:ecs:{OF_HERE}:service/yoto-mqtt-{environment}/yoto-mqtt-{environment}", VIA,
        ),
        "its log": (
            "logs:DeleteLogGroup", f"arn:aws:logs:{OF_HERE}:log-group:/aws/lambda/yoto-api-{environment}:*", {},
        ),
        "a subnet": ("ec2:DeleteSubnet", f"arn:aws:ec2:{OF_HERE}:subnet/subnet-1", {**resource, **VIA}),
        "a new VPC": ("ec2:CreateVpc", f"arn:aws:ec2:{OF_HERE}:vpc/*", {**request, **VIA}),
        "a route": ("ec2:CreateRoute", f"arn:aws:ec2:{OF_HERE}:route-table/rtb-1", {**resource, **VIA}),
        "tags of a VPC": ("ec2:CreateTags", f"arn:aws:ec2:{OF_HERE}:vpc/vpc-1", {**resource, **VIA}),
        "its distribution": (
            "cloudfront:UpdateDistribution", f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1", {**resource, **VIA},
        ),
        "a new distribution": ("cloudfront:CreateDistribution", "*", {**request, **VIA}),
        "its invalidation": (
            "cloudfront:CreateInvalidation", f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1", resource,
        ),
        "its deep links": (
            "cloudfront:UpdateFunction",
            f"arn:aws:cloudfront::{ACCOUNT}:function/yoto-deep-links-{environment}-{REGION}",
            VIA,
        ),
        "its API": ("apigateway:PATCH", f"arn:aws:apigateway:{REGION}::/apis/abc", {**resource, **VIA}),
        "a stage": ("apigateway:DELETE", f"arn:aws:apigateway:{REGION}::/apis/abc/stages/x", {**resource, **VIA}),
        "its backup plan": ("backup:DeleteBackupPlan", f"arn:aws:backup:{OF_HERE}:backup-plan:1", {**resource, **VIA}),
        "a role that is handed on": (
            "iam:PassRole",
            f"arn:aws:iam::{ACCOUNT}:role/yoto-smart-stream-{environment}-MQTTTaskRole-1",
            {"iam:PassedToService": "ecs-tasks.amazonaws.com"},
        ),
        "its record": (
            "ssm:PutParameter",
            f"arn:aws:ssm:{OF_HERE}:parameter/stackgen/environments/acme/stream/{environment}",
            {},
        ),
    }  # fmt: skip


@pytest.mark.requirement("SS-04", "SS-D31", "SS-46")
@pytest.mark.parametrize("thing", things("prod"))
def test_a_deploy_role_changes_what_is_of_its_class_and_nothing_of_another(thing: str) -> None:
    """the role of a pull request puts the package or the template that production runs, or deletes its table"""
    for asking in CLASSES:
        role = of_deploy_role(asking)
        assert {name: role.may(*things(name)[thing]) for name in CLASSES} == {name: name == asking for name in CLASSES}


UNTAGGED = {
    "a subnet": ("ec2:DeleteSubnet", f"arn:aws:ec2:{OF_HERE}:subnet/subnet-1"),
    "a VPC that is made": ("ec2:CreateVpc", f"arn:aws:ec2:{OF_HERE}:vpc/*"),
    "a distribution": ("cloudfront:DeleteDistribution", f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1"),
    "a distribution that is made": ("cloudfront:CreateDistribution", "*"),
    "a backup plan": ("backup:DeleteBackupPlan", f"arn:aws:backup:{OF_HERE}:backup-plan:1"),
    "a domain name of API Gateway": ("apigateway:DELETE", f"arn:aws:apigateway:{REGION}::/domainnames/acme.com"),
    "a REST API": ("apigateway:DELETE", f"arn:aws:apigateway:{REGION}::/restapis/abc"),
    "a function of CloudFront": ("cloudfront:DeleteFunction", f"arn:aws:cloudfront::{ACCOUNT}:function/acme"),
}


@pytest.mark.requirement("SS-D31")
@pytest.mark.parametrize("case", UNTAGGED)
def test_what_is_not_this_systems_is_left_alone_also_where_it_is_some_production(case: str) -> None:
    """a deploy role of this system deletes the subnet or the distribution of another, for nothing says whose it is"""
    action, resource = UNTAGGED[case]
    for name, environment in CLASSES.items():
        role = of_deploy_role(name)
        assert not role.may(action, resource, VIA)
        for of in ("Resource", "Request"):
            assert not role.may(action, resource, {**VIA, **tags(of, environment, "acme")})


NAMELESS = {
    "an origin access control": (
        "cloudfront:UpdateOriginAccessControl", f"arn:aws:cloudfront::{ACCOUNT}:origin-access-control/E1",
    ),
    "an API that has no tags yet": ("apigateway:PUT", f"arn:aws:apigateway:{REGION}::/apis"),
    "the tags of an API": ("apigateway:POST", f"arn:aws:apigateway:{REGION}::/tags/arn%3Aaws"),
    "a revision of a task": ("ecs:DeregisterTaskDefinition", "*"),
    "a policy of all logs": ("logs:DeleteResourcePolicy", "*"),
}  # fmt: skip


@pytest.mark.requirement("SS-D31")
@pytest.mark.parametrize("case", NAMELESS)
def test_what_aws_cannot_tell_apart_is_changed_through_cloudformation_alone(case: str) -> None:
    """a workflow of a pull request takes its role and changes production's origin access control by hand"""
    action, resource = NAMELESS[case]
    for name in CLASSES:
        assert of_deploy_role(name).may(action, resource, VIA)
        assert not of_deploy_role(name).may(action, resource)


SETTINGS = (
    "CreateBucket", "DeleteBucket", "DeleteBucketPolicy", "PutBucketPolicy", "PutBucketPublicAccessBlock",
    "PutBucketVersioning", "PutLifecycleConfiguration",
)  # fmt: skip


@pytest.mark.requirement("SS-04", "SS-D31")
def test_no_deploy_role_changes_how_a_bucket_of_packages_is_set_up(cloud: Cloud) -> None:
    """a role lets itself write into the bucket that production is deployed from; or one is needed for a deployment"""
    for name in CLASSES:
        role = of_deploy_role(name)
        for operation in SETTINGS:
            assert not [other for other in CLASSES if role.may(f"s3:{operation}", f"arn:aws:s3:::{BASE}-{other}", VIA)]
        for operation in ("DeleteObject", "DeleteObjectVersion"):
            assert not role.may(f"s3:{operation}", f"arn:aws:s3:::{BASE}-{name}/api/0.zip")
        assert role.may("s3:GetObject", f"arn:aws:s3:::{BASE}-{name}/api/0.zip")
        made(cloud, name)
        upload = Upload("smart-stream/template", f"{BASE}-{name}", "smart-stream/template/0.json", "{}")
        asked = missing([upload], ACCOUNT, REGION, cloud.client("s3", ACCOUNT, REGION))
        assert [each.operation for each in asked] == ["put_object"]


@pytest.mark.requirement("SS-04", "SS-20", "SS-D31")
@pytest.mark.parametrize("name", CLASSES)
def test_the_boundary_holds_what_roles_of_its_class_need_and_nothing_of_another(name: str) -> None:
    """a role that a pull request makes and gives everything reads production's tokens; or one lacks what it needs"""
    bound = of_boundary(name)
    asked = set()
    for other, environment in CLASSES.items():
        for rights in of_environment(environment).values():
            for statement in rights.statements:
                for action in statement["Action"]:
                    for resource in statement["Resource"]:
                        wide = action.startswith("ecr:")  # images are told apart by repository, below
                        assert wide or bound.may(action, resource) is (other == name), (action, resource)
                asked |= set(statement["Action"])
    assert asked == bound.actions
    everything = [f"{service}:*" for service in ("dynamodb", "s3", "logs", "ecr", "iam", "sts")]
    assert not [each for each in everything if each in bound.actions]
    images = {"prod": "yoto-mqtt", "dev": "yoto-mqtt", "pr": "yoto-mqtt-pr"}
    for repository in set(images.values()):
        arn = f"arn:aws:ecr:{OF_HERE}:repository/{repository}"
        assert bound.may("ecr:BatchGetImage", arn) is (repository == images[name])


@pytest.mark.requirement("SS-04", "SS-D31")
def test_a_role_is_never_made_within_the_boundary_of_another_class() -> None:
    """a pull request makes its role within production's boundary, and so one that reaches production's table"""
    for asking, environment in CLASSES.items():
        role = of_deploy_role(asking)
        arn = f"arn:aws:iam::{ACCOUNT}:role/yoto-smart-stream-{environment}-ApiFunctionRole-1X"
        for name in CLASSES:
            bounded = {"iam:PermissionsBoundary": boundary_of(name), **VIA}
            assert role.may("iam:CreateRole", arn, bounded) is (name == asking)
        assert not role.may("iam:CreateRole", arn, VIA)


MADE: dict[str, tuple[str, str]] = {
    "AWS::EC2::VPC": ("ec2:CreateVpc", "vpc"),
    "AWS::EC2::Subnet": ("ec2:CreateSubnet", "subnet"),
    "AWS::EC2::InternetGateway": ("ec2:CreateInternetGateway", "internet-gateway"),
    "AWS::EC2::RouteTable": ("ec2:CreateRouteTable", "route-table"),
    "AWS::EC2::SecurityGroup": ("ec2:CreateSecurityGroup", "security-group"),
    "AWS::EC2::VPCEndpoint": ("ec2:CreateVpcEndpoint", "vpc-endpoint"),
}


@pytest.mark.requirement("SS-46", "SS-22")
def test_what_the_template_makes_carries_the_tags_by_which_its_role_may_make_it(template: dict[str, Any]) -> None:
    """a resource of EC2 lost its tags, so that the deploy role may not make it, nor change it afterwards"""
    seen = set()
    for title, each in template["Resources"].items():
        if each["Type"] not in MADE:
            continue
        action, kind = MADE[each["Type"]]
        for name, environment in CLASSES.items():
            own = {
                tag["Key"]: environment if tag["Value"] == {"Ref": "Environment"} else str(tag["Value"])
                for tag in each["Properties"]["Tags"]
            }
            arn = f"arn:aws:ec2:{OF_HERE}:{kind}/new"
            given = {f"aws:RequestTag/{key}": value for key, value in own.items()}
            role = of_deploy_role(name)
            assert role.may(action, arn, given), title
            assert role.may("ec2:CreateTags", arn, {**given, "ec2:CreateAction": action.partition(":")[2]}), title
            assert role.may("ec2:DeleteTags", arn, {f"aws:ResourceTag/{key}": value for key, value in own.items()})
        seen.add(each["Type"])
    assert seen == set(MADE)


@pytest.mark.requirement("SS-21", "SS-46")
def test_the_shared_network_takes_a_group_and_is_changed_by_nobody() -> None:
    """the listener of a pull request gets no security group, or its role takes the network of all others down"""
    (vpc,) = (each for each in written("network-stack")["Resources"].values() if each["Type"] == "AWS::EC2::VPC")
    shared = {f"aws:ResourceTag/{each['Key']}": str(each["Value"]) for each in vpc["Properties"]["Tags"]}
    arn = f"arn:aws:ec2:{OF_HERE}:vpc/vpc-1"
    for name in CLASSES:
        role = of_deploy_role(name)
        assert role.may("ec2:CreateSecurityGroup", arn, shared)
        changes = [each for each in role.actions if each.startswith("ec2:") and not each.startswith("ec2:Describe")]
        assert [each for each in changes if role.may(each, arn, {**shared, **VIA})] == ["ec2:CreateSecurityGroup"]


def test_nothing_that_the_template_needs_was_lost_on_the_way() -> None:
    """an action that was counted is in no statement, and a deployment stops half-way"""
    counted = json.loads(needed.FILE.read_text("utf-8"))
    wanted = {f"{service}:{name}" for listed in counted.values() for service, names in listed.items() for name in names}
    for name in CLASSES:
        assert wanted - of_deploy_role(name).actions == set()
