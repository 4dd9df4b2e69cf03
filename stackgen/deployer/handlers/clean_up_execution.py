"""See after every execution that nothing of it is left: no running operation, no open record, no lock.

No Catch runs when an execution is aborted or times out, and some errors cannot be caught. EventBridge tells a queue of every
execution that ended; this function is fed from it. While the operation of an aborted build still runs it raises, so that
the message comes back later. After an execution that ended well all of it is found done already.

In: messages of SQS, each a Step Functions Execution Status Change. Out: ``batchItemFailures``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from . import builds, keys, locks, operations, plans, settling
from .aggregate_results import aggregate_results
from .entry import entry, log
from .errors import DeployerError, LockNotReleased, StackSetNotFoundException, Transient
from .inputs import Build

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .clients import Clients
    from .settings import Settings


class Ended(NamedTuple):
    """An execution that ended."""

    build: Build
    execution_arn: str
    status: str
    has_continued: bool
    """Whether it handed over to another execution, which has the lock now."""

    @classmethod
    def from_message(cls, body: str) -> Ended:
        detail = json.loads(body)["detail"]
        output = json.loads(detail.get("output") or "{}")
        return cls(
            Build.from_event(json.loads(detail["input"])),
            str(detail["executionArn"]),
            str(detail["status"]),
            isinstance(output, dict) and "continued" in output,
        )


def clean_up_execution(ended: Ended, settings: Settings, clients: Clients) -> None:
    """Raises Transient while something of the build still runs."""
    build = ended.build
    holder = locks.find(build.env, build.repo, clients, settings)
    if ended.has_continued or (
        holder and holder.build_id == build.sk and holder.execution_arn != ended.execution_arn
    ):
        log.info("another execution of build %s goes on", build.sk)
        return
    _settle(build, settings, clients)
    record = builds.find(build, clients, settings)
    why = f"not attempted: the execution ended as {ended.status}"
    if record is not None and record["status"] not in builds.TERMINAL:
        aggregate_results(build, settings, clients, why)
    else:
        settling.close(build, why, clients, settings)
    try:
        locks.release(build, clients, settings, ended.execution_arn)
    except LockNotReleased as error:
        log.info("%s", error)


def _settle(build: Build, settings: Settings, clients: Clients) -> None:
    """Stop what runs, and write what became of every batch that was begun. Raises Transient while any runs."""
    name = keys.stack_set_name(build.env, build.repo)
    for kind in (plans.ROLLOUT, plans.REVERT):
        header = plans.find(build, clients, settings, kind)
        for index in range((header.started if header else -1) + 1):
            operation_id = keys.operation_id(build.sk, kind, index)
            try:
                operation = operations.find(name, operation_id, clients)
            except StackSetNotFoundException:
                return
            if operation is None:
                continue
            if not operation.is_over:
                operations.stop(name, operation_id, clients)
                raise Transient(f"operation {operation_id} of StackSet {name} is still {operation.status}")
            batch = plans.batch(build, index, clients, settings, kind)
            if kind == plans.ROLLOUT and not settling.settle(
                build, name, index, operation_id, batch, clients, settings
            ):
                raise Transient(f"the results of operation {operation_id} are not complete yet")


@entry
def handler(event: Mapping[str, Any], settings: Settings, clients: Clients) -> dict[str, Any]:
    failures = []
    for message in event["Records"]:
        try:
            clean_up_execution(Ended.from_message(message["body"]), settings, clients)
        except (DeployerError, ClientError, BotoCoreError) as error:
            log.warning("%s: %s", type(error).__name__, error)
            failures.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failures}
