"""Which environments, stacks and regions the words of a command mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen import environments as project_environments
from stackgen.errors import ProjectError, UsageError, likely

from .setting_forms import location_of
from .settings import names_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.environments import Settings as Environment
    from stackgen.project import Project
    from stackgen.review.model import Build


def environments_of(project: Project, names: Sequence[str], *, every: bool = False) -> list[Environment]:
    """The environments that are meant; where none is named the only one, or every one. Raises UsageError."""
    found = project_environments.chosen(project, names)
    if not found:
        raise UsageError("the project has no environment to deploy to", "add one: [tool.stackgen.env.dev]")
    if not names and not every and len(found) > 1:
        raise UsageError("which environment?", f"-e NAME says it: {', '.join(each.name for each in found)}")
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
    roots = [root for root in build.roots if not environment.stacks or set(names_of(root)) & set(environment.stacks)]
    if not words:
        if len(roots) != 1 and not every:
            raise UsageError(f"which stack? {environment.name} has {', '.join(roots) or 'none'}")
        return roots
    found = [named(build, word) for word in words]
    for template in found:
        if template not in roots:
            hint = "its stacks are " + ", ".join(roots)
            raise UsageError(f"{template} is not deployed to {environment.name}", hint, f"{table}.stacks may name it")
    return list(dict.fromkeys(found))


def named(build: Build, word: str) -> str:
    """The root template that a word means. Raises UsageError."""
    name = word.removesuffix(".json")
    found = [template for template in build.templates if name in names_of(template)]
    if len(found) > 1:
        raise UsageError(f"{word!r} may be {' or '.join(found)}")
    if not found:
        raise UsageError(f"no stack {word!r}", likely(word, {each for root in build.roots for each in names_of(root)}))
    if found[0] not in build.roots:
        above = [root for root in build.roots if found[0] in build._below([root])]
        raise UsageError(f"{found[0]} is nested, and goes with the stack above it: {' or '.join(above)}")
    return found[0]


def regions_of(environment: Environment, wanted: Sequence[str]) -> list[str]:
    """The regions that are meant; all of the environment's where none is named. Raises UsageError."""
    for region in wanted:
        if region not in environment.regions:
            hint = likely(region, environment.regions)
            raise UsageError(f"{environment.name} is not deployed to {region}", hint)
    return list(dict.fromkeys(wanted)) or list(environment.regions)
