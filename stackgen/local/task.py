"""Tasks and timers of a :class:`~stackgen.local.clock.Clock`: what waits, and how it takes its turn."""

from __future__ import annotations

import contextvars
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackgen.local.clock import Clock

serving: contextvars.ContextVar[Task | None] = contextvars.ContextVar("task", default=None)
"""Whose request a thread serves that is no task itself."""
this_thread = threading.local()
"""The task that a thread is, whatever context it runs a function in."""


class ClockStopped(BaseException):
    """The clock was closed while a task waited on it; the task unwinds."""


class TaskCancelled(BaseException):
    """Somebody cancelled the task; it unwinds."""


class TaskNotFinished(RuntimeError):
    """The time that was granted passed, and the task still waits."""


class Pending:
    """How many timers keep the time going; daemons do not."""

    def __init__(self) -> None:
        self.count = 0
        self.guard = threading.Lock()

    def add(self, timer: Timer) -> None:
        with self.guard:
            self.count += not timer.daemon

    def take(self, timer: Timer) -> Callable[[], object] | None:
        """What the timer would call, once."""
        with self.guard:
            call, timer.call = timer.call, None
            self.count -= call is not None and not timer.daemon
            return call


@dataclass(order=True, slots=True)
class Timer:
    """A function that will be called at a moment; ``cancel`` it, and it will not."""

    due: float
    order: int
    call: Callable[[], object] | None = field(compare=False)
    pending: Pending = field(compare=False, repr=False)
    daemon: bool = field(compare=False, default=False, kw_only=True)

    def fire(self) -> None:
        call = self.pending.take(self)
        if call is not None:
            call()

    def cancel(self) -> None:
        self.pending.take(self)


class Task:
    """One piece of work on the clock: a thread that runs only when it is its turn."""

    def __init__(self, clock: Clock, work: Callable[[], Any], name: str, *, daemon: bool = False) -> None:
        self.clock = clock
        self.name = name
        self.daemon = daemon
        self.finished = False
        self.result: Any = None
        self.error: BaseException | None = None
        self._cancelled = False
        self._gate = threading.Semaphore(0)
        #: Tasks that wait for something that this one does.
        self.waiters: list[Task] = []
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=context.run, args=(self._run, work), name=name, daemon=True)
        self._started = False

    def _run(self, work: Callable[[], Any]) -> None:
        this_thread.task = self
        serving.set(self)
        try:
            if not self.clock._closed and not self._cancelled:
                self.result = work()
        except (ClockStopped, TaskCancelled):
            pass
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits for the task
            self.error = error
            self.clock._unseen.append(self)
        finally:
            self.finished = True
            self.clock.wake(self.waiters)
            self.clock._tasks.discard(self)
            self.clock._turn_over.release()

    def _take_turn(self, patience: float | None = None) -> bool:
        """Run until it waits or ends; called by the driver. Whether it did, within *patience* real seconds."""
        if self.finished:
            return True  # something woke it twice, a cancellation and a timer perhaps
        self.clock._running = self
        self.clock._turns += 1
        if self._started:
            self._gate.release()
        else:
            self._started = True
            self._thread.start()
        return self._finish_turn(patience)

    def _finish_turn(self, patience: float | None) -> bool:
        """Wait until it waits or ends. An interrupt of the driver leaves the turn to the next one."""
        over = self.clock._turn_over.acquire(timeout=patience)
        if over:
            self.clock._running = None
        return over

    def _park(self) -> None:
        """Give the turn back, and wait for the next one."""
        if self.clock._closed:
            raise ClockStopped
        self.clock._turn_over.release()
        self._gate.acquire()
        self.see_that_it_goes_on()

    def see_that_it_goes_on(self) -> None:
        """Nothing more is done for a task that was stopped.

        :raises ClockStopped: with its clock.
        :raises TaskCancelled: by itself.
        """
        if self.clock._closed:
            raise ClockStopped
        if self._cancelled:
            raise TaskCancelled

    def cancel(self) -> None:
        """Stop the task where it waits; it does nothing more."""
        if not self.finished:
            self._cancelled = True
            self.clock._ready.append(self)

    def join(self, timeout: float | None = None) -> Any:
        """What the work answered.

        :raises BaseException: what the work raised.
        :raises TaskNotFinished: after *timeout* seconds of virtual time.
        """
        if not self.clock.wait(lambda: self.finished, timeout, self.waiters):
            raise TaskNotFinished(f"{self.name} still waits after {timeout} seconds")
        if self.error is not None:
            if self in self.clock._unseen:
                self.clock._unseen.remove(self)
            raise self.error
        return self.result
