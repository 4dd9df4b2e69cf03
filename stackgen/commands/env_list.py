"""``env list``: all environments of the repository, and what is left over of those that are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .arguments import Parser
from .costing import usd_a_day
from .env_opening import lasting, opened
from .forms import form_of, in_help
from .words import counted, span, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.deploy.environments.finding import Found
    from stackgen.deploy.environments.settings import Ephemeral

DESCRIPTION = """\
All environments of pull requests of this repository, in all regions of the settings: whose they are, how old, until
when they live, how their stacks stand, what is left over of those that are gone; and what one costs a day, as far as
the templates say it.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Read them, and say what is known of each."""
    parser = Parser("env list", DESCRIPTION + in_help("text", "json"), "...")
    parser.add_argument("--owner", metavar="NAME", default="", help="only those of one owner")
    options = parser.parsed(arguments)
    form = form_of(console, "text", "json")
    with opened(console) as what:
        found = [each for each in what.all().values() if options.owner in ("", each.owner)]
        cost = usd_a_day(console, what.project, what.ephemeral)
        rows = [_row(each, what.ephemeral, what.now) for each in found]
    alive = [row for row in rows if row["state"] != GONE]
    verdict = f"{counted(len(alive), 'environment')} of {what.ephemeral.repository}, {_counts(rows)}"
    if form == "json":
        console.json("env-list", {"verdict": verdict, "usd_a_day_each": cost, "environments": rows})
        return 0
    console.say(verdict)
    if rows:
        head = ("name", "owner", "age", "lives", "state", "stacks")
        table(console, [head, *(_cells(row) for row in rows)])
    for row in rows:
        for arn in row["left_over"]:
            console.say(f"  left over of {row['name']}: {arn}")
    if cost is not None and alive:
        console.say(f"one costs about {cost:.2f} USD a day, all of them {cost * len(alive):.2f}")
    return 0


GONE = "gone"


def _counts(rows: Sequence[dict[str, Any]]) -> str:
    over = sum(row["is_over"] for row in rows)
    left = sum(len(row["left_over"]) for row in rows)
    return f"{over} past their time, {counted(left, 'resource')} left over"


def _row(each: Found, ephemeral: Ephemeral, now: float) -> dict[str, Any]:
    from stackgen.deploy.environments.lifetimes import iso

    expires = each.expires(ephemeral)
    stacks = [
        {"name": one.state.name, "region": one.place.region, "status": one.state.status} for one in each.stacks
    ]  # fmt: skip
    return {
        "name": each.name,
        "pull_request": each.number,
        "owner": each.owner,
        "created": iso(each.created) if each.created else "",
        "age_seconds": int(now - each.created) if each.created else 0,
        "expires": iso(expires) if each.is_alive else "",
        "expires_in_seconds": int(expires - now) if each.is_alive else 0,
        "is_over": each.is_alive and now >= expires,
        "state": state_of(each),
        "stacks": stacks,
        "left_over": [one.arn for one in each.left],
    }


def state_of(each: Found) -> str:
    """``ready``, or what its stacks do; ``gone`` where there are none."""
    from stackgen.deploy.stacks import HEALTHY

    statuses = {one.state.status for one in each.stacks}
    if not each.is_alive:
        return GONE
    if each.is_leaving:
        return "being removed"
    if not statuses:
        return "no stack yet"
    running = sorted(status for status in statuses if status.endswith("_IN_PROGRESS"))
    stuck = sorted(statuses - HEALTHY)
    return (running or stuck or ["ready"])[0]


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    lives = lasting(row["expires_in_seconds"]) if row["expires"] else ""
    age = span(row["age_seconds"]) if row["created"] else ""
    return (row["name"], row["owner"], age, lives, row["state"], str(len(row["stacks"])))
