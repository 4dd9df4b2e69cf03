"""``env extend``: let an environment live longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.errors import StackgenError

from .arguments import Parser
from .env_opening import add_number, name_of, opened
from .forms import form_of, in_help

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console

DESCRIPTION = """\
Let the environment of a pull request live for --ttl from now. No stack and no resource changes, and it may be done
while a deployment runs. What lives longer already stays as it is.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Write another time into its record. Raises BusyError where it is being removed."""
    parser = Parser("env extend", DESCRIPTION + in_help("text", "json"), "--pr N ...")
    add_number(parser)
    parser.add_argument("--ttl", metavar="SPAN", required=True, help="such as 48h or 3d; longest_ttl is the limit")
    options = parser.parsed(arguments)
    form = form_of(console, "text", "json")
    with opened(console) as what:
        from stackgen.deploy.environments.lifetimes import iso, moment
        from stackgen.deploy.environments.making import Making
        from stackgen.deploy.environments.settings import lifetime
        from stackgen.deploy.executor import Performer

        name = name_of(console, options, what.ephemeral)
        seconds = lifetime(options.ttl, what.ephemeral)
        found = what.all().get(name)
        if found is None or not found.is_alive:
            problem = f"there is no environment {name} of {what.ephemeral.repository}"
            raise StackgenError(problem, f"python -m stackgen env create -e {name} makes it")
        executor = Performer(what.places[0].client, lambda action: console.detail(action.why))
        record = Making(what.ephemeral, what.places, executor).extended(found, what.now, seconds)
        until = record.expires if record else found.expires(what.ephemeral)
        if form == "json":
            console.json("env-extend", {"environment": name, "changed": record is not None, "expires": iso(until)})
        else:
            before = "" if record else " already: nothing to do"
            console.say(f"{name} lives until {moment(until)}{before}")
    return 0
