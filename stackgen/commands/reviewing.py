"""What the commands that read builds share: which builds, which environments, and what could not be read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stackgen.errors import ProjectError
from stackgen.project import Project
from stackgen.review.sources import read_one, read_pair

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from stackgen.console import Console
    from stackgen.errors import StackgenError
    from stackgen.review.environments import Values
    from stackgen.review.model import Build


class Pair(NamedTuple):
    """Two builds, and the project that they belong to, if any."""

    before: Build
    after: Build
    project: Project | None


def pair_of(console: Console, words: Sequence[str]) -> Pair:
    """The builds that the words name. Raises UsageError, OutputFileError, ProjectError."""
    project = nearby(console, needed=len(words) < 2)  # noqa: PLR2004  two builds need no project
    before, after = read_pair(words, str(project.build) if project else None)
    return Pair(before, after, project)


def build_of(console: Console, word: str) -> tuple[Build, Project | None]:
    """One build: a folder, a ref, or the project's own. Raises UsageError, OutputFileError, ProjectError."""
    project = nearby(console, needed=not word)
    return read_one(word, str(project.build) if project else None), project


def nearby(console: Console, *, needed: bool) -> Project | None:
    """The project at hand; None where there is none and none is needed. Raises ProjectError."""
    config = Path(console.config) if console.config else None
    try:
        return Project.find(config=config)
    except ProjectError as error:
        if needed or config is not None or error.location is not None:
            raise
        return None


def add_values(parser: argparse.ArgumentParser) -> None:
    """The option that gives parameters; environments and regions are options of all such commands."""
    parser.add_argument(
        "-p",
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter's value, before that of an environment; may be repeated",
    )


def values_of(console: Console, options: argparse.Namespace, project: Project | None) -> Values:
    """The environments and values that the options choose. Raises UsageError, ProjectError."""
    from stackgen.environments import given
    from stackgen.review.environments import Values

    return Values(project, console.environments, console.regions, given(options.parameter))


def values_of_pair(console: Console, options: argparse.Namespace, pair: Pair) -> tuple[Values, Values | None]:
    """The values after, and those before where the settings of that commit had environments of their own."""
    after = values_of(console, options, _at(pair.after, pair.project) or pair.project)
    earlier = _at(pair.before, pair.project)
    if earlier is None:
        return after, None
    from stackgen.environments import given
    from stackgen.review.environments import Values

    names = [name for name in console.environments if name in earlier.tables["env"]]
    return after, Values(earlier, names, (), given(options.parameter))


def _at(build: Build, project: Project | None) -> Project | None:
    """The project with the settings of the commit that a build was read from; None where it had none to give."""
    if project is None or not build.commit:
        return None
    from stackgen.review.git import text_at

    text = text_at(build.commit, str(project.config))
    return None if text is None else project.with_settings(text)


def tell_problems(console: Console, problems: Iterable[StackgenError]) -> int:
    """Print what could not be read or judged; the exit code that follows."""
    code = 0
    for problem in problems:
        console.error(problem)
        code = max(code, problem.exit_code)
    return code
