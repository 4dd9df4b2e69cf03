"""What the commands share that deploy, or look at what is deployed: their options, what they mean, and the clients."""

from __future__ import annotations

from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from stackgen.environments import given
from stackgen.errors import MissingExtraError, UsageError, shown
from stackgen.review.sources import read_one

from .arguments import WHERE
from .context import project_of
from .freshness import has_modules

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence

    from stackgen.console import Console
    from stackgen.deploy.resolving import Wish
    from stackgen.deploy.sessions import Sessions
    from stackgen.deploy.targets import Target
    from stackgen.project import Project
    from stackgen.review.model import Build

    from .arguments import Parser


class Deployment(NamedTuple):
    """What a command works on: targets with all settings decided, and the clients of each."""

    project: Project
    build: Build
    targets: list[Target]
    sessions: Sessions


def add_stacks(parser: Parser, count: str = "*") -> None:
    """The words that say which stacks."""
    parser.epilog = WHERE
    text = "a class, a file or system/file; the environment's only stack needs no name"
    parser.add_argument("stacks", nargs=count, metavar="STACK", help=text)


def add_values(parser: Parser) -> None:
    """The options that give parameters; environments, regions and profile are options of all such commands."""
    add = parser.add_argument
    text = "a parameter's value, before every other; may be repeated"
    add("-p", "--parameter", action="append", default=[], metavar="NAME=VALUE", help=text)
    text = "a file of values: JSON as CloudFormation has it, flat JSON or TOML; may be repeated, the last counts"
    add("--parameters", action="append", default=[], metavar="FILE", help=text)


def wish_of(console: Console, options: argparse.Namespace, project: Project, build: Build) -> Wish:
    """What the options ask for. Raises UsageError."""
    from stackgen.deploy.resolving import Wish

    return Wish(
        names_of(console, project, build, options.stacks),
        console.environments,
        console.regions,
        given(getattr(options, "parameter", ())),
        getattr(options, "parameters", ()),
        console.profile,
    )


def names_of(console: Console, project: Project, build: Build, words: Sequence[str]) -> list[str]:
    """The words, with ``system/file`` for those that name a class; classes are only imported for those."""
    from stackgen.deploy.settings import names_of as names

    known = {name for template in build.templates for name in names(template)}
    found = []
    for word in words:
        if word.removesuffix(".json") not in known and word.isidentifier() and has_modules(project.stacks):
            from stackgen.discovery import discover

            stacks = [each for each in discover(project, console.warn) if each.__name__ == word]
            found += [f"{each.system}/{each.file}" if each.system else each.file for each in stacks] or [word]
        else:
            found.append(word)
    return found


def read_build(project: Project) -> Build:
    """The project's build folder. Raises what is wrong with a template of it."""
    build = read_one("", project.build_path)
    for problem in build.problems:
        raise problem
    return build


def add_parallel(parser: Parser) -> None:
    """Whether the regions of a stack go at once; what ``waves_of`` takes."""
    add = parser.add_argument
    add("--parallel", action="store_true", default=None, help="the regions of a stack at the same time")
    text = "also where the setting parallel of the environment says otherwise"
    add("--no-parallel", action="store_false", dest="parallel", help=f"one after the other, {text}")


def waves_of(project: Project, targets: Sequence[Target], *, parallel: bool | None) -> list[list[Target]]:
    """What is deployed at the same time: one target after the other, or the regions of a stack at once.

    *parallel* is what the command line says; without a word the environment's setting counts.
    """
    waves: dict[tuple[str, ...], list[Target]] = {}
    for each in targets:
        is_parallel = parallel
        if parallel is None:
            is_parallel = bool(project.tables.get("env", {}).get(each.env, {}).get("parallel"))
        key = (each.env, each.template, "" if is_parallel else each.region)
        waves.setdefault(key, []).append(each)
    return list(waves.values())


def needs_boto3() -> None:
    """Raises MissingExtraError where boto3 is not installed."""
    if find_spec("boto3") is None:
        raise MissingExtraError(
            "talking to AWS needs boto3", "install the extra deploy: pip install 'stackgen[deploy]'"
        )


@contextmanager
def deployment_of(
    console: Console, options: argparse.Namespace, *, as_it_stands: bool = False, every_stack: bool = False
) -> Iterator[Deployment]:
    """What the options ask for, with the accounts that AWS says; what it refuses inside is told as an error of ours.

    With ``as_it_stands`` a stack that is deployed is meant, and what is wrong with the project's values for it does not
    matter. With ``every_stack`` all of the environment are meant where none is named. Raises MissingExtraError without
    boto3, UsageError, ProjectError.
    """
    needs_boto3()
    from dataclasses import replace

    from stackgen.deploy.parameters import strangers
    from stackgen.deploy.session import check_region

    for region in console.regions:
        check_region(region, "-r")
    project = project_of(console)
    build = read_build(project)
    wish = replace(wish_of(console, options, project, build), every_stack=every_stack)
    if not as_it_stands:
        for sentence in strangers(build):
            console.warn(sentence)
    with _decided(project, build, wish, as_it_stands=as_it_stands) as found:
        yield found


@contextmanager
def deployment_at(console: Console, template: str, env: str, region: str) -> Iterator[Deployment]:
    """One stack that is deployed, in one environment and region, whatever the options say. Raises the same."""
    needs_boto3()
    from stackgen.deploy.resolving import Wish

    project = project_of(console)
    wish = Wish([template], (env,), (region,), profile=console.profile)
    with _decided(project, read_build(project), wish, as_it_stands=True) as found:
        yield found


@contextmanager
def deployment_in(
    console: Console, options: argparse.Namespace, project: Project, env: str, stacks: Sequence[str]
) -> Iterator[Deployment]:
    """Stacks in an environment of a project, in this order; where none is named, all of it. Raises the same."""
    needs_boto3()
    from stackgen.deploy.resolving import Wish

    wish = Wish(
        stacks, (env,), (), given(options.parameter), options.parameters, console.profile, every=not stacks
    )  # fmt: skip
    with _decided(project, read_build(project), wish, as_it_stands=False) as found:
        yield found


@contextmanager
def deployment_at_commit(
    console: Console, options: argparse.Namespace, commit: str, values: Mapping[str, str], whose: str
) -> Iterator[Deployment]:
    """What the options ask for, as it was in a commit: its build, its settings and the files that these name.

    *values* are given to parameters before those of the commit, where its templates have them; *whose* they are is
    told with them. Raises the same.
    """
    needs_boto3()
    from dataclasses import replace

    from stackgen.deploy.parameters import ASKED, Source
    from stackgen.review.git import text_at

    project = project_of(console)
    build = read_one(commit, str(project.build))
    for problem in build.problems:
        raise problem
    if not build.templates:
        raise UsageError(f"{commit} has no templates in {shown(str(project.build))}", "a build is committed with them")
    text = text_at(build.commit, project.config_path)
    earlier = project.with_settings(text, build.commit) if text is not None else None
    if earlier is None:
        without = f"{commit} has no settings in {shown(project.config_path)} that say an environment"
        raise UsageError(without, "an older version needs a commit that has some")
    wish = wish_of(console, options, earlier, build)
    declared = {name for root in build.roots for name in build.templates[root].section("Parameters")}
    known = {name: value for name, value in values.items() if name in declared}
    wish = replace(wish, record=Source(whose, known, ASKED) if values else None)
    with _decided(earlier, build, wish, as_it_stands=False) as found:
        yield found


@contextmanager
def _decided(project: Project, build: Build, wish: Wish, *, as_it_stands: bool) -> Iterator[Deployment]:
    from stackgen.deploy.resolving import decided, resolve
    from stackgen.deploy.sessions import Sessions

    sessions = Sessions()
    with sessions.telling():
        found = resolve(project, build, wish, sessions.account)
        targets = [each.target for each in found] if as_it_stands else decided(found)
        yield Deployment(project, build, targets, sessions)
