"""The rules of security groups, within a group and as resources of their own."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from .values import ABSENT, UNKNOWN, Branch, branches, function_of, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .values import Path, Scenario
    from .view import View

ALL_PORTS = (0.0, 65535.0)
PORTED = {"tcp", "udp", "6", "17"}
READ = ("IpProtocol", "FromPort", "ToPort", "CidrIp", "CidrIpv6")
"""What may depend on conditions together."""


class GroupRule(NamedTuple):
    """One way in or out, as it is in one scenario."""

    group: str
    """The logical ID of the group, or of the resource that is the rule."""
    content: dict[str, Any]
    path: Path

    def said(self, view: View, name: str) -> list[Any]:
        """The literals that one of its properties may be; none where it is not there or unknown."""
        literals = view.literals(self.content[name]) if name in self.content else []
        return [each for each in literals if each is not UNKNOWN and not isinstance(each, dict | list)]

    def ports(self, view: View) -> list[tuple[float, float]]:
        """The first port and the last that it may be for; none where that is unknown, or of no ports (ICMP)."""
        protocols = {str(each).lower() for each in self.said(view, "IpProtocol")}
        if "-1" in protocols or "all" in protocols:
            return [ALL_PORTS]
        if not protocols & PORTED:
            return []
        if "FromPort" not in self.content and "ToPort" not in self.content:
            return [ALL_PORTS]
        first, last = ([number(one) for one in self.said(view, name)] for name in ("FromPort", "ToPort"))
        is_one = self.content.get("FromPort") == self.content.get("ToPort")  # of a mapping both have the same entry
        if not is_one and len(last) > 1 < len(first):
            return []
        pairs = zip(first, first, strict=True) if is_one else product(first or last, last or first)
        return [(one, other) for one, other in pairs if one is not None and other is not None]


def ingress(view: View) -> Iterator[GroupRule]:
    """All ways into groups of this template, each in every scenario of its own that can be."""
    yield from _rules(view, "Ingress")


def egress(view: View) -> Iterator[GroupRule]:
    """All ways out."""
    yield from _rules(view, "Egress")


def _rules(view: View, direction: str) -> Iterator[GroupRule]:
    for group in view.of_type("AWS::EC2::SecurityGroup"):
        for found in group.each(f"SecurityGroup{direction}"):
            if isinstance(found.value, dict):
                yield from _situations(group.title, found, view)
    for each in view.of_type(f"AWS::EC2::SecurityGroup{direction}"):
        whole = Branch(each.properties, (*each.path, "Properties"), each.scenario)
        yield from _situations(each.title, whole, view)


def _situations(title: str, found: Branch, view: View) -> Iterator[GroupRule]:
    whole: list[tuple[dict[str, Any], Scenario]] = [(found.value, found.scenario)]
    for name in READ:
        if function_of(found.value.get(name))[0] == "Fn::If":
            whole = [
                (_with(content, name, one.value), one.scenario)
                for content, scenario in whole
                for one in branches(content[name], scenario)
                if view.can_be(one.scenario)
            ]
    for content, _ in whole:
        yield GroupRule(title, content, found.path)


def _with(content: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    rest = {key: each for key, each in content.items() if key != name}
    return rest if value is ABSENT else {**rest, name: value}
