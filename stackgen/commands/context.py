"""What a command works on, from the options that all commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stackgen.project import Project

if TYPE_CHECKING:
    from stackgen.console import Console


def project_of(console: Console) -> Project:
    """The project that the switches choose. Raises ProjectError."""
    return Project.find(config=Path(console.config) if console.config else None)
