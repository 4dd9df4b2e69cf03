"""Stop a rollout and bring what it touched back to the last good build, a step at each call.

In: ``env``, ``repo``, ``sk``, ``stack_set_name``, ``operation_id``. Out: ``is_complete``, ``message``.
Raises LockLost, MissingInput without a plan, Transient, and what reading the good build's release raises.

The machine calls until it is complete: the running operation ends first, then one exact rectangle after the other goes
back. Where no build was good before, everything stays as it is. What was created and what failed gets the good build
too; what was deleted does not come back. UpdateStackSet keeps a definition even where its operation fails, so the first
step of the way back is another one.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from . import artifacts, builds, definitions, keys, locks, moments, operations, planning, plans, records, settling
from .entry import entry
from .errors import MissingInput, OperationInProgressException
from .inputs import Build, text
from .policy import COLLECT_ALL
from .refusals import bounded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .clients import Clients
    from .inputs import Pair
    from .plans import Header
    from .records import Record
    from .settings import Settings

PATIENCE = 12 * 3600
"""Seconds after which a way back is given up, so that the history of the execution stays within its limit."""

_BEFORE = "; before that: "


class Request(NamedTuple):
    """Of which rollout."""

    build: Build
    stack_set_name: str
    operation_id: str

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Request:
        return cls(Build.from_event(event), text(event, "stack_set_name"), str(event.get("operation_id") or ""))


def revert_targets(request: Request, settings: Settings, clients: Clients) -> dict[str, Any]:
    build = request.build
    locks.renew(build, clients, settings)
    forward = plans.find(build, clients, settings)
    if forward is None:
        raise MissingInput(f"build {build.sk} has no plan: create_stackset comes first")
    if not _has_stopped(request, forward, settings, clients):
        return {"is_complete": False, "message": "the operation at hand is stopped"}
    back = plans.find(build, clients, settings, plans.REVERT) or _planned(request, forward, settings, clients)
    if back.outcome:
        return {"is_complete": True, "message": back.outcome}
    gave_up = moments.seconds_since(datetime.fromisoformat(back.began)) > PATIENCE
    for index in range(max(back.started, 0), back.batch_count):
        if not gave_up and not _is_over(build, index, back, settings, clients):
            return {"is_complete": False, "message": f"batch {index + 1} of {back.batch_count} goes back"}
    return {"is_complete": True, "message": conclude(build, back, forward, settings, clients)}


def _has_stopped(request: Request, forward: Header, settings: Settings, clients: Clients) -> bool:
    """Whether nothing of the rollout runs any more, and its records say what became of it."""
    build, name, operation_id = request.build, request.stack_set_name, request.operation_id
    operation = operations.find(name, operation_id, clients) if operation_id else None
    if operation is None:
        return True
    if not operation.is_over:
        if operation.status != operations.STOPPING:
            operations.stop(name, operation_id, clients)
        return False
    if plans.find(build, clients, settings, plans.REVERT) is not None:
        return True
    batch = plans.batch(build, forward.started, clients, settings)
    return settling.settle(build, forward.started, batch, clients, settings)


def _planned(request: Request, forward: Header, settings: Settings, clients: Clients) -> Header:
    """The way back: to the last good build, wherever this one touched anything that is still there."""
    build, name = request.build, request.stack_set_name
    good_id = str(builds.latest(build.env, build.repo, clients, settings).get("good_build_id", ""))
    good = builds.find(build._replace(sk=good_id), clients, settings) if good_id else None
    header = plans.Header(0, {}, forward.policy, revert_reason=forward.revert_reason, good_build_id=good_id)
    touched = {each.pair for each in _touched(build, settings, clients)}
    stack_set = definitions.find(name, build.repo, clients)
    if good is None or stack_set is None or not touched:
        why = "nothing was touched" if not touched else "no build was good before, so everything stays as it is"
        header = header._replace(outcome=why, good_build_id="")
        return plans.save(build, (), header, clients, settings, kind=plans.REVERT)
    policy = forward.rules._replace(mode=COLLECT_ALL, waves=())
    place = artifacts.Place(str(good["s3_bucket"]), str(good["s3_key"]))
    release = definitions.released(build._replace(sk=good_id), good, place, policy, clients)
    wanted = definitions.request(release, policy, settings)
    there = [each for each in operations.existing(name, clients) if each.pair in touched]
    reachable = [each for each in there if each.status != planning.INOPERABLE]
    plan = planning.planned(
        [each.pair for each in reachable],
        reachable,
        policy,
        is_changed=bool(reachable) and definitions.is_changed(stack_set, release, wanted),
    )
    header = header._replace(
        batch_count=len(plan.batches),
        release={"sk": good_id, "s3_bucket": place.bucket, "s3_key": place.s3_key},
        policy={**forward.policy, "mode": COLLECT_ALL},
    )
    return plans.save(build, plan.batches, header, clients, settings, kind=plans.REVERT)


def _touched(build: Build, settings: Settings, clients: Clients) -> list[Record]:
    found = records.load(build, clients, settings)
    return [each for each in found if each.was_touched and each.action != planning.DELETE]


def _is_over(build: Build, index: int, back: Header, settings: Settings, clients: Clients) -> bool:
    """Start a step of the way back, or find it; whether it has ended."""
    name = keys.stack_set_name(build.env, build.repo)
    operation_id = keys.operation_id(build.sk, plans.REVERT, index)
    operation = operations.find(name, operation_id, clients)
    if operation is not None:
        return operation.is_over
    plans.note(build, clients, settings, plans.REVERT, started=index)
    batch = plans.batch(build, index, clients, settings, plans.REVERT)
    definition = {}
    if batch.action == planning.DEFINE:
        definition = definitions.requested(build, back.release, back.rules, settings, clients)
    with suppress(OperationInProgressException):  # the next call tries again
        operations.start(operations.Order(name, operation_id, batch, definition, back.rules), clients, settings)
    return False


def conclude(build: Build, back: Header, forward: Header, settings: Settings, clients: Clients) -> str:
    """Write to each record that its target went back, or did not; the whole as a sentence, which is kept."""
    name = keys.stack_set_name(build.env, build.repo)
    arrived: set[Pair] = set()
    due: set[Pair] = set()
    for index in range(back.batch_count):
        due.update(plans.batch(build, index, clients, settings, plans.REVERT).rectangle.pairs())
        operation_id = keys.operation_id(build.sk, plans.REVERT, index)
        if operations.find(name, operation_id, clients) is not None:
            found = operations.results(name, operation_id, clients)
            arrived |= {each.pair for each in found if each.status == "SUCCEEDED"}
    there = operations.existing(name, clients)
    arrived |= {each.pair for each in there if each.status == planning.CURRENT and each.pair not in due}
    touched = _touched(build, settings, clients)
    reason = f"to build {back.good_build_id}: {forward.revert_reason or 'the rollout failed'}"
    changed = [
        each._replace(status=builds.FAILED, status_reason=_told(each, reason, has_arrived=each.pair in arrived))
        for each in touched
    ]
    records.update_all(build, changed, clients, settings, builds.STATUSES)
    moved = sum(each.pair in arrived for each in touched)
    outcome = f"{moved} of {len(touched)} touched targets returned to build {back.good_build_id}"
    plans.note(build, clients, settings, plans.REVERT, outcome=outcome)
    return outcome


def _told(record: Record, reason: str, *, has_arrived: bool) -> str:
    """Whether a target went back, and what it had failed with before; the same when it is told twice."""
    verdict = f"{'' if has_arrived else 'not '}returned {reason}"
    before = record.status_reason.partition(_BEFORE)[2] if reason in record.status_reason else record.status_reason
    return bounded(f"{verdict}{_BEFORE}{before}" if before else verdict)


@entry
def handler(event: Mapping[str, Any], settings: Settings, clients: Clients) -> dict[str, Any]:
    return revert_targets(Request.from_event(event), settings, clients)
