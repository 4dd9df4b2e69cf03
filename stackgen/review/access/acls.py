"""Entries of network ACLs, which are read in the order of their numbers until one fits."""

from __future__ import annotations

from collections import defaultdict

from stackgen.records import NamedTuple
from stackgen.review.evaluation.symbols import text_of

from .names import guards_of
from .traffic import Rule, covered, inside, peer, ports, protocol
from .widening import Severity, Widening

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .names import Holder
    from .phrases import Direction
    from .side import Side

__all__ = ["acl_gains"]

SOURCE = "https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html"
_REMEDY = "Allow the ranges and ports that the subnets need; keep what was denied below the number of what is allowed"


class _Entry(NamedTuple):
    number: int | None
    allow: bool
    rule: Rule


def acl_gains(before: Side, after: Side, direction: Direction) -> Iterator[Widening]:
    """What the ACLs of ``after`` let pass beyond those of ``before``: by more, by less denied, by another order."""
    old, new = _entries(before), _entries(after)
    for key in dict.fromkeys([*new, *old]):
        holder, _way = key
        if isinstance(holder, tuple) and not after.has(holder):
            continue
        olds, news = old.get(key, []), new.get(key, [])
        allowed = [each.rule for each in olds if each.allow]
        for entry in news:
            if entry.allow and (answer := covered(entry.rule, allowed)) is not True:
                verb = direction.verb("now lets", "no longer lets")
                yield _widening(key, entry, f"{verb} pass", certain=answer is False, before=before, after=after)
        denied = [each for each in news if not each.allow]
        for entry in olds:
            if entry.allow or not any(each.allow for each in news):
                continue
            answer = covered(entry.rule, [each.rule for each in denied])
            if answer is not True:
                verb = direction.verb("no longer denies", "now denies")
                yield _widening(key, entry, verb, certain=answer is False, before=before, after=after)
            elif _overtaken(entry, olds, news):
                verb = direction.verb("may pass what was denied before it allowed:", "may deny before it allows:")
                yield _widening(key, entry, verb, certain=False, before=before, after=after)


def _overtaken(entry: _Entry, olds: list[_Entry], news: list[_Entry]) -> bool:
    """Whether an allowing entry that came after what is denied here now comes before it."""
    now = [each for each in news if not each.allow and covered(entry.rule, [each.rule]) is True]
    last = max((each.number for each in now if each.number is not None), default=None)
    if last is None or entry.number is None:
        return last != entry.number
    for each in news:
        if each.allow and each.number is not None and each.number < last and _touch(each.rule, entry.rule):
            earlier = [
                one.number
                for one in olds
                if one.allow and one.number is not None and covered(each.rule, [one.rule]) is True
            ]
            if not any(number < entry.number for number in earlier):
                return True
    return False


def _touch(one: Rule, other: Rule) -> bool:
    """Whether traffic may fit both."""
    first, second = one.peer.network, other.peer.network
    return first is None or second is None or inside(first, second) or inside(second, first)


def _widening(
    key: tuple[Holder, str], entry: _Entry, verb: str, *, certain: bool, before: Side, after: Side
) -> Widening:
    (holder, way), rule = key, entry.rule
    far = "from" if way == "ingress" else "to"
    names = after.names if after.has(holder) else before.names
    open_to_all = entry.allow and rule.peer.open and way == "ingress"
    return Widening(
        kind="network",
        address=rule.where,
        text=f"`{names.address(holder)}` {verb} {rule.shown} {far} `{rule.peer.pattern.shown}`",
        before="" if entry.allow else f"deny {rule.shown} {rule.peer.pattern.shown}",
        after=f"allow {rule.shown} {rule.peer.pattern.shown}" if entry.allow else "",
        remedy=_REMEDY,
        severity=Severity.OPEN if open_to_all else Severity.WIDER,
        certain=certain and not rule.guards,
        source=SOURCE,
    )


def _entries(side: Side) -> dict[tuple[Holder, str], list[_Entry]]:
    found: dict[tuple[Holder, str], list[_Entry]] = defaultdict(list)
    for resource in side.typed("AWS::EC2::NetworkAclEntry"):
        properties, names = resource.properties, side.names
        way = "egress" if text_of(properties.get("Egress", False)).lower() == "true" else "ingress"
        name = protocol(properties.get("Protocol", "-1"), names)
        span = properties.get("PortRange")
        span = span if isinstance(span, dict) else {}
        icmp = properties.get("Icmp")
        if isinstance(icmp, dict):
            span = {"From": icmp.get("Type"), "To": icmp.get("Code")}
        extent = ports(name, span.get("From"), span.get("To"), names)
        number = text_of(properties.get("RuleNumber", ""))
        for key in ("CidrBlock", "Ipv6CidrBlock"):
            if key in properties:
                rule = Rule(name, extent, peer("cidr", properties[key], names), guards_of(resource), resource.address)
                entry = _Entry(
                    int(number) if number.isdigit() else None,
                    text_of(properties.get("RuleAction")).lower() != "deny",
                    rule,
                )
                found[names.holder(properties.get("NetworkAclId", "")), way].append(entry)
    return found
