"""Why an operation on a stack failed: the first event that is a cause, and not what followed from another failure.

One failure is told many times: siblings are cancelled, the stack says which resource failed, its parent that the stack
was not made, and so on up to the root. And a rollback may fail in its turn, for a reason of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .next_steps import next_step
from .remedies import Remedy, remedy_of
from .stacks import NESTED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from .events import Event

_CANCELLED = re.compile(r"\s*Resource \w+ cancell?ed\.?\s*", re.IGNORECASE)
_REFUSED = "Delete cancel"
"""How a stack says that it is not deleted after all; its status is the one before."""
_FOLLOWS = re.compile(
    r"The following resource\(s\) failed to \w+: \[|Resource \w+ failed: |"
    r"^Rollback (?:requested|complete)|^User Initiated"
)
"""What a stack says of itself when something in it has failed, or when somebody asked for what it does."""
_EMBEDDED = re.compile(r"Embedded stack \S+ was not (?:successfully \w+|rolled back)", re.IGNORECASE)
_HOOKED = re.compile(r"hook\(s\)[^:]{0,40} failed: \[", re.IGNORECASE)
_BACK = ("ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS", "IMPORT_ROLLBACK_IN_PROGRESS")


@dataclass(frozen=True, slots=True)
class Cause:
    """The failure that the others follow from."""

    path: str
    """``master-stack/DatabaseStack/JobsTable``: the stack's name, then logical IDs."""
    type: str
    status: str
    reason: str
    time: datetime
    stack_id: str
    physical_id: str
    remedy: Remedy | None
    """What to do, where the reason is well known."""
    next_step: str
    """What to do with the stack, by the status that it ended in."""


def first_cause(events: Iterable[Event]) -> Cause | None:
    """Why the operation failed whose events these are; None where nothing failed.

    They may come in any order. Where an operation failed and its rollback too, it is why the operation failed.
    """
    known = list(events)
    return _first(known, [each for each in known if not _is_of_rollback(each, known)]) or _first(known, known)


def rollback_cause(events: Iterable[Event]) -> Cause | None:
    """Why the rollback of the operation failed, or its cleaning up; None where it did not."""
    known = list(events)
    return _first(known, [each for each in known if _is_of_rollback(each, known)])


def _first(known: Collection[Event], among: Collection[Event]) -> Cause | None:
    causes = [each for each in among if _is_cause(each)]
    if not causes:  # the events of the nested stack are gone: its parent's are all there is
        causes = [each for each in among if each.is_failure and _EMBEDDED.search(each.reason)]
        deepest = max((each.path.count("/") for each in causes), default=0)
        causes = [each for each in causes if each.path.count("/") == deepest]
    if not causes:
        return None
    found = min(causes, key=_order)
    found = replace(found, reason=_by_hook(found, known) or found.reason)
    return Cause(
        path=found.path,
        type=found.type,
        status=found.status,
        reason=found.reason,
        time=found.time,
        stack_id=found.stack_id,
        physical_id=found.physical_id,
        remedy=remedy_of(found.reason, found.type),
        next_step=next_step(last_status(known)),
    )


def _by_hook(failure: Event, known: Iterable[Event]) -> str:
    """What hooks said of a resource, where its own reason only names them."""
    if failure.reason and not _HOOKED.search(failure.reason):
        return ""
    refused = [each.hook for each in known if each.hook and each.path == failure.path and each.hook.has_refused]
    return "; ".join(dict.fromkeys(f"hook {each.type}: {each.reason or each.status}" for each in refused))


def _order(event: Event) -> tuple[object, ...]:
    """By time; of what happened at once, the deepest first, and then always the same."""
    return (event.time, -event.path.count("/"), event.path, event.status, event.reason, event.id)


def _is_cause(event: Event) -> bool:
    if _CANCELLED.fullmatch(event.reason):
        return False
    if event.is_own:  # an alarm, a time limit, a person: no resource has failed
        tells = event.is_failure or event.status in _BACK or event.reason.startswith(_REFUSED)
        return tells and bool(event.reason) and not _FOLLOWS.search(event.reason)
    return event.is_failure and not (event.type == NESTED and _EMBEDDED.search(event.reason))


def _is_of_rollback(event: Event, known: Collection[Event]) -> bool:
    """Whether something happened after its stack, or one around it, had begun to go back."""
    if not event.is_failure:
        return False
    return any(
        each.time < event.time or (each.time == event.time and event.status == "DELETE_FAILED")
        for each in known
        if each.status in _BACK and each.is_own and f"{event.path}/".startswith(f"{each.path}/")
    )


def last_status(events: Collection[Event]) -> str:
    """The status that the root had last, by these events."""
    own = [each for each in events if each.is_own and "/" not in each.path]
    if not own:
        return ""
    return max(own, key=lambda each: (each.time, not each.status.endswith("_IN_PROGRESS"), each.status)).status
