"""What the words of ``env`` share: the project's settings of such environments, the places, which one is meant."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from stackgen.errors import UsageError, likely

from .context import written_project_of
from .deploying import needs_boto3
from .words import span

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from stackgen.console import Console
    from stackgen.deploy.environments.finding import Found, Place
    from stackgen.deploy.environments.settings import Ephemeral
    from stackgen.deploy.resolving import Access
    from stackgen.deploy.sessions import Sessions
    from stackgen.project import Project

    from .arguments import Parser


class Opened(NamedTuple):
    """What a word works on."""

    project: Project
    ephemeral: Ephemeral
    places: list[Place]
    sessions: Sessions
    now: float
    """By the clock of AWS."""

    def all(self) -> dict[str, Found]:
        """The environments as they are now."""
        from stackgen.deploy.environments.finding import find_all

        return find_all(self.ephemeral, self.places)


def add_number(parser: Parser) -> None:
    """The option that says which pull request."""
    parser.add_argument("--pr", metavar="N", default="", help="the number of the pull request; or -e and its name")


def add_removing(parser: Parser) -> None:
    """The options of a removal."""
    add = parser.add_argument
    text = (
        "what becomes of a deployment that runs: cancel (the default; what cannot be cancelled is waited for), wait, "
        "or skip the environment"
    )
    add("--running", metavar="WHAT", default="cancel", help=text)
    add("--wait", metavar="MINUTES", default="30", help="how long at most for one environment; 30 by default")
    add("--every", metavar="SECONDS", default="5", help="how often AWS is asked what is new; 5 by default")


def name_of(console: Console, options: argparse.Namespace, ephemeral: Ephemeral) -> str:
    """The environment that the options mean. Raises UsageError."""
    from stackgen.deploy.environments.settings import number_of

    names = console.environments
    if bool(options.pr) == bool(names) or len(names) > 1:
        raise UsageError("which environment?", "--pr N says it, or -e and its name; one of them")
    if options.pr:
        return ephemeral.name_of(number_of(options.pr))
    if ephemeral.number_of(names[0]) is None:
        permanent = names[0] in ephemeral.protected
        what = "is permanent" if permanent else "is no environment of a pull request"
        raise UsageError(f"{names[0]} {what}: env leaves it alone", f"those are called {ephemeral.pattern}")
    return names[0]


def minutes_of(text: str) -> int:
    """The seconds of ``--wait``. Raises UsageError."""
    most = 600
    if not (text.isascii() and text.isdecimal() and int(text) <= most):
        raise UsageError(f"--wait {text!r}: minutes from 0 to {most} were expected")
    return int(text) * 60


def running_of(text: str) -> str:
    """What ``--running`` says. Raises UsageError."""
    known = ("cancel", "wait", "skip")
    if text not in known:
        raise UsageError(f"--running {text!r}: one of {', '.join(known)} was expected", likely(text, known))
    return text


def lasting(seconds: float) -> str:
    """``for 3 h 5 min``, ``over since 2 days``."""
    return f"for {span(seconds)}" if seconds > 0 else f"over since {span(-seconds)}"


@contextmanager
def opened(console: Console) -> Iterator[Opened]:
    """The settings, with the account that AWS says; what it refuses inside is told as an error of ours.

    Raises MissingExtraError without boto3, UsageError, ProjectError, and WrongAccountError.
    """
    needs_boto3()
    if console.regions:
        raise UsageError("env takes no -r", "regions in [tool.stackgen.ephemeral] says where its environments are")
    from stackgen.deploy.environments.finding import Place
    from stackgen.deploy.environments.lifetimes import now_of
    from stackgen.deploy.environments.settings import settings_of
    from stackgen.deploy.sessions import Sessions

    project = written_project_of(console)
    ephemeral = settings_of(project)
    sessions = Sessions()
    with sessions.telling():
        places = []
        for access in _accesses(console, project, ephemeral):
            whole = access._replace(account=sessions.account(access))
            places.append(Place(whole, sessions.of(whole)))
        yield Opened(project, ephemeral, places, sessions, now_of(places[0].client("sts")))


def _accesses(console: Console, project: Project, ephemeral: Ephemeral) -> Iterator[Access]:
    """Whose credentials they are made with, in each region."""
    from stackgen import environments
    from stackgen.deploy import settings
    from stackgen.deploy.environments.settings import PLACE
    from stackgen.deploy.resolving import Access

    whole = ephemeral.project_with(project, PLACE)
    (environment,) = environments.chosen(whole, [PLACE])
    for region in environment.regions:
        words = settings.words_of(PLACE, region, environment.account, "")
        said = settings.settings_of(whole, PLACE, "", words)
        profile = console.profile or said.text("profile")
        role, external = said.text("role_arn"), said.text("external_id")
        yield Access(PLACE, region, environment.account, profile, role, external, PLACE)
