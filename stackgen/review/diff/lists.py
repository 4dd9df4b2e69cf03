"""Which item of a list is which of another: by what names it, by its content, or by its place among its neighbours."""

from __future__ import annotations

from stackgen.jsontext import compact, parsed

from .canonical import HERE, ORDERLESS, function_of, identities, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from .paths import Element

    Step = tuple[Element, int | None, int | None]
    Order = tuple[list[Any], list[Any]] | None

IDENTIFYING = (
    "Key",
    "Sid",
    "PolicyName",
    "AttributeName",
    "IndexName",
    "ParameterKey",
    "Name",
    "Id",
    "ID",
    "DeviceName",
    "PathPattern",
    "StatusCode",
    "ErrorCode",
    "RuleName",
    "Alias",
)
"""Keys that name the items of a list, the surest first."""

MOST_COMPARED = 250_000
"""Pairs of items beyond which items are paired by place alone."""

ALIKE = 0.5
"""The share of equal members from which two objects count as one that changed."""


def pairs_of(before: list[Any], after: list[Any], key: str, *, exact: bool, depth: int) -> tuple[list[Step], Order]:
    """What stands where in both lists, and the order before and after where that changed too.

    A step is the path's element with the place in either list, None where there is no such item. The same lists
    the other way round give the same steps the other way round.
    """
    ordered = exact or (key not in ORDERLESS and depth != HERE)
    if depth == HERE and not exact:
        return _sets(before, after), None
    named = _by_name(before, after, key if not exact else "", exact=exact)
    if named is not None:
        return _named(*named, ordered=ordered)
    texts = [[text_of(item, exact=exact) for item in items] for items in (before, after)]
    if all(_is_atom(item) for item in (*before, *after)):
        return _atoms(before, after, *texts)
    if compact(texts[0]) <= compact(texts[1]):
        return _aligned(before, after, *texts, exact=exact), None
    steps = _aligned(after, before, texts[1], texts[0], exact=exact)  # so that the way back is the same way
    return [_turned(step) for step in steps], None


def common(before: Sequence[Any], after: Sequence[Any]) -> list[tuple[int, int]]:
    """The places of a longest common subsequence."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end_before, end_after = len(before), len(after)
    while end_before > start and end_after > start and before[end_before - 1] == after[end_after - 1]:
        end_before, end_after = end_before - 1, end_after - 1
    pairs = [(at, at) for at in range(start)]
    if (end_before - start) * (end_after - start) <= MOST_COMPARED:
        inner = _longest(before[start:end_before], after[start:end_after])
        pairs += [(start + left, start + right) for left, right in inner]
    pairs += [(end_before + at, end_after + at) for at in range(len(before) - end_before)]
    return pairs


def _longest(before: Sequence[Any], after: Sequence[Any]) -> list[tuple[int, int]]:
    width = len(after)
    lengths = [[0] * (width + 1) for _ in range(len(before) + 1)]
    for left in range(len(before) - 1, -1, -1):
        row, below = lengths[left], lengths[left + 1]
        for right in range(width - 1, -1, -1):
            same = before[left] == after[right]
            row[right] = below[right + 1] + 1 if same else max(below[right], row[right + 1])
    found = []
    left = right = 0
    while left < len(before) and right < width:
        if before[left] == after[right]:
            found.append((left, right))
            left, right = left + 1, right + 1
        elif lengths[left + 1][right] >= lengths[left][right + 1]:
            left += 1
        else:
            right += 1
    return found


def _sets(before: list[Any], after: list[Any]) -> list[Step]:
    """Items of sets: in both, or in one."""
    left, right = ({text_of(item): at for at, item in reversed(list(enumerate(items)))} for items in (before, after))
    steps: list[Step] = [(at, at, None) for text, at in left.items() if text not in right]
    return steps + [(at, None, at) for text, at in right.items() if text not in left]


def _by_name(before: list[Any], after: list[Any], key: str, *, exact: bool) -> tuple[str, list[str], list[str]] | None:
    """The key that names the items of both lists, and their names."""
    for candidate in (ORDERLESS[key],) if key in ORDERLESS else IDENTIFYING:
        left = identities(before, candidate, exact=exact)
        right = None if left is None else identities(after, candidate, exact=exact)
        if left is not None and right is not None:
            return candidate, left, right
    return None


def _named(key: str, before: list[str], after: list[str], *, ordered: bool) -> tuple[list[Step], Order]:
    right = {name: at for at, name in enumerate(after)}
    left = {name: at for at, name in enumerate(before)}
    steps: list[Step] = [((key, parsed(name)), at, right[name]) for name, at in left.items() if name in right]
    for names, others, is_before in ((left, right, True), (right, left, False)):
        for name, at in names.items():
            if name not in others:
                element = (key, parsed(name), at) if ordered else (key, parsed(name))
                steps.append((element, at, None) if is_before else (element, None, at))
    orders = [[parsed(name) for name in names if name in others] for names, others in ((before, right), (after, left))]
    return steps, (orders[0], orders[1]) if ordered and orders[0] != orders[1] else None


def _atoms(before: list[Any], after: list[Any], left: list[str], right: list[str]) -> tuple[list[Step], Order]:
    """Texts, numbers and functions: equal ones are the same item wherever they stand."""
    places: dict[str, list[int]] = {}
    for at, text in enumerate(right):
        places.setdefault(text, []).append(at)
    pairs: list[tuple[int, int]] = []
    removed = []
    for at, text in enumerate(left):
        free = places.get(text)
        if free:
            pairs.append((at, free.pop(0)))
        else:
            removed.append(at)
    added = {at for free in places.values() for at in free}
    steps: list[Step] = [(at, at, at if at in added else None) for at in removed]
    steps += [(at, None, at) for at in sorted(added.difference(removed))]
    in_order = sorted(pairs, key=lambda pair: pair[1])
    if in_order == pairs:
        return steps, None
    return steps, ([before[at] for at, _ in pairs], [after[at] for _, at in in_order])


def _aligned(before: list[Any], after: list[Any], left: list[str], right: list[str], *, exact: bool) -> list[Step]:
    """Objects without names: equal ones in order, and between them those that are most alike."""
    steps: list[Step] = []
    at_before = at_after = 0
    for next_before, next_after in [*common(left, right), (len(before), len(after))]:
        gap = range(at_before, next_before), range(at_after, next_after)
        steps += _gap(before, after, *gap, exact=exact)
        at_before, at_after = next_before + 1, next_after + 1
    return steps


def _gap(before: list[Any], after: list[Any], left: range, right: range, *, exact: bool) -> list[Step]:
    paired: list[tuple[int, int]] = []
    if len(left) == len(right) == 1 or len(left) * len(right) > MOST_COMPARED // 100:
        paired = list(zip(left, right, strict=False))
    else:
        scores = [(-_alike(before[i], after[j], exact=exact), abs(i - j), i, j) for i in left for j in right]
        for score, _, i, j in sorted(scores):
            if -score >= ALIKE and all((i < x and j < y) or (i > x and j > y) for x, y in paired):
                paired.append((i, j))
    taken_before, taken_after = {i for i, _ in paired}, {j for _, j in paired}
    steps: list[Step] = [(i if i == j else (i, j), i, j) for i, j in sorted(paired)]
    steps += [(i, i, None) for i in left if i not in taken_before]
    return steps + [(j, None, j) for j in right if j not in taken_after]


def _alike(before: Any, after: Any, *, exact: bool) -> float:
    """The share of an object's members that are equal in the other."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return 0.0
    keys = before.keys() | after.keys()
    same = sum(
        key in before and key in after and text_of(before[key], exact=exact) == text_of(after[key], exact=exact)
        for key in keys
    )
    return same / len(keys) if keys else 1.0


def _is_atom(item: Any) -> bool:
    return not isinstance(item, dict | list) or bool(function_of(item))


def _turned(step: Step) -> Step:
    element, before, after = step
    if isinstance(element, tuple) and isinstance(element[0], int):
        element = (element[1], element[0])
    return element, after, before
