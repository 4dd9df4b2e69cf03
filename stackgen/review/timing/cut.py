"""What to cut to make a deployment shorter: each wait of the critical path, tried by running the network without it.

Only what somebody could change is proposed: a nested stack that waits for another, a DependsOn, a resource that is
held up because it stands in a stack that waits for something else. That a subnet waits for its VPC is not a choice.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from .network import Arc
from .path import arcs_on
from .table import is_custom

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .graph import Deployment
    from .network import Key, Network, Run

WORTH = 5.0
"""Seconds that a cut must save to be worth a line."""

MOST = 5
TRIED = 40
"""Waits that are tried; a chain of a thousand would take as many runs."""

LONG = 120.0
"""Seconds from which a resource is rather made for the program that runs with it than for its own sake."""


class Cut(NamedTuple):
    """``without`` is the typical total in seconds if it were cut."""

    waiter: str
    target: str
    kind: str
    without: float
    saved: float
    advice: str


class Candidate(NamedTuple):
    """What would be left out of the network, and what would stand there instead."""

    waiters: tuple[Key, ...]
    target: Key
    kind: str
    left_out: list[Arc]
    instead: list[Arc]


def cuts_of(deployment: Deployment, run: Run) -> list[Cut]:
    """What shortens the typical total, the best first."""
    network = deployment.network
    candidates = {(each.waiters, each.target, each.kind): each for each in islice(_candidates(run), TRIED)}
    cuts = []
    for candidate in candidates.values():
        without = network.run(candidate.left_out, candidate.instead).total()
        saved = run.total() - without
        if saved >= WORTH:
            names = ", ".join(network.steps[each].name for each in candidate.waiters)
            target = network.steps[candidate.target].name
            cuts.append(Cut(names, target, candidate.kind, without, saved, advice_of(network, candidate)))
    return sorted(cuts, key=lambda cut: -cut.saved)[:MOST]


def _candidates(run: Run) -> Iterator[Candidate]:
    """From the path, then what holds up the nested stacks beside it: a cut there may free what the path shares."""
    steps = run.network.steps
    held = [run.by[key, "start"] for key, step in steps.items() if step.holds and (key, "start") in run.by]
    for arc in [*arcs_on(run), *held]:
        waiter, target = arc.after[0], arc.before[0]
        if arc.cause == "work" and not steps[target].holds:
            yield from _last(run, waiter)
        elif arc.cause == "DependsOn":
            yield Candidate((waiter,), target, "DependsOn", _between(run, waiter, target), _softened(arc))
        elif arc.cause == "barrier" or (arc.cause == "reference" and steps[waiter].holds):
            between = _between(run, waiter, target)
            if not _needed(run.network, waiter, between):
                yield Candidate((waiter,), target, "barrier", between, [])
            yield from _free(run, waiter, arc)


def _between(run: Run, waiter: Key, target: Key) -> list[Arc]:
    return [arc for arc in run.into[waiter, "start"] if arc.before[0] == target]


def _needed(network: Network, waiter: Key, between: list[Arc]) -> bool:
    """Whether something is made with what is handed over, so that it cannot be looked up at run time instead."""
    if not network.steps[waiter].holds:
        return True
    handed = {name for arc in between for name in arc.handed}
    return any(step.early & handed for step in network.steps.values() if step.parent == waiter)


def _softened(arc: Arc) -> list[Arc]:
    """A DependsOn beside a reference: without it the wait is for the configuration alone."""
    if arc.details or arc.referred:
        return [Arc((arc.before[0], "ready"), arc.after, arc.weight, "reference", arc.details)]
    return []


def _free(run: Run, stack: Key, held: Arc) -> Iterator[Candidate]:
    """The resources of a nested stack that need nothing of what holds the stack up: they could be made elsewhere."""
    steps = run.network.steps
    inside = [arc for arc in run.out_of[stack, "start"] if arc.cause == "stack"]
    free = [arc for arc in inside if not steps[arc.after[0]].holds and not _uses(run, arc.after[0], held)]
    if not free or len(free) == len(inside):
        return
    others = [arc for arc in run.into[stack, "start"] if arc.before[0] != held.before[0]]
    instead = [Arc(other.before, arc.after, other.weight, other.cause) for arc in free for other in others]
    longest = sorted((arc.after[0] for arc in free), key=lambda key: -steps[key].durations[1])
    yield Candidate(tuple(longest), held.before[0], "stack", free, instead)


def _last(run: Run, key: Key) -> Iterator[Candidate]:
    """A resource that is the last of a nested stack which others wait for, though nothing needs it."""
    steps = run.network.steps
    parent = steps[key].parent
    if parent is None or steps[parent].parent is None or steps[key].given or _waiters(run, key):
        return
    waiters = _waiters(run, parent)
    own = [arc for arc in run.out_of[key, "finish"] if arc.after[0] == parent]
    is_last = any(run.by.get(arc.after) == arc for arc in own)
    if waiters and is_last and not _awaited(run.network, key, waiters):
        yield Candidate((key,), parent, "last", own, [])


def _waiters(run: Run, key: Key) -> set[Key]:
    """Who starts after it is ready, or complete."""
    arcs = [*run.out_of.get((key, "ready"), ()), *run.out_of.get((key, "finish"), ())]
    return {arc.after[0] for arc in arcs if arc.after[1] == "start"}


def _awaited(network: Network, key: Key, waiters: set[Key]) -> bool:
    """Whether a custom resource may want it: what takes long is hardly made for its own sake."""
    if network.steps[key].durations[1] < LONG:
        return False
    return any(is_custom(step.type) and step.parent in waiters for step in network.steps.values())


def _uses(run: Run, key: Key, held: Arc) -> bool:
    """Whether a resource needs what its nested stack waited for: itself, or through what it waits for in the stack."""
    pending, seen = [key], {key}
    while pending:
        each = pending.pop()
        if run.network.steps[each].handed & set(held.handed):
            return True
        inside = [arc.before[0] for arc in run.into.get((each, "start"), ()) if arc.cause != "stack"]
        pending += [other for other in inside if other not in seen]
        seen.update(inside)
    return False


def advice_of(network: Network, candidate: Candidate) -> str:
    """What to do, and why; not what it saves."""
    waiter, target = candidate.waiters[0], candidate.target
    one, other = short(network.steps[waiter].name), short(network.steps[target].name)
    details = tuple(dict.fromkeys(detail for arc in candidate.left_out for detail in arc.details))
    if candidate.kind == "DependsOn":
        remedy = "the reference alone is enough, so drop it" if candidate.instead else "drop it if it guards nothing"
        return f"{one} has a DependsOn on {other}, so it waits until all of it is complete: {remedy}"
    if candidate.kind == "stack":
        several = len(candidate.waiters) > 1
        names = _and(tuple(short(network.steps[each].name).rsplit("/", 1)[-1] for each in candidate.waiters))
        verb, pronoun = ("need", "them") if several else ("needs", "it")
        stack = short(network.steps[waiter[:-1]].name)
        return f"{names} of {stack} {verb} nothing of {other}: make {pronoun} in a stack that does not wait for it"
    if candidate.kind == "last":
        name = one.rsplit("/", 1)[-1]
        return f"all that waits for {other} waits for {name} too, which nothing in {other} needs: make it elsewhere"
    only = f" only for {_and(details)}" if details else ""
    known = (
        f"hand {'them' if len(details) > 1 else 'it'} through Parameter Store" if details else "let it wait for less"
    )
    return f"{one} waits for {other}{only}: {known}"


def short(name: str) -> str:
    """An address without its root; what stands in the root is said by its logical ID."""
    return name.partition("/")[2] or name


def _and(details: tuple[str, ...]) -> str:
    """``A``, ``A and B``, ``A, B and 3 more``."""
    shown = list(details[:3]) + ([f"{len(details) - 3:,} more"] if len(details) > 3 else [])  # noqa: PLR2004  three are enough
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
