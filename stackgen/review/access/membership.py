"""Groups of IAM: a member may do what the policies of its groups say.

What a group gains is told of the group. Of a user is told what comes by joining one.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_groups.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-usertogroupaddition.html
"""

from __future__ import annotations

from stackgen.policy_documents import IDENTITY, MEMBERSHIPS
from stackgen.records import NamedTuple

from .inventory import Inventory, Mark, at
from .names import compatible, guards_of
from .patterns import Named, Pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .names import Guards, Holder
    from .side import Side

__all__ = ["with_groups"]

_ATTACHMENT, _GROUP = "attachment", "group"
_GROUP_TYPE = "AWS::IAM::Group"


class _Membership(NamedTuple):
    user: Holder
    group: Holder
    guards: Guards
    where: str


def with_groups(old_side: Side, before: Inventory, new_side: Side, after: Inventory) -> tuple[Inventory, Inventory]:
    """Both inventories, with what the users have by their groups."""
    old, new = _memberships(old_side), _memberships(new_side)
    stays = [each for each in new if _among(each, old)]
    first, second = _copied(before), _copied(after)
    _give(first, old, before)
    _give(second, new, after)
    # Of a user that stays in a group, what that group gains and what it is no longer denied is no news.
    _give(first, stays, after, allow=True)
    _give(second, stays, before, allow=False)
    return first, second


def _memberships(side: Side) -> list[_Membership]:
    found = []
    for resource in side.typed(*MEMBERSHIPS):
        users, groups = MEMBERSHIPS[resource.type]
        own = (side.names.place(resource), frozenset[tuple[str, bool]]())
        named = [(side.names.holder(user, "User"), held) for user, held in at(resource.properties, users) if users]
        for user, first in named if users else [own]:
            for group, second in at(resource.properties, groups):
                together = compatible(guards_of(resource), first, second)
                if together is not None:
                    found.append(_Membership(user, side.names.holder(group, "Group"), together, resource.address))
    return found


def _among(membership: _Membership, others: Iterable[_Membership]) -> bool:
    return any(
        each.user == membership.user and each.group == membership.group and each.guards <= membership.guards
        for each in others
    )


def _copied(inventory: Inventory) -> Inventory:
    copy = Inventory(inventory.names, inventory.account)
    copy.statements.update({key: list(each) for key, each in inventory.statements.items()})
    copy.marks.update({key: list(each) for key, each in inventory.marks.items()})
    return copy


def _give(
    inventory: Inventory, memberships: list[_Membership], source: Inventory, *, allow: bool | None = None
) -> None:
    """Give the members what the groups have in ``source``; where it is asked, only what allows or what denies."""
    for user, group, guards, where in memberships:
        for statement in source.statements.get((group, IDENTITY), ()):
            together = compatible(guards, statement.guards)
            if together is not None and allow in (None, statement.allow):
                given = statement._replace(guards=together, where=where)
                inventory.statements[user, IDENTITY].append(given)
        if allow is False:
            continue
        for mark in list(source.marks.get((group, _ATTACHMENT), ())):
            together = compatible(guards, mark.guards)
            if together is not None:
                inventory.marks[user, _ATTACHMENT].append(Mark(mark.pattern, together))
        if not isinstance(group, tuple):
            inventory.marks[user, _GROUP].append(Mark(source.names.pattern(group, wildcards=False), guards))
        elif source.names.type(group) != _GROUP_TYPE:
            name = Pattern((Named(*group, ""),), source.names.address(group))
            inventory.marks[user, _GROUP].append(Mark(name, guards))
