"""What the last lint said, kept in ``.stackgen/lint.json``: an unchanged build is answered without cfn-lint.

The key covers all that findings depend on: the texts, what was asked, the project's ``.cfnlintrc``, cfn-lint's
version and the sources of this package.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

from stackgen.assembly import replace
from stackgen.errors import OutputFileError
from stackgen.hashing import sha256

from .finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CONFIGS = (".cfnlintrc", ".cfnlintrc.yaml", ".cfnlintrc.yml")
_FILE = "lint.json"
_FURTHER_FILES = (b"append_rules", b"custom_rules", b"override_spec", b"schemas")
"""Settings of cfn-lint with these words name further files, which are not looked at here."""


def config_of(root: Path) -> Path:
    """The project's configuration of cfn-lint, whether it is there or not."""
    return next((root / name for name in CONFIGS if (root / name).is_file()), root / CONFIGS[0])


def key_of(root: Path, texts: Sequence[tuple[str, ...]], *asked: object) -> str:
    """A digest that changes with whatever findings depend on; empty where that cannot be told."""
    found = PathFinder.find_spec("cfnlint")
    installed = Path(found.origin).parents[1] if found and found.origin else root
    releases = [path.name for path in installed.glob("cfn_lint-*.dist-info")]
    config = config_of(root)
    settings = config.read_bytes() if config.is_file() else b""
    if not releases or any(word in settings for word in _FURTHER_FILES):
        return ""
    sources = [(path, *_stamp(path)) for path in sorted(_sources())]
    digest = sha256(repr((str(root), asked, releases, settings, sources)).encode())
    for text in texts:  # by themselves: what repr makes of them takes longer than reading them
        for part in text:
            content = part.encode()
            digest.update(b"%d:" % len(content) + content)
    return digest.hexdigest()


def _sources() -> Iterator[str]:
    """Our own modules that findings may come from."""
    here = Path(__file__).parent
    folders = [(str(here.parent), [], [each.name for each in os.scandir(here.parent)]), *os.walk(here)]
    for folder, _, names in folders:
        yield from (f"{folder}/{each}" for each in names if each.endswith((".py", ".json")))


def _stamp(path: str) -> tuple[int, int]:
    """What tells that a file was written again: reading so many takes as long as all the rest."""
    found = os.stat(path)  # noqa: PTH116  as scandir gave it
    return found.st_size, found.st_mtime_ns


def recall(cache: Path, key: str, today: str) -> tuple[list[Finding], dict[str, str]] | None:
    """The findings and versions that were kept for the key, if they were and no exemption has expired since."""
    with suppress(OSError, ValueError, KeyError, TypeError):  # nothing there, or something that is not ours
        content = json.loads((cache / _FILE).read_text("utf-8"))
        if key and content["key"] == key and (not content["until"] or today < content["until"]):
            rows = [(*row[:5], tuple(row[5])) for row in content["findings"]]
            return [Finding(*row) for row in rows], dict(content["versions"])
    return None


def keep(cache: Path, key: str, findings: Sequence[Finding], versions: dict[str, str], until: str) -> None:
    """Keep them for the next run, until a day; where nothing can be written, that one starts from nothing."""
    if not key:
        return
    with suppress(OutputFileError):
        replace(
            cache / _FILE, json.dumps({"key": key, "until": until, "versions": versions, "findings": findings}) + "\n"
        )
        if not (cache / ".gitignore").exists():
            replace(cache / ".gitignore", "*\n")
