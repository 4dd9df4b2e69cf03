"""What a build's needs are counted from: the resources of its trees by type, and the roles that they are handed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.review.evaluation.symbols import Attribute, Mixed, Symbol
from stackgen.review.evaluation.tree import evaluate

from .needs import Permissions, handed_roles, needed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stackgen.review.environments import Values
    from stackgen.review.evaluation.tree import Tree
    from stackgen.review.model import Build
    from stackgen.review.schemas import Schemas

ROLE = "AWS::IAM::Role"


def permissions_of(build: Build, values: Values, schemas: Schemas) -> Permissions:
    """What the role needs that deploys every stack of a build in every environment that the values name."""
    types: dict[str, set[str]] = {}
    roles: dict[str, set[str]] = {}
    for tree in _trees(build, values):
        for resource in tree.resources():
            if resource.exists is False:
                continue
            types.setdefault(resource.type, set()).add(resource.address)
            for _, role in handed_roles(resource.type, resource.properties, schemas):
                roles.setdefault(arn_of(role, tree), set()).add(resource.address)
    return needed(
        {kind: sorted(found) for kind, found in types.items()},
        schemas,
        {arn: sorted(found) for arn, found in roles.items()},
    )


def _trees(build: Build, values: Values) -> Iterable[Tree]:
    for place in values.places:
        for root in build.roots:
            if values.deploys(place, root):
                yield evaluate(build, root, values.of(place, root))


def arn_of(role: Any, tree: Tree) -> str:
    """The ARN of a role that a property holds, with ``*`` for what is not known before the deployment.

    A role without a RoleName is named by CloudFormation: stack, logical ID and random characters, with hyphens
    between (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html).
    """
    partition = tree.environment.pseudo("AWS::Partition") or "*"
    start = f"arn:{partition}:iam::{tree.environment.account or '*'}:role/"
    if isinstance(role, str):
        return role if role.startswith("arn:") else f"{start}{role}"
    if isinstance(role, Attribute):
        resource = tree.find(*role.owner)
        if resource is not None and resource.type == ROLE:
            path = resource.properties.get("Path", "/")
            name = resource.properties.get("RoleName")
            named = name if isinstance(name, str | Symbol) else f"*-{role.logical_id}-*"
            return f"{start}{_pattern(path).lstrip('/')}{_pattern(named)}"
    text = _pattern(role)
    return text if text.startswith("arn:") else f"{start}{text}"


def _pattern(value: Any) -> str:
    """A text with ``*`` for each part that is not known."""
    if isinstance(value, Mixed):
        return "".join(part if isinstance(part, str) else "*" for part in value.parts)
    return value if isinstance(value, str) else "*"
