"""One resource of an evaluated stack."""

from __future__ import annotations

from stackgen.errors import StackgenError

from .functions import evaluated
from .symbols import ABSENT, Choice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .scope import Scope
    from .symbols import Path, Symbol

    When = bool | Symbol
    """Whether something exists, or the symbol of what decides it."""

__all__ = ["Resource", "address_of", "decided", "object_of"]

ATTRIBUTES = ("DeletionPolicy", "UpdateReplacePolicy", "CreationPolicy", "UpdatePolicy")


class Resource:
    """One resource. ``exists`` is None where its condition, or its stack's, is not known: see ``when``.

    It is evaluated when its values are asked for: most resources of two builds are equal, and nobody asks.
    """

    __slots__ = (
        "_address",
        "_attributes",
        "_properties",
        "_scope",
        "_values",
        "definition",
        "exists",
        "logical_id",
        "owner",
        "stack",
        "type",
        "when",
    )

    def __init__(self, scope: Scope, logical_id: str, definition: dict[str, Any], when: When) -> None:
        self._address = ""
        self._scope = scope
        self._attributes: dict[str, Any] | None = None
        self._properties: dict[str, Any] | None = {} if when is False else None
        self._values: dict[str, Any] = {}
        self.stack = scope.path
        self.logical_id = logical_id
        self.owner = (scope.path, logical_id)
        """What tells it from every other resource of the tree."""
        self.definition = definition
        self.type = str(definition.get("Type"))
        self.when = when
        self.exists = True if when is True else decided(when)

    def __repr__(self) -> str:
        return f"Resource({self.address!r}, {self.type!r})"

    @property
    def address(self) -> str:
        """``TapStack/Network/Vpc``: the file of the root, then logical IDs."""
        if not self._address:
            self._address = address_of(self.stack, self.logical_id)
        return self._address

    @property
    def properties(self) -> dict[str, Any]:
        """All properties, evaluated; none of a resource that does not exist. Raises StackgenError."""
        if self._properties is None:
            self._properties = object_of(self._evaluated(self.definition.get("Properties", {})))
        return self._properties

    @property
    def attributes(self) -> dict[str, Any]:
        """What stands beside the properties: ``DependsOn``, and the policies, evaluated."""
        if self._attributes is None:
            written = () if self.when is False else ATTRIBUTES
            self._attributes = {
                name: self._evaluated(self.definition[name]) for name in written if name in self.definition
            }
            depends = self.definition.get("DependsOn", [])
            several = depends if isinstance(depends, list) else [depends]
            self._attributes["DependsOn"] = [each for each in several if isinstance(each, str)]
        return self._attributes

    def evaluate(self) -> None:
        """Evaluate all of it now. Raises StackgenError."""
        _ = self.properties, self.attributes

    def value(self, name: str) -> Any:
        """One property; None where it is not there. The others need not be evaluated for it."""
        written = self.definition.get("Properties")
        if self._properties is not None or not isinstance(written, dict) or len(written) == 1:  # one may be a function
            return self.properties.get(name)
        if name not in self._values:
            found = self._evaluated(written[name]) if name in written else None
            self._values[name] = None if found is ABSENT else found
        return self._values[name]

    def _evaluated(self, value: Any) -> Any:
        try:
            return evaluated(value, self._scope)
        except RecursionError as error:
            path = self._scope.template.path
            raise StackgenError("is nested too deeply to be evaluated", location=(path, 0)) from error


def address_of(stack: Path, logical_id: str = "") -> str:
    """``TapStack/Network/Vpc``: the last part of the root's name, then logical IDs."""
    parts = [stack[0].rsplit("/", 1)[-1], *stack[1:], *([logical_id] if logical_id else [])]
    return "/".join(parts)


def decided(when: When) -> bool | None:
    """Whether something exists; None where that is not known."""
    return when if isinstance(when, bool) else None


def object_of(value: Any) -> dict[str, Any]:
    """The object that a value is; of a choice between two, every member is a choice."""
    if isinstance(value, dict):
        return value
    if isinstance(value, Choice):
        then, otherwise = object_of(value.then), object_of(value.otherwise)
        keys = [*then, *(key for key in otherwise if key not in then)]
        return {key: Choice(value.condition, then.get(key), otherwise.get(key)) for key in keys}
    return {}
