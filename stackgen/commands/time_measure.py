"""``time --measure``: what the last creation or update of deployed stacks took, beside what was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .arguments import Parser
from .deploying import add_values
from .events import of_stack
from .forms import form_of, in_help
from .looking import add_looked, existing, looking
from .numbers import minutes
from .words import aligned, counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence

    from stackgen.console import Console
    from stackgen.deploy.measuring import Measured
    from stackgen.project import Project
    from stackgen.review.model import Build

    from .looking import Found

FINDINGS = 4
FORMS = ("text", "json")
MOST = 8
"""Types, and steps of the chain, that are shown."""
DESCRIPTION = """\
What the last creation or update of deployed stacks took, by their events: as a whole, each nested stack, each type of
resource, what waited for what; beside it what time expects of a first creation. Deletions are not counted, the time in
which alarms are watched is.

Exits with 4 where it took longer than --within, or than the setting minutes of the stack.
"""


class Row(NamedTuple):
    """One stack."""

    found: Found
    measured: Measured | None
    limit: float | None
    """Minutes."""
    expected: Mapping[str, float]
    """Seconds, by path; the stack itself has its own name."""

    @property
    def is_late(self) -> bool:
        told = self.measured
        return told is not None and told.is_counted and self.limit is not None and told.seconds > self.limit * 60


def run(console: Console, arguments: Sequence[str]) -> int:
    """Measure each stack in each region."""
    parser = Parser("time --measure", DESCRIPTION + in_help(*FORMS), "[STACK...] ...")
    add_looked(parser)
    add_values(parser)
    text = "the most that it may take, instead of the setting minutes"
    parser.add_argument("--within", metavar="MINUTES", type=minutes, help=text)
    options = parser.parsed(arguments)
    form = form_of(console, *FORMS)
    with looking(console, options) as what:
        rows = [_row(what.project, what.build, each, options) for each in existing(console, what.looked)]
    if form == "json":
        console.json("time-measure", {"verdict": _verdict(rows), "stacks": [_content(each) for each in rows]})
    else:
        console.say(_verdict(rows))
        for each in rows:
            for line in _lines(each):
                console.say(line)
    return FINDINGS if any(each.is_late for each in rows) else 0


def _row(project: Project, build: Build, found: Found, options: argparse.Namespace) -> Row:
    from stackgen.deploy.events import of_last_operation
    from stackgen.deploy.measuring import measured
    from stackgen.deploy.settings import settings_of, words_of

    target = found.target
    events = of_last_operation(found.state.id, found.state.name, found.client("cloudformation"))
    told = measured(events, found.state.id)
    limit: float | None = options.within
    if limit is None and target.env:
        words = words_of(target.env, target.region, target.account, target.template)
        limit = settings_of(project, target.env, target.template, words).get("minutes")
    is_creation = told is not None and told.kind == "creation" and target.template in build.templates
    return Row(found, told, limit, _expected(project, build, found) if is_creation else {})


def _expected(project: Project, build: Build, found: Found) -> dict[str, float]:
    """What is expected of a first creation, with the values that the stack was given."""
    from stackgen.review.evaluation.environment import Environment
    from stackgen.review.timing.estimate import Options, estimate
    from stackgen.review.timing.own import own_rows
    from stackgen.review.timing.table import Table

    target, name = found.target, found.state.name
    place = Environment(target.env, target.region, target.account, {**target.texts, **found.state.parameters})
    wanted = Options(rollback_monitor=float(target.minutes_after_creation))
    told = estimate(build, target.template, Table.shipped(own_rows(project)), place, wanted)
    run = told.run
    stacks = {
        "/".join((name, *key[1:])): run.at[key, "finish"][1] - run.at[key, "start"][1]
        for key, step in run.network.steps.items()
        if step.holds and len(key) > 1
    }
    return {**stacks, name: told.totals[1]}


def _verdict(rows: Sequence[Row]) -> str:
    """``2 stacks: the longest took 13.4 minutes, 1 of 2 longer than it may``."""
    taken = [each.measured.seconds for each in rows if each.measured is not None and each.measured.is_counted]
    limited, late = sum(each.limit is not None for each in rows), sum(each.is_late for each in rows)
    longest = f"the longest took {_minutes(max(taken))} minutes" if taken else "nothing to measure"
    return f"{counted(len(rows), 'stack')}: {longest}" + (
        f", {late} of {limited} longer than it may" if limited else ""
    )


def _lines(row: Row) -> Iterator[str]:
    yield ""
    told, place = row.measured, row.found.place
    if told is None or not told.is_counted:
        is_deletion = told is not None
        yield f"{place}: " + ("its last operation was a deletion, which is not counted" if is_deletion else "no events")
        return
    name = row.found.state.name
    limit = f", of {row.limit:g} that it may take" if row.limit is not None else ""
    yield f"{place}: its {told.kind} took {_minutes(told.seconds)} minutes{limit} ({told.status})"
    if told.is_going_on:
        yield "  it still goes on: this is what it took up to now"
    if name in row.expected:
        yield f"  expected for a first creation: {_minutes(row.expected[name])} minutes"
    if told.watched:
        yield f"  of it {_minutes(told.watched)} minutes at the end, when all was done and alarms were watched"
    stacks = [
        (each.path, _minutes(each.seconds), _minutes(row.expected[each.path]) if each.path in row.expected else "-")
        for each in told.stacks
    ]
    if stacks:
        yield from aligned([("nested stack", "minutes", "expected"), *stacks])
    types = [
        (each.type, f"{each.resources:,}", _minutes(each.seconds), _minutes(each.longest)) for each in told.types[:MOST]
    ]
    if types:
        yield from aligned([("type", "resources", "minutes", "longest"), *types])
    if told.chain:
        yield "  each began when the one above it was ready (minutes from the start):"
        steps = [(_minutes(each.start), _minutes(each.until), each.path) for each in told.chain[-MOST:]]
        yield from aligned(steps, "    ")


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:,.1f}"


def _content(row: Row) -> dict[str, Any]:
    told = row.measured
    first: dict[str, Any] = {**of_stack(row.found), "within": row.limit, "late": row.is_late}
    if told is None:
        return {**first, "operation": ""}
    return {
        **first,
        "operation": told.kind,
        "counted": told.is_counted,
        "ended_as": told.status,
        "seconds": told.seconds,
        "watched_seconds": told.watched,
        "expected_seconds": row.expected.get(row.found.state.name),
        "nested_stacks": [
            {"path": each.path, "seconds": each.seconds, "expected_seconds": row.expected.get(each.path)}
            for each in told.stacks
        ],
        "types": [each._asdict() for each in told.types],
        "chain": [each._asdict() for each in told.chain],
    }
