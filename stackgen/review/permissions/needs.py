"""The actions that a build needs, and which of its resource types need each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stackgen.iam_actions import ActionReference, Allowed, normal, without_covered
from stackgen.review.schemas.registry import CUSTOM_RESOURCE
from stackgen.review.schemas.registry import normal as normal_type
from stackgen.review.schemas.type_schema import HANDLERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from stackgen.review.schemas import Schemas

__all__ = ["PASS_ROLE", "Permissions", "handed_roles", "needed"]

PASS_ROLE = "iam:PassRole"  # noqa: S105  an action of IAM

BEYOND_HANDLERS = {
    "AWS::CloudFormation::Stack": ("s3:GetObject",),  # the TemplateURL, read with the role's permissions
    "AWS::CloudFormation::StackSet": ("s3:GetObject",),
    CUSTOM_RESOURCE: ("lambda:InvokeFunction",),  # the ServiceToken's function; a topic takes sns:Publish instead
}
"""What CloudFormation itself calls for a resource, beside or instead of a handler."""

_ROLE_PROPERTY = re.compile(r"[Rr]ole(Arn|ARN|Name)?$|InstanceProfile$")


@dataclass(frozen=True)
class Permissions:
    """What the deploying role needs for one build. Everything is sorted, and actions are in IAM's usual spelling."""

    actions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The types that need an action. A wildcard takes in what it allows."""
    addresses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The resources of each type."""
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """ARNs, which may hold wildcards, of the roles that resources are handed, and those resources."""
    without_handlers: tuple[str, ...] = ()
    """Types whose schemas say nothing of permissions, so that more may be needed than is listed."""
    without_schema: tuple[str, ...] = ()
    """Types that the schemas do not know: private ones, or newer ones."""
    unknown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Actions that AWS's reference does not know, of a service that it knows; the documents have them."""
    unusable: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What schemas name but no policy can allow: of no service that there is, or no action by its form."""

    @property
    def grantable(self) -> list[str]:
        """The actions that a policy can name, in order."""
        return [action for action in self.actions if action not in self.unusable]

    @property
    def services(self) -> list[str]:
        return sorted({action.partition(":")[0] for action in self.grantable})


def needed(
    types: Mapping[str, Sequence[str]],
    schemas: Schemas,
    roles: Mapping[str, Sequence[str]] | None = None,
    handlers: Sequence[str] = HANDLERS,
) -> Permissions:
    """What the resources of a build need: ``types`` are their addresses by type.

    ``roles`` are the ARNs of the roles that resources are handed, with those resources; ``handlers`` are those to
    count, all of them for a role that also updates, rolls back, deletes and detects drift.
    """
    resources: dict[str, set[str]] = {}
    for type_, addresses in types.items():
        resources.setdefault(normal_type(type_), set()).update(addresses)
    needs: dict[str, set[str]] = {}
    without_handlers, without_schema = [], []
    for type_ in sorted(resources):
        schema = schemas.get(type_)
        if schema is None:
            without_schema.append(type_)
        elif not schema.handlers:
            without_handlers.append(type_)
        listed = [each for name in handlers for each in schema.permissions.get(name, ())] if schema else []
        for action in (*listed, *BEYOND_HANDLERS.get(type_, ())):
            needs.setdefault(normal(action) or action, set()).add(type_)
    if roles:
        needs.setdefault(PASS_ROLE, set())
    reference = ActionReference(schemas.files.specification("Policies"))
    actions = _by_action(needs)
    doubtful = {action: by for action, by in actions.items() if not reference.has(action)}
    usable = {action for action in doubtful if normal(action) and reference.has_service(action)}
    return Permissions(
        actions=actions,
        addresses={type_: tuple(sorted(found)) for type_, found in sorted(resources.items())},
        roles={arn: tuple(sorted(set(found))) for arn, found in sorted((roles or {}).items())},
        without_handlers=tuple(without_handlers),
        without_schema=tuple(without_schema),
        unknown={action: by for action, by in doubtful.items() if action in usable},
        unusable={action: by for action, by in doubtful.items() if action not in usable},
    )


def _by_action(needs: Mapping[str, set[str]]) -> dict[str, tuple[str, ...]]:
    """The types by action, where a wildcard stands for all that it allows."""
    kept = without_covered(needs)
    return {action: tuple(sorted(set().union(*(needs[each] for each in stood)))) for action, stood in kept.items()}


def handed_roles(type_: str, properties: Mapping[str, Any], schemas: Schemas) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Where a resource is handed a role, and the role: an ARN, a name, or what stands for it before the deployment.

    A role is handed over where the type's handlers pass roles, in a property that is named after one.
    """
    schema = schemas.get(type_)
    listed = (action for actions in schema.permissions.values() for action in actions) if schema else ()
    if PASS_ROLE in Allowed(listed):
        yield from _roles_in(properties, ())


def _roles_in(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if path and _ROLE_PROPERTY.search(path[-1]) and not isinstance(value, list | dict):
        yield path, value
        return
    members: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        members = value.items()
    elif isinstance(value, list):
        members = enumerate(value)
    for name, inner in members:
        yield from _roles_in(inner, (*path, str(name)))
