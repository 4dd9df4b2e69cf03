"""The same work for several things at the same time, and an end of it when somebody interrupts."""

from __future__ import annotations

import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_T = TypeVar("_T")

MOST = 16
"""Threads; each waits for AWS nearly all the time."""
_LOOK = 0.2
"""Seconds between two looks for an interruption."""


class Stop:
    """Whether those that wait are to stop; what they wait with looks at it."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def ask(self) -> None:
        """Let everybody stop who waits, now or later."""
        self._event.set()

    def sleep(self, seconds: float) -> None:
        """Wait. Raises KeyboardInterrupt when somebody asked to stop."""
        if self._event.wait(seconds):
            raise KeyboardInterrupt


def at_once(work: Callable[[_T], None], items: Sequence[_T], stop: Stop) -> None:
    """Do the work for each. Raises KeyboardInterrupt, when those have stopped that wait, and what the work raises.

    For one thing alone nothing runs beside the caller.
    """
    if len(items) == 1:
        work(items[0])
        return
    with ThreadPoolExecutor(max_workers=min(MOST, max(len(items), 1)), thread_name_prefix="stackgen") as pool:
        pending = {pool.submit(work, each) for each in items}
        try:
            while pending:
                done, pending = wait(pending, _LOOK, FIRST_COMPLETED)
                for each in done:
                    each.result()
        except BaseException:
            stop.ask()
            pool.shutdown(cancel_futures=True)
            raise
