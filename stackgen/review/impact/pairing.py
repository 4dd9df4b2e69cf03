"""Which item of one list became which item of another."""

from __future__ import annotations

from stackgen.review.evaluation.symbols import canonical

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Pairs = list[tuple[int, Any, Any]]

_NAMES = ("Key", "ParameterKey", "Name", "Sid", "PolicyName", "AttributeName", "IndexName", "Id")
"""Members that tell the items of a list apart, in CloudFormation's types."""


def paired(before: list[Any], after: list[Any]) -> Pairs:
    """Pairs of items with the place of each: in the new list, or in the old one where the item is gone.

    Objects are paired by what names them, scalars by what they are, the rest by their places; None stands where there
    is nothing. So an item that is added at the front is one addition, not a change of every item.
    """
    for name in _NAMES:
        keys = [[_key(item, name) for item in side] for side in (before, after)]
        if all(None not in side and len(set(side)) == len(side) for side in keys) and any(keys):
            return _by_key(before, after, keys[0], keys[1])
    if not any(isinstance(item, dict | list) for item in (*before, *after)):
        return _scalars(before, after)
    longest = max(len(before), len(after))
    return [(number, _at(before, number), _at(after, number)) for number in range(longest)]


def _by_key(before: list[Any], after: list[Any], old_keys: list[Any], new_keys: list[Any]) -> Pairs:
    olds = dict(zip(old_keys, before, strict=True))
    found = [(number, olds.get(key), after[number]) for number, key in enumerate(new_keys)]
    gone = [(number, before[number], None) for number, key in enumerate(old_keys) if key not in set(new_keys)]
    return [*found, *gone]


def _scalars(before: list[Any], after: list[Any]) -> Pairs:
    """Equal ones, wherever they stand; what is left on both sides is paired in order, as a change."""
    left: dict[str, list[int]] = {}
    for number, item in enumerate(before):
        left.setdefault(canonical(item), []).append(number)
    found: Pairs = []
    added = []
    for number, item in enumerate(after):
        same = left.get(canonical(item))
        if same:
            found.append((number, before[same.pop(0)], item))
        else:
            added.append(number)
    removed = sorted(number for numbers in left.values() for number in numbers)
    for place in range(max(len(added), len(removed))):
        new, old = _at(added, place), _at(removed, place)
        where = new if new is not None else old
        found.append((where, None if old is None else before[old], None if new is None else after[new]))
    return sorted(found, key=lambda each: each[0])


def _key(item: Any, name: str) -> str | None:
    value = item.get(name) if isinstance(item, dict) else None
    return None if value is None or isinstance(value, dict | list) else canonical(value)


def _at(items: list[Any], place: int) -> Any:
    return items[place] if place < len(items) else None
