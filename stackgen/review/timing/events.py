"""The events of real stacks, as ``aws cloudformation describe-stack-events`` prints them, into how long things took.

A file holds what one call printed, or a list of such, or a list of events; their order does not matter. An attempt
begins with an IN_PROGRESS event and ends with the COMPLETE of the same operation. One that fails, is retried or is
undone by a rollback tells nothing of its operation; the deletions of a rollback are deletions like others.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.errors import OutputFileError

if TYPE_CHECKING:
    from collections.abc import Iterator

STARTS = {"CREATE_IN_PROGRESS": "create", "UPDATE_IN_PROGRESS": "update", "DELETE_IN_PROGRESS": "delete"}
ENDS = {"CREATE_COMPLETE": "create", "UPDATE_COMPLETE": "update", "DELETE_COMPLETE": "delete"}
CONFIGURED = "CONFIGURATION_COMPLETE"
CHECKING = "Eventual consistency check initiated"
"""The reason of an event that says the same as the detailed status, where there is no detailed status."""


class Event(NamedTuple):
    """What is read of one event."""

    at: datetime
    stack: str
    logical_id: str
    physical_id: str
    type: str
    status: str
    configured: bool
    properties: dict[str, Any]
    number: int


class Sample(NamedTuple):
    """One operation on one resource that ended well: seconds until it was complete, and configured if that was told."""

    type: str
    operation: str
    seconds: float
    configured: float | None
    properties: dict[str, Any]


def events_in(text: str, path: str) -> list[Event]:
    """The events of a file, oldest first. Raises OutputFileError with what was expected."""
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise OutputFileError(f"is not JSON: {error.msg}", location=(path, error.lineno)) from error
    except RecursionError as error:
        raise OutputFileError("is nested too deeply to be events", location=(path, 0)) from error
    found = [_event(each, number, path) for number, each in enumerate(_listed(content, path))]
    if not found:
        raise OutputFileError("holds no event", "the JSON of describe-stack-events was expected", location=(path, 1))
    if len({event.at.tzinfo is None for event in found}) > 1:
        raise OutputFileError("mixes times with and without a zone", location=(path, 0))
    oldest_last = found[0].at > found[-1].at
    return sorted(found, key=lambda event: (event.at, -event.number if oldest_last else event.number))


def samples_of(events: list[Event]) -> Iterator[Sample]:
    """Every operation that began and ended well; ``events`` are the oldest first."""
    begun: dict[tuple[str, str], tuple[Event, Event | None]] = {}
    for event in events:
        key = event.stack, event.logical_id
        own = event.type == "AWS::CloudFormation::Stack" and event.physical_id == event.stack
        if own:
            continue
        started = STARTS.get(event.status)
        before = begun.get(key)
        if started is not None:
            same = before is not None and STARTS[before[0].status] == started
            first = before[0] if before is not None and same else event
            configured = before[1] if before is not None and same else None
            begun[key] = first, configured or (event if event.configured else None)
            continue
        begun.pop(key, None)
        if before is None or ENDS.get(event.status) != STARTS[before[0].status]:
            continue
        first, configured = before
        seconds = (event.at - first.at).total_seconds()
        ready = None if configured is None else (configured.at - first.at).total_seconds()
        yield Sample(event.type, STARTS[first.status], seconds, ready, event.properties or first.properties)


def _listed(content: Any, path: str) -> list[Any]:
    pages = content if isinstance(content, list) else [content]
    events: list[Any] = []
    for page in pages:
        if isinstance(page, dict) and isinstance(page.get("StackEvents"), list):
            events += page["StackEvents"]
        elif isinstance(page, dict) and "ResourceStatus" in page:
            events.append(page)
        else:
            kind = f"an object with {', '.join(list(page)[:3])}" if isinstance(page, dict) else type(page).__name__
            raise OutputFileError(
                f"StackEvents was expected, and {kind} was found",
                "aws cloudformation describe-stack-events",
                location=(path, 1),
            )
    return events


def _event(each: Any, number: int, path: str) -> Event:
    wanted = ("Timestamp", "StackId", "LogicalResourceId", "ResourceType", "ResourceStatus")
    if not isinstance(each, dict):
        raise OutputFileError(f"event {number + 1} is no object", location=(path, 0))
    for name in wanted:
        if not isinstance(each.get(name), str):
            raise OutputFileError(
                f"event {number + 1} has no {name}", f"expected: {', '.join(wanted)}", location=(path, 0)
            )
    try:
        at = datetime.fromisoformat(each["Timestamp"])
    except ValueError as error:
        raise OutputFileError(
            f"event {number + 1}: {each['Timestamp']!r} is no time like 2026-11-20T10:00:00.000Z", location=(path, 0)
        ) from error
    configured = each.get("DetailedStatus") == CONFIGURED or str(each.get("ResourceStatusReason", "")).startswith(
        CHECKING
    )
    return Event(
        at=at,
        stack=each["StackId"],
        logical_id=each["LogicalResourceId"],
        physical_id=str(each.get("PhysicalResourceId", "")),
        type=each["ResourceType"],
        status=each["ResourceStatus"],
        configured=configured,
        properties=_properties(each.get("ResourceProperties")),
        number=number,
    )


def _properties(text: Any) -> dict[str, Any]:
    """An event carries the properties as a text; what cannot be read chooses no variant."""
    try:
        value = json.loads(text) if isinstance(text, str) and text else {}
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
