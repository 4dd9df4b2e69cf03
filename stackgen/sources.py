"""Where the Python stands that declared what a template holds: kept by ``build`` in ``.stackgen/sources.json``.

A finding in a template is mended in the class that makes it. What is kept holds for the very text that was built; of
another one nothing is said.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from .assembly import keep
from .errors import OutputFileError
from .hashing import sha256

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from .template import Template

_FILE = "sources.json"


def remember(cache: Path, root: str, templates: Iterable[Template]) -> None:
    """Keep the places of these templates beside those of others; where nothing can be written, none are known."""
    before = _read(cache)
    kept = dict(before)
    for each in templates:
        places = {what: f"{os.path.relpath(file, root)}:{line}" for what, (file, line) in each.places if file}
        kept[each.name] = {"of": _digest(each.text), "places": places}
    if kept == before:
        return
    try:
        keep(cache / _FILE, json.dumps(kept, sort_keys=True) + "\n")
    except OutputFileError:
        return


class Sources:
    """The places that a build has kept."""

    def __init__(self, cache: Path) -> None:
        self._kept = _read(cache)
        self._places: dict[str, Mapping[str, object]] = {}

    def place(self, name: str, text: str, *path: str) -> str:
        """Where something of a template was declared, as ``stacks/shop.py:12``; empty where that is not known."""
        if name not in self._places:
            self._places[name] = self._of(name, text)
        found = self._places[name].get("/".join(path[:2]))
        return found if isinstance(found, str) else ""

    def _of(self, name: str, text: str) -> Mapping[str, object]:
        kept = self._kept.get(name)
        if not isinstance(kept, dict) or kept.get("of") != _digest(text):
            return {}
        places = kept.get("places")
        return places if isinstance(places, dict) else {}


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _read(cache: Path) -> dict[str, Mapping[str, object]]:
    try:
        found = json.loads((cache / _FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
