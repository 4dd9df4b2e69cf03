"""The lock of a repository in an environment, as a person looks at it, and how it is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from stackgen.deployer.handlers import builds, items, keys, moments
from stackgen.deployer.handlers.inputs import Build
from stackgen.deployer.handlers.refusals import bounded, code_of
from stackgen.errors import LockedError, StackgenError

if TYPE_CHECKING:
    from .installation import Installation

UNKNOWN, GONE, RUNNING = "UNKNOWN", "GONE", "RUNNING"
"""What an execution may be beside Step Functions' own words."""


class NotRecordedError(StackgenError):
    """The lock is broken, and the build does not say why."""


class Lock(NamedTuple):
    """Who holds it, since when, until when."""

    env: str
    repo: str
    build_id: str
    execution_arn: str
    acquired_at: int
    ttl: int

    @property
    def has_expired(self) -> bool:
        """Whether the next build takes it without waiting."""
        return self.ttl < moments.now()


def find(installation: Installation, repo: str, env: str) -> Lock | None:
    """The lock as it is now; None where nobody holds it."""
    dynamodb, table = installation.clients.dynamodb, installation.table("locks")
    found = items.get(dynamodb, table, {"PK": keys.lock(env, repo)})
    if found is None:
        return None
    at, until = int(found.get("acquired_at", 0)), int(found.get("ttl", 0))
    return Lock(env, repo, str(found.get("build_id", "")), str(found.get("execution_arn", "")), at, until)


def execution_status(installation: Installation, arn: str) -> str:
    """How an execution stands: Step Functions' word, ``GONE`` where it has forgotten it."""
    if not arn:
        return UNKNOWN
    try:
        return str(installation.clients.stepfunctions.describe_execution(executionArn=arn)["status"])
    except ClientError as error:
        if code_of(error) not in ("ExecutionDoesNotExist", "InvalidArn"):
            raise
        return GONE


def break_(installation: Installation, lock: Lock, reason: str) -> bool:
    """Delete exactly this lock, and write why on its build; False where it was free already.

    Raises LockedError where it is another one by now, NotRecordedError where the build could not be written.
    """
    dynamodb = installation.clients.dynamodb
    gone = False
    try:
        dynamodb.delete_item(
            TableName=installation.table("locks"),
            Key=items.item({"PK": keys.lock(lock.env, lock.repo)}),
            ConditionExpression="build_id = :build AND execution_arn = :execution AND acquired_at = :at",
            ExpressionAttributeValues={
                ":build": items.value(lock.build_id),
                ":execution": items.value(lock.execution_arn),
                ":at": items.value(lock.acquired_at),
            },
        )
    except ClientError as error:
        if code_of(error) != "ConditionalCheckFailedException":
            raise
        now = find(installation, lock.repo, lock.env)
        if now is not None:
            raise LockedError(
                f"the lock of {lock.repo} in {lock.env} changed meanwhile: build {now.build_id} holds it now",
                "it was left alone; multi lock show tells more",
            ) from error
        gone = True
    _note(installation, lock, reason)
    return not gone


def _note(installation: Installation, lock: Lock, reason: str) -> None:
    build = Build(lock.env, lock.repo, lock.build_id)
    try:
        builds.note(
            build,
            installation.clients,
            installation.settings,
            lock_broken_at=moments.stamp(),
            lock_broken_by=installation.caller(),
            lock_broken_reason=bounded(reason, 500),
        )
    except ClientError as error:
        why = "there is no such build" if code_of(error) == "ConditionalCheckFailedException" else bounded(str(error))
        raise NotRecordedError(
            f"the lock of {lock.repo} in {lock.env} is broken, but build {lock.build_id} does not say why: {why}"
        ) from error
