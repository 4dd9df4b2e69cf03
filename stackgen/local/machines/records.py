"""State machines as the stand-in keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from stackgen.local.errors import ServiceError
from stackgen.local.machines.limits import EXPRESS_SECONDS
from stackgen.local.machines.names import Arn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from stackgen.local.machines.definitions import Program
    from stackgen.local.machines.executions import Execution


@dataclass(frozen=True, slots=True)
class Machine:
    """A state machine as it is at a moment."""

    arn: str
    name: str
    account: str
    region: str
    kind: str
    role: str
    program: Program
    created: datetime
    updated: datetime
    revision: str = ""
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def timeout(self) -> int | None:
        """How many seconds an execution may take; an EXPRESS one never more than five minutes."""
        asked = self.program.timeout
        if self.kind == "EXPRESS":
            return min(asked or EXPRESS_SECONDS, EXPRESS_SECONDS)
        return asked

    def is_same(self, program: Program, kind: str, settings: dict[str, Any]) -> bool:
        """Whether creating it again asks for what is there.

        Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
        """
        return (self.program.text, self.kind, self.settings) == (program.text, kind, settings)

    def with_changes(self, **changes: Any) -> Machine:
        return replace(self, **changes)


@dataclass(slots=True)
class Record:
    """A state machine, its tags and its executions by name, oldest first."""

    machine: Machine
    tags: dict[str, str] = field(default_factory=dict)
    executions: dict[str, Execution] = field(default_factory=dict)
    deleting: bool = False


class Store:
    """The state machines of all accounts and regions."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}

    def machine(self, arn: str) -> Record:
        """What is there under an ARN.

        :raises ServiceError: InvalidArn or StateMachineDoesNotExist.
        """
        Arn.parse(arn, "stateMachine")
        try:
            return self.records[arn]
        except KeyError:
            raise ServiceError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'") from None

    def execution(self, arn: str) -> Execution:
        """What is there under an ARN.

        :raises ServiceError: InvalidArn or ExecutionDoesNotExist.
        """
        parsed = Arn.parse(arn, "execution")
        owner = arn.partition(f":{parsed.kind}:")[0] + f":stateMachine:{parsed.machine}"
        record = self.records.get(owner)
        found = record.executions.get(parsed.execution) if record else None
        if found is None or found.arn != arn or found.machine.kind != "STANDARD":
            raise ServiceError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
        return found

    def of(self, account: str, region: str) -> Iterator[Record]:
        for record in self.records.values():
            if (record.machine.account, record.machine.region) == (account, region):
                yield record

    def remove(self, record: Record) -> None:
        for execution in record.executions.values():
            execution.forget()
        self.records.pop(record.machine.arn, None)
