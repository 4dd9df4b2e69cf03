"""The lock of a repository in an environment: one conditional write takes it, one conditional delete gives it back.

DynamoDB deletes expired items days late, so expiry is part of the condition and nobody waits for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from . import items, keys, moments
from .errors import LockLost, LockNotReleased
from .refusals import code_of

if TYPE_CHECKING:
    from .clients import Clients
    from .inputs import Build
    from .settings import Settings

_CONDITION = "ConditionalCheckFailedException"


class Holder(NamedTuple):
    """Who holds a lock."""

    build_id: str
    execution_arn: str
    expires: int


def acquire(build: Build, execution_arn: str, clients: Clients, settings: Settings) -> Holder | None:
    """Take the lock where it is free, expired or this build's already; the holder where it is not."""
    now = moments.now()
    lock = {
        "PK": keys.lock(build.env, build.repo),
        "build_id": build.sk,
        "execution_arn": execution_arn,
        "acquired_at": now,
        "ttl": now + settings.lock_ttl,
    }
    try:
        clients.dynamodb.put_item(
            TableName=settings.table("locks"),
            Item=items.item(lock),
            ConditionExpression="attribute_not_exists(PK) OR #ttl < :now OR build_id = :me",
            ExpressionAttributeNames={"#ttl": "ttl"},
            ExpressionAttributeValues={":now": items.value(now), ":me": items.value(build.sk)},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except ClientError as error:
        if code_of(error) != _CONDITION:
            raise
        return _holder(items.plain(error.response.get("Item", {})))
    return None


def renew(build: Build, clients: Clients, settings: Settings) -> None:
    """Hold it for another while. Raises LockLost where it is another build's, or gone."""
    try:
        clients.dynamodb.update_item(
            TableName=settings.table("locks"),
            Key=items.item({"PK": keys.lock(build.env, build.repo)}),
            UpdateExpression="SET #ttl = :ttl",
            ConditionExpression="build_id = :me",
            ExpressionAttributeNames={"#ttl": "ttl"},
            ExpressionAttributeValues={
                ":ttl": items.value(moments.now() + settings.lock_ttl),
                ":me": items.value(build.sk),
            },
        )
    except ClientError as error:
        if code_of(error) != _CONDITION:
            raise
        raise LockLost(f"build {build.sk} no longer holds the lock of {build.repo} in {build.env}") from error


def release(build: Build, clients: Clients, settings: Settings, execution_arn: str = "") -> None:
    """Give it back; that nobody holds it is fine. Raises LockNotReleased where another does.

    With *execution_arn* only if that execution took it last.
    """
    condition = "attribute_not_exists(PK) OR build_id = :me"
    values: dict[str, Any] = {":me": items.value(build.sk)}
    if execution_arn:
        condition = "attribute_not_exists(PK) OR (build_id = :me AND execution_arn = :execution)"
        values[":execution"] = items.value(execution_arn)
    try:
        clients.dynamodb.delete_item(
            TableName=settings.table("locks"),
            Key=items.item({"PK": keys.lock(build.env, build.repo)}),
            ConditionExpression=condition,
            ExpressionAttributeValues=values,
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except ClientError as error:
        if code_of(error) != _CONDITION:
            raise
        holder = _holder(items.plain(error.response.get("Item", {})))
        raise LockNotReleased(f"failed to release lock: build {holder.build_id} holds it, not {build.sk}") from error


def find(env: str, repo: str, clients: Clients, settings: Settings) -> Holder | None:
    """Who holds it now."""
    found = items.get(clients.dynamodb, settings.table("locks"), {"PK": keys.lock(env, repo)})
    return None if found is None else _holder(found)


def _holder(found: dict[str, Any]) -> Holder:
    return Holder(str(found.get("build_id", "")), str(found.get("execution_arn", "")), int(found.get("ttl", 0)))
