"""The record of a build, and of what is newest in an environment. A build that has ended stays as it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from . import items, keys, moments
from .inputs import Build
from .refusals import bounded, code_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .clients import Clients
    from .settings import Settings

PENDING, IN_PROGRESS, SUCCESS, FAILED = "PENDING", "IN_PROGRESS", "SUCCESS", "FAILED"
TERMINAL = (SUCCESS, FAILED)
STATUSES = (PENDING, IN_PROGRESS, SUCCESS, FAILED)

_BEFORE = {
    PENDING: (PENDING,),
    IN_PROGRESS: (PENDING, IN_PROGRESS),
    SUCCESS: (PENDING, IN_PROGRESS, SUCCESS),
    FAILED: (PENDING, IN_PROGRESS, FAILED),
}
"""From which statuses a build may come to one."""


def find(build: Build, clients: Clients, settings: Settings) -> dict[str, Any] | None:
    """The record as it is now."""
    key = {"PK": keys.builds(build.env, build.repo), "SK": build.sk}
    return items.get(clients.dynamodb, settings.table("builds"), key)


def put_new(record: Mapping[str, Any], clients: Clients, settings: Settings) -> bool:
    """Write a build that is not there yet, and make it the latest; False where it is there.

    *record* holds at least ``repo``, ``env`` and ``SK``; the rest is completed.
    """
    now = moments.stamp()
    build = Build(str(record["env"]), str(record["repo"]), str(record["SK"]))
    whole = {
        "PK": keys.builds(build.env, build.repo),
        "status": PENDING,
        "stack_name": keys.stack_set_name(build.env, build.repo),
        "created_at": now,
        "updated_at": now,
        **record,
    }
    put = {
        "Put": {
            "TableName": settings.table("builds"),
            "Item": items.item(whole),
            "ConditionExpression": "attribute_not_exists(PK)",
        }
    }
    status = str(whole["status"])
    return _transact(clients, [put, _latest(build, status, settings)], [put])


def move(
    build: Build,
    status: str,
    clients: Clients,
    settings: Settings,
    *,
    error_msg: str = "",
    only_from: str = "",
    **more: object,
) -> bool:
    """Bring a build to a status, and the latest item with it; False where it is not there or has ended otherwise.

    The first error message stays; *only_from* is the one status that it may have; *more* are further attributes.
    """
    now = moments.stamp()
    sets = {"status": status, "updated_at": now, **more}
    if status in TERMINAL:
        sets["finished_at"] = now
    names = {f"#{name}": name for name in sets}
    values = {f":{name}": items.value(each) for name, each in sets.items()}
    changes = [f"#{name} = :{name}" for name in sets]
    if error_msg:
        changes.append("error_msg = if_not_exists(error_msg, :error_msg)")
        values[":error_msg"] = items.value(bounded(error_msg))
    before = {
        f":before{number}": items.value(each)
        for number, each in enumerate([only_from] if only_from else _BEFORE[status])
    }
    update = {
        "Update": {
            "TableName": settings.table("builds"),
            "Key": items.item({"PK": keys.builds(build.env, build.repo), "SK": build.sk}),
            "UpdateExpression": f"SET {', '.join(changes)}",
            "ConditionExpression": f"attribute_exists(PK) AND #status IN ({', '.join(before)})",
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": {**values, **before},
        }
    }
    behind = [_good(build, settings)] if status == SUCCESS else []
    return _transact(clients, [update, _latest(build, status, settings)], [update, *behind], [update])


def note(build: Build, clients: Clients, settings: Settings, **attributes: object) -> None:
    """Further attributes of a build that is there; its status stays."""
    sets = {**attributes, "updated_at": moments.stamp()}
    clients.dynamodb.update_item(
        TableName=settings.table("builds"),
        Key=items.item({"PK": keys.builds(build.env, build.repo), "SK": build.sk}),
        UpdateExpression=f"SET {', '.join(f'#{name} = :{name}' for name in sets)}",
        ConditionExpression="attribute_exists(PK)",
        ExpressionAttributeNames={f"#{name}": name for name in sets},
        ExpressionAttributeValues={f":{name}": items.value(each) for name, each in sets.items()},
    )


def latest(env: str, repo: str, clients: Clients, settings: Settings) -> dict[str, Any]:
    """What is newest: ``build_id``, ``status``, ``started_build_id``, ``good_build_id``; empty at first."""
    key = {"PK": keys.latest(env), "SK": keys.targets(repo)}
    return items.get(clients.dynamodb, settings.table("builds"), key) or {}


def begin(build: Build, clients: Clients, settings: Settings) -> str:
    """Note that a build has begun to work; the newer build that has done so before, if any."""
    try:
        clients.dynamodb.update_item(
            TableName=settings.table("builds"),
            Key=items.item({"PK": keys.latest(build.env), "SK": keys.targets(build.repo)}),
            UpdateExpression="SET started_build_id = :me",
            ConditionExpression="attribute_not_exists(started_build_id) OR started_build_id <= :me",
            ExpressionAttributeValues={":me": items.value(build.sk)},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except ClientError as error:
        if code_of(error) != "ConditionalCheckFailedException":
            raise
        return str(items.plain(error.response.get("Item", {})).get("started_build_id", "another"))
    return ""


def _latest(build: Build, status: str, settings: Settings) -> dict[str, Any]:
    """Let the latest item follow, unless it tells of a newer build."""
    sets = {"id": keys.latest_id(build), "build_id": build.sk, "status": status}
    if status == SUCCESS:
        sets["good_build_id"] = build.sk
    return {
        "Update": {
            "TableName": settings.table("builds"),
            "Key": items.item({"PK": keys.latest(build.env), "SK": keys.targets(build.repo)}),
            "UpdateExpression": f"SET {', '.join(f'#{name} = :{name}' for name in sets)}",
            "ConditionExpression": "attribute_not_exists(build_id) OR build_id <= :build_id",
            "ExpressionAttributeNames": {f"#{name}": name for name in sets},
            "ExpressionAttributeValues": {f":{name}": items.value(each) for name, each in sets.items()},
        }
    }


def _good(build: Build, settings: Settings) -> dict[str, Any]:
    """Note a good build though a newer one waits already: it is where a rollout that fails goes back to."""
    return {
        "Update": {
            "TableName": settings.table("builds"),
            "Key": items.item({"PK": keys.latest(build.env), "SK": keys.targets(build.repo)}),
            "UpdateExpression": "SET good_build_id = :me",
            "ConditionExpression": "attribute_not_exists(good_build_id) OR good_build_id <= :me",
            "ExpressionAttributeValues": {":me": items.value(build.sk)},
        }
    }


def _transact(clients: Clients, *choices: list[dict[str, Any]]) -> bool:
    """Make the first choice whose conditions hold; False where the first write, which all have, may not be."""
    for writes in choices:
        try:
            clients.dynamodb.transact_write_items(TransactItems=writes)
        except ClientError as error:
            codes = [each.get("Code", "None") for each in error.response.get("CancellationReasons", [])]
            if "ConditionalCheckFailed" not in codes or {"TransactionConflict", "ThrottlingError"} & set(codes):
                raise
            if codes[0] == "ConditionalCheckFailed":
                return False
        else:
            return True
    return False
