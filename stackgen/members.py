"""What may stand in a class body under which name, and what may be added in ``build()``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import troposphere

from .declaration import Declaration, place
from .errors import DeclarationError, DuplicateError, NamingError
from .limits import LOGICAL_ID_CHARACTERS
from .nesting import ChildOutput

if TYPE_CHECKING:
    from .errors import Location
    from .notes import Note

_LOGICAL_ID = re.compile(r"[A-Za-z0-9]+")
_PASCAL_CASE = re.compile(r"[A-Z][A-Za-z0-9]*")
_PARAMETER = re.compile(r"(<class '|stackgen\.)*(parameter\.)?Parameter\b")
_FOREIGN = (troposphere.Parameter, troposphere.Output, troposphere.Condition)

KEPT = frozenset(("children", "places", "resources", "settled_outputs"))
"""What a stack that is being built keeps, by its own methods only."""
_OVERRIDABLE = frozenset(("add", "beside", "build", "description", "named", "nest"))
_TEXT = (str,), "a text"
_TABLE = (Mapping,), "a dict"
_SETTINGS: dict[str, tuple[tuple[type, ...], str]] = {
    **dict.fromkeys(("artifact_bucket", "export_name", "file", "name_pattern", "system"), _TEXT),
    **dict.fromkeys(("exemptions", "metadata", "parameter_groups", "sections"), _TABLE),
    "adopted": ((Mapping, type(None)), "a dict"),
    "transform": ((str, Mapping, list, tuple), "a macro or a list of them"),
}


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


def check_settings(cls: type, base: type, where: Location) -> None:
    """Settings have their types, and only what is meant to be overridden is. Raises DeclarationError and its kind."""
    for name, value in vars(cls).items():
        wanted = _SETTINGS.get(name)
        if wanted is not None:
            if not isinstance(value, wanted[0]):
                raise DeclarationError(
                    f"{cls.__name__}.{name} is {value!r} ({type(value).__name__})",
                    f"{wanted[1]} was expected",
                    location=where,
                )
        elif name in KEPT or (hasattr(base, name) and not name.startswith("__") and not isinstance(value, Declaration)):
            if name not in _OVERRIDABLE:
                raise NamingError(
                    f"{cls.__name__}.{name} would hide {base.__name__}.{name}", "choose another name", location=where
                )
            if not hasattr(value, "__get__"):
                raise DeclarationError(
                    f"{cls.__name__}.{name} is {value!r}, where a method was expected",
                    f"call it in build(): self.{name}(...)" if name in ("add", "nest") else f"write def {name}(...)",
                    location=where,
                )
    for title, group in vars(cls).get("parameter_groups", {}).items():
        if not isinstance(group, list | tuple):
            raise DeclarationError(
                f"{cls.__name__}.parameter_groups: {title!r} holds {group!r}",
                "a list of parameters was expected",
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


def check_doubled(cls: type, notes: list[Note]) -> None:
    """No declaration took the name of an earlier one in the same class body. Raises DuplicateError."""
    for note in notes:
        lost = note.declaration
        if lost.owner is None and note.name:
            last = vars(cls).get(note.name)
            raise DuplicateError(
                f"{cls.__name__}.{note.name} is declared twice",
                f"the first, a {lost.what}, stands in {place(lost.location)}",
                location=last.location if isinstance(last, Declaration) else lost.location,
            )


def check_lost(cls: type, notes: list[Note]) -> None:
    """Everything that the class body made has a name. Raises DeclarationError.

    What a helper function made is its own affair. A declaration inside another is refused by the checks of scope.
    """
    for note in notes:
        lost = note.declaration
        if lost.owner is not None or note.helped:
            continue
        hint = f"give it a name: Name = {type(lost).__name__.replace('NestedStack', 'nested')}(...)"
        for name, value in vars(cls).items():
            if isinstance(value, tuple | list | set | frozenset) and any(part is lost for part in value):
                one = isinstance(value, tuple) and len(value) == 1
                hint = f"{name} is a {type(value).__name__}" + (": leave out the comma behind it" if one else "")
            elif isinstance(value, dict) and any(part is lost for part in value.values()):
                hint = f"{name} is a dict: make each {lost.what} an attribute of the class"
        raise DeclarationError(
            f"{cls.__name__}: this {lost.what} is no attribute of the class, and would not reach the template",
            hint,
            location=lost.location,
        )


def check_annotated(cls: type, members: Mapping[str, Declaration], where: Location) -> None:
    """What is annotated as a parameter is one. Raises DeclarationError."""
    annotated = vars(cls).get("__annotations__", {})
    for name, annotation in annotated.items():
        if name not in members and name not in vars(cls) and _PARAMETER.match(str(annotation)):
            raise DeclarationError(
                f"{cls.__name__}.{name} is annotated as a parameter, but is none",
                f"declare it: {name}: {annotation} = Parameter(...)",
                location=where,
            )


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
    if isinstance(value, type) and issubclass(value, Declaration) and _PASCAL_CASE.fullmatch(name):
        raise DeclarationError(
            f"{cls.__name__}.{name} is the class {value.__name__} itself",
            f"make one: {name} = {value.__name__}(...)",
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
