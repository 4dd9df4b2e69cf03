"""``env create``: the environment of a pull request, made or brought up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .arguments import Parser
from .deploy import Planning, add_carrying_out, carried_out, wishes_of
from .deploying import add_values, deployment_in
from .env_opening import add_number, minutes_of, name_of, opened
from .forms import form_of, in_help
from .freshness import see_that_it_is_fresh
from .numbers import seconds_of
from .rolling_out import Rollout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console

DESCRIPTION = """\
Make the environment of a pull request, or bring it up to date: the stacks of [tool.stackgen.ephemeral] are planned,
asked about, carried out and followed like those of any deployment, and their outputs told at the end. With each run the
environment lives on for its --ttl from now, unless it does so longer already.

Its stacks are tagged with the pull request, the repository, whose it is, and that it may be removed; until when it
lives is kept beside them, so that extending it changes no resource. Data of such an environment may be lost by a
change, and is not backed up, unless --backup is given.

Exit codes: those of deploy; 1 too where the owner has as many environments as are allowed, or with --github where the
pull request is not open; 7 where it is being removed.
"""


def run(console: Console, arguments: Sequence[str]) -> int:
    """Remember it first, then deploy it; what was remembered and came to nothing is forgotten."""
    options = _parser().parsed(arguments)
    form_of(console, "text", "json")
    wishes = wishes_of(options)._replace(may_lose_all=True)
    with opened(console) as what:
        from stackgen.deploy.environments.making import Making
        from stackgen.deploy.environments.settings import lifetime, owner_of
        from stackgen.deploy.executor import Performer
        from stackgen.deploy.github.api import GitHub
        from stackgen.deploy.github.gate import see_that_it_is_open
        from stackgen.deploy.polling import Pace

        ephemeral, home = what.ephemeral, what.places[0]
        name = name_of(console, options, ephemeral)
        seconds = lifetime(options.ttl, ephemeral) if options.ttl else ephemeral.ttl
        number = ephemeral.number_of(name) or 0
        github = GitHub.of(repository=ephemeral.repository) if options.github else None
        executor = Performer(home.client, lambda action: console.detail(action.why))
        making = Making(ephemeral, what.places, executor)
        making.wait(name, Pace(interval=seconds_of(options.every)), minutes_of(options.wait), console.tell)
        found = what.all().get(name)
        owner = owner_of(options.owner or (found.owner if found else ""))
        project = ephemeral.project_with(what.project, name, owner)
        with deployment_in(console, options, project, name, ephemeral.stacks) as deployment:
            see_that_it_is_fresh(console, deployment)
            making.check(deployment.targets)
            record = making.remember(name, owner, what.now, seconds)
            try:
                if github is not None:  # after it was remembered: who closes it from now on has it removed
                    see_that_it_is_open(number, github.pull(number))
                rollout = Rollout(console, deployment, wishes, Planning(console, options))
                return carried_out(console, rollout, deployment.targets, deployment, options, "env-create")
            finally:
                making.settle(record)


def _parser() -> Parser:
    parser = Parser("env create", DESCRIPTION + in_help("text", "json"), "--pr N ...")
    add_number(parser)
    add = parser.add_argument
    add("--ttl", metavar="SPAN", default="", help="how long it lives from now, such as 72h or 3d; else the setting ttl")
    text = "whose it is, for the limit of each; GITHUB_ACTOR by default. The first one stays"
    add("--owner", metavar="NAME", default="", help=text)
    text = "only where GitHub says that its pull request is open; needs GITHUB_TOKEN"
    add("--github", action="store_true", help=text)
    text = "how long the end of a removal of it that runs is waited for; 0 by default"
    add("--wait", metavar="MINUTES", default="0", help=text)
    add_values(parser)
    add_carrying_out(parser)
    parser.set_defaults(backup=False, create=False, update=False)
    return parser
