"""What came out of one check."""

from __future__ import annotations

from typing import NamedTuple


class Seen(NamedTuple):
    """What AWS says of a thing at one look."""

    said: str
    is_right: bool = True
    may_settle: bool = False
    """Whether it is being worked on, so that another look may see it right."""
    remedy: str = ""


class Checked(NamedTuple):
    """One check of one thing."""

    path: str
    """Of a resource: ``TapStack-dev/ComputeStack/TransactionValidator``; else what was tried."""
    type: str
    said: str
    is_right: bool
    remedy: str = ""
    """What a person does next, where it is not right."""


def right(path: str, type_: str, said: str) -> Checked:
    """A check of something that is as it should be."""
    return Checked(path, type_, said, is_right=True)


def wrong(path: str, type_: str, said: str, remedy: str) -> Checked:
    """A check of something that is not, with what a person does next."""
    return Checked(path, type_, said, is_right=False, remedy=remedy)
