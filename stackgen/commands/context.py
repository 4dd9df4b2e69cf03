"""What a command works on, from the options that all commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stackgen.project import Project

from .forms import form_of

if TYPE_CHECKING:
    from stackgen.console import Console

__all__ = ["form_of", "project_of"]


def project_of(console: Console) -> Project:
    """The project that the switches choose. Raises ProjectError."""
    return Project.find(config=Path(console.config) if console.config else None)
