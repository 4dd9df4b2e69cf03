"""What a picture is made of: boxes that hold nodes and boxes, and arrows between the items of one box.

An arrow never crosses the edge of a box: what a resource inside one nested stack needs of another one travels through
an output and a parameter, so it is an arrow between the two boxes. Arrows point from what is needed to what needs it,
which is also the order of creation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .wording import TIMES

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNS = {"added": "+", "removed": "-", "changed": "~", "replaced": "±", "moved": "→"}
"""The status of what a change touches, and the sign that says it where colours are not seen."""

LONGEST_VALUE = 26
"""A single value is called by its name in an arrow's label, if that is not longer than this."""


@dataclass(frozen=True, slots=True)
class Node:
    """One resource, or several that are folded into one.

    ``members`` are the addresses of all resources that it stands for; ``names`` the lines of its title;
    ``details`` the resources that hang on it and have no node of their own, a line a kind.
    """

    key: str
    names: tuple[str, ...]
    type: str
    members: tuple[str, ...]
    count: int = 1
    details: tuple[str, ...] = ()
    status: str = ""
    conditional: bool = False
    exposed: bool = False

    @property
    def lines(self) -> tuple[str, ...]:
        """The title, with the sign of its status."""
        return signed(self.names, self.status)

    @property
    def kind(self) -> str:
        """The type, and how many there are if there are more."""
        return f"{self.count:,} {TIMES} {self.type}" if self.count > 1 else self.type


@dataclass(frozen=True, slots=True)
class Arrow:
    """``target`` needs ``source``; ``values`` are the outputs or parameters that cross the edge of a box."""

    source: str
    target: str
    kind: str = "reference"
    values: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name of the one value that is handed over, or how many there are."""
        if len(self.values) == 1 and len(self.values[0]) <= LONGEST_VALUE:
            return self.values[0]
        number = len(self.values)
        return f"{number:,} value{'' if number == 1 else 's'}" if number else ""


@dataclass(frozen=True, slots=True)
class Box:
    """A stack and what it holds.

    ``kind`` is ``stack``, ``nested`` or ``stackset``; ``unknown`` for a nested stack whose template is not there;
    ``closed`` for one whose contents are not drawn; ``picture`` for the whole, which has no frame.
    """

    key: str
    title: str
    kind: str
    subtitle: str = ""
    items: tuple[Node | Box, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    details: tuple[str, ...] = ()
    status: str = ""
    conditional: bool = False
    members: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The title, with the sign of its status."""
        return signed((self.title,), self.status)

    @property
    def is_open(self) -> bool:
        """Whether there is anything to draw inside."""
        return bool(self.items)

    def nodes(self) -> Iterator[Node]:
        """Every node in it, at any depth."""
        for item in self.items:
            if isinstance(item, Node):
                yield item
            else:
                yield from item.nodes()

    def boxes(self) -> Iterator[Box]:
        """Every box in it, at any depth, the outer ones first."""
        for item in self.items:
            if isinstance(item, Box):
                yield item
                yield from item.boxes()

    def everything(self) -> Iterator[Node | Box]:
        """Every node and box in it."""
        yield from self.nodes()
        yield from self.boxes()

    @property
    def depth(self) -> int:
        """How many boxes lie in each other at most."""
        return max((1 + item.depth for item in self.items if isinstance(item, Box)), default=0)

    def statuses(self) -> list[str]:
        """The statuses that occur, in the order of the legend."""
        found = {item.status for item in self.everything()}
        return [status for status in SIGNS if status in found]


def signed(lines: tuple[str, ...], status: str) -> tuple[str, ...]:
    """A title whose first line begins with the sign of a status."""
    sign = SIGNS.get(status)
    return lines if sign is None else (f"{sign} {lines[0]}", *lines[1:])
