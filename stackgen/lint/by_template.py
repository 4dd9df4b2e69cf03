"""What was found in each template by itself, kept by its text: where one of many is edited, one is linted again.

A template's findings depend on its text, on those of its children, and on ``base``: the linter, its settings, the
regions and the day.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from stackgen import assembly
from stackgen.errors import OutputFileError
from stackgen.hashing import sha256

from .finding import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from .finding import BuiltTemplate


class ByTemplate:
    """The findings that a file keeps for a base; without a base nothing is kept."""

    def __init__(self, file: Path, base: str, templates: Mapping[str, BuiltTemplate]) -> None:
        self._file = file
        self._base = base
        self._templates = templates
        self._kept = self._read() if base else {}

    def known(self, template: BuiltTemplate) -> list[Finding] | None:
        """What was found in this very text; None where it was not looked at, or is another one now."""
        kept = self._kept.get(template.name)
        with suppress(KeyError, TypeError, ValueError):  # not what we wrote
            if kept and kept["of"] == self._digest(template):
                return [Finding(*row)._replace(path=tuple(row[5])) for row in kept["findings"]]
        return None

    def keep(self, found: Mapping[str, list[Finding]]) -> None:
        """Keep what was found in these templates beside what is known of others; where that fails, nothing is known."""
        if not self._base:
            return
        rows = {name: {"of": self._digest(self._templates[name]), "findings": found[name]} for name in found}
        still = {name: kept for name, kept in self._kept.items() if name in self._templates}
        with suppress(OutputFileError):
            assembly.keep(self._file, json.dumps({"base": self._base, "templates": {**still, **rows}}) + "\n")

    def _read(self) -> dict[str, Any]:
        with suppress(OSError, ValueError, KeyError, TypeError):
            content = json.loads(self._file.read_text("utf-8"))
            if content["base"] == self._base:
                return dict(content["templates"])
        return {}

    def _digest(self, template: BuiltTemplate) -> str:
        """Of the text and its children's: cfn-lint looks into these for what they take and give out."""
        children = {
            title: self._templates[name] for title, name in template.children.items() if name in self._templates
        }
        texts = [template.file, template.text, *(f"{title} {each.text}" for title, each in sorted(children.items()))]
        return sha256("\0".join(texts).encode()).hexdigest()
