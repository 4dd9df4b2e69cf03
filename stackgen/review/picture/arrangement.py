"""The items of one box in a rectangle: layers for what arrows join, rows for what stands alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from .graphs import components
from .layers import Layers, layered
from .placement import placed
from .routes import Span, ports_of, route_of, turned_round

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .routes import Point, Step

SPACE = 22.0
"""Between items, across the way of the arrows."""
_GAP, _HALF_GAP, _MOST_EXTRA = 40.0, 26.0, 40.0
_BESIDE = 12.0
_RATIO = 1.5
_BETTER = 0.7
"""Downwards is only preferred where the room it takes is less than this share."""


class Size(NamedTuple):
    """How large an item is; a stretchable one may become as wide as others beside it."""

    width: float
    height: float
    stretchable: bool = False


class Link(NamedTuple):
    """From one item to another, with the size of a label or None."""

    source: int
    target: int
    label: Size | None = None


class Rectangle(NamedTuple):
    """Left, top, and size."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where each item lies, the ways of the links, and the middle of each label; all from the top left corner."""

    width: float
    height: float
    items: dict[int, Rectangle]
    ways: dict[int, list[Step]]
    labels: dict[int, Point]


def arranged(sizes: Sequence[Size], links: Sequence[Link]) -> Arrangement:
    """A place for every item; to the right by preference, downwards where that saves much room."""
    groups = components(len(sizes), [(link.source, link.target) for link in links])
    parts = [_component(group, sizes, links) for group in groups if len(group) > 1]
    alone = [group[0] for group in groups if len(group) == 1]
    widest = max((sizes[each].width for each in alone if sizes[each].stretchable), default=0.0)
    for each in alone:
        width = widest if sizes[each].stretchable else sizes[each].width
        rectangle = Rectangle(0.0, 0.0, width, sizes[each].height)
        parts.append(Arrangement(width, sizes[each].height, {each: rectangle}, {}, {}))
    return _packed(parts)


def _component(group: Sequence[int], sizes: Sequence[Size], links: Sequence[Link]) -> Arrangement:
    at = {vertex: number for number, vertex in enumerate(group)}
    chosen = [number for number, link in enumerate(links) if link.source in at and link.source != link.target]
    own = [
        links[number]._replace(source=at[links[number].source], target=at[links[number].target]) for number in chosen
    ]
    result = layered(len(group), [(link.source, link.target) for link in own], [bool(link.label) for link in own])
    right = _drawn(result, [sizes[vertex] for vertex in group], own, downwards=False)
    down = _drawn(result, [sizes[vertex] for vertex in group], own, downwards=True)
    best = down if _room(down) < _BETTER * _room(right) else right
    return Arrangement(
        best.width,
        best.height,
        {group[number]: each for number, each in best.items.items()},
        {chosen[number]: each for number, each in best.ways.items()},
        {chosen[number]: each for number, each in best.labels.items()},
    )


def _room(arrangement: Arrangement) -> float:
    return max(arrangement.width / _RATIO, arrangement.height)


def _drawn(result: Layers, sizes: Sequence[Size], links: Sequence[Link], *, downwards: bool) -> Arrangement:
    """Coordinates for layers; ``along`` is x, or y if it goes downwards."""
    along, across = _extents(result, sizes, links, downwards=downwards)
    pairs = [pair for chain in result.chains for pair in pairwise(chain)]
    weights = [(low, high, _weight(result, low, high)) for low, high in pairs]
    middles = placed(result.layers, across, weights, lambda a, b: _distance(result, a, b))
    crossing = [0] * len(result.layers)
    layer_of = {vertex: number for number, layer in enumerate(result.layers) for vertex in layer}
    for low, _ in pairs:
        crossing[layer_of[low]] += 1
    columns: list[tuple[float, float]] = []
    position = 0.0
    for number, layer in enumerate(result.layers):
        width = max(along[vertex] for vertex in layer)
        columns.append((position, position + width))
        position += width + (_HALF_GAP if result.labels else _GAP) + min(2.0 * crossing[number], _MOST_EXTRA)
    spans = [Span(0, 0, 0, 0)] * len(middles)
    for vertex, middle in enumerate(middles):
        near, far = columns[layer_of[vertex]]
        start = (near + far - along[vertex]) / 2
        spans[vertex] = Span(start, start + along[vertex], middle - across[vertex] / 2, middle + across[vertex] / 2)
    lanes = [
        (spans[vertex].low + 3 if downwards else spans[vertex].high - 3) if vertex in result.labels else middle
        for vertex, middle in enumerate(middles)
    ]
    ports = ports_of(result, spans, lanes)
    ways = {}
    for number, chain in enumerate(result.chains):
        own = [ports[number, 0], *(lanes[vertex] for vertex in chain[1:-1]), ports[number, 1]]
        way = route_of(chain, spans, [columns[layer_of[vertex]] for vertex in chain], own)
        ways[number] = turned_round(way) if number in result.turned else way
    items = {
        vertex: Rectangle(span.near, span.low, span.far - span.near, span.high - span.low)
        for vertex, span in enumerate(spans[: result.count])
    }
    labels = {
        link: ((spans[vertex].near + spans[vertex].far) / 2, (spans[vertex].low + spans[vertex].high) / 2)
        for vertex, link in result.labels.items()
    }
    bottom = max(span.high for span in spans)
    arrangement = Arrangement(columns[-1][1], bottom, items, ways, labels)
    return _mirrored(arrangement) if downwards else arrangement


def _extents(
    result: Layers, sizes: Sequence[Size], links: Sequence[Link], *, downwards: bool
) -> tuple[list[float], list[float]]:
    along, across = [0.0] * result.vertices, [0.0] * result.vertices
    for vertex, size in enumerate(sizes):
        along[vertex], across[vertex] = (size.height, size.width) if downwards else (size.width, size.height)
    for vertex, number in result.labels.items():
        size = links[number].label or Size(0, 0)
        along[vertex], across[vertex] = (size.height, size.width) if downwards else (size.width, size.height)
    if not downwards:
        for layer in result.layers:
            nodes = [vertex for vertex in layer if vertex < result.count and sizes[vertex].stretchable]
            widest = max((along[vertex] for vertex in nodes), default=0.0)
            for vertex in nodes:
                along[vertex] = widest
    return along, across


def _weight(result: Layers, low: int, high: int) -> float:
    """Long arrows want most to be straight."""
    return (1.0, 2.0, 8.0)[(low >= result.count) + (high >= result.count)]


def _distance(result: Layers, first: int, second: int) -> float:
    if first < result.count and second < result.count:
        return SPACE
    return _BESIDE


def _mirrored(arrangement: Arrangement) -> Arrangement:
    """With x and y exchanged."""
    return Arrangement(
        arrangement.height,
        arrangement.width,
        {number: Rectangle(each.y, each.x, each.height, each.width) for number, each in arrangement.items.items()},
        {number: [tuple((y, x) for x, y in step) for step in way] for number, way in arrangement.ways.items()},
        {number: (y, x) for number, (x, y) in arrangement.labels.items()},
    )


def _packed(parts: Sequence[Arrangement]) -> Arrangement:
    """Parts beside each other in rows, the high ones first, so that the whole is neither long nor high."""
    order = sorted(range(len(parts)), key=lambda number: (-parts[number].height, number))
    area = sum((part.width + SPACE) * (part.height + SPACE) for part in parts)
    widest = max([*(part.width for part in parts), (area * _RATIO) ** 0.5], default=0.0)
    whole = Arrangement(0.0, 0.0, {}, {}, {})
    x = y = row = 0.0
    for number in order:
        part = parts[number]
        if x and x + part.width > widest:
            x, y, row = 0.0, y + row + SPACE, 0.0
        whole.items.update({key: each._replace(x=each.x + x, y=each.y + y) for key, each in part.items.items()})
        whole.ways.update({key: moved(way, x, y) for key, way in part.ways.items()})
        whole.labels.update({key: (left + x, top + y) for key, (left, top) in part.labels.items()})
        row = max(row, part.height)
        whole = replace(whole, width=max(whole.width, x + part.width), height=y + row)
        x += part.width + SPACE
    return whole


def moved(way: Sequence[Step], x: float, y: float) -> list[Step]:
    """The same way, elsewhere."""
    return [tuple((left + x, top + y) for left, top in step) for step in way]
