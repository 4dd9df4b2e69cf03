"""The rules of security groups, within a group and as resources of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .values import ABSENT, UNKNOWN, branches, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .values import Path
    from .view import View

ALL_PORTS = frozenset({0.0, 65535.0})
PORTED = {"tcp", "udp", "6", "17"}


class GroupRule(NamedTuple):
    """One way in or out."""

    group: str
    """The logical ID of the group, or of the resource that is the rule."""
    content: dict[str, Any]
    path: Path

    def said(self, view: View, name: str) -> list[Any]:
        """The literals that one of its properties may be; none where it is not there or unknown."""
        found = (each.value for each in branches(self.content.get(name)))
        literals = (one for each in found if each is not ABSENT for one in view.literals(each))
        return [each for each in literals if each is not UNKNOWN and not isinstance(each, dict | list)]

    def ports(self, view: View) -> frozenset[float] | None:
        """The one port, or the first and the last of many; None where that is unknown, or of no ports (ICMP)."""
        protocols = {str(each).lower() for each in self.said(view, "IpProtocol")}
        if "-1" in protocols or "all" in protocols:
            return ALL_PORTS
        if not protocols & PORTED:
            return None
        ends = [number(one) for name in ("FromPort", "ToPort") for one in self.said(view, name)]
        if "FromPort" not in self.content and "ToPort" not in self.content:
            return ALL_PORTS
        return frozenset(each for each in ends if each is not None) or None


def ingress(view: View) -> Iterator[GroupRule]:
    """All ways into groups of this template."""
    yield from _rules(view, "Ingress")


def egress(view: View) -> Iterator[GroupRule]:
    """All ways out."""
    yield from _rules(view, "Egress")


def _rules(view: View, direction: str) -> Iterator[GroupRule]:
    for group in view.of_type("AWS::EC2::SecurityGroup"):
        for found in group.each(f"SecurityGroup{direction}"):
            if isinstance(found.value, dict):
                yield GroupRule(group.title, found.value, found.path)
    for each in view.of_type(f"AWS::EC2::SecurityGroup{direction}"):
        yield GroupRule(each.title, each.properties, (*each.path, "Properties"))
