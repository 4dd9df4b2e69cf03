"""Why cells failed: by cause, each with the first failure in one of its stacks where that may be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from stackgen.deploy.diagnosis import first_cause
from stackgen.deploy.events import Follower
from stackgen.deployer.handlers.planning import INOPERABLE
from stackgen.deployer.handlers.refusals import bounded
from stackgen.deployer.operating.causes import normalised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from stackgen.deploy.events import Event
    from stackgen.deployer.handlers.inputs import Pair

    Reader = Callable[[Pair], Any | None]
    """Makes a client that reads stacks of a cell; None where nothing lets it in."""

MOST_LOOKED_AT = 10
"""Causes whose stacks are read: each takes a role in another account and several calls."""
MOST_REASON = 500
"""Characters; AWS repeats whole templates in some."""
_BEGINNINGS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "IMPORT_IN_PROGRESS")
"""Of what a StackSet does to a stack; the deletion of one that could not be created follows from it."""
_ROLE = "role with trust relationship"


class Failed(NamedTuple):
    """A cell that is not as it should be."""

    pair: Pair
    status: str
    reason: str
    stack_id: str


class Cause(NamedTuple):
    """One reason, and where it struck."""

    reason: str
    pairs: tuple[Pair, ...]
    first: str = ""
    """The first failure in the stack of one of them: ``Queue: reason``."""
    remedy: str = ""


def grouped(failed: Iterable[Failed], reader: Reader) -> list[Cause]:
    """Reasons that differ in nothing but account, region and names of things are one; the most frequent first."""
    groups: dict[str, list[Failed]] = {}
    for each in failed:
        groups.setdefault(normalised(each.reason or each.status), []).append(each)
    ordered = sorted(groups.values(), key=lambda group: (-len(group), group[0].reason))
    return [
        Cause(
            bounded(group[0].reason or group[0].status, MOST_REASON),
            tuple(each.pair for each in group),
            _first(group[0], reader) if number < MOST_LOOKED_AT else "",
            _remedy(group[0]),
        )
        for number, group in enumerate(ordered)
    ]


def _remedy(failed: Failed) -> str:
    if failed.status == INOPERABLE:
        return "out of reach from now on: stackset delete --retain --cells takes it out, then it can be made anew"
    if _ROLE in failed.reason:
        return (
            "the account has no such role, or it does not trust the administration role: make it there, and roll out "
            "again (AWS, Prerequisites for stack set operations)"
        )
    return ""


def _first(failed: Failed, reader: Reader) -> str:
    """What failed first in a stack's last operation; nothing where its events may not be read."""
    if not failed.stack_id:
        return ""
    try:
        client = reader(failed.pair)
        if client is None:
            return ""
        events = Follower(failed.stack_id, "", client).new()
    except (ClientError, BotoCoreError):
        return ""
    cause = first_cause(_of_last_operation(events))
    return f"{cause.path.lstrip('/') or 'the stack'}: {cause.reason}" if cause else ""


def _of_last_operation(events: Sequence[Event]) -> Sequence[Event]:
    """The events since the stack's own last beginning."""
    begun = [at for at, event in enumerate(events) if not event.path and event.status in _BEGINNINGS]
    return events[begun[-1] :] if begun else events
