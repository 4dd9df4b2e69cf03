"""From what the project builds its images.

[tool.stackgen.image.validator]
context = "images"                      # the folder that is built, below the project's
repository = "transaction-validator-*"  # which repositories it is for; default: the table's name
dockerfile = "validator/Dockerfile"     # in the folder; default: Dockerfile
platform = "linux/arm64"                # default: linux/amd64
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stackgen.deploy.setting_forms import location_of
from stackgen.environments import _known
from stackgen.errors import ProjectError, UsageError, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stackgen.project import Project

PLATFORM, DOCKERFILE = "linux/amd64", "Dockerfile"
_KEYS = {"context": "text", "repository": "text", "dockerfile": "text", "platform": "text"}


class Recipe(NamedTuple):
    """What one image is built from."""

    context: Path
    repository: str
    dockerfile: str = DOCKERFILE
    platform: str = PLATFORM

    @property
    def file(self) -> Path:
        """The Dockerfile."""
        return self.context / self.dockerfile


def recipes(project: Project) -> list[Recipe]:
    """All that the project says. Raises ProjectError."""
    return [_recipe(project, name, table) for name, table in project.tables.get("image", {}).items()]


def recipe_of(known: Iterable[Recipe], repository: str) -> Recipe | None:
    """The one for a repository; where several are, the first."""
    return next((each for each in known if fnmatchcase(repository, each.repository)), None)


def given(context: str, dockerfile: str | None, platform: str | None) -> Recipe:
    """The one that the command line says. Raises UsageError."""
    found = Recipe(Path(context).absolute(), "*", dockerfile or DOCKERFILE, platform or PLATFORM)
    if not found.file.is_file():
        raise UsageError(f"--context {context}: there is no {found.dockerfile} in it", "--dockerfile names another")
    return found


def _recipe(project: Project, name: str, table: object) -> Recipe:
    place = f"image.{name}"
    _known(project, place, table, _KEYS)
    assert isinstance(table, dict)  # noqa: S101  has been seen to
    if "context" not in table:
        raise ProjectError(f"{place} has no context", "it is the folder that is built",
                           location=location_of(project, place, "context"))  # fmt: skip
    found = Recipe(
        project.root / table["context"],
        table.get("repository", name),
        table.get("dockerfile", DOCKERFILE),
        table.get("platform", PLATFORM),
    )
    if not found.file.is_file():
        key = "dockerfile" if "dockerfile" in table else "context"
        problem = f"{place}: there is no file {shown(str(found.file), str(project.root))}"
        raise ProjectError(problem, location=location_of(project, place, key))
    return found
