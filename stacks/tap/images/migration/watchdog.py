"""Work that is not waited for longer than there is time to tell of it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

from .errors import OutOfTime

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = TypeVar("Answer")


class Watchdog(Generic[Answer]):
    """Runs work in a thread, for CloudFormation must be answered even while a statement does not return.

    The work calls ``going_on`` before it changes anything, so that it does nothing more once it was given up. What the
    database is doing then, it completes; the next migration waits for its lock, and finds it done.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._given_up = threading.Event()

    def going_on(self) -> None:
        """Raises OutOfTime after the work was given up."""
        if self._given_up.is_set():
            raise OutOfTime(self._message)

    def run(self, work: Callable[[], Answer]) -> Answer:
        """What *work* answers or raises. Raises OutOfTime when it takes too long."""
        answers: list[Answer] = []
        raised: list[BaseException] = []

        def run() -> None:
            try:
                answers.append(work())
            except BaseException as error:  # noqa: BLE001 - it is raised again where somebody hears of it
                raised.append(error)

        thread = threading.Thread(target=run, name="migration", daemon=True)
        thread.start()
        thread.join(max(0.0, self._seconds))
        if thread.is_alive():
            self._given_up.set()
            raise OutOfTime(self._message)
        if raised:
            raise raised[0]
        return answers[0]

    @property
    def _message(self) -> str:
        return f"not done within {self._seconds:.0f} s; what was done is kept, and the next attempt goes on from there"
