"""The order of what happened in a tree of stacks, also where several things happened at once.

By time; and at one time what a nested stack tells comes after its parent has begun it, and before its parent tells its
end. AWS numbers nothing across stacks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .events import Event


def in_order(events: Sequence[Event], paths: Mapping[str, str]) -> list[Event]:
    """Events of which each stack's own are in AWS's order; *paths* are those of the stacks, by their IDs."""
    own: dict[str, list[Event]] = {stack_id: [] for stack_id in paths}
    for event in events:
        own[event.stack_id].append(event)
    nested: dict[str, list[str]] = {}
    roots: list[str] = []
    for stack_id, path in paths.items():
        above = path.rpartition("/")[0]
        if not path or above not in paths.values():  # a root may have no name: what is below it is "/Data"
            roots.append(stack_id)
        else:
            nested.setdefault(above, []).append(stack_id)
    merged = [event for stack_id in roots for event in _merged(stack_id, own, paths, nested)]
    return sorted(merged, key=_time)


def _merged(
    stack_id: str, own: Mapping[str, Sequence[Event]], paths: Mapping[str, str], nested: Mapping[str, Sequence[str]]
) -> list[Event]:
    """What a stack and all below it tell."""
    below = [(paths[each], _merged(each, own, paths, nested)) for each in nested.get(paths[stack_id], ())]
    found: list[Event] = []
    for event in own[stack_id]:
        is_end = not event.status.endswith("_IN_PROGRESS")
        before: list[Event] = []
        for path, waiting in below:
            closes = is_end and (event.is_own or event.path == path)
            count = sum(each.time < event.time or (closes and each.time == event.time) for each in waiting)
            before += waiting[:count]
            del waiting[:count]
        found += [*sorted(before, key=_time), event]
    rest = [event for _, waiting in below for event in waiting]
    return [*found, *sorted(rest, key=_time)]


def _time(event: Event) -> float:
    return event.time.timestamp()
