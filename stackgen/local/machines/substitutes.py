"""What the interpreter's modules are given in place of modules that they imported."""

from __future__ import annotations

import copy
import datetime as dt
from typing import TYPE_CHECKING, Any

from stackgen.local.machines import limits
from stackgen.local.virtual import Threading, datetime_on

if TYPE_CHECKING:
    from stackgen.local.clock import Clock


class Unkept(list[Any]):
    """A list that keeps nothing; the interpreter collects its threads for ever."""

    def append(self, item: Any) -> None:
        del item


class Copy:
    """``copy`` for JSON: what cannot change is not copied."""

    copy = staticmethod(copy.copy)

    def deepcopy(self, value: Any) -> Any:
        kind = type(value)
        if kind is str or kind is int or value is None or kind is bool or kind is float:
            return value
        if isinstance(value, dict):
            return {key: self.deepcopy(item) for key, item in value.items()}
        if kind is list:
            return [self.deepcopy(item) for item in value]
        return copy.deepcopy(value)


class Datetime:
    """``datetime`` whose present is the clock's, shown in UTC as Step Functions shows it."""

    def __init__(self, clock: Clock) -> None:
        base: Any = datetime_on(clock)

        class Moment(base):  # type: ignore[misc] # a base that is made at run time
            @classmethod
            def now(cls, tz: dt.tzinfo | None = None) -> Any:
                return super().now(tz or dt.UTC)

            def isoformat(self, *_: Any, **__: Any) -> Any:
                return super().isoformat(timespec="milliseconds").replace("+00:00", "Z")

        self.datetime = Moment

    def __getattr__(self, name: str) -> Any:
        return getattr(dt, name)


def threading_on(clock: Clock) -> Any:
    """``threading`` on the clock, whose events may be set and cleared at once and still wake who waits."""
    threads = Threading(clock)

    base: Any = threads.Event

    class Event(base):  # type: ignore[misc] # a base that is made at run time
        def __init__(self) -> None:
            super().__init__()
            self._told = 0

        def set(self) -> None:
            self._told += 1
            super().set()

        def wait(self, timeout: float | None = None) -> bool:
            before = self._told
            if timeout is not None and timeout >= limits.FOREVER:
                timeout = None
            return clock.wait(lambda: self.is_set() or self._told != before, timeout, self._waiters)

    threads.Event = Event
    return threads
