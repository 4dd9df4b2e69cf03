"""The record of a build is new: start the state machine for it, and note which execution works on it.

In: records of the stream of the builds table. Out: ``batchItemFailures``. Raises SettingMissing.

The stream gives a record again after an error, so everything here may happen twice: an execution has the name of its
build and exists once, and a build moves from PENDING alone, for a fast execution may have ended it already. What may
pass is reported record by record, so that only those come back; what stays wrong ends the build with the reason.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from . import builds, items, keys
from .entry import entry, log
from .errors import DeployerError, MissingInput
from .inputs import Build, text
from .refusals import bounded, code_of, is_transient

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .clients import Clients
    from .settings import Settings

_NEEDED = ("repo", "env", "s3_bucket", "s3_key")
_CARRIED = ("branch", "version", "commit_hash")
_FULL = "ExecutionLimitExceeded"
"""So many executions are open that no other may begin: this passes. Source: API_StartExecution of Step Functions."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the stream tells, oldest first."""

    records: tuple[Mapping[str, Any], ...]

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Request:
        records = event.get("Records")
        if not isinstance(records, list):
            raise MissingInput(f"Records must be a list, and is {type(records).__name__}")
        return cls(tuple(records))


def trigger_build(request: Request, settings: Settings, clients: Clients) -> dict[str, Any]:
    """Start what is new; answer which records must come back."""
    machine = settings.needed("state_machine_arn")
    again: list[dict[str, str]] = []
    for record in request.records:
        change = record.get("dynamodb", {})
        try:
            found = _new_build(record)
            if found is not None:
                _start(found, machine, settings, clients)
        except MissingInput as error:
            log.error("this record starts nothing: %s", error)
        except (ClientError, BotoCoreError, DeployerError) as error:
            log.warning("this record must come back: %s", bounded(str(error)))
            again.append({"itemIdentifier": str(change.get("SequenceNumber", ""))})
    return {"batchItemFailures": again}


def _new_build(record: Mapping[str, Any]) -> dict[str, Any] | None:
    """The build that a record tells of; None where it is none that waits."""
    if record.get("eventName") != "INSERT":
        return None
    image = items.plain(record.get("dynamodb", {}).get("NewImage", {}))
    if not str(image.get("PK", "")).startswith("REPO#"):
        return None
    if image.get("status") != builds.PENDING:
        log.info("build %s is %s and is not started", image.get("SK"), image.get("status"))
        return None
    return image


def _start(found: Mapping[str, Any], machine: str, settings: Settings, clients: Clients) -> None:
    build = Build(text(found, "env"), text(found, "repo"), text(found, "SK"))
    try:
        said = {name: text(found, name) for name in _NEEDED} | {"sk": build.sk}
        said |= {name: str(found.get(name, "")) for name in _CARRIED}
        arn = _execution(build, said, machine, clients)
    except (MissingInput, ClientError) as error:
        if is_transient(error) or code_of(error) == _FULL:
            raise
        message = f"not started: {error}"
        log.error("build %s is %s", build.sk, bounded(message))
        builds.move(build, builds.FAILED, clients, settings, only_from=builds.PENDING, error_msg=message)
        return
    moved = builds.move(build, builds.IN_PROGRESS, clients, settings, only_from=builds.PENDING, execution_arn=arn)
    log.info("build %s of %s runs as %s%s", build.sk, build.repo, arn, "" if moved else ", and has moved on already")


def _execution(build: Build, said: Mapping[str, str], machine: str, clients: Clients) -> str:
    """The execution of a build, begun now or before."""
    name = keys.execution_name(build.env, build.repo, build.sk)
    whole = json.dumps({**said, "retry_count": 0, "continuation": 0}, sort_keys=True)
    try:
        started = clients.stepfunctions.start_execution(stateMachineArn=machine, name=name, input=whole)
    except ClientError as error:
        if code_of(error) != "ExecutionAlreadyExists":
            raise
        return f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
    return str(started["executionArn"])


@entry
def handler(event: Mapping[str, Any], settings: Settings, clients: Clients) -> dict[str, Any]:
    return trigger_build(Request.from_event(event), settings, clients)
