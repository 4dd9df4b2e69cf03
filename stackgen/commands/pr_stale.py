"""``pr stale``: pull requests that are open for long are told what their environment costs."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from stackgen.errors import UsageError

from .arguments import Parser
from .context import written_project_of
from .costing import usd_a_day
from .forms import form_of, in_help
from .words import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stackgen.console import Console

DAYS, MOST = 7, 365
DESCRIPTION = f"""\
Comment on each pull request that is open for more than {DAYS} days, or --days: for how long, and what its environment
has cost so far. There is one such comment on each, which is brought up to date. Pull requests of forks have no
environment, and are left out.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Find them, and comment. Raises UsageError, ProjectError, GitHubError."""
    parser = Parser("pr stale", DESCRIPTION + in_help("text", "json"), "...")
    parser.add_argument("--days", metavar="N", default=str(DAYS), help=f"how long is long; {DAYS} by default")
    options = parser.parsed(arguments)
    form = form_of(console, "text", "json")
    if not (options.days.isascii() and options.days.isdecimal() and 1 <= int(options.days) <= MOST):
        raise UsageError(f"--days {options.days!r}: 1 to {MOST} was expected")
    from stackgen.deploy.environments.settings import settings_of
    from stackgen.deploy.github.api import GitHub
    from stackgen.deploy.github.sticky import stick

    project = written_project_of(console)
    ephemeral = settings_of(project)
    github = GitHub.of(repository="")
    cost = usd_a_day(console, project, ephemeral)
    found: list[dict[str, Any]] = []
    for each in github.open_pulls():
        days = _age(each)
        if days > int(options.days) and (each["head"].get("repo") or {}).get("full_name") == github.repository:
            name = ephemeral.name_of(each["number"])
            done = stick(github, each["number"], "stale", _text(name, days, cost))
            found.append({"pull_request": each["number"], "days": days, "done": done})
    if form == "json":
        console.json("pr-stale", {"days": int(options.days), "usd_a_day": cost, "pull_requests": found})
    else:
        console.say(f"{counted(len(found), 'pull request')} open for more than {counted(int(options.days), 'day')}")
        for row in found:
            console.say(f"  {row['pull_request']}: {counted(row['days'], 'day')}, comment {row['done']}")
    return 0


def _age(pull: Mapping[str, Any]) -> int:
    made = dt.datetime.fromisoformat(pull["created_at"])
    return (dt.datetime.now(tz=dt.UTC) - made).days


def _text(name: str, days: int, cost: float | None) -> str:
    so_far = f" It costs about USD {cost:.2f} a day, which makes USD {cost * days:.2f} by now." if cost else ""
    return (
        f"This pull request has been open for {counted(days, 'day')}, and its environment `{name}` may be there for as "
        f"long.{so_far}\n\nClosing it removes the environment; so does `python -m stackgen env destroy -e {name}`.\n"
    )
