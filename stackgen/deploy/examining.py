"""What is wrong with a stack, if anything: its last operation, its rollback, its newest change set; reading only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from . import changesets
from .diagnosis import Cause, first_cause, rollback_cause
from .events import Follower, last_operation
from .next_steps import NEEDS_PERSON, Words, next_step
from .remedies import Remedy, remedy_of
from .stacks import NESTED, is_missing
from .validations import findings, of_operation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from .stacks import StackState

WELL, FAILED, STUCK, REFUSED, RUNS = "well", "failed", "stuck", "refused", "runs"


@dataclass(frozen=True, slots=True)
class Refused:
    """A change set that AWS refused, and nothing came after it."""

    name: str
    reason: str
    remedy: Remedy | None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found."""

    kind: str
    """Well, failed (and taken back, or being so), stuck (a person is needed), refused (a change set), or it runs."""
    began: datetime | None
    cause: Cause | None = None
    rollback: Cause | None = None
    """Why its rollback failed too."""
    refused: Refused | None = None
    next_step: str = ""


def diagnosed(state: StackState, cloudformation: Any, words: Words) -> Diagnosis:
    """Look for what is wrong; *words* is how commands are told this stack."""
    operation = last_operation(state.id, cloudformation)
    began = operation.began if operation else None
    events = Follower(state.id, state.name, cloudformation, began).new()
    cause, rollback = _seen_through(first_cause(events), cloudformation), rollback_cause(events)
    step = next_step(state.status, words)
    refused = None
    if not state.is_going_on and state.status != "DELETE_COMPLETE":
        refused = _refused(state, cloudformation, operation.newest if operation else None)
    if refused is not None and state.status not in NEEDS_PERSON:
        step = f"nothing was changed: mend it, then {words.command('deploy')}"
        return Diagnosis(REFUSED, began, refused=refused, next_step=step)
    if state.status in NEEDS_PERSON:
        return Diagnosis(STUCK, began, cause, rollback, next_step=step)
    if cause is not None:
        return Diagnosis(FAILED, began, cause, rollback, next_step=step)
    if "ROLLBACK" in state.status:  # AWS has forgotten its events
        return Diagnosis(FAILED, began, next_step=step)
    return Diagnosis(RUNS if state.is_going_on else WELL, began, next_step=step)


def _seen_through(cause: Cause | None, cloudformation: Any) -> Cause | None:
    """The cause with what a validation found, where its reason only says that one failed."""
    if cause is None:
        return None
    found = of_operation(cause.reason, cause.stack_id, cloudformation)
    reason = "; ".join((found.verdict, *found.lines))
    return replace(cause, reason=reason, remedy=cause.remedy or remedy_of(found.verdict, cause.type))


def _refused(state: StackState, cloudformation: Any, since: datetime | None) -> Refused | None:
    """The newest change set, if AWS refused it and no operation came after."""
    found = sorted(_change_sets(state, cloudformation), key=lambda each: each["CreationTime"])
    if not found:
        return None
    last = found[-1]
    is_older = since is not None and state.status != "REVIEW_IN_PROGRESS" and last["CreationTime"] < since
    if last["Status"] != changesets.FAILED or is_older or changesets.is_empty(last.get("StatusReason", "")):
        return None
    cause = findings(changesets.cause_of(changesets.head(last), cloudformation), cloudformation)
    return Refused(last["ChangeSetName"], "; ".join((cause.verdict, *cause.lines)), remedy_of(cause.verdict, NESTED))


def _change_sets(state: StackState, cloudformation: Any) -> Iterator[Any]:
    try:
        for page in cloudformation.get_paginator("list_change_sets").paginate(StackName=state.name):
            yield from page["Summaries"]
    except ClientError as error:
        if not is_missing(error):
            raise
