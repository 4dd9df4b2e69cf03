"""Resources that a property opens, by the table of switches."""

from __future__ import annotations

from collections import defaultdict

from stackgen.records import NamedTuple
from stackgen.review.evaluation.symbols import canonical, shown, text_of

from .inventory import at
from .names import compatible, guards_of
from .openings import GUARDIANS, SWITCHES
from .switches import Level, page
from .widening import Severity, Widening

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from stackgen.review.evaluation.tree import Resource

    from .names import Guards
    from .phrases import Direction
    from .side import Side
    from .switches import Switch

__all__ = ["public_gains"]

_BY_TYPE: dict[str, list[Switch]] = defaultdict(list)
for _switch in SWITCHES:
    _BY_TYPE[_switch.type].append(_switch)


class _State(NamedTuple):
    """``values`` tell two unknown states apart; ``guards`` are the conditions under which it is this open."""

    level: Level
    values: str
    text: str
    guards: Guards


class _Opening(NamedTuple):
    switch: Switch
    was: _State
    now: _State


_BLOCK = "PublicAccessBlockConfiguration."
_ABSENT = _State(Level.UNSURE, "", "", frozenset())


def public_gains(before: Side, after: Side, direction: Direction) -> Iterator[Widening]:
    """What is open in ``after`` and was not in ``before``."""
    for resource in after.resources:
        switches = _BY_TYPE.get(resource.type)
        if not switches:
            continue
        earlier = before.names.resources.get(after.names.place(resource))
        if earlier is resource:  # the two trees share it
            continue
        if earlier is not None and earlier.type != resource.type:
            earlier = None
        opened: dict[tuple[str, bool], list[_Opening]] = defaultdict(list)
        for switch in switches:
            was = (_state(switch, earlier) if earlier is not None else None) or _ABSENT
            now = _state(switch, resource)
            if now is not None and _opened(was, now, fresh=earlier is None):
                # The four blocks of a bucket are told together.
                group = switch.path.partition(".")[0] if switch.path.startswith(_BLOCK) else switch.path
                opened[group, _certain(switch, was, now)].append(_Opening(switch, was, now))
        for (_, certain), several in opened.items():
            yield _widening(resource, several, direction, certain=certain, fresh=earlier is None)
    yield from _unguarded(before, after, direction)


def _unguarded(before: Side, after: Side, direction: Direction) -> Iterator[Widening]:
    """What no longer keeps things closed."""
    kept = {resource.type for resource in after.typed(*GUARDIANS)}
    for resource in before.typed(*GUARDIANS):
        if resource.type not in kept:
            guards = guards_of(resource)
            verb = direction.verb("no longer ", "now ")
            yield Widening(
                kind="public",
                address=resource.address,
                text=f"`{resource.address}` {verb}{GUARDIANS[resource.type]}",
                before=resource.type,
                after="",
                remedy="Keep it, or say in the pull request what replaces it",
                severity=Severity.OPEN,
                certain=not guards,
                source=page(resource.type),
            )


def _opened(was: _State, now: _State, *, fresh: bool) -> bool:
    if fresh:
        return now.level is Level.OPEN
    if now.level == was.level:
        if now.level is Level.OPEN:
            return not was.guards <= now.guards
        return now.level is Level.UNSURE and now.values != was.values
    return now.level > was.level


def _state(switch: Switch, resource: Resource) -> _State | None:
    """How open a resource is; None where the row says nothing about it."""
    path, values = switch.unless
    if path and text_of(resource.properties.get(path)).lower() in values:
        return None
    held = guards_of(resource)
    found: list[tuple[Any, Guards]] = [(resource.properties, held)] if not switch.path else []
    for each in switch.path.split(" or ") if switch.path else ():
        for value, guards in at(resource.properties, each):
            together = compatible(held, guards)
            if together is not None and value != []:
                found.append((value, together))
    levels = [(switch.opens(value), value, guards) for value, guards in found]
    if not levels:
        return _State(switch.missing, "", "", held)
    level = max(each for each, _, _ in levels)
    most = [(value, guards) for each, value, guards in levels if each == level]
    text = ", ".join(shown(value) for value, _ in most) if switch.path and level else shown(most[0][0])
    guards = min((guards for _, guards in most), key=len)
    return _State(level, canonical([value for _, value, _ in levels]), text if switch.path else "", guards)


def _certain(switch: Switch, was: _State, now: _State) -> bool:
    # A block of S3 that is taken away is off for certain, though a bucket that never had one is closed by default.
    removed = now.level is Level.UNSURE and not now.values and was.level is Level.CLOSED
    return not now.guards and (now.level is Level.OPEN or (removed and switch.path.startswith(_BLOCK)))


def _widening(
    resource: Resource, several: list[_Opening], direction: Direction, *, certain: bool, fresh: bool
) -> Widening:
    lead = direction.verb("new ", "removed ") if fresh else ""
    again = "" if fresh else direction.verb("now ", "no longer ")
    verb = "" if certain else "possibly "
    words = " and ".join(each.switch.words for each in several)
    written = [path for each in several for path in each.switch.path.replace("[]", "").split(" or ") if path]
    paths = ", ".join(f"`{each}`" for each in written)
    return Widening(
        kind="public",
        address=resource.address,
        text=f"{lead}`{resource.address}` {again}{verb}{words}" + (f" ({paths})" if paths else ""),
        before=", ".join(dict.fromkeys(each.was.text for each in several if each.was.text)),
        after=", ".join(dict.fromkeys(each.now.text for each in several if each.now.text)),
        remedy=several[0].switch.remedy,
        severity=Severity.OPEN,
        certain=certain,
        source=several[0].switch.source,
    )
