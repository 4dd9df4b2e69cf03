"""``snapshots``: the final snapshots that deleted database clusters leave behind, and the end of those that are old."""

from __future__ import annotations

import argparse
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.errors import PARTIAL

from .arguments import Parser
from .asking import add_yes, confirm
from .deploying import deployment_of
from .forms import form_of, in_help
from .words import aligned, by_function, counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from stackgen.console import Console
    from stackgen.deploy.pruning import Pruned
    from stackgen.deploy.snapshots import Plan, Rule, Snapshot

    from .deploying import Deployment

FORMS = ("text", "json")
MOST = 100
DESCRIPTION = """\
The final snapshots that database clusters leave behind when CloudFormation deletes them. They cost money and nothing in
AWS lets them expire.

list shows them with their age; prune deletes those that are older than --older-than, after it has told which.
"""
_DAYS = re.compile(r"([1-9][0-9]{0,4})d")
_WHOSE = "Only snapshots with the tags of the stack's setting snapshot_tags are looked at, by default those of its \
environment and project; those that AWS makes by itself never are. A backup that backup or deploy made, and a snapshot \
with the tag stackgen:keep, stay at any age."


class Place(NamedTuple):
    """The snapshots of one set of tags in one account and region."""

    place: str
    tags: Mapping[str, str]
    rule: Rule
    snapshots: Sequence[Snapshot]
    client: Callable[[str], Any]


def run(console: Console, arguments: Sequence[str]) -> int:
    """List them, or prune them."""
    words = Parser("snapshots", DESCRIPTION + in_help(*FORMS), "WORD ...")
    return by_function(console, words, {"list": _list, "prune": _prune}, arguments)


def _parser(word: str, text: str) -> Parser:
    parser = Parser(f"snapshots {word}", f"{text}\n\n{_WHOSE}{in_help(*FORMS)}", "[STACK...] ...")
    text = "whose clusters they were: a class, a file or system/file; the environment's only stack needs no name"
    parser.add_argument("stacks", nargs="*", metavar="STACK", help=text)
    text = "older than so many days; 30d by default"
    parser.add_argument("--older-than", metavar="DAYS", type=_age, default=timedelta(days=30), help=text)
    return parser


def _age(text: str) -> timedelta:
    found = _DAYS.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"days such as 30d were expected, not {text!r}")
    return timedelta(days=int(found[1]))


def _list(console: Console, arguments: Sequence[str]) -> int:
    options = _parser("list", "The final snapshots of a stack's clusters, the newest first.").parsed(arguments)
    form = form_of(console, *FORMS)
    now = datetime.now(UTC)
    with deployment_of(console, options, as_it_stands=True) as deployment:
        from stackgen.deploy.pruning import ours

        places = _places(deployment, options.older_than, MOST)
        found = [(each, ours(each.snapshots, each.rule, now)) for each in places]
    due = sum(not reason for _, rows in found for _, reason in rows)
    total = sum(len(rows) for _, rows in found)
    verdict = f"{counted(total, 'snapshot')}, {due:,} older than {counted(options.older_than.days, 'day')}"
    if form == "json":
        told = [{**_of(each), "snapshots": [_content(*row, now) for row in rows]} for each, rows in found]
        console.json("snapshots-list", {"verdict": verdict, "places": told})
        return 0
    console.say(verdict)
    for each, rows in found:
        console.say()
        console.say(f"{each.place}: {counted(len(rows), 'snapshot')} with {_tags(each.tags)}")
        lines = [(one.name, one.cluster, _days(one, now), reason or "due") for one, reason in rows]
        for line in aligned(lines):
            console.say(line)
    return 0


def _prune(console: Console, arguments: Sequence[str]) -> int:
    parser = _parser("prune", "Delete final snapshots that are old, after telling which.")
    add = parser.add_argument
    add("--keep", metavar="N", type=_count, default=0, help="the newest N of each cluster stay, however old")
    add("--most", metavar="N", type=_count, default=MOST, help=f"delete no more in a region; {MOST} by default")
    add("--forecast", action="store_true", help="only say what would be deleted")
    add_yes(parser)
    options = parser.parsed(arguments)
    form = form_of(console, *FORMS)
    now = datetime.now(UTC)
    with deployment_of(console, options, as_it_stands=True) as deployment:
        from stackgen.deploy.executor import Performer
        from stackgen.deploy.pruning import deletions, forecast, prune

        places = _places(deployment, options.older_than, max(options.most, 1))
        plans = [(each, forecast(each.snapshots, each.rule, now, options.keep)) for each in places]
        doomed = sum(len(found.doomed) for _, found in plans)
        done: list[Pruned] = []
        if doomed and not options.forecast:
            for each, found in plans:
                for line in _forecast(each, found, now):
                    console.tell(line)
            confirm(console, f"Delete {counted(doomed, 'snapshot')} for good?", yes=options.yes)
            for each, found in plans:
                performer = Performer(each.client, lambda action: console.tell(action.why))
                done.append(prune(deletions(found), performer))
    failed = sum(len(each.failed) for each in done)
    deleted = sum(len(each.deleted) for each in done)
    count = counted(doomed, "snapshot")
    verdict = f"{count} would be deleted" if options.forecast else f"{deleted:,} of {count} deleted, {failed:,} refused"
    if form == "json":
        console.json("snapshots-prune", {"verdict": verdict, "forecast_only": options.forecast,
                                         "places": [*_told(plans, done, now)]})  # fmt: skip
    else:
        console.say(verdict)
        for each, found in plans if options.forecast or not doomed else ():
            for line in _forecast(each, found, now):
                console.say(line)
        for one in done:
            for name, why in one.failed.items():
                console.say(f"  {name}: {why}")
    return (PARTIAL if deleted else 1) if failed else 0


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"a whole number was expected, not {text!r}")
    return int(text)


def _places(deployment: Deployment, older_than: timedelta, most: int) -> list[Place]:
    """Each account, region and set of tags once, though several stacks may share them."""
    from stackgen.deploy.pruning import tags_of
    from stackgen.deploy.snapshots import Rule, read

    found: dict[tuple[Any, ...], Place] = {}
    for target in deployment.targets:
        tags = tags_of(deployment.project, target)
        key = (target.account, target.region, *sorted(tags.items()))
        if key not in found:
            client = deployment.sessions.of(target)
            place = f"{target.account}/{target.region}"
            found[key] = Place(place, tags, Rule(tags, older_than, most), [*read(client("rds"))], client)
    return [*found.values()]


def _forecast(each: Place, found: Plan, now: datetime) -> Iterator[str]:
    kept = ", ".join(f"{number:,} {reason}" for reason, number in sorted(found.kept.items())) or "none"
    later = f", {found.later:,} more are due and wait for the next run" if found.later else ""
    yield f"{each.place}, {_tags(each.tags)}: {len(found.doomed):,} to delete{later}; kept: {kept}"
    yield from aligned([(one.name, one.cluster, _days(one, now)) for one in found.doomed])


def _tags(tags: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in sorted(tags.items()))


def _days(snapshot: Snapshot, now: datetime) -> str:
    return counted((now - snapshot.made_at).days, "day") if snapshot.made_at else "being made"


def _of(each: Place) -> dict[str, Any]:
    return {"place": each.place, "tags": dict(each.tags)}


def _content(snapshot: Snapshot, reason: str, now: datetime) -> dict[str, Any]:
    return {
        "name": snapshot.name,
        "arn": snapshot.arn,
        "cluster": snapshot.cluster,
        "made_at": snapshot.made_at.isoformat() if snapshot.made_at else "",
        "days": (now - snapshot.made_at).days if snapshot.made_at else None,
        "kept_because": reason,
    }


def _told(plans: Sequence[tuple[Place, Plan]], done: Sequence[Pruned], now: datetime) -> Iterator[dict[str, Any]]:
    for number, (each, found) in enumerate(plans):
        result = done[number] if done else None
        yield {
            **_of(each),
            "due": [_content(one, "", now) for one in found.doomed],
            "later": found.later,
            "kept": dict(found.kept),
            "deleted": list(result.deleted) if result else [],
            "failed": dict(result.failed) if result else {},
        }
