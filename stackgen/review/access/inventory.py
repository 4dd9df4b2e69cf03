"""All access that a tree gives by policies: statements by the resource or principal that they are about."""

from __future__ import annotations

from collections import defaultdict

from stackgen.policy_documents import (
    ATTACHMENTS,
    BOUNDARIES,
    DOCUMENTS,
    ENDPOINT,
    GROUPS,
    MEMBERSHIPS,
    PERMISSIONS,
    RESOURCE,
    ROLES,
)
from stackgen.records import NamedTuple
from stackgen.review.evaluation.symbols import Attribute, canonical

from .conditions import entries_of
from .names import Guards, Names, compatible, guards_of, unfold
from .patterns import Pattern, Unknown
from .statements import EVERYBODY, EVERYTHING, Selection, Statement, principal, statements_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from stackgen.policy_documents import Document, Permission
    from stackgen.review.evaluation.tree import Resource

    from .names import Holder
    from .side import Alike, Side

__all__ = ["Inventory", "Mark", "at", "inventories"]

_MANAGED_POLICY = "AWS::IAM::ManagedPolicy"
_CARRIERS = {*DOCUMENTS, *PERMISSIONS, *ROLES, *ATTACHMENTS, *GROUPS, *BOUNDARIES, *MEMBERSHIPS}
_OF_OTHERS = {
    *(kind for kind, documents in DOCUMENTS.items() if any(each.holders for each in documents)),
    *PERMISSIONS,
    _MANAGED_POLICY,
}
"""Types whose policies may be about others than the resource itself."""


class Mark(NamedTuple):
    """A managed policy, a boundary, a role or a group that a resource has."""

    pattern: Pattern
    guards: Guards


class Inventory:
    """``statements`` by holder and kind of policy; ``marks`` by holder and what they are."""

    def __init__(self, names: Names, account: str) -> None:
        self.names = names
        self.account = account
        self.statements: dict[tuple[Holder, str], list[Statement]] = defaultdict(list)
        self.marks: dict[tuple[Holder, str], list[Mark]] = defaultdict(list)


def inventories(before: Side, after: Side, alike: Alike) -> tuple[Inventory, Inventory]:
    """What the policies of two trees say of those for whom it may differ; of the others nothing is read.

    A member of a group has what is said of the group, so where there are members, all is read.
    """
    sides = [_Carriers(each) for each in (before, after)]
    if not any(each.type in MEMBERSHIPS for side in sides for each in side.holders):
        changed = [found for side in sides for each, found in side.holders.items() if not alike(each)]
        sides = [side.about(set().union(*changed)) for side in sides]
    return _inventory(sides[0]), _inventory(sides[1])


class _Carriers:
    """The resources of a tree that carry policies, and of each, whose access these may be about."""

    def __init__(self, side: Side) -> None:
        self.side = side
        resources = [each for each in side.resources if each.type in _CARRIERS]
        self.attached = _attached(resources, side.names)
        self.holders = {
            each: set(_about(each, side.names, self.attached)) if each.type in _OF_OTHERS else {side.names.place(each)}
            for each in resources
        }

    def about(self, holders: set[Holder]) -> _Carriers:
        """Those that are about any of these."""
        self.holders = {each: found for each, found in self.holders.items() if not holders.isdisjoint(found)}
        return self


def _inventory(carriers: _Carriers) -> Inventory:
    side, attached = carriers.side, carriers.attached
    found = Inventory(side.names, side.account)
    for resource in carriers.holders:
        held = guards_of(resource)
        for document in DOCUMENTS.get(resource.type, ()):
            _add_document(found, resource, document, held, attached)
        permission = PERMISSIONS.get(resource.type)
        if permission:
            _add_permission(found, resource, permission, held)
        _add_marks(found, resource, held)
    return found


def at(value: Any, path: str) -> Iterator[tuple[Any, Guards]]:
    """What stands at a path, as often as lists and unknown conditions make it stand there."""
    name, _, rest = path.partition(".")
    step = name.removesuffix("[]")
    for whole, first in unfold(value):
        if not step:
            yield whole, first
        elif isinstance(whole, dict) and step in whole:
            for inner, second in unfold(whole[step]):
                items = inner if name.endswith("[]") and isinstance(inner, list) else [inner]
                for item in items:
                    for each, third in at(item, rest):
                        together = compatible(first, second, third)
                        if together is not None:
                            yield each, together


def _in(resource: Resource, path: str) -> Iterator[tuple[Any, Guards]]:
    """What stands at a path of the properties; the other properties are not evaluated for it."""
    name = path.partition(".")[0].removesuffix("[]")
    return at({name: resource.value(name)}, path)


def _about(resource: Resource, names: Names, attached: dict[Holder, list[tuple[Holder, Guards]]]) -> Iterator[Holder]:
    """Everybody whose access a resource's policies may be about."""
    place = names.place(resource)
    yield place
    for document in DOCUMENTS.get(resource.type, ()):
        yield from (holder for holder, _ in _holders(resource, document, names))
    if resource.type == _MANAGED_POLICY:
        yield from (holder for holder, _ in attached.get(place, ()))
    permission = PERMISSIONS.get(resource.type)
    if permission:
        path, family = permission.holder
        yield names.holder(resource.properties.get(path, "default"), family)
        yield from (names.holder(each, family) for each, _ in _in(resource, f"{path}[]"))


def _attached(resources: list[Resource], names: Names) -> dict[Holder, list[tuple[Holder, Guards]]]:
    """Who has the managed policies of the tree by naming them, beside those that the policies name themselves."""
    found: dict[Holder, list[tuple[Holder, Guards]]] = defaultdict(list)
    for resource in resources:
        attachment = ATTACHMENTS.get(resource.type)
        for value, guards in _in(resource, attachment.path) if attachment else ():
            holder = names.holder(value, "ManagedPolicy") if isinstance(value, Attribute | str) else ""
            together = compatible(guards, guards_of(resource))
            if names.type(holder) == _MANAGED_POLICY and together is not None:
                found[holder].append((names.place(resource), together))
    return found


def _add_document(
    found: Inventory,
    resource: Resource,
    document: Document,
    held: Guards,
    attached: dict[Holder, list[tuple[Holder, Guards]]],
) -> None:
    names = found.names
    place = names.place(resource)
    holders = _holders(resource, document, names)
    if resource.type == _MANAGED_POLICY:
        holders += attached.get(place, [])
    values = list(at(resource.properties, document.path))
    if document.kind == ENDPOINT and not values:
        found.statements[place, document.kind].append(
            Statement(True, EVERYBODY, EVERYTHING, EVERYTHING, (), held, None, resource.address)  # noqa: FBT003  by place
        )
    for value, guards in values:
        if document.path == "Policies[]" and not (isinstance(value, dict) and "Statement" in value):
            continue  # of SAM: a managed policy or a policy template
        for holder, again in holders or [(place, frozenset())]:
            together = compatible(held, guards, again)
            if together is not None:
                found.statements[holder, document.kind].extend(
                    statements_of(value, names, together, resource.address),
                )


def _holders(resource: Resource, document: Document, names: Names) -> list[tuple[Holder, Guards]]:
    holders: list[tuple[Holder, Guards]] = []
    for path, family in document.holders:
        for value, guards in _in(resource, f"{path}[]"):
            for each, again in unfold(value):
                together = compatible(guards, again)
                if together is not None:
                    holders.append((names.holder(each, family), together))
    return holders


def _add_permission(found: Inventory, resource: Resource, permission: Permission, held: Guards) -> None:
    names, properties = found.names, resource.properties
    path, family = permission.holder
    if resource.type == "AWS::Events::EventBusPolicy" and "Statement" in properties:
        holder = names.holder(properties.get(path, "default"), family)
        document = {"Statement": properties["Statement"]}
        found.statements[holder, RESOURCE].extend(statements_of(document, names, held, resource.address))
        return
    condition: dict[str, dict[str, Any]] = {}
    for source, operator, key in permission.conditions:
        values = [value for value, _ in at(properties, source)]
        if values:
            condition.setdefault(operator, {})[key] = values[0]
    conditions = entries_of(condition, names)
    actions = [(value, guards) for value, guards in at(properties, f"{permission.action}[]") if permission.action]
    for holder_value, first in list(at(properties, f"{path}[]")) or [("default", frozenset())]:
        for who, second in at(properties, f"{permission.principal}[]"):
            for action, third in actions or [(permission.action_default, frozenset())]:
                together = compatible(held, first, second, third)
                if together is not None:
                    lowered = action.lower() if isinstance(action, str) else action
                    found.statements[names.holder(holder_value, family), RESOURCE].append(
                        Statement(
                            True,  # noqa: FBT003  by place
                            Selection(negated=False, patterns=(_principal(names.pattern(who)),)),
                            Selection(negated=False, patterns=(names.pattern(lowered).named(str(action)),)),
                            EVERYTHING,
                            conditions,
                            together,
                            None,
                            resource.address,
                        ),
                    )


def _principal(pattern: Pattern) -> Pattern:
    text = pattern.text
    return principal("Service" if text and "." in text and not text.startswith("arn:") else "AWS", pattern)


def _marked(kind: str) -> list[tuple[str, str]]:
    """What a type is marked by, and where that stands."""
    paths = [("role", f"{path}[]") for path in ROLES.get(kind, ())]
    if kind in ATTACHMENTS:
        paths.append(("attachment", ATTACHMENTS[kind].path))
    if kind in GROUPS:
        paths.append(("group", GROUPS[kind]))
    if kind in BOUNDARIES:
        paths.append(("boundary", BOUNDARIES[kind]))
    return paths


def _add_marks(found: Inventory, resource: Resource, held: Guards) -> None:
    names = found.names
    place = names.place(resource)
    for kind, path in _marked(resource.type):
        for value, guards in at(resource.properties, path):
            together = compatible(held, guards)
            if together is None or isinstance(value, list) or (isinstance(value, dict) and "Statement" in value):
                continue
            if kind == "attachment" and isinstance(value, Attribute | str):
                policy = names.holder(value, "ManagedPolicy")
                if names.type(policy) == _MANAGED_POLICY:
                    continue  # its statements are the holder's own
            name = names.pattern(value, wildcards=False)
            if isinstance(value, dict):  # a policy template of SAM with its parameters
                name = Pattern((Unknown(canonical(value)),), ", ".join(value))
            if kind == "attachment" and name.text and name.text.startswith("arn:"):
                name = name.named(name.text.rsplit("/", 1)[-1])
            found.marks[place, kind].append(Mark(name, together))
