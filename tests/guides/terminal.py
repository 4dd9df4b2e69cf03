"""A terminal: commands typed into a real pseudo terminal, questions answered, and what it shows written down."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from typing import TYPE_CHECKING

from tests.support import environment

if TYPE_CHECKING:
    from .places import Stage

COLUMNS = "100"
QUESTION = "[y/N] "
_VARYING = (
    (re.compile(r"\b\d\d:\d\d:\d\d\b"), "hh:mm:ss"),
    (re.compile(r"(?<=Stack-)[A-Z0-9]{12}\b"), "1A2B3C4D5E6F"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "0a1b2c3d-uuid"),
    (re.compile(r"https://[0-9a-f]{8}\.execute-api"), "https://a1b2c3d4.execute-api"),
    (re.compile(r"https://main\.d[0-9a-f]+\."), "https://main.d1a2b3c4d5e6f7."),
    (re.compile(r"(?<=UserPoolClientId = )\w{26}\b"), "1a2b3c4d5e6f7g8h9i0j1k2l3m"),
    (re.compile(r"us-east-1_\w{9}\b"), "us-east-1_A1b2C3d4E"),
)
"""What differs from run to run, and what a page shows instead."""


def shown(stage: Stage, command: str, answer: str = "") -> str:
    """A prompt with the command, and all that the terminal shows until it ends; a question gets the answer."""
    ours, theirs = pty.openpty()
    words = command.split()[3:]
    settings = environment(**stage.sandbox.always, COLUMNS=COLUMNS, NO_COLOR="1")
    process = subprocess.Popen(
        stage.sandbox.command(*words), cwd=stage.sandbox.root, env=settings, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    told = b""
    while chunk := _read(ours):
        told += chunk
        if answer and told.decode("utf-8", "replace").endswith(QUESTION):
            os.write(ours, f"{answer}\n".encode())
    process.wait()
    os.close(ours)
    return f"$ {command}\n{told.decode('utf-8')}".replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the last program that had it open has ended
        return b""


def settled(text: str) -> str:
    """The same without what differs from run to run."""
    for pattern, instead in _VARYING:
        text = pattern.sub(instead, text)
    return text
