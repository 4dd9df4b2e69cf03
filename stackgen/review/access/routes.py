"""Ways out of a network: subnets that become public, and routes and links to other networks."""

from __future__ import annotations

from collections import defaultdict

from stackgen.records import NamedTuple
from stackgen.review.evaluation.symbols import Attribute

from .names import compatible, guards_of
from .widening import Severity, Widening

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from stackgen.review.evaluation.tree import Resource

    from .names import Guards, Holder, Names
    from .phrases import Direction
    from .side import Side

__all__ = ["route_gains"]

PUBLIC = "https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html"
_INTERNET_GATEWAY = "AWS::EC2::InternetGateway"

# Targets of a route that lead into another network, and resources that link two networks.
_TARGETS = {
    "VpcPeeringConnectionId": "a peered VPC",
    "TransitGatewayId": "a transit gateway",
    "CoreNetworkArn": "a core network",
    "LocalGatewayId": "a local gateway",
    "CarrierGatewayId": "a carrier gateway",
    "NetworkInterfaceId": "a network interface",
    "InstanceId": "an instance",
}
_LINKS = {
    "AWS::EC2::VPCPeeringConnection": ("VpcId", "PeerVpcId"),
    "AWS::EC2::TransitGatewayAttachment": ("VpcId", "TransitGatewayId"),
    "AWS::EC2::TransitGatewayVpcAttachment": ("VpcId", "TransitGatewayId"),
    "AWS::EC2::TransitGatewayPeeringAttachment": ("TransitGatewayId", "PeerTransitGatewayId"),
    "AWS::EC2::TransitGatewayRoute": ("TransitGatewayRouteTableId", "DestinationCidrBlock"),
    "AWS::EC2::VPNConnection": ("VpnGatewayId", "CustomerGatewayId"),
    "AWS::EC2::VPNConnectionRoute": ("VpnConnectionId", "DestinationCidrBlock"),
    "AWS::EC2::ClientVpnAuthorizationRule": ("ClientVpnEndpointId", "TargetNetworkCidr"),
    "AWS::NetworkManager::VpcAttachment": ("CoreNetworkId", "VpcArn"),
    "AWS::DirectConnect::DirectConnectGatewayAssociation": ("DirectConnectGatewayId", "AssociatedGatewayId"),
}
_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")


class _Route(NamedTuple):
    table: Holder
    destination: str
    target: str
    guards: Guards
    where: str


def route_gains(before: Side, after: Side, direction: Direction) -> Iterator[Widening]:
    """Subnets that reach the internet gateway, and networks that can be reached, as they were not before."""
    was, now = _public(before), _public(after)
    for subnet, (guards, route) in now.items():
        if subnet not in was or not was[subnet][0] <= guards:
            fresh = isinstance(subnet, tuple) and not before.has(subnet)
            name = after.names.address(subnet)
            yield _subnet(name, route, direction, fresh=fresh, certain=not guards and subnet not in was)
    old = {(each.table, each.destination, each.target): each for each in _routes(before)}
    for route in _routes(after):
        known = old.get((route.table, route.destination, route.target))
        if known is None or not known.guards <= route.guards:
            yield _route(route, after.names, direction)
    yield from _links(before, after, direction)


def _subnet(name: str, route: _Route, direction: Direction, *, fresh: bool, certain: bool) -> Widening:
    verb = (
        direction.verb("is public", "was public") if fresh else direction.verb("becomes public", "is no longer public")
    )
    lead = direction.verb("new ", "removed ") if fresh else ""
    return Widening(
        kind="route",
        address=name,
        text=f"{lead}`{name}` {verb}: its route table sends {route.destination} to an internet gateway",
        before="",
        after=f"{route.destination} by {route.where}",
        remedy="Send its traffic through a NAT gateway or endpoints; public subnets are for what must be reached",
        severity=Severity.NEW if fresh else Severity.OPEN,
        certain=certain,
        source=PUBLIC,
    )


def _route(route: _Route, names: Names, direction: Direction) -> Widening:
    table = names.address(route.table)
    return Widening(
        kind="route",
        address=route.where,
        text=f"`{table}` {direction.verb('now sends', 'no longer sends')} {route.destination} to {route.target}",
        before="",
        after=f"{route.destination} to {route.target}",
        remedy="Route only the ranges that are needed, and see what the groups let in from there",
        severity=Severity.WIDER,
        certain=not route.guards,
        source="https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html",
    )


def _links(before: Side, after: Side, direction: Direction) -> Iterator[Widening]:
    old = {_ends(each.properties, _LINKS[each.type], before.names): guards_of(each) for each in before.typed(*_LINKS)}
    for resource in after.typed(*_LINKS):
        ends = _ends(resource.properties, _LINKS[resource.type], after.names)
        guards = guards_of(resource)
        if ends in old and old[ends] <= guards:
            continue
        near, far = (after.names.address(each) for each in ends)
        link = resource.type.rsplit("::", 1)[-1]
        yield Widening(
            kind="route",
            address=resource.address,
            text=f"{direction.verb('new', 'removed')} `{resource.address}` ({link}) links `{near}` with `{far}`",
            before="",
            after=f"{near} - {far}",
            remedy="See which routes and groups let traffic through the link",
            severity=Severity.NEW,
            certain=not guards,
        )


def _ends(properties: dict[str, Any], keys: tuple[str, str], names: Names) -> tuple[Holder, Holder]:
    return names.holder(properties.get(keys[0], "")), names.holder(properties.get(keys[1], ""))


def _routes(side: Side) -> Iterator[_Route]:
    """The routes that lead into another network."""
    for resource in side.typed("AWS::EC2::Route"):
        for key, words in _TARGETS.items():
            if key in resource.properties:
                far = side.names.address(side.names.holder(resource.properties[key]))
                yield _read(resource, f"{words} (`{far}`)", side.names)


def _gateway_routes(side: Side) -> Iterator[tuple[_Route, Any]]:
    """The routes to a gateway, each with that gateway."""
    for resource in side.typed("AWS::EC2::Route"):
        if "GatewayId" in resource.properties:
            yield _read(resource, "a gateway", side.names), resource.properties["GatewayId"]


def _read(resource: Resource, target: str, names: Names) -> _Route:
    properties = resource.properties
    destination = ", ".join(str(properties[key]) for key in _DESTINATIONS if key in properties)
    table = names.holder(properties.get("RouteTableId", ""))
    return _Route(table, destination, target, guards_of(resource), resource.address)


def _public(side: Side) -> dict[Holder, tuple[Guards, _Route]]:
    """Subnets whose route table leads to an internet gateway, with the conditions that they are public under."""
    tables: dict[Holder, list[_Route]] = defaultdict(list)
    for route, gateway in _gateway_routes(side):
        if _internet(gateway, side.names):
            tables[route.table].append(route)
    found: dict[Holder, tuple[Guards, _Route]] = {}
    for resource in side.typed("AWS::EC2::SubnetRouteTableAssociation"):
        table = side.names.holder(resource.properties.get("RouteTableId", ""))
        subnet = side.names.holder(resource.properties.get("SubnetId", ""))
        for route in tables.get(table, []):
            guards = compatible(route.guards, guards_of(resource))
            if guards is not None and (subnet not in found or len(guards) < len(found[subnet][0])):
                found[subnet] = (guards, route)
    return found


def _internet(gateway: Any, names: Names) -> bool:
    if isinstance(gateway, Attribute):
        holder = names.holder(gateway)
        return names.type(holder) == _INTERNET_GATEWAY
    return gateway is not None and not str(gateway).startswith(("vgw-", "local", "lgw-"))
