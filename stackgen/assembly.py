"""``build/``: rendered templates compared with the files that are there, and written whole.

Everything is rendered before the first file is touched; each file is replaced in one step; a file that is
right is left alone, with its time; only files that ``build/manifest.json`` lists are ever deleted, and
nothing is written or deleted through a link that leads elsewhere.
"""

from __future__ import annotations

import errno
import json
import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from .errors import OutputFileError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from .template import Template

MANIFEST = "manifest.json"
SCHEMA = "stackgen/manifest"
BESIDE = "beside"
"""The manifest's last list: files that are no templates."""
_PART = r"[A-Za-z0-9_-][A-Za-z0-9_.-]*"
_LISTED = re.compile(rf'"({_PART}(?:/{_PART})?\.(?:json|yaml))"')
_BESIDE = re.compile(rf'"{BESIDE}": \[([^\]]*)')
_TEMPORARY = re.compile(r"\.(.+)\.(\d+)\.tmp")


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

    def __init__(self, folder: Path, files: dict[str, str], beside: Collection[str] = ()) -> None:
        self.folder = folder
        self.files = files
        self.beside = frozenset(beside)
        """Which of the files are no templates."""

    @classmethod
    def of(cls, templates: Sequence[Template], folder: Path, form: str = "json") -> Assembly:
        """The files of these templates, ``form`` is ``json`` or ``yaml``, and what stands beside them."""
        beside = {path: text for each in templates for path, text in each.beside}
        return cls(folder, {f"{each.name}.{form}": _in_form(each.text, form) for each in templates} | beside, beside)

    def changes(self, *, complete: bool = True) -> Changes:
        """Compare with the folder; ``complete=False`` leaves the files of other stacks out of it.

        Raises OutputFileError for a file that cannot be read.
        """
        missing: list[str] = []
        stale: list[str] = []
        unchanged: list[str] = []
        for name, text in self.files.items():
            present = _bytes(self.folder / name)
            if present is None:
                missing.append(name)
            else:
                (unchanged if present == text.encode() else stale).append(name)
        owned = self.owned()
        left_over = sorted(name for name in owned - self.files.keys() if not self._is_in_other_capitals(name))
        present = _bytes(self.folder / MANIFEST)
        if present != self._manifest(owned, complete=complete).encode():
            (missing if present is None else stale).append(MANIFEST)
        return Changes(tuple(missing), tuple(stale), tuple(left_over if complete else ()), tuple(unchanged))

    def owned(self) -> set[str]:
        """The files that an earlier build wrote and that are still there."""
        return {name for name in listed(self.folder) if self._is_file_inside(self.folder / name)}

    def write(self, *, complete: bool = True) -> Changes:
        """Make the folder right and say what was changed.

        Raises OutputFileError, also for a file in the way that no build wrote.
        """
        changes = self.changes(complete=complete)
        owned = self.owned()
        self._refuse_foreign(changes, owned)
        written = [name for name in (*changes.missing, *changes.stale) if name != MANIFEST]
        if not owned.issuperset(written):  # an interrupted build must know its files again
            self._replace_manifest(owned | self.files.keys())
        for name in written:
            replace(self.folder / name, self.files[name])
        for name in changes.left_over:
            _remove(self.folder / name, self.folder)
        if changes.any:
            self._replace_manifest(self.files if complete else owned | self.files.keys())
        self._sweep()
        return changes

    def _refuse_foreign(self, changes: Changes, owned: set[str]) -> None:
        folder = self.folder.resolve()
        for name in (*changes.missing, *changes.stale):
            path = self.folder / name
            problem = ""
            if path.parent.resolve() != (folder / name).parent:
                problem = "would be written through a link to another folder"
            elif name == MANIFEST:
                problem = "" if _is_manifest(_bytes(path) or b"") else "is in the way: no build wrote it"
            elif name in changes.stale and name not in owned:
                problem = "is in the way: no build wrote it (manifest.json does not list it)"
            if problem:
                hint = "move it away, or delete it and build again"
                raise OutputFileError(problem, hint, location=(str(path), 0))

    def _is_file_inside(self, path: Path) -> bool:
        """A regular file, in this folder not only by way of a link."""
        inside = self.folder.resolve() / path.relative_to(self.folder)
        return path.is_file() and path.resolve() == inside

    def _is_in_other_capitals(self, name: str) -> bool:
        """Whether it is a file of this build, on a file system that does not tell capitals apart."""
        path = self.folder / name
        others = (self.folder / each for each in self.files if each.casefold() == name.casefold())
        return any(other.exists() and other.samefile(path) for other in others)

    def _manifest(self, owned: set[str], *, complete: bool) -> str:
        return self._listing(self.files if complete else owned | self.files.keys())

    def _listing(self, files: Iterable[str]) -> str:
        """The manifest of these files; of those that this build does not write, the last one says what they are."""
        others = listed(self.folder) - listed(self.folder, templates=True) - self.files.keys()
        beside = sorted((self.beside | others).intersection(files))
        content: dict[str, object] = {"schema": SCHEMA, "version": 1, "files": sorted(set(files).difference(beside))}
        return json.dumps({**content, **({BESIDE: beside} if beside else {})}, indent=2) + "\n"

    def _replace_manifest(self, files: Iterable[str]) -> None:
        text = self._listing(files)
        if _bytes(self.folder / MANIFEST) != text.encode():
            replace(self.folder / MANIFEST, text)

    def _sweep(self) -> None:
        """Delete the temporary files of builds that were killed."""
        paths = {self.folder / name for name in (*self.files, MANIFEST)}
        for folder in {path.parent for path in paths}:
            for path in folder.glob(".*.tmp"):
                found = _TEMPORARY.fullmatch(path.name)
                if found and folder / found[1] in paths and _is_over(int(found[2])):
                    path.unlink(missing_ok=True)


def listed(folder: Path, *, templates: bool = False) -> set[str]:
    """The files that a build of ours has listed in the folder; none where it has no manifest of ours.

    With ``templates`` those alone. Raises OutputFileError for a manifest that cannot be read.
    """
    present = _bytes(folder / MANIFEST)
    if present is None or not _is_manifest(present):
        return set()
    text = present.decode("utf-8", "replace")
    beside = {name for part in _BESIDE.findall(text) for name in _LISTED.findall(part)} if templates else set()
    return {name for name in _LISTED.findall(text) if name != MANIFEST} - beside


def _is_manifest(content: bytes) -> bool:
    """Whether we wrote it, whatever a merge or an editor did to it since; an empty file is nobody's."""
    return SCHEMA.encode() in content or not content.strip()


def _is_over(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return True
    except OSError:
        return False
    return False


def replace(path: Path, text: str) -> None:
    """Write a file whole: whoever reads it, or is interrupted, finds the old or the new.

    Raises OutputFileError.
    """
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


def keep(path: Path, text: str) -> None:
    """Write a file of the folder of what can be made again, which Git is told to leave out. Raises OutputFileError."""
    replace(path, text)
    beside = path.with_name(".gitignore")
    if not beside.exists():
        replace(beside, "*\n")


def see_that_it_can_be_written(path: Path) -> None:
    """Look whether ``replace`` would do, before there is anything to write; nothing is made. Raises OutputFileError."""
    folder = next(each for each in path.absolute().parents if each.exists())
    code = errno.EISDIR if path.is_dir() else 0 if folder.is_dir() else errno.ENOTDIR
    if not code and not os.access(folder, os.W_OK | os.X_OK):
        code = errno.EACCES
    if code:
        raise OutputFileError(f"cannot be written: {os.strerror(code)}", location=(str(path), 0))


def write_out(path: Path, text: str) -> None:
    """Write a file that the user named: through a link, and straight into a device or a pipe.

    Raises OutputFileError.
    """
    if not path.exists() or path.is_file():
        replace(path.resolve(), text)
        return
    try:
        path.write_bytes(text.encode())
    except OSError as error:
        raise OutputFileError(f"cannot be written: {error.strerror}", location=(str(path), 0)) from error


def _remove(path: Path, folder: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise OutputFileError(f"cannot be deleted: {error.strerror}", location=(str(path), 0)) from error
    if path.parent != folder:
        with suppress(OSError):  # something else is in it
            path.parent.rmdir()


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
