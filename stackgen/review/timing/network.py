"""Steps that wait for each other, and their earliest times: an event simulation without a clock.

Nothing limits how many resources CloudFormation works on at once, so every event happens as soon as all that it waits
for has happened, and the longest way through the events is the simulation's result. A step has three events:

start    it is begun
ready    its configuration is complete (CONFIGURATION_COMPLETE): what refers to it may start
finish   it is complete (CREATE_COMPLETE)

A wait is for ``ready``, or for ``finish`` where it is *full*: by a resource with an explicit DependsOn (for all that
it waits for), by a custom resource, and for a nested stack. This is assumed from one log, of a stack with 71
resources. Nothing in the logs that the tests hold contradicts it; in one of them a DependsOn waited two seconds longer
than this says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stackgen.errors import CycleError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

Key = tuple[str, ...]
"""A step: the path of its stack and its logical ID; a stack's own is its path."""

Event = tuple[Key, str]
CASES = ("low", "typical", "high")
Three = tuple[float, float, float]
ZERO: Three = (0.0, 0.0, 0.0)


class Step(NamedTuple):
    """What happens to one resource: ``times`` are its durations and readies, zero for a stack that holds others."""

    key: Key
    name: str
    type: str
    action: str
    durations: Three
    readies: Three
    parent: Key | None
    holds: bool = False
    basis: str = ""
    handed: frozenset[str] = frozenset()
    """The parameters of its stack that it uses."""
    early: frozenset[str] = frozenset()
    """Those that it needs when it is made, not when it runs."""
    given: bool = False
    """Whether an output of its stack names it."""


class Arc(NamedTuple):
    """``after`` happens at the earliest ``weight`` seconds after ``before``; ``cause`` says why, in one word.

    ``details`` are the attributes that are asked for, ``handed`` the parameters of a nested stack that carry them.
    """

    before: Event
    after: Event
    weight: Three
    cause: str
    details: tuple[str, ...] = ()
    handed: tuple[str, ...] = ()
    referred: bool = False
    """Whether there is a reference beside a DependsOn."""


class Alternative(NamedTuple):
    """What a step takes instead where another of its group is complete before it starts."""

    group: str
    durations: Three
    readies: Three


class Network:
    """Steps and arcs. Arcs may be left out of a run, which is how a cut is tried."""

    def __init__(self, latency: Three = ZERO) -> None:
        self.steps: dict[Key, Step] = {}
        self.arcs: list[Arc] = []
        self.latency = latency
        self.alternatives: dict[Key, Alternative] = {}

    def add(self, step: Step, start_weight: Three = ZERO, finish_weight: Three = ZERO) -> None:
        """A step; its parent, if any, stands in the network before it, begins before it and finishes after it."""
        self.steps[step.key] = step
        self.arcs += _work(step.key, step.durations, step.readies)
        if step.parent is not None:
            self.arcs.append(Arc((step.parent, "start"), (step.key, "start"), start_weight, "stack"))
            self.arcs.append(Arc((step.key, "finish"), (step.parent, "finish"), finish_weight, "stack"))
            self.arcs.append(Arc((step.key, "finish"), (step.parent, "ready"), finish_weight, "stack"))

    def wait(
        self,
        waiter: Key,
        target: Key,
        cause: str,
        details: Sequence[str] = (),
        handed: Sequence[str] = (),
        *,
        full: bool = False,
        referred: bool = False,
    ) -> None:
        """``waiter`` starts after ``target`` is ready, or complete."""
        event = "finish" if full else "ready"
        latency = self.latency if self.steps[waiter].durations != ZERO or self.steps[waiter].holds else ZERO
        self.arcs.append(
            Arc((target, event), (waiter, "start"), latency, cause, tuple(details), tuple(handed), referred)
        )

    def run(self, without: Collection[Arc] = (), further: Sequence[Arc] = ()) -> Run:
        """The earliest times. Raises CycleError where steps wait for each other."""
        run = Run(self, without, further)
        quick = self._quick(run)
        if not quick:
            return run
        slow = [arc for arc in self.arcs if arc.cause == "work" and arc.before[0] in quick]
        for key in quick:
            further = [*further, *_work(key, self.alternatives[key].durations, self.alternatives[key].readies)]
        return Run(self, [*without, *slow], further)

    def _quick(self, run: Run) -> set[Key]:
        """The steps whose group has a complete one when they start."""
        groups: dict[str, list[Key]] = {}
        for key, each in self.alternatives.items():
            groups.setdefault(each.group, []).append(key)
        quick: set[Key] = set()
        for keys in groups.values():
            there = min(map(run.finish, keys))
            quick.update(key for key in keys if run.start(key) >= there)
        return quick


def _work(key: Key, durations: Three, readies: Three) -> list[Arc]:
    start, ready, finish = (key, "start"), (key, "ready"), (key, "finish")
    return [Arc(start, ready, readies, "work"), Arc(start, finish, durations, "work"), Arc(ready, finish, ZERO, "work")]


class Run:
    """The times of every event in the three cases, and which arc was the last to let it happen."""

    def __init__(self, network: Network, without: Collection[Arc], further: Sequence[Arc]) -> None:
        self.network = network
        left_out = set(without)
        self.arcs = [*(arc for arc in network.arcs if arc not in left_out), *further]
        self.into: dict[Event, list[Arc]] = {}
        self.out_of: dict[Event, list[Arc]] = {}
        for arc in self.arcs:
            self.into.setdefault(arc.after, []).append(arc)
            self.out_of.setdefault(arc.before, []).append(arc)
        self.order = self._ordered()
        self.at: dict[Event, Three] = {}
        self.by: dict[Event, Arc] = {}
        for event in self.order:
            self._happen(event)

    def total(self, case: int = 1) -> float:
        """Seconds until everything is complete."""
        return max((times[case] for times in self.at.values()), default=0.0)

    def totals(self) -> Three:
        return self.total(0), self.total(1), self.total(2)

    def start(self, key: Key) -> float:
        return self.at[key, "start"][1]

    def ready(self, key: Key) -> float:
        return self.at[key, "ready"][1]

    def finish(self, key: Key) -> float:
        return self.at[key, "finish"][1]

    def last(self) -> Event | None:
        """The event that ends it all, typically."""
        return max(self.at, key=lambda event: self.at[event][1], default=None) if self.at else None

    def slack(self) -> dict[Key, float]:
        """Seconds that each step could take longer, or start later, without a longer total; typically."""
        end = self.total()
        latest: dict[Event, float] = {}
        for event in reversed(self.order):
            latest[event] = min((latest[arc.after] - arc.weight[1] for arc in self.out_of.get(event, ())), default=end)
        return {key: max(0.0, latest[key, "start"] - self.start(key)) for key in self.network.steps}

    def _happen(self, event: Event) -> None:
        at = ZERO
        by: Arc | None = None
        for arc in self.into.get(event, ()):
            low, typical, high = self.at[arc.before]
            times = low + arc.weight[0], typical + arc.weight[1], high + arc.weight[2]
            if by is None or times[1] > at[1] or (times[1] == at[1] and _rank(arc) > _rank(by)):
                by = arc
            at = max(at[0], times[0]), max(at[1], times[1]), max(at[2], times[2])
        self.at[event] = at
        if by is not None:
            self.by[event] = by

    def _ordered(self) -> list[Event]:
        """Every event after all that it waits for."""
        open_arcs = {event: len(arcs) for event, arcs in self.into.items()}
        events = [(key, name) for key in self.network.steps for name in ("start", "ready", "finish")]
        pending = [event for event in reversed(events) if not open_arcs.get(event)]
        order = []
        while pending:
            event = pending.pop()
            order.append(event)
            for arc in self.out_of.get(event, ()):
                open_arcs[arc.after] -= 1
                if not open_arcs[arc.after]:
                    pending.append(arc.after)
        if len(order) < len(events):
            raise _cycle(self, set(order))
        return order


def _rank(arc: Arc) -> int:
    """Of two arcs that end at the same time, the one that says more."""
    return 0 if arc.cause == "stack" else 1


def _cycle(run: Run, done: set[Event]) -> CycleError:
    """Follow what is left backwards until a step comes again."""
    event = next(each for each in run.into if each not in done)
    seen: list[Event] = []
    while event not in seen:
        seen.append(event)
        event = next(arc.before for arc in run.into[event] if arc.before not in done)
    names = list(dict.fromkeys(run.network.steps[key].name for key, _ in reversed(seen[seen.index(event) :])))
    return CycleError(f"these wait for each other, so none of them ever starts: {' -> '.join([*names, names[0]])}")
