"""A plain troposphere ``Template`` as a stack: it can be built, reviewed and nested like any other."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

from .declaration import caller
from .errors import DeclarationError, LimitError, likely
from .limits import DESCRIPTION_BYTES
from .output import Output
from .parameter import Parameter, suits
from .parameter_types import STRING
from .stack import Stack
from .writer import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from troposphere import Template as TroposphereTemplate

    from .declaration import Declaration
    from .errors import Location


class AdoptedStack(Stack):
    """A stack whose sections come from a troposphere template as they are."""

    source: TroposphereTemplate

    def build(self) -> None:
        """Take what was added to the template since it was adopted.

        Raises DeclarationError when its parameters or outputs are others now: wires were checked against them.
        """
        cls, where = type(self), self.location or caller()
        now = _sections(self.source, where)
        for section in ("Parameters", "Outputs"):
            if now.get(section) != (cls.adopted or {}).get(section):
                raise DeclarationError(
                    f"the {section} of the template {cls.file} were changed after adopt()",
                    "adopt it when it is complete",
                    location=where,
                )
        cls.adopted = now

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


def adopt(template: TroposphereTemplate, *, file: str, system: str = "") -> Callable[..., AdoptedStack]:
    """A stack class that builds exactly this template, for ``build/<system>/<file>.json``.

    Its parameters and outputs can be wired with ``nested()``, under their names with a capital first letter;
    an output that is called like a parameter has ``Output`` after its name. Type checkers cannot know them.
    Assign the class to a name in a module of the stacks folder, so that it is found. Raises DeclarationError
    for a section that CloudFormation does not have, ParameterError for a parameter that it would refuse,
    LimitError for a Description of more than 1,024 bytes.
    """
    where = caller()
    sections = _sections(template, where)
    attributes: dict[str, Any] = {"file": file, "system": system, "source": template, "adopted": sections}
    attributes |= _members(sections)
    name = "".join(part[:1].upper() + part[1:] for part in file.replace(".", "-").split("-"))
    attributes |= {"__module__": sys._getframe(1).f_globals["__name__"], "__doc__": f"{name}, adopted."}
    adopted: type[AdoptedStack] = type(name, (AdoptedStack,), attributes)
    adopted.location = where
    return adopted


def _sections(template: TroposphereTemplate, where: Location) -> dict[str, Any]:
    sections: dict[str, Any] = json.loads(template.to_json())
    for section in sections:
        if section not in SECTIONS:
            raise DeclarationError(f"the template has a section {section!r}", likely(section, SECTIONS), location=where)
    size = len(str(sections.get("Description", "")).encode())
    if size > DESCRIPTION_BYTES:
        raise LimitError(f"the Description has {size:,} bytes, {DESCRIPTION_BYTES:,} are allowed", location=where)
    return sections


def _members(sections: dict[str, Any]) -> dict[str, Declaration]:
    """The parameters and outputs as declarations, for wiring only: built are the sections themselves."""
    members: dict[str, Declaration] = {}
    for name, entry in sections.get("Parameters", {}).items():
        kind = entry.get("Type", STRING)
        constraints = {
            "pattern": entry.get("AllowedPattern"),
            "min_length": _number(entry.get("MinLength")),
            "max_length": _number(entry.get("MaxLength")),
            "min_value": _number(entry.get("MinValue")),
            "max_value": _number(entry.get("MaxValue")),
        }
        members[_attribute(name, "Parameter", members)] = Parameter(
            kind,
            default=entry.get("Default"),
            allowed_values=entry.get("AllowedValues", ()),
            no_echo=entry.get("NoEcho") in (True, "true"),
            logical_id=name,
            **{key: value for key, value in constraints.items() if value is not None and _usable(key, kind, value)},
        )
    for name, entry in sections.get("Outputs", {}).items():
        members[_attribute(name, "Output", members)] = Output(value=entry.get("Value"), logical_id=name)
    return members


def _attribute(name: str, ending: str, taken: dict[str, Declaration]) -> str:
    attribute = name[:1].upper() + name[1:]
    if attribute[:1].isdigit() or hasattr(Stack, attribute):
        attribute = f"{ending}{attribute}"
    while attribute in taken:
        attribute += ending
    return attribute


def _usable(constraint: str, kind: str, value: object) -> bool:
    """Whether a literal can be checked against it: CloudFormation's patterns are Java's."""
    if not suits(constraint, kind):
        return False
    try:
        re.compile(str(value))
    except re.error:
        return False
    return True


def _number(value: object) -> float | None:
    """A constraint as a number; templates write it as a number or as text."""
    if value is None:
        return None
    number = float(str(value))
    return int(number) if number.is_integer() else number
