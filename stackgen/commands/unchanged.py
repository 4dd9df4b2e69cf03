# ruff: noqa: PTH109 # pathlib would cost more than the answer
"""``build`` and ``lint`` where nothing has changed since the last one: they say again what that one said."""

from __future__ import annotations

import os

from stackgen.console import Console

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_QUIET = ("-q", "--quiet")
_SAME = (*_QUIET, "--no-color", "--ci")
"""Words with which a command says what it says without them, but for narration."""


def repeated(arguments: Sequence[str]) -> int | None:
    """Say it and give the exit code; None where the command must run, also because more was asked than that."""
    words = [word for word in arguments if word not in _SAME]
    console = Console(quiet=any(word in arguments for word in _QUIET))
    return _build(console) if words == ["build"] else _lint(console) if words == ["lint"] else None


def _build(console: Console) -> int | None:
    from stackgen.inputs import summary_if_unchanged

    summary = summary_if_unchanged(os.getcwd())
    if summary is None:
        return None
    console.say(summary)
    return 0


def _lint(console: Console) -> int | None:
    from time import gmtime, strftime

    from stackgen.lint.unchanged import answer

    told, said, code = answer(os.getcwd(), strftime("%Y-%m-%d", gmtime())) or ("", (), None)
    if code is None or (code and console.annotates):  # what is found is then said as annotations, too
        return None
    console.tell(told)
    for line in said:
        console.say(line)
    return code
