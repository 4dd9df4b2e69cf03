"""What an operation did to each resource, and how long it took: from its events, in the order of the tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from stackgen.review.timing.chart import FEW, SHARE, Bar

from .stacks import NESTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from .events import Event

LEGEND = "█ failed  ▒ a resource  ░ configured, not complete  ─ a stack"
_CONFIGURED = "CONFIGURATION_COMPLETE"


class Attempt(NamedTuple):
    """One thing that was done to a resource: made, changed, deleted; by a rollback too."""

    operation: str
    """``create``, ``update``, ``delete`` ..."""
    began: datetime
    ended: datetime
    status: str
    configured: datetime | None = None

    @property
    def has_failed(self) -> bool:
        return self.status.endswith("FAILED")


@dataclass(frozen=True, slots=True)
class Span:
    """One resource, or one stack, from its first event to its last."""

    path: str
    type: str
    status: str
    """The last one."""
    began: datetime
    ended: datetime
    """When the last event was; where the status is one in progress it still goes on."""
    attempts: tuple[Attempt, ...]
    """What was done to it; to a stack it is one."""
    failure: str
    """Why it failed, if it did at any time."""
    has_failed: bool

    @property
    def seconds(self) -> float:
        """How long it was worked on: between its creation and its deletion by a rollback it only waits."""
        return sum((each.ended - each.began).total_seconds() for each in self.attempts)

    @property
    def depth(self) -> int:
        return self.path.count("/")

    @property
    def is_going_on(self) -> bool:
        return self.status.endswith("_IN_PROGRESS")


def spans_of(events: Iterable[Event]) -> list[Span]:
    """What is touched, a stack before what is in it, siblings by when they began."""
    by_path: dict[str, list[Event]] = {}
    for event in sorted(events, key=lambda each: each.time):
        by_path.setdefault(event.path, []).append(event)
    spans = {path: _span(path, found) for path, found in by_path.items()}
    below: dict[str, list[str]] = {}
    for path in spans:
        below.setdefault(path.rpartition("/")[0], []).append(path)

    def walk(paths: Iterable[str]) -> Iterator[Span]:
        for path in sorted(paths, key=lambda each: (spans[each].began, each)):
            yield spans[path]
            yield from walk(below.get(path, ()))

    return list(walk(path for path in spans if path.rpartition("/")[0] not in spans))


def _span(path: str, events: Sequence[Event]) -> Span:
    outer = [each for each in events if not each.is_own] or events  # what the parent says of a nested stack is later
    failed = [each for each in events if each.is_failure]
    first, last = events[0], events[-1]
    whole = Attempt("", first.time, last.time, outer[-1].status)
    attempts = (whole,) if first.type == NESTED else tuple(_attempts(events))
    return Span(
        path=path,
        type=first.type,
        status=outer[-1].status,
        began=first.time,
        ended=last.time,
        attempts=attempts,
        failure=failed[0].why if failed else "",
        has_failed=bool(failed),
    )


def _attempts(events: Sequence[Event]) -> Iterator[Attempt]:
    """One after the other; the second event in progress of the same says no more than that it goes on."""
    running: Attempt | None = None
    for event in events:
        operation = event.status.partition("_")[0].lower()
        if running is not None and (running.operation != operation or not running.status.endswith("_IN_PROGRESS")):
            yield running
            running = None
        began = running.began if running else event.time
        configured = event.time if event.detail == _CONFIGURED else running.configured if running else None
        running = Attempt(operation, began, event.time, event.status, configured)
    if running is not None:
        yield running


def bars_of(spans: Sequence[Span]) -> tuple[list[Bar], float]:
    """The rows of a Gantt chart, and how many seconds it spans; what is short among many is counted, not shown.

    What was done to a resource after the first thing has a row of its own.
    """
    if not spans:
        return [], 0.0
    start = min(each.began for each in spans)
    total = (max(each.ended for each in spans) - start).total_seconds()
    below: dict[str, list[Span]] = {}
    for each in spans:
        below.setdefault(each.path.rpartition("/")[0], []).append(each)

    def since(moment: datetime) -> float:
        return (moment - start).total_seconds()

    bars: list[Bar] = []
    for each in spans:
        if not _counts(each, len(below[each.path.rpartition("/")[0]]), total):
            continue
        for number, one in enumerate(each.attempts):
            label = each.path.rpartition("/")[2] + (f": {one.operation}" if number else "")
            ready = since(one.configured or one.ended)
            failed = each.has_failed if each.type == NESTED else one.has_failed
            holds = each.type == NESTED
            bars.append(
                Bar(label, each.depth, since(one.began), ready, since(one.ended), failed, holds, title=each.path)
            )
        children = below.get(each.path, ())
        short = [one for one in children if not _counts(one, len(children), total)]
        if short:
            first, last = since(min(one.began for one in short)), since(max(one.ended for one in short))
            label = f"{len(short):,} shorter one{'' if len(short) == 1 else 's'}"
            bars.append(Bar(label, each.depth + 1, first, last, last, on_path=False, folded=len(short)))
    return bars, total


def _counts(span: Span, among: int, total: float) -> bool:
    return span.type == NESTED or span.has_failed or among <= FEW or span.seconds >= SHARE * total
