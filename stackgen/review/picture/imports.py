"""Arrows from an exported output to what imports it, across the boxes of a picture."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .model import Arrow, Box

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_OWN = "AWS::StackName"
"""A name made of this is another one in every stack, so equal texts do not mean the same export."""


class Imports:
    """Collects exports and imports by the text of their names, then draws what belongs together."""

    def __init__(self) -> None:
        self._exports: dict[str, tuple[tuple[str, ...], str]] = {}
        self._imports: list[tuple[str, tuple[str, ...]]] = []

    def read(self, resource: Mapping[str, Any], key: tuple[str, ...]) -> None:
        """What a resource imports."""
        self._imports += [(name, key) for name in _imported(resource)]

    def read_exports(self, outputs: Mapping[str, Any], key: tuple[str, ...]) -> None:
        """What a stack exports."""
        for title, output in outputs.items():
            export = output.get("Export")
            if isinstance(export, dict) and "Name" in export:
                self._exports.setdefault(_text(export["Name"]), (key, title))

    def drawn_into(self, picture: Box) -> Box:
        """The picture with an arrow for each pair, in the innermost box that holds both ends."""
        found: dict[tuple[str, ...], dict[tuple[str, str], set[str]]] = {}
        for name, target in self._imports:
            if name not in self._exports or _OWN in name:
                continue
            source, title = self._exports[name]
            level = next((at for at, (a, b) in enumerate(zip(source, target, strict=False)) if a != b), None)
            if level is not None:
                pair = "/".join(source[: level + 1]), "/".join(target[: level + 1])
                found.setdefault(source[:level], {}).setdefault(pair, set()).add(title)
        return _with_arrows(picture, {"/".join(key): pairs for key, pairs in found.items()}) if found else picture


def _with_arrows(box: Box, found: Mapping[str, Mapping[tuple[str, str], set[str]]]) -> Box:
    items = tuple(_with_arrows(item, found) if isinstance(item, Box) else item for item in box.items)
    keys = {item.key for item in items}
    new = [
        Arrow(source, target, "import", tuple(sorted(titles)))
        for (source, target), titles in found.get(box.key, {}).items()
        if source in keys and target in keys
    ]
    return replace(box, items=items, arrows=(*box.arrows, *new))


def _imported(value: Any) -> Iterator[str]:
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, list):
            pending += each
        elif isinstance(each, dict):
            if "Fn::ImportValue" in each:
                yield _text(each["Fn::ImportValue"])
            pending += each.values()


def _text(name: Any) -> str:
    return json.dumps(name, sort_keys=True, default=str)
