"""What the commands that read builds share: which builds, which environments, and what could not be read."""

from __future__ import annotations

import os

from stackgen.errors import ProjectError
from stackgen.project import Project
from stackgen.records import NamedTuple
from stackgen.review.sources import needs_project, read_one, read_pair

TYPE_CHECKING = False
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
    """The builds that the words name, as far as both could be read. Raises StackgenError."""
    project = project_of_words(console, words)
    before, after = read_pair(words, project.build_path if project else None)
    return Pair(before, after, project)


def build_of(console: Console, word: str) -> tuple[Build, Project | None]:
    """One build: a folder, a ref, or the project's own. Raises UsageError, OutputFileError, ProjectError."""
    project = nearby(console, needed=not word)
    return read_one(word, project.build_path if project else None), project


def project_of_words(console: Console, words: Sequence[str]) -> Project | None:
    """The project whose builds the words name; None where they name two folders, and none is at hand.

    Raises ProjectError.
    """
    needed = needs_project(words)
    try:
        return nearby(console, needed=needed)
    except ProjectError as error:
        if needed:
            error.hints.append("or name two folders of templates, which need none: DIR DIR")
        raise


def nearby(console: Console, *, needed: bool) -> Project | None:
    """The project at hand; None where there is none and none is needed. Raises ProjectError."""
    config = console.config or None
    try:
        return Project.find(config=config)
    except ProjectError as error:
        is_wrong = error.location is not None and not error.message.startswith("has no [tool.stackgen]")
        if needed or config is not None or is_wrong:
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


def values_of(
    console: Console, given: Sequence[str], project: Project | None, build: Build, roots: Sequence[str] = ()
) -> Values:
    """The environments and values that the options choose for a build, or for some of its roots.

    ``given`` are the words of ``-p``. Raises UsageError, ProjectError.
    """
    values = _values(console, given, settings_for(console, project, build))
    _refuse_unknown(given, values, (build,), roots or build.roots)
    return values


def values_of_pair(console: Console, given: Sequence[str], pair: Pair) -> tuple[Values, Values | None]:
    """The values after, and those before where the settings of that commit had environments of their own."""
    project = settings_for(console, pair.project, pair.before, pair.after)
    values = _values(console, given, _at(pair.after, project) or project)
    _refuse_unknown(given, values, (pair.before, pair.after), [*pair.before.roots, *pair.after.roots])
    earlier = _at(pair.before, project)
    if earlier is None:
        return values, None
    from stackgen import environments
    from stackgen.review.environments import Values

    names = [name for name in console.environments if name in earlier.tables["env"]]
    return values, Values(earlier, names, (), environments.given(given))


def settings_for(console: Console, project: Project | None, *builds: Build) -> Project | None:
    """The project, whose environments hold for its own builds alone: for others, only where ``-e`` asks for them.

    Folders of another project have other stacks and parameters; of this one they get the regions.
    """
    if project is None or console.environments or any(_is_own(build, project) for build in builds):
        return project
    return project._replace(tables={})


def _is_own(build: Build, project: Project) -> bool:
    """Whether it is the project's build folder, or a ref of it."""
    return bool(build.commit) or os.path.realpath(build.folder) == os.path.realpath(project.build_path)


def _values(console: Console, given: Sequence[str], project: Project | None) -> Values:
    from stackgen import environments
    from stackgen.review.environments import Values

    return Values(project, console.environments, console.regions, environments.given(given))


def _refuse_unknown(given: Sequence[str], values: Values, builds: Sequence[Build], roots: Sequence[str]) -> None:
    if given:
        from stackgen import environments
        from stackgen.review.misfits import refuse_unknown

        deployed = [root for root in roots if any(values.deploys(place, root) for place in values.places)]
        refuse_unknown(environments.given(given), builds, deployed)


def _at(build: Build, project: Project | None) -> Project | None:
    """The project with the settings of the commit that a build was read from; None where it had none to give."""
    if project is None or not build.commit:
        return None
    from stackgen.review.git import text_at

    text = text_at(build.commit, project.config_path)
    return None if text is None else project.with_settings(text, build.commit)


def tell_problems(console: Console, problems: Iterable[StackgenError]) -> int:
    """Print what could not be read or judged; the exit code that follows."""
    code = 0
    for problem in problems:
        console.error(problem)
        code = max(code, problem.exit_code)
    return code
