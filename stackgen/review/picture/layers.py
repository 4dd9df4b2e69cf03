"""Items in layers, so that arrows run one way, and in an order in which few of them cross.

The steps are those of Sugiyama, Tagawa and Toda (1981): circles are broken, every item gets the layer after the last
of those that lead to it, an arrow over several layers gets a vertex in each of them, and sweeps put each vertex at the
mean position of its neighbours.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from .graphs import backward, sorted_by_arrows, successors

if TYPE_CHECKING:
    from collections.abc import Sequence

SWEEPS = 16
MOST_BENDS = 20_000
"""Vertices on links; the longest links of a box that would need more go straight, whatever lies in their way."""
MOST_SWAPPED = 3_000
"""With more links than this, neighbours are not tried in each other's place."""
_PASSES = 6
MOST_COUNTED = 40_000
"""With more links than this, the last order is taken, since counting the crossings of all would take too long."""


@dataclass(slots=True)
class Layers:
    """``chains`` has for each link its vertices from the lower layer to the higher; ``turned`` those that lead back.

    Vertices below ``count`` are items, the others lie on links; ``labels`` says which of them holds whose label.
    """

    count: int
    layers: list[list[int]]
    chains: list[list[int]]
    turned: set[int]
    labels: dict[int, int] = field(default_factory=dict)

    @property
    def vertices(self) -> int:
        """How many there are, with those on links."""
        return sum(map(len, self.layers))


def layered(count: int, links: Sequence[tuple[int, int]], labelled: Sequence[bool]) -> Layers:
    """The layers of items that links join; a labelled link passes a layer for labels on its way."""
    turned = backward(count, links)
    forward = [(b, a) if number in turned else (a, b) for number, (a, b) in enumerate(links)]
    ranks = ranks_of(count, forward)
    if any(labelled):
        ranks = [rank * 2 for rank in ranks]
    layers: list[list[int]] = [[] for _ in range(max(ranks, default=-1) + 1)]
    for vertex in range(count):
        layers[ranks[vertex]].append(vertex)
    result = Layers(count, layers, [], turned)
    number = count
    straight = _too_long([ranks[high] - ranks[low] - 1 for low, high in forward])
    for at, (low, high) in enumerate(forward):
        chain = [low]
        for rank in _bends(ranks[low], ranks[high], is_straight=at in straight, is_turned=at in turned):
            layers[rank].append(number)
            chain.append(number)
            number += 1
        chain.append(high)
        if labelled[at]:
            result.labels[chain[-2 if at in turned else 1]] = at
        result.chains.append(chain)
    _order(result)
    return result


def ranks_of(count: int, links: Sequence[tuple[int, int]]) -> list[int]:
    """The longest way to each item; one that only leads on is then moved next to what it leads to."""
    order = sorted_by_arrows(count, links)
    after = successors(count, links)
    entering = [0] * count
    for _, target in links:
        entering[target] += 1
    ranks = [0] * count
    for vertex in order:
        for target in after[vertex]:
            ranks[target] = max(ranks[target], ranks[vertex] + 1)
    for vertex in reversed(order):
        if after[vertex] and len(after[vertex]) > entering[vertex]:
            ranks[vertex] = max(ranks[vertex], min(ranks[target] for target in after[vertex]) - 1)
    used = {rank: number for number, rank in enumerate(sorted(set(ranks)))}
    return [used[rank] for rank in ranks]


def _too_long(bends: Sequence[int]) -> set[int]:
    """The links for which no vertices are left when the shorter ones have got theirs."""
    left = MOST_BENDS
    found = set()
    for at in sorted(range(len(bends)), key=lambda each: (bends[each], each)):
        left -= bends[at]
        if left < 0:
            found.add(at)
    return found


def _bends(low: int, high: int, *, is_straight: bool, is_turned: bool) -> range:
    """The layers in which a link has a vertex; a straight one only has that of its label."""
    if not is_straight:
        return range(low + 1, high)
    return range(high - 1, high) if is_turned else range(low + 1, low + 2)


def _order(result: Layers) -> None:
    """Sweep down and up, and keep the order with the fewest crossings."""
    layers = result.layers
    total = result.vertices
    before: list[list[int]] = [[] for _ in range(total)]
    after: list[list[int]] = [[] for _ in range(total)]
    links = 0
    for chain in result.chains:
        for low, high in pairwise(chain):
            after[low].append(high)
            before[high].append(low)
            links += 1
    positions = [0.0] * total
    _note(layers, positions)
    best, fewest = [list(layer) for layer in layers], _crossings(layers, after, positions)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        down = sweep % 2 == 0
        neighbours = before if down else after
        for layer in layers[1:] if down else layers[-2::-1]:
            keys = {}
            for vertex in layer:
                near = neighbours[vertex]
                keys[vertex] = sum(positions[each] for each in near) / len(near) if near else positions[vertex]
            layer.sort(key=keys.__getitem__)
            _note([layer], positions)
        if links <= MOST_SWAPPED:
            _swap(layers, before, after, positions)
        crossings = _crossings(layers, after, positions) if links <= MOST_COUNTED else fewest - 1
        if crossings < fewest:
            best, fewest = [list(layer) for layer in layers], crossings
    result.layers = best


def _swap(
    layers: Sequence[list[int]], before: Sequence[list[int]], after: Sequence[list[int]], positions: list[float]
) -> None:
    """Exchange neighbours where that leaves fewer crossings, until there are none such."""
    for _ in range(_PASSES):
        swapped = False
        for layer in layers:
            for at in range(len(layer) - 1):
                first, second = layer[at], layer[at + 1]
                gain = sum(
                    (positions[a] > positions[b]) - (positions[a] < positions[b])
                    for near in (before, after)
                    for a in near[first]
                    for b in near[second]
                )
                if gain > 0:
                    layer[at], layer[at + 1] = second, first
                    positions[first], positions[second] = positions[second], positions[first]
                    swapped = True
        if not swapped:
            return


def _note(layers: Sequence[Sequence[int]], positions: list[float]) -> None:
    for layer in layers:
        for position, vertex in enumerate(layer):
            positions[vertex] = float(position)


def _crossings(layers: Sequence[Sequence[int]], after: Sequence[Sequence[int]], positions: Sequence[float]) -> int:
    total = 0
    for layer in layers:
        seen: list[float] = []
        for vertex in layer:
            ends = sorted(positions[each] for each in after[vertex])
            total += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return total
