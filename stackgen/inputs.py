# ruff: noqa: PTH100, PTH108, PTH110, PTH116, PTH118, PTH119, PTH120, PTH123, PTH208 # pathlib is slow to import
"""What the last build was made from, so that an unchanged project answers without importing a stack.

``.stackgen/inputs`` holds the summary to print, the project's folder (so that a copy of it starts anew) and
lines of the form ``<kind> <fingerprint> <path>``. A build is unchanged when every line still holds:

    python   version, prefix and search path of the interpreter
    library  a distribution's folder, whose name carries its version
    file     SHA-256 of every module imported, and of every file that the stacks opened
    folder   names in every package of stacks, and in every folder that the stacks listed
    imports  modules and packages beside the folder of stacks, which an import would find first
    output   SHA-256 of every file written

What a stack learns in another way, from the environment or by looking whether a file exists, is not seen; a
build during which another process or a connection was started is not recorded at all.

This module is on the path of the unchanged build: it imports nothing but ``os``, ``sys`` and a hash.
"""

from __future__ import annotations

import os
import sys

from .hashing import FOLDER, sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FILE = "inputs"
SETTINGS = ("stackgen.toml", "pyproject.toml")
"""The files that may hold a project's settings; the first one counts."""

LIBRARIES = {
    "troposphere": ("troposphere",),
    "awacs": ("awacs",),
    "cfn_flip": ("cfn_flip", "cfn_clean", "cfn_tools"),
    "pyyaml": ("yaml",),
    "six": ("six",),
}
"""Distributions that are recorded by version, with their modules; all other modules are recorded by content."""

_READS = ("open", "os.listdir", "os.scandir")
_BEYOND_US = ("subprocess.Popen", "os.system", "os.posix_spawn", "os.exec", "os.fork", "socket.connect")
_HEARD = frozenset((*_READS, *_BEYOND_US))
_CLOCK_TICK = 10_000_000
"""Nanoseconds by which the time of a file may lie before the clock that programs read."""


def summary_if_unchanged(start: str) -> str | None:
    """What the last build said, if nothing that went into it or came out of it has changed; else ``None``."""
    folder, text = kept_above(start, FILE)
    summary, *kept = text.splitlines() or [""]
    return summary if kept and kept[0] == folder and all(map(_holds, kept[1:])) else None


def read_by(root: str) -> list[str]:
    """The files and folders that the last build of this project was made from; none where that was not recorded."""
    return [line.split(" ", 2)[2] for line in _lines(root)]


def is_overtaken(root: str) -> bool:
    """Whether something that the last build was made from has changed since; False where that was not recorded."""
    return not all(map(_holds, _lines(root)))


def _lines(root: str) -> list[str]:
    """What the project itself gave to its last build."""
    folder, text = kept_above(root, FILE)
    kept = text.splitlines()[1:]
    own = [line for line in kept if line.startswith(("file ", "folder ", "imports "))]
    return own if kept and kept[0] == folder == root else []


def kept_above(start: str, name: str) -> tuple[str, str]:
    """The project's folder, which may be above ``start``, and what a file of this name keeps there; empty without."""
    folder = start
    while True:
        try:
            with open(os.path.join(folder, FOLDER, name), encoding="utf-8", newline="\n") as file:
                return folder, file.read()
        except OSError:
            pass
        except ValueError:  # no text: not what we wrote
            return "", ""
        above = os.path.dirname(folder)
        if above == folder or any(os.path.exists(os.path.join(folder, name)) for name in SETTINGS):
            return "", ""
        folder = above


def _holds(line: str) -> bool:
    kind, _, rest = line.partition(" ")
    fingerprint, _, path = rest.partition(" ")
    return fingerprint == fingerprint_of(kind, path)


def fingerprint_of(kind: str, path: str) -> str:
    """What a line of this kind says of ``path`` now."""
    try:
        if kind == "python":
            return _digest("\n".join([sys.version, sys.prefix, *sys.path[1:]]).encode(errors="replace"))
        if kind == "library":
            return "present" if os.path.exists(path) else "absent"
        if kind in ("folder", "imports"):
            names = filter(_counts, os.listdir(path)) if kind == "folder" else _importable(path)
            return _digest("\n".join(sorted(names)).encode(errors="replace"))
        with open(path, "rb", buffering=0) as file:
            return _digest(file.read())
    except (OSError, ValueError):
        return "absent"


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _counts(name: str) -> bool:
    return name != "__pycache__" and not name.endswith((".tmp", ".pyc"))


def _importable(folder: str) -> Iterator[str]:
    for name in os.listdir(folder):
        if name.endswith(".py") or (name.isidentifier() and os.path.exists(os.path.join(folder, name, "__init__.py"))):
            yield name


class Recorder:
    """Watches what a build reads, from its start to ``stop``; ``save`` records it.

    Modules are known from ``sys.modules``; files that stack code opens and folders that it lists, from
    Python's audit events.
    """

    def __init__(self, root: str) -> None:
        from time import time_ns

        self._root = root
        self._python = fingerprint_of("python", "")  # now: a build extends the search path
        self._start = time_ns() - _CLOCK_TICK
        self._opened: set[str] = set()
        self._listed: set[str] = set()
        self._whole = True
        self._watching = True
        sys.addaudithook(self._heard)

    def _heard(self, event: str, arguments: tuple[object, ...]) -> None:
        if event not in _HEARD or not self._watching:
            return
        if event in _BEYOND_US:
            self._whole = False
            return
        if event == "open" and isinstance(flags := arguments[2], int) and flags & (os.O_WRONLY | os.O_RDWR):
            return  # written, not read
        if "importlib._bootstrap" in sys._getframe(1).f_code.co_filename:
            return  # what was found is in sys.modules
        path = arguments[0]
        if path is None:
            path = "."
        if isinstance(path, str | bytes | os.PathLike):  # else a descriptor, of something opened before
            found = os.path.abspath(os.fsdecode(path))
            (self._opened if event == "open" else self._listed).add(found)

    def stop(self) -> None:
        """Everything is read; what follows is ours."""
        self._watching = False

    def save(self, summary: str, settings: str, stacks: str, outputs: Iterable[str]) -> None:
        """Record this build; where that is impossible, the next one has no short cut."""
        self.stop()
        libraries = dict(_libraries())
        by_version = tuple(start for starts in libraries.values() for start in starts)
        written = set(outputs)
        read = filter(self._ours, self._opened)
        files = {*_settings(settings), *_modules(by_version), *_no_packages(stacks), *read}
        folders = {*_packages(stacks), *filter(self._ours, self._listed)}
        lines = [
            *(("library", path) for path in libraries),
            *(("file", path) for path in sorted(files - written)),
            *(("folder", path) for path in sorted(folders)),
            ("imports", os.path.dirname(stacks)),
            *(("output", path) for path in sorted(written)),
        ]
        if not self._whole or any(not self._is_settled(kind, path) for kind, path in lines):
            forget(self._root)
            return
        recorded = [summary, self._root, f"python {self._python} "]
        recorded += [f"{kind} {fingerprint_of(kind, path)} {path}" for kind, path in lines]
        _write(self._root, "\n".join(recorded) + "\n")

    def _ours(self, path: str) -> bool:
        """Whether what was read there could change the build: no device, no standard library, no cache."""
        return not (
            _is_standard(path)
            or path.endswith(".pyc")
            or path.startswith(("/proc/", "/dev/", "/sys/", os.path.join(self._root, FOLDER) + os.sep))
        )

    def _is_settled(self, kind: str, path: str) -> bool:
        """Whether a line can be kept: a file that changed during the build may have been read before."""
        if len(path.splitlines()) != 1:
            return False
        try:
            return kind != "file" or os.stat(path).st_mtime_ns < self._start
        except OSError:
            return True


def forget(root: str) -> None:
    """The next build starts from nothing."""
    try:  # noqa: SIM105  contextlib is not loaded here
        os.unlink(os.path.join(root, FOLDER, FILE))
    except OSError:
        pass


def _write(root: str, text: str) -> None:
    from pathlib import Path  # already loaded by the build that is recorded

    from .assembly import keep
    from .errors import OutputFileError

    try:
        keep(Path(root) / FOLDER / FILE, text)
    except (OutputFileError, UnicodeEncodeError):  # the build itself is done and right
        forget(root)


def _settings(config: str) -> Iterator[str]:
    """The settings' file, and the one that would count instead if it came to be."""
    yield config
    if os.path.basename(config) != SETTINGS[0]:
        yield os.path.join(os.path.dirname(config), SETTINGS[0])


def _libraries() -> Iterator[tuple[str, tuple[str, ...]]]:
    """The ``*.dist-info`` folder beside each library that is imported, and what the library's files start with."""
    listed: dict[str, list[str]] = {}
    for name, packages in LIBRARIES.items():
        path = getattr(sys.modules.get(packages[0]), "__file__", None)
        if not isinstance(path, str):
            continue
        beside = os.path.dirname(os.path.dirname(path) if path.endswith("__init__.py") else path)
        if beside not in listed:
            listed[beside] = os.listdir(beside)
        found = [each for each in listed[beside] if each.lower().startswith(f"{name}-") and each.endswith("-info")]
        if len(found) == 1:  # else nobody can say which version it is: its modules are recorded by content
            starts = (os.path.join(beside, package) for package in packages)
            yield os.path.join(beside, found[0]), tuple(start + end for start in starts for end in (os.sep, ".py"))


def _modules(by_version: tuple[str, ...]) -> Iterator[str]:
    """The source of every imported module, but for the standard library's and those recorded by version."""
    for module in list(sys.modules.values()):
        path = getattr(module, "__file__", None)
        if isinstance(path, str) and not _is_standard(path) and not path.startswith(by_version):
            yield os.path.abspath(path)


def _is_standard(path: str) -> bool:
    return path.startswith(os.path.dirname(os.__file__) + os.sep) and "-packages" + os.sep not in path


def _packages(stacks: str) -> Iterator[str]:
    """The folder of stacks, and every package below it."""
    yield stacks
    for folder in _folders(stacks):
        if os.path.exists(os.path.join(folder, "__init__.py")):
            yield from _packages(folder)


def _no_packages(stacks: str) -> Iterator[str]:
    """The files that would make packages of the other folders."""
    for package in _packages(stacks):
        for folder in _folders(package):
            init = os.path.join(folder, "__init__.py")
            if not os.path.exists(init):
                yield init


def _folders(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir() and entry.name.isidentifier() and _counts(entry.name):
                yield entry.path
