"""Every box, node, arrow and label of a picture with its place; boxes are as large as what they hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from .arrangement import Link, Rectangle, Size, arranged, moved
from .metrics import width_of
from .model import Arrow, Box, Node
from .wording import TIMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .routes import Point, Step

TITLE, SMALL = 12.5, 11.0
"""Sizes of the two kinds of text."""
TITLE_LINE, SMALL_LINE = 16.0, 14.0
INSET = 12.0
PADDING = 20.0
"""Between the frame of a box and what lies in it."""
_LEAST_WIDTH = 84.0


class Text(NamedTuple):
    """One line of a node or of the head of a box."""

    text: str
    strong: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """An arrow and its way; ``label`` is the middle of its label."""

    arrow: Arrow
    way: list[Step]
    label: Point | None


@dataclass(frozen=True, slots=True)
class Placed:
    """An item, where it lies, and what lies in it; all in the coordinates of the whole picture."""

    item: Node | Box
    area: Rectangle
    texts: tuple[Text, ...]
    inside: tuple[Placed, ...] = ()
    curves: tuple[Curve, ...] = ()

    def everything(self) -> Iterator[Placed]:
        """This and all in it, the outer ones first."""
        yield self
        for each in self.inside:
            yield from each.everything()


def laid_out(picture: Box, *, types: bool = True) -> Placed:
    """The picture from (0, 0) on; the same for the same picture."""
    return _at(_sized(picture, types=types), 0.0, 0.0)


def texts_of(item: Node | Box, *, types: bool = True) -> tuple[Text, ...]:
    """The lines of an item, the title first."""
    strong = [Text(line, strong=True) for line in item.lines]
    if isinstance(item, Node):
        kind = item.kind if types else f"{item.count:,} {TIMES}" if item.count > 1 else ""
        return (*strong, *(Text(line, strong=False) for line in (kind, *item.details) if line))
    name = item.subtitle if item.subtitle != item.title else ""
    return (*strong, *(Text(line, strong=False) for line in (name, *item.details) if line))


def text_size(texts: tuple[Text, ...]) -> tuple[float, float]:
    """The width and height that lines take."""
    widths = [width_of(each.text, TITLE if each.strong else SMALL, bold=each.strong) for each in texts]
    return max(widths, default=0.0), sum(TITLE_LINE if each.strong else SMALL_LINE for each in texts)


def _sized(item: Node | Box, *, types: bool) -> Placed:
    """An item with its contents, at (0, 0)."""
    texts = texts_of(item, types=types) if isinstance(item, Node) or item.kind != "picture" else ()
    width, height = text_size(texts)
    if isinstance(item, Node) or not item.is_open:
        area = Rectangle(0.0, 0.0, max(width + 2 * INSET, _LEAST_WIDTH), height + 1.4 * INSET)
        return Placed(item, area, texts)
    inner = [_sized(each, types=types) for each in item.items]
    at = {each.key: number for number, each in enumerate(item.items)}
    arrows = [arrow for arrow in item.arrows if arrow.source in at and arrow.target in at]
    links = [Link(at[arrow.source], at[arrow.target], _label_size(arrow)) for arrow in arrows]
    sizes = [Size(each.area.width, each.area.height, isinstance(each.item, Node)) for each in inner]
    result = arranged(sizes, links)
    left = PADDING
    top = PADDING + (height + 4.0 if texts else 0.0)
    inside = tuple(
        _at(
            replace(each, area=each.area._replace(width=result.items[number].width)),
            *_corner(result.items[number], left, top),
        )
        for number, each in enumerate(inner)
    )
    curves = tuple(
        Curve(arrows[number], moved(way, left, top), _shifted(result.labels.get(number), left, top))
        for number, way in sorted(result.ways.items())
    )
    area = Rectangle(0.0, 0.0, max(result.width + 2 * PADDING, width + 2 * INSET), result.height + top + PADDING)
    return Placed(item, area, texts, inside, curves)


def _label_size(arrow: Arrow) -> Size | None:
    if not arrow.label:
        return None
    return Size(width_of(arrow.label, SMALL) + 12.0, SMALL_LINE + 6.0)


def _corner(area: Rectangle, x: float, y: float) -> Point:
    return area.x + x, area.y + y


def _shifted(point: Point | None, x: float, y: float) -> Point | None:
    return None if point is None else (point[0] + x, point[1] + y)


def _at(each: Placed, x: float, y: float) -> Placed:
    """The same, moved by x and y with all in it."""
    return replace(
        each,
        area=each.area._replace(x=each.area.x + x, y=each.area.y + y),
        inside=tuple(_at(inner, x, y) for inner in each.inside),
        curves=tuple(Curve(curve.arrow, moved(curve.way, x, y), _shifted(curve.label, x, y)) for curve in each.curves),
    )
