"""From troposphere objects, awacs policies and our declarations to plain JSON values, in one pass.

While it walks, a Rendering checks what only the whole shows: every declaration belongs to this stack, and an output of a conditional child
is read only where that condition holds. It also notes what each item refers to, for the graph.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from troposphere import AWSHelperFn, BaseAWSObject, If

from .declaration import Declaration
from .errors import DeclarationError, ReferenceError
from .nesting import ChildOutput, NestedStack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .errors import Location

    Uses = dict[tuple[str, str], str]

NAMESPACES = {"Condition": "Conditions", "Fn::If": "Conditions", "Fn::FindInMap": "Mappings"}
"""Where a name is looked up; what is not listed names a resource or parameter."""

_HOLE = re.compile(r"\$\{([^!}][^}]*)\}")
_SCALARS = (str, int, float, bool, type(None))


class Rendering:
    """One template's pass. ``uses`` holds, for the item at hand, each name that it uses (namespace, name) and by what."""

    def __init__(self, stack: str, owners: frozenset[type], members: Mapping[str, Declaration]) -> None:
        self._stack = stack
        self._owners = owners
        self._members = members
        self._guards: list[str] = []
        self._where: Location | None = None
        self.uses: Uses = {}

    def begin(self, where: Location | None, guard: object = None) -> None:
        """Start the next resource, output or condition, which stands at ``where`` and exists only under ``guard``."""
        self._where = where
        self.uses = {}
        self._guards = [self._name_of(guard, "Condition")] if guard is not None else []

    def item(self, value: object, where: Location | None, guard: object = None) -> Any:
        """``begin``, and render one value."""
        self.begin(where, guard)
        return self.value(value)

    def value(self, thing: Any) -> Any:
        """The plain form of anything that may stand in a template."""
        kind = type(thing)
        if kind in _SCALARS:
            return thing
        return _form_of(kind)(self, thing)

    # One method for each form that a value may have; _form_of chooses once for each class.

    def _sequence(self, thing: list[Any]) -> list[Any]:
        return [self.value(part) for part in thing]

    def _mapping(self, thing: dict[Any, Any]) -> dict[str, Any]:
        if len(thing) == 1:
            key = next(iter(thing))
            special = _FUNCTIONS.get(key)
            if special is not None:
                return {key: special(self, thing[key])}
        return {str(key): self.value(part) for key, part in thing.items()}

    def _helper(self, thing: AWSHelperFn) -> Any:
        return self.value(thing.data)

    def _object(self, thing: BaseAWSObject) -> Any:
        if thing.do_validation:
            thing._validate_props()  # noqa: SLF001  what its own to_dict() does first
            thing.validate()
        resource = thing.resource
        if not thing.properties and thing.dictname:
            resource = {key: part for key, part in resource.items() if key != thing.dictname}
        rendered = {}
        for key, part in resource.items():
            if key == "DependsOn":
                rendered[key] = self.depends_on(part)
            elif key == "Condition" and thing.dictname:
                rendered[key] = self._name_of(part, "Condition")
            else:
                rendered[key] = self.value(part)
        return rendered

    def _declaration(self, thing: Declaration) -> Any:
        return self.value(self.owned(thing).as_value())

    def _encoder(self, thing: Any) -> Any:
        return self.value(thing.to_dict())

    def _json_repr(self, thing: Any) -> Any:
        return self.value(thing.JSONrepr())

    def _subclass_of_scalar(self, thing: Any) -> Any:
        plain = next(kind for kind in (bool, int, float, str) if isinstance(thing, kind))
        return plain(thing)

    def _unknown(self, thing: Any) -> Any:
        raise DeclarationError(
            f"{thing!r} ({type(thing).__name__}) cannot stand in a template", "a text, number, boolean, list, dict, "
            "troposphere object or declaration was expected", location=self._where,
        )  # fmt: skip

    # References

    def owned(self, thing: Declaration) -> Declaration:
        """The declaration, if this stack (or a base) made it and still has it under that name; else ReferenceError."""
        child = thing.child if isinstance(thing, ChildOutput) else thing
        if child.owner is None and not child.name:
            return thing  # typed(), or an element of a list
        current = self._members.get(child.name)
        if child.owner not in self._owners or current is None:
            raise ReferenceError(
                f"{self._stack} refers to {thing.label}, which belongs to another stack",
                "hand it over as an argument of nested(), or as an output of the child",
                location=self._where,
            )
        if isinstance(thing, ChildOutput) and isinstance(current, NestedStack):
            return self._guarded(current.output(thing.attribute, thing.location), current)
        return current

    def _guarded(self, thing: ChildOutput[Any], child: NestedStack) -> ChildOutput[Any]:
        condition = child.attributes.Condition
        if condition is not None and condition.logical_id not in self._guards:
            raise ReferenceError(
                f"{self._stack} reads {thing.label}, but {child.name} exists only if {condition.logical_id}",
                f"guard it: If({condition.name}, {child.name}.{thing.attribute}, ...), or the same condition on what reads it",
                location=self._where,
            )
        return thing

    def argument(self, thing: object) -> Any:
        """A value that crosses the stack's boundary: lists are joined."""
        if isinstance(thing, Declaration) and hasattr(thing, "as_argument"):
            return self.value(self.owned(thing).as_argument())  # type: ignore[attr-defined]  # hasattr just said so
        if isinstance(thing, If):
            thing = thing.data
        if isinstance(thing, dict) and list(thing) == ["Fn::If"]:
            condition, then, otherwise = thing["Fn::If"]
            return {"Fn::If": self._branches(condition, then, otherwise, self.argument)}
        return self.value(thing)

    def use(self, name: str, how: str) -> str:
        """Note that the item at hand names ``name``."""
        self.uses.setdefault((NAMESPACES.get(how, "Resources"), name), how)
        return name

    def depends_on(self, thing: Any) -> Any:
        """``DependsOn``: names, resources or children; one name stays a text."""
        if isinstance(thing, list | tuple):
            return [self._name_of(part, "DependsOn") for part in thing]
        return self._name_of(thing, "DependsOn")

    def _name_of(self, thing: object, how: str) -> str:
        if isinstance(thing, Declaration):
            name = self.owned(thing).logical_id
        elif isinstance(thing, BaseAWSObject) and thing.title:
            name = thing.title
        elif isinstance(thing, str):
            name = thing
        else:
            raise DeclarationError(f"{how} takes a name or a declaration, not {thing!r}", location=self._where)
        return self.use(name, how)

    # Intrinsics that name things

    def _ref(self, data: Any) -> Any:
        if isinstance(data, ChildOutput):
            raise ReferenceError(f"Ref({data.label}): an output is read by itself, without Ref", location=self._where)
        return self._name_of(data, "Ref")

    def _get_att(self, data: Any) -> Any:
        if isinstance(data, str):  # "Resource.Attribute", from an adopted template
            self.use(data.split(".", 1)[0], "Fn::GetAtt")
            return data
        return [self._name_of(data[0], "Fn::GetAtt"), *(self.value(part) for part in data[1:])]

    def _sub(self, data: Any) -> Any:
        text, local = (data[0], data[1]) if isinstance(data, list | tuple) else (data, {})
        rendered = {key: self.value(part) for key, part in local.items()}
        for hole in _HOLE.findall(text) if isinstance(text, str) else ():
            name = hole.strip()
            if name not in rendered:
                self.use(name.split(".", 1)[0], "Fn::Sub")
        return [text, rendered] if rendered else text

    def _condition(self, data: Any) -> Any:
        return self._name_of(data, "Condition")

    def _if(self, data: Any) -> Any:
        return self._branches(data[0], data[1], data[2], self.value)

    def _branches(self, condition: object, then: object, otherwise: object, render: Callable[[object], Any]) -> list[Any]:
        name = self._name_of(condition, "Fn::If")
        self._guards.append(name)
        try:
            chosen = render(then)
        finally:
            self._guards.pop()
        return [name, chosen, render(otherwise)]

    def _find_in_map(self, data: Any) -> Any:
        first = data[0]
        name = self._name_of(first, "Fn::FindInMap") if isinstance(first, str | Declaration) else self.value(first)
        return [name, *(self.value(part) for part in data[1:])]


_FUNCTIONS: dict[str, Callable[[Rendering, Any], Any]] = {
    "Ref": Rendering._ref,
    "Condition": Rendering._condition,
    "Fn::GetAtt": Rendering._get_att,
    "Fn::Sub": Rendering._sub,
    "Fn::If": Rendering._if,
    "Fn::FindInMap": Rendering._find_in_map,
}
_FORMS: dict[type, Callable[[Rendering, Any], Any]] = {
    list: Rendering._sequence,
    tuple: Rendering._sequence,
    dict: Rendering._mapping,
}


def _form_of(kind: type) -> Callable[[Rendering, Any], Any]:
    form = _FORMS.get(kind)
    if form is None:
        form = _FORMS[kind] = _chosen(kind)
    return form


def _chosen(kind: type) -> Callable[[Rendering, Any], Any]:
    if issubclass(kind, Declaration):
        return Rendering._declaration
    if issubclass(kind, BaseAWSObject):
        return Rendering._object if kind.to_dict is BaseAWSObject.to_dict else Rendering._encoder
    if issubclass(kind, AWSHelperFn):
        return Rendering._helper if kind.to_dict is AWSHelperFn.to_dict else Rendering._encoder
    for base, form in ((dict, Rendering._mapping), (list, Rendering._sequence), (tuple, Rendering._sequence)):
        if issubclass(kind, base):
            return form
    if hasattr(kind, "to_dict"):
        return Rendering._encoder
    if hasattr(kind, "JSONrepr"):
        return Rendering._json_repr
    if issubclass(kind, str | int | float):
        return Rendering._subclass_of_scalar
    return Rendering._unknown
