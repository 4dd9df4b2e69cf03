"""Checks of one class body as a whole, run when the class statement ends, and again for each subclass.

References are by attribute name: a subclass that replaces a child or a parameter has every inherited wire checked against the replacement.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .declaration import Declaration, Reference, Typed
from .errors import DeclarationError, ParameterError, ReferenceError, likely
from .nesting import ChildOutput, NestedStack, check_arguments
from .output import Output
from .parameter import Parameter
from .sections import Condition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .errors import Location
    from .stack import Stack

_HOLE = re.compile(r"\$\{([A-Za-z0-9]+)\}")


def check_class(stack: type[Stack]) -> None:
    """Refuse whatever the class body says that cannot be true. Raises DeclarationError and its kind."""
    owners = frozenset(stack.__mro__)
    taken: dict[tuple[str, str], Declaration] = {}
    for name, member in stack.members.items():
        _check_id_is_free(stack, member, taken)
        if isinstance(member, NestedStack):
            check_child(stack, owners, member, member.location)
        elif isinstance(member, Output) and member.value is not None:
            _check_ownership(stack, owners, member.value, member.location)
        elif isinstance(member, Condition):
            for used in _check_ownership(stack, owners, member.expression, member.location):
                if isinstance(used, ChildOutput):
                    raise DeclarationError(
                        f"condition {name} reads {used.label}: conditions are decided before any child exists",
                        "a condition may read parameters and mappings only",
                        location=member.location,
                    )


def _check_id_is_free(stack: type[Stack], member: Declaration, taken: dict[tuple[str, str], Declaration]) -> None:
    spaces = {Parameter: ("named", "output"), NestedStack: ("named",), Output: ("output",)}
    for space in spaces.get(type(member), (member.what,)):
        if space == "output" and isinstance(member, Parameter) and not member.output:
            continue
        other = taken.setdefault((space, member.logical_id), member)
        if other is not member:
            raise DeclarationError(
                f"{stack.__name__}.{member.name} and .{other.name} are both called {member.logical_id} in the template",
                location=member.location,
            )


def check_child(stack: type[Stack], owners: frozenset[type], child: NestedStack, where: Location) -> None:
    """One child's arguments as they stand in this class, its travelling parameters, and the bucket of its template."""
    resolved = {
        name: _current(stack, owners, value, where) if isinstance(value, Reference) else value
        for name, value in child.arguments.items()
    }
    for value in child.arguments.values():
        _check_ownership(stack, owners, value, where)
    check_arguments(NestedStack(child.stack, child.attributes, resolved), {}, where)
    for parameter in child.stack.parameters().values():
        own = stack.members.get(parameter.name)
        if not parameter.travels or parameter.name in child.arguments:
            continue
        if isinstance(own, Parameter):
            if own.type != parameter.type:
                raise ParameterError(
                    f"{parameter.label} travels and is {parameter.type}, but {own.label} is {own.type}", location=where
                )
        elif parameter.default is None:
            raise ParameterError(
                f"{child.stack.__name__} takes {parameter.name} from its parent, but {stack.__name__} does not declare it",
                f"declare it, or hand it over: nested({child.stack.__name__}, {parameter.name}=...)",
                location=where,
            )
    _check_ownership(stack, owners, (child.attributes.Condition, child.attributes.DependsOn, child.attributes.Tags), where)
    _check_bucket(stack, where)


def _check_bucket(stack: type[Stack], where: Location) -> None:
    if not stack.artifact_bucket:
        raise DeclarationError(
            f"{stack.__name__} has children but no artifact_bucket", "name the bucket of the children's templates, as text "
            'of an Fn::Sub: artifact_bucket = "${TemplatesBucketName}-${AWS::Region}"', location=where,
        )  # fmt: skip
    for name in _HOLE.findall(stack.artifact_bucket):
        if name not in stack.parameters():
            raise DeclarationError(
                f"artifact_bucket of {stack.__name__} reads {name}, which it does not declare",
                likely(name, stack.parameters()),
                location=where,
            )


def _current(stack: type[Stack], owners: frozenset[type], value: Reference[Any], where: Location) -> Reference[Any]:
    """What a reference means in this class: the member that now has the name."""
    if isinstance(value, ChildOutput):
        _owned(stack, owners, value.child, value.label, where)
        child = stack.members[value.child.name]
        if not isinstance(child, NestedStack):
            raise ReferenceError(f"{stack.__name__}.{child.name} is no child any more", location=where)
        return child.output(value.attribute, where)
    if isinstance(value, Typed):
        return value
    _owned(stack, owners, value, value.label, where)
    member = stack.members[value.name]
    if isinstance(member, Output) or not isinstance(member, Reference):
        raise ReferenceError(f"{stack.__name__}.{value.name} is an {member.what}: it has no value here", location=where)
    return member


def _owned(stack: type[Stack], owners: frozenset[type], thing: Declaration, label: str, where: Location) -> None:
    if thing.owner in owners and thing.name in stack.members:
        return
    if thing.owner in owners:
        raise ReferenceError(f"{stack.__name__} has taken {thing.name} away, but still refers to it", location=where)
    owner = thing.owner.__name__ if thing.owner else "no class"
    raise ReferenceError(
        f"{stack.__name__} refers to {label}, which belongs to {owner}",
        "hand it over as an argument of nested(), or read it as an output of a child",
        location=where,
    )


def _check_ownership(stack: type[Stack], owners: frozenset[type], value: object, where: Location) -> list[Declaration]:
    found = list(_declarations(value))
    for thing in found:
        if isinstance(thing, Reference):
            _current(stack, owners, thing, where)
        else:
            _owned(stack, owners, thing, thing.label, where)
    return found


def _declarations(value: object) -> Iterator[Declaration]:
    """Every declaration inside intrinsics, lists and dicts."""
    if isinstance(value, Typed):
        yield from _declarations(value.value)
    elif isinstance(value, Declaration):
        yield value
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _declarations(part)
    elif isinstance(value, dict):
        yield from _declarations(tuple(value.values()))
    elif hasattr(value, "data"):
        yield from _declarations(value.data)
