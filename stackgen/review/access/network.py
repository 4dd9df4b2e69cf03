"""Traffic that security groups and network ACLs let through and did not before."""

from __future__ import annotations

from collections import defaultdict

from stackgen.records import NamedTuple

from .inventory import at
from .names import compatible, guards_of
from .traffic import EVERY_ADDRESS, Peer, Rule, covered, peer, ports, protocol
from .widening import Severity, Widening

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from stackgen.review.evaluation.tree import Resource

    from .names import Guards, Holder, Names
    from .phrases import Direction
    from .side import Alike, Side

__all__ = ["EGRESS", "GROUPS", "INGRESS", "REMEDIES", "Change", "network_gains", "peer_shown", "rules_of"]

INGRESS, EGRESS = "ingress", "egress"
GROUPS = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html"

_GROUP = "AWS::EC2::SecurityGroup"
_STANDALONE = {
    "AWS::EC2::SecurityGroupIngress": ("GroupId", "GroupName", INGRESS),
    "AWS::EC2::SecurityGroupEgress": ("GroupId", "GroupName", EGRESS),
    "AWS::RDS::DBSecurityGroupIngress": ("DBSecurityGroupName", "", INGRESS),
    "AWS::Redshift::ClusterSecurityGroupIngress": ("ClusterSecurityGroupName", "", INGRESS),
    "AWS::ElastiCache::SecurityGroupIngress": ("CacheSecurityGroupName", "", INGRESS),
}
_PEERS = (
    ("CidrIp", "cidr"),
    ("CIDRIP", "cidr"),
    ("CidrIpv6", "cidr"),
    ("SourcePrefixListId", "prefix list"),
    ("DestinationPrefixListId", "prefix list"),
    ("SourceSecurityGroupId", "group"),
    ("SourceSecurityGroupName", "group"),
    ("DestinationSecurityGroupId", "group"),
    ("EC2SecurityGroupName", "group"),
)
_DEFAULT = "the outbound rule of a group without any"
REMEDIES = {
    INGRESS: "Let in the load balancer's or the client's group, or the ranges that are meant, not every address",
    EGRESS: "Name the groups, prefix lists or ranges that the group must reach",
}


class Change(NamedTuple):
    before: Side
    after: Side
    direction: Direction


def network_gains(before: Side, after: Side, direction: Direction, alike: Alike) -> Iterator[Widening]:
    """Rules of ``after`` whose traffic those of ``before`` did not let through."""
    change = Change(before, after, direction)
    groups = _changed_groups(before, after, alike)
    old, new = rules_of(before, groups), rules_of(after, groups)
    for key, rules in new.items():
        holder, way = key
        fresh = isinstance(holder, tuple) and not before.has(holder)
        notable = []
        for rule in dict.fromkeys(rules):
            answer = covered(rule, old.get(key, []))
            if answer is True:
                continue
            if fresh and (way == EGRESS or not rule.peer.open):
                if rule.where != _DEFAULT:
                    notable.append(rule)
                continue
            same = [each for each in old.get(key, []) if each.peer.kind == rule.peer.kind]
            yield _widening(key, rule, same, change, certain=answer is False, fresh=fresh)
        if notable:
            yield _new_group(holder, way, notable, after, direction)


def _widening(
    key: tuple[Holder, str], rule: Rule, others: list[Rule], change: Change, *, certain: bool, fresh: bool
) -> Widening:
    (holder, way), direction = key, change.direction
    name = change.after.names.address(holder)
    default = rule.where == _DEFAULT
    # CloudFormation gives a group its outbound rule when it makes it, and none when the last one is taken away.
    kept = default and change.before.has(holder) and direction is direction.GAINED
    sure = certain and not rule.guards and not kept
    inwards = way == INGRESS
    verb = direction.verb("lets", "no longer lets") if sure else direction.verb("may let", "may no longer let")
    far = f"{'in' if inwards else 'out'} {rule.shown} {'from' if inwards else 'to'} {peer_shown(rule.peer, way)}"
    lead = direction.verb("new ", "removed ") if fresh else ""
    return Widening(
        kind="network",
        address=rule.where if rule.where and not default else name,
        text=f"{lead}`{name}` {verb} {far}" + (f": {_DEFAULT}" if default else ""),
        before=", ".join(f"{each.shown} {each.peer.pattern.shown}" for each in others),
        after=f"{rule.shown} {rule.peer.pattern.shown}",
        remedy=REMEDIES[way],
        severity=Severity.OPEN if rule.peer.open and inwards else Severity.WIDER,
        certain=sure,
        source=GROUPS,
    )


def peer_shown(other: Peer, way: str) -> str:
    if other.open:
        return f"{'everywhere' if way == EGRESS else 'the whole internet'} (`{other.pattern.shown}`)"
    return f"`{other.pattern.shown}`"


def _new_group(holder: Holder, way: str, rules: list[Rule], after: Side, direction: Direction) -> Widening:
    name = after.names.address(holder)
    shown = [f"{each.shown} {'from' if way == INGRESS else 'to'} `{each.peer.pattern.shown}`" for each in rules[:4]]
    if len(rules) > len(shown):
        shown.append(f"{len(rules) - len(shown)} more")
    return Widening(
        kind="new access",
        address=name,
        text=f"{direction.verb('new', 'removed')} `{name}` lets {'in' if way == INGRESS else 'out'} {'; '.join(shown)}",
        before="",
        after="; ".join(shown).replace("`", ""),
        remedy=REMEDIES[way],
        severity=Severity.NEW,
        certain=not any(each.guards for each in rules),
        source=GROUPS,
    )


def _changed_groups(before: Side, after: Side, alike: Alike) -> set[Holder]:
    """The groups with a rule, wherever it is written, that may not be the same on both sides."""
    return {
        _group(resource, side.names)
        for side in (before, after)
        for resource in side.typed(_GROUP, *_STANDALONE)
        if not alike(resource)
    }


def _group(resource: Resource, names: Names) -> Holder:
    """The group whose rules, or rule, a resource says."""
    if resource.type == _GROUP:
        return names.place(resource)
    first, second, _ = _STANDALONE[resource.type]
    return names.holder(resource.properties.get(first) or resource.properties.get(second) or "", "SecurityGroup")


def rules_of(side: Side, groups: set[Holder] | None = None) -> dict[tuple[Holder, str], list[Rule]]:
    """The rules of each group, or of some, wherever they are written."""
    found: dict[tuple[Holder, str], list[Rule]] = defaultdict(list)
    wanted = [(each, _group(each, side.names)) for each in side.typed(_GROUP, *_STANDALONE)]
    wanted = [(each, group) for each, group in wanted if groups is None or group in groups]
    for resource, group in wanted:
        held = guards_of(resource)
        if resource.type == _GROUP:
            for way in (INGRESS, EGRESS):
                for value, guards in at(resource.properties, f"SecurityGroup{way.capitalize()}[]"):
                    found[group, way] += _read(value, _both(held, guards), side.names, resource.address)
        else:
            found[group, _STANDALONE[resource.type][2]] += _read(
                resource.properties, held, side.names, resource.address
            )
    for resource, group in wanted:
        if resource.type == _GROUP and not found.get((group, EGRESS)):
            for address in EVERY_ADDRESS:
                everything = protocol("-1", side.names)
                far = peer("cidr", address, side.names)
                found[group, EGRESS].append(Rule(everything, None, far, guards_of(resource), _DEFAULT))
    return found


def _both(first: Guards, second: Guards) -> Guards:
    return compatible(first, second) or first


def _read(value: Any, held: Guards, names: Names, where: str) -> Iterator[Rule]:
    """The rules of one entry: one for each peer that it names."""
    if not isinstance(value, dict):
        unknown = names.pattern(value, wildcards=False)
        yield Rule(unknown, None, Peer("unknown", None, None, unknown), held, where)
        return
    for way, first in at(value, "IpProtocol") if "IpProtocol" in value else [("tcp", frozenset())]:
        name = protocol(way, names)
        for low, second in list(at(value, "FromPort")) or [(None, frozenset())]:
            for high, third in list(at(value, "ToPort")) or [(None, frozenset())]:
                span = ports(name, low, high, names)
                for key, kind in _PEERS:
                    for each, fourth in at(value, key):
                        together = compatible(held, first, second, third, fourth)
                        if together is not None:
                            yield Rule(name, span, peer(kind, each, names), together, where)
