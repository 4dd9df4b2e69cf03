"""Everything that is wrong with the parameters of deployments: of environments, or in a file by itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stackgen import environments as project_environments
from stackgen.errors import ProjectError, UsageError, likely

from . import checks, parameter_files, parameters
from .choosing import environments_of, named, stacks_of
from .resolving import resolve
from .settings import names_of, settings_of, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from stackgen.errors import StackgenError
    from stackgen.project import Project
    from stackgen.review.model import Build

    from .resolving import Access, Resolved, Wish


class Finding(NamedTuple):
    """Something that is wrong, and with which stack; ``place`` is ``prod/us-east-1``, or nothing for a file alone."""

    place: str
    template: str
    error: StackgenError


class Checked(NamedTuple):
    """What was looked at, and what is wrong with it."""

    deployments: tuple[Resolved, ...]
    findings: tuple[Finding, ...]
    values: int
    """How many values were checked."""


def is_file(project: Project, word: str) -> bool:
    """Whether a word names a file, and not an environment. Raises UsageError for one that is neither."""
    known = project_environments.environments_of(project)
    if word in known:
        return False
    path = Path(word)
    if path.exists():
        return True
    if "/" in word or path.suffix in parameter_files.SUFFIXES:
        raise UsageError(f"{word}: there is no such file", parameter_files.near(path))
    raise UsageError(f"{word!r} is no environment of the project, and no file", likely(word, known))


def homes_of(project: Project, build: Build, file: Path) -> list[tuple[str, str]]:
    """The environments and stacks whose ``parameter_files`` is this file."""
    found = []
    for environment in project_environments.environments_of(project).values():
        for template in build.roots:
            words = words_of(environment.name, "", environment.account, template)
            own = parameters.file_of(project, settings_of(project, environment.name, template, words))
            if own is not None and own.resolve() == file.resolve():
                found.append((environment.name, template))
    return found


def of_environments(
    project: Project, build: Build, wish: Wish, account_of: Callable[[Access], str] | None = None
) -> Checked:
    """What is wrong with the stacks of environments. Raises UsageError for a wrong word."""
    try:
        return _checked(resolve(project, build, wish, account_of))
    except ProjectError as error:
        parts = [*_one_by_one(project, build, wish, account_of)]
        deployments = tuple(each for part in parts for each in part.deployments)
        findings = _distinct(each for part in parts for each in part.findings)
        return Checked(deployments, findings or (Finding("", "", error),), sum(part.values for part in parts))


def of_file(project: Project, build: Build, words: Sequence[str], file: str) -> Checked:
    """What is wrong with a file by itself, and with what it leaves out. Raises UsageError."""
    names = [named(build, word, project) for word in words] or build.roots
    if len(names) != 1:
        raise UsageError(f"{file}: for which stack?", f"name it after the file: {', '.join(names)}")
    template = build.templates[names[0]]
    given = project_environments.stack_parameters(project)
    layers = [
        parameters.Source(f"stack.{name}.parameters", given[name], parameters.ANY)
        for name in names_of(template.name)
        if name in given
    ]
    try:
        sources = [*layers, *parameters.commanded({}, [file])]
    except ProjectError as error:
        return Checked((), (Finding("", template.name, error),), 0)
    decided = parameters.decide(template, sources)
    declared = template.section("Parameters")
    near = {name: source.origin for source in sources for name in source.values if name not in declared}
    errors = [
        *parameters.unknown(sources, template, declared, declared),
        *checks.problems(template, decided, near, file, ""),
    ]
    return Checked((), tuple(Finding("", template.name, error) for error in errors), len(decided))


def _one_by_one(
    project: Project, build: Build, wish: Wish, account_of: Callable[[Access], str] | None
) -> Iterator[Checked]:
    """The same, so that a setting or file that is wrong does not hide what is wrong with other stacks."""
    for environment in environments_of(project, wish.environments, every=wish.every):
        try:
            templates = stacks_of(project, build, wish.words, environment, every=wish.every)
        except ProjectError as error:
            yield Checked((), (Finding(environment.name, "", error),), 0)
            continue
        for template in templates:
            one = replace(wish, words=[template], environments=[environment.name])
            try:
                yield _checked(resolve(project, build, one, account_of))
            except ProjectError as error:
                yield Checked((), (Finding(environment.name, template, error),), 0)


def _checked(found: Sequence[Resolved]) -> Checked:
    findings = [
        Finding(f"{each.target.env}/{each.target.region}", each.target.template, error)
        for each in found
        for error in each.problems
    ]
    return Checked(tuple(found), _distinct(findings), sum(len(each.decided) for each in found))


def _distinct(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each once: a value may be that of several regions and stacks."""
    found: dict[str, Finding] = {}
    for each in findings:
        found.setdefault(str(each.error), each)
    return tuple(found.values())
