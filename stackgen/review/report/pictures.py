"""The roots that change, drawn with the colours of what happens to them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from stackgen.review.picture.compared import compared
from stackgen.review.picture.depth import fitting, size
from stackgen.review.picture.folding import folded
from stackgen.review.picture.model import Box

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from stackgen.review.impact.result import Impact
    from stackgen.review.model import Build

MOST_NODES = 250
"""A picture on a page that would have more nodes has its inner stacks closed."""


class Picture(NamedTuple):
    """One root; ``open_levels`` is how many levels of stacks are open, None for all."""

    root: str
    box: Box
    open_levels: int | None


def pictures(before: Build, after: Build, impacts: Sequence[Impact]) -> list[Picture]:
    """One picture for each root in which anything changes."""
    whole = compared(before, after, impacts=impacts)
    touched = {each.address.partition("/")[0] for each in impacts}
    return [_picture(whole, item) for item in whole.items if isinstance(item, Box) and _changes(item, touched)]


def _changes(box: Box, touched: Collection[str]) -> bool:
    return bool(box.status) or box.title.rpartition("/")[2] in touched or any(each.status for each in box.everything())


def _picture(whole: Box, item: Box) -> Picture:
    alone = replace(whole, items=(item,), arrows=())
    box, levels = fitting(alone, folded, lambda each: size(each) <= MOST_NODES)
    return Picture(item.title, box, levels)
