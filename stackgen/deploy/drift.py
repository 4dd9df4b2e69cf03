"""What was changed beside the templates: in a stack, and in each nested one by itself, for AWS looks into none of them.

Source: CloudFormation User Guide, "Detect drift on an entire CloudFormation stack": detection on a stack says nothing
of the stacks nested in it. One that fails still tells what it found out of the resources it could look at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from .actions import HIDDEN
from .errors import BusyError, NeedsPersonError
from .hiding import hides_path
from .next_steps import command_for, next_step, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from .hiding import Hiding
    from .polling import Pace
    from .stacks import Resource, Tree
    from .targets import Target

IN_SYNC, MODIFIED, DELETED = "IN_SYNC", "MODIFIED", "DELETED"
NOT_CHECKED, UNKNOWN, UNSUPPORTED = "NOT_CHECKED", "UNKNOWN", "UNSUPPORTED"
_RUNNING, _FAILED = "DETECTION_IN_PROGRESS", "DETECTION_FAILED"
_DETECTABLE = frozenset({
    "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED", "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
})  # fmt: skip
"""Source: the same page."""
_PATIENCE = 30 * 60


class Difference(NamedTuple):
    """A property that is not as the template says."""

    path: str
    """``/ProvisionedThroughput/ReadCapacityUnits``, as AWS tells it."""
    kind: str
    """ADD, REMOVE, NOT_EQUAL."""
    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class Drift:
    """How one resource is."""

    path: str
    type: str
    physical_id: str
    status: str
    differences: tuple[Difference, ...] = ()
    reason: str = ""

    @property
    def has_drifted(self) -> bool:
        return self.status in (MODIFIED, DELETED)


@dataclass(frozen=True, slots=True)
class Detected:
    """What was found in a tree of stacks."""

    drifts: tuple[Drift, ...]
    failed: Mapping[str, str]
    """Stacks whose detection failed in part or in whole, by path, with the reason."""
    at: datetime | None

    def of(self, *statuses: str) -> list[Drift]:
        return [each for each in self.drifts if each.status in statuses]

    @property
    def drifted(self) -> list[Drift]:
        return self.of(MODIFIED, DELETED)


Secrets = Callable[[str], frozenset[str]]
"""The outermost properties that hold a secret, of a resource by its path."""


def detect(  # noqa: PLR0917  what it works on, and what it hides
    target: Target,
    tree: Tree,
    cloudformation: Any,
    pace: Pace,
    hiding: Hiding,
    secrets: Secrets = lambda _: frozenset(),
) -> Detected:
    """Look at every stack of a tree, all at once, and wait for it. Raises BusyError, NeedsPersonError."""
    _see_that_it_can_be_looked_at(target, tree)
    begun = {}
    failed: dict[str, str] = {}
    stacks = list(tree.stacks())
    for each in stacks:
        if each.state.status in _DETECTABLE:
            answer = cloudformation.detect_stack_drift(StackName=each.state.id)
            begun[each.path] = answer["StackDriftDetectionId"]
        else:
            failed[each.path] = f"it is in {each.state.status}"
    at = None
    for path, status in _ended(begun, cloudformation, pace, target):
        at = max(filter(None, (at, status.get("Timestamp"))), default=None)
        if status["DetectionStatus"] == _FAILED:
            failed[path] = hiding.text(status.get("DetectionStatusReason", "")) or "AWS gives no reason"
    drifts = [
        _drift(resource, told, hiding, secrets(resource.path))
        for each in stacks
        for resource, told in _told(each, cloudformation, is_read=each.path in begun)
    ]
    return Detected(tuple(drifts), failed, at)


def _see_that_it_can_be_looked_at(target: Target, tree: Tree) -> None:
    for each in tree.stacks():
        if each.state.is_going_on:
            raise BusyError(
                f"an operation runs on {each.path} in {target.account}/{target.region}: {each.state.status}",
                f"wait for it: {command_for(target, 'events --follow')}",
            )
    if tree.state.status not in _DETECTABLE:
        raise NeedsPersonError(
            f"{target.place} is in {tree.state.status}, in which AWS looks for no drift",
            next_step(tree.state.status, words_of(target)),
        )


def _ended(
    begun: Mapping[str, str], cloudformation: Any, pace: Pace, target: Target
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    pending = dict(begun)
    for _ in pace.looks(_PATIENCE):
        for path, detection in list(pending.items()):
            status = cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
            if status["DetectionStatus"] != _RUNNING:
                del pending[path]
                yield path, status
        if not pending:
            return
    raise BusyError(
        f"AWS has not finished looking at {', '.join(pending)} after {_PATIENCE // 60} minutes",
        f"later again: {command_for(target, 'drift')}",
    )


def _told(tree: Tree, cloudformation: Any, *, is_read: bool) -> Iterator[tuple[Resource, Mapping[str, Any]]]:
    """Every resource of one stack, with what AWS tells of it: nothing of those that it did not look at."""
    found = dict(_pages(tree.state.id, cloudformation)) if is_read else {}
    for resource in tree.resources:
        yield resource, found.get(resource.logical_id, {})


def _pages(stack_id: str, cloudformation: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    more: dict[str, str] = {}
    while True:
        page = cloudformation.describe_stack_resource_drifts(StackName=stack_id, **more)
        for each in page["StackResourceDrifts"]:
            yield each["LogicalResourceId"], each
        if not page.get("NextToken"):
            return
        more = {"NextToken": page["NextToken"]}


def _drift(resource: Resource, told: Mapping[str, Any], hiding: Hiding, secrets: frozenset[str]) -> Drift:
    return Drift(
        resource.path,
        resource.type,
        resource.physical_id,
        told.get("StackResourceDriftStatus", NOT_CHECKED),
        tuple(_difference(each, hiding, secrets) for each in told.get("PropertyDifferences", [])),
        hiding.text(told.get("DriftStatusReason", "")),
    )


def _difference(each: Mapping[str, str], hiding: Hiding, secrets: frozenset[str]) -> Difference:
    path = each["PropertyPath"]
    is_hidden = hides_path(path) or path.lstrip("/").partition("/")[0] in secrets
    expected, actual = (
        HIDDEN if is_hidden and each.get(name) else hiding.text(each.get(name, ""))
        for name in ("ExpectedValue", "ActualValue")
    )
    return Difference(path, each["DifferenceType"], expected, actual)
