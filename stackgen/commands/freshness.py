"""Whether the templates that are deployed are those that the project's classes build now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.errors import FindingsError, shown

if TYPE_CHECKING:
    from pathlib import Path

    from stackgen.console import Console

    from .deploying import Deployment


def see_that_it_is_fresh(console: Console, deployment: Deployment) -> None:
    """Raises FindingsError where a template of the targets is not what its class builds.

    A project without classes has nothing to compare; so has a template that none of them builds.
    """
    from stackgen.inputs import summary_if_unchanged

    project = deployment.project
    if not _has_modules(project.stacks) or (
        console.config is None and summary_if_unchanged(str(project.root)) is not None
    ):
        return
    from stackgen.discovery import discover, templates_of

    texts = {each.name: each.text for each in templates_of(discover(project))}
    roots = list(dict.fromkeys(target.template for target in deployment.targets))
    built = deployment.build.templates
    stale = sorted(
        name for name in deployment.build._below(roots) if texts.get(name, built[name].text) != built[name].text
    )
    if stale:
        folder = shown(project.build_path)
        raise FindingsError(
            f"{folder}/ is not what the stacks build: {', '.join(stale)}",
            "build, look at what changed, then deploy: python -m stackgen build",
        )


def _has_modules(folder: Path) -> bool:
    return any(each.name != "__init__.py" for each in folder.rglob("*.py"))
