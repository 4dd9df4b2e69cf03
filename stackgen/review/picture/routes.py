"""Where arrows leave and enter items, and the smooth curves between."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .placement import spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .layers import Layers

    Point = tuple[float, float]
    Step = tuple[Point, ...]
    """The points that lead on: one for a straight line, three for a cubic curve."""

MARGIN = 9.0
"""Arrows stay so far from the corners of an item."""
APART = 9.0
"""And so far from each other, where there is room."""

_NOTHING = 0.1
"""A line that would be shorter is none; it would still turn the head of its arrow."""
_AROUND, _SMALL, _SHARE = 5.0, 50.0, 0.4
"""A small item is touched near its middle, a large one almost anywhere."""


class Span(NamedTuple):
    """What a vertex covers: ``near`` to ``far`` along the way, ``low`` to ``high`` across it."""

    near: float
    far: float
    low: float
    high: float


def ports_of(result: Layers, spans: Sequence[Span], lanes: Sequence[float]) -> dict[tuple[int, int], float]:
    """For each link and each of its ends (0 the lower layer, 1 the higher) where it touches the item."""
    ends: dict[tuple[int, int], list[tuple[float, float, int]]] = {}
    for number, chain in enumerate(result.chains):
        low, high = spans[chain[0]], spans[chain[-1]]
        to_low, to_high = lanes[chain[1]], lanes[chain[-2]]
        if len(chain) == 2:  # noqa: PLR2004  an item and its neighbour: level, where both reach
            top, bottom = max(low.low, high.low) + MARGIN, min(low.high, high.high) - MARGIN
            if top <= bottom:
                to_low = to_high = (top + bottom) / 2
        ends.setdefault((chain[0], 0), []).append((to_low, lanes[chain[1]], number))
        ends.setdefault((chain[-1], 1), []).append((to_high, lanes[chain[-2]], number))
    ports = {}
    for (vertex, end), wishes in ends.items():
        wishes.sort(key=lambda wish: (wish[1], wish[2]))
        span = spans[vertex]
        height, middle = span.high - span.low, (span.low + span.high) / 2
        room = max(height - 2 * MARGIN, 1.0)
        apart = min(APART, room / len(wishes))
        reach = min(room / 2, apart * (len(wishes) - 1) / 2 + _AROUND + max(height - _SMALL, 0.0) * _SHARE)
        first, last = middle - reach, middle + reach
        wanted = [min(max(wish[0], first), last) for wish in wishes]
        found = spread(wanted, [1.0] * len(wishes), [apart] * (len(wishes) - 1))
        last -= apart * (len(wishes) - 1)
        for place, ((_, _, number), position) in enumerate(zip(wishes, found, strict=True)):
            before = apart * place  # without the room of those before it, each lies between the first and the last
            ports[number, end] = min(max(position - before, first), last) + before
    return ports


def route_of(
    chain: Sequence[int], spans: Sequence[Span], columns: Sequence[tuple[float, float]], lanes: Sequence[float]
) -> list[Step]:
    """The way from the first vertex to the last: across each column level, from column to column in a curve.

    ``columns`` are the near and far ends of the layers that the chain passes, ``lanes`` its place in each of them.
    """
    here = (spans[chain[0]].far, lanes[0])
    steps: list[Step] = [(here,)]
    if here[0] < columns[0][1] - _NOTHING:
        steps.append(((columns[0][1], lanes[0]),))
    for at in range(1, len(chain)):
        start, end = columns[at - 1][1], columns[at][0]
        middle = (start + end) / 2
        steps.append(((middle, lanes[at - 1]), (middle, lanes[at]), (end, lanes[at])))
        last = spans[chain[-1]].near if at == len(chain) - 1 else columns[at][1]
        if last > end + _NOTHING:
            steps.append(((last, lanes[at]),))
    return steps


def turned_round(steps: Sequence[Step]) -> list[Step]:
    """The same way from its end."""
    back = [(*reversed(steps[at][:-1]), steps[at - 1][-1]) for at in range(len(steps) - 1, 0, -1)]
    return [(steps[-1][-1],), *back]
