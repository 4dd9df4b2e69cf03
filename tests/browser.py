"""A small driver of headless chromium, over the DevTools protocol through a pipe: no port is opened, nothing is left.

Chromium reads commands from its file 3 and writes answers and events to its file 4, each a JSON text that ends with a
NUL (https://chromedevtools.github.io/devtools-protocol/, option --remote-debugging-pipe).

    python -m tests.browser PAGE.html PICTURE.png HEIGHT    # what a reader sees, 1280 pixels wide and in light colours
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from select import select
from typing import Any, Self

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)
START = """
import fcntl, os, sys
above = [fcntl.fcntl(int(each), fcntl.F_DUPFD, 10) for each in sys.argv[1:3]]
for number, each in zip((3, 4), above):
    os.dup2(each, number)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Gives the two ends of the pipes the numbers at which chromium looks for them, and becomes chromium."""

PATIENCE = 30.0
"""Seconds that an answer may take."""


class Browser:
    """One chromium with one page; it ends with the block. Raises AssertionError where there is none."""

    def __init__(self) -> None:
        found = next(filter(None, map(shutil.which, NAMES)), None)
        assert found, "needs chromium; on Debian: sudo apt-get install -y chromium (scripts/test does it)"
        self._folder = tempfile.mkdtemp(prefix="browser-")
        self._number = 0
        self._rest = b""
        self.events: list[dict[str, Any]] = []
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        command = [found, *FLAGS, f"--user-data-dir={self._folder}", "about:blank"]
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", START, str(to_browser), str(from_browser), *command],
            pass_fds=(to_browser, from_browser),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._session = ""

    def __enter__(self) -> Self:
        try:
            target = self.call("Target.createTarget", url="about:blank")["targetId"]
            self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            for domain in ("Page", "Runtime", "Log", "Network"):
                self.call(f"{domain}.enable")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End the whole group of processes, whatever state they are in."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)
        os.close(self._write)
        os.close(self._read)
        shutil.rmtree(self._folder, ignore_errors=True)

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """One command's answer; events that come before it are kept."""
        self._number += 1
        message: dict[str, object] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + PATIENCE
        while True:
            answer = self._next(until, method)
            if answer.get("id") == self._number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def _next(self, until: float, what: str) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select([self._read], [], [], max(0.0, until - time.monotonic()))
            assert ready, f"chromium did not answer {what} in {PATIENCE:g} seconds"
            more = os.read(self._read, 1 << 16)
            assert more, f"chromium ended while it was asked {what}"
            self._rest += more
        text, _, self._rest = self._rest.partition(b"\0")
        answer: dict[str, Any] = json.loads(text)
        return answer

    def wait_for(self, method: str) -> dict[str, Any]:
        """The next event of a kind, of those that have come already or will."""
        until = time.monotonic() + PATIENCE
        while True:
            for event in self.events:
                if event["method"] == method:
                    return event
            self.events.append(self._next(until, method))

    def open(self, page: Path | str) -> None:
        """Load a file or an address, and wait until it is drawn; what was kept of the page before is forgotten."""
        self.events.clear()
        self.call("Page.navigate", url=page if isinstance(page, str) else page.absolute().as_uri())
        self.wait_for("Page.loadEventFired")

    def evaluate(self, script: str) -> Any:
        """The value of an expression in the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        """A key, pressed and let go; Tab, Enter and Space do what they do for a person."""
        codes = {"Tab": (9, ""), "Enter": (13, "\r"), " ": (32, " ")}
        code, text = codes[key]
        common = {"key": key, "code": "Space" if key == " " else key, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type="keyDown", **common, **({"text": text} if text else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def size(self, width: int, height: int = 800) -> None:
        """The window's, in CSS pixels."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def prefer(self, scheme: str, media: str = "") -> None:
        """The reader's scheme, ``light`` or ``dark``, and the medium, such as ``print``."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", media=media, features=features)

    def screenshot(self) -> bytes:
        """The window as PNG."""
        answer = self.call("Page.captureScreenshot", format="png")
        return base64.b64decode(answer["data"])

    def complaints(self) -> list[str]:
        """What the console said, and what was thrown."""
        kinds = ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown")
        return [json.dumps(event["params"]) for event in self.events if event["method"] in kinds]

    def requests(self) -> list[str]:
        """The addresses that the page asked for."""
        sent = (event for event in self.events if event["method"] == "Network.requestWillBeSent")
        return [event["params"]["request"]["url"] for event in sent]


def picture(page: Path, file: Path, height: int) -> None:
    """Draw the top of a page into a file."""
    with Browser() as browser:
        browser.prefer("light")
        browser.size(1280, height)
        browser.open(page)
        file.write_bytes(browser.screenshot())


if __name__ == "__main__":
    picture(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
