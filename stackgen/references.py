"""What the item at hand of a template refers to: resolved, guarded by conditions, and noted for the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import BaseAWSObject

from .declaration import Declaration
from .errors import DeclarationError, ReferenceError, likely  # noqa: A004  CloudFormation's own word; see errors.py
from .logic import Logic
from .nesting import ChildOutput, NestedStack
from .output import Output
from .parameter import Parameter
from .sections import Condition, Mapping

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingOf
    from typing import Any

    from .errors import Location
    from .scope import Scope

    Uses = dict[tuple[str, str], str]

NAMESPACES = {"Condition": "Conditions", "Fn::If": "Conditions", "Fn::FindInMap": "Mappings"}
"""Where a name is looked up; what is not listed names a resource or parameter."""

_NAMED: dict[str, tuple[type, ...]] = {
    "Conditions": (Condition,),
    "Mappings": (Mapping,),
    "Resources": (Parameter, NestedStack),
}


class References:
    """``uses`` holds, for the item at hand, each (namespace, name) that it uses, and by what."""

    def __init__(self, scope: Scope, children: MappingOf[str, NestedStack]) -> None:
        self._scope = scope
        self._children = children
        self._guards: list[tuple[str, bool]] = []
        self._where: Location | None = None
        self._parameters = {each.logical_id for each in scope.members.values() if isinstance(each, Parameter)}
        self.uses: Uses = {}

    def begin(self, where: Location | None, guard: object = None) -> None:
        """Start the next resource, output or condition, at ``where``; it exists only under ``guard``."""
        self._where = where
        self.uses = {}
        self._guards = [(self.name_of(guard, "Condition"), True)] if guard is not None else []

    @property
    def here(self) -> Location | None:
        """Where the item at hand stands."""
        return self._where

    def owned(self, thing: Declaration) -> Declaration:
        """What the declaration means in this stack, and read where it exists. Raises ReferenceError."""
        current = self._scope.current(thing, self._where)
        if isinstance(current, ChildOutput):
            self.check_guard(current.child, f"reads {thing.label}")
            self._check_output(current.child, current.logical_id, f"reads {thing.label}")
        return current

    def _check_output(self, child: NestedStack, logical_id: str, doing: str) -> None:
        """An output that the child may lack is read under some condition; which, only the author knows."""
        output = child.stack.declared(Output).get(logical_id)
        if output is not None and output.condition is not None and not self._guards:
            raise ReferenceError(
                f"{self._scope.stack} {doing}, but {child.stack.__name__} has that output only under a condition",
                "guard it with If(..., ..., ...), or with a condition on what reads it",
                location=self._where,
            )

    def check_guard(self, child: NestedStack, doing: str) -> None:
        """A child with a condition is read only where that condition holds. Raises ReferenceError."""
        condition = child.attributes.Condition
        if condition is None:
            return
        needed = self._scope.current(condition, self._where).logical_id
        if (needed, True) not in self._guards and not self._proven(needed):
            raise ReferenceError(
                f"{self._scope.stack} {doing}, but {child.name} exists only if {needed}",
                f"guard it with If({condition.name}, ..., ...), or with the same condition on what reads it",
                location=self._where,
            )

    def _proven(self, needed: str) -> bool:
        """Whether the conditions that guard this place leave ``needed`` no choice but to hold."""
        logic = Logic({each.logical_id: each for each in self._scope.members.values() if isinstance(each, Condition)})
        for name, holds in self._guards:
            logic.learn(name, holds=holds)
        return logic.proves(needed, holds=True)

    def use(self, name: str, how: str) -> str:
        """Note that the item at hand names ``name``."""
        self.uses.setdefault((NAMESPACES.get(how, "Resources"), name), how)
        return name

    def depends_on(self, thing: Any) -> Any:
        """``DependsOn``: names, resources or children; one name stays a text."""
        if isinstance(thing, list | tuple):
            return [self._resource(self.name_of(part, "DependsOn"), "DependsOn") for part in thing]
        return self._resource(self.name_of(thing, "DependsOn"), "DependsOn")

    def _resource(self, name: str, how: str) -> str:
        """The name of what is there to wait for, and has attributes. Raises ReferenceError for a parameter."""
        if name in self._parameters:
            raise ReferenceError(
                f"{how} takes a resource, but {name} is a parameter",
                "leave it out" if how == "DependsOn" else f"a parameter has a value only: self.{name}",
                location=self._where,
            )
        return name

    def name_of(self, thing: object, how: str) -> str:
        """The logical ID in a place that takes a name, noted as used by ``how``. Raises DeclarationError."""
        if isinstance(thing, Declaration):
            if not isinstance(thing, _NAMED[NAMESPACES.get(how, "Resources")]):
                raise ReferenceError(f"{how} takes no {thing.what}, such as {thing.label}", location=self._where)
            return self.use(self.owned(thing).logical_id, how)
        if isinstance(thing, BaseAWSObject) and thing.title:
            return self.use(thing.title, how)
        if isinstance(thing, str):
            return self.use(thing, how)
        raise DeclarationError(f"{how} takes a name or a declaration, not {thing!r}", location=self._where)

    def attribute(self, name: str, attribute: object, how: str) -> None:
        """Note that an attribute is read. Raises ReferenceError for an output that a child lacks."""
        self._resource(self.use(name, how), how)
        child = self._children.get(name)
        if child is None:
            return
        if isinstance(attribute, str):
            wanted = attribute.removeprefix("Outputs.")
            outputs = child.stack.output_ids()
            if wanted not in outputs or wanted == attribute:
                raise ReferenceError(
                    f"{how} reads {name}.{attribute}, but {child.stack.__name__} has no such output",
                    f"read {name}.Outputs.{wanted}" if wanted in outputs else likely(wanted, outputs),
                    location=self._where,
                )
            self._check_output(child, wanted, f"reads {name}.{attribute}")
        self.check_guard(child, f"reads {name}.{attribute}")
