"""The shop in a project's folder, and the command line on it, run inside of the test's process."""

from __future__ import annotations

import io
import json
import signal
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stackgen.cli import main
from tests.support import Ran, credentials

from .deployed import ACCOUNT, BUCKET, SECRET, Deployed, target, templates

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from stackgen.local.cloud import Cloud

SETTINGS = """\
[tool.stackgen]
stacks = "stacks"

[tool.stackgen.env.dev]
account = "111111111111"
regions = ["us-east-1"]
"""


class Terminal(io.StringIO):
    """Somebody who answers."""

    def isatty(self) -> bool:
        return True


@dataclass
class Typed:
    """A project with the shop, whose AWS is a stand-in; ``run`` is the command line."""

    root: Path
    cloud: Cloud
    patch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    @classmethod
    def at(cls, root: Path, cloud: Cloud, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
        found = cls(root, cloud, patch, capsys)
        (root / "stacks").mkdir(parents=True)
        found.write("pyproject.toml", SETTINGS)
        found.build()
        values = {
            **credentials(cloud.url, ACCOUNT, root),
            "STACKGEN_PARAM_Password": SECRET,
            "STACKGEN_PARAM_TemplatesBucketName": BUCKET,
        }
        for name, value in values.items():
            patch.setenv(name, value)
        for name in ("CI", "GITHUB_ACTIONS", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN"):
            patch.delenv(name, raising=False)
        patch.chdir(root)
        return found

    def write(self, path: str, text: str) -> Path:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
        return place

    def build(self, **changed: dict[str, Any]) -> None:
        """Write the shop's templates, with other resources for some."""
        for name, each in templates(**changed).templates.items():
            self.write(f"build/{name}.json", each.text)

    def shop(self, **changed: dict[str, Any]) -> Deployed:
        """The same as a library sees it; not deployed."""
        if changed:
            self.build(**changed)
        return Deployed(self.cloud, templates(**changed))

    def deploy(self, **changed: dict[str, Any]) -> Deployed:
        """The shop, deployed."""
        found = self.shop(**changed)
        found.deploy(target())
        self.cloud.gateway.notes.clear()
        return found

    def run(self, *words: str, answer: str | None = None) -> Ran:
        """What a command says; with *answer* somebody sits there and types it."""
        self.patch.setattr(sys, "stdin", io.StringIO() if answer is None else Terminal(answer + "\n"))
        self.capsys.readouterr()
        code = main(words)
        said = self.capsys.readouterr()
        assert SECRET not in said.out + said.err
        return Ran(code, said.out, said.err)

    @contextmanager
    def interrupted(self, call: str) -> Iterator[None]:
        """Somebody presses Ctrl-C after this operation was asked for, while the command waits for news."""
        pressed = threading.Event()
        notes = self.cloud.gateway.notes

        def press() -> None:
            before = -1
            while not pressed.wait(1):  # nothing was asked for a second: it sleeps
                if any(each.operation == call for each in notes) and len(notes) == before:
                    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
                    return
                before = len(notes)

        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        waiting = threading.Thread(target=press)
        waiting.start()
        try:
            yield
        finally:
            pressed.set()
            waiting.join()
            signal.signal(signal.SIGINT, before)

    def told(self, *words: str, code: int = 0) -> dict[str, Any]:
        """What it says as JSON."""
        ran = self.run(*words, "--format", "json")
        assert ran.code == code, ran.err
        found: dict[str, Any] = json.loads(ran.out)
        return found
