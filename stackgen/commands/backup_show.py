"""``backup show``: one record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.errors import shown

from .arguments import Parser
from .backup import add_record
from .backup_make import folder_of, say_record
from .context import project_of
from .deploying import needs_boto3
from .forms import form_of, in_help
from .words import counted, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console

DESCRIPTION = "What a record of a backup says: what was backed up, and how the stack was deployed. AWS is not asked."


def run(console: Console, arguments: Sequence[str]) -> int:
    """Show it; JSON is the record itself."""
    parser = Parser("backup show", DESCRIPTION + in_help("text", "json"))
    add_record(parser)
    options = parser.parsed(arguments)
    form = form_of(console, "text", "json")
    needs_boto3()
    from stackgen.deploy.backup_records import found, read

    path = found(options.record, folder_of(project_of(console), options.folder))
    record = read(path)
    if form == "json":
        console.json("backup-show", {"file": str(path), **record.as_json()})
        return 0
    good = sum(each.is_good for each in record.saved)
    rest = "" if record.is_complete else ", incomplete: its run was cut off"
    console.say(f"{counted(good, 'backup')} of {record.place}, made {record.stamp} UTC{rest}")
    say_record(console, record)
    values = [(name, value) for name, value in sorted(record.parameters.items())]
    console.say(f"  deployed from {record.template} to {record.environment} with {counted(len(values), 'value')}:")
    table(console, [*values, *((name, "**** (not kept)") for name in record.secrets)], "    ")
    name = shown(str(path))
    if record.is_complete:
        console.say(f"restore beside it: python -m stackgen backup restore {name}")
    else:
        console.say(f"what AWS has of it: python -m stackgen backup complete {name}")
    return 0
