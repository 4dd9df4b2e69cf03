"""``backup complete``: a record whose run was cut off, brought to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .arguments import Parser
from .backup import add_record
from .backup_make import print_made
from .forms import form_of, in_help
from .recorded import clients_of, record_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console

DESCRIPTION = """\
Take up a backup that was cut off: look for what it had begun, wait until that is there, and complete its record. No
backup is begun; what the run never came to is told, and a new backup makes it.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Complete it; 1 where something was never begun, or failed."""
    parser = Parser("backup complete", DESCRIPTION + in_help("text", "json"))
    add_record(parser)
    options = parser.parsed(arguments)
    form = form_of(console, "text", "json")
    path, record = record_of(console, options)
    from stackgen.deploy.backup_records import RecordFile
    from stackgen.deploy.completing import completed
    from stackgen.deploy.polling import Pace

    if not record.is_complete:
        with clients_of(console, record) as client:
            record = completed(record, client, Pace(), console.tell, RecordFile(path.parent, path).write)
    if form == "json":
        console.json("backup-complete", {"file": str(path), **record.as_json()})
    else:
        print_made(console, [(record, path)])
    return 0 if record.is_good else 1
