"""How the operation at hand stands, and what comes next.

In: ``env``, ``repo``, ``sk``, ``stack_set_name``, ``operation_id``, ``batch_index``, ``targets``, and ``events`` and
``digest`` of the look before. Out: ``operation_status``, ``is_complete``, ``has_failures``, ``deployments`` (failures
first, bounded; see ``payloads``), ``deployments_truncated``, ``counts`` of the batch, and for the state machine
``next_batch_index``, ``has_next_batch``, ``should_revert``, ``watch``, ``should_continue``, ``is_slow``, ``events``,
``digest``.

One call for each hundred results, whatever the number of targets; an unchanged look reads and writes no record. A
record that cannot be written is a warning until the operation ends: then every record counts, or the state machine
tries again. Raises OperationNotFoundException, StackSetNotFoundException, LockLost.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from . import failures, locks, moments, operations, parallel, payloads, plans, records
from .builds import FAILED, SUCCESS
from .entry import entry, log
from .errors import MissingInput
from .inputs import Build, number, text
from .settling import counted, of_batch, settled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .clients import Clients
    from .operations import Operation, Result
    from .plans import Header
    from .records import Record
    from .settings import Settings

MOST_EXPLAINED = 8
"""Failures of one look whose instances and events are read; the others keep the reason of the result."""

SLOW_AFTER = 30 * 60
"""Seconds after which an operation is looked at once a minute."""

MOST_EVENTS = 15_000
"""Events of a history after which another execution continues; Step Functions allows 25,000."""

LOOK, WATCHED, BATCH, BAKE = 9, 7, 7, 400
"""Events that a look writes at most, one at the alarms with it, the start of a batch, the watch after a wave."""


class Request(NamedTuple):
    """Which operation."""

    build: Build
    stack_set_name: str
    operation_id: str
    batch_index: int
    events: int
    digest: str

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Request:
        return cls(
            Build.from_event(event),
            text(event, "stack_set_name"),
            str(event.get("operation_id") or ""),
            number(event, "batch_index", 0),
            number(event, "events", 0),
            str(event.get("digest") or ""),
        )


def check_stackset_status(request: Request, settings: Settings, clients: Clients) -> dict[str, Any]:
    build = request.build
    locks.renew(build, clients, settings)
    header = plans.find(build, clients, settings)
    if header is None:
        raise MissingInput(f"build {build.sk} has no plan: create_stackset comes first")
    if not request.operation_id:
        return _answer(request, header, "NONE", [], is_complete=True)
    name, operation_id = request.stack_set_name, request.operation_id
    operation = operations.needed(name, operation_id, clients)
    found = list(operations.results(name, operation_id, clients))
    digest = _digest(found)
    if digest == request.digest and not operation.is_over:
        answer = _answer(request, header, operation.status, [], is_complete=False)
        return {**answer, "counts": _counts(found), "digest": digest, "is_slow": _is_slow(operation)}
    batch = plans.batch(build, request.batch_index, clients, settings)
    outcome = settled(request.batch_index, operation_id, operation, found, of_batch(build, batch, clients, settings))
    is_complete = operation.is_over and outcome.is_settled
    changed = _explained(outcome.changed, name, clients, settings)
    if is_complete:
        records.update_all(build, changed, clients, settings)
    else:
        unwritten = records.update(build, changed, clients, settings)
        if unwritten:
            log.warning(
                "%s records are not written, such as %s: the next look tries again",
                len(unwritten),
                next(iter(unwritten)),
            )
            digest = ""
    latest = {each.pair: each for each in changed}
    now = [latest.get(each.pair, each) for each in outcome.records]
    answer = _answer(request, header, operation.status, now, is_complete=is_complete)
    if is_complete:
        answer |= _after(request, header, operation, settings, clients)
    return {**answer, "digest": digest, "is_slow": not is_complete and _is_slow(operation)}


def _answer(
    request: Request, header: Header, status: str, found: Sequence[Record], *, is_complete: bool
) -> dict[str, Any]:
    failed = [each for each in found if each.status == FAILED]
    others = [each for each in found if each.status != FAILED]
    shown, truncated = payloads.shortened(each.shown() for each in (*failed, *others))
    watches = bool(header.rules.alarms)
    events = request.events + LOOK + (WATCHED if watches else 0)
    return {
        "operation_status": status,
        "is_complete": is_complete,
        "has_failures": bool(failed),
        "deployments": shown,
        "deployments_truncated": truncated,
        "counts": counted(found),
        "digest": request.digest,
        "events": events,
        "next_batch_index": request.batch_index + 1,
        "has_next_batch": False,
        "should_revert": False,
        "watch": watches and status != "NONE",
        "should_continue": events >= MOST_EVENTS,
        "is_slow": False,
    }


def _after(
    request: Request, header: Header, operation: Operation, settings: Settings, clients: Clients
) -> dict[str, Any]:
    """What follows a batch that has ended."""
    build, rules, index = request.build, header.rules, request.batch_index
    has_failed = operation.status != operations.SUCCEEDED
    stops = has_failed and (rules.stops_at_failure or operation.status == operations.STOPPED)  # by a person
    has_next = index + 1 < header.batch_count and not stops
    reverts = False
    if rules.rollback_on_failure and not has_next:
        everything = records.load(build, clients, settings)
        failed = [each for each in everything if each.status == FAILED and each.batch_index >= 0]
        if failed:
            reverts = True
            _revert(build, header, f"{len(failed)} of {len(everything)} deployments failed", settings, clients)
    ends_wave = not has_next
    if has_next and rules.alarms:
        this, following = (plans.batch(build, each, clients, settings).wave for each in (index, index + 1))
        ends_wave = this != following
    watches = bool(rules.alarms) and not stops and not reverts
    if watches and ends_wave:
        plans.note(build, clients, settings, wave_ended=moments.stamp())
    more = BATCH + (BAKE if watches and ends_wave and rules.bake_minutes else 0)
    events = request.events + LOOK + WATCHED + more
    return {"has_next_batch": has_next, "should_revert": reverts, "watch": watches, "events": events}


def _revert(build: Build, header: Header, reason: str, settings: Settings, clients: Clients) -> None:
    if not header.revert_reason:
        plans.note(build, clients, settings, revert_reason=reason)


def _explained(changed: Sequence[Record], name: str, clients: Clients, settings: Settings) -> list[Record]:
    """The changed records, some of the failed ones with their causes: different reasons first."""
    failed = [each for each in changed if each.status == FAILED and each.detailed_status in ("FAILED", "INOPERABLE")]
    different = {each.status_reason: each for each in reversed(failed)}
    first = [*different.values(), *(each for each in failed if each is not different[each.status_reason])]
    chosen = first[:MOST_EXPLAINED]
    told = parallel.each(lambda record: failures.explained(record, name, clients, settings), chosen)
    by_pair = {each.pair: each for each in told}
    return [by_pair.get(each.pair, each) for each in changed]


def _counts(found: Sequence[Result]) -> dict[str, int]:
    statuses = [records.FROM_DETAILED.get(each.status, "PENDING") for each in found]
    waiting = sum(each.status == "PENDING" for each in found)
    running = len(found) - waiting - statuses.count(SUCCESS) - statuses.count(FAILED)
    return {
        "total": len(found),
        "succeeded": statuses.count(SUCCESS),
        "failed": statuses.count(FAILED),
        "in_progress": running,
        "pending": waiting,
    }


def _digest(found: Sequence[Result]) -> str:
    whole = "\n".join(sorted(f"{each.pair} {each.status}" for each in found))
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


def _is_slow(operation: Operation) -> bool:
    return operation.began is not None and moments.seconds_since(operation.began) > SLOW_AFTER


@entry
def handler(event: Mapping[str, Any], settings: Settings, clients: Clients) -> dict[str, Any]:
    return check_stackset_status(Request.from_event(event), settings, clients)
