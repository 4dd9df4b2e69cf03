"""What the last build was made from, so that an unchanged project answers without importing a stack.

``.stackgen/inputs`` is a list of lines, ``<kind> <fingerprint> <path>``, first line the summary to print. A build is unchanged when every
line still holds:

    python   version, prefix and search path of the interpreter
    library  a distribution's folder, which carries its version
    file     SHA-256 of every module imported, and of every file of the project that the stacks opened
    folder   names in every folder of stacks, and in every folder that they listed
    output   SHA-256 of every file written

This module is on the path of the unchanged build: it imports nothing but ``os``, ``sys`` and a hash.
"""

from __future__ import annotations

import os
import sys

try:
    from _sha256 import sha256  # the interpreter's own; hashlib would load OpenSSL, half of this command's time
except ImportError:
    from hashlib import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = ".stackgen"
FILE = "inputs"
LIBRARIES = {
    "troposphere": ("troposphere",),
    "awacs": ("awacs",),
    "cfn_flip": ("cfn_flip", "cfn_clean", "cfn_tools"),
    "pyyaml": ("yaml",),
    "six": ("six",),
}
"""Distributions that are recorded by version, with their packages; other imported modules are recorded by content."""

_SETTINGS = ("stackgen.toml", "pyproject.toml")


def summary_if_unchanged(start: str) -> str | None:
    """What the last build said, if nothing that went into it or came out of it has changed since; else ``None``."""
    folder = start
    while True:
        recorded = os.path.join(folder, FOLDER, FILE)
        try:
            with open(recorded, encoding="utf-8") as file:
                lines = file.read().splitlines()
        except OSError:
            pass
        else:
            return lines[0] if lines and all(_holds(line) for line in lines[1:]) else None
        above = os.path.dirname(folder)
        if above == folder or any(os.path.exists(os.path.join(folder, name)) for name in _SETTINGS):
            return None
        folder = above


def _holds(line: str) -> bool:
    kind, fingerprint, path = line.split(" ", 2)
    return fingerprint == fingerprint_of(kind, path)


def fingerprint_of(kind: str, path: str) -> str:
    """What a line of this kind says of ``path`` now."""
    try:
        if kind == "python":
            return _digest("\n".join([sys.version, sys.prefix, *sys.path[1:]]).encode())
        if kind == "library":
            return "present" if os.path.isdir(path) else "absent"
        if kind == "folder":
            return _digest("\n".join(sorted(name for name in os.listdir(path) if _counts(name))).encode())
        with open(path, "rb", buffering=0) as file:
            return _digest(file.read())
    except OSError:
        return "absent"


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _counts(name: str) -> bool:
    return name != "__pycache__" and not name.endswith((".tmp", ".pyc"))


class Recorder:
    """Watches what a build reads, from its start to ``save``.

    Modules are known from ``sys.modules``; files that stack code opens and folders that it lists, from Python's audit events.
    """

    def __init__(self, root: str) -> None:
        self._root = root.rstrip(os.sep) + os.sep
        self._opened: set[str] = set()
        self._listed: set[str] = set()
        self._watching = True
        sys.addaudithook(self._heard)

    def _heard(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self._watching or event not in ("open", "os.listdir", "os.scandir"):
            return
        path = arguments[0]
        if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
            return  # written, not read
        if isinstance(path, os.PathLike):
            path = os.fspath(path)
        if isinstance(path, str):
            path = os.path.abspath(path)
            if path.startswith(self._root) and not path.endswith(".pyc"):
                (self._opened if event == "open" else self._listed).add(path)

    def save(self, summary: str, settings: Iterable[str], stacks: str, outputs: Iterable[str]) -> None:
        """Record this build; an unwritable folder only costs the short cut."""
        self._watching = False
        written = set(outputs)
        ignored = (os.path.join(self._root, FOLDER) + os.sep, os.path.join(self._root, ".git") + os.sep)
        files = {*settings, *_modules(), *self._opened} - written
        folders = {*_packages(stacks), *self._listed}
        lines = [
            *(("library", path) for path in _distributions()),
            *(("file", path) for path in sorted(files) if not path.startswith(ignored)),
            *(("folder", path) for path in sorted(folders) if not path.startswith(ignored)),
            *(("output", path) for path in sorted(written)),
        ]
        recorded = [summary, f"python {fingerprint_of('python', '')} "]
        recorded += [f"{kind} {fingerprint_of(kind, path)} {path}" for kind, path in lines]
        from .assembly import replace  # already loaded by the build that is recorded

        try:
            replace(_path(self._root), "\n".join(recorded) + "\n")
        except Exception:  # noqa: BLE001  the build itself is done and right
            forget(self._root)


def forget(root: str) -> None:
    """The next build starts from nothing."""
    try:
        os.unlink(os.path.join(root, FOLDER, FILE))
    except OSError:
        pass


def _path(root: str) -> object:
    from pathlib import Path  # already loaded by the build

    return Path(root) / FOLDER / FILE


def _modules() -> Iterable[str]:
    """The source of every imported module that is neither the standard library's nor a library's recorded by version."""
    standard = os.path.dirname(os.__file__) + os.sep
    by_version = tuple(f"{name}." for packages in LIBRARIES.values() for name in packages)
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if not path or f"{name}.".startswith(by_version):
            continue
        if not path.startswith(standard) or "site-packages" in path:
            yield os.path.abspath(path)


def _packages(stacks: str) -> Iterable[str]:
    for folder, inside, _ in os.walk(stacks):
        inside[:] = [name for name in inside if _counts(name)]
        yield folder


def _distributions() -> Iterable[str]:
    """The ``*.dist-info`` folder of each library, whose name is its version."""
    from importlib.metadata import PackageNotFoundError, distribution  # only a build that did work pays for it

    for name in LIBRARIES:
        try:
            yield str(getattr(distribution(name), "_path", name))
        except PackageNotFoundError:
            yield name
