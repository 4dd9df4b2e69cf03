"""The listener as its image runs it: what the Dockerfile copies, its command, its own environment; no Docker."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from stackgen.local.cloud import Cloud
from stacks.smart_stream.package import APP
from tests.smart_stream.app.api import TABLE
from tests.smart_stream.app.mosquitto import Mosquitto
from tests.smart_stream.app.yoto import YotoServices
from tests.smart_stream.deployment import ACCOUNT, REGION

PATIENCE = 60.0


class Process:
    """One listener, in a folder of its own; ``start`` it again as often as you like."""

    def __init__(self, folder: Path, cloud: Cloud, broker: Mosquitto, yoto: YotoServices, **variables: str) -> None:
        self._folder = folder
        folder.mkdir()
        _lay_out(folder)
        self._variables = {
            "PATH": "/usr/bin:/bin", "TMPDIR": str(folder), "PYTHONPATH": f"{folder}:{sysconfig.get_path('purelib')}",
            "AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION, "AWS_ENDPOINT_URL": cloud.url, "DYNAMODB_TABLE": TABLE, "ENVIRONMENT": "dev",
            "YOTO_CLIENT_ID": "client-of-yoto", "MQTT_CLIENT_ID": "smart-stream-dev", "LOG_LEVEL": "info",
            "DEBUG": "true", "MQTT_URL": broker.url, "YOTO_LOGIN_URL": yoto.url, "YOTO_API_URL": yoto.url,
            "POLL_SECONDS": "0.2", "BEAT_SECONDS": "1", "LONGEST_PAUSE_SECONDS": "1", **variables,
        }  # fmt: skip

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait(PATIENCE)

    def start(self) -> Self:
        with (self._folder / "log").open("ab") as log:
            self._process = self._begin(_command(), log)
        return self

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """The code that it ends with."""
        self._process.send_signal(number)
        return self._process.wait(PATIENCE)

    def pause(self) -> None:
        """It hangs."""
        self._process.send_signal(signal.SIGSTOP)

    def wait(self) -> int:
        """For its end."""
        return self._process.wait(PATIENCE)

    def health(self) -> tuple[int, str]:
        """Of the command that ECS asks, and what it says."""
        from stacks.smart_stream.listener import HEALTH

        asked = self._begin([sys.executable, "-S", *HEALTH[2:]], subprocess.PIPE)
        _, said = asked.communicate(timeout=PATIENCE)
        return asked.returncode, said.decode()

    def lines(self) -> list[dict[str, Any]]:
        """Of its log, as far as they are whole; each of them is JSON."""
        whole, _, _ = (self._folder / "log").read_text("utf-8").rpartition("\n")
        return [json.loads(line) for line in whole.splitlines()]

    def messages(self) -> list[str]:
        return [line["message"] for line in self.lines() if line["message"] != "heartbeat"]

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds. Raises AssertionError, with the log."""
        until = time.monotonic() + PATIENCE
        while not holds():
            assert self._process.poll() is None, self.lines()
            assert time.monotonic() < until, self.lines()[-20:]
            time.sleep(0.05)

    def until_it_says(self, message: str, times: int = 1) -> None:
        self.until(lambda: self.messages().count(message) >= times)

    def _begin(self, command: list[str], output: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command, cwd=self._folder, env=self._variables, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )


def dockerfile() -> str:
    return (APP / "listener" / "Dockerfile").read_text("utf-8")


def _lay_out(folder: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", "Dockerfile", "requirements.txt")
    copied = re.findall(r"^COPY (\S+) (\w+)$", dockerfile(), re.MULTILINE)
    assert copied
    for source, target in copied:
        shutil.copytree(APP / source, folder / target, ignore=ignored)


def _command() -> list[str]:
    (text,) = re.findall(r"^CMD (\[.+\])$", dockerfile(), re.MULTILINE)
    python, *rest = json.loads(text)
    assert python == "python"
    return [sys.executable, "-S", *rest]
