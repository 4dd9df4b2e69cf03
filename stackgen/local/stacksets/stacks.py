"""The port to CloudFormation itself: the stacks that the instances of a set stand for, and the time they take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stackgen.local.wire import Call


@dataclass(frozen=True, slots=True)
class StackRequest:
    """What a stack is made from; ``role_arn`` may be no more than the name of the execution role."""

    template: str
    parameters: Mapping[str, str]
    capabilities: tuple[str, ...]
    tags: Mapping[str, str]
    role_arn: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a stack: its status in CloudFormation's words, and why."""

    stack_id: str
    status: str
    reason: str = ""

    @property
    def succeeded(self) -> bool:
        return self.status.endswith("_COMPLETE") and "ROLLBACK" not in self.status


class Stacks(Protocol):
    """CloudFormation in every account and region.

    A method runs to the end of the stack operation. It is called inside a task and may wait on the clock. A refusal may
    be raised as a :class:`~stackgen.local.errors.ServiceError`.
    """

    def create(self, account: str, region: str, name: str, request: StackRequest) -> Outcome: ...

    def update(self, account: str, region: str, stack_id: str, request: StackRequest) -> Outcome: ...

    def delete(self, account: str, region: str, stack_id: str) -> Outcome: ...

    def describe(self, account: str, region: str, stack_id: str) -> Outcome | None:
        """The state of a stack; none where there is no such stack, or no longer."""

    def drift(self, account: str, region: str, stack_id: str) -> str:
        """``IN_SYNC`` or ``DRIFTED``."""

    def template(self, call: Call) -> str:
        """The text that TemplateBody or TemplateURL of a request lead to.

        :raises ServiceError: where they lead nowhere.
        """


@dataclass(frozen=True, slots=True)
class Durations:
    """Virtual seconds that the work on one instance takes before its stack does anything.

    assumed: all of them. What the stack itself waits on the clock comes on top.
    """

    create: float = 40.0
    update: float = 20.0
    delete: float = 20.0
    drift: float = 10.0
    #: An instance whose stack is not touched: refused, skipped, retained, imported; and an operation without instances.
    untouched: float = 5.0
