"""Takes up a backup whose run was cut off: what it had begun is found in AWS and waited for, nothing new is begun."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .backup_jobs import Job, to_the_end
from .backup_kinds import CREATING, FAILED
from .backup_listing import backups_of
from .restoring import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from .actions import Action
    from .backup_records import Record, Saved
    from .polling import Pace

_NEVER = "it was never begun: the run was cut off before"


def completed(
    record: Record,
    client: Callable[[str], Any],
    pace: Pace,
    told: Callable[[str], None],
    kept: Callable[[Record], object],
) -> Record:
    """The record with what became of each backup; *kept* gets it with each that is known. Reads AWS only."""
    saved = tuple(_found(record, client))
    if saved != record.saved:
        record = replace(record, saved=saved)
        kept(record)
    jobs = [Job(kind_of(each), each, _nothing, client(kind_of(each).service)) for each in saved]
    done = to_the_end(jobs, pace, told, lambda saved: kept(replace(record, saved=saved)))
    return replace(record, saved=done)


def _found(record: Record, client: Callable[[str], Any]) -> list[Saved]:
    """Each with its ARN, also where the run was cut off before it heard of it; what AWS does not have has failed."""
    lost = [each for each in record.saved if each.status == CREATING and not each.arn]
    there = backups_of(record.stack, {each.source: each.type for each in lost}, client) if lost else []
    arns = {(each.source.lower(), each.name.lower()): each.arn for each in there}
    found = []
    for each in record.saved:
        arn = arns.get((each.source.lower(), each.name.lower()), "") if each in lost else each.arn
        is_lost = each in lost and not arn
        found.append(replace(each, status=FAILED, reason=_NEVER) if is_lost else replace(each, arn=arn))
    return found


def _nothing(action: Action) -> Any:
    raise AssertionError(action)  # every job has its ARN, or is over
