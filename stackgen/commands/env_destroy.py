"""``env destroy``: remove the environment of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .arguments import Parser
from .asking import add_yes, confirm
from .env_opening import add_number, add_removing, name_of, opened
from .forms import form_of, in_help

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console

DESCRIPTION = """\
Remove the environment of a pull request: first it is said what goes, what stays and what would fail; where something
would, nothing is begun. Then its buckets and repositories are emptied, with every version, its stacks deleted, and what
outlives them: log groups, tags of images, what has its tags. Nothing is backed up. Where there is no such environment
there is nothing to do. A removal that was cut off is taken up by the next, or by env reap.

Exit codes: 0 it is gone; 4 it would fail, nothing was begun; 6 it failed, with the reasons; 7 somebody works on it.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Forecast, ask, remove; the exit code of what became of it."""
    options = _parser().parsed(arguments)
    form = form_of(console, "text", "json")
    with opened(console) as what:
        from .env_removing import Removing, exit_code_of, say

        name = name_of(console, options, what.ephemeral)
        removing = Removing(console, what, options)
        found = what.all().get(name)
        lines = removing.forecast(found) if found is not None else []
        for line in lines:
            console.tell(line)
        told = []
        if found is not None and not options.forecast:
            confirm(console, f"remove {name} for good, with all that is in it?", yes=options.yes)
            told = removing.run([found], lambda _: "it is removed")
        if form == "json":
            console.json("env-destroy", {"forecast": lines, "environments": told})
        elif told:
            say(console, told)
        else:
            console.say(f"{name} would be removed" if found else f"there is no environment {name}: nothing to do")
            for line in lines:
                console.say(f"  {line}")
    return exit_code_of(told)


def _parser() -> Parser:
    parser = Parser("env destroy", DESCRIPTION + in_help("text", "json"), "--pr N ...")
    add_number(parser)
    parser.add_argument("--forecast", action="store_true", help="only say what would happen")
    add_removing(parser)
    add_yes(parser)
    return parser
