"""What the words of ``stackset`` share: which set is meant, where it is, and the clients that reach it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.environments import given

from .arguments import Parser
from .context import project_of
from .deploying import add_values, needs_boto3, read_build
from .forms import in_help

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from stackgen.console import Console
    from stackgen.deploy.polling import Pace
    from stackgen.deploy.sessions import Sessions
    from stackgen.deploy.stacksets.following import Following, Progress
    from stackgen.deploy.stacksets.reading import Caller, SetState
    from stackgen.deploy.stacksets.settings import Declared
    from stackgen.deploy.stacksets.wanted import Home, Wanted
    from stackgen.deployer.handlers.inputs import Pair
    from stackgen.project import Project
    from stackgen.review.model import Build

FORMS = ("text", "json")


class Opened(NamedTuple):
    """One StackSet, and what reaches it."""

    project: Project
    declared: Declared
    name: str
    env: str
    home: Home
    sessions: Sessions

    def client(self, service: str, region: str = "") -> Any:
        """A client with the set's own credentials."""
        from stackgen.deploy.stacksets.home import clients

        return clients(self.home, self.sessions)(service, region)

    @property
    def caller(self) -> Caller:
        """CloudFormation, asked on the right behalf."""
        from stackgen.deploy.stacksets.reading import Caller

        return Caller(self.client("cloudformation"), self.declared.text("call_as"))

    @property
    def place(self) -> str:
        """``baseline in 111111111111/us-east-1``."""
        return f"{self.name} in {self.home.account}/{self.home.region}"

    def reader(self, pair: Pair, service: str = "cloudformation") -> Any | None:
        """What reads in a cell; None where nothing lets it in."""
        from stackgen.deploy.stacksets.home import reader

        return reader(self.declared, self.home, self.sessions, service)(pair)

    def purger(self, pair: Pair, service: str = "s3") -> Any | None:
        """What may empty what a cell holds; None where nothing lets it in."""
        from stackgen.deploy.stacksets.home import purger

        return purger(self.declared, self.home, self.sessions, service)(pair)

    def found(self) -> SetState:
        """The set. Raises StackSetError where it is not there."""
        from stackgen.deploy.stacksets.errors import StackSetError
        from stackgen.deploy.stacksets.reading import find

        state = find(self.name, self.caller)
        if state is None:
            hint = f"python -m stackgen stackset apply {self.declared.key} makes it"
            raise StackSetError(f"there is no StackSet {self.place}", hint)
        return state


def parser_of(word: str, description: str) -> Parser:
    """A parser for a word, which takes the name of a StackSet."""
    parser = Parser(f"stackset {word}", description + in_help(*FORMS), "[NAME] ...")
    text = "as in [tool.stackgen.stackset.NAME]; the project's only one needs no name"
    parser.add_argument("name", nargs="?", metavar="NAME", help=text)
    return parser


def add_planning(parser: Parser) -> None:
    """The options that say what is wanted; those that environments and regions choose are options of all commands."""
    add_values(parser)
    add = parser.add_argument
    add(
        "--prune", action="store_true", help="also delete the stacks of accounts and regions that nobody names any more"
    )
    add("--adopt", action="store_true", help="take over a StackSet of this name that this project has not made")
    text = "roll out NoEcho values too: AWS does not say what they are, so they are no difference else"
    add("--secrets", action="store_true", help=text)


@contextmanager
def opened(console: Console, options: argparse.Namespace) -> Iterator[list[Opened]]:
    """The sets that are meant; what AWS refuses inside is told as an error of ours.

    Raises MissingExtraError without boto3, UsageError, ProjectError.
    """
    needs_boto3()
    from stackgen.deploy.session import check_region
    from stackgen.deploy.sessions import Sessions
    from stackgen.deploy.stacksets.home import home_of
    from stackgen.deploy.stacksets.resolving import names
    from stackgen.deploy.stacksets.settings import chosen

    for region in console.regions:
        check_region(region, "-r")
    project = project_of(console)
    declared = chosen(project, options.name)
    sessions = Sessions()
    with sessions.telling():
        sets = names(project, declared, console.environments)
        home = home_of(project, declared, console.profile, sessions)
        yield [Opened(project, declared, name, env, home, sessions) for name, env in sets]


def wanted_of(console: Console, options: argparse.Namespace, each: Opened, build: Build) -> Wanted:
    """What a set should be. Raises UsageError, ProjectError."""
    from stackgen.deploy.stacksets.home import cells_of_units
    from stackgen.deploy.stacksets.resolving import Scope, Wish, resolve

    wish = Wish(console.environments, console.regions, given(options.parameter), options.parameters)

    def expand(declared: Declared) -> Any:
        return cells_of_units(declared, each.client("organizations"))

    return resolve(each.project, build, each.declared, Scope(each.env, each.home, expand), wish)


def build_of(each: Opened) -> Build:
    """The project's build."""
    return read_build(each.project)


def following_of(console: Console, each: Opened, told: Callable[[Progress], None] | None = None) -> Following:
    """What carries out actions on a set, and follows its operations."""
    from stackgen.deploy.executor import Performer
    from stackgen.deploy.stacksets.following import Following

    caller = each.caller

    def executor(region: str) -> Performer:
        def client(service: str) -> Any:
            return caller if service == "cloudformation" else each.client(service, region)

        return Performer(client, lambda action: console.detail(action.why))

    def hear(progress: Progress) -> None:
        counts = ", ".join(f"{number:,} {status.lower()}" for status, number in progress.counts.items())
        console.tell(f"  {counts}")

    return Following(each.name, caller, executor, pace(), told or hear)


def pace() -> Pace:
    """The clock of the waits."""
    from stackgen.deploy.polling import Pace
    from stackgen.deployer.handlers import moments

    return Pace(moments.now, moments.sleep)
