"""How commands ask before they do what cannot be undone."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from stackgen.errors import DeclinedError, LeftError

if TYPE_CHECKING:
    from stackgen.console import Console

    from .arguments import Parser


_NOTHING = "nothing was done"


def add_yes(parser: Parser) -> None:
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask; needed where nobody can be, as in CI")


def confirm(console: Console, question: str, *, yes: bool, declined: str = _NOTHING) -> None:
    """Go on if somebody says yes. Raises DeclinedError, also where there is nobody to ask."""
    if not yes and _answer(console, question, "[y/N]", declined).casefold() not in ("y", "yes"):
        raise DeclinedError(declined)


def confirm_by_name(console: Console, question: str, name: str, *, yes: bool) -> None:
    """The same for what is gone for good: somebody types a name. Raises DeclinedError."""
    if not yes and _answer(console, question, f"Type {name} to go on:") != name:
        raise DeclinedError(f"nothing was done: {name} was not typed")


def _answer(console: Console, question: str, how: str, declined: str = _NOTHING) -> str:
    if console.ci or sys.stdin is None or not sys.stdin.isatty():
        raise DeclinedError(f"nobody to ask: {question}", "--yes answers it", "" if declined == _NOTHING else declined)
    print(f"{question} {how} ", end="", file=sys.stderr, flush=True)
    try:
        return sys.stdin.readline().strip()
    except KeyboardInterrupt:
        print(file=sys.stderr)
        raise LeftError(f"interrupted: {declined}") from None
