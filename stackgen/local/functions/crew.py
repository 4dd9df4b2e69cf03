"""The threads of a handler: they share its environment, and wait on the clock as its task does.

A task has one turn, and a handler that starts threads has several that may wait in it. The turn is given back when all
of them wait on the clock or rest: block on a lock, a queue, a future. Nobody can ask a thread whether it blocks, so one
that does not move for a few milliseconds is taken to rest. Two threads of a handler that wait for two seconds each wait
side by side, as on AWS; a thread that computes keeps the time from moving.
"""

from __future__ import annotations

import contextvars
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from stackgen.local.functions.environment import _inside
from stackgen.local.task import ClockStopped, TaskCancelled
from stackgen.local.virtual import given

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from stackgen.local.task import Task

_LOOK = 0.001
"""Real seconds between two looks at the other threads."""
_SHORT, _LONG = 4, 60
"""So many looks without a move are rest: of a thread that waits for another one, and of one that may be served."""
_WAITING = ("/threading.py", "/concurrent/futures/thread.py", "/queue.py")
_SERVED = ("/stackgen/local/embedded.py", "/stackgen/local/gateway.py")


class Crew:
    """The threads of one handler; made in the thread that runs it, which is the first of them."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._main = threading.get_ident()
        self._members = {self._main: threading.get_native_id()}
        self._starting = 0
        self._parked: set[int] = set()
        self._moved = threading.Condition()
        self._turn = 0
        self._holding = True
        self._over = False
        self._shares = False

    def __contains__(self, thread: int) -> bool:
        return thread in self._members

    def enlist(self, work: Callable[[], None]) -> Callable[[], None]:
        """What a new thread does as one of these."""
        if not self._shares:
            self._shares = True
            task: Any = self._task
            task._gate, task._park = self, self._park
        context = contextvars.copy_context()
        with self._moved:
            self._starting += 1

        def enlisted() -> None:
            me = threading.get_ident()
            with self._moved:
                self._members[me] = threading.get_native_id()
                self._starting -= 1
            with suppress(ClockStopped, TaskCancelled):
                try:
                    context.run(work)
                finally:
                    del self._members[me]

        return enlisted

    def finish(self) -> None:
        """The handler has answered: its other threads do nothing more on the clock."""
        with self._moved:
            self._over = True
            self._moved.notify_all()
            turn = self._turn
            if self._shares and not self._holding:
                self._task.clock.wake([self._task])
                self._moved.wait_for(lambda: self._turn != turn)

    def release(self) -> None:
        """The task has its turn: everybody looks at what he waits for."""
        with self._moved:
            self._turn += 1
            self._holding = True
            self._parked.clear()
            self._moved.notify_all()

    def _park(self) -> None:
        """Wait for the next turn, in place of the task's own method."""
        self._see_that_it_goes_on()
        me = threading.get_ident()
        rest = _Rest()
        with self._moved:
            turn = self._turn
            self._parked.add(me)
            while self._turn == turn and not self._is_over():
                if self._holding and self._rests(rest):
                    self._holding = False
                    self._task.clock._turn_over.release()
                self._moved.wait(_LOOK if self._holding else None)
        self._see_that_it_goes_on()

    def _rests(self, rest: _Rest) -> bool:
        others = {thread: native for thread, native in self._members.copy().items() if thread not in self._parked}
        return rest.reached(others) and not self._starting

    def _see_that_it_goes_on(self) -> None:
        if self._task.clock._closed:
            raise ClockStopped
        if self._task._cancelled or self._is_over():
            raise TaskCancelled

    def _is_over(self) -> bool:
        return self._over and threading.get_ident() != self._main


class _Rest:
    """Looks at threads until none has moved for a while."""

    def __init__(self) -> None:
        self._seen: object = None
        self._looks = 0

    def reached(self, threads: dict[int, int]) -> bool:
        frames = sys._current_frames()
        found = {thread: frames[thread] for thread in threads if thread in frames}
        seen = {thread: (id(frame), frame.f_code, frame.f_lasti) for thread, frame in found.items()}
        still = seen == self._seen and not any(_runs(threads[thread]) for thread in found)
        self._looks = self._looks + 1 if still else 0
        self._seen = seen
        if not found:
            return True
        return self._looks >= (_SHORT if all(_waits_for_another(frame) for frame in found.values()) else _LONG)


def _runs(native: int) -> bool:
    """Whether a thread has, or waits for, a processor; Linux alone tells."""
    try:
        with open(f"/proc/self/task/{native}/stat", "rb") as file:  # noqa: PTH123 - a look must be quick
            return file.read().rpartition(b")")[2].split()[0] == b"R"
    except OSError:
        return False


def _waits_for_another(frame: FrameType) -> bool:
    if not frame.f_code.co_filename.endswith(_WAITING):
        return False
    caller: FrameType | None = frame
    while caller is not None:
        if caller.f_code.co_filename.endswith(_SERVED):
            return False
        caller = caller.f_back
    return True


@contextmanager
def enlisting() -> Iterator[None]:
    """Let the threads that handlers start be theirs; and let no thread complain that the clock stopped it."""
    start, complain = threading.Thread.start, threading.excepthook

    def started(thread: threading.Thread) -> None:
        here = _inside.get()
        if here is not None and threading.get_ident() in here.crew:
            thread.run = here.crew.enlist(thread.run)  # type: ignore[method-assign]
        start(thread)

    def complained(failed: threading.ExceptHookArgs) -> None:
        if not issubclass(failed.exc_type, (ClockStopped, TaskCancelled)):
            complain(failed)

    with given(threading, excepthook=complained):
        threading.Thread.start = started  # type: ignore[assignment, method-assign]
        try:
            yield
        finally:
            threading.Thread.start = start  # type: ignore[method-assign]
