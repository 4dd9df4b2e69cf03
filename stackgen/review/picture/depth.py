"""Boxes that stay closed: those below a depth that was asked for, or all that make a picture too large."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from .model import SIGNS, Box, Node
from .wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_KINDS = 5


def limited(box: Box, depth: int) -> Box:
    """The box with what lies deeper closed; at 0 a stack shows nothing of what it holds."""
    items = tuple(_at(item, depth) if isinstance(item, Box) else item for item in box.items)
    return replace(box, items=items)


def fitting(box: Box, fold: Callable[[Box], Box], fits: Callable[[Box], bool]) -> tuple[Box, int | None]:
    """The folded picture with as many levels open as fit, and how many these are; None for all.

    Boxes are closed before the folding, so they count every resource.
    """
    picture = fold(box)
    if fits(picture):
        return picture, None
    for depth in range(box.depth - 1, 0, -1):
        picture = fold(limited(box, depth))
        if fits(picture):
            return picture, depth
    return limited(box, 0), 0


def size(box: Box) -> int:
    """How many nodes, and boxes without contents, are drawn."""
    return sum(1 if isinstance(item, Node) or not item.is_open else size(item) for item in box.items)


def closed(box: Box) -> Box:
    """The box as one item that says what is in it."""
    if not box.is_open:
        return box
    nodes = list(box.nodes())
    resources = sum(len(node.members) for node in nodes) + sum(1 for each in box.boxes())
    lines = [f"{resources:,} resource{'' if resources == 1 else 's'}"]
    changes = Counter(each.status for each in box.everything() if each.status in SIGNS)
    if changes:
        found = (f"{sign} {changes[status]:,} {status}" for status, sign in SIGNS.items() if changes[status])
        lines.append(", ".join(found))
    kinds = [node.type for node in nodes for _ in range(node.count)] + ["nested stack" for _ in box.boxes()]
    lines += counted(kinds, MOST_KINDS)
    members = (*box.members, *(member for each in box.boxes() for member in each.members))
    members += tuple(member for node in nodes for member in node.members)
    return replace(box, kind="closed", items=(), arrows=(), details=tuple(lines), members=members)


def _at(box: Box, depth: int) -> Box:
    return closed(box) if depth <= 0 else limited(box, depth - 1)
