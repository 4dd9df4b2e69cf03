"""Waiting: how long it is now, and how to let time pass; a test gives its own."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Pace:
    """The clock of a wait."""

    now: Callable[[], float] = time.time
    """Seconds since the epoch."""
    sleep: Callable[[float], None] = time.sleep
    interval: float = 5.0
    """Seconds between two looks. CloudFormation throttles readers that ask more often."""

    def looks(self, most: float | None = None) -> Iterator[float]:
        """The seconds waited so far, at once and then at every look; ends after *most* seconds."""
        began = self.now()
        while True:
            waited = self.now() - began
            yield waited
            if most is not None and waited >= most:
                return
            self.sleep(self.interval)
