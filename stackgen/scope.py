"""Which declarations a stack may refer to, and what each of them means there.

References are by attribute name: in a subclass that replaces a child or a parameter, an inherited wire means
the replacement. What belongs to another stack is refused, however deep inside intrinsics it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .declaration import Declaration, Typed
from .errors import ReferenceError  # noqa: A004  CloudFormation's own word; see errors.py
from .nesting import ChildOutput, NestedStack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .errors import Location
    from .stack import Stack


class Scope(NamedTuple):
    """The declarations of one stack."""

    stack: str
    owners: frozenset[type]
    """The class and its bases: whoever of them made a declaration, it is the stack's own."""
    members: Mapping[str, Declaration]
    """By attribute name; during ``build()`` with the children that ``nest()`` made."""

    @classmethod
    def of(cls, stack: type[Stack], further: Mapping[str, Declaration] | None = None) -> Scope:
        """The scope of a class; ``further`` are the children that ``build()`` has added."""
        members = {**stack.members, **further} if further else stack.members
        return cls(stack.__name__, frozenset(stack.__mro__), members)

    def current(self, thing: Declaration, where: Location | None) -> Declaration:
        """What a declaration means in this stack: the member that has its name. Raises ReferenceError."""
        if isinstance(thing, Typed):
            return thing
        if isinstance(thing, ChildOutput):
            child = self._member(thing.child, thing.label, where)
            if not isinstance(child, NestedStack):
                raise ReferenceError(
                    f"{self.stack} reads {thing.label}, but its {child.name} is now declared as {child.what}",
                    location=where,
                )
            return child.output(thing.attribute, where or thing.location)
        return self._member(thing, thing.label, where)

    def _member(self, thing: Declaration, label: str, where: Location | None) -> Declaration:
        if thing.owner is None:
            raise ReferenceError(
                f"{self.stack} refers to {label}, but the {thing.what} has no name here",
                f"make the {thing.what} an attribute of the class",
                location=where,
            )
        if thing.owner not in self.owners:
            raise ReferenceError(
                f"{self.stack} refers to {label}, which belongs to {thing.owner.__name__}",
                "hand it over as an argument of nested(), or read it as an output of a child",
                location=where,
            )
        member = self.members.get(thing.name)
        if member is None:
            raise ReferenceError(
                f"{self.stack} has taken {thing.name} away, but still refers to {label}",
                "declare anew whatever refers to it",
                location=where,
            )
        return member


def declarations(value: object) -> Iterator[Declaration]:
    """Every declaration inside intrinsics, tags, lists and dicts."""
    if isinstance(value, Typed):
        yield from declarations(value.value)
    elif isinstance(value, Declaration):
        yield value
    elif isinstance(value, list | tuple):
        for part in value:
            yield from declarations(part)
    elif isinstance(value, dict):
        yield from declarations(tuple(value.values()))
    elif hasattr(value, "data"):
        yield from declarations(value.data)
    elif hasattr(value, "tags"):
        yield from declarations(value.tags)
