"""What an operation came to, carried over to the records of its targets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from . import keys, moments, operations, records
from .builds import FAILED, IN_PROGRESS, PENDING, TERMINAL
from .records import FROM_DETAILED, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .clients import Clients
    from .inputs import Build, Pair
    from .operations import Operation, Result
    from .planning import Batch
    from .settings import Settings

GRACE = 60
"""Seconds after the end of an operation in which its results may still be on their way: four polls."""

NO_RESULT = "NO_RESULT"
NOT_ATTEMPTED = "NOT_ATTEMPTED"
_SKIPPED = "SKIPPED_SUSPENDED_ACCOUNT"


class Settled(NamedTuple):
    """The targets of a batch after a look at its operation."""

    records: list[Record]
    changed: list[Record]
    """Those that are not in the table as they are now."""
    is_settled: bool
    """Whether all have ended."""


def settled(
    index: int, operation_id: str, operation: Operation, found: Iterable[Result], before: Mapping[Pair, Record]
) -> Settled:
    """Carry results over to the records of a batch, which are *before*. Pure, but for the time."""
    by_pair = {result.pair: result for result in found}
    patience = operation.is_over and (operation.ended is None or moments.seconds_since(operation.ended) > GRACE)
    after = []
    for pair, record in before.items():
        if record.status in TERMINAL:
            after.append(record)
            continue
        result = by_pair.get(pair)
        status = result.status if result else ""
        if status in FROM_DETAILED and FROM_DETAILED[status] in TERMINAL:
            detailed = _SKIPPED if "suspended" in (result.reason if result else "").lower() else status
            new = record._replace(
                status=FROM_DETAILED[status], detailed_status=detailed, status_reason=result.reason if result else ""
            )
        elif patience:
            reason = f"the operation ended as {operation.status} without a result here"
            new = record._replace(status=FAILED, detailed_status=NO_RESULT, status_reason=reason)
        elif status in ("", "PENDING"):
            new = record._replace(status=PENDING, detailed_status=status)
        else:
            new = record._replace(status=IN_PROGRESS, detailed_status=status)
        after.append(new._replace(batch_index=index, operation_id=operation_id))
    changed = [new for new, old in zip(after, before.values(), strict=True) if new != old]
    return Settled(after, changed, all(each.status in TERMINAL for each in after))


def of_batch(build: Build, batch: Batch, clients: Clients, settings: Settings) -> dict[Pair, Record]:
    """The records of the targets of a batch."""
    wanted = set(batch.rectangle.pairs())
    found = records.load(build, clients, settings, whole=True)
    return {each.pair: each for each in found if each.pair in wanted}


def settle(build: Build, index: int, batch: Batch, clients: Clients, settings: Settings) -> bool:
    """Write what has ended of a batch whose operation may have; whether all of it has. Raises Transient."""
    name, operation_id = keys.stack_set_name(build.env, build.repo), keys.operation_id(build.sk, "", index)
    operation = operations.find(name, operation_id, clients)
    if operation is None:
        return True  # it never began: whoever counts sees to it that nothing stays open
    outcome = settled(
        index, operation_id, operation, operations.results(name, operation_id, clients),
        of_batch(build, batch, clients, settings),
    )  # fmt: skip
    records.update_all(build, outcome.changed, clients, settings)
    return operation.is_over and outcome.is_settled


def close(build: Build, why: str, clients: Clients, settings: Settings) -> list[Record]:
    """All records of a build; what is still open has not been attempted, and has failed. Raises Transient."""
    found = records.load(build, clients, settings)
    left = [
        each._replace(status=FAILED, detailed_status=each.detailed_status or NOT_ATTEMPTED, status_reason=why)
        for each in found
        if each.status not in TERMINAL
    ]
    if not left:
        return found
    records.update_all(build, left, clients, settings)
    return records.load(build, clients, settings)


def counted(found: Iterable[Record]) -> dict[str, Any]:
    """How many there are of each."""
    statuses = [each.status for each in found]
    return {
        "total": len(statuses),
        "succeeded": statuses.count("SUCCESS"),
        "failed": statuses.count(FAILED),
        "in_progress": statuses.count(IN_PROGRESS),
        "pending": statuses.count(PENDING),
    }
