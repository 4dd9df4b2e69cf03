"""What a template says of its networks: which subnet leads where, and which endpoints stand in it.

Whatever is not in the template, a subnet that is a parameter as much as a route table of another stack, is unknown.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Any

from .values import ABSENT, UNKNOWN, branches, elements, references, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .view import Resource, View

EVERYWHERE = ("0.0.0.0/0", "::/0")
_GATEWAYS = (
    "AWS::EC2::InternetGateway", "AWS::EC2::VPCGatewayAttachment", "AWS::EC2::NatGateway", "AWS::EC2::Route",
    "AWS::EC2::TransitGatewayAttachment", "AWS::EC2::TransitGatewayVpcAttachment", "AWS::EC2::VPCPeeringConnection",
    "AWS::EC2::SubnetRouteTableAssociation", "AWS::CloudFormation::Stack",
)  # fmt: skip
"""What may lead out of a VPC, or lead on to somebody who knows."""
_SERVICE = re.compile(
    r"(?:com\.amazonaws|aws\.api|\$\{AWS::URLSuffix\})\.(?:\$\{[^}]*\}|[a-z]{2}[a-z0-9-]*-\d)\.([\w.-]+)$"
)


class Way(Enum):
    """Where a subnet's default route leads."""

    INTERNET = "an internet gateway"
    NAT = "a NAT gateway"
    OTHER = "somewhere else"
    NOWHERE = "nowhere"
    UNKNOWN = "nobody knows"


def subnets_in(view: View, value: Any) -> list[Resource] | None:
    """The subnets of this template that a list names, in all its branches; None where some are not to be told."""
    found: list[Resource] = []
    for each in elements(value):
        subnet = view.resource_of(each.value)
        if subnet is None or subnet.type != "AWS::EC2::Subnet":
            return None
        found.append(subnet)
    return found


def table_of(view: View, subnet: Resource) -> Resource | None:
    """The route table that a subnet is associated with in this template."""
    for each in view.of_type("AWS::EC2::SubnetRouteTableAssociation"):
        if view.resource_of(each.properties.get("SubnetId")) is subnet:
            return view.resource_of(each.properties.get("RouteTableId"))
    return None


def way_of(view: View, subnet: Resource) -> Way:
    """Where its default route leads.

    A subnet without a table of its own has the VPC's, of which only this is known: nothing leads out of a VPC that
    nobody outside the template knows, and that has no gateway in it.
    """
    table = table_of(view, subnet)
    if table is None:
        return Way.NOWHERE if _is_sealed(view, view.resource_of(subnet.properties.get("VpcId"))) else Way.UNKNOWN
    ways = {_way(view, each) for each in _default_routes(view, table)}
    return next((each for each in Way if each in ways), Way.NOWHERE)


def endpoints(view: View) -> Iterator[tuple[str, Resource]]:
    """The services that endpoints of this template lead to, as ``s3`` and ``ecr.api``, with the endpoint."""
    for each in view.of_type("AWS::EC2::VPCEndpoint"):
        for found in each.values("ServiceName"):
            match = _SERVICE.search(view.values.spelled(found.value) if found.value is not ABSENT else "")
            if match:
                yield match[1], each


def has_endpoint(view: View, subnet: Resource, service: str) -> bool:
    """Whether an endpoint of this template may lead from a subnet to a service; one that is not to be told does."""
    vpc, table = view.resource_of(subnet.properties.get("VpcId")), table_of(view, subnet)
    for name, endpoint in endpoints(view):
        if name != service or view.resource_of(endpoint.properties.get("VpcId")) is not vpc:
            continue
        if _is_interface(view, endpoint):
            return True
        tables = [view.resource_of(each.value) for each in endpoint.each("RouteTableIds")]
        if table in tables or None in tables:
            return True
    return False


def _is_sealed(view: View, vpc: Resource | None) -> bool:
    """Whether a VPC is this template's alone, with no way out of it."""
    if vpc is None or vpc.type != "AWS::EC2::VPC" or next(view.of_type(*_GATEWAYS), None) is not None:
        return False
    return not any(vpc.title in references(each) for each in view.section("Outputs").values())


def _is_interface(view: View, endpoint: Resource) -> bool:
    said = (each for found in endpoint.values("VpcEndpointType") for each in view.literals(found.value))
    return any(each not in (ABSENT, "Gateway") for each in said)


def _default_routes(view: View, table: Resource) -> Iterator[Resource]:
    for each in view.of_type("AWS::EC2::Route"):
        if view.resource_of(each.properties.get("RouteTableId")) is table:
            said = [each.properties.get(name) for name in ("DestinationCidrBlock", "DestinationIpv6CidrBlock")]
            literals = [one for value in said if value is not None for one in view.literals(value)]
            if any(one is UNKNOWN or one in EVERYWHERE for one in literals):
                yield each


def _way(view: View, route: Resource) -> Way:
    if "NatGatewayId" in route.properties:
        return Way.NAT
    if "GatewayId" not in route.properties:
        return Way.OTHER
    named = [each.value for each in branches(route.properties["GatewayId"])]
    found = [view.resource_of(each) for each in named]
    if any(each is not None and each.type == "AWS::EC2::InternetGateway" for each in found):
        return Way.INTERNET
    return Way.INTERNET if any("igw" in texts(each).lower() for each in named) else Way.OTHER
