"""How long to wait before the next attempt: twice as long each time, at most so long, less a random part."""

from __future__ import annotations

import random

FIRST = 1.0


class Backoff:
    """Random, so that all listeners of a broker that comes back do not come at once."""

    def __init__(self, longest: float) -> None:
        self._longest = longest
        self._failed = 0

    def next(self) -> float:
        """Seconds; each call is another failure."""
        whole = min(self._longest, FIRST * 2.0 ** min(self._failed, 20))
        self._failed += 1
        return whole * random.uniform(0.5, 1)  # noqa: S311 - spreads, hides nothing

    def reset(self) -> None:
        """It went well."""
        self._failed = 0
