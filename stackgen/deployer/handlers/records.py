"""One record for each target of a build: what became of it, and why."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from . import items, keys, moments, parallel
from .builds import FAILED, IN_PROGRESS, PENDING, SUCCESS, TERMINAL
from .entry import log
from .errors import RecordsNotRead, RecordsNotWritten, Transient
from .inputs import Pair
from .refusals import bounded, code_of, is_transient

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .clients import Clients
    from .inputs import Build
    from .settings import Settings

BATCH = 25
"""The most requests of one BatchWriteItem."""

OPEN = (PENDING, IN_PROGRESS)
"""The statuses of what has not ended; what has ended stays as it ended, unless it is taken back."""

_ATTEMPTS = 8
_COLUMNS = (
    "account_id",
    "region",
    "status",
    "detailed_status",
    "batch_index",
    "operation_id",
    "status_reason",
    "action",
)

FROM_DETAILED = {
    "SUCCEEDED": SUCCESS,
    "FAILED": FAILED,
    "CANCELLED": FAILED,
    "INOPERABLE": FAILED,
    "SKIPPED_SUSPENDED_ACCOUNT": FAILED,
    "FAILED_IMPORT": FAILED,
    "PENDING": IN_PROGRESS,
    "RUNNING": IN_PROGRESS,
    "QUEUED": IN_PROGRESS,
}
"""The status of a record by the detailed status of an instance, or the status of an operation's result."""


class Record(NamedTuple):
    """What is known of one target."""

    pair: Pair
    status: str = PENDING
    detailed_status: str = ""
    batch_index: int = -1
    operation_id: str = ""
    status_reason: str = ""
    action: str = ""
    stack_id: str = ""
    stack_events: tuple[str, ...] = ()

    @property
    def was_touched(self) -> bool:
        """Whether an operation did anything to the target."""
        return self.batch_index >= 0 and self.detailed_status not in ("", "PENDING", "CANCELLED")

    def shown(self) -> dict[str, Any]:
        """As payloads and people see it."""
        more = {"status_reason": self.status_reason, "stack_id": self.stack_id, "stack_events": list(self.stack_events)}
        return {
            **self.pair.shown(),
            "status": self.status,
            "detailed_status": self.detailed_status,
            **{name: each for name, each in more.items() if each},
        }


def load(build: Build, clients: Clients, settings: Settings, *, whole: bool = False) -> list[Record]:
    """The records of a build. Raises RecordsNotRead, or Transient. *whole* reads the stack's id and events too."""
    columns = (*_COLUMNS, "stack_id", "stack_events") if whole else _COLUMNS
    partition, begin = keys.builds(build.env, build.repo), keys.deployments(build.sk)
    try:
        found = items.query(clients.dynamodb, settings.table("deployments"), partition, begin, columns=columns)
        return [_record(each) for each in found]
    except (ClientError, BotoCoreError) as error:
        message = f"failed to query deployments of build {build.sk}: {bounded(str(error))}"
        raise (Transient if is_transient(error) else RecordsNotRead)(message) from error


def create(build: Build, pairs: Iterable[Pair], clients: Clients, settings: Settings, *, action: str = "") -> int:
    """A PENDING record for each pair without one; how many pairs have one now. Raises RecordsNotWritten, Transient."""
    wanted = list(dict.fromkeys(pairs))
    there = {record.pair for record in load(build, clients, settings)}
    now = moments.stamp()
    new = [
        {
            "PK": keys.builds(build.env, build.repo),
            "SK": keys.deployment(build.sk, pair),
            **pair.shown(),
            "build_id": build.sk,
            "status": PENDING,
            "created_at": now,
            "updated_at": now,
            **({"action": action} if action else {}),
        }
        for pair in wanted
        if pair not in there
    ]
    write_all(new, clients, settings)
    return len(wanted)


def write_all(new: Sequence[Mapping[str, Any]], clients: Clients, settings: Settings) -> None:
    """Items of the deployments table in batches; what DynamoDB leaves over is sent again, ever more slowly."""
    table = settings.table("deployments")

    def send(part: Sequence[Mapping[str, Any]]) -> None:
        left = [{"PutRequest": {"Item": items.item(each)}} for each in part]
        for attempt in range(_ATTEMPTS):
            if attempt:
                moments.sleep(min(2**attempt * 0.1, 5) * random.uniform(0.5, 1))  # noqa: S311 - spreads, hides nothing
            try:
                answer = clients.dynamodb.batch_write_item(RequestItems={table: left})
            except (ClientError, BotoCoreError) as error:
                raise _unwritten(left, error) from error
            left = answer.get("UnprocessedItems", {}).get(table, [])
            if not left:
                return
        raise Transient(f"failed to write deployment records of {_places(left)}: throttled")

    parallel.each(send, [new[at : at + BATCH] for at in range(0, len(new), BATCH)])


def update(
    build: Build, changed: Sequence[Record], clients: Clients, settings: Settings, before: tuple[str, ...] = OPEN
) -> dict[Pair, Exception]:
    """Write what became of targets; whose writing failed, and why. Only what is in a status of *before* is changed."""

    def updated(record: Record) -> Exception | None:
        return _updated(build, record, clients, settings, before)

    answers = zip(changed, parallel.each(updated, changed), strict=True)
    return {record.pair: error for record, error in answers if error is not None}


def _updated(
    build: Build, record: Record, clients: Clients, settings: Settings, before: tuple[str, ...]
) -> Exception | None:
    now = moments.stamp()
    sets: dict[str, Any] = {
        "status": record.status,
        "detailed_status": record.detailed_status,
        "batch_index": record.batch_index,
        "operation_id": record.operation_id,
        "status_reason": record.status_reason,
        "updated_at": now,
    }
    if record.stack_id:
        sets["stack_id"] = record.stack_id
    if record.stack_events:
        sets["stack_events"] = list(record.stack_events)
    if record.status in TERMINAL:
        sets["finished_at"] = now
    allowed = {f":before{number}": items.value(status) for number, status in enumerate(before)}
    try:
        clients.dynamodb.update_item(
            TableName=settings.table("deployments"),
            Key=items.item({"PK": keys.builds(build.env, build.repo), "SK": keys.deployment(build.sk, record.pair)}),
            UpdateExpression=f"SET {', '.join(f'#{name} = :{name}' for name in sets)}",
            ConditionExpression=f"attribute_exists(PK) AND #status IN ({', '.join(allowed)})",
            ExpressionAttributeNames={f"#{name}": name for name in sets},
            ExpressionAttributeValues={
                **allowed,
                **{f":{name}": items.value(each) for name, each in sets.items()},
            },
        )
    except (ClientError, BotoCoreError) as error:
        if code_of(error) == "ConditionalCheckFailedException":
            return None
        log.warning("the record of %s is not written: %s", record.pair, error)
        failed: Exception = error
        return failed
    return None


def update_all(
    build: Build, changed: Sequence[Record], clients: Clients, settings: Settings, before: tuple[str, ...] = OPEN
) -> None:
    """As ``update``, where every record counts. Raises RecordsNotWritten, Transient."""
    left = update(build, changed, clients, settings, before)
    if left:
        left = update(build, [each for each in changed if each.pair in left], clients, settings, before)
    if left:
        places = ", ".join(map(str, [*left][:3]))
        error = next(iter(left.values()))
        message = f"failed to write {len(left)} deployment records, such as {places}: {bounded(str(error), 300)}"
        raise (Transient if any(map(is_transient, left.values())) else RecordsNotWritten)(message) from error


def _record(found: Mapping[str, Any]) -> Record:
    return Record(
        Pair(found["account_id"], found["region"]),
        found["status"],
        found.get("detailed_status", ""),
        found.get("batch_index", -1),
        found.get("operation_id", ""),
        found.get("status_reason", ""),
        found.get("action", ""),
        found.get("stack_id", ""),
        tuple(found.get("stack_events", ())),
    )


def _unwritten(left: Sequence[Mapping[str, Any]], error: ClientError | BotoCoreError) -> Exception:
    why = "throttled" if is_transient(error) else bounded(str(error), 300)
    message = f"failed to write deployment records of {_places(left)}: {why}"
    return (Transient if is_transient(error) else RecordsNotWritten)(message)


def _places(left: Sequence[Mapping[str, Any]]) -> str:
    found = [items.plain(each["PutRequest"]["Item"]) for each in left]
    places = [f"{each['account_id']}/{each['region']}" for each in found if "account_id" in each]
    return f"{', '.join(places[:3])}{f' and {len(places) - 3} more' if len(places) > 3 else ''}"  # noqa: PLR2004
