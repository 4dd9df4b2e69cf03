"""A plain troposphere ``Template`` as a stack: it can be built, reviewed and nested like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from troposphere import Template as TroposphereTemplate

from .declaration import caller
from .errors import DeclarationError, likely
from .output import Output
from .parameter import Parameter
from .parameter_types import STRING
from .stack import Stack
from .writer import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from .declaration import Declaration


class AdoptedStack(Stack):
    """A stack whose sections come from a troposphere template as they are."""

    source: TroposphereTemplate

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


def adopt(template: TroposphereTemplate, *, file: str, system: str = "") -> Callable[..., AdoptedStack]:
    """A stack class that builds exactly this template, for ``build/<system>/<file>.json``.

    Its parameters and outputs can be wired with ``nested()``; type checkers cannot know them. Assign the class to a name in a module of
    the stacks folder, so that it is found. Raises DeclarationError for a section that CloudFormation does not have.
    """
    where = caller()
    sections: dict[str, Any] = template.to_dict()
    for name in sections:
        if name not in SECTIONS:
            raise DeclarationError(f"the template has a section {name!r}", likely(name, SECTIONS), location=where)
    attributes: dict[str, Any] = {"file": file, "system": system, "source": template, "adopted": sections}
    attributes |= _members(sections)
    name = "".join(part[:1].upper() + part[1:] for part in file.replace(".", "-").split("-"))
    adopted = type(name, (AdoptedStack,), {**attributes, "__module__": _module(), "__doc__": f"{name}, adopted."})
    adopted.location = where
    return adopted


def _members(sections: dict[str, Any]) -> dict[str, Declaration]:
    """The parameters and outputs as declarations, for wiring only; what is built are the sections themselves."""
    members: dict[str, Declaration] = {}
    for name, entry in sections.get("Parameters", {}).items():
        default = entry.get("Default")
        members[_attribute(name)] = Parameter(
            entry.get("Type", STRING),
            default=default,
            allowed_values=entry.get("AllowedValues", ()),
            pattern=entry.get("AllowedPattern"),
            min_length=_integer(entry.get("MinLength")),
            max_length=_integer(entry.get("MaxLength")),
            min_value=entry.get("MinValue"),
            max_value=entry.get("MaxValue"),
            logical_id=name,
        )
    for name, entry in sections.get("Outputs", {}).items():
        attribute = _attribute(name)
        while attribute in members:
            attribute += "Output"
        members[attribute] = Output(value=entry["Value"], logical_id=name)
    return members


def _attribute(name: str) -> str:
    return name[:1].upper() + name[1:]


def _integer(value: object) -> int | None:
    return None if value is None else int(str(value))


def _module() -> str:
    import sys

    frame = sys._getframe(2)
    return str(frame.f_globals["__name__"])
