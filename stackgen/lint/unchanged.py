# ruff: noqa: PTH109, PTH116, PTH118, PTH120, PTH208 # pathlib is slow to import
"""What the last plain ``lint`` printed, for as long as no file that it depends on was written again.

``.stackgen/linted.json`` holds the words, the exit code and the state of every file: its size, its times and its
number, as Git tells whether to look at a file again. Whoever restores, copies or edits one is answered by
``memory``, which compares contents, or by cfn-lint.

This module is on the path of the unchanged lint: it imports nothing but ``os`` and a reader of JSON.
"""

from __future__ import annotations

import os

from stackgen.hashing import FOLDER, sha256
from stackgen.inputs import SETTINGS, fingerprint_of, kept_above, read_by
from stackgen.jsontext import parsed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

Answer = tuple[str, list[str], int]
"""What a plain lint tells and says, and the exit code that it leaves with."""

__all__ = ["CONFIGS", "FILE", "answer", "record", "sources", "state_of_sources"]

FILE = "linted.json"
CONFIGS = (".cfnlintrc", ".cfnlintrc.yaml", ".cfnlintrc.yml")
"""The files that may hold a project's settings of cfn-lint; the first one counts."""
_PARTS = ("lint", "asl")
"""The packages that our rules and contracts are made of, beside the modules of ``stackgen`` itself."""
_SOURCES = (".py", ".json")
_CLOCK_TICK = 10_000_000
"""Nanoseconds by which the time of a file may lie before the clock that programs read."""


def answer(start: str, today: str) -> Answer | None:
    """What a lint in this folder would print; None where something may differ."""
    folder, text = kept_above(start, FILE)
    try:
        kept = parsed(text)
        holds = (
            kept["at"] == [folder, start]
            and kept["day"] == today
            and kept["state"] == _state()
            and all(stamp(path) == found for path, found in kept["files"].items())
        )
        told, said, code = kept["answer"]
    except (ValueError, KeyError, TypeError, AttributeError):  # nothing there, or something that is not ours
        return None
    return (told, said, code) if holds else None


def record(root: str, files: Iterable[str], today: str, given: Answer, began: int) -> dict[str, Any] | None:
    """What is to be kept of a lint that read these files and began then, in nanoseconds; it holds for the day.

    None where a file is newer: it may have been read before it was written.
    """
    own = (*SETTINGS, *CONFIGS, os.path.join(FOLDER, "sources.json"))
    paths = (*files, *read_by(root), *(os.path.join(root, name) for name in own))
    stamps = {path: stamp(path) for path in paths}
    if any(max(times) > began - _CLOCK_TICK for _, _, *times in stamps.values()):
        return None
    return {"at": [root, os.getcwd()], "day": today, "state": _state(), "files": stamps, "answer": given}


def stamp(path: str) -> list[int]:
    """What tells that a file was written again, or is another: its size, number and times; zeros where none is."""
    try:
        found = os.stat(path)
    except OSError:
        return [0, 0, 0, 0]
    return [found.st_size, found.st_ino, found.st_mtime_ns, found.st_ctime_ns]


def state_of_sources() -> str:
    """The state of our own modules that findings may come from: reading so many takes as long as all the rest."""
    return sha256(repr([(path, stamp(path)) for path in sources()]).encode()).hexdigest()


def sources() -> list[str]:
    """Those modules, and the data beside them."""
    package = os.path.dirname(os.path.dirname(__file__))
    below = (found for name in _PARTS for found in os.walk(f"{package}/{name}"))
    folders = [(package, [], os.listdir(package)), *below]
    return sorted(f"{folder}/{name}" for folder, _, names in folders for name in names if name.endswith(_SOURCES))


def _state() -> str:
    """What runs: which Python, where it finds cfn-lint, and our own modules."""
    return f"{fingerprint_of('python', '')} {state_of_sources()}"
