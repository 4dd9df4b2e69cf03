"""A file whose time says when the listener last went round its loop; who asks for its health looks at it."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

LONGEST_ROUND = 90
"""Seconds. What one round may wait for, all attempts at the table and at Yoto, takes less."""


def place() -> Path:
    """One listener runs in a container."""
    return Path(tempfile.gettempdir()) / "smart-stream-listener-alive"


def say() -> None:
    """The loop goes round."""
    place().touch()


def seconds_since() -> float | None:
    """How long ago that was; None where it never did."""
    try:
        return time.time() - place().stat().st_mtime
    except FileNotFoundError:
        return None
