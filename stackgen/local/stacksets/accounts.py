"""The accounts that sets deploy to, and the organisation that they form."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    #: Told of an account, of the units that it joined or left, and whether it joined.
    Listener = Callable[[str, tuple[str, ...], bool], None]


class Accounts:
    """Which accounts exist, how they are, and in which organisational units they live.

    *units* are the accounts directly in each unit, *parents* the unit (or root) above a unit. Unless *existing* is
    given, every account exists. ``suspended`` and ``lacks_execution_role`` may change at any time.
    """

    def __init__(
        self,
        units: Mapping[str, Iterable[str]] | None = None,
        parents: Mapping[str, str] | None = None,
        *,
        existing: Iterable[str] | None = None,
        suspended: Iterable[str] = (),
        lacks_execution_role: Iterable[str] = (),
    ) -> None:
        self._units = {unit: dict.fromkeys(accounts) for unit, accounts in (units or {}).items()}
        self._parents = dict(parents or {})
        self._existing = None if existing is None else set(existing)
        self.suspended = set(suspended)
        self.lacks_execution_role = set(lacks_execution_role)
        self._listeners: list[Listener] = []

    def exists(self, account: str) -> bool:
        return self._existing is None or account in self._existing

    def has_unit(self, unit: str) -> bool:
        return unit in self._units or unit in self._parents.values()

    def members(self, unit: str) -> dict[str, None]:
        """The accounts of a unit and of the units below it, in order."""
        found = dict(self._units.get(unit, {}))
        for below, parent in self._parents.items():
            if parent == unit:
                found.update(self.members(below))
        return found

    def join(self, account: str, unit: str) -> None:
        """Put an account into a unit; it leaves the one that it was in."""
        before = self._above(account)
        for accounts in self._units.values():
            accounts.pop(account, None)
        self._units.setdefault(unit, {})[account] = None
        self._tell(account, before, self._above(account))

    def leave(self, account: str) -> None:
        """Take an account out of the organisation."""
        before = self._above(account)
        for accounts in self._units.values():
            accounts.pop(account, None)
        self._tell(account, before, ())

    def subscribe(self, listener: Listener) -> None:
        """Be told when accounts join and leave units."""
        self._listeners.append(listener)

    def _tell(self, account: str, before: tuple[str, ...], after: tuple[str, ...]) -> None:
        left = tuple(unit for unit in before if unit not in after)
        joined = tuple(unit for unit in after if unit not in before)
        for listener in self._listeners:
            if left:
                listener(account, left, False)  # noqa: FBT003 - left
            if joined:
                listener(account, joined, True)  # noqa: FBT003 - joined

    def _above(self, account: str) -> tuple[str, ...]:
        for unit, accounts in self._units.items():
            if account in accounts:
                return tuple(self._upwards(unit))
        return ()

    def _upwards(self, unit: str | None) -> Iterator[str]:
        while unit is not None:
            yield unit
            unit = self._parents.get(unit)
