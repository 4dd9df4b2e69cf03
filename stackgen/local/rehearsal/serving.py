"""Keeping a stand-in alive: its time follows the real one, until somebody stops it."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.local.clock import Clock

_STEP = 0.02
"""Real seconds between two looks at the clock."""
_MOST = 1.0
"""Real seconds that one look makes up for: after a long turn the time does not leap."""
_GRACE = 1.0
"""Real seconds that closing gets after a second signal."""
_PATIENCE = 5.0
"""Real seconds that a turn may still take when everything stops."""


class Stopping:
    """Whether somebody wants an end. The first signal asks for one; a second interrupts whatever hangs."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._again: threading.Timer | None = None
        self.signals = 0

    def ask(self) -> None:
        self._asked.set()

    def __bool__(self) -> bool:
        return self._asked.is_set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for it; whether it came."""
        return self._asked.wait(seconds)

    def _on_signal(self, number: int, _: object) -> None:
        self.signals += 1
        if self.signals == 1:
            self.ask()
            return
        # a handler that hangs holds up the closing too, which then needs the same once more
        self._again = threading.Timer(_GRACE, os.kill, (os.getpid(), number))
        self._again.daemon = True
        self._again.start()
        raise KeyboardInterrupt

    @contextmanager
    def by_signals(self) -> Iterator[None]:
        """Let Ctrl-C, SIGTERM and a closed terminal ask; what is ignored, as in the background, stays ignored."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before: dict[int, Any] = {}
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, self._on_signal)
        try:
            yield
        finally:
            if self._again is not None:
                self._again.cancel()
            for number, handler in before.items():
                signal.signal(number, handler)


class Pace:
    """A thread that moves a clock as the real time goes, *speed* times as fast."""

    def __init__(self, clock: Clock, speed: float, stopping: Stopping) -> None:
        self._clock = clock
        self._speed = speed
        self._stopping = stopping
        self._ended = threading.Event()
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="stackgen-pace", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(_PATIENCE)

    def _run(self) -> None:
        last = time.monotonic()
        while not self._ended.wait(_STEP):
            now = time.monotonic()
            try:
                self._clock.advance(min(now - last, _MOST) * self._speed)
            except BaseException as error:  # noqa: BLE001  told by the thread that serves
                self.error = error
                self._stopping.ask()
                return
            last = now


def serve(clock: Clock, speed: float, stopping: Stopping) -> None:
    """Let the time run until somebody stops it. Raises what a timer raised."""
    pace = Pace(clock, speed, stopping)
    with pace:
        stopping.wait()
    if pace.error is not None:
        raise pace.error
