"""How long the change takes in each place, and how long a first creation of each stack would."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stackgen.review.impact.result import FAILS, UPDATE
from stackgen.review.timing.estimate import Options, estimate, estimate_update
from stackgen.review.timing.own import own_rows
from stackgen.review.timing.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stackgen.review.impact.review import Outcome
    from stackgen.review.timing.estimate import Estimate

    from .subject import Subject

_ACTIONS = {FAILS: UPDATE}
"""Nobody knows how long a failure takes: as long as the update, if it comes to one."""


class Timed(NamedTuple):
    """One root in one place. ``change`` is None where nothing changes there, ``creation`` where it is taken away."""

    root: str
    place: str
    change: Estimate | None
    creation: Estimate | None


class TimedRow(NamedTuple):
    """Roots of which the estimates read the same in several places are one row."""

    root: str
    places: tuple[str, ...]
    change: tuple[float, float, float] | None
    creation: tuple[float, float, float] | None


def timed(subject: Subject, outcomes: Iterable[Outcome]) -> list[Timed]:
    """The estimates of every root that changes. Raises StackgenError for learned times that cannot be read."""
    before, after = subject.before, subject.after
    table = Table.shipped(own_rows(subject.project))
    found = []
    for outcome in outcomes:
        place, root = outcome.place, outcome.root
        actions = {each.address: _ACTIONS.get(each.action, each.action) for each in outcome.impacts}
        if not actions:
            continue
        environment = subject.values.of(place, root)
        is_there, was_there = root in after.roots, root in before.roots
        creation = estimate(after, root, table, environment) if is_there else None
        if is_there and was_there:
            change: Estimate | None = estimate_update(before, after, root, actions, table, environment)
        else:
            change = creation if is_there else estimate(before, root, table, environment, Options("delete"))
        found.append(Timed(root, str(place), change, creation))
    return found


def longest(found: Sequence[Timed]) -> Timed | None:
    """The root and place whose change takes the longest."""
    changes = [each for each in found if each.change is not None]
    return max(changes, key=lambda each: each.change.totals[1] if each.change else 0.0, default=None)


def rows(found: Sequence[Timed]) -> list[TimedRow]:
    """One row for what is equal in several places, the longest change first."""
    grouped: dict[tuple[object, ...], list[Timed]] = {}
    for each in found:
        change = each.change.totals if each.change else None
        creation = each.creation.totals if each.creation else None
        grouped.setdefault((each.root, change, creation), []).append(each)
    made = [
        TimedRow(
            group[0].root,
            tuple(each.place for each in group),
            group[0].change.totals if group[0].change else None,
            group[0].creation.totals if group[0].creation else None,
        )
        for group in grouped.values()
    ]
    return sorted(made, key=lambda row: -(row.change[1] if row.change else 0.0))
