"""The commands' parsers; importing argparse is a tenth of a small build, so a command without arguments does not."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, NoReturn

from stackgen.console import SWITCHES, WITH_VALUE
from stackgen.errors import UsageError, likely

if TYPE_CHECKING:
    from collections.abc import Sequence


_CHOICE = re.compile(r"invalid choice: '(.*)' \(choose from (.*)\)")
_MORE = "python -m stackgen --help"
WHERE = (
    "Which environment: -e ENV. Which of its regions: -r REGION, all by default. Whose credentials: --profile NAME. "
    f"These and the other options that all commands share: {_MORE}"
)
"""The end of the help of commands on stacks that are deployed."""


class Parser(argparse.ArgumentParser):
    """argparse, with errors as ours: one message, the likely spelling, exit code 2."""

    def __init__(self, command: str, description: str, words: str = "") -> None:
        """``words`` are shown in the first line of the help, where a list of all options would be long."""
        super().__init__(
            prog=f"python -m stackgen {command}",
            usage=f"python -m stackgen {command} {words}" if words else None,
            description=description,
            epilog=f"The options that all commands share: {_MORE}",
            allow_abbrev=False,
        )

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing."""
        hint = ""
        if message.startswith("unrecognized arguments: "):
            word = message.removeprefix("unrecognized arguments: ").split()[0].partition("=")[0]
            own = [name for action in self._actions for name in action.option_strings]
            hint = likely(word, [*own, *WITH_VALUE, *SWITCHES]) if word.startswith("-") else ""
        if choice := _CHOICE.search(message):
            near = likely(choice[1], choice[2].replace("'", "").split(", "))
            hint = near if near.startswith("did you mean") else ""
        raise UsageError(f"{self.prog.rsplit(' ', 1)[-1]}: {message}", hint)

    def parsed(self, arguments: Sequence[str]) -> argparse.Namespace:
        """The options, which may stand between other words; ``--help`` prints and leaves with 0.

        What follows ``--`` is a stack, whatever it looks like: argparse would take it for an option here.
        """
        at = arguments.index("--") if "--" in arguments else len(arguments)
        parsed = self.parse_intermixed_args(arguments[:at])
        further = list(arguments[at + 1 :])
        if further and "stacks" not in parsed:
            self.error(f"unrecognized arguments: {' '.join(further)}")
        if further:
            parsed.stacks = [*parsed.stacks, *further]
        return parsed
