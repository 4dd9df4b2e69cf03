"""How commands ask before they do what cannot be undone."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from stackgen.errors import DeclinedError

if TYPE_CHECKING:
    from stackgen.console import Console

    from .arguments import Parser


def add_yes(parser: Parser) -> None:
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask; without a terminal nothing is done else")


def confirm(console: Console, question: str, *, yes: bool) -> None:
    """Go on if somebody says yes. Raises DeclinedError, also where there is nobody to ask."""
    if yes:
        return
    if console.ci or sys.stdin is None or not sys.stdin.isatty():
        raise DeclinedError(f"nobody to ask: {question}", "--yes answers it")
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline().strip().casefold()
    if answer not in ("y", "yes"):
        raise DeclinedError("nothing was done")
