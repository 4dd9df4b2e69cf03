"""How often something that failed in passing is tried again, and how long is waited between."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def _endless() -> float:
    return float("inf")


@dataclass(frozen=True, slots=True)
class Patience:
    """So many attempts, with a growing pause of random length between them, so that not all come back at once."""

    attempts: int = 5
    first: float = 0.1
    """Seconds; the bound of the pauses doubles, up to ``longest``."""
    longest: float = 2.0
    spare: float = 6.0
    """Seconds that must be left for another attempt: as long as the database may take to answer."""
    left: Callable[[], float] = _endless
    """Seconds until the function is stopped."""
    sleep: Callable[[float], None] = time.sleep
    share: Callable[[], float] = random.random

    def tries(self) -> Iterator[int]:
        """Numbers of attempts from 1; each but the first comes after a pause, and while there is time."""
        yield 1
        for number in range(2, self.attempts + 1):
            pause = min(self.longest, self.first * 2 ** (number - 2)) * self.share()
            if self.left() - pause < self.spare:
                return
            self.sleep(pause)
            yield number
