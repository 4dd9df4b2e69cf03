"""What is sure to be there in the data of an execution: shapes, and the paths that are read from them.

A shape is ANYTHING, of which nothing is known, so that every path may be read; or an object with the fields that it has
for sure. Of a list nothing is known. Shapes only ever lose fields where ways meet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

DEEPEST = 12
"""Below that nothing is known, so that a loop which wraps its data ends."""

_PATH = re.compile(r"\$\$?(?:\.(?:[\w-]+|\*)|\.\.[\w*-]+|\['[^']*'\]|\[\"[^\"]*\"\]|\[[^\]]*\])*")
_STEP = re.compile(r"\.([\w-]+)|\['([^']*)'\]|\[\"([^\"]*)\"\]")
_QUOTED = re.compile(r"'(?:\\.|[^'\\])*'")
_VARIABLE = re.compile(r"\$[A-Za-z_]")


@dataclass(frozen=True, slots=True)
class Shape:
    """``fields`` is None for ANYTHING."""

    fields: Mapping[str, Shape] | None = field(default_factory=dict)

    def at(self, steps: tuple[str, ...]) -> Shape | None:
        """What is at a path, or None where it may be missing."""
        here: Shape = self
        for step in steps:
            if here.fields is None:
                return here
            following = here.fields.get(step)
            if following is None:
                return None
            here = following
        return here

    def put(self, steps: tuple[str, ...], value: Shape) -> Shape:
        """This shape with a value written at a path; objects on the way are made."""
        if not steps:
            return value
        if self.fields is None:
            return self
        first, *rest = steps
        inner = self.fields.get(first, NOTHING)
        return Shape({**self.fields, first: inner.put(tuple(rest), value)}).bounded()

    def meet(self, other: Shape) -> Shape:
        """What is sure when it may be either."""
        if self.fields is None:
            return other
        if other.fields is None or self == other:
            return self
        both = {name: inner.meet(other.fields[name]) for name, inner in self.fields.items() if name in other.fields}
        return Shape(both)

    def bounded(self, depth: int = DEEPEST) -> Shape:
        if self.fields is None or not depth:
            return ANYTHING
        return Shape({name: inner.bounded(depth - 1) for name, inner in self.fields.items()})


ANYTHING = Shape(None)
NOTHING = Shape({})


def with_fields(names: Iterable[str] | None) -> Shape:
    """An object that has these fields; ANYTHING for None."""
    return ANYTHING if names is None else Shape(dict.fromkeys(names, ANYTHING))


def shape_of(value: Any) -> Shape:
    """Of a literal."""
    if isinstance(value, dict):
        return Shape({str(name): shape_of(each) for name, each in value.items()})
    return ANYTHING if isinstance(value, list) else NOTHING


def steps_of(path: str) -> tuple[tuple[str, ...], bool]:
    """The names of a path as far as they can be followed, and whether that is the whole path."""
    rest = path.lstrip("$")
    steps: list[str] = []
    while rest:
        found = _STEP.match(rest)
        if found is None:
            return tuple(steps), False
        steps.append(next(each for each in found.groups() if each is not None))
        rest = rest[found.end() :]
    return tuple(steps), True


def paths_in(expression: str) -> Iterator[str]:
    """The paths that an expression reads: itself, or those among the arguments of an intrinsic function."""
    text = _QUOTED.sub(_kept, expression) if not expression.startswith("$") else expression
    for found in _PATH.finditer(text):
        if not _VARIABLE.match(text, found.start()):
            yield found[0]


def _kept(quoted: re.Match[str]) -> str:
    """A name in brackets belongs to a path; any other text is a text."""
    before = quoted.string[: quoted.start()]
    return quoted[0] if before.endswith("[") else "''"


def expressions_in(template: Any) -> Iterator[str]:
    """The expressions of a payload template: the values of the fields whose names end in ``.$``."""
    for name, value in template.items() if isinstance(template, dict) else ():
        if str(name).endswith(".$") and isinstance(value, str):
            yield value
        else:
            yield from expressions_in(value)
    for value in template if isinstance(template, list) else ():
        yield from expressions_in(value)


def filled(template: Any, given: Shape) -> Shape:
    """The shape of a payload template that is filled from a shape."""
    if not isinstance(template, dict):
        return shape_of(template)
    fields: dict[str, Shape] = {}
    for name, value in template.items():
        key = str(name)
        if key.endswith(".$") and isinstance(value, str):
            fields[key.removesuffix(".$")] = selected(value, given)
        else:
            fields[key] = filled(value, given)
    return Shape(fields).bounded()


def selected(path: str, given: Shape) -> Shape:
    """What a path or an intrinsic function answers."""
    if not path.startswith("$") or path.startswith("$$") or _VARIABLE.match(path):
        return ANYTHING
    steps, whole = steps_of(path)
    return (given.at(steps) or ANYTHING) if whole else ANYTHING
