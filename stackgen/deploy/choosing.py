"""Which environments, stacks and regions the words of a command mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen import environments as project_environments
from stackgen.errors import ProjectError, UsageError, likely, shown

from .labels import stack_name_of
from .setting_forms import location_of
from .settings import names_of, settings_of, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stackgen.environments import Settings as Environment
    from stackgen.project import Project
    from stackgen.review.model import Build


def environments_of(
    project: Project,
    names: Sequence[str],
    *,
    every: bool = False,
    build: Build | None = None,
    words: Sequence[str] = (),
) -> list[Environment]:
    """The environments that are meant; where none is named the only one, or every one. Raises UsageError.

    Where one has to be named, only those are offered that have the stacks which *words* mean.
    """
    found = project_environments.chosen(project, names)
    if not found:
        raise UsageError(
            "the project has no environment to deploy to",
            f"add one: [tool.stackgen.env.dev] in {shown(project.config_path)}; the table may be empty",
        )
    if not names and not every and len(found) > 1:
        wanted = [named(build, word, project) for word in words] if build else []
        fitting = [each for each in found if build is None or set(wanted) <= set(_roots(build, each))]
        raise UsageError("which environment?", f"-e NAME says it: {', '.join(each.name for each in fitting or found)}")
    return found


def stacks_of(
    project: Project, build: Build, words: Sequence[str], environment: Environment, *, every: bool = False
) -> list[str]:
    """The templates that the words mean in an environment; without words its only one, or every one.

    Raises UsageError, ProjectError.
    """
    table = project.table_of(environment.name)
    names = {name for root in build.roots for name in names_of(root)}
    for name in environment.stacks:
        if name not in names:
            problem = f"{table}.stacks names {name!r}, and the build has no such stack"
            raise ProjectError(problem, likely(name, names), location=location_of(project, table, "stacks"))
    roots = _roots(build, environment)
    if not words:
        if len(roots) != 1 and not every:
            some = " ".join(root.rpartition("/")[2] for root in roots[:2])
            raise UsageError(
                f"which stack? {environment.name} has {', '.join(roots) or 'none'}",
                f"one or several are named behind the command: {some} -e {environment.name}" if roots else "",
            )
        return roots
    found = [named(build, word, project) for word in words]
    for template in found:
        if template not in roots:
            hint = "its stacks are " + ", ".join(roots)
            raise UsageError(f"{template} is not deployed to {environment.name}", hint, f"{table}.stacks may name it")
    return list(dict.fromkeys(found))


def _roots(build: Build, environment: Environment) -> list[str]:
    """The stacks of an environment."""
    said = set(environment.stacks)
    return [root for root in build.roots if not said or set(names_of(root)) & said]


def named(build: Build, word: str, project: Project | None = None) -> str:
    """The root template that a word means. Raises UsageError."""
    name = word.removesuffix(".json")
    found = [template for template in build.templates if name in names_of(template)]
    if len(found) > 1:
        raise UsageError(f"{word!r} may be {' or '.join(found)}")
    if not found:
        raise UsageError(f"no stack {word!r}", *_meant(build, word, project))
    if found[0] not in build.roots:
        above = [root for root in build.roots if found[0] in build._below([root])]
        raise UsageError(f"{found[0]} is nested, and goes with the stack above it: {' or '.join(above)}")
    return found[0]


def _meant(build: Build, word: str, project: Project | None) -> Iterator[str]:
    """What may be meant by a word that names no stack of the build: perhaps what AWS calls one."""
    for env, template in _called(project, build, word) if project else ():
        short = template.rpartition("/")[2]
        yield f"AWS calls {short} of {env} so: {short} -e {env} was expected"
        return
    hint = likely(word, {each for root in build.roots for each in names_of(root)})
    if hint.startswith("did you mean"):
        yield hint
        return
    files = [root.rpartition("/")[2] for root in build.roots]
    known = [file if files.count(file) == 1 else root for root, file in zip(build.roots, files, strict=True)]
    yield f"known: {', '.join(sorted(known))}"


def _called(project: Project, build: Build, word: str) -> Iterator[tuple[str, str]]:
    """The environments and templates whose stacks are called so in AWS."""
    for environment in project_environments.chosen(project, ()):
        for template in _roots(build, environment):
            for region in environment.regions:
                words = words_of(environment.name, region, environment.account, template)
                settings = settings_of(project, environment.name, template, words)
                if stack_name_of(project, settings, words) == word:
                    yield environment.name, template


def regions_of(environment: Environment, wanted: Sequence[str]) -> list[str]:
    """The regions that are meant; all of the environment's where none is named. Raises UsageError."""
    for region in wanted:
        if region not in environment.regions:
            hint = likely(region, environment.regions)
            raise UsageError(f"{environment.name} is not deployed to {region}", hint)
    return list(dict.fromkeys(wanted)) or list(environment.regions)
