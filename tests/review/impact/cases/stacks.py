"""A replacement that travels between nested stacks: from an output to the parameter that it is handed to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.review.impact.cases.model import BEHAVIOURS, USER_GUIDE, Case, property_of, template
from tests.review.impact.cases.propagation import att, environment, ref
from tests.review.impact.cases.resources import function, nested, queue, subnet, vpc

if TYPE_CHECKING:
    from tests.review.impact.cases.model import Content

OLD, NEW = "0123456789abcdef", "fedcba9876543210"
NESTED = f"{USER_GUIDE}/using-cfn-nested-stacks.html"


def network(**properties: Any) -> Content:
    """A child that makes a VPC and says which."""
    return template({"Vpc": vpc(**properties)}, Outputs={"VpcId": {"Value": ref("Vpc")}})


def consumer(used_by: Content) -> Content:
    """A child that is told the VPC."""
    return template({"User": used_by}, Parameters={"VpcId": {"Type": "String"}})


def system(network_digest: str) -> Content:
    """A master of the two."""
    return template(
        {
            "Network": nested("system/network", network_digest),
            "Service": nested("system/service", OLD, {"VpcId": att("Network", "Outputs.VpcId")}),
        }
    )


def through_stacks(
    name: str, source: str, used_by: Content, answers: dict[str, str], **changed_properties: Any
) -> Case:
    """The VPC of one child changes, another child uses it."""
    service_template = consumer(used_by)
    return Case(
        name=name,
        source=source,
        before={"system/master": system(OLD), "system/network": network(), "system/service": service_template},
        after={
            "system/master": system(NEW),
            "system/network": network(**changed_properties),
            "system/service": service_template,
        },
        expected={f"master/{address}": answer for address, answer in answers.items()},
        root="system/master",
    )


def deep_build(digest: str, **vpc_properties: Any) -> dict[str, Content]:
    """A VPC two stacks deep, and a subnet that is two stacks deep elsewhere."""
    inner_user = nested("system/service", OLD, {"VpcId": ref("VpcId")})
    return {
        "system/master": template(
            {
                "Platform": nested("system/platform", digest),
                "Shop": nested("system/shop", OLD, {"VpcId": att("Platform", "Outputs.VpcId")}),
            }
        ),
        "system/platform": template(
            {"Network": nested("system/network", digest)},
            Outputs={"VpcId": {"Value": att("Network", "Outputs.VpcId")}},
        ),
        "system/network": network(**vpc_properties),
        "system/shop": template({"Service": inner_user}, Parameters={"VpcId": {"Type": "String"}}),
        "system/service": consumer(subnet(VpcId=ref("VpcId"))),
    }


def ranged(cidr: str) -> dict[str, Content]:
    """A master that tells its child the range of the VPC."""
    child = template({"Vpc": vpc(CidrBlock=ref("Range"))}, Parameters={"Range": {"Type": "String"}})
    return {
        "system/master": template({"Network": nested("system/network", OLD, {"Range": cidr})}),
        "system/network": child,
    }


STACKS = (
    through_stacks(
        "a replaced VPC of one nested stack replaces the subnet of another",
        NESTED,
        subnet(VpcId=ref("VpcId")),
        {"Network": "update", "Network/Vpc": "replace", "Service": "update", "Service/User": "replace"},
        CidrBlock="10.0.0.0/20",
    ),
    through_stacks(
        "a replaced VPC of one nested stack updates the function of another",
        NESTED,
        function(Environment=environment(ref("VpcId"))),
        {"Network/Vpc": "replace", "Service/User": "update"},
        CidrBlock="10.0.0.0/20",
    ),
    through_stacks(
        "a VPC updated in place leaves the other nested stack alone",
        BEHAVIOURS,
        subnet(VpcId=ref("VpcId")),
        {"Network/Vpc": "update", "Service/User": "none"},
        EnableDnsHostnames=True,
    ),
    Case(
        "a replacement travels up two stacks and down two others",
        NESTED,
        deep_build(OLD),
        deep_build(NEW, CidrBlock="10.0.0.0/20"),
        {
            "master/Platform": "update",
            "master/Platform/Network/Vpc": "replace",
            "master/Shop/Service/User": "replace",
        },
        root="system/master",
    ),
    Case(
        "a parameter that a master hands to its child makes another VPC",
        property_of("ec2-vpc", "CidrBlock"),
        ranged("10.0.0.0/16"),
        ranged("10.0.0.0/20"),
        {"master/Network": "update", "master/Network/Vpc": "replace"},
        root="system/master",
    ),
    Case(
        "a nested stack gets another template in place",
        property_of("cloudformation-stack", "TemplateURL"),
        {
            "system/master": template({"Network": nested("system/network", OLD)}),
            "system/network": template({"Vpc": vpc()}),
        },
        {
            "system/master": template({"Network": nested("system/network", NEW)}),
            "system/network": template({"Vpc": vpc(), "Orders": queue()}),
        },
        {"master/Network": "update", "master/Network/Vpc": "none", "master/Network/Orders": "create"},
        root="system/master",
    ),
)

CASES: tuple[Case, ...] = STACKS
