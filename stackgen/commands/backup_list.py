"""``backup list``: the records at hand, and what AWS has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.errors import shown

from .arguments import Parser
from .backup import add_folder
from .backup_make import folder_of
from .deploying import add_stacks, deployment_of
from .forms import form_of, in_help
from .words import counted, table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from stackgen.console import Console
    from stackgen.deploy.backup_records import Record, Saved
    from stackgen.deploy.targets import Target

NEVER = "NEVER_BEGUN"
"""The status of what a run that was cut off did not come to."""

DESCRIPTION = """\
The backups that there are of stacks: AWS is asked for those with names of ours, also where no record is at hand, and
those in records are compared with it.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """List them, the newest first."""
    parser = Parser("backup list", DESCRIPTION + in_help("text", "json"), "[STACK ...]")
    add_stacks(parser)
    add_folder(parser)
    options = parser.parsed(arguments)
    form = form_of(console, "text", "json")
    with deployment_of(console, options, as_it_stands=True) as deployment:
        from stackgen.deploy.backup_records import Record, listed

        folder = folder_of(deployment.project, options.folder)
        records = listed(folder)
        for path, each in records:
            if not isinstance(each, Record):
                console.warn(f"{shown(str(path))} {each.message}")
        good = [(path, each) for path, each in records if isinstance(each, Record)]
        told = [_of(target, deployment.sessions.of(target), good) for target in deployment.targets]
    if form == "json":
        console.json("backup-list", {"stacks": told})
        return 0
    backups = [each for stack in told for each in stack["backups"]]
    gone = sum(each["status"] == "GONE" for each in backups)
    there = sum(each["status"] not in ("GONE", NEVER) for each in backups)
    console.say(f"{counted(there, 'backup')} in AWS, {gone} gone, {counted(len(good), 'record')} here")
    for stack in told:
        console.say(f"{stack['stack']} in {stack['account']}/{stack['region']}:")
        rows = [
            (each["stamp"], each["source"], each["status"].lower(), _record(each), each["arn"])
            for each in stack["backups"]
        ]
        table(console, rows)
        for path in sorted({each["record"] for each in stack["backups"] if not each["is_complete"]}):
            console.say(f"  {path} is incomplete, its run was cut off: python -m stackgen backup complete {path}")
    return 0


def _record(told: dict[str, Any]) -> str:
    return (told["record"] or "no record here") + ("" if told["is_complete"] else " (incomplete)")


def _key(source: str, name: str) -> tuple[str, str]:
    """How a backup is known where a run was cut off before it heard of its ARN; RDS writes names small."""
    return (source.lower(), name.lower())


def _of(target: Target, client: Callable[[str], Any], records: Sequence[tuple[Path, Record]]) -> dict[str, Any]:
    """What AWS has of a stack, and what records say of it that AWS has no more."""
    from stackgen.deploy import stacks
    from stackgen.deploy.backup import wanted
    from stackgen.deploy.backup_listing import backups_of

    own = [
        (path, record)
        for path, record in records
        if (record.stack, record.account, record.region) == (target.stack_name, target.account, target.region)
    ]
    recorded: dict[object, tuple[str, Record, Saved]] = {
        saved.arn or _key(saved.source, saved.name): (shown(str(path)), record, saved)
        for path, record in own
        for saved in record.saved
    }
    state = stacks.find(target.stack_name, client("cloudformation"))
    tree = stacks.tree(state, client("cloudformation")) if state else None
    sources = {each.physical_id: each.type for each in (wanted(tree) if tree else ()) if each.is_possible}
    sources |= {saved.source: saved.type for _, record in own for saved in record.saved}
    found = []
    for each in backups_of(target.stack_name, sources, client):
        known = each.arn if each.arn in recorded else _key(each.source, each.name)
        path, record, _ = recorded.pop(known, ("", None, None))
        found.append({**each._asdict(), "record": path, "is_complete": record is None or record.is_complete})
    gone = [
        {"stamp": record.stamp, "source": saved.source, "name": saved.name, "arn": saved.arn, "status": status,
         "record": path, "is_complete": record.is_complete}
        for path, record, saved in recorded.values()
        if (status := "GONE" if saved.arn else "" if record.is_complete else NEVER)
    ]  # fmt: skip
    everything = sorted([*found, *gone], key=lambda each: (str(each["stamp"]), str(each["source"])), reverse=True)
    return {
        "stack": target.stack_name, "account": target.account, "region": target.region, "backups": everything,
    }  # fmt: skip
