"""What the commands share that look at deployed stacks: which are meant, whose credentials, what is to be hidden."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.errors import UsageError

from .arguments import WHERE
from .context import project_of
from .deploying import needs_boto3, read_build, wish_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence

    from stackgen.console import Console
    from stackgen.deploy.hiding import Hiding
    from stackgen.deploy.resolving import Access, Wish
    from stackgen.deploy.sessions import Sessions
    from stackgen.deploy.stacks import StackState
    from stackgen.deploy.targets import Target
    from stackgen.project import Project
    from stackgen.review.model import Build

    from .arguments import Parser

_ARN = re.compile(r"arn:[\w-]+:cloudformation:(?P<region>[\w-]+):(?P<account>\d{12}):stack/(?P<name>[\w-]+)/[\w-]+")


class Looked(NamedTuple):
    """One stack that is looked at, whether or not it exists."""

    target: Target
    client: Callable[[str], Any]
    hiding: Hiding


class Looking(NamedTuple):
    """What a command looks at."""

    project: Project
    build: Build
    looked: list[Looked]
    sessions: Sessions


class Found(NamedTuple):
    """One that exists, as AWS describes it."""

    target: Target
    client: Callable[[str], Any]
    hiding: Hiding
    state: StackState

    @property
    def place(self) -> str:
        """``plot-palette-dev in 111111111111/us-east-1``."""
        return f"{self.state.name} in {self.target.account}/{self.target.region}"


def add_looked(parser: Parser) -> None:
    """The words that say which stacks."""
    text = (
        "a class, a file or system/file; the environment's only stack needs no name; or a stack ID (arn:...), by "
        "which AWS still knows a deleted stack for 90 days"
    )
    parser.epilog = WHERE
    parser.add_argument("stacks", nargs="*", metavar="STACK", help=text)


@contextmanager
def looking(
    console: Console,
    options: argparse.Namespace,
    account_of: Callable[[Sessions, Access], str] | None = None,
    *,
    every: bool = False,
) -> Iterator[Looking]:
    """What the options ask for; what AWS refuses inside is told as an error of ours.

    Values that are missing for a deployment are no matter here. *account_of* asks for the account of an environment.
    Raises MissingExtraError without boto3, UsageError, ProjectError.
    """
    needs_boto3()
    from stackgen.deploy.hiding import Hiding
    from stackgen.deploy.session import check_region
    from stackgen.deploy.sessions import Sessions

    for region in console.regions:
        check_region(region, "-r")
    project = project_of(console)
    build = read_build(project)
    ids = [word for word in options.stacks if word.startswith("arn:")]
    options.stacks = [word for word in options.stacks if word not in ids]
    wish = wish_of(console, options, project, build)
    sessions = Sessions()
    ask = account_of or Sessions.account
    with sessions.telling():
        targets: list[Target] = []
        if options.stacks or not ids:
            targets = _resolved(project, build, replace(wish, every=every), lambda access: ask(sessions, access))
        if ids:
            known = _resolved(project, build, replace(wish, words=(), regions=(), every=True), None)
            targets += [_by_id(each, known, console.profile) for each in ids]
        looked = [Looked(each, sessions.of(each), Hiding(each, build)) for each in targets]
        yield Looking(project, build, looked, sessions)


def _resolved(project: Project, build: Build, wish: Wish, account_of: Callable[[Access], str] | None) -> list[Target]:
    from stackgen.deploy.resolving import resolve

    return [each.target for each in resolve(project, build, wish, account_of)]


def _by_id(arn: str, known: Sequence[Target], profile: str | None) -> Target:
    """A stack by its ID, with the credentials of an environment of its account. Raises UsageError."""
    from stackgen.deploy.targets import Target

    said = _ARN.fullmatch(arn)
    if said is None:
        raise UsageError(f"{arn} is no stack ID", "expected: arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID")
    whose = next((each for each in known if each.account == said["account"]), None)
    if whose is None:
        return Target("", said["region"], said["account"], "", arn, profile=profile or "")
    return replace(whose, env="", region=said["region"], template="", stack_name=arn)


def existing(console: Console, looked: Sequence[Looked]) -> list[Found]:
    """Those that exist; of the others it is told where there are some. Raises MissingStackError where there is none."""
    from stackgen.deploy import stacks
    from stackgen.deploy.errors import MissingStackError
    from stackgen.deploy.next_steps import FORGOTTEN, command_for

    found, missing = [], []
    for each in looked:
        state = stacks.find(each.target.stack_name, each.client("cloudformation"), even_deleted=True)
        if state is None:
            missing.append(each.target)
        else:
            found.append(Found(*each, state))
    if missing and not found:
        first, others = missing[0], len(missing) - 1
        more = f", and neither {'does another' if others == 1 else f'do {others} others'}" if others else ""
        raise MissingStackError(
            f"{first.place} does not exist{more}",
            f"{command_for(first, 'deploy')} makes it" if first.env else FORGOTTEN,
            "a stack that was deleted is found by its ID: arn:aws:cloudformation:..." if first.env else "",
        )
    for target in missing:
        console.warn(f"{target.place} does not exist")
    return found
