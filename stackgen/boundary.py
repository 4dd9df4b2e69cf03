"""Values that cross a stack's boundary: as an output to the parent, or as an argument to a child.

There everything is a string and a list is joined by commas. What may cross is decided here, once, for both
directions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .constraints import refusal_of_kind
from .declaration import Declaration, Reference, intrinsic
from .output import Output
from .parameter_types import RESOURCE_OF, STRING, accepts, element_of, is_list, takes_list

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .errors import DeclarationError, Location

_SCALARS = str | int | float


class Boundary(NamedTuple):
    """What is known where a value crosses; the errors it raises point at ``where``."""

    where: Location
    current: Callable[[Declaration, Location], Declaration] | None = None
    """What a declaration means in this stack, once its class is there."""
    resources: Mapping[str, str] | None = None
    """Resource types by logical ID, once they are added; until then a ``Ref`` may point at any of them."""

    def crossing(self, target: Reference[Any], value: object) -> object:
        """The value in the form in which it reaches ``target``: references as they are, literals as text.

        Python lists are joined, and each branch of an ``If`` is treated as if it stood alone. A ``Ref`` must
        point at a resource of the type's own kind; a ``GetAtt`` is left to the linter; any other bare
        intrinsic counts as ``String``. Raises OutputError or ParameterError, by what ``target`` is.
        """
        return self._crossing(target, target.type, value)

    def _crossing(self, target: Reference[Any], kind: str, value: object) -> object:
        if not isinstance(value, Declaration):
            inner = intrinsic(value).get("Ref")
            value = inner if isinstance(inner, Reference) else value  # Ref(Parameter) says no more than it
        if isinstance(value, Declaration):
            return self._reference(target, kind, value)
        whole = kind == target.type
        if isinstance(value, _SCALARS):
            return self._literal(target, value if whole else [value])
        if isinstance(value, list | tuple):
            return self._list(target, kind, value)
        data = intrinsic(value)
        if "Fn::If" in data:
            condition, *branches = data["Fn::If"]
            return {"Fn::If": [condition, *(self._branch(target, kind, branch) for branch in branches)]}
        return self._intrinsic(target, kind, value)

    def _reference(self, target: Reference[Any], kind: str, value: Declaration) -> Declaration:
        if self.current is not None:
            value = self.current(value, self.where)
        label = value.label
        if not isinstance(value, Reference) or isinstance(value, Output):
            raise self._mismatch(target, kind, f"{label} ({value.what}) has no value here")
        if not accepts(kind, value.type):
            raise self._mismatch(target, kind, f"{label} is {value.kind}", _advice(kind, value))
        return value

    def _list(self, target: Reference[Any], kind: str, value: list[Any] | tuple[Any, ...]) -> object:
        if all(isinstance(part, _SCALARS) for part in value) or not takes_list(kind):
            return self._literal(target, list(value))
        element = element_of(kind)
        return {"Fn::Join": [",", [self._branch(target, element, part) for part in value]]}

    def _literal(self, target: Reference[Any], value: object) -> str:
        """A parameter knows its constraints, among them its type; an output has only its type."""
        is_output = isinstance(target, Output)
        text = target.encoded(value, _WORD[is_output], self.where)
        reason = refusal_of_kind(target.type, text) if is_output else ""
        if reason:
            raise target.error(f"{target.label} is {target.type}, but {text!r} {reason}", location=self.where)
        return text

    def _branch(self, target: Reference[Any], kind: str, value: object) -> object:
        is_nothing = intrinsic(value).get("Ref") == "AWS::NoValue"
        return value if is_nothing else self._crossing(target, kind, value)

    def _intrinsic(self, target: Reference[Any], kind: str, value: object) -> object:
        data = intrinsic(value)
        if not data:
            raise self._mismatch(target, kind, f"{value!r} is no value of a parameter")
        (function, body), *_ = data.items()
        vouch = f"vouch for it: typed({kind}, ...)"
        if takes_list(kind):
            hint = "give it the list itself, which is joined for you" if function == "Fn::Join" else vouch
            raise self._mismatch(target, kind, f"{function} counts as one String, not as a list", hint)
        expected = RESOURCE_OF.get(kind)
        if function == "Ref" and expected:
            if self.resources is None:
                return value
            name = body.name if isinstance(body, Declaration) else str(body)
            found = self.resources.get(name)
            if found is not None and found != expected:
                raise self._mismatch(target, kind, f"{name} is a resource of type {found}, not {expected}")
            if found is not None:
                return value
        if function == "Fn::GetAtt" or accepts(kind, STRING):
            return value
        raise self._mismatch(target, kind, f"{function} counts as String", vouch)

    def _mismatch(self, target: Reference[Any], kind: str, found: str, hint: str = "") -> DeclarationError:
        label = target.label if kind == target.type else f"each element of {target.label}"
        return target.error(f"{label} is {kind}, but {found}", hint, location=self.where)


_WORD = {True: "value", False: "argument"}


def _advice(kind: str, value: Reference[Any]) -> str:
    if takes_list(kind) and accepts(element_of(kind), value.type):
        return "make it a list: [...]"
    if is_list(value.type) and accepts(kind, element_of(value.type)):
        return f"pick one of its elements: typed({kind}, Select(0, ...))"
    return ""
