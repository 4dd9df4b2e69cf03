"""Stack events of a whole tree as they come: of the root and every nested stack, each once, in order of time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from .event_order import in_order
from .stacks import NESTED, is_missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from .hiding import Hiding


_BEGINNINGS = frozenset({"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS"})
_BECAUSE = "failed to create"
"""In the reason of a deletion: it is how a creation ends that failed (OnFailure DELETE), and begins nothing new."""


class Hook(NamedTuple):
    """What a hook said of a resource before it was made or changed."""

    type: str
    status: str
    reason: str
    mode: str
    """FAIL, or WARN: then it goes on all the same."""
    point: str

    @property
    def has_refused(self) -> bool:
        """Whether the resource is not made because of it."""
        return self.status in ("HOOK_COMPLETE_FAILED", "HOOK_FAILED") and self.mode != "WARN"

    @property
    def sentence(self) -> str:
        """``hook Acme::Names::Hook HOOK_COMPLETE_FAILED: the name is no good``."""
        mode = " (a warning)" if self.mode == "WARN" and self.status.endswith("FAILED") else ""
        return f"hook {self.type} {self.status}{mode}{f': {self.reason}' if self.reason else ''}"


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a stack."""

    id: str
    time: datetime
    path: str
    """``master-stack/DatabaseStack/JobsTable``; a stack's events of itself have its own path."""
    type: str
    status: str
    reason: str
    physical_id: str
    stack_id: str
    token: str = ""
    name: str = ""
    """The logical ID, as AWS tells it; that of a stack's event of itself is the stack's name."""
    stack: str = ""
    """The name of the stack."""
    properties: str = ""
    """The resource's properties, as JSON, where AWS tells them."""
    detail: str = ""
    """CONFIGURATION_COMPLETE, where a resource can be used and is not complete yet."""
    hook: Hook | None = None

    @property
    def logical_id(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def is_own(self) -> bool:
        """Whether a stack tells this of itself."""
        return self.type == NESTED and self.physical_id == self.stack_id

    @property
    def why(self) -> str:
        """Its reason, and what a hook said."""
        return "; ".join(part for part in (self.reason, self.hook.sentence if self.hook else "") if part)

    @property
    def line(self) -> str:
        """As somebody reads it who follows an operation."""
        why = f": {self.why}" if self.why else ""
        return f"{self.time:%H:%M:%S}  {self.status:<28} {self.path}{why}"

    def seen(self, hide: Callable[[str], str]) -> Event:
        """The same without what nobody may see in its reason."""
        hook = self.hook._replace(reason=hide(self.hook.reason)) if self.hook else None
        return replace(self, reason=hide(self.reason), hook=hook)

    @property
    def is_failure(self) -> bool:
        return self.status.endswith("FAILED")


class Follower:
    """Reads what is new in a tree of stacks; *since* leaves out what happened before."""

    def __init__(self, stack_id: str, path: str, cloudformation: Any, since: datetime | None = None) -> None:
        self._cloudformation = cloudformation
        self._since = since
        self._paths = {stack_id: path}
        self._seen: set[str] = set()
        self._kept: list[Event] = []

    def new(self) -> list[Event]:
        """The events since the last call, oldest first; nested stacks are found by the way.

        What was read when a call failed in the midst comes with the next one.
        """
        found = self._kept
        pending = list(self._paths)
        while pending:
            stack_id = pending.pop(0)
            for event in reversed(self._of(stack_id)):  # where two have one time, the order is AWS's
                found.append(event)
                child = event.physical_id
                if event.type == NESTED and child.startswith("arn:") and child not in self._paths:
                    self._paths[child] = event.path
                    pending.append(child)
        self._kept = []
        return in_order(found, self._paths)

    def _of(self, stack_id: str) -> list[Event]:
        """The new ones of one stack, newest first; all of them have been read, or none counts as seen."""
        found = [self._event(each, stack_id) for each in self._pages(stack_id)]
        self._seen.update(event.id for event in found)
        return found

    def _pages(self, stack_id: str) -> Iterator[Mapping[str, Any]]:
        more: dict[str, str] = {}
        while True:
            try:
                page = self._cloudformation.describe_stack_events(StackName=stack_id, **more)
            except ClientError as error:
                if is_missing(error):
                    return
                raise
            for each in page["StackEvents"]:
                if each["EventId"] in self._seen or (self._since is not None and each["Timestamp"] < self._since):
                    return  # newest first: what follows is older
                yield each
            if not page.get("NextToken"):
                return
            more = {"NextToken": page["NextToken"]}

    def _event(self, found: Mapping[str, Any], stack_id: str) -> Event:
        physical_id = found.get("PhysicalResourceId", "")
        own = self._paths[stack_id]
        return Event(
            id=found["EventId"],
            time=found["Timestamp"],
            path=own if physical_id == stack_id else f"{own}/{found['LogicalResourceId']}",
            type=found.get("ResourceType", ""),
            status=found.get("ResourceStatus", ""),
            reason=found.get("ResourceStatusReason", ""),
            physical_id=physical_id,
            stack_id=stack_id,
            token=found.get("ClientRequestToken", ""),
            name=found["LogicalResourceId"],
            stack=found.get("StackName", ""),
            properties=found.get("ResourceProperties", ""),
            detail=found.get("DetailedStatus", ""),
            hook=_hook(found),
        )


def _hook(found: Mapping[str, Any]) -> Hook | None:
    if not found.get("HookType"):
        return None
    names = ("HookStatus", "HookStatusReason", "HookFailureMode", "HookInvocationPoint")
    return Hook(found["HookType"], *(found.get(name, "") for name in names))


class Operation(NamedTuple):
    """The newest operation on a stack, by its events."""

    began: datetime
    status: str
    """``UPDATE_IN_PROGRESS``: what it began as."""
    token: str
    newest: datetime
    """When the last event of the stack itself was: since then it is what it is."""


def last_operation(stack_id: str, cloudformation: Any) -> Operation | None:
    """The newest operation on a stack; None where its events say nothing of it.

    A rollback belongs to what it undoes.
    """
    newest_own: datetime | None = None
    for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id):
        for each in page["StackEvents"]:
            if each.get("PhysicalResourceId") != stack_id:
                continue
            moment: datetime = each["Timestamp"]
            newest_own = newest_own or moment
            status = each.get("ResourceStatus", "")
            is_end = status == "DELETE_IN_PROGRESS" and _BECAUSE in each.get("ResourceStatusReason", "")
            if status in _BEGINNINGS and not is_end:
                return Operation(moment, status, each.get("ClientRequestToken", ""), newest_own)
    return None


def end_of(stack_id: str, token: str, cloudformation: Any) -> tuple[datetime, str] | None:
    """When an operation ended that has this token, and how; None where AWS has no event of that any more."""
    for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id):
        for each in page["StackEvents"]:
            is_its = each.get("PhysicalResourceId") == stack_id and each.get("ClientRequestToken") == token
            if is_its and not each["ResourceStatus"].endswith("_IN_PROGRESS"):
                return each["Timestamp"], each["ResourceStatus"]
    return None


def began(stack_id: str, cloudformation: Any) -> datetime | None:
    """When the newest operation on a stack began, by its events; None where they say nothing of it."""
    found = last_operation(stack_id, cloudformation)
    return found.began if found else None


def newest(stack_id: str, cloudformation: Any) -> datetime | None:
    """When the last event of a stack was, by AWS's clock; this machine's may be wrong."""
    for each in cloudformation.describe_stack_events(StackName=stack_id)["StackEvents"]:
        moment: datetime = each["Timestamp"]
        return moment
    return None


def of_last_operation(stack_id: str, path: str, cloudformation: Any) -> list[Event]:
    """The events of the newest operation on a stack and all below it, oldest first."""
    found = last_operation(stack_id, cloudformation)
    return Follower(stack_id, path, cloudformation, found.began if found else None).new()


def shown(event: Event, hiding: Hiding) -> dict[str, str]:
    """An event in the words of DescribeStackEvents, with its path; what nobody sees is hidden."""
    told = {
        "Path": event.path,
        "EventId": event.id,
        "StackId": event.stack_id,
        "StackName": event.stack,
        "LogicalResourceId": event.name,
        "PhysicalResourceId": hiding.text(event.physical_id),
        "ResourceType": event.type,
        "Timestamp": iso(event.time),
        "ResourceStatus": event.status,
    }
    more = {
        "DetailedStatus": event.detail,
        "ResourceStatusReason": hiding.text(event.reason),
        "ResourceProperties": hiding.data(event.properties),
        "ClientRequestToken": event.token,
    }
    if event.hook:
        more |= {
            "HookType": event.hook.type,
            "HookStatus": event.hook.status,
            "HookStatusReason": hiding.text(event.hook.reason),
            "HookFailureMode": event.hook.mode,
            "HookInvocationPoint": event.hook.point,
        }
    return told | {name: value for name, value in more.items() if value}


def iso(moment: datetime) -> str:
    """``2026-01-01T10:00:00.000Z``, as AWS writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
