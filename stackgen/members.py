"""What may stand in a class body under which name, and what may be added in ``build()``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import troposphere

from .errors import DeclarationError, DuplicateError, NamingError
from .limits import LOGICAL_ID_CHARACTERS
from .nesting import ChildOutput

if TYPE_CHECKING:
    from .declaration import Declaration
    from .errors import Location

_LOGICAL_ID = re.compile(r"[A-Za-z0-9]+")
_PASCAL_CASE = re.compile(r"[A-Z][A-Za-z0-9]*")
_FOREIGN = (troposphere.Parameter, troposphere.Output, troposphere.Condition)


def check_logical_id(name: str, logical_id: str, where: Location) -> None:
    """The attribute is in PascalCase, our rule; the logical ID has letters and digits, CloudFormation's.

    Raises NamingError, also for more than 255 characters.
    """
    if (
        _PASCAL_CASE.fullmatch(name) is None
        or _LOGICAL_ID.fullmatch(logical_id) is None
        or len(logical_id) > LOGICAL_ID_CHARACTERS
    ):
        wrong = logical_id if _PASCAL_CASE.fullmatch(name) else name
        pascal = "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", wrong))
        usable = _PASCAL_CASE.fullmatch(pascal) is not None and pascal != wrong
        raise NamingError(
            f"{wrong!r} is no logical ID: letters and digits in PascalCase, at most {LOGICAL_ID_CHARACTERS}",
            f"did you mean {pascal}?" if usable else "",
            location=where,
        )


def check_member(cls: type, name: str, value: Declaration, base: type) -> None:
    """A declaration under this name in a class body. Raises DeclarationError and its kind."""
    if isinstance(value, ChildOutput):
        raise DeclarationError(
            f"{cls.__name__}.{name} is an output of the child {value.child.name} only",
            f"emit it: {name} = Output(value={value.child.name}.{value.attribute})",
            location=value.location,
        )
    if value.name != name:
        raise DuplicateError(
            f"{cls.__name__}.{name} is {value.label} under a second name",
            "declare it anew",
            location=value.location,
        )
    if hasattr(base, name):
        raise NamingError(f"{cls.__name__}.{name} would hide {base.__name__}.{name}", location=value.location)
    check_logical_id(name, value.logical_id, value.location)


def is_resource(value: object) -> bool:
    """A resource of troposphere's; custom resources have a base of their own."""
    return isinstance(value, troposphere.BaseAWSObject) and bool(getattr(value, "resource_type", None))


def check_foreign(cls: type, name: str, value: object, where: Location) -> None:
    """No object of troposphere's stands where it would be lost. Raises DeclarationError."""
    if isinstance(value, _FOREIGN):
        kind = type(value).__name__
        raise DeclarationError(
            f"{cls.__name__}.{name} is troposphere's {kind}, which would not reach the template",
            f"use ours: from stackgen import {kind}",
            location=where,
        )
    if is_resource(value):
        module = type(value).__module__.rpartition(".")[2]
        raise DeclarationError(
            f"{cls.__name__}.{name} is a resource, which would not reach the template",
            f"add it in build(): self.add({module}.{type(value).__name__}(...))",
            location=where,
        )


def check_resource(resource: object, where: Location) -> None:
    """Only resources can be added. Raises DeclarationError."""
    if is_resource(resource):
        return
    if isinstance(resource, troposphere.Parameter | troposphere.Output):
        hint = f"declare it in the class body: {resource.title} = {type(resource).__name__}(...), from stackgen"
    elif isinstance(resource, type):
        hint = f"make one: {resource.__name__}({resource.__name__!r}, ...)"
    else:
        hint = "a resource of troposphere, such as s3.Bucket, was expected"
    raise DeclarationError(f"add() takes a resource, not {resource!r}", hint, location=where)
