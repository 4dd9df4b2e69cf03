# ruff: noqa: PTH105, PTH107, PTH118, PTH123 # pathlib is slow to import
"""A project's settings as they were parsed last, in ``.stackgen/settings.json``: reading TOML is slow to load.

They hold for the very bytes that they were parsed from, told by their digest, and are kept only where a build has made
the folder: a review writes nothing beside what is not its own. What cannot be read or written is parsed again.
"""

from __future__ import annotations

import os

from .hashing import FOLDER, sha256
from .jsontext import parsed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["recalled", "remember"]

_FILE = "settings.json"


def recalled(root: str, name: str, content: bytes) -> dict[str, Any] | None:
    """The settings in a file of this name and content; None where they are not remembered."""
    try:
        with open(os.path.join(root, FOLDER, _FILE), "rb") as file:
            kept = parsed(file.read().decode())
    except (OSError, ValueError):
        return None
    known = isinstance(kept, dict) and kept.get("of") == _key(name, content) and isinstance(kept.get("table"), dict)
    return kept["table"] if known else None


def remember(root: str, name: str, content: bytes, table: dict[str, Any]) -> None:
    """Keep the settings that a file was found to hold, where JSON can say them: it has no dates."""
    import json  # it refuses what JSON cannot say; and settings seldom change

    path = os.path.join(root, FOLDER, _FILE)
    unfinished = f"{path}.{os.getpid()}.tmp"
    try:
        text = json.dumps({"of": _key(name, content), "table": table}, allow_nan=False)
        with open(unfinished, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(unfinished, path)
    except (OSError, TypeError, ValueError):
        try:  # noqa: SIM105  contextlib is slow to import
            os.remove(unfinished)
        except OSError:
            pass


def _key(name: str, content: bytes) -> str:
    return f"{name} {sha256(content).hexdigest()}"
