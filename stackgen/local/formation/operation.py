"""One operation on a tree of stacks: what its root decides, and which children wait for that."""

from __future__ import annotations

import contextvars
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from stackgen.local.formation.records import Stack
    from stackgen.local.task import Task

    Work = Coroutine[Any, Any, None]

CLOUDFORMATION_STACK = "AWS::CloudFormation::Stack"


@dataclass(slots=True)
class Child:
    """A nested stack whose update was provisioned, and that waits for the verdict of its root."""

    stack: Stack
    task: Task
    provisioned: bool = False


@dataclass(slots=True)
class Operation:
    """What one root does: create or update a tree.

    ``configuration`` is its RollbackConfiguration; ``because`` says why it is rolled back, once that is wanted.
    """

    root: Stack
    configuration: dict[str, Any] | None = None
    is_creation: bool = False
    committed: bool = False
    because: str = ""
    children: dict[str, Child] = field(default_factory=dict)
    sent_back: set[str] = field(default_factory=set)
    waiters: list[Task] = field(default_factory=list)
    #: Who lets time pass for a resource, and wants to know when the operation has to stop.
    listeners: list[Task] = field(default_factory=list)
    done: bool = False
    #: Operations on the same tree that come after this one.
    followers: list[Task] = field(default_factory=list)


current: contextvars.ContextVar[Operation | None] = contextvars.ContextVar("operation", default=None)
"""The operation that the current task works for."""

start: contextvars.ContextVar[Callable[[Work, Stack], object] | None] = contextvars.ContextVar("start", default=None)
"""How the operation that a handler begins next is run; without one, as a root of its own."""


def drive(work: Work, stack: Stack) -> None:
    """Run an operation of the engine to its end, in this thread; as in CloudFormation it ends in a status."""
    try:
        while True:
            work.send(None)
    except StopIteration:
        return
    except Exception as error:  # noqa: BLE001 - a fault of the engine is the service's internal failure
        stack["StackStatus"] = stack["StackStatus"].partition("_")[0] + "_FAILED"
        stack["StackStatusReason"] = f"Internal Failure: {error}"
