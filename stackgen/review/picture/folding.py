"""Fewer nodes that say the same: equal siblings become one, small things move into what they hang on.

Only the structure decides, never a list of names: resources are equal if they are of one type, have one status and
stand in the same relations to equals. Every resource stays counted in the node that stands for it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .graphs import implied
from .model import Arrow, Box, Node
from .wording import TIMES, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CROWDED = 9
"""A box with more items than this takes its satellites into the nodes on which they hang."""
_ROUNDS = 40
MOST_DETAILS = 4


def folded(box: Box, crowded: int = CROWDED) -> Box:
    """The box, and all in it, with equal siblings, satellites and implied arrows folded."""
    box = replace(box, items=tuple(folded(each, crowded) if isinstance(each, Box) else each for each in box.items))
    return reduced(_without_satellites(_without_equals(box), crowded))


def reduced(box: Box) -> Box:
    """The box without arrows between nodes that follow from its other arrows."""
    at = {item.key: number for number, item in enumerate(box.items)}
    known = [arrow for arrow in box.arrows if arrow.source in at and arrow.target in at]
    superfluous = implied(len(at), [(at[arrow.source], at[arrow.target]) for arrow in known])
    kept = (arrow for number, arrow in enumerate(known) if number not in superfluous or arrow.values)
    return replace(box, arrows=tuple(kept))


def _without_equals(box: Box) -> Box:
    colors = _colors(box)
    groups: dict[int, list[Node]] = {}
    for item in box.items:
        if isinstance(item, Node):
            groups.setdefault(colors[item.key], []).append(item)
    stands_for = {item.key: item.key for item in box.items}
    items: list[Node | Box] = []
    for item in box.items:
        if isinstance(item, Box):
            items.append(item)
            continue
        group = groups[colors[item.key]]
        stands_for[item.key] = group[0].key
        if item is group[0]:
            items.append(_merged(group))
    return replace(box, items=tuple(items), arrows=_between(box.arrows, stands_for))


def _colors(box: Box) -> dict[str, int]:
    """A number for each item, the same for nodes that are equal and have equal neighbours, as often."""
    first: dict[str, tuple[object, ...]] = {
        item.key: (item.type, item.status, item.conditional) if isinstance(item, Node) else (item.key,)
        for item in box.items
    }
    colors = _numbered(first)
    relations: dict[str, list[tuple[str, str, str]]] = {key: [] for key in first}
    for arrow in box.arrows:
        relations[arrow.source].append((">", arrow.kind, arrow.target))
        relations[arrow.target].append(("<", arrow.kind, arrow.source))
    for _ in range(_ROUNDS):
        finer = _numbered(
            {
                key: (color, *sorted((way, kind, colors[other]) for way, kind, other in relations[key]))
                for key, color in colors.items()
            }
        )
        if len(set(finer.values())) == len(set(colors.values())):
            break
        colors = finer
    return colors


def _numbered(values: dict[str, tuple[object, ...]]) -> dict[str, int]:
    numbers: dict[tuple[object, ...], int] = {}
    return {key: numbers.setdefault(value, len(numbers)) for key, value in values.items()}


def _merged(group: Sequence[Node]) -> Node:
    if len(group) == 1:
        return group[0]
    return replace(
        group[0],
        names=lines_of([node.names[0] for node in group]),
        members=tuple(member for node in group for member in node.members),
        count=len(group),
        exposed=any(node.exposed for node in group),
    )


def _between(arrows: Iterable[Arrow], stands_for: dict[str, str]) -> tuple[Arrow, ...]:
    """The arrows between what items have become, one a pair; what lies within one is gone."""
    found: dict[tuple[str, str], Arrow] = {}
    for arrow in arrows:
        pair = stands_for[arrow.source], stands_for[arrow.target]
        if pair[0] == pair[1]:
            continue
        known = found.get(pair)
        values = tuple(sorted({*arrow.values, *(known.values if known else ())}))
        kind = "reference" if known and "reference" in (known.kind, arrow.kind) else arrow.kind
        found[pair] = Arrow(*pair, kind, values)
    return tuple(found.values())


def _without_satellites(box: Box, crowded: int) -> Box:
    """While a box is crowded, take nodes with one neighbour, which nothing outside asks for, into it."""
    items = {item.key: item for item in box.items}
    neighbours: dict[str, set[str]] = {key: set() for key in items}
    needed = set()
    for arrow in box.arrows:
        neighbours[arrow.source].add(arrow.target)
        neighbours[arrow.target].add(arrow.source)
        needed.add(arrow.source)
    taken: dict[str, list[Node]] = {}
    hosts: dict[str, str] = {}
    candidates = [
        item
        for item in box.items
        if isinstance(item, Node) and not item.status and not item.exposed and len(neighbours[item.key]) == 1
    ]
    candidates.sort(key=lambda node: (node.key in needed, -node.count))  # stable: what needs and is not needed first
    for node in candidates:
        host = next(iter(neighbours[node.key]))
        if len(items) - len(hosts) <= crowded:
            break
        if isinstance(items[host], Node) and host not in hosts and node.key not in taken:
            taken.setdefault(host, []).append(node)
            hosts[node.key] = host
    kept = [
        _host(item, taken[item.key]) if isinstance(item, Node) and item.key in taken else item
        for item in box.items
        if item.key not in hosts
    ]
    arrows = _between(box.arrows, {key: hosts.get(key, key) for key in items})
    return replace(box, items=tuple(kept), arrows=arrows)


def _host(node: Node, satellites: Sequence[Node]) -> Node:
    """A node with a line for each kind of its satellites."""
    counts: dict[str, int] = {}
    for each in satellites:
        counts[each.type] = counts.get(each.type, 0) + each.count
    shown = list(counts.items())
    if len(shown) > MOST_DETAILS:
        shown = shown[: MOST_DETAILS - 1]
    rest = sum(counts.values()) - sum(count for _, count in shown)
    lines = [f"with {count:,} {TIMES} {name}" if count > 1 else f"with {name}" for name, count in shown]
    if rest:
        lines.append(f"with {rest:,} more")
    members = (*node.members, *(member for each in satellites for member in each.members))
    return replace(node, details=(*node.details, *lines), members=members)
