"""The time; everything that needs it asks here."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now() -> int:
    """Seconds since the epoch."""
    return int(time.time())


def stamp(seconds: int | None = None) -> str:
    """A moment as records hold it: ``2026-11-29T16:48:39Z``; now, unless given."""
    moment = datetime.fromtimestamp(now() if seconds is None else seconds, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds_since(moment: datetime) -> float:
    """How long ago something was that AWS gave the time of."""
    return now() - moment.timestamp()


def sleep(seconds: float) -> None:
    """Wait."""
    time.sleep(seconds)
