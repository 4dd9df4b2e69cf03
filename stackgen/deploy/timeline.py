"""What an operation did to each resource, and how long it took: from its events, in the order of the tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stackgen.review.timing.chart import FEW, SHARE, Bar

from .stacks import NESTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from .events import Event

LEGEND = "█ failed  ▒ a resource  ░ configured, not complete  ─ a stack"
_CONFIGURED = "CONFIGURATION_COMPLETE"


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
    configured: datetime | None
    failure: str
    """Why it failed, if it did at any time."""
    has_failed: bool

    @property
    def seconds(self) -> float:
        return (self.ended - self.began).total_seconds()

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
    configured = [each.time for each in events if each.detail == _CONFIGURED]
    return Span(
        path=path,
        type=events[0].type,
        status=outer[-1].status,
        began=events[0].time,
        ended=events[-1].time,
        configured=configured[0] if configured else None,
        failure=failed[0].reason if failed else "",
        has_failed=bool(failed),
    )


def bars_of(spans: Sequence[Span]) -> tuple[list[Bar], float]:
    """The rows of a Gantt chart, and how many seconds it spans; what is short among many is counted, not shown."""
    if not spans:
        return [], 0.0
    start = min(each.began for each in spans)
    total = (max(each.ended for each in spans) - start).total_seconds()
    siblings: dict[str, list[Span]] = {}
    for each in spans:
        siblings.setdefault(each.path.rpartition("/")[0], []).append(each)
    bars: list[Bar] = []
    for each in spans:
        among = siblings[each.path.rpartition("/")[0]]
        if not _counts(each, len(among), total):
            continue
        began, ended = (each.began - start).total_seconds(), (each.ended - start).total_seconds()
        ready = (each.configured - start).total_seconds() if each.configured else ended
        label = each.path.rpartition("/")[2]
        holds = each.type == NESTED
        bars.append(Bar(label, each.depth, began, ready, ended, each.has_failed, holds, title=each.path))
        short = [one for one in siblings.get(each.path, ()) if not _counts(one, len(siblings[each.path]), total)]
        if short:
            first = min((one.began - start).total_seconds() for one in short)
            last = max((one.ended - start).total_seconds() for one in short)
            label = f"{len(short):,} shorter one{'' if len(short) == 1 else 's'}"
            bars.append(Bar(label, each.depth + 1, first, last, last, on_path=False, folded=len(short)))
    return bars, total


def _counts(span: Span, among: int, total: float) -> bool:
    return span.type == NESTED or span.has_failed or among <= FEW or span.seconds >= SHARE * total
