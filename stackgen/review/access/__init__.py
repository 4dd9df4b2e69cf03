"""Widened access: what a change lets someone do that was not possible before."""

from __future__ import annotations

from .carriers import CARRIERS
from .iam import policy_gains
from .names import moved
from .phrases import Direction
from .public import public_gains
from .side import Alike, Side
from .widening import Severity, Widening, in_order

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stackgen.review.evaluation.tree import Tree

_ACLS = ("AWS::EC2::NetworkAclEntry",)
_GROUPS = {
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::ElastiCache::SecurityGroupIngress",
    "AWS::RDS::DBSecurityGroupIngress",
    "AWS::Redshift::ClusterSecurityGroupIngress",
    *CARRIERS,
}
_ROUTES = (
    "AWS::DirectConnect::DirectConnectGatewayAssociation",
    "AWS::EC2::ClientVpnAuthorizationRule",
    "AWS::EC2::Route",
    "AWS::EC2::TransitGatewayAttachment",
    "AWS::EC2::TransitGatewayPeeringAttachment",
    "AWS::EC2::TransitGatewayRoute",
    "AWS::EC2::TransitGatewayVpcAttachment",
    "AWS::EC2::VPCPeeringConnection",
    "AWS::EC2::VPNConnection",
    "AWS::EC2::VPNConnectionRoute",
    "AWS::NetworkManager::VpcAttachment",
)
"""The types that a part of the comparison is about; it loads where there is something for it."""

__all__ = ["Severity", "Widening", "narrowed", "widened"]


def widened(before: Tree | None, after: Tree) -> list[Widening]:
    """What ``after`` opens that ``before`` did not, the gravest first; all of it for a new stack."""
    renamed = moved(before, after) if before is not None else {}
    return _gains(Side.of(before, renamed), Side.of(after, {}), Direction.GAINED)


def narrowed(before: Tree | None, after: Tree) -> list[Widening]:
    """What ``before`` opened and ``after`` does not."""
    renamed = moved(before, after) if before is not None else {}
    return _gains(Side.of(after, {}), Side.of(before, renamed), Direction.LOST)


def _gains(before: Side, after: Side, direction: Direction) -> list[Widening]:
    alike = Alike(before, after)
    found = list(policy_gains(before, after, direction, alike))
    found += public_gains(before, after, direction)
    if any(each.type in _GROUPS and not alike(each) for side in (before, after) for each in side.resources):
        from .joining import joining_gains
        from .network import network_gains

        found += network_gains(before, after, direction, alike)
        found += joining_gains(before, after, direction, alike)
    if any(before.typed(*_ACLS)) or any(after.typed(*_ACLS)):
        from .acls import acl_gains

        found += acl_gains(before, after, direction)
    if any(before.typed(*_ROUTES)) or any(after.typed(*_ROUTES)):
        from .routes import route_gains

        found += route_gains(before, after, direction)
    return in_order(found)
