"""What a command works on, from the options that all commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stackgen.project import Project

if TYPE_CHECKING:
    from stackgen.console import Console


def project_of(console: Console) -> Project:
    """The project that the switches choose, with the pull requests' environments among those that ``-e`` names.

    Raises ProjectError.
    """
    project = written_project_of(console)
    if project.tables.get("ephemeral") and not set(console.environments) <= {*project.tables["env"], "all"}:
        from stackgen.deploy.environments.settings import with_named

        project = with_named(project, console.environments)
    return project


def written_project_of(console: Console) -> Project:
    """The project that the switches choose, as its settings have it. Raises ProjectError."""
    return Project.find(config=Path(console.config) if console.config else None)
