"""Rules that let traffic pass: a protocol, a range of ports and a peer, and whether other rules cover one."""

from __future__ import annotations

import ipaddress

from stackgen.records import NamedTuple
from stackgen.review.evaluation.symbols import Symbol, text_of

from .answers import all_of, any_of
from .comparison import whenever
from .patterns import Pattern, covers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from .answers import Answer
    from .names import Guards, Holder, Names

__all__ = ["EVERY_ADDRESS", "Network", "Peer", "Ports", "Rule", "covered", "network", "peer", "ports", "protocol"]

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

EVERY_ADDRESS = ("0.0.0.0/0", "::/0")

_NUMBERS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}
_PORTS = (0, 65535)

Ports = tuple[int, int] | Pattern | None


class Peer(NamedTuple):
    """Who is at the other end. ``network`` is set where it is a range of addresses and known."""

    kind: str
    network: Network | None
    holder: Holder | None
    pattern: Pattern

    @property
    def open(self) -> bool:
        return self.network is not None and self.network.prefixlen == 0


class Rule(NamedTuple):
    """``ports`` is None for all of them; of ICMP they are types."""

    protocol: Pattern
    ports: Ports
    peer: Peer
    guards: Guards = frozenset()
    where: str = ""

    @property
    def shown(self) -> str:
        name = self.protocol.shown
        if name == "-1" or (self.ports is None and name not in ("icmp", "icmpv6")):
            what = "all traffic" if name == "-1" else f"{name}, all ports"
        elif isinstance(self.ports, tuple) and not isinstance(self.ports, Pattern):
            low, high = self.ports
            what = f"{name} {low}" if low == high else f"{name} {low}-{high}"
        else:
            what = name if self.ports is None else f"{name} {self.ports.shown}"
        return what


def network(text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def protocol(value: Any, names: Names) -> Pattern:
    """A protocol by its name; ``-1`` is all of them."""
    found = names.pattern(text_of(value).lower() if not isinstance(value, Symbol) else value, wildcards=False)
    name = _NUMBERS.get(found.shown)
    return Pattern(tuple(name), name) if name else found


def ports(name: Pattern, low: Any, high: Any, names: Names) -> Ports:
    """A range of ports, None for all, a pattern where it is not known."""
    if name.shown == "-1" or (low is None and high is None):
        return None
    try:
        first, last = int(low), int(high if high is not None else low)
    except (TypeError, ValueError):
        left, right = names.pattern(low, wildcards=False), names.pattern(high, wildcards=False)
        return Pattern((*left.tokens, "-", *right.tokens), f"{left.shown}-{right.shown}")
    if first == -1 or (name.shown in ("tcp", "udp") and (first, last) == _PORTS):
        return None
    if name.shown in ("icmp", "icmpv6"):
        return (first, first) if last == -1 else Pattern(tuple(f"{first}-{last}"), f"type {first} code {last}")
    return (first, last)


def peer(kind: str, value: Any, names: Names) -> Peer:
    """The other end of a rule: ``cidr``, ``prefix list`` or ``group``."""
    pattern = names.pattern(value, wildcards=False)
    if kind == "cidr":
        known = network(pattern.text) if pattern.text is not None else None
        return Peer(kind, known, None, pattern.named(str(known)) if known else pattern)
    holder = names.holder(value, "SecurityGroup")
    return Peer(kind, None, holder, pattern.named(names.address(holder)))


def covered(rule: Rule, others: Sequence[Rule]) -> Answer:
    """Whether all traffic of the rule passes by the others: by one of them, or by ranges that join."""
    answer = any_of(_by_one(rule, other) for other in others)
    if answer is True or rule.peer.network is None:
        return answer
    matching = [
        each
        for each in others
        if _protocols(rule, each) is True
        and whenever(rule.guards, each.guards) is True
        and each.peer.network is not None
    ]
    return True if _by_ranges(rule, matching) or _by_ports(rule, matching) else answer


def _by_one(rule: Rule, other: Rule) -> Answer:
    return all_of((
        _protocols(rule, other),
        _ports_within(rule.ports, other.ports),
        _peers(rule.peer, other.peer),
        whenever(rule.guards, other.guards),
    ))  # fmt: skip


def _protocols(rule: Rule, other: Rule) -> Answer:
    return True if other.protocol.shown == "-1" else covers(other.protocol, rule.protocol)


def _ports_within(inner: Ports, outer: Ports) -> Answer:
    if outer is None or inner == outer:
        return True
    if inner is None:
        return None if isinstance(outer, Pattern) and outer.text is None else False
    if isinstance(inner, Pattern) or isinstance(outer, Pattern):
        first = inner if isinstance(inner, Pattern) else Pattern(tuple(f"{inner[0]}-{inner[1]}"), "")
        second = outer if isinstance(outer, Pattern) else Pattern(tuple(f"{outer[0]}-{outer[1]}"), "")
        if first.tokens == second.tokens:
            return True
        if first.text is not None and second.text is not None:  # a code of ICMP within its type
            return not isinstance(outer, Pattern) and first.text.split("-")[0] == second.text.split("-")[0]
        return None
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _peers(inner: Peer, outer: Peer) -> Answer:
    if inner.holder is not None and outer.holder is not None and inner.kind == outer.kind:
        return inner.holder == outer.holder or covers(outer.pattern, inner.pattern)
    if inner.network is not None and outer.network is not None:
        return inside(inner.network, outer.network)
    if inner.kind == outer.kind:
        return True if outer.open else covers(outer.pattern, inner.pattern)
    if outer.open:
        return None  # the members of a group or list have addresses too, though perhaps of the other version
    return None if "cidr" not in (inner.kind, outer.kind) and inner.kind != outer.kind else False


def inside(inner: Network, outer: Network) -> bool:
    """Whether one range lies in another; IPv4 never lies in IPv6."""
    if isinstance(inner, ipaddress.IPv4Network):
        return isinstance(outer, ipaddress.IPv4Network) and inner.subnet_of(outer)
    return isinstance(outer, ipaddress.IPv6Network) and inner.subnet_of(outer)


def _by_ranges(rule: Rule, others: list[Rule]) -> bool:
    """Whether the address ranges of rules with these ports join to one that holds the rule's."""
    wanted = rule.peer.network
    found = [each.peer.network for each in others if _ports_within(rule.ports, each.ports) is True]
    if isinstance(wanted, ipaddress.IPv4Network):
        four = [each for each in found if isinstance(each, ipaddress.IPv4Network)]
        return any(wanted.subnet_of(each) for each in ipaddress.collapse_addresses(four))
    six = [each for each in found if isinstance(each, ipaddress.IPv6Network)]
    return wanted is not None and any(wanted.subnet_of(each) for each in ipaddress.collapse_addresses(six))


def _by_ports(rule: Rule, others: list[Rule]) -> bool:
    """Whether the port ranges of rules with this peer join to one that holds the rule's."""
    if rule.protocol.shown not in ("tcp", "udp") or isinstance(rule.ports, Pattern):
        return False
    low, high = rule.ports or _PORTS
    spans = sorted(
        (each.ports or _PORTS)
        for each in others
        if not isinstance(each.ports, Pattern) and _peers(rule.peer, each.peer) is True
    )
    for first, last in spans:
        if first <= low <= last:
            low = last + 1
    return low > high
