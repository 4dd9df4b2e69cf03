"""What a machine takes hold of, it lets go on every way to an end.

    Holding(
        what="the lock",
        acquired=(Step("CheckLock", "Work"), Step("AcquireLock", how="Catch")),
        released=("ReleaseLock", "ReleaseLockOnError"),
        handed_over=(Step("Continue", "Continued"),),
    )

A state that releases has done its part whether it succeeds or fails: it tried. Where something may be held, a Task
without a Catch for States.ALL is a way to an end too: the execution fails there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stackgen.asl.graph import CATCHING, Edge, Problem, Scope, catches_all, is_end, kind_of
from stackgen.errors import likely

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Step:
    """Edges between two states: to any target where none is named, and however they are taken where that is not said.

    ``how`` begins the field that an edge stands in: Next, Default, Choices, Catch.
    """

    source: str
    target: str | None = None
    how: str = ""

    def covers(self, edge: Edge) -> bool:
        return edge.source == self.source and self.target in (None, edge.target) and edge.how.startswith(self.how)

    def __str__(self) -> str:
        arrow = f"-{self.how}->" if self.how else "->"
        return f"{self.source} {arrow} {self.target or '...'}"


@dataclass(frozen=True, slots=True)
class Holding:
    """Something that is held from the ``acquired`` steps on, until a ``released`` state or a ``handed_over`` step."""

    what: str
    acquired: tuple[Step, ...]
    released: tuple[str, ...]
    handed_over: tuple[Step, ...] = ()


def problems_of(scope: Scope, holdings: Iterable[Holding]) -> Iterator[Problem]:
    """The ways on which something that is held is not let go, and declarations that mean nothing."""
    for holding in holdings:
        idle = list(_idle(scope, holding))
        yield from idle or _kept(scope, holding)


def _idle(scope: Scope, holding: Holding) -> Iterator[Problem]:
    """A declaration that fits nothing would prove nothing."""
    for name in holding.released:
        if name not in scope.states:
            message = f"{holding.what} is said to be released by {name}, which is no state"
            yield Problem("idle-holding", name, message, likely(name, scope.states))
    for step in (*holding.acquired, *holding.handed_over):
        if not any(step.covers(edge) for edge in scope.edges):
            verb = "acquired" if step in holding.acquired else "handed over"
            message = f"{holding.what} is said to be {verb} on {step}, where no way leads"
            yield Problem("idle-holding", step.source, message, _nearest(scope, step))


def _nearest(scope: Scope, step: Step) -> str:
    if step.source not in scope.states:
        return likely(step.source, scope.states)
    edges = scope.after(step.source)
    if step.target is not None:
        return likely(step.target, {edge.target for edge in edges})
    return f"it has: {', '.join(edge.how for edge in edges)}" if edges else "it is an end"


def _kept(scope: Scope, holding: Holding) -> Iterator[Problem]:
    """Follow every way from where it is acquired, breadth first, so that the way that is told is a short one."""
    taken = [edge for edge in scope.edges if any(step.covers(edge) for step in holding.acquired)]
    ways: dict[str, list[str]] = {}
    ahead: list[tuple[str, list[str]]] = [(edge.target, [edge.source, edge.target]) for edge in taken]
    while ahead:
        name, way = ahead.pop(0)
        if name in ways or name in holding.released:
            continue
        ways[name] = way
        state = scope.states[name]
        path = " -> ".join(way)
        if is_end(state):
            hint = f"lead it through {' or '.join(holding.released)}"
            yield Problem("kept", name, f"{holding.what} is still held at the end {name}: {path}", hint)
        if kind_of(state) in CATCHING and not catches_all(state):
            message = f"{holding.what} is still held when {name} fails, for it does not catch States.ALL: {path}"
            yield Problem("kept", name, message, "Catch States.ALL, and release there")
        kept = [edge for edge in scope.after(name) if not any(step.covers(edge) for step in holding.handed_over)]
        ahead += [(edge.target, [*way, edge.target]) for edge in kept]
