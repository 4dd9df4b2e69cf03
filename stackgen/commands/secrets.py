"""``secrets``: what templates refer to and CloudFormation cannot make."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from stackgen.errors import StackgenError, UsageError, likely

from .forms import in_help
from .words import by_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deploy.secrets.wanted import Wanted
    from stackgen.deploy.targets import Target

    from .arguments import Parser

WORDS = {
    "list": ("secrets_list", "which secrets the stacks need, and whether they are there"),
    "put": ("secrets_put", "make those that are not there"),
    "delete": ("secrets_delete", "delete those that no stack needs any more"),
    "rotate": ("secrets_rotate", "a new value, and the deployment that makes the stack take it"),
}
"""What each word is for, and the module that answers it."""

DESCRIPTION = """\
Passwords and other secrets of a project's stacks, in each region: SecureStrings of Parameter Store, and secrets of
Secrets Manager. Which ones a stack needs is read from its templates: from {{resolve:ssm-secure:...}},
{{resolve:secretsmanager:...}}, and parameters such as DatabasePasswordParameterName. A value is made at random, or read
from standard input; it is never shown.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Hand the words on to the module that knows the first one."""
    return by_word(console, "secrets", DESCRIPTION + in_help("text", "json"), WORDS, arguments)


def add_name(parser: Parser) -> None:
    """Which of a stack's secrets."""
    text = "only this secret, such as /shop/dev/password; may be repeated"
    parser.add_argument("--name", action="append", default=[], metavar="SECRET", help=text)


def add_from_stdin(parser: Parser) -> None:
    """Where a value comes from that nobody may see in a list of processes."""
    text = "the value is the first line of standard input, or typed at a terminal, instead of being made at random"
    parser.add_argument("--from-stdin", action="store_true", help=text)


def chosen(found: Sequence[Wanted], names: Sequence[str], target: Target) -> list[Wanted]:
    """Those that are named; without a name all. Raises UsageError."""
    known = {each.name: each for each in found}
    for name in names:
        if name not in known:
            raise UsageError(f"{target.stack_name} needs no secret {name!r}", likely(name, known))
    return [known[name] for name in dict.fromkeys(names)] if names else list(found)


def typed(found: Sequence[Wanted]) -> str:
    """A value that somebody gives, for one secret. Raises UsageError, StackgenError for one that is not taken."""
    names = sorted({each.name for each in found})
    if len(names) != 1:
        raise UsageError(f"--from-stdin gives one value, and there are {len(names)} secrets", "--name says for which")
    if sys.stdin is not None and sys.stdin.isatty():
        from getpass import getpass

        text = getpass(f"{names[0]}: ")
    else:
        text = sys.stdin.readline().rstrip("\r\n") if sys.stdin is not None else ""
    if not text:
        raise UsageError("--from-stdin: there is nothing on standard input")
    for rule in (rule for each in found for rule in each.rules):
        if problem := rule.problem(text):
            raise StackgenError(f"the value for {names[0]} is refused: {problem}")
    return text
