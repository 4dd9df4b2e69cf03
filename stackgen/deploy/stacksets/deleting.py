"""A StackSet taken away, or some of its cells: what goes, what stays, and then it is done."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, NamedTuple

from stackgen.deployer.handlers.operations import OVER
from stackgen.deployer.handlers.rectangles import rectangles
from stackgen.errors import UsageError

from . import calls, reading
from .failures import Failed
from .following import STOPPED, SUCCEEDED, busy

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from stackgen.deployer.handlers.inputs import Pair
    from stackgen.deployer.handlers.rectangles import Rectangle

    from .following import Following
    from .reading import Instance, Ran, SetState
    from .settings import Declared

_KEPT = ("Retain", "RetainExceptOnCreate", "Snapshot")


class Forecast(NamedTuple):
    """What a deletion would do."""

    declared: Declared
    state: SetState
    gone: tuple[Instance, ...]
    """Instances that are taken out."""
    stay: tuple[Instance, ...]
    retain: bool
    kept: tuple[str, ...]
    """Resources that the template keeps, or keeps a snapshot of, when its stack is deleted."""
    operations: tuple[Ran, ...]
    asked: tuple[Pair, ...] = ()
    """The cells that were named; none for all."""

    @property
    def running(self) -> Ran | None:
        """What runs on the set."""
        return next((each for each in self.operations if each.status not in OVER), None)

    @property
    def is_ours(self) -> bool:
        """Whether what runs was begun by a run for the very same deletion, which was cut off."""
        return self.running is not None and calls.is_of(self.running, self.fingerprint, self.operations)

    @property
    def rectangles(self) -> list[Rectangle]:
        return rectangles([each.pair for each in self.gone], self.declared.policy.region_order)

    @property
    def deletes_set(self) -> bool:
        return not self.stay

    @property
    def fingerprint(self) -> str:
        """The same for the same deletion."""
        said = [self.state.id, "delete", self.retain, sorted(self.asked)]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


class Deleted(NamedTuple):
    """What became of it."""

    gone: tuple[Pair, ...]
    failed: tuple[Failed, ...]
    left: tuple[Pair, ...]
    """They were not tried, because others failed or it was stopped."""
    is_set_gone: bool


def forecast(
    declared: Declared, state: SetState, caller: reading.Caller, cells: Collection[Pair] | None, *, retain: bool
) -> Forecast:
    """Reads only. *cells* are those to take out, None for all. Raises UsageError where none of them is there."""
    found = reading.instances(state.name, caller)
    if cells and not {each.pair for each in found} & set(cells):
        raise UsageError(f"--cells {', '.join(map(str, cells))}: {state.name} has no stack there")
    gone = tuple(each for each in found if cells is None or each.pair in cells)
    return Forecast(
        declared,
        state,
        gone,
        tuple(each for each in found if each not in gone),
        retain,
        () if retain else _kept(state.template),
        tuple(reading.operations(state.name, caller, 200)),
        tuple(cells or ()),
    )


def see_that_nothing_runs(planned: Forecast) -> None:
    """Raises BusyError, before anything is emptied or deleted."""
    if planned.running is not None:
        raise busy(planned.state.name, planned.running.id)


def delete(planned: Forecast, following: Following, begun: Callable[[int, Rectangle], None]) -> Deleted:
    """Take the instances out, and then delete the set, if it has none left. Raises BusyError."""
    name = planned.state.name
    see_that_nothing_runs(planned)
    before = planned.operations[0].id if planned.operations else ""
    reasons: dict[Pair, str] = {}
    for number, rectangle in enumerate(planned.rectangles):
        begun(number + 1, rectangle)
        identity = calls.operation_id(planned.fingerprint, before, number)
        action = calls.delete_instances(name, planned.declared, rectangle, identity, retain=planned.retain)
        ended = following.run(action)
        reasons |= {pair: each.reason for pair, each in ended.results.items() if each.status == "FAILED"}
        if ended.status == STOPPED or (ended.status != SUCCEEDED and planned.declared.policy.stops_at_failure):
            break
    there = {each.pair: each for each in reading.instances(name, following.caller)}
    is_set_gone = not there
    if is_set_gone:
        following.perform(calls.delete_set(name))
    asked = [each.pair for each in planned.gone]
    return Deleted(
        tuple(pair for pair in asked if pair not in there),
        tuple(_failed(there[pair], reasons[pair]) for pair in asked if pair in there and pair in reasons),
        tuple(pair for pair in asked if pair in there and pair not in reasons),
        is_set_gone,
    )


def _failed(instance: Instance, reason: str) -> Failed:
    return Failed(instance.pair, instance.status, reason or instance.reason, instance.stack_id)


def _kept(text: str) -> tuple[str, ...]:
    """``Bucket (Retain)``; of a template in YAML nothing is known."""
    try:
        resources = dict(json.loads(text)["Resources"])
    except (ValueError, TypeError, KeyError):
        return ()
    policies = {name: each.get("DeletionPolicy") for name, each in resources.items() if isinstance(each, dict)}
    return tuple(f"{name} ({policy})" for name, policy in policies.items() if policy in _KEPT)
