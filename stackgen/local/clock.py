"""Virtual time: waits of hours pass in milliseconds, and nothing that waits moves anything else.

Work that may have to wait runs as a :class:`Task`. Tasks are threads of which exactly one runs at any moment, so the
same rehearsal always takes the same turns. When every task waits, somebody who stands outside (a test, a paced server,
a client that sleeps) moves the time to the next timer in order. A call from outside that starts work lets it run as far
as it gets without time passing, so what takes no time is done when the call answers, unless somebody else drives just
then.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections import deque
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from stackgen.local.task import Pending, Task, TaskNotFinished, Timer, serving, this_thread
from stackgen.local.turnstile import Turnstile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: When the stand-in's time begins unless told otherwise: a whole hour, so that waits are easy to read in a log.
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)

_PATIENCE = 2.0
"""Real seconds between two looks at somebody who holds up others."""


class Clock:
    """The time of a stand-in, and everything that waits on it.

    Times are seconds; ``time()`` counts from the Unix epoch, as :func:`time.time` does.
    """

    def __init__(self, start: datetime = EPOCH) -> None:
        self._now = start.timestamp()
        self._closed = False
        self._ready: deque[Task] = deque()
        self._timers: list[Timer] = []
        self._guard = threading.Lock()  # of the timers
        self._pending = Pending()
        self._order = itertools.count()
        self._tasks: set[Task] = set()
        self._unseen: list[Task] = []
        self._turn_over = threading.Semaphore(0)
        self._turns = 0
        self._running: Task | None = None
        self._driving = Turnstile()
        self._driver: int | None = None
        self._keeper: int | None = None

    # What time it is

    def time(self) -> float:
        return self._now

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._now, UTC)

    # What will happen

    def spawn(self, work: Callable[[], Any], name: str = "task", *, daemon: bool = False) -> Task:
        """Start work that may wait. It runs when the clock is next driven; a *daemon* does not keep time going."""
        task = Task(self, work, name, daemon=daemon)
        self._tasks.add(task)
        self._ready.append(task)
        return task

    def call_later(self, delay: float, call: Callable[[], object], *, daemon: bool = False) -> Timer:
        """Call a function when *delay* seconds have passed. It must not wait: spawn what does."""
        with self._guard:
            timer = Timer(self._now + max(0.0, delay), next(self._order), call, self._pending, daemon=daemon)
            self._pending.add(timer)
            heapq.heappush(self._timers, timer)
        return timer

    # Waiting

    def task(self) -> Task | None:
        """The task on whose behalf the caller runs, if any."""
        task: Task | None = getattr(this_thread, "task", None) or serving.get()
        return task if task is not None and task.clock is self else None

    @property
    def is_in_a_turn(self) -> bool:
        """Whether a task runs at this moment; whoever asks without being known may be asking for it."""
        return self._running is not None

    @contextmanager
    def on_behalf_of(self, task: Task | None) -> Iterator[None]:
        """Wait as *task* does, in a thread that serves a request which the task made and waits for."""
        token = serving.set(task)
        try:
            yield
        finally:
            serving.reset(token)

    def sleep(self, seconds: float) -> None:
        """Wait. A task lets others run meanwhile; a caller from outside moves the time."""
        task = self.task()
        if task is None:
            self.advance(seconds)
            return
        due = self._now + seconds
        self.call_later(seconds, lambda: self._ready.append(task), daemon=task.daemon)
        task._park()
        while self._now < due:  # woken for something else
            task._park()

    def wait(self, condition: Callable[[], bool], timeout: float | None, waiters: list[Task]) -> bool:
        """Wait until *condition* holds, at most *timeout* seconds; whether it does.

        Whoever makes it hold must :meth:`wake` the *waiters*: a task looks at the condition only then.
        """
        task = self.task()
        deadline = None if timeout is None else self._now + timeout
        if task is None:
            return self._drive(condition, deadline, move=True)
        while not condition():
            if deadline is not None and self._now >= deadline:
                return False
            self._park_until(task, deadline, waiters)
        return True

    def _park_until(self, task: Task, deadline: float | None, waiters: list[Task]) -> None:
        timer = None
        if deadline is not None:
            timer = self.call_later(deadline - self._now, lambda: self._wake(task, waiters), daemon=task.daemon)
        waiters.append(task)
        task._park()
        if timer is not None:
            timer.cancel()

    def wake(self, waiters: list[Task]) -> None:
        """Let the tasks that wait for something look at it again."""
        self._ready.extend(waiters)
        waiters.clear()

    def _wake(self, task: Task, waiters: list[Task]) -> None:
        if task in waiters:
            waiters.remove(task)
            self._ready.append(task)

    # Driving, from outside

    def run_ready(self) -> None:
        """Let everything run as far as it gets without time passing; nothing where the clock is driven already."""
        if self._driving.locked() or self.task() is not None:
            return
        self._drive(lambda: False, self._now)

    def advance(self, seconds: float) -> None:
        """Move the time, stopping at every timer on the way.

        :raises RuntimeError: in a task or a timer, which may not drive the clock that drives them.
        """
        self._drive(lambda: False, self._now + seconds, move=True)

    def settle(self, limit: float = 30 * 86400.0) -> None:
        """Let the time run until nothing waits for it any more but daemons.

        :raises TaskNotFinished: when *limit* seconds did not suffice.
        :raises BaseException: what a task raised that nobody joined.
        """
        if not self._drive(lambda: self._pending.count == 0, self._now + limit):
            raise TaskNotFinished(f"after {limit} seconds these still wait: {', '.join(self.waiting()) or 'timers'}")
        if self._unseen:
            failed, self._unseen = self._unseen[0], []
            failed.join()

    def waiting(self) -> list[str]:
        """The names of tasks that have begun and not finished, daemons left out."""
        return sorted(task.name for task in list(self._tasks) if not task.daemon)

    def close(self) -> None:
        """Stop every task. Those that wait unwind; nothing runs on this clock afterwards.

        A task that hangs in real time, and whoever drives it, is left behind after a few seconds.
        """
        self._closed = True
        held = self._driving.acquire(_PATIENCE)
        try:
            for task in list(self._tasks):
                if held and not task.finished and not task._take_turn(_PATIENCE):
                    break
            self._ready.clear()
            self._timers.clear()
        finally:
            if held:
                self._driving.release()

    @contextmanager
    def still(self) -> Iterator[None]:
        """Nothing runs on the clock meanwhile but what the caller itself lets run; a task has the turn anyway.

        Where the one task that runs has not moved for a while it waits for this very call, and is as still as can be.
        """
        if self.task() is not None or threading.get_ident() in {self._driver, self._keeper}:
            yield
            return
        held = self._come_to_rest()
        if held:
            self._keeper = threading.get_ident()
        try:
            yield
        finally:
            if held:
                self._keeper = None
                self._driving.release()

    def _come_to_rest(self) -> bool:
        """Wait until nobody drives; whether that is so, or a task stands still in the midst of its turn."""
        turns = -1
        while not self._driving.acquire(_PATIENCE):
            if self._running is not None and self._turns == turns:
                return False
            turns = self._turns
        return True

    @contextmanager
    def _holding(self) -> Iterator[None]:
        me = threading.get_ident()
        if self._driver == me:
            raise RuntimeError("a timer may not wait; spawn a task that does")
        if self.task() is not None:
            raise RuntimeError("a task may not drive the clock; it sleeps or waits")
        kept = self._keeper == me
        if not kept and not self._come_to_rest():
            waits = self._running.name if self._running is not None else "a task"
            raise RuntimeError(
                f"{waits} waits for a call that would have to let time pass, and does not say whose it is"
            )
        self._driver = me
        try:
            yield
        finally:
            self._driver = None
            if not kept:
                self._driving.release()

    def _drive(self, condition: Callable[[], bool], deadline: float | None, *, move: bool = False) -> bool:
        with self._holding():
            if self._running is not None:  # whose driver was interrupted; it still has the turn
                self._running._finish_turn(None)
            while True:
                while self._ready and not self._closed:
                    self._ready.popleft()._take_turn()
                if condition():
                    return True
                timer = self._next_timer(deadline)
                if timer is None:
                    break
                self._now = max(self._now, timer.due)
                timer.fire()
                self._make_way()
            if move and deadline is not None:
                self._now = max(self._now, deadline)
            return False

    def _make_way(self) -> None:
        """Let those in who wait for the clock to be still."""
        me = threading.get_ident()
        if self._keeper != me and self._driving.is_wanted():
            self._driver = None
            self._driving.release()
            self._driving.acquire()
            self._driver = me

    def _next_timer(self, deadline: float | None) -> Timer | None:
        with self._guard:
            while self._timers and self._timers[0].call is None:
                heapq.heappop(self._timers)
            if self._closed or not self._timers:
                return None
            timer = self._timers[0]
            if deadline is None and timer.daemon and self._pending.count == 0:
                return None
            if deadline is not None and timer.due > deadline:
                return None
            return heapq.heappop(self._timers)
