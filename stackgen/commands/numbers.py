"""Numbers that options take."""

from __future__ import annotations

import argparse
import math

from stackgen.errors import UsageError


def seconds(text: str) -> float:
    """Of ``--wait``. Raises ArgumentTypeError."""
    return _between(text, 0, 3_600, "a number of seconds, at most an hour")


def minutes(text: str) -> float:
    """Of ``--within``. Raises ArgumentTypeError."""
    return _between(text, 0, 10_000, "a number of minutes")  # a week


def seconds_of(text: str) -> float:
    """Of ``--every``. Raises UsageError."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.1 <= value <= 3_600:  # noqa: PLR2004  an hour
        raise UsageError(f"--every {text!r}: seconds from 0.1 to 3600 were expected")
    return value


def _between(text: str, least: float, most: float, expected: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise argparse.ArgumentTypeError(f"{expected} was expected, not {text!r}")
    return value
