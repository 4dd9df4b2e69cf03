"""Scratch git repositories for the tests that read builds at refs."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.support import environment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

WHO = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@b"}
ALONE = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}


class Repository:
    """One repository, in a folder of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str) -> str:
        """What git answers; a failure is one of the test."""
        plain = {name: value for name, value in environment().items() if not name.startswith("GIT_")}
        done = subprocess.run(
            ["git", "-C", str(self.root), *words],
            env={**plain, **WHO, **ALONE},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        return done.stdout.strip()

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write files of the work tree."""
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def commit(self, files: Mapping[str, str | bytes], *removed: str) -> str:
        """Commit these files beside what is there; the commit's name."""
        self.write(files)
        for name in removed:
            (self.root / name).unlink()
        self.git("add", "-A", "-f")
        self.git("commit", "-q", "--allow-empty", "-m", "x")
        return self.git("rev-parse", "HEAD")
