"""What the last lint said, kept in ``.stackgen/lint.json``: an unchanged build is answered without cfn-lint.

The key covers all that findings depend on: the texts, what was asked, the day (exemptions and runtimes expire), the
project's ``.cfnlintrc``, cfn-lint's version and the sources of this package. What a plain lint printed is kept beside
it: see ``unchanged``.
"""

from __future__ import annotations

import json
from contextlib import suppress
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stackgen import assembly
from stackgen.assembly import MANIFEST
from stackgen.errors import OutputFileError, ProjectError
from stackgen.hashing import FOLDER, sha256

from .finding import Finding
from .unchanged import CONFIGS, FILE, record, state_of_sources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .unchanged import Answer

_FILE = "lint.json"
_FURTHER_FILES = (b"append_rules", b"custom_rules", b"override_spec", b"schemas")
"""Settings of cfn-lint with these words name further files, which are not looked at here."""


def config_of(root: Path) -> Path:
    """The project's configuration of cfn-lint, whether it is there or not."""
    return next((root / name for name in CONFIGS if (root / name).is_file()), root / CONFIGS[0])


def key_of(root: Path, texts: Sequence[tuple[str, ...]], *asked: object) -> str:
    """A digest that changes with whatever findings depend on; empty where that cannot be told."""
    config = config_of(root)
    try:
        settings = config.read_bytes() if config.is_file() else b""
    except OSError as error:
        raise ProjectError(f"cannot be read: {error.strerror}", location=(str(config), 0)) from error
    releases = linter_at()
    if not releases or any(word in settings for word in _FURTHER_FILES):
        return ""
    digest = sha256(repr((str(root), asked, releases, settings, state_of_sources())).encode())
    for text in texts:  # by themselves: what repr makes of them takes longer than reading them
        for part in text:
            content = part.encode()
            digest.update(b"%d:" % len(content) + content)
    return digest.hexdigest()


def linter_at() -> list[str]:
    """The folders that carry the version of the cfn-lint that an import would find."""
    found = PathFinder.find_spec("cfnlint")
    beside = Path(found.origin).parents[1] if found and found.origin else None
    return sorted(map(str, beside.glob("cfn_lint-*.dist-info"))) if beside else []


def recall(cache: Path, key: str) -> tuple[list[Finding], dict[str, str]] | None:
    """The findings and versions that were kept for the key, if they were."""
    with suppress(OSError, ValueError, KeyError, TypeError):  # nothing there, or something that is not ours
        content = json.loads((cache / _FILE).read_text("utf-8"))
        if key and content["key"] == key:
            rows = [(*row[:5], tuple(row[5])) for row in content["findings"]]
            return [Finding(*row) for row in rows], dict(content["versions"])
    return None


def keep(cache: Path, key: str, findings: Sequence[Finding], versions: dict[str, str]) -> None:
    """Keep them for the next run."""
    if key:
        _keep(cache / _FILE, {"key": key, "versions": versions, "findings": findings})


class Lint(NamedTuple):
    """A lint of a whole build: the files that it read, the day, and when it began, in nanoseconds."""

    root: Path
    build: Path
    files: Sequence[str]
    today: str
    began: int


def keep_answer(lint: Lint, given: Answer) -> None:
    """Keep what it printed, for a run that finds no file written again."""
    folders = {each for file in lint.files for each in Path(file).parents if each.is_relative_to(lint.build)}
    there = [lint.build / MANIFEST, *folders, *lint.files, *linter_at()]
    kept = record(str(lint.root), map(str, there), lint.today, given, lint.began)
    if kept is not None:
        _keep(lint.root / FOLDER / FILE, kept)


def _keep(file: Path, content: dict[str, object]) -> None:
    """Keep something; where nothing can be written, the next run starts from nothing."""
    with suppress(OutputFileError):
        assembly.keep(file, json.dumps(content) + "\n")
