"""The operations of a set: what was asked for, and how far it got."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from stackgen.local.stacksets import errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from stackgen.local.stacksets.definition import Definition
    from stackgen.local.stacksets.instances import Target
    from stackgen.local.stacksets.preferences import Preferences
    from stackgen.local.stacksets.rollout import Result, Rollout

QUEUED, RUNNING, STOPPING = "QUEUED", "RUNNING", "STOPPING"
SUCCEEDED, FAILED, STOPPED = "SUCCEEDED", "FAILED", "STOPPED"


class Work(Enum):
    """What is done to each instance; the value is the Action that AWS shows."""

    CREATE = ("CREATE", "deploy")
    UPDATE = ("UPDATE", "deploy")
    DELETE = ("DELETE", "remove")
    DETECT_DRIFT = ("DETECT_DRIFT", "check")
    IMPORT = ("CREATE", "adopt")

    @property
    def action(self) -> str:
        return self.value[0]

    @property
    def is_deployment(self) -> bool:
        return self.value[1] == "deploy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an operation is to do. Without ``targets`` it goes to every instance that there is when it starts."""

    operation_id: str
    work: Work
    preferences: Preferences
    targets: tuple[Target, ...] | None
    #: The version that the set takes on when the operation starts.
    definition: Definition | None = None
    #: Whether all instances of the set become OUTDATED when it starts, not only the targets.
    outdates_all: bool = False
    overrides: Sequence[Mapping[str, Any]] | None = None
    retains: bool = False
    #: Where stacks are imported: their ids, by account and region.
    stack_ids: Mapping[tuple[str, str], str] = field(default_factory=dict)
    deployment_targets: Mapping[str, Any] | None = None
    administration_role: str = ""
    execution_role: str = ""


@dataclass(slots=True, eq=False)
class Operation:
    """A plan and its progress. ``places`` is only there where something may run beside it."""

    number: int
    plan: Plan
    created: datetime
    #: The version of the set that it works with; settled when it starts.
    definition: Definition
    status: str = QUEUED
    ended: datetime | None = None
    results: list[Result] = field(default_factory=list)
    rollout: Rollout | None = None
    failed: int = 0
    drifted: int = 0
    in_sync: int = 0
    places: frozenset[tuple[str, str]] | None = None

    @property
    def id(self) -> str:
        return self.plan.operation_id

    @property
    def is_over(self) -> bool:
        return self.status in {SUCCEEDED, FAILED, STOPPED}

    def conflicts_with(self, other: Operation) -> bool:
        """Whether the two may not run at once: they share an instance, or one of them changes the set.

        assumed: this meaning of "non-conflicting", which API_ManagedExecution does not explain.
        """
        if self.plan.definition is not None or other.plan.definition is not None:
            return True
        if self.places is None or other.places is None:
            return True
        return not self.places.isdisjoint(other.places)


class Operations:
    """All operations of a set, those that run, and those that wait for their turn."""

    def __init__(self) -> None:
        self._all: list[Operation] = []
        self._by_id: dict[str, Operation] = {}
        self.running: list[Operation] = []
        self.queue: deque[Operation] = deque()

    def __contains__(self, operation_id: str) -> bool:
        return operation_id in self._by_id

    @property
    def are_over(self) -> bool:
        return not self.running and not self.queue

    def get(self, operation_id: str) -> Operation:
        """The operation of an id.

        :raises ServiceError: OperationNotFoundException.
        """
        try:
            return self._by_id[operation_id]
        except KeyError:
            raise errors.operation_not_found(operation_id) from None

    def add(self, plan: Plan, created: datetime, definition: Definition) -> Operation:
        """A new operation, at the end of the queue."""
        operation = Operation(len(self._all) + 1, plan, created, definition)
        self._all.append(operation)
        self._by_id[operation.id] = operation
        self.queue.append(operation)
        return operation

    def before(self, number: int | None) -> Iterator[Operation]:
        """Those older than the operation of a number, newest first."""
        end = len(self._all) if number is None else min(number - 1, len(self._all))
        return (self._all[index] for index in range(end - 1, -1, -1))

    def next_due(self, *, is_managed: bool) -> Operation | None:
        """The operation that may start now, taken from the queue.

        API_ManagedExecution: operations start in the order of their requests, beside others where they do not conflict.
        assumed: its note that all incoming operations queue means no more than that none overtakes another.
        Without managed execution only one runs; what queues then are automatic deployments.
        """
        if not self.queue:
            return None
        first = self.queue[0]
        if self.running and (not is_managed or any(first.conflicts_with(other) for other in self.running)):
            return None
        return self.queue.popleft()
