"""The instances of a set: what each came to, and the order in which they are listed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from itertools import count, islice
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

CURRENT, OUTDATED, INOPERABLE = "CURRENT", "OUTDATED", "INOPERABLE"
FAILED_IMPORT, SKIPPED = "FAILED_IMPORT", "SKIPPED_SUSPENDED_ACCOUNT"
NOT_CHECKED = "NOT_CHECKED"

_NO_OVERRIDES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Target:
    """An account and region, and the organisational unit for whose sake it is one."""

    account: str
    region: str
    unit: str = ""

    @property
    def place(self) -> tuple[str, str]:
        return self.account, self.region


@dataclass(slots=True, eq=False)
class Instance:
    """A stack that should be in an account and region.

    ``has_stack`` is false before the stack was made, and again once its creation failed; ``stack_id`` then still names
    the failed one.
    """

    number: int
    account: str
    region: str
    unit: str = ""
    stack_id: str = ""
    has_stack: bool = False
    status: str = OUTDATED
    detailed_status: str = "PENDING"
    reason: str = ""
    overrides: Mapping[str, str] = field(default_factory=lambda: _NO_OVERRIDES)
    drift: str = NOT_CHECKED
    drift_checked: datetime | None = None
    operation_id: str = ""


class Instances:
    """The instances of one set by account and region; listed in the order in which they came."""

    def __init__(self) -> None:
        self._by_place: dict[tuple[str, str], Instance] = {}
        self._ordered: list[Instance] = []
        self._numbers = count(1)

    def __len__(self) -> int:
        return len(self._ordered)

    def __iter__(self) -> Iterator[Instance]:
        return iter(self._ordered)

    def __getitem__(self, place: tuple[str, str]) -> Instance:
        return self._by_place[place]

    def get(self, account: str, region: str) -> Instance | None:
        return self._by_place.get((account, region))

    def add(self, target: Target) -> Instance:
        """The instance of a target; a new one where there is none."""
        instance = self._by_place.get(target.place)
        if instance is None:
            instance = Instance(next(self._numbers), target.account, target.region, target.unit)
            self._by_place[target.place] = instance
            self._ordered.append(instance)
        return instance

    def remove(self, instance: Instance) -> None:
        del self._by_place[instance.account, instance.region]
        del self._ordered[bisect_left(self._ordered, instance.number, key=_number)]

    def after(self, number: int | None) -> Iterator[Instance]:
        """Those that follow the instance of a number, whether it is still there or not."""
        start = 0 if number is None else bisect_right(self._ordered, number, key=_number)
        return islice(self._ordered, start, None)


def _number(instance: Instance) -> int:
    return instance.number
