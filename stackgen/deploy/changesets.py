"""Change sets: what AWS says an update will do, read to the last page, through every nested stack."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from .resolved import Resolved, resolved_in
from .stacks import NESTED, is_missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ADD, MODIFY, REMOVE, IMPORT, DYNAMIC = "Add", "Modify", "Remove", "Import", "Dynamic"
ALWAYS, CONDITIONAL, NEVER = "True", "Conditional", "False"
"""Replacement, as CloudFormation says it."""

READY, FAILED = "CREATE_COMPLETE", "FAILED"
_NAME = re.compile(r"stackgen-\d{8}-\d{6}-(?P<plan>[0-9a-f]{16})(?:-[\w-]+)?$")
_NESTED_SET = re.compile(r"arn:aws[a-z-]*:cloudformation:[^\s:]+:\d{12}:changeSet/[^\s,\]]+")
_DEEPEST = 16
_EMPTY = ("didn't contain changes", "No updates are to be performed", "submitted information didn't contain changes")


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one resource, in AWS's words."""

    path: str
    """``master-stack/DatabaseStack/JobsTable``: the stack's name, then logical IDs."""
    type: str
    action: str
    replacement: str = ""
    policy_action: str = ""
    """Retain, Delete, Snapshot, ReplaceAndDelete ...: what becomes of the resource that goes."""
    physical_id: str = ""
    reasons: tuple[str, ...] = ()
    """``KeySchema (Always, DirectModification)``: what changes, whether that recreates, and why."""

    @property
    def may_replace(self) -> bool:
        """Whether the resource is, or may be, made anew."""
        return self.action == MODIFY and self.replacement in (ALWAYS, CONDITIONAL)


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """A change set of a stack and of all nested in it."""

    id: str
    name: str
    stack_id: str
    status: str
    reason: str
    execution_status: str
    changes: tuple[Change, ...] = ()
    resolved: tuple[Resolved, ...] = ()
    """What was read in Parameter Store for it."""

    @property
    def is_over(self) -> bool:
        """Whether CloudFormation has finished making it."""
        return self.status in (READY, FAILED) or self.status.startswith("DELETE")

    @property
    def is_going(self) -> bool:
        """Whether somebody has asked for its deletion, which takes its time."""
        return self.status.startswith("DELETE")

    @property
    def is_empty(self) -> bool:
        """Whether it failed because nothing would change."""
        return self.status == FAILED and is_empty(self.reason)

    @property
    def is_executable(self) -> bool:
        return self.execution_status == "AVAILABLE"

    @property
    def is_begun(self) -> bool:
        """Whether somebody has executed it, however that ended."""
        return self.execution_status.startswith("EXECUTE")

    @property
    def token(self) -> str:
        """The token of its execution."""
        return token_of(self.id)

    @property
    def plan(self) -> str:
        """The id of the plan that it was made for; nothing where it is none of ours."""
        return plan_of(self.name)


def name_of(plan_id: str, seconds: float) -> str:
    """The name of a plan's change set: when it was made, and for what."""
    return f"stackgen-{datetime.fromtimestamp(seconds, UTC):%Y%m%d-%H%M%S}-{plan_id}"


def token_of(change_set_id: str) -> str:
    """The token of the execution of a change set, by its ARN: one is taken once, and a plan may come again."""
    _, name, unique = change_set_id.split("/")
    return f"{name}-{unique[:8]}"


def plan_of(mark: str) -> str:
    """The id of the plan that a change set's name tells, or the token of its execution, which begins with the name."""
    found = _NAME.match(mark)
    return found["plan"] if found else ""


def ours(stack: str, cloudformation: Any) -> list[ChangeSet]:
    """The change sets of a stack that we made, and that nobody deletes."""
    return [each for each in every(stack, cloudformation) if each.plan and not each.is_going]


def every(stack: str, cloudformation: Any) -> list[ChangeSet]:
    """The change sets of a stack, whoever made them, without their changes; none where there is no such stack."""
    try:
        pages = cloudformation.get_paginator("list_change_sets").paginate(StackName=stack)
        return [head(each) for page in pages for each in page["Summaries"]]
    except ClientError as error:
        if is_missing(error):
            return []
        raise


def cause_of(found: ChangeSet, cloudformation: Any) -> ChangeSet:
    """The change set that failed: that of a nested stack, where the outer one only says that the inner one did."""
    for _ in range(_DEEPEST):
        inner = _NESTED_SET.search(found.reason)
        below = None
        with suppress(ClientError):  # what its parent says is left
            below = find(inner[0].rstrip("."), "", cloudformation) if inner else None
        if below is None or not below.reason:
            break
        found = below
    return found


def is_empty(reason: str) -> bool:
    """Whether a change set failed for this reason because nothing would change."""
    return any(text in reason for text in _EMPTY)


def find(name: str, stack: str, cloudformation: Any) -> ChangeSet | None:
    """A change set without its changes, by its id or by its name in a stack; None where there is none."""
    where = {"StackName": stack} if stack else {}
    try:
        page = cloudformation.describe_change_set(ChangeSetName=name, **where)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code == "ChangeSetNotFound" or (code == "ValidationError" and "does not exist" in str(error)):
            return None
        raise
    return head(page)


def read(found: ChangeSet, path: str, cloudformation: Any) -> ChangeSet:
    """The same with all changes: every page, and the change sets of nested stacks below it."""
    values: list[Resolved] = []
    changes = tuple(_changes(found.id, path, cloudformation, values))
    return replace(found, changes=changes, resolved=tuple(values))


def head(page: Mapping[str, Any]) -> ChangeSet:
    """A change set without its changes, from what lists or describes it."""
    return ChangeSet(
        page["ChangeSetId"],
        page["ChangeSetName"],
        page["StackId"],
        page["Status"],
        page.get("StatusReason", ""),
        page.get("ExecutionStatus", ""),
    )


def _changes(change_set_id: str, path: str, cloudformation: Any, values: list[Resolved]) -> Iterator[Change]:
    """The changes; what was read in Parameter Store is added to *values*."""
    more: dict[str, str] = {}
    while True:
        page = cloudformation.describe_change_set(ChangeSetName=change_set_id, **more)
        values += [each for each in resolved_in(page, path) if each not in values]
        for each in page.get("Changes", []):
            yield from _change(each["ResourceChange"], path, cloudformation, values)
        if not page.get("NextToken"):
            return
        more = {"NextToken": page["NextToken"]}


def _change(found: Mapping[str, Any], path: str, cloudformation: Any, values: list[Resolved]) -> Iterator[Change]:
    place = f"{path}/{found['LogicalResourceId']}"
    yield Change(
        place,
        found["ResourceType"],
        found["Action"],
        found.get("Replacement", ""),
        found.get("PolicyAction", ""),
        found.get("PhysicalResourceId", ""),
        tuple(dict.fromkeys(_reasons(found.get("Details", [])))),
    )
    nested = found.get("ChangeSetId")
    if found["ResourceType"] == NESTED and nested:
        yield from _changes(nested, place, cloudformation, values)


def _reasons(details: list[Mapping[str, Any]]) -> Iterator[str]:
    for detail in details:
        target = detail.get("Target", {})
        name = target.get("Name") or target.get("Attribute", "")
        source = detail.get("CausingEntity") or detail.get("ChangeSource", "")
        recreation = target.get("RequiresRecreation", "")
        inner = ", ".join(part for part in (recreation, source) if part)
        yield f"{name} ({inner})" if inner else name
