"""``backup STACK``: make backups now, and write their record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from stackgen.errors import PARTIAL, StackgenError, shown

from .deploying import deployment_of
from .forms import form_of
from .words import counted, table

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from stackgen.console import Console
    from stackgen.deploy.backup_records import Record, RecordFile
    from stackgen.deploy.targets import Target
    from stackgen.project import Project


def run(console: Console, options: argparse.Namespace) -> int:
    """Back up each target; 1 where a backup fails, 8 where that is so for some of several stacks."""
    from stackgen.deploy.backup import BackupError
    from stackgen.deploy.backup_records import RecordFile

    form = form_of(console, "text", "json")
    made: list[tuple[Record, Path]] = []
    failed: list[StackgenError] = []
    with deployment_of(console, options, as_it_stands=True) as deployment:
        folder = folder_of(deployment.project, options.folder)
        for target in deployment.targets:
            file = RecordFile(folder)
            try:
                made.append((_made(console, target, deployment.sessions.of(target), file), file.path))
            except BackupError as error:
                if error.record is not None:
                    made.append((error.record, file.path))
                failed.append(error)
                console.error(error)
    if form == "json":
        console.json("backup", {"stacks": [{"file": str(path), **record.as_json()} for record, path in made]})
    else:
        print_made(console, made)
    return 0 if not failed else 1 if len(failed) == len(deployment.targets) else PARTIAL


def folder_of(project: Project, said: str | None) -> Path:
    """Where the records of a project are."""
    from stackgen.deploy.backup_records import FOLDER

    return Path(said or project.root / FOLDER)


def _made(console: Console, target: Target, client: Callable[[str], Any], file: RecordFile) -> Record:
    from stackgen.deploy import stacks
    from stackgen.deploy.backup import back_up, unseen, wanted
    from stackgen.deploy.executor import Performer
    from stackgen.deploy.next_steps import command_for
    from stackgen.deploy.owners import see_that_it_is_ours
    from stackgen.deploy.polling import Pace

    state = stacks.find(target.stack_name, client("cloudformation"))
    if state is None:
        raise StackgenError(
            f"there is no stack {target.place}, so nothing to back up", f"{command_for(target, 'deploy')} makes it"
        )
    see_that_it_is_ours(state, target)
    tree = stacks.tree(state, client("cloudformation"))
    if hidden := unseen(tree):
        raise StackgenError(
            f"{target.place}: {counted(len(hidden), 'part')} cannot be looked into, such as {hidden[0]}",
            f"nothing was backed up, since it would not be all; {command_for(target, 'status')} tells what is wrong",
        )
    tell_incomplete(console, file.folder, target)
    performer = Performer(client, lambda action: console.detail(f"{target.region}: {action.why}"))

    def kept(record: Record) -> None:
        """Write the record; where that fails, say what it would have told."""
        try:
            file.write(record)
        except StackgenError:
            for each in record.saved:
                if each.arn:
                    console.tell(f"{each.path}: {each.name} is at {each.arn}")
            raise

    try:
        return back_up(wanted(tree), target, performer.perform, client, Pace(), console.tell, kept)
    except KeyboardInterrupt:
        if file.is_there:
            path = shown(str(file.path))
            console.tell(
                f"backups that were begun go on in AWS: python -m stackgen backup complete {path} waits for them"
            )
        raise


def tell_incomplete(console: Console, folder: Path, target: Target) -> None:
    """The records of a target whose run was cut off, with what completes them."""
    from stackgen.deploy.backup_records import incomplete

    for path in incomplete(folder, target.stack_name, target.account, target.region):
        name = shown(str(path))
        console.tell(f"{name} is incomplete: its run was cut off; python -m stackgen backup complete {name}")


def print_made(console: Console, made: list[tuple[Record, Path]]) -> None:
    """The verdict, and what each record has."""
    saved = [each for record, _ in made for each in record.saved]
    good = sum(each.is_good for each in saved)
    left = sum(len(record.left) for record, _ in made)
    verdict = f"{counted(good, 'backup')} made, {len(saved) - good} failed"
    console.say(verdict + (f"; {counted(left, 'resource')} cannot be backed up this way" if left else ""))
    for record, path in made:
        console.say(f"{record.place}: {shown(str(path))}")
        say_record(console, record)
        if any(each.is_good for each in record.saved):
            console.say(f"  restore beside it: python -m stackgen backup restore {shown(str(path))}")


def say_record(console: Console, record: Record) -> None:
    """What a record has, a line each."""
    table(console, [(each.path, each.source, each.name, each.status.lower()) for each in record.saved])
    for each in record.saved:
        if each.reason:
            console.say(f"  {each.path}: {each.reason}")
    for other in record.left:
        console.say(f"  {other.path} ({other.type}) is not backed up: {other.advice}")
