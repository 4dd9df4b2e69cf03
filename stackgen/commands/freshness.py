"""Whether the templates that are deployed are those that the project's classes build now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.errors import FindingsError, StackgenError, shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stackgen.console import Console
    from stackgen.project import Project
    from stackgen.review.model import Build

    from .deploying import Deployment


def see_that_it_is_fresh(console: Console, deployment: Deployment) -> None:
    """Raises FindingsError where a template of the targets is not what its class builds."""
    roots = list(dict.fromkeys(target.template for target in deployment.targets))
    check(console, deployment.project, deployment.build, roots)


def warn_of_a_stale_build(console: Console, project: Project, build: Build, roots: Sequence[str]) -> None:
    """The same where nothing is deployed: it is told, also where the classes cannot be loaded."""
    try:
        check(console, project, build, [root for root in roots if root in build.templates])
    except StackgenError as error:
        console.warn(f"what is deployed is compared with {shown(project.build_path)}/ as it is: {error.message}")


def check(console: Console, project: Project, build: Build, roots: Sequence[str]) -> None:
    """Raises FindingsError where a template below the roots is not what its class builds.

    A project without classes has nothing to compare; so has a template that none of them builds.
    """
    from stackgen.inputs import summary_if_unchanged

    if not has_modules(project.stacks) or (
        console.config is None and summary_if_unchanged(str(project.root)) is not None
    ):
        return
    from stackgen.discovery import discover, templates_of

    texts = {each.name: each.text for each in templates_of(discover(project), project.profiles)}
    built = build.templates
    stale = sorted(name for name in build._below(list(roots)) if texts.get(name, built[name].text) != built[name].text)
    if stale:
        folder = shown(project.build_path)
        raise FindingsError(
            f"{folder}/ is not what the stacks build: {', '.join(stale)}",
            "build, look at what changed, then deploy: python -m stackgen build",
        )


def has_modules(folder: Path) -> bool:
    """Whether there are classes that could be built."""
    return any(each.name != "__init__.py" for each in folder.rglob("*.py"))
