"""Positions along one line: as near as can be to where things want to be, in a given order, without touching."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def spread(wanted: Sequence[float], weights: Sequence[float], distances: Sequence[float]) -> list[float]:
    """Positions in order, each at least ``distances[i]`` behind the one before, with the least weighted squares.

    Without the distances this is isotonic regression, which pooling neighbours that violate the order solves.
    """
    offsets = [0.0]
    for distance in distances:
        offsets.append(offsets[-1] + distance)
    pools: list[tuple[float, float, int]] = []  # mean, weight, how many
    for want, weight, offset in zip(wanted, weights, offsets, strict=False):
        mean, total, count = want - offset, weight, 1
        while pools and pools[-1][0] >= mean:
            other, heavy, many = pools.pop()
            mean = (mean * total + other * heavy) / (total + heavy)
            total, count = total + heavy, count + many
        pools.append((mean, total, count))
    means = [mean for mean, _, count in pools for _ in range(count)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=False)]


def placed(
    layers: Sequence[Sequence[int]],
    sizes: Sequence[float],
    links: Sequence[tuple[int, int, float]],
    distance: Callable[[int, int], float],
    rounds: int = 14,
) -> list[float]:
    """The middle of every vertex across its layer.

    ``links`` hold vertices of neighbouring layers and how much they want to be level; ``distance`` is the least
    room between the edges of two neighbours.
    """
    middles = [0.0] * len(sizes)
    before: list[list[tuple[int, float]]] = [[] for _ in sizes]
    after: list[list[tuple[int, float]]] = [[] for _ in sizes]
    for low, high, weight in links:
        before[high].append((low, weight))
        after[low].append((high, weight))
    gaps = [[(sizes[a] + sizes[b]) / 2 + distance(a, b) for a, b in pairwise(layer)] for layer in layers]
    for layer, gap in zip(layers, gaps, strict=True):
        for vertex, middle in zip(layer, spread([0.0] * len(layer), [1.0] * len(layer), gap), strict=True):
            middles[vertex] = middle
    both = [one + other for one, other in zip(before, after, strict=True)]
    for number in range(rounds):
        asked = both if number >= rounds - 4 else before if number % 2 == 0 else after
        way = 1 if number % 2 == 0 else -1
        for layer, gap in list(zip(layers, gaps, strict=True))[::way]:
            wanted, weights = [], []
            for vertex in layer:
                total = sum(weight for _, weight in asked[vertex])
                want = sum(middles[other] * weight for other, weight in asked[vertex])
                wanted.append(want / total if total else middles[vertex])
                weights.append(total or 0.1)
            for vertex, middle in zip(layer, spread(wanted, weights, gap), strict=True):
                middles[vertex] = middle
    top = min((middle - size / 2 for middle, size in zip(middles, sizes, strict=True)), default=0.0)
    return [middle - top for middle in middles]
