"""``backup restore``: new tables and databases beside those that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.errors import shown

from .arguments import Parser
from .asking import add_yes, confirm
from .backup import add_record
from .context import project_of
from .deploying import read_build
from .forms import form_of, in_help
from .recorded import clients_of, record_of
from .words import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from stackgen.console import Console
    from stackgen.deploy.backup_records import Record
    from stackgen.deploy.comparing import Comparison
    from stackgen.deploy.importing import Holder
    from stackgen.deploy.restoring import Restore
    from stackgen.project import Project
    from stackgen.review.model import Build

DESCRIPTION = """\
Restore what a record of a backup names, under new names: nothing that is there is overwritten. The stack does not know
the new ones; what it takes that it does is told at the end. A run that was cut off is taken up by the next.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Restore, compare where that is asked, and tell what is missing; 4 where something differs."""
    options = _parser().parsed(arguments)
    form = form_of(console, "text", "json")
    path, record = record_of(console, options)
    from stackgen.deploy.executor import Performer
    from stackgen.deploy.importing import holders
    from stackgen.deploy.polling import Pace
    from stackgen.deploy.restoring import chosen, planned, restored, see_that_it_is_complete

    see_that_it_is_complete(record, shown(str(path)))
    with clients_of(console, record) as client:
        restores = planned(record, chosen(record, options.table), options.name, client)
        there = holders(record, client("cloudformation"))
        for each in restores:
            console.tell(f"  {each.action.why}" + (": an earlier run has begun it" if each.is_begun else ""))
        confirm(console, f"restore {counted(len(restores), 'backup')} of {record.place}?", yes=options.yes)
        performer = Performer(client, lambda action: console.detail(action.why))
        try:
            restored(restores, performer.perform, client, Pace(), console.tell)
        except KeyboardInterrupt:
            console.tell("what was begun goes on in AWS; the same command again waits for it")
            raise
        compared = {each.name: _compared(each, client) for each in restores if options.compare}
    if form == "json":
        console.json("backup-restore", {"restored": [_as_json(record, each, compared) for each in restores]})
    else:
        project = project_of(console)
        build = read_build(project)
        into = {each.name: list(_into(project, build, record, each, there)) for each in restores}
        _print(console, record, restores, compared, into)
    return 0 if all(each is None or each.is_same for each in compared.values()) else 4


def _parser() -> Parser:
    parser = Parser("backup restore", DESCRIPTION + in_help("text", "json"), "RECORD ...")
    add = parser.add_argument
    add_record(parser)
    text = "only this one: its path, its logical ID or its name; may be repeated"
    add("--table", action="append", default=[], metavar="PATH", help=text)
    text = "its new name, instead of {table}-restored-{time of the backup}"
    add("--as", dest="name", default="", metavar="NAME", help=text)
    text = "read the old table and the new one whole, and tell which items differ; 4 where some do"
    add("--compare", action="store_true", help=text)
    add_yes(parser)
    return parser


def _compared(restore: Restore, client: Callable[[str], Any]) -> Comparison | None:
    """The two tables item by item; None where the old one is gone, or it is no table."""
    from stackgen.deploy.backup_kinds import TABLE
    from stackgen.deploy.comparing import compared
    from stackgen.deploy.restoring import is_there

    if restore.kind is not TABLE or not is_there(restore.saved.source, client("dynamodb")):
        return None
    return compared(restore.saved.source, restore.name, client("dynamodb"))


def _into(
    project: Project, build: Build, record: Record, restore: Restore, there: Mapping[str, Holder]
) -> Iterator[str]:
    """How the stack takes it for its own."""
    from stackgen.deploy.importing import Holder, steps
    from stackgen.deploy.source import template_of

    stack = restore.saved.path.rpartition("/")[0]
    name = template_of(build, record.template, restore.saved.path) or record.template
    file = shown(f"{project.build_path}/{name}.json")
    return steps(record, restore, there.get(stack) or Holder(stack), file)


def _as_json(record: Record, restore: Restore, compared: dict[str, Comparison | None]) -> dict[str, Any]:
    from stackgen.deploy.restoring import not_brought_back

    found = compared.get(restore.name)
    return {
        "path": restore.saved.path, "type": restore.saved.type, "source": restore.saved.source, "name": restore.name,
        "not_restored": not_brought_back(record, restore.saved), "comparison": found._asdict() if found else None,
    }  # fmt: skip


def _print(
    console: Console,
    record: Record,
    restores: Sequence[Restore],
    compared: dict[str, Comparison | None],
    into: dict[str, list[str]],
) -> None:
    from stackgen.deploy.restoring import BESIDE, not_brought_back

    earlier = sum(each.is_begun for each in restores)
    before = f", {earlier} restored by an earlier run" if earlier else ""
    console.say(f"{counted(len(restores) - earlier, 'backup')} restored beside {record.place}{before}")
    if earlier:
        console.say("--as NAME with --table makes another one of the same backup")
    for each in restores:
        console.say(f"{each.saved.path}: {each.name}")
        if each.name in compared:
            console.say(f"  {_sentence(each, compared[each.name])}")
        missing = not_brought_back(record, each.saved)
        console.say(f"  a restore does not bring back {', '.join([*missing, BESIDE])}")
        for number, step in enumerate(into[each.name], 1):
            console.say(f"  into the stack, step {number}: {step}")


def _sentence(restore: Restore, found: Comparison | None) -> str:
    if found is None:
        return f"not compared: {restore.saved.source} is no table that is there"
    if found.is_same:
        return f"{counted(found.same, 'item')} in both, all the same"
    return (
        f"{counted(found.same, 'item')} the same, {found.different} different, {found.only_original} only in "
        f"{restore.saved.source}, {found.only_restored} only in {restore.name}"
    )
