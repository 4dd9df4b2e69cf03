"""``backup``: backups on demand of what stacks hold, and what is done with them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from stackgen.errors import UsageError, likely

from .arguments import Parser
from .deploying import add_stacks
from .forms import in_help

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console

WORDS = {
    "list": ("backup_list", "the backups that there are of a stack, here and in AWS"),
    "show": ("backup_show", "one record: what was backed up, and how to restore it"),
    "complete": ("backup_complete", "a record whose run was cut off: what AWS has of it"),
    "restore": ("backup_restore", "what a record names, beside what is there"),
}
"""What each word is for, and the module that answers it; without a word a backup is made."""

DESCRIPTION = """\
Back up the DynamoDB tables, RDS databases and Aurora clusters of stacks and of all stacks nested in them, and wait
until the backups are there. A record of each is written to backups/, with the template and the values that the stack
is deployed with, but for secret ones. AWS charges for backups until they are deleted.
"""
_HELP = {"-h", "--help"}


def run(console: Console, arguments: Sequence[str]) -> int:
    """Make a backup, or do what the first word says."""
    word = arguments[0] if arguments else ""
    if word in WORDS:
        command = import_module(f".{WORDS[word][0]}", __package__)
        code: int = command.run(console, arguments[1:])
        return code
    from .backup_make import run as make

    try:
        return make(console, _parser(is_for_help=not _HELP.isdisjoint(arguments)).parsed(arguments))
    except UsageError as error:
        meant = likely(word, WORDS)
        if f"no stack {word!r}" in error.message and meant.startswith("did you mean"):
            error.hints[:] = [meant]
        raise


def _parser(*, is_for_help: bool) -> Parser:
    parser = Parser("backup", DESCRIPTION + in_help("text", "json"), "[STACK...] ...")
    add_stacks(parser)
    if is_for_help:
        names = parser.add_argument_group("instead of a stack; each has a --help of its own")
        for word, (_, text) in WORDS.items():
            names.add_argument(word, nargs="?", help=text)
    add_folder(parser)
    return parser


def add_record(parser: Parser) -> None:
    """Which record."""
    text = "a file, or the name of a stack for its newest: shop-prod or backups/shop-prod-20261129-201500.json"
    parser.add_argument("record", metavar="RECORD", help=text)
    add_folder(parser)


def add_folder(parser: Parser) -> None:
    """Where the records are."""
    parser.add_argument("--folder", metavar="DIR", help="where records are, instead of the project's backups/")
