"""Stacks as they are in AWS: one, or the whole tree of its nested stacks; reading only, every page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

NESTED = "AWS::CloudFormation::Stack"
_GONE = "DELETE_COMPLETE"

HEALTHY = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE",
                     "IMPORT_ROLLBACK_COMPLETE"})  # fmt: skip
"""A stack that can be updated. Source: CloudFormation User Guide, "Stack status codes"."""


@dataclass(frozen=True, slots=True)
class StackState:
    """A stack as DescribeStacks tells it."""

    name: str
    id: str
    status: str
    reason: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    created: datetime | None = None
    updated: datetime | None = None
    parent_id: str = ""
    root_id: str = ""
    is_protected: bool = False
    drift: str = ""
    drift_checked: datetime | None = None
    rollback_alarms: tuple[str, ...] = ()
    monitoring_minutes: int = 0
    notification_arns: tuple[str, ...] = ()
    role_arn: str = ""
    """With which CloudFormation works on it."""
    change_set_id: str = ""
    """Of the change set that was executed last."""

    @property
    def is_going_on(self) -> bool:
        """Whether an operation runs."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"

    @property
    def version(self) -> str:
        """Changes with every operation on the stack."""
        moment = self.updated or self.created
        return f"{self.id} {self.status} {moment.isoformat() if moment else ''}"


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a stack."""

    path: str
    """``master-stack/DatabaseStack/JobsTable``: the stack's name, then logical IDs."""
    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str = ""
    drift: str = ""


@dataclass(frozen=True, slots=True)
class Tree:
    """A stack, its resources, and its nested stacks by logical ID."""

    state: StackState
    path: str
    resources: tuple[Resource, ...]
    children: Mapping[str, Tree] = field(default_factory=dict)

    def stacks(self) -> Iterator[Tree]:
        """This stack, and all below it."""
        yield self
        for child in self.children.values():
            yield from child.stacks()

    def all_resources(self) -> Iterator[Resource]:
        """The resources of all of them."""
        for tree in self.stacks():
            yield from tree.resources


def find(name: str, cloudformation: Any, *, even_deleted: bool = False) -> StackState | None:
    """A stack by its name or ID; None where there is none, or where it has been deleted.

    AWS knows a deleted one for 90 days, by its ID alone.
    """
    try:
        answer = cloudformation.describe_stacks(StackName=name)
    except ClientError as error:
        if is_missing(error):
            return None
        raise
    found = state_of(answer["Stacks"][0])
    return None if found.status == _GONE and not even_deleted else found


def is_missing(error: ClientError) -> bool:
    """Whether CloudFormation says that a stack does not exist; it has no code of its own for that."""
    said = error.response.get("Error", {})
    return said.get("Code") == "ValidationError" and "does not exist" in said.get("Message", "")


def state_of(found: Mapping[str, Any]) -> StackState:
    """One entry of DescribeStacks."""
    watching = found.get("RollbackConfiguration", {})
    return StackState(
        name=found["StackName"],
        id=found["StackId"],
        status=found["StackStatus"],
        reason=found.get("StackStatusReason", ""),
        parameters={
            each["ParameterKey"]: each.get("ResolvedValue", each.get("ParameterValue", ""))
            for each in found.get("Parameters", [])
        },
        outputs={each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])},
        tags={each["Key"]: each["Value"] for each in found.get("Tags", [])},
        created=found.get("CreationTime"),
        updated=found.get("LastUpdatedTime"),
        parent_id=found.get("ParentId", ""),
        root_id=found.get("RootId", ""),
        is_protected=bool(found.get("EnableTerminationProtection")),
        drift=found.get("DriftInformation", {}).get("StackDriftStatus", ""),
        drift_checked=found.get("DriftInformation", {}).get("LastCheckTimestamp"),
        change_set_id=found.get("ChangeSetId", ""),
        rollback_alarms=tuple(each["Arn"] for each in watching.get("RollbackTriggers", [])),
        monitoring_minutes=watching.get("MonitoringTimeInMinutes", 0),
        notification_arns=tuple(found.get("NotificationARNs", ())),
        role_arn=found.get("RoleARN", ""),
    )


def resources(stack_id: str, path: str, cloudformation: Any) -> Iterator[Resource]:
    """The resources of one stack, through all pages."""
    for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack_id):
        for each in page["StackResourceSummaries"]:
            yield Resource(
                f"{path}/{each['LogicalResourceId']}",
                each["LogicalResourceId"],
                each.get("PhysicalResourceId", ""),
                each["ResourceType"],
                each["ResourceStatus"],
                each.get("ResourceStatusReason", ""),
                each.get("DriftInformation", {}).get("StackResourceDriftStatus", ""),
            )


def tree(state: StackState, cloudformation: Any, path: str = "") -> Tree:
    """A stack with all that are nested in it; what has been deleted is left out."""
    place = path or state.name
    found = [each for each in resources(state.id, place, cloudformation) if each.status != _GONE]
    children = {}
    for each in found:
        if each.type == NESTED and each.physical_id:
            below = find(each.physical_id, cloudformation)
            if below is not None:
                children[each.logical_id] = tree(below, cloudformation, each.path)
    return Tree(state, place, tuple(found), children)
