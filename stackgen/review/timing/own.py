"""The times that a project has learned from its own stacks' events."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stackgen.errors import OutputFileError

from .rows import rows_of

if TYPE_CHECKING:
    from stackgen.project import Project

    from .rows import Row

TIMES = ".stackgen/times.csv"
"""Where they lie, below the project's folder."""


def times_file(project: Project | None, named: str | None = None) -> Path:
    """The file that the user names, or the project's; without a project, that of the folder at hand."""
    return Path(named) if named else (project.root if project else Path.cwd()) / TIMES


def own_rows(project: Project | None, named: str | None = None) -> list[Row]:
    """The learned rows; none where the project has none. Raises OutputFileError; a file that is named must be there."""
    file = times_file(project, named)
    if not named and not file.is_file():
        return []
    return list(rows_of(text_of(file), str(file)))


def text_of(file: Path) -> str:
    """A file of rows or events. Raises OutputFileError."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise OutputFileError(f"cannot be read: {error.strerror}", location=(str(file), 0)) from error
    except UnicodeDecodeError as error:
        raise OutputFileError("is not UTF-8", location=(str(file), 0)) from error
