"""Which instances of an operation may run now: by account within a region, region by region.

Pure: nothing here knows the time, or what running means. Each step costs the instances that it starts, not those that
wait; only a cancellation looks at the rest, once.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from stackgen.local.stacksets.preferences import Preferences

PENDING, RUNNING, SUCCEEDED, FAILED, CANCELLED = "PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"

#: The text that AWS gives.
TOLERANCE_EXCEEDED = "Cancelled since failure tolerance has exceeded"
#: assumed: its wording.
STOPPED_BY_USER = "Cancelled since the operation was stopped"


@dataclass(slots=True, eq=False)
class Result:
    """What an operation came to in one account and region."""

    account: str
    region: str
    unit: str = ""
    status: str = PENDING
    reason: str = ""


@dataclass(slots=True)
class _Region:
    limit: int
    tolerance: int
    is_soft: bool
    waiting: deque[Result] = field(default_factory=deque)
    running: int = 0
    failed: int = 0

    def start(self) -> list[Result]:
        """Start as many as may run at once.

        STRICT lowers the concurrency with every failure, so that at most tolerance + 1 accounts ever fail.
        """
        most = self.limit if self.is_soft else min(self.limit, self.tolerance + 1 - self.failed)
        started = [self.waiting.popleft() for _ in range(min(most - self.running, len(self.waiting)))]
        for result in started:
            result.status = RUNNING
        self.running += len(started)
        return started


class Rollout:
    """The order in which the results of one operation run, and when they stop doing so.

    assumed: regions that RegionOrder does not name follow in the order of the results. assumed: where regions run in
    parallel and one exceeds its tolerance, what has not begun is cancelled in all of them, as API_StackSetOperation
    says of the remaining regions.
    """

    def __init__(
        self, results: Iterable[Result], preferences: Preferences, cancelled: Callable[[Result], None]
    ) -> None:
        waiting: dict[str, deque[Result]] = {region: deque() for region in preferences.region_order}
        for result in results:
            waiting.setdefault(result.region, deque()).append(result)
        self._regions = {
            name: _Region(
                limit=preferences.concurrency(len(queue)),
                tolerance=preferences.tolerance(len(queue)),
                is_soft=preferences.is_soft,
                waiting=queue,
            )
            for name, queue in waiting.items()
            if queue
        }
        self._cancelled = cancelled
        self._is_parallel = preferences.is_parallel
        self._unopened = deque(self._regions.values())
        self._left = sum(len(region.waiting) for region in self._regions.values())
        self.exceeded = False

    def begin(self) -> list[Result]:
        """What runs first."""
        return list(self._open())

    def end(self, result: Result) -> list[Result]:
        """What may run now that *result*, which ran, has its final status."""
        region = self._regions[result.region]
        region.running -= 1
        self._left -= 1
        if result.status == FAILED:
            region.failed += 1
            if region.failed > region.tolerance and not self.exceeded:
                self.exceeded = True
                self._cancel(TOLERANCE_EXCEEDED)
        started = region.start() if region.waiting else []
        if not self._is_parallel and not region.running and not region.waiting:
            started.extend(self._open())
        return started

    def stop(self) -> None:
        """Start nothing more; what runs goes on."""
        self._cancel(STOPPED_BY_USER)

    @property
    def is_over(self) -> bool:
        return not self._left

    def _open(self) -> Iterator[Result]:
        while self._unopened:
            yield from self._unopened.popleft().start()
            if not self._is_parallel:
                return

    def _cancel(self, reason: str) -> None:
        for region in self._regions.values():
            self._left -= len(region.waiting)
            while region.waiting:
                result = region.waiting.popleft()
                result.status, result.reason = CANCELLED, reason
                self._cancelled(result)
