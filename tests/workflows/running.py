"""Runs the command lines of a workflow's jobs, one after the other, as GitHub does: in a repository, told by files."""

from __future__ import annotations

import os
import shlex
import subprocess
from dataclasses import dataclass, field
from string import Template
from typing import TYPE_CHECKING

from tests.workflows.reading import filled, lines

if TYPE_CHECKING:
    from pathlib import Path

    from tests.deploy.typed import Typed
    from tests.support import Ran
    from tests.workflows.reading import Line

OURS = "python -m stackgen "
SLOW = ("deploy", "env create", "env destroy", "env reap", "rollback")
IDENTITY = {f"GIT_{who}_{what}": "someone@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def git(root: Path, *words: str) -> str:
    """What git answers in a folder."""
    plain = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **IDENTITY}
    done = subprocess.run(
        ["git", *words], cwd=root, env={**os.environ, **plain}, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@dataclass
class Runner:
    """One run of a workflow: what its expressions stand for, and which commands it ran."""

    typed: Typed
    values: dict[str, str]
    more: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What a test adds to a command, for it has no network and no patience."""
    ran: list[str] = field(default_factory=list)

    def job(self, workflow: str, job: str) -> list[Ran]:
        """Every command of ours in a job, up to one that fails; then those that run whatever was before."""
        found: list[Ran] = []
        failed = False
        for line in (each for each in lines(workflow) if each.job == job):
            if line.text.startswith(OURS) and self._is_wanted(line, failed):
                found.append(self.line(line))
                failed = failed or found[-1].code != 0
        return found

    def told(self, name: str) -> str:
        """What steps wrote into a file that GitHub reads."""
        path = self.typed.root.parent / name
        return path.read_text("utf-8") if path.exists() else ""

    @staticmethod
    def _is_wanted(line: Line, failed: bool) -> bool:
        assert line.condition in ("", "${{ !cancelled() }}", "inputs.comment && env.NUMBER != ''"), line
        return not failed or line.condition == "${{ !cancelled() }}"

    def line(self, line: Line) -> Ran:
        """Run one of ours, as its step and its job say."""
        patch = self.typed.patch
        for name in ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
            patch.setenv(name, str(self.typed.root.parent / name))
        for name, value in line.env.items():
            patch.setenv(name, filled(value, self.values))
        for text in self.told("GITHUB_ENV").splitlines():
            name, _, value = text.partition("=")
            patch.setenv(name, value)
        words = shlex.split(Template(line.text.removeprefix(OURS)).substitute(os.environ))
        self.ran.append(" ".join(words))
        slow = ("--every", "0.1") if " ".join(words).startswith(SLOW) else ()
        return self.typed.run(*words, *slow, *self.more.get(words[0], ()))
