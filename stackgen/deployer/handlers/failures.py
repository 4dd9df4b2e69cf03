"""Why a target failed: the instance's own reason, and the first events of its stack that say so.

The stack lives in another account, so its events are read through that account's reader role; where that does not let
the function in, the reason of the operation's result is all there is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from .entry import log
from .refusals import bounded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .clients import Clients
    from .records import Record
    from .settings import Settings

MOST_EVENTS = 5
_MOST_PAGES = 10
_CONSEQUENCES = ("Resource creation cancelled", "Resource update cancelled")
"""What CloudFormation writes at everything that a failure elsewhere stopped."""
_BEGINNINGS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "IMPORT_IN_PROGRESS")
"""Where a stack's own event says so, what follows belongs to earlier operations."""


def explained(record: Record, name: str, clients: Clients, settings: Settings) -> Record:
    """A failed record with what its instance and its stack say. Never raises what AWS says: it is no reason to stop."""
    account, region = record.pair
    try:
        answer = clients.cloudformation.describe_stack_instance(
            StackSetName=name, StackInstanceAccount=account, StackInstanceRegion=region
        )
    except (ClientError, BotoCoreError) as error:
        log.warning("the instance of %s is not read: %s", record.pair, error)
        return record
    instance = answer["StackInstance"]
    detailed = instance.get("StackInstanceStatus", {}).get("DetailedStatus", "")
    stack_id = instance.get("StackId", "")
    return record._replace(
        detailed_status=detailed if detailed not in ("", "PENDING", "RUNNING", "SUCCEEDED") else record.detailed_status,
        status_reason=record.status_reason or bounded(instance.get("StatusReason", ""), 500),
        stack_id=stack_id,
        stack_events=tuple(events(record, stack_id, clients, settings)) if stack_id else (),
    )


def events(record: Record, stack_id: str, clients: Clients, settings: Settings) -> list[str]:
    """The failures of a stack's last operation, newest first: ``LogicalId: STATUS - reason``.

    Of more than five the four latest and the very first, which is the cause.
    """
    account, region = record.pair
    found: list[str] = []
    try:
        reader = clients.in_target("cloudformation", account, region, settings)
        for event in _newest_first(reader, stack_id) if reader else ():
            if _is_failure(event):
                found = [*found[: MOST_EVENTS - 1], _shown(event)]
            if _begins(event):
                break
    except (ClientError, BotoCoreError) as error:
        log.warning("the events of %s are not read: %s", record.pair, error)
    return found


def _newest_first(reader: Any, stack_id: str) -> Iterator[dict[str, Any]]:
    more: dict[str, str] = {}
    for _ in range(_MOST_PAGES):
        page = reader.describe_stack_events(StackName=stack_id, **more)
        yield from page["StackEvents"]
        if not page.get("NextToken"):
            return
        more = {"NextToken": page["NextToken"]}


def _is_failure(event: dict[str, Any]) -> bool:
    reason = event.get("ResourceStatusReason", "")
    return event.get("ResourceStatus", "").endswith("FAILED") and not any(each in reason for each in _CONSEQUENCES)


def _begins(event: dict[str, Any]) -> bool:
    """Whether the operation began with this event."""
    return event.get("PhysicalResourceId") == event.get("StackId") and event.get("ResourceStatus") in _BEGINNINGS


def _shown(event: dict[str, Any]) -> str:
    reason = bounded(event.get("ResourceStatusReason", ""), 200)
    return f"{event.get('LogicalResourceId', '')}: {event.get('ResourceStatus', '')} - {reason}"
