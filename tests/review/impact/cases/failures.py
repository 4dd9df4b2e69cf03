"""Updates that cannot succeed, however often they are tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.review.impact.cases.documents import attributes, keys
from tests.review.impact.cases.model import (
    MODIFYING,
    REFERENCE,
    USER_GUIDE,
    Case,
    changed,
    property_of,
    resource,
    template,
)
from tests.review.impact.cases.resources import (
    managed_policy,
    nested,
    queue,
    repository,
    role,
    security_group,
    service,
    subnet,
    table,
    topic,
    vpc,
)

if TYPE_CHECKING:
    from tests.review.impact.cases.model import Content

NAMES = f"{REFERENCE}/aws-properties-name.html"
OUTPUTS = f"{USER_GUIDE}/outputs-section-structure.html"
SERVICE_MANAGED = f"{USER_GUIDE}/stacksets-orgs-associate-stackset-with-org.html"
QUOTAS = f"{USER_GUIDE}/cloudformation-limits.html"

BY_EMAIL = {"AttributeDefinitions": attributes("Email"), "KeySchema": keys("Email")}

NAMED = (
    changed(
        "a table keeps its name and must be replaced",
        NAMES,
        table(TableName="orders"),
        table(TableName="orders", **BY_EMAIL),
        "fails",
        failure="custom name",
    ),
    changed(
        "a table is replaced under a new name",
        NAMES,
        table(TableName="orders"),
        table(TableName="orders-2", **BY_EMAIL),
        "replace",
    ),
    changed(
        "a role keeps its name and must be replaced",
        NAMES,
        role(RoleName="worker"),
        role(RoleName="worker", Path="/service/"),
        "fails",
        failure="custom name",
    ),
    changed(
        "a managed policy keeps its name and must be replaced",
        NAMES,
        managed_policy(ManagedPolicyName="sender"),
        managed_policy(ManagedPolicyName="sender", Path="/service/"),
        "fails",
        failure="custom name",
    ),
    changed(
        "a security group keeps its name and must be replaced",
        NAMES,
        security_group(GroupName="web"),
        security_group(GroupName="web", GroupDescription="Web servers of the shop"),
        "fails",
        failure="custom name",
    ),
    changed(
        "a repository keeps its name and must be replaced",
        NAMES,
        repository(RepositoryName="web"),
        repository(RepositoryName="web", EncryptionConfiguration={"EncryptionType": "KMS"}),
        "fails",
        failure="custom name",
    ),
    changed(
        "an ECS service keeps its name and must be replaced",
        property_of("ecs-service", "ServiceName"),
        service(ServiceName="web", SchedulingStrategy="REPLICA"),
        service(ServiceName="web", SchedulingStrategy="DAEMON"),
        "fails",
        failure="custom name",
    ),
    Case(
        "two tables of one template want one name",
        NAMES,
        {"stack": template({"Orders": table(TableName="orders")})},
        {"stack": template({"Orders": table(TableName="orders"), "Copy": table(TableName="orders")})},
        {"stack/Copy": "fails"},
        failure="duplicate name",
    ),
    Case(
        "a table under another logical ID wants the name of the one that it follows",
        NAMES,
        {"stack": template({"Orders": table(TableName="orders")})},
        {"stack": template({"OrdersTable": table(TableName="orders")})},
        {"stack/OrdersTable": "fails"},
        failure="duplicate name",
        note="a resource is created before the one that left is deleted",
    ),
)


def importing(vpc_content: Content, outputs: Content) -> dict[str, Content]:
    """A stack that exports its VPC, and one that imports it."""
    return {
        "stack": template({"Vpc": vpc_content}, Outputs=outputs),
        "consumer": template({"Private": subnet(VpcId={"Fn::ImportValue": "shared-vpc"})}),
    }


EXPORT = {"VpcId": {"Value": {"Ref": "Vpc"}, "Export": {"Name": "shared-vpc"}}}
OTHER_EXPORT = {"VpcId": {"Value": {"Ref": "Vpc"}, "Export": {"Name": "common-vpc"}}}

SHARED = (
    Case(
        "an export leaves that another stack imports",
        OUTPUTS,
        importing(vpc(), EXPORT),
        importing(vpc(), {"VpcId": {"Value": {"Ref": "Vpc"}}}),
        {"stack": "fails"},
        failure="export in use",
    ),
    Case(
        "an export is renamed that another stack imports",
        OUTPUTS,
        importing(vpc(), EXPORT),
        importing(vpc(), OTHER_EXPORT),
        {"stack": "fails"},
        failure="export in use",
    ),
    Case(
        "an exported VPC that another stack imports must be replaced",
        OUTPUTS,
        importing(vpc(), EXPORT),
        importing(vpc(CidrBlock="10.1.0.0/16"), EXPORT),
        {"stack": "fails"},
        failure="export in use",
    ),
)


def system(outputs: Content) -> dict[str, Content]:
    """A master that hands an output of one child to another."""
    return {
        "system/master": template(
            {
                "Network": nested("system/network", "0123456789abcdef"),
                "Service": nested(
                    "system/service", "0123456789abcdef", {"VpcId": {"Fn::GetAtt": ["Network", "Outputs.VpcId"]}}
                ),
            }
        ),
        "system/network": template({"Vpc": vpc()}, Outputs=outputs),
        "system/service": template(
            {"Private": subnet(VpcId={"Ref": "VpcId"})}, Parameters={"VpcId": {"Type": "String"}}
        ),
    }


def regional(resources: Content) -> dict[str, Content]:
    """A StackSet with service-managed permissions of these resources."""
    stack_set = resource(
        "AWS::CloudFormation::StackSet",
        {
            "StackSetName": "regional",
            "PermissionModel": "SERVICE_MANAGED",
            "AutoDeployment": {"Enabled": False},
            "TemplateURL": "https://templates-us-east-1.s3.amazonaws.com/system/region/0123456789abcdef.json",
        },
    )
    return {
        "stack": template({"Regions": stack_set}),
        "system/region": template(resources),
        "system/network": template({"Vpc": vpc()}),
    }


STACKS = (
    Case(
        "an output of a child leaves that the master reads",
        f"{USER_GUIDE}/using-cfn-nested-stacks.html",
        system({"VpcId": {"Value": {"Ref": "Vpc"}}}),
        system({"Vpc": {"Value": {"Ref": "Vpc"}}}),
        {"master": "fails"},
        root="system/master",
        failure="output in use",
    ),
    Case(
        "a StackSet with service-managed permissions gets a nested stack",
        SERVICE_MANAGED,
        regional({"Orders": queue()}),
        regional({"Orders": queue(), "Network": nested("system/network", "0123456789abcdef")}),
        {"stack/Regions": "fails"},
        failure="nested stack",
    ),
    Case(
        "a template grows beyond 500 resources",
        QUOTAS,
        {"stack": template({f"Topic{number}": topic() for number in range(500)})},
        {"stack": template({f"Topic{number}": topic() for number in range(501)})},
        {"stack": "fails"},
        failure="limit",
    ),
    Case(
        "a logical ID stands for a resource of another type",
        MODIFYING,
        {"stack": template({"Orders": queue()})},
        {"stack": template({"Orders": topic()})},
        {"stack/Orders": "fails"},
        failure="type",
        note="an unsupported change; CloudFormation's words: Update of resource type is not permitted",
    ),
)

CASES: tuple[Case, ...] = NAMED + SHARED + STACKS
