"""What a value in a template is, as far as the texts show it: its type, and how a list of it is written.

A value may have several kinds: one for each branch of an ``Fn::If``, one for each element of a list.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.constraints import text_of
from stackgen.parameter_types import (
    AVAILABILITY_ZONE_NAME,
    PARAMETER_TYPES,
    RESOURCE_OF,
    SECURITY_GROUP_ID,
    SECURITY_GROUP_NAME,
    STRING,
    accepts,
    element_of,
    is_list,
    takes_list,
)

from .known import Known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .finding import BuiltTemplate

ANY = ""
SCALAR, JOINED, LIST = "scalar", "joined", "list"
"""One value; a list as one text, with commas; a list as CloudFormation's functions take it."""

_TYPE_OF = {resource: kind for kind, resource in RESOURCE_OF.items()}
_WITH_ANY_ID = ("AWS::CloudFormation::CustomResource",)


class Kind(NamedTuple):
    """What a value is. ``type`` is that of a parameter, another's description, or ``ANY``; ``text`` is a literal's."""

    type: str = ANY
    form: str = SCALAR
    text: str | None = None

    def __str__(self) -> str:
        """As a message names it."""
        if self.form == SCALAR:
            return self.type or "a text"
        of = f" of {self.type}" if self.type else ""
        return f"a list{of}" + (" that is not joined" if self.form == LIST else "")


def fits(wanted: str, given: Kind) -> bool:
    """Whether a parameter of type ``wanted`` may be handed a value of this kind.

    What crosses a stack's boundary is one text. A ``String`` that is handed to a list may hold its elements:
    that is how AWS's manual passes lists on. A type that no template may use is left to cfn-lint.
    """
    if wanted not in PARAMETER_TYPES:
        return True
    if given.form == LIST:
        return False
    if given.form == JOINED:
        return _fits_list(wanted, given.type)
    if given.type == ANY:
        return True
    if takes_list(wanted):
        return given.type == STRING
    return accepts(wanted, given.type) or (wanted, given.type) == (SECURITY_GROUP_NAME, SECURITY_GROUP_ID)


def _fits_list(wanted: str, element: str) -> bool:
    if not takes_list(wanted):
        return wanted == STRING
    return element == ANY or accepts(element_of(wanted), element)


_VARIABLES = re.compile(r"\$\{[A-Za-z0-9:.]+\}(,\$\{[A-Za-z0-9:.]+\})*")
_PSEUDO: dict[str, set[Kind]] = {"AWS::NoValue": set(), "AWS::NotificationARNs": {Kind(STRING, LIST)}}


class Reader:
    """Reads the kinds of values; follows a child's output into the child.

    ``attributes`` tells the kind of a resource's attribute: ``("AWS::EC2::VPC", "CidrBlock")``.
    """

    def __init__(self, templates: Mapping[str, BuiltTemplate], attributes: Callable[[str, str], Kind]) -> None:
        self._templates = templates
        self._attributes = attributes
        self._known = Known(templates)
        self._open: list[tuple[str, str]] = []

    def kinds(self, value: Any, template: BuiltTemplate) -> set[Kind]:
        """All that the value may be; nothing where it may only be absent."""
        if isinstance(value, list):
            return {Kind(each.type, LIST) for part in value for each in self.kinds(part, template)} or {Kind(ANY, LIST)}
        if isinstance(value, str | int | float):
            return {Kind(ANY, SCALAR, text_of(value))}
        if not isinstance(value, dict) or len(value) != 1:
            return {Kind()}
        function, data = next(iter(value.items()))
        read = _FUNCTIONS.get(function)
        return {Kind()} if read is None else read(self, data, template)

    def _ref(self, name: Any, template: BuiltTemplate) -> set[Kind]:
        if not isinstance(name, str):
            return {Kind()}
        if name.startswith("AWS::"):
            return _PSEUDO.get(name, {Kind(STRING)})
        if name in template.section("Parameters"):
            declared = str(template.section("Parameters")[name].get("Type", STRING))
            if is_list(declared):
                return {Kind(element_of(declared), LIST)}
            return {Kind(declared, SCALAR, self._text({"Ref": name}, template))}
        resource = str(template.section("Resources").get(name, {}).get("Type"))
        if resource in _WITH_ANY_ID or not resource.startswith("AWS::") or resource.endswith("::MODULE"):
            return {Kind()}  # also a name that is not there, which E1020 tells
        return {Kind(_TYPE_OF.get(resource, f"the Ref of {resource}"))}

    def _get_att(self, data: Any, template: BuiltTemplate) -> set[Kind]:
        parts = data.split(".", 1) if isinstance(data, str) else data
        if not isinstance(parts, list) or len(parts) < 2 or not all(isinstance(part, str) for part in parts):  # noqa: PLR2004  a name and an attribute
            return {Kind()}
        title, attribute = parts[0], ".".join(parts[1:])
        child = self._templates.get(template.children.get(title, ""))
        if child is None:
            return {self._attributes(str(template.section("Resources").get(title, {}).get("Type")), attribute)}
        name = attribute.removeprefix("Outputs.")
        output = child.section("Outputs").get(name)
        if output is None or (child.name, name) in self._open:  # E1010 tells; so does E3004
            return {Kind()}
        self._open.append((child.name, name))
        try:
            return self.kinds(output.get("Value"), child)
        finally:
            self._open.pop()

    def _if(self, data: Any, template: BuiltTemplate) -> set[Kind]:
        branches = data[1:] if isinstance(data, list) else ()
        return {kind for branch in branches for kind in self.guarded(branch, template)}

    def guarded(self, value: Any, template: BuiltTemplate) -> set[Kind]:
        """All that a value may be under a condition, which may be that a default is not used."""
        found = self.kinds(value, template)
        return {each._replace(text=None) for each in found} if isinstance(value, dict) else found

    def _join(self, data: Any, template: BuiltTemplate) -> set[Kind]:
        """A list joined by commas is how a list crosses; anything else joined is a text."""
        if not isinstance(data, list) or len(data) != 2 or data[0] != ",":  # noqa: PLR2004  delimiter and list
            return {Kind()}
        return {Kind(kind.type, JOINED) for kind in self.kinds(data[1], template)}

    def _split(self, data: Any, template: BuiltTemplate) -> set[Kind]:
        if not isinstance(data, list) or len(data) != 2 or data[0] != ",":  # noqa: PLR2004  delimiter and text
            return {Kind(ANY, LIST)}
        kinds = self.kinds(data[1], template)
        return {Kind(kind.type if kind.form == JOINED else ANY, LIST) for kind in kinds} or {Kind(ANY, LIST)}

    def _text(self, value: Any, template: BuiltTemplate) -> str | None:
        found = self._known.literal(value, template)
        return text_of(found) if isinstance(found, str | int | float) else None

    def _sub(self, data: Any, template: BuiltTemplate) -> set[Kind]:
        """What a text of variables alone is; several with commas between them are a list."""
        if not isinstance(data, str) or not _VARIABLES.fullmatch(data):
            return {Kind(ANY, SCALAR, self._text({"Fn::Sub": data}, template))}
        names = [each[2:-1] for each in data.split(",")]
        found = [self.kinds({"Fn::GetAtt" if "." in each else "Ref": each}, template) for each in names]
        return found[0] if len(found) == 1 else {Kind(kind.type, JOINED) for each in found for kind in each}

    def _find_in_map(self, data: Any, template: BuiltTemplate) -> set[Kind]:
        return {Kind(ANY, SCALAR, self._text({"Fn::FindInMap": data}, template))}

    def _select(self, data: Any, template: BuiltTemplate) -> set[Kind]:
        if not isinstance(data, list) or len(data) != 2:  # noqa: PLR2004  index and list
            return {Kind()}
        kinds: Iterable[Kind] = self.kinds(data[1], template)
        return {Kind(kind.type if kind.form == LIST else ANY) for kind in kinds} or {Kind()}

    def _zones(self, data: Any, template: BuiltTemplate) -> set[Kind]:
        del data, template
        return {Kind(str(AVAILABILITY_ZONE_NAME), LIST)}

    def _ranges(self, data: Any, template: BuiltTemplate) -> set[Kind]:
        del data, template
        return {Kind(ANY, LIST)}


_FUNCTIONS: dict[str, Callable[[Reader, Any, BuiltTemplate], set[Kind]]] = {
    "Ref": Reader._ref,
    "Fn::GetAtt": Reader._get_att,
    "Fn::If": Reader._if,
    "Fn::Sub": Reader._sub,
    "Fn::FindInMap": Reader._find_in_map,
    "Fn::Join": Reader._join,
    "Fn::Split": Reader._split,
    "Fn::Select": Reader._select,
    "Fn::GetAZs": Reader._zones,
    "Fn::Cidr": Reader._ranges,
}
