"""``multi status``: how a build goes or went, and why targets failed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from .forms import form_of
from .multi_words import add_build, add_environment, add_repository, environment_of, installation_of, parser_of
from .numbers import seconds_of
from .words import counted, span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deployer.handlers.inputs import Pair
    from stackgen.deployer.operating.causes import Cause
    from stackgen.deployer.operating.installation import Installation
    from stackgen.deployer.operating.status import Status

MOST_PLACES = 6
"""Targets that are named for each cause, unless -v asks for all."""
EVERY = 5


def run(console: Console, _: str, arguments: Sequence[str]) -> int:
    """Read a build, or follow it; the exit code says how it ended."""
    parser = parser_of(
        "status",
        "How a build goes or went: its targets by outcome, and failures by cause, where reasons that differ in nothing "
        "but account, region and names are one. While it runs, what CloudFormation says now stands beside what is "
        "recorded. Exit codes: 0 it succeeded or still runs, 1 it failed everywhere, 5 it failed and went back to the "
        "last good build, 6 it failed and a person must act, 7 a newer build took its place, 8 it failed in some "
        "targets.",
        "REPO",
    )
    add_repository(parser)
    add_environment(parser)
    add_build(parser, "the latest")
    parser.add_argument("--watch", action="store_true", help="follow it until it ends; what changes goes to stderr")
    parser.add_argument("--every", metavar="SECONDS", default=str(EVERY), help=f"how often to look; {EVERY} by default")
    options = parser.parsed(arguments)
    form_of(console, "text", "json")
    every = seconds_of(options.every)
    with installation_of(console, options) as installation:
        from stackgen.deployer.operating import builds
        from stackgen.deployer.operating import status as operating

        env = environment_of(console, installation, options.repo)
        status = operating.read(installation, builds.chosen(installation, options.repo, env, options.build))
        if options.watch:
            status = watched(console, installation, status, every)
        return shown(console, status)


def watched(console: Console, installation: Installation, status: Status, every: float) -> Status:
    """Look until the build has ended; a terminal shows one line that changes, a log one line a change."""
    from stackgen.deployer.handlers import moments
    from stackgen.deployer.operating.status import again

    rewrites = not console.quiet and not console.ci and sys.stderr.isatty()
    before = ""
    while not status.is_over:
        line = verdict(status) + _live(status)
        if line != before and rewrites:
            print(f"\r\033[K{line[: (console.width or 120) - 1]}", end="", file=sys.stderr, flush=True)
        elif line != before:
            console.tell(f"{moments.stamp()} {line}")
        before = line
        moments.sleep(every)
        status = again(installation, status)
    if rewrites and before:
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    return status


def shown(console: Console, status: Status) -> int:
    """Print a build, and answer its exit code."""
    if console.form == "json":
        console.json("multi-status", {"verdict": verdict(status), "exit_code": status.exit_code, **_content(status)})
    else:
        _say(console, status)
    return status.exit_code


def verdict(status: Status) -> str:
    """The first line."""
    record, counts = status.record, status.counts
    name = f"{record['status']}: {record['repo']} in {record['env']}, build {record['SK']}"
    if not counts["total"]:
        return f"{name}: 0 targets recorded"
    succeeded = f"{counts['succeeded']:,} of {counted(counts['total'], 'target')} succeeded"
    return f"{name}: {succeeded}{_failed(status)}{_open(status)}"


def _failed(status: Status) -> str:
    """``, 3 failed, 37 cancelled because of 3 failures, 1 cause``."""
    grouped = status.grouped
    if not grouped.failures and not grouped.cancelled:
        return ""
    causes = f", {counted(len(grouped.causes), 'cause')}" if grouped.causes else ""
    if not grouped.cancelled:
        return f", {grouped.failures:,} failed{causes}"
    if not grouped.failures:
        return f", {len(grouped.cancelled):,} not attempted"
    because = f"{len(grouped.cancelled):,} cancelled because of {counted(grouped.failures, 'failure')}"
    return f", {grouped.failures:,} failed, {because}{causes}"


def _open(status: Status) -> str:
    left = status.counts["in_progress"] + status.counts["pending"]
    return f", {left:,} open" if left else ""


def _live(status: Status) -> str:
    live = status.live
    if live is None:
        return ""
    plan = status.back or status.header
    batches = plan.batch_count if plan else 0
    way = "way back, " if live.is_way_back else ""
    return f"; {way}batch {live.batch_index + 1} of {batches} {live.status}, {live.ended:,} of {live.total:,} ended"


def _say(console: Console, status: Status) -> None:
    record = status.record
    console.say(verdict(status))
    rows = {
        "error": record.get("error_msg", ""),
        "release": f"{record.get('version', '')} of {record.get('branch', '')}, s3://{record.get('s3_bucket', '')}/"
        f"{record.get('s3_key', '')}",
        "began": f"{record.get('created_at', '')}{_took(record)}",
        "retry of": record.get("retry_of", ""),
        "reverted to": record.get("reverted_to", ""),
        "lock broken": " ".join(str(record.get(f"lock_broken_{name}", "")) for name in ("at", "by", "reason")).strip(),
        "operation": _live(status).removeprefix("; "),
        "execution": f"{status.execution} {record.get('execution_arn', '')}" if status.execution else "",
        "orphans": f"{status.header.orphans}; --prune deletes them" if status.header and status.header.orphans else "",
    }
    for name, text in rows.items():
        if text:
            console.say(f"  {name:<11}  {text}")
    if status.live is not None and status.live.behind:
        console.say(
            f"  records are {status.live.behind:,} behind CloudFormation: the next look of the machine sees them"
        )
    if status.execution not in ("", "RUNNING", "UNKNOWN"):
        console.say("  its execution has ended: clean-up settles the build within minutes; multi lock show tells more")
    for number, cause in enumerate(status.grouped.causes, 1):
        console.say()
        _say_cause(console, number, cause)
    if status.grouped.cancelled:
        console.say()
        console.say(f"not attempted, or cancelled: {_places(console, status.grouped.cancelled)}")
    _say_next(console, status)


def _took(record: dict[str, Any]) -> str:
    from datetime import datetime

    began, ended = (str(record.get(name) or "") for name in ("created_at", "finished_at"))
    if not began or not ended:
        return ""
    seconds = (datetime.fromisoformat(ended) - datetime.fromisoformat(began)).total_seconds()
    return f", took {span(seconds)}"


def _say_cause(console: Console, number: int, cause: Cause) -> None:
    console.say(f"cause {number}: {counted(len(cause.pairs), 'target')}, {', '.join(cause.statuses)}: {cause.reason}")
    console.say(f"  at  {_places(console, cause.pairs)}")
    if cause.example != cause.reason:
        console.say(f"  first  {cause.example}")
    for event in cause.events:
        console.say(f"  event  {event}")


def _places(console: Console, pairs: Sequence[Pair]) -> str:
    names = [str(pair) for pair in (pairs if console.verbose else pairs[:MOST_PLACES])]
    more = len(pairs) - len(names)
    return ", ".join(names) + (f" and {more:,} more" if more else "")


def _say_next(console: Console, status: Status) -> None:
    record = status.record
    where = f"{record['repo']} -e {record['env']}"
    if record["status"] == "FAILED" and status.grouped.failures + len(status.grouped.cancelled):
        console.say()
        if status.inoperable:
            from stackgen.deployer.handlers.planning import INOPERABLE_HINT

            console.say(f"{len(status.inoperable):,} {INOPERABLE_HINT}")
        console.say(f"next: multi retry {where} --failed --build {record['SK']}")
    elif not status.is_over:
        console.say()
        console.say(f"next: multi status {where} --watch, or multi stop {where}")


def _content(status: Status) -> dict[str, Any]:
    live, header = status.live, status.header
    record = {name: value for name, value in status.record.items() if name not in ("PK", "SK")}
    return {
        "build": {"sk": status.record["SK"], **record},
        "counts": status.counts,
        "batch_count": header.batch_count if header else 0,
        "orphans": header.orphans if header else 0,
        "execution_status": status.execution,
        "operation": None if live is None else {**live._asdict(), "behind": live.behind},
        "failures": status.grouped.failures,
        "cancelled": list(map(str, status.grouped.cancelled)),
        "causes": [
            {
                "reason": cause.reason,
                "example": cause.example,
                "count": len(cause.pairs),
                "statuses": list(cause.statuses),
                "targets": list(map(str, cause.pairs)),
                "stack_events": list(cause.events),
            }
            for cause in status.grouped.causes
        ],
        "inoperable": [str(each.pair) for each in status.inoperable],
    }
