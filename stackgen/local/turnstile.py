"""A lock that is granted in the order in which it was asked for, so that nobody who drives a clock locks others out."""

from __future__ import annotations

import threading
from collections import deque


class Turnstile:
    """First come, first served. It is not re-entrant."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._queue: deque[threading.Event] = deque()

    def acquire(self, timeout: float | None = None) -> bool:
        """Wait for it, at most *timeout* real seconds; whether it was granted."""
        with self._guard:
            if not self._held and not self._queue:
                self._held = True
                return True
            granted = threading.Event()
            self._queue.append(granted)
        try:
            if granted.wait(timeout):
                return True
        except BaseException:  # an interrupt, say: what was granted meanwhile goes to the next
            if not self._left(granted):
                self.release()
            raise
        return not self._left(granted)

    def _left(self, granted: threading.Event) -> bool:
        """Leave the queue; whether it was still standing there."""
        with self._guard:
            if granted.is_set():
                return False
            self._queue.remove(granted)
            return True

    def release(self) -> None:
        with self._guard:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._held = False

    def locked(self) -> bool:
        return self._held

    def is_wanted(self) -> bool:
        """Whether somebody waits for it."""
        return bool(self._queue)
