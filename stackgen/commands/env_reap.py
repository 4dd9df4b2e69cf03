"""``env reap``: remove the environments that nobody needs any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .arguments import Parser
from .asking import add_yes, confirm
from .env_opening import add_removing, opened
from .forms import form_of, in_help
from .words import counted, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deploy.environments.finding import Found

DESCRIPTION = """\
Remove the environments whose time is over, whose removal was begun by somebody else and cut off, and those of the pull
requests that --closed names. It may run twice at the same time, and while one of them is deployed: what was made to
live longer by then is kept. One that fails does not stop the others.

Exit codes: 0 all of them are gone, or none was due; 8 some are gone, and some are not; else that of the first failure:
4 it would fail, 6 it failed, 7 somebody works on it.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Which are due, and why; ask; remove them; one summary."""
    options = _parser().parsed(arguments)
    form = form_of(console, "text", "json")
    with opened(console) as what:
        from stackgen.deploy.environments.reaping import due
        from stackgen.deploy.environments.settings import number_of

        from .env_removing import Removing, exit_code_of, say

        closed = {number_of(each) for each in listed(options.closed, "--closed")} if options.closed else set()
        removing = Removing(console, what, options)
        found = [each for each in what.all().values() if options.owner in ("", each.owner)]
        if options.github:
            closed |= _closed(found, what.ephemeral.repository)

        def why(each: Found) -> str:
            return due(each, what.ephemeral, closed, what.now)

        reasons = {each.name: why(each) for each in found}
        chosen = [each for each in found if reasons[each.name]]
        for each in chosen:
            console.tell(f"{each.name}: {reasons[each.name]}")
        told: list[dict[str, Any]] = []
        if options.dry_run:
            told = [_would(each.name, reasons[each.name], removing.forecast(each)) for each in chosen]
        elif chosen:
            confirm(console, f"remove {counted(len(chosen), 'environment')} for good?", yes=options.yes)
            told = removing.run(chosen, why)
        if form == "json":
            content = {"dry_run": options.dry_run, "environments": told, "kept": len(found) - len(chosen)}
            console.json("env-reap", content)
        elif told:
            say(console, told)
        else:
            console.say(f"{counted(len(found), 'environment')}, none of them due: nothing to do")
    return exit_code_of(told)


def _closed(found: Sequence[Found], repository: str) -> set[int]:
    """Those whose pull request is not open any more; one that GitHub does not know is no reason. Raises GitHubError."""
    from stackgen.deploy.github.api import GitHub

    github = GitHub.of(repository=repository)
    pulls = {each.number: github.pull(each.number) for each in found if each.is_alive}
    return {number for number, pull in pulls.items() if pull is not None and pull["state"] != "open"}


def _would(name: str, reason: str, lines: Sequence[str]) -> dict[str, Any]:
    return {"environment": name, "outcome": "would be removed", "exit_code": 0, "lines": [reason, *lines]}


def _parser() -> Parser:
    parser = Parser("env reap", DESCRIPTION + in_help("text", "json"), "...")
    add = parser.add_argument
    add("--closed", metavar="N,N", default="", help="numbers of pull requests that are closed, with commas")
    text = "ask GitHub which of their pull requests are closed; needs GITHUB_TOKEN"
    add("--github", action="store_true", help=text)
    add("--owner", metavar="NAME", default="", help="only those of one owner")
    add("--dry-run", action="store_true", help="only say which, why, and what would happen")
    add_removing(parser)
    add_yes(parser)
    return parser
