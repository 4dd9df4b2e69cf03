"""Operations of a StackSet: started once, however often they are asked for; read through all pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from botocore.exceptions import ClientError

from .errors import (
    OperationInProgressException,
    OperationNotFoundException,
    Refused,
    StackSetNotFoundException,
    TemplateInvalid,
)
from .inputs import Pair
from .planning import CREATE, DEFINE, DELETE, UPDATE, Existing
from .refusals import bounded, code_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from .errors import DeployerError
    from .planning import Batch
    from .policy import Policy
    from .settings import Settings

RUNNING, STOPPING, QUEUED, SUCCEEDED, FAILED, STOPPED = (
    "RUNNING", "STOPPING", "QUEUED", "SUCCEEDED", "FAILED", "STOPPED",
)  # fmt: skip
OVER = (SUCCEEDED, FAILED, STOPPED)
_GONE = "StackSetNotFoundException"


class Clients(Protocol):
    """What an operation is started and read with."""

    @property
    def cloudformation(self) -> Any: ...


class Operation(NamedTuple):
    """How an operation stands."""

    status: str
    began: datetime | None
    ended: datetime | None
    reason: str

    @property
    def is_over(self) -> bool:
        return self.status in OVER


class Result(NamedTuple):
    """What an operation came to in one place."""

    pair: Pair
    status: str
    reason: str


def find(name: str, operation_id: str, clients: Clients) -> Operation | None:
    """An operation of a StackSet; None where it has no such one. Raises StackSetNotFoundException."""
    try:
        answer = clients.cloudformation.describe_stack_set_operation(StackSetName=name, OperationId=operation_id)
    except ClientError as error:
        if code_of(error) == "OperationNotFoundException":
            return None
        raise _meant(error, name) from error
    found = answer["StackSetOperation"]
    return Operation(
        found["Status"], found.get("CreationTimestamp"), found.get("EndTimestamp"), found.get("StatusReason", "")
    )


def needed(name: str, operation_id: str, clients: Clients) -> Operation:
    """An operation that must be there. Raises OperationNotFoundException."""
    operation = find(name, operation_id, clients)
    if operation is None:
        raise OperationNotFoundException(f"StackSet {name} has no operation {operation_id}")
    return operation


def results(name: str, operation_id: str, clients: Clients) -> Iterator[Result]:
    """The results of an operation in all places: one call for each hundred."""
    more: dict[str, str] = {}
    while True:
        try:
            page = clients.cloudformation.list_stack_set_operation_results(
                StackSetName=name, OperationId=operation_id, MaxResults=100, **more
            )
        except ClientError as error:
            raise _meant(error, name, operation_id) from error
        for each in page["Summaries"]:
            reason = each.get("StatusReason", "")
            yield Result(Pair(each["Account"], each["Region"]), each["Status"], bounded(reason, 500))
        if not page.get("NextToken"):
            return
        more = {"NextToken": page["NextToken"]}


def existing(name: str, clients: Clients) -> list[Existing]:
    """The instances of a StackSet, through all pages. Raises StackSetNotFoundException."""
    found: list[Existing] = []
    more: dict[str, str] = {}
    while True:
        try:
            page = clients.cloudformation.list_stack_instances(StackSetName=name, MaxResults=100, **more)
        except ClientError as error:
            raise _meant(error, name) from error
        for each in page["Summaries"]:
            detailed = each.get("StackInstanceStatus", {}).get("DetailedStatus", "")
            status = "INOPERABLE" if detailed == "INOPERABLE" else each["Status"]
            found.append(Existing(Pair(each["Account"], each["Region"]), status))
        if not page.get("NextToken"):
            return found
        more = {"NextToken": page["NextToken"]}


class Order(NamedTuple):
    """What is to be started."""

    stack_set_name: str
    operation_id: str
    batch: Batch
    definition: Mapping[str, Any]
    """What UpdateStackSet is given, where the batch changes the definition."""
    policy: Policy


def start(order: Order, clients: Clients, settings: Settings) -> None:
    """Start what a batch asks for; where an earlier attempt did, there is nothing to do.

    Raises OperationInProgressException while the StackSet is busy, StackSetNotFoundException, TemplateInvalid, Refused.
    """
    name, operation_id, batch, definition, policy = order
    if find(name, operation_id, clients) is not None:
        return
    call = _CALLS[batch.action]
    try:
        getattr(clients.cloudformation, call)(
            StackSetName=name,
            OperationId=operation_id,
            **_place(batch, policy, settings),
            **(definition if batch.action == DEFINE else {}),
            **({"RetainStacks": False} if batch.action == DELETE else {}),
        )
    except ClientError as error:
        if code_of(error) == "OperationIdAlreadyExistsException":
            return
        if code_of(error) == "ValidationError" and batch.action != DEFINE:
            raise Refused(bounded(str(error))) from error
        raise _meant(error, name) from error


def stop(name: str, operation_id: str, clients: Clients) -> None:
    """Let an operation start nothing more; one that has ended is left alone."""
    try:
        clients.cloudformation.stop_stack_set_operation(StackSetName=name, OperationId=operation_id)
    except ClientError as error:
        if code_of(error) not in ("InvalidOperationException", "OperationNotFoundException"):
            raise _meant(error, name) from error


_CALLS = {
    DEFINE: "update_stack_set",
    CREATE: "create_stack_instances",
    UPDATE: "update_stack_instances",
    DELETE: "delete_stack_instances",
}


def _place(batch: Batch, policy: Policy, settings: Settings) -> dict[str, Any]:
    """Where it happens and how fast; a definition that changes nowhere has neither."""
    if not batch.rectangle.accounts:
        return {}
    return {
        "Accounts": list(batch.rectangle.accounts),
        "Regions": list(batch.rectangle.regions),
        "OperationPreferences": policy.preferences(batch.rectangle, settings),
    }


def _meant(error: ClientError, name: str, operation_id: str = "") -> DeployerError | ClientError:
    """The error of ours for what StackSets refuse; any other stays as it is."""
    code, message = code_of(error), bounded(str(error))
    if code == "OperationInProgressException":
        return OperationInProgressException(f"StackSet {name} runs another operation")
    if code == _GONE:
        return StackSetNotFoundException(f"StackSet {name} is not there")
    if code == "OperationNotFoundException":
        return OperationNotFoundException(f"StackSet {name} has no operation {operation_id}")
    if code == "ValidationError":
        return TemplateInvalid(message)
    if code in ("StackInstanceNotFoundException", "InvalidOperationException", "LimitExceededException"):
        return Refused(message)
    return error  # what is worth another attempt, and what nobody foresaw
