"""``build/``: rendered templates compared with the files that are there, and written whole.

Everything is rendered before the first file is touched; each file is replaced in one step; a file that is right is left alone, with
its time; only files that ``build/manifest.json`` lists are ever deleted.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .errors import OutputFileError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .template import Template

MANIFEST = "manifest.json"
SCHEMA = {"schema": "stackgen/manifest", "version": 1}
_LISTED = re.compile(r'"([A-Za-z0-9_-][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*)?\.(?:json|yaml))"')


class Changes(NamedTuple):
    """What a build changes in a folder: paths relative to it, with forward slashes."""

    missing: tuple[str, ...]
    stale: tuple[str, ...]
    left_over: tuple[str, ...]
    unchanged: tuple[str, ...]

    @property
    def any(self) -> bool:
        """Whether the folder differs from the build."""
        return bool(self.missing or self.stale or self.left_over)


class Assembly:
    """All files of a build, as they should be in one folder."""

    def __init__(self, folder: Path, files: dict[str, str]) -> None:
        self.folder = folder
        self.files = files

    @classmethod
    def of(cls, templates: Sequence[Template], folder: Path, form: str = "json") -> Assembly:
        """The files of these templates; ``form`` is ``json`` or ``yaml``."""
        return cls(folder, {f"{each.name}.{form}": _in_form(each.text, form) for each in templates})

    def changes(self, *, complete: bool = True) -> Changes:
        """Compare with the folder; ``complete=False`` leaves the files of other stacks out of it. Raises OutputFileError."""
        missing, stale, unchanged = [], [], []
        for name, text in self.files.items():
            present = _bytes(self.folder / name)
            if present is None:
                missing.append(name)
            else:
                (unchanged if present == text.encode() else stale).append(name)
        owned = self.owned()
        left_over = sorted(owned - self.files.keys()) if complete else []
        manifest = self._manifest(owned, complete=complete)
        present = _bytes(self.folder / MANIFEST)
        if present != manifest.encode():
            (missing if present is None else stale).append(MANIFEST)
        return Changes(tuple(missing), tuple(stale), tuple(left_over), tuple(unchanged))

    def owned(self) -> set[str]:
        """The files that an earlier build wrote and that are still there."""
        present = _bytes(self.folder / MANIFEST)
        listed = _LISTED.findall(present.decode("utf-8", "replace")) if present is not None else []
        return {name for name in listed if name != MANIFEST and (self.folder / name).is_file()}

    def write(self, *, complete: bool = True) -> Changes:
        """Make the folder right and say what was changed. Raises OutputFileError, also for a file in the way that is not ours."""
        changes = self.changes(complete=complete)
        owned = self.owned()
        foreign = [name for name in changes.stale if name != MANIFEST and name not in owned]
        if foreign:
            raise OutputFileError(
                "is in the way: no build wrote it (it is not in the manifest)",
                "move it away, or delete it and build again",
                location=(str(self.folder / foreign[0]), 0),
            )
        for name in (*changes.missing, *changes.stale):
            if name != MANIFEST:
                replace(self.folder / name, self.files[name])
        for name in changes.left_over:
            _remove(self.folder / name, self.folder)
        if MANIFEST in changes.missing or MANIFEST in changes.stale:
            replace(self.folder / MANIFEST, self._manifest(owned, complete=complete))
        return changes

    def _manifest(self, owned: set[str], *, complete: bool) -> str:
        files = sorted(self.files if complete else owned | self.files.keys())
        return json.dumps({**SCHEMA, "files": files}, indent=2) + "\n"


def replace(path: Path, text: str) -> None:
    """Write a file whole: whoever reads it, or is interrupted, finds the old or the new. Raises OutputFileError."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            temporary.write_bytes(text.encode())
            os.replace(temporary, path)  # noqa: PTH105  the documented atomic call
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise OutputFileError(f"cannot be written: {error.strerror}", location=(str(path), 0)) from error


def _remove(path: Path, folder: Path) -> None:
    try:
        path.unlink(missing_ok=True)
        if path.parent != folder and not any(path.parent.iterdir()):
            path.parent.rmdir()
    except OSError as error:
        raise OutputFileError(f"cannot be deleted: {error.strerror}", location=(str(path), 0)) from error


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise OutputFileError(f"cannot be read: {error.strerror}", location=(str(path), 0)) from error


def _in_form(text: str, form: str) -> str:
    if form == "json":
        return text
    from cfn_flip import to_yaml  # only those who ask for YAML pay for it

    flipped: str = to_yaml(text)
    return flipped
