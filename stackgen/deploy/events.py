"""Stack events of a whole tree as they come: of the root and every nested stack, each once, in order of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from .stacks import NESTED, is_missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from .polling import Pace


_BEGINNINGS = frozenset({"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS"})


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

    @property
    def logical_id(self) -> str:
        return self.path.rpartition("/")[2]

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

    def new(self) -> list[Event]:
        """The events since the last call, oldest first; nested stacks are found by the way."""
        found: list[Event] = []
        pending = list(self._paths)
        while pending:
            stack_id = pending.pop(0)
            for event in reversed([*self._of(stack_id)]):  # where two have one time, the order is AWS's
                found.append(event)
                child = event.physical_id
                if event.type == NESTED and child.startswith("arn:") and child not in self._paths:
                    self._paths[child] = event.path
                    pending.append(child)
        return sorted(found, key=lambda event: event.time)

    def _of(self, stack_id: str) -> Iterator[Event]:
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
                self._seen.add(each["EventId"])
                yield self._event(each, stack_id)
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
        )


def began(stack_id: str, cloudformation: Any) -> datetime | None:
    """When the newest operation on a stack began, by its events; None where they say nothing of it."""
    for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id):
        for each in page["StackEvents"]:
            is_own = each.get("PhysicalResourceId") == stack_id
            if is_own and each.get("ResourceStatus") in _BEGINNINGS:
                moment: datetime = each["Timestamp"]
                return moment
    return None


def newest(stack_id: str, cloudformation: Any) -> datetime | None:
    """When the last event of a stack was, by AWS's clock; this machine's may be wrong."""
    for each in cloudformation.describe_stack_events(StackName=stack_id)["StackEvents"]:
        moment: datetime = each["Timestamp"]
        return moment
    return None


def follow(follower: Follower, stack_id: str, cloudformation: Any, pace: Pace) -> Iterator[list[Event]]:
    """What is new at each look, until the stack's operation has ended; the last one is complete."""
    for _ in pace.looks():
        status = cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"]
        yield follower.new()
        if not status.endswith("_IN_PROGRESS") or status == "REVIEW_IN_PROGRESS":
            return
