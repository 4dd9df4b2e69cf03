"""Resources that come into other security groups, and the traffic that those let through.

The rules of all groups of a resource count together. What a group itself gains is told of the group, not of its
members.
https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
"""

from __future__ import annotations

from collections import defaultdict

from stackgen.records import NamedTuple

from .carriers import CARRIERS
from .inventory import at
from .names import compatible, guards_of
from .network import EGRESS, GROUPS, INGRESS, REMEDIES, Change, peer_shown, rules_of
from .traffic import covered
from .widening import Severity, Widening

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.review.evaluation.tree import Resource

    from .names import Guards, Holder, Names, Place
    from .phrases import Direction
    from .side import Alike, Side
    from .traffic import Rule

__all__ = ["joining_gains"]

_GROUP = "AWS::EC2::SecurityGroup"
_MOST = 4

_Rules = dict[tuple["Holder", str], list["Rule"]]


class _Joined(NamedTuple):
    """A group that a resource is in."""

    group: Holder
    guards: Guards


class _Lists(NamedTuple):
    """The groups of one resource: before, after, and those of after that are new."""

    before: list[_Joined]
    after: list[_Joined]
    come: list[_Joined]


def joining_gains(before: Side, after: Side, direction: Direction, alike: Alike) -> Iterator[Widening]:
    """What is let through to a resource by the groups that it joins, and was not by those that it was in."""
    old: dict[Place, Resource] = {before.names.place(each): each for each in before.typed(*CARRIERS)}
    changed: list[tuple[Resource, _Lists]] = []
    for resource in after.typed(*CARRIERS):
        if alike(resource):
            continue
        earlier = old.get(after.names.place(resource))
        if earlier is not None and earlier.type == resource.type:
            was, now = _groups(earlier, before.names), _groups(resource, after.names)
            come = [each for each in now if not _among(each, was)]
            if come:
                changed.append((resource, _Lists(was, now, come)))
    change = Change(before, after, direction)
    if changed:
        first, second = rules_of(before), rules_of(after)
        for resource, lists in changed:
            for way in (INGRESS, EGRESS):
                known = _known(lists, way, first, second)
                yield from _by_rules(resource, lists, way, (known, second), change)
            yield from _by_unknown(resource, lists, after.names, direction)


def _groups(resource: Resource, names: Names) -> list[_Joined]:
    found = []
    for path in CARRIERS[resource.type]:
        for value, guards in at(resource.properties, path):
            together = compatible(guards_of(resource), guards)
            if together is not None and value != []:
                found.append(_Joined(names.holder(value, "SecurityGroup"), together))
    return list(dict.fromkeys(found))


def _among(joined: _Joined, others: list[_Joined]) -> bool:
    return any(each.group == joined.group and each.guards <= joined.guards for each in others)


def _read(group: Holder, names: Names) -> bool:
    """Whether the rules of a group are in the template."""
    return names.type(group) == _GROUP


def _known(lists: _Lists, way: str, old: _Rules, new: _Rules) -> list[Rule]:
    """What passed before, with what the groups gained that the resource stays in."""
    stays = [each for each in lists.after if each not in lists.come]
    return [
        *(rule for each in lists.before for rule in _given(each, way, old)),
        *(rule for each in stays for rule in _given(each, way, new)),
    ]


def _given(joined: _Joined, way: str, rules: _Rules) -> Iterator[Rule]:
    for rule in rules.get((joined.group, way), ()):
        together = compatible(rule.guards, joined.guards)
        if together is not None:
            yield rule._replace(guards=together)


def _by_rules(
    resource: Resource,
    lists: _Lists,
    way: str,
    rules: tuple[list[Rule], _Rules],
    change: Change,
) -> Iterator[Widening]:
    (known, new), (before, after, direction) = rules, change
    # Without a group that is named it is in the default one of its VPC, which lets everything out.
    named = bool(lists.before)
    whole = named and all(_read(each.group, before.names) for each in lists.before)
    told: dict[tuple[Holder, bool, bool], list[Rule]] = defaultdict(list)
    for each in lists.come:
        for rule in _given(each, way, new):
            answer = covered(rule, known)
            opens = rule.peer.open and way == INGRESS
            if answer is not True and (named or opens):
                told[each.group, answer is False and whole and not rule.guards, opens].append(rule)
    for (group, certain, opens), found in told.items():
        shown = [_shown(rule, way) for rule in found[:_MOST]]
        if len(found) > _MOST:
            shown.append(f"{len(found) - _MOST} more")
        inout = "in" if way == INGRESS else "out"
        lets = direction.verb("lets", "no longer lets") if certain else direction.verb("may let", "may no longer let")
        name = after.names.address(group)
        yield Widening(
            kind="network",
            address=resource.address,
            text=f"`{resource.address}` {lets} {inout} {'; '.join(shown)} by its group `{name}`",
            before=", ".join(before.names.address(each.group) for each in lists.before),
            after=f"{name}: {'; '.join(shown).replace('`', '')}",
            remedy=REMEDIES[way],
            severity=Severity.OPEN if opens else Severity.WIDER,
            certain=certain,
            source=GROUPS,
        )


def _shown(rule: Rule, way: str) -> str:
    return f"{rule.shown} {'from' if way == INGRESS else 'to'} {peer_shown(rule.peer, way)}"


def _by_unknown(resource: Resource, lists: _Lists, names: Names, direction: Direction) -> Iterator[Widening]:
    """Groups whose rules are not in the template, in the place of others."""
    unknown = [names.address(each.group) for each in lists.come if not _read(each.group, names)]
    if unknown and lists.before:
        shown = ", ".join(f"`{each}`" for each in dict.fromkeys(unknown))
        lets = direction.verb("may let more through", "may no longer let as much through")
        yield Widening(
            kind="network",
            address=resource.address,
            text=f"`{resource.address}` {lets} by its group {shown}, whose rules are not in the template",
            before=", ".join(f"{each.group}" for each in lists.before if isinstance(each.group, str)),
            after=shown.replace("`", ""),
            remedy="See what the group lets in and out",
            severity=Severity.WIDER,
            certain=False,
            source=GROUPS,
        )
