"""Checks of one class body as a whole, run when the class statement ends, and again for each subclass.

A subclass that replaces a child or a parameter has every inherited wire checked against the replacement.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .boundary import Boundary
from .declaration import Reference
from .errors import DeclarationError, DuplicateError, ParameterError, likely
from .nesting import ChildOutput, NestedStack, checked_arguments
from .output import Output
from .parameter import Parameter
from .parameter_types import accepts
from .scope import Scope, declarations
from .sections import Condition, Rule

if TYPE_CHECKING:
    from .declaration import Declaration
    from .errors import Location
    from .stack import Stack

_HOLE = re.compile(r"\$\{([A-Za-z0-9]+)\}")


def check_class(stack: type[Stack]) -> None:
    """Refuse whatever the class body says that cannot be true. Raises DeclarationError and its kind."""
    scope = Scope.of(stack)
    taken: dict[tuple[str, str], Declaration] = {}
    for member in stack.members.values():
        _check_id_is_free(stack, member, taken)
        if isinstance(member, NestedStack):
            check_child(stack, scope, member, member.location)
        elif isinstance(member, Output):
            _check_output(scope, member)
        elif isinstance(member, Condition):
            _check_decides_early(scope, member, member.expression)
        elif isinstance(member, Rule):
            _check_decides_early(scope, member, member.as_declaration())


def _check_id_is_free(stack: type[Stack], member: Declaration, taken: dict[tuple[str, str], Declaration]) -> None:
    if isinstance(member, Parameter):
        spaces = ("named", "output") if member.output else ("named",)
    elif isinstance(member, NestedStack):
        spaces = ("named",)
    else:
        spaces = (member.what,)
    for space in spaces:
        other = taken.setdefault((space, member.logical_id), member)
        if other is not member:
            raise DuplicateError(
                f"{stack.__name__}.{member.name} and .{other.name} are both called {member.logical_id}",
                "give one of them another logical_id",
                location=member.location,
            )


def _check_output(scope: Scope, output: Output[Any]) -> None:
    for thing in declarations((output.value, output.condition, output.export)):
        scope.current(thing, output.location)
    if isinstance(output.value, Reference):  # all else is checked when the resources are known
        Boundary(output.location, scope.current).crossing(output, output.value)


def _check_decides_early(scope: Scope, member: Declaration, expression: object) -> None:
    for thing in declarations(expression):
        current = scope.current(thing, member.location)
        if isinstance(current, Condition) and isinstance(member, Rule):
            raise DeclarationError(
                f"rule {member.name} reads {thing.label}, and no condition is decided when rules are checked",
                "a rule may read parameters and mappings only; write the comparison out",
                location=member.location,
            )
        if isinstance(current, ChildOutput | NestedStack):
            raise DeclarationError(
                f"{member.what} {member.name} reads {thing.label}: it is decided before any child exists",
                f"a {member.what} may read parameters and mappings only",
                location=member.location,
            )


def check_child(stack: type[Stack], scope: Scope, child: NestedStack, where: Location) -> None:
    """One child as it stands in this class: arguments, attributes, travelling parameters, bucket.

    A class without a file is a base for others, which may declare what it lacks. Raises DeclarationError and
    its kind.
    """
    for thing in declarations((tuple(child.arguments.values()), tuple(child.attributes))):
        scope.current(thing, where)
    checked_arguments(child, Boundary(where, scope.current))
    if stack.file:
        _check_travelling(stack, child, where)
        check_bucket(stack, where)


def _check_travelling(stack: type[Stack], child: NestedStack, where: Location) -> None:
    for parameter in child.stack.parameters().values():
        own = stack.members.get(parameter.name)
        if not parameter.travels or parameter.name in child.arguments:
            continue
        if isinstance(own, Parameter):
            if not accepts(parameter.type, own.type):
                raise ParameterError(
                    f"{parameter.label} travels and is {parameter.type}, but {own.label} is {own.type}",
                    f"hand it over: nested({child.stack.__name__}, {parameter.name}=...)",
                    location=where,
                )
        elif parameter.default is None:
            raise ParameterError(
                f"{child.stack.__name__} takes {parameter.name} from its parent, but {stack.__name__} declares none",
                f"declare it, or hand it over: nested({child.stack.__name__}, {parameter.name}=...)",
                location=where,
            )


def check_bucket(stack: type[Stack], where: Location) -> None:
    if not stack.artifact_bucket:
        raise DeclarationError(
            f"{stack.__name__} has children but no artifact_bucket",
            "name the bucket of the children's templates, as text of an Fn::Sub:",
            'artifact_bucket = "${TemplatesBucketName}-${AWS::Region}"',
            location=where,
        )
    for name in _HOLE.findall(stack.artifact_bucket):
        if name not in stack.parameters():
            raise DeclarationError(
                f"artifact_bucket of {stack.__name__} reads {name}, which it does not declare",
                likely(name, stack.parameters()),
                location=where,
            )
