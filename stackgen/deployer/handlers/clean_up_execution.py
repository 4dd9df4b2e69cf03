"""See after every execution that nothing of it is left: no running operation, no open record, no lock.

No Catch runs when an execution is aborted or times out, and some errors cannot be caught. EventBridge tells a queue of
every execution that ended; this function is fed from it. While the operation of an aborted build still runs it raises,
so that the message comes back later. After an execution that ended well all of it is found done already.

In: messages of SQS, each a Step Functions Execution Status Change. Out: ``batchItemFailures``. Raises nothing: what it
cannot do yet comes back as a message.
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
from .revert_targets import conclude

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
    if ended.has_continued or (holder and holder.build_id == build.sk and holder.execution_arn != ended.execution_arn):
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
    """Stop what runs, and write what became of it; batches go one by one, so that is the last one begun at most.

    Raises Transient while it runs.
    """
    name = keys.stack_set_name(build.env, build.repo)
    forward = plans.find(build, clients, settings)
    back = plans.find(build, clients, settings, plans.REVERT)
    try:
        if forward is not None and forward.started >= 0:
            _see_that_it_has_ended(build, name, plans.ROLLOUT, forward.started, clients)
            batch = plans.batch(build, forward.started, clients, settings)
            if not settling.settle(build, forward.started, batch, clients, settings):
                raise Transient(f"the results of batch {forward.started} of build {build.sk} are not complete yet")
        if forward is not None and back is not None and not back.outcome:
            if back.started >= 0:
                _see_that_it_has_ended(build, name, plans.REVERT, back.started, clients)
            conclude(build, back, forward, settings, clients)
    except StackSetNotFoundException as error:
        log.warning("%s", error)


def _see_that_it_has_ended(build: Build, name: str, kind: str, index: int, clients: Clients) -> None:
    operation_id = keys.operation_id(build.sk, kind, index)
    operation = operations.find(name, operation_id, clients)
    if operation is not None and not operation.is_over:
        operations.stop(name, operation_id, clients)
        raise Transient(f"operation {operation_id} of StackSet {name} is still {operation.status}")


@entry
def handler(event: Mapping[str, Any], settings: Settings, clients: Clients) -> dict[str, Any]:
    failures = []
    for message in event["Records"]:
        try:
            clean_up_execution(Ended.from_message(message["body"]), settings, clients)
        except (DeployerError, ClientError, BotoCoreError, KeyError, TypeError, ValueError) as error:
            log.warning("%s: %s", type(error).__name__, error)
            failures.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failures}
