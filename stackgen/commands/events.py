"""``events``: what happened to a stack and all nested in it: as a list, as a tree, as a chart; and what happens now."""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from stackgen.errors import UsageError

from .arguments import Parser
from .forms import form_of, in_help
from .looking import add_looked, existing, looking
from .numbers import seconds_of
from .words import counted, span, table

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from stackgen.console import Console
    from stackgen.deploy.events import Event
    from stackgen.deploy.timeline import Span

    from .looking import Found

FORMS = ("text", "json")
DESCRIPTION = """\
What happened to a stack and to all nested in it, oldest first: of the last operation, with --since or --all of more.
AWS keeps events for 90 days.

With --follow it goes on until the operation has ended, and exits with 5 where that failed and was taken back, with 6
where it failed and a person is needed; --format json then prints one object in each line.

The JSON of the others is what time learn reads (events --all --format json -o FILE, then time learn FILE).
"""
_AGO = re.compile(r"(\d+)([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def run(console: Console, arguments: Sequence[str]) -> int:
    """Print what there is, or follow it."""
    options = _parser().parsed(arguments)
    form = form_of(console, *FORMS)
    if options.follow and (options.tree or options.timeline):
        raise UsageError("--follow lists events as they come: not with --tree or --timeline")
    with looking(console, options) as what:
        found = existing(console, what.looked)
        if options.follow:
            from .events_following import follow

            return follow(console, found, form, options.every)
        told = [(each, _events(each, options)) for each in found]
    if form == "json":
        console.json("events", _content(told))
        return 0
    console.say(verdict(told))
    for each, events in told:
        if len(told) > 1:
            console.say()
            console.say(f"{each.place}: {each.state.status}")
        for line in _lines(console, each, events, options):
            console.say(line)
        if not events and options.since:
            console.say(_earlier(each))
    return 0


def _parser() -> Parser:
    parser = Parser("events", DESCRIPTION + in_help(*FORMS), "[STACK...] ...")
    add_looked(parser)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--tree", action="store_true", help="each resource with its last status, below its stack")
    how.add_argument("--timeline", action="store_true", help="a chart of what took how long")
    which = parser.add_mutually_exclusive_group()
    text = "from that moment on: 2h, 30m, 1d, or 2026-01-31T10:00:00Z"
    which.add_argument("--since", metavar="WHEN", type=_moment, help=text)
    which.add_argument("--all", action="store_true", help="everything that AWS still has")
    which.add_argument("-f", "--follow", action="store_true", help="go on until the operation has ended")
    text = "between two looks with --follow, 0.1 to 3600; 5 by default"
    parser.add_argument("--every", metavar="SECONDS", type=seconds_of, default=5.0, help=text)
    return parser


def _moment(text: str) -> datetime:
    import argparse

    ago = _AGO.fullmatch(text)
    try:
        if ago:
            return datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        problem = f"a time such as 2h or 2026-01-31T10:00:00Z was expected, not {text!r}"
        raise argparse.ArgumentTypeError(problem) from None
    return found if found.tzinfo else found.astimezone()


def _events(found: Found, options: argparse.Namespace) -> list[Event]:
    from stackgen.deploy.events import Follower, of_last_operation

    cloudformation, state = found.client("cloudformation"), found.state
    if options.all or options.since:
        return Follower(state.id, state.name, cloudformation, options.since).new()
    return of_last_operation(state.id, state.name, cloudformation)


def _earlier(found: Found) -> str:
    from stackgen.deploy.events import newest

    moment = newest(found.state.id, found.client("cloudformation"))
    last = f"the newest event is of {moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC; " if moment else ""
    return f"{last}--all shows what AWS still has, and without --since the last operation is shown"


def verdict(told: Sequence[tuple[Found, Sequence[Event]]]) -> str:
    """``42 events, 2 failures: shop-dev in 111111111111/us-east-1 is in UPDATE_COMPLETE``."""
    count = sum(len(events) for _, events in told)
    failures = sum(each.is_failure for _, events in told for each in events)
    first = told[0][0]
    where = f"{first.place} is in {first.state.status}" if len(told) == 1 else counted(len(told), "stack")
    return f"{counted(count, 'event')}, {counted(failures, 'failure')}: {where}"


def _lines(console: Console, found: Found, events: Sequence[Event], options: argparse.Namespace) -> Iterator[str]:
    if options.tree or options.timeline:
        from stackgen.deploy.timeline import LEGEND, bars_of, spans_of
        from stackgen.review.timing.gantt import drawn

        spans = spans_of(events)
        if options.tree:
            _tree(console, found, spans)
            return
        bars, total = bars_of(spans)
        if bars:
            since = f"{spans[0].began.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
            ends = "; at the right: ends" if total else ""
            yield f"minutes since {since}, in all {span(total)}{ends}"
        yield from drawn(bars, total, console.width, console.paint, LEGEND)
        return
    for each in events:
        yield line_of(each, found)


def line_of(event: Event, found: Found) -> str:
    """One event for a person."""
    why = f": {found.hiding.text(event.why)}" if event.why else ""
    return f"{event.time.astimezone(UTC):%Y-%m-%d %H:%M:%S}  {event.status:<28} {event.path}{why}"


def _tree(console: Console, found: Found, spans: Sequence[Span]) -> None:
    rows = []
    for each in spans:
        name = f"{'  ' * each.depth}{each.path.rpartition('/')[2]}"
        took = f"{span(each.seconds)}{' so far' if each.is_going_on else ''}"
        rows.append((name, each.type, each.status, took, found.hiding.text(each.failure)))
    table(console, rows, "")


def _content(told: Sequence[tuple[Found, Sequence[Event]]]) -> dict[str, Any]:
    from stackgen.deploy.events import shown
    from stackgen.deploy.timeline import spans_of

    return {
        "verdict": verdict(told),
        "stacks": [
            {
                **of_stack(each),
                "resources": [_resource(one, each) for one in spans_of(events)],
            }
            for each, events in told
        ],
        "StackEvents": [shown(one, each.hiding) for each, events in told for one in events],
    }


def _resource(found: Span, of: Found) -> dict[str, Any]:
    from stackgen.deploy.events import iso

    return {
        "path": found.path,
        "type": found.type,
        "status": found.status,
        "began": iso(found.began),
        "ended": iso(found.ended),
        "seconds": round(found.seconds, 3),
        "operations": [
            {"operation": each.operation, "began": iso(each.began), "ended": iso(each.ended), "status": each.status}
            for each in found.attempts
        ],
        "failure": of.hiding.text(found.failure),
    }


def of_stack(found: Found) -> dict[str, Any]:
    """Which stack, for programs."""
    target, state = found.target, found.state
    return {
        "stack": state.name, "stack_id": state.id, "account": target.account, "region": target.region,
        "environment": target.env, "status": state.status,
    }  # fmt: skip


def print_now(console: Console, text: str) -> None:
    """A line that a reader gets at once, through a pipe too."""
    console.say(text)
    if sys.stdout is not None:
        sys.stdout.flush()


def as_line(content: dict[str, Any], schema: str) -> str:
    """One object in one line."""
    return json.dumps({"schema": f"stackgen/{schema}", "version": 1, **content})
