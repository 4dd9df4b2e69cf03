"""What the last creation or update of a stack took, by its events: as a whole, each nested stack, each type.

A deletion is not counted: not that of a stack, and not what CloudFormation deletes after an update is complete, for a
function in a network may take twenty minutes to give its interfaces back. The time in which rollback triggers are
watched is counted: the update is not complete before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .stacks import NESTED
from .timeline import spans_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .events import Event
    from .timeline import Span

_KINDS = {"CREATE": "creation", "UPDATE": "update", "IMPORT": "import", "DELETE": "deletion"}
_CLEANING = "COMPLETE_CLEANUP_IN_PROGRESS"
_SHELL = "REVIEW_"
"""A stack waits for its change set, and nothing is made yet."""
DELETION = "deletion"


class OfStack(NamedTuple):
    """A nested stack."""

    path: str
    seconds: float


class OfType(NamedTuple):
    """All resources of a type: how many, how long they took together, and the one that took longest."""

    type: str
    resources: int
    seconds: float
    longest: float


class Waited(NamedTuple):
    """One resource of the chain that made the operation as long as it was; seconds since its beginning."""

    path: str
    type: str
    start: float
    until: float


class Measured(NamedTuple):
    """One operation."""

    kind: str
    """``creation``, ``update``, ``import`` or ``deletion``."""
    status: str
    seconds: float
    watched: float
    """At the end, when all was done and rollback triggers were watched."""
    stacks: Sequence[OfStack]
    types: Sequence[OfType]
    chain: Sequence[Waited]

    @property
    def is_counted(self) -> bool:
        """Whether it is one of those that have to be quick."""
        return self.kind != DELETION

    @property
    def is_going_on(self) -> bool:
        return self.status.endswith("_IN_PROGRESS") and not self.status.endswith(_CLEANING)


def measured(events: Sequence[Event], stack_id: str) -> Measured | None:
    """What the events of one operation say, oldest first; None where there are none of the stack itself."""
    own = [each for each in events if each.is_own and each.stack_id == stack_id and not each.status.startswith(_SHELL)]
    if not own:
        return None
    cleaning = next((each for each in own if each.status.endswith(_CLEANING)), None)
    last = cleaning or own[-1]
    counted = [each for each in events if own[0].time <= each.time <= last.time and not each.status.startswith(_SHELL)]
    spans = spans_of(counted)
    others = [each.time for each in counted if not each.is_own]
    done = max(others, default=last.time)
    return Measured(
        kind=_KINDS[own[0].status.partition("_")[0]],
        status=own[-1].status,
        seconds=(last.time - own[0].time).total_seconds(),
        watched=(last.time - done).total_seconds(),
        stacks=[OfStack(each.path, each.seconds) for each in spans if each.type == NESTED and each.depth],
        types=_types(spans),
        chain=_chain(spans),
    )


def _types(spans: Sequence[Span]) -> list[OfType]:
    """The longest first."""
    by_type: dict[str, list[float]] = {}
    for each in spans:
        taken = [(one.ended - one.began).total_seconds() for one in each.attempts if one.operation != "delete"]
        if each.type != NESTED and taken:
            by_type.setdefault(each.type, []).append(sum(taken))
    found = [OfType(type_, len(taken), sum(taken), max(taken)) for type_, taken in by_type.items()]
    return sorted(found, key=lambda each: (-each.longest, each.type))


def _chain(spans: Sequence[Span]) -> list[Waited]:
    """From the resource that was ready last back to what ended last before it began, and so on."""
    if not spans:
        return []
    start = min(each.began for each in spans)
    done = [
        Waited(each.path, each.type, (one.began - start).total_seconds(), (one.ended - start).total_seconds())
        for each in spans
        if each.type != NESTED
        for one in each.attempts
        if one.operation != "delete"
    ]
    return [*_before(done)][::-1]


def _before(done: list[Waited]) -> Iterator[Waited]:
    current = max(done, key=lambda each: (each.until, -each.start, each.path), default=None)
    while current is not None:
        yield current
        begun = current.start
        earlier = (each for each in done if each.until <= begun and each.start < begun)
        current = max(earlier, key=lambda each: (each.until, -each.start, each.path), default=None)
