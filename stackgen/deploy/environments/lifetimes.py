"""How long something may live: ``90m``, ``72h``, ``3d``, ``2w``; and what time it is by the clock of AWS."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

SHORTEST = 10 * 60
"""A shorter life than the creation takes would only make work."""

FORM = "a whole number with m, h, d or w, such as 72h"
_SECONDS = {"m": 60, "h": 3_600, "d": 86_400, "w": 7 * 86_400}
_SPAN = re.compile(r"([1-9][0-9]{0,5})([mhdw])")


def seconds_of(text: str) -> int | None:
    """The seconds of ``72h``; None where it has another form."""
    found = _SPAN.fullmatch(text)
    return int(found[1]) * _SECONDS[found[2]] if found else None


def shown(seconds: int) -> str:
    """``72h``: in the largest unit that it is a multiple of, days beyond two."""
    for unit, size in (("d", _SECONDS["d"]), ("h", _SECONDS["h"])):
        if seconds % size == 0 and (unit == "h" or seconds > 2 * size):
            return f"{seconds // size}{unit}"
    return f"{seconds // _SECONDS['m']}m"


def moment(seconds: float) -> str:
    """``2026-01-04 12:00 UTC``."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"


def iso(seconds: float) -> str:
    """``2026-01-04T12:00:00Z``."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def of_iso(text: str) -> float:
    """The opposite. Raises ValueError."""
    return datetime.fromisoformat(text).timestamp()


def now_of(sts: Any) -> float:
    """What time AWS says it is: the machine that removes what is past its time may be wrong about it."""
    headers = sts.get_caller_identity()["ResponseMetadata"].get("HTTPHeaders", {})
    said = headers.get("date", "")
    return parsedate_to_datetime(said).timestamp() if said else time.time()
