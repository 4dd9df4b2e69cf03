"""Ids of builds that sort by time: 27 characters that hold seconds and 16 further bytes.

The form is that of https://github.com/segmentio/ksuid: 4 bytes of seconds since 2014-05-13T16:53:20Z and 16 bytes,
written together as a number of base 62. Digits come before capitals and those before small letters, as in ASCII, so
comparing two texts, as DynamoDB does, compares their times first.
"""

from __future__ import annotations

import hashlib
import re
from typing import NamedTuple

EPOCH = 1_400_000_000
LENGTH = 27
PAYLOAD = 16
"""Bytes beside the time."""

LATEST = EPOCH + 2**32 - 1
"""The last second that an id can hold, in the year 2150."""

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
_FORM = re.compile(rf"[0-9A-Za-z]{{{LENGTH}}}")
_BITS = 8 * PAYLOAD


class Ksuid(NamedTuple):
    """An id, taken apart."""

    seconds: int
    """Since the epoch of Unix."""
    payload: bytes

    def __str__(self) -> str:
        return new(self.seconds, self.payload)


def new(seconds: int, payload: bytes) -> str:
    """The id of a moment and 16 bytes. Raises ValueError."""
    if not EPOCH <= seconds <= LATEST:
        raise ValueError(f"an id of a build cannot hold the second {seconds}: {EPOCH} to {LATEST} was expected")
    if len(payload) != PAYLOAD:
        raise ValueError(f"an id of a build holds {PAYLOAD} bytes beside its time, not {len(payload)}")
    number = (seconds - EPOCH) << _BITS | int.from_bytes(payload)
    digits = []
    for _ in range(LENGTH):
        number, digit = divmod(number, len(_DIGITS))
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))


def parse(text: str) -> Ksuid:
    """Take an id apart. Raises ValueError."""
    if not _FORM.fullmatch(text):
        raise ValueError(f"{text!r} is no id of a build: {LENGTH} letters and digits were expected")
    number = 0
    for digit in text:
        number = number * len(_DIGITS) + _VALUES[digit]
    passed, payload = divmod(number, 1 << _BITS)
    if passed >= 2**32:
        raise ValueError(f"{text!r} is no id of a build: it is later than any time that an id can hold")
    return Ksuid(EPOCH + passed, payload.to_bytes(PAYLOAD))


def of_event(seconds: int, *parts: str) -> str:
    """The id of something that happened: the same moment and the same parts give the same id. Raises ValueError.

    Each part is told apart from its neighbours, so ``("ab", "c")`` is something else than ``("a", "bc")``.
    """
    told = b"".join(len(part).to_bytes(8) + part for part in (each.encode() for each in parts))
    return new(seconds, hashlib.sha256(told).digest()[:PAYLOAD])
