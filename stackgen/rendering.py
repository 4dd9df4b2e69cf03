"""From troposphere objects, awacs policies and our declarations to plain JSON values, in one pass.

While it walks, a Rendering checks what only the whole shows: every declaration belongs to this stack, and an
output of a conditional child is read only where that condition holds. It also notes what each item refers to,
for the graph.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from troposphere import AWSHelperFn, BaseAWSObject

from .constraints import plain
from .declaration import Declaration, Reference, Typed, intrinsic
from .errors import DeclarationError, ReferenceError  # noqa: A004  CloudFormation's own word; see errors.py
from .nesting import ChildOutput, TemplateURL
from .parameter import Parameter
from .references import References
from .sections import Condition

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .errors import Location
    from .nesting import NestedStack
    from .scope import Scope
    from .stack import Stack

    Uses = dict[tuple[str, str], str]

_HOLE = re.compile(r"\$\{([^!}][^}]*)\}")
_SCALARS = (str, int, float, bool, type(None))


class Rendering(References):
    """One template's pass over all that stands in it; ``url_of`` gives the TemplateURL of a stack."""

    def __init__(
        self, scope: Scope, children: Mapping[str, NestedStack], url_of: Callable[[type[Stack]], AWSHelperFn]
    ) -> None:
        super().__init__(scope, children)
        self._url_of = url_of

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
        return {str.__str__(key) if isinstance(key, str) else str(key): self.value(part) for key, part in thing.items()}

    def _template_url(self, thing: TemplateURL) -> Any:
        return self.value(self._url_of(thing.stack))

    def _helper(self, thing: AWSHelperFn) -> Any:
        return self.value(thing.data)

    def _object(self, thing: BaseAWSObject) -> Any:
        if thing.do_validation:
            thing._validate_props()
            thing.validate()
        resource = thing.resource
        is_resource = getattr(type(thing), "resource_type", None) is not None
        if not thing.properties and is_resource:
            resource = {key: part for key, part in resource.items() if key != thing.dictname}
        rendered = {}
        for key, part in resource.items():
            # Inside a container or a statement these two are properties like any other.
            if key == "DependsOn" and is_resource:
                rendered[key] = self.depends_on(part)
            elif key == "Condition" and is_resource:
                rendered[key] = self.name_of(part, "Condition")
            else:
                rendered[key] = self.value(part)
        return rendered

    def _declaration(self, thing: Declaration) -> Any:
        current = self.owned(thing)
        if isinstance(current, Condition):
            raise DeclarationError(
                f"{thing.label} is a condition, which is no value",
                f"choose by it: If({thing.name}, ..., ...); or give a resource Condition={thing.name}",
                location=self._where,
            )
        return self.value(current.as_value())

    def _encoder(self, thing: Any) -> Any:
        """An object with its own encoder, which would turn declarations inside it into names unchecked."""
        if hasattr(thing, "tags"):
            return self.value(thing.tags)
        if isinstance(thing, AWSHelperFn) and isinstance(thing.data, tuple):  # cloudformation.Metadata
            return {key: part for each in thing.data for key, part in self.value(each).items()}
        return self.value(thing.to_dict())

    def _json_repr(self, thing: Any) -> Any:
        return self.value(thing.JSONrepr())

    def _subclass_of_scalar(self, thing: Any) -> Any:
        return plain(thing)

    def _unknown(self, thing: Any) -> Any:
        raise DeclarationError(
            f"{thing!r} ({type(thing).__name__}) cannot stand in a template",
            "a text, number, boolean, list, dict, troposphere object or declaration was expected",
            location=self._where,
        )

    # Conditions

    def decided(self, thing: object) -> Any:
        """A condition's expression, or a part of And, Or and Not: only there a condition may stand by itself."""
        if isinstance(thing, Condition):
            return {"Condition": self.name_of(thing, "Condition")}
        data = intrinsic(thing)
        return {"Condition": self.name_of(data["Condition"], "Condition")} if "Condition" in data else self.value(thing)

    def _parts(self, data: Any) -> Any:
        return [self.decided(part) for part in data] if isinstance(data, list | tuple) else self.value(data)

    # Values that cross a boundary

    def argument(self, thing: object) -> Any:
        """A value that crosses the stack's boundary: lists are joined."""
        if isinstance(thing, Typed):
            return self._joined(thing.value) if thing.is_list else self.value(thing)
        if isinstance(thing, Parameter | ChildOutput):
            owned: Any = self.owned(thing)
            return self.value(owned.as_argument())
        data = intrinsic(thing)
        if "Fn::If" in data:
            return {"Fn::If": self._branches(data["Fn::If"], self.argument)}
        return self.value(thing)

    def _joined(self, thing: object) -> Any:
        """A list as one string; what a child or the parent has joined already stays as it is."""
        if isinstance(thing, Reference):
            return self.argument(thing)
        data = intrinsic(thing)
        if "Fn::If" in data:
            return {"Fn::If": self._branches(data["Fn::If"], self._joined)}
        value = self.value(thing)
        return value if value == {"Ref": "AWS::NoValue"} else {"Fn::Join": [",", value]}

    # Intrinsics that name things

    def _ref(self, data: Any) -> Any:
        if isinstance(data, ChildOutput | Typed):
            raise ReferenceError(f"Ref({data.label}): it is read by itself, without Ref", location=self._where)
        name = self.name_of(data, "Ref")
        if name in self._children:
            self.check_guard(self._children[name], f"reads Ref({name})")
        return name

    def _get_att(self, data: Any) -> Any:
        if isinstance(data, str):  # "Resource.Attribute", as YAML's short form has it
            name, _, attribute = data.partition(".")
            self.attribute(name, attribute, "Fn::GetAtt")
            return data
        name = self.name_of(data[0], "Fn::GetAtt")
        self.attribute(name, data[1], "Fn::GetAtt")
        return [name, *(self.value(part) for part in data[1:])]

    def _sub(self, data: Any) -> Any:
        text, local = (data[0], data[1]) if isinstance(data, list | tuple) else (data, {})
        rendered = {key: self.value(part) for key, part in local.items()}
        if not isinstance(text, str):
            raise DeclarationError(
                f"Sub takes a text with ${{Name}} in it, not {text!r}",
                'Sub("${Name}", Name=...)',
                location=self._where,
            )
        for hole in map(str.strip, _HOLE.findall(text)):
            if hole not in rendered:
                name, dot, attribute = hole.partition(".")
                if dot:
                    self.attribute(name, attribute, "Fn::Sub")
                else:
                    self.use(name, "Fn::Sub")
        return [text, rendered] if rendered else text

    def _if(self, data: Any) -> Any:
        return self._branches(data, self.value)

    def _branches(self, data: Any, render: Callable[[Any], Any]) -> list[Any]:
        if not isinstance(data, list | tuple) or len(data) != 3:  # noqa: PLR2004  condition, then, else
            raise DeclarationError(f"If takes a condition and two values, not {data!r}", location=self._where)
        condition, then, otherwise = data
        name = self.name_of(condition, "Fn::If")
        return [name, self._under(name, then, render, holds=True), self._under(name, otherwise, render, holds=False)]

    def _under(self, name: str, branch: Any, render: Callable[[Any], Any], *, holds: bool) -> Any:
        self._guards.append((name, holds))
        try:
            return render(branch)
        finally:
            self._guards.pop()

    def _find_in_map(self, data: Any) -> Any:
        first = data[0]
        name = self.name_of(first, "Fn::FindInMap") if isinstance(first, str | Declaration) else self.value(first)
        return [name, *(self.value(part) for part in data[1:])]


_FUNCTIONS: dict[str, Callable[[Rendering, Any], Any]] = {
    "Ref": Rendering._ref,
    "Fn::GetAtt": Rendering._get_att,
    "Fn::Sub": Rendering._sub,
    "Fn::If": Rendering._if,
    "Fn::FindInMap": Rendering._find_in_map,
    "Fn::And": Rendering._parts,
    "Fn::Or": Rendering._parts,
    "Fn::Not": Rendering._parts,
}
_FORMS: dict[type, Callable[[Rendering, Any], Any]] = {
    list: Rendering._sequence,
    tuple: Rendering._sequence,
    dict: Rendering._mapping,
    TemplateURL: Rendering._template_url,
}


def _form_of(kind: type) -> Callable[[Rendering, Any], Any]:
    form = _FORMS.get(kind)
    if form is None:
        form = _FORMS[kind] = _chosen(kind)
    return form


def _chosen(kind: type) -> Callable[[Rendering, Any], Any]:
    if issubclass(kind, BaseAWSObject):
        return Rendering._object if kind.to_dict is BaseAWSObject.to_dict else Rendering._encoder
    if issubclass(kind, AWSHelperFn) and not issubclass(kind, Declaration):
        return Rendering._helper if kind.to_dict is AWSHelperFn.to_dict else Rendering._encoder
    for base, form in _BASES:
        if issubclass(kind, base):
            return form
    if hasattr(kind, "to_dict"):
        return Rendering._encoder
    return Rendering._json_repr if hasattr(kind, "JSONrepr") else Rendering._unknown


_BASES: tuple[tuple[Any, Callable[[Rendering, Any], Any]], ...] = (
    (Declaration, Rendering._declaration),
    (dict, Rendering._mapping),
    (list | tuple, Rendering._sequence),
    (str | int | float, Rendering._subclass_of_scalar),
)
