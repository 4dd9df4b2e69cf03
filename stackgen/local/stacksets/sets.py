"""The sets of an administrator account in a region."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stackgen.local.stacksets import errors
from stackgen.local.stacksets.instances import Instances
from stackgen.local.stacksets.operations import Operation, Operations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stackgen.local.stacksets.definition import Definition
    from stackgen.local.wire import Call

ACTIVE, DELETED = "ACTIVE", "DELETED"


@dataclass(frozen=True, slots=True)
class Quotas:
    """How much there may be (cloudformation-limits). assumed: the figures, which AWS raised several times."""

    stack_sets: int = 1_000
    instances: int = 100_000


@dataclass(slots=True, eq=False)
class StackSet:
    """One set: the version that counts now, its instances and operations."""

    number: int
    name: str
    uuid: str
    account: str
    region: str
    definition: Definition
    token: str
    request: Mapping[str, Any]
    status: str = ACTIVE
    instances: Instances = field(default_factory=Instances)
    operations: Operations = field(default_factory=Operations)
    #: For each organisational unit that is deployed to, the regions.
    units: dict[str, dict[str, None]] = field(default_factory=dict)
    drift_operation: Operation | None = None

    @property
    def id(self) -> str:
        return f"{self.name}:{self.uuid}"

    @property
    def arn(self) -> str:
        return f"arn:aws:cloudformation:{self.region}:{self.account}:stackset/{self.id}"

    @property
    def next_definition(self) -> Definition:
        """The version that will count when all operations that wait have started."""
        queued = (each.plan.definition for each in reversed(self.operations.queue))
        return next((each for each in queued if each is not None), self.definition)


class Shelf:
    """The sets of one account and region; a name may be used again when its set was deleted."""

    def __init__(self) -> None:
        self._all: list[StackSet] = []
        self._by_id: dict[str, StackSet] = {}
        self._active: dict[str, StackSet] = {}

    def __iter__(self) -> Iterator[StackSet]:
        return iter(self._all)

    @property
    def active(self) -> Mapping[str, StackSet]:
        return self._active

    @property
    def next_number(self) -> int:
        return len(self._all) + 1

    def add(self, stack_set: StackSet) -> None:
        self._all.append(stack_set)
        self._by_id[stack_set.id] = stack_set
        self._active[stack_set.name] = stack_set

    def delete(self, stack_set: StackSet) -> None:
        stack_set.status = DELETED
        del self._active[stack_set.name]

    def find(self, name: str) -> StackSet | None:
        """The set of a name, or of an id, even a deleted one."""
        return self._active.get(name) or self._by_id.get(name)

    def after(self, number: int | None) -> Iterator[StackSet]:
        return (self._all[index] for index in range(number or 0, len(self._all)))


class Shelves:
    """The sets of all accounts and regions."""

    def __init__(self) -> None:
        self._shelves: dict[tuple[str, str], Shelf] = {}

    def __iter__(self) -> Iterator[Shelf]:
        return iter(self._shelves.values())

    def of(self, call: Call) -> Shelf:
        return self._shelves.setdefault((call.account, call.region), Shelf())

    def known(self, call: Call) -> StackSet:
        """The set that a request names, deleted or not.

        :raises ServiceError: StackSetNotFoundException.
        """
        name = call.parameters["StackSetName"]
        stack_set = self.of(call).find(name)
        if stack_set is None:
            raise errors.set_not_found(name)
        return stack_set

    def active(self, call: Call) -> StackSet:
        """The set that a request names, unless it was deleted.

        :raises ServiceError: StackSetNotFoundException.
        """
        stack_set = self.known(call)
        if stack_set.status == DELETED:
            raise errors.set_not_found(call.parameters["StackSetName"])
        return stack_set
