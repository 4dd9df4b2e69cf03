"""What the foldings and the layout ask of a graph whose vertices are numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Pair = tuple[int, int]


def successors(count: int, pairs: Iterable[Pair]) -> list[list[int]]:
    """For each vertex those that its arrows lead to, in the order of the pairs."""
    found: list[list[int]] = [[] for _ in range(count)]
    for source, target in pairs:
        found[source].append(target)
    return found


def backward(count: int, pairs: Sequence[Pair]) -> set[int]:
    """Positions of pairs that close a circle: without them (or turned round) there is none. A loop is one."""
    after: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    entered = [0] * count
    for position, (source, target) in enumerate(pairs):
        after[source].append((target, position))
        entered[target] += 1
    found = set()
    state = [0] * count  # 1 while its successors are visited, 2 afterwards
    for start in sorted(range(count), key=lambda each: (entered[each] > 0, each)):
        if state[start]:
            continue
        state[start] = 1
        stack = [(start, iter(after[start]))]
        while stack:
            vertex, further = stack[-1]
            for target, position in further:
                if state[target] == 1:
                    found.add(position)
                elif not state[target]:
                    state[target] = 1
                    stack.append((target, iter(after[target])))
                    break
            else:
                state[vertex] = 2
                stack.pop()
    return found


def sorted_by_arrows(count: int, pairs: Iterable[Pair]) -> list[int]:
    """Every vertex after those that lead to it; what lies on a circle, or behind one, is left out."""
    pairs = list(pairs)
    after = successors(count, pairs)
    waiting = [0] * count
    for _, target in pairs:
        waiting[target] += 1
    ready = [vertex for vertex in range(count) if not waiting[vertex]]
    for vertex in ready:  # grows while it is read
        for target in after[vertex]:
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return ready


def implied(count: int, pairs: Sequence[Pair]) -> set[int]:
    """Positions of pairs that say nothing new, since other arrows lead from their source to their target too."""
    order = sorted_by_arrows(count, pairs)
    if len(order) < count:
        return set()
    after = successors(count, pairs)
    reached = [0] * count  # a bit for each vertex
    for vertex in reversed(order):
        for target in after[vertex]:
            reached[vertex] |= reached[target] | 1 << target
    found = set()
    for position, (source, target) in enumerate(pairs):
        if any(other != target and reached[other] >> target & 1 for other in after[source]):
            found.add(position)
    return found


def components(count: int, pairs: Iterable[Pair]) -> list[list[int]]:
    """The vertices that arrows hold together, each group in order, the groups by their first."""
    parent = list(range(count))

    def root(vertex: int) -> int:
        while parent[vertex] != vertex:
            parent[vertex] = parent[parent[vertex]]
            vertex = parent[vertex]
        return vertex

    for source, target in pairs:
        first, second = sorted((root(source), root(target)))
        parent[second] = first
    groups: dict[int, list[int]] = {}
    for vertex in range(count):
        groups.setdefault(root(vertex), []).append(vertex)
    return list(groups.values())
