"""``threading``, ``time`` and ``datetime`` on a :class:`~stackgen.local.clock.Clock`, for libraries that wait unawares.

A library module is given these in place of the standard modules that it imported, so that its threads, events and
sleeps take their turns on the clock, and its timestamps are the clock's.
"""

from __future__ import annotations

import datetime as dt
import threading as real_threading
import time as real_time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stackgen.local.clock import Clock
    from stackgen.local.task import Task


class Threading:
    """What a module uses of ``threading``; locks stay real, for none is held while its owner waits."""

    def __init__(self, clock: Clock, *, daemon: bool = False) -> None:
        self.Thread = _bound(_Thread, clock, daemon=daemon)
        self.Event = _bound(_Event, clock)
        self.Condition = _bound(_Condition, clock)

    def __getattr__(self, name: str) -> Any:
        return getattr(real_threading, name)


def _bound(kind: type, clock: Clock, **settings: Any) -> type:
    return type(kind.__name__.strip("_"), (kind,), {"clock": clock, **settings})


class _Thread:
    clock: Clock
    daemon = False

    def __init__(  # the signature of threading.Thread
        self,
        group: None = None,
        target: Callable[..., object] | None = None,
        name: str | None = None,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
        *,
        daemon: bool | None = None,
    ) -> None:
        del group, daemon  # which threads keep time going is the clock's affair
        self.name = name or str(getattr(target, "__name__", "thread"))
        self._work = lambda: target(*args, **(kwargs or {})) if target else None
        self._task: Task | None = None

    def start(self) -> None:
        self._task = self.clock.spawn(self._work, self.name, daemon=self.daemon)

    def join(self, timeout: float | None = None) -> None:
        task = self._task
        if task is not None:
            self.clock.wait(lambda: task.finished, timeout, task.waiters)

    @property
    def ident(self) -> int | None:
        return None if self._task is None else id(self._task)

    native_id = ident

    def is_alive(self) -> bool:
        return self._task is not None and not self._task.finished


class _Event:
    clock: Clock

    def __init__(self) -> None:
        self._set = False
        self._told = 0
        self._waiters: list[Task] = []

    def is_set(self) -> bool:
        return self._set

    def set(self) -> None:
        self._set = True
        self._told += 1
        self.clock.wake(self._waiters)

    def clear(self) -> None:
        self._set = False

    def wait(self, timeout: float | None = None) -> bool:
        before = self._told  # who waits has been told, also where it is cleared again at once
        return self.clock.wait(lambda: self._set or self._told != before, timeout, self._waiters)


class _Condition:
    clock: Clock

    def __init__(self, lock: Any = None) -> None:
        self._lock = lock or real_threading.RLock()
        self._told = 0
        self._waiters: list[Task] = []

    def acquire(self, *args: Any) -> bool:
        return bool(self._lock.acquire(*args))

    def release(self) -> None:
        self._lock.release()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def wait(self, timeout: float | None = None) -> bool:
        before = self._told
        self.release()
        try:
            return self.clock.wait(lambda: self._told != before, timeout, self._waiters)
        finally:
            self.acquire()

    def notify(self, n: int = 1) -> None:
        del n  # the others look at what they wait for, and wait again
        self.notify_all()

    def notify_all(self) -> None:
        self._told += 1
        self.clock.wake(self._waiters)


class Time:
    """What a module uses of ``time``."""

    def __init__(self, clock: Clock) -> None:
        self.time = clock.time
        self.monotonic = clock.time
        self.sleep = clock.sleep

    def time_ns(self) -> int:
        return int(self.time() * 1e9)

    def __getattr__(self, name: str) -> Any:
        return getattr(real_time, name)


def datetime_on(clock: Clock) -> type[dt.datetime]:
    """``datetime.datetime`` whose now is the clock's."""

    class Datetime(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Datetime:
            return cls.fromtimestamp(clock.time(), tz)

        @classmethod
        def utcnow(cls) -> Datetime:
            return cls.fromtimestamp(clock.time(), dt.UTC).replace(tzinfo=None)

    return Datetime


@contextmanager
def given(module: Any, **names: Any) -> Iterator[None]:
    """Give a module, a class or an object other things under names that it has already.

    :raises AttributeError: when it has no such name; then another version of it is installed than was mended.
    """
    before = {name: getattr(module, name) for name in names}
    with ExitStack() as undo:
        for name, value in names.items():
            undo.callback(setattr, module, name, before[name])
            setattr(module, name, value)
        yield
