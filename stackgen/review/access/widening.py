"""What a change lets someone do that was not possible before, as one value, and the order in which to read them."""

from __future__ import annotations

from stackgen.records import IntEnum, NamedTuple

__all__ = ["Severity", "Widening", "in_order"]


class Severity(IntEnum):
    """The first is read first."""

    OPEN = 0  # to everyone, or to the internet
    POWERFUL = 1  # every action, handing out roles, another account
    WIDER = 2  # more than before
    NEW = 3  # what a new resource may, or lets others do
    NOTE = 4  # worth knowing, no access by itself


class Widening(NamedTuple):
    """One thing that became possible; in a list of narrowed access, one that ceased to be.

    ``kind`` is one of "statement", "condition", "deny", "trust", "resource policy", "attachment", "boundary", "role",
    "group", "network", "route", "public" and "new access". Where the texts do not settle whether access grew,
    ``certain`` is False and the text says "may". ``before`` and ``after`` are short texts, empty where there was
    nothing.
    """

    kind: str
    address: str
    text: str
    before: str
    after: str
    remedy: str
    severity: Severity
    certain: bool = True
    source: str = ""


def in_order(widenings: list[Widening]) -> list[Widening]:
    """The gravest first, the certain before the possible; each once."""
    return sorted(set(widenings), key=lambda each: (each.severity, not each.certain, each))
