"""The critical path: the chain of steps that makes a deployment as long as it is, and what each of them waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .network import Arc, Event, Key, Run

HOW = {
    "reference": "referred to it",
    "DependsOn": "DependsOn",
    "barrier": "needs all of the nested stack",
    "custom resource": "custom resources wait for all",
    "deletion": "is deleted after what refers to it",
    "change set": "executes it",
    "cleanup": "is deleted when everything else is in place",
    "monitoring": "rollback triggers are watched",
}

MOST = 6
"""Names that a verdict holds."""


class PathStep(NamedTuple):
    """One step of the path. ``until`` is when it let the next one start: ready, or complete."""

    key: Key
    name: str
    type: str
    start: float
    until: float
    waited_for: str
    cause: str
    details: tuple[str, ...]

    @property
    def why(self) -> str:
        """What it waited for, in words; empty for what starts at once."""
        if not self.waited_for:
            return ""
        details = f" for {_listed(self.details)}" if self.cause == "barrier" and self.details else ""
        return (
            f"after {self.waited_for.partition('/')[2] or self.waited_for} ({HOW.get(self.cause, self.cause)}{details})"
        )


def critical_path(run: Run) -> list[PathStep]:
    """The steps of the typical case from first to last; a stack that holds others is told by what is in it."""
    steps: dict[Key, PathStep] = {}
    for arc in arcs_on(run):
        key = arc.before[0]
        step = run.network.steps[key]
        if arc.cause == "work" and not step.holds and step.durations[1]:
            steps[key] = _step(run, key, arc.after, _cause(run, key))
    return list(steps.values())


def arcs_on(run: Run) -> list[Arc]:
    """The arcs of the path, from first to last."""
    arcs = []
    event: Event | None = run.last()
    while event is not None:
        arc = run.by.get(event)
        if arc is None:
            break
        arcs.append(arc)
        event = arc.before
    return arcs[::-1]


def stacks_on(run: Run, steps: list[PathStep], root: Key) -> list[str]:
    """What is the longest, in short: the root's own resources on the path, most of them nested stacks."""
    depth = len(root)
    inside = [each for each in steps if len(each.key) > depth]
    names = list(dict.fromkeys(each.key[depth] for each in inside))
    if len(names) == 1 and run.network.steps[*root, names[0]].holds:
        return [each.key[-1] for each in inside][-MOST:]
    return _weighty(run, names, root)


def _weighty(run: Run, names: list[str], root: Key) -> list[str]:
    """Without those that hardly count, so that a flat stack of 300 resources has a short path too."""
    if len(names) <= MOST:
        return names
    spans = {name: run.finish((*root, name)) - run.start((*root, name)) for name in names}
    kept = sorted(names, key=lambda name: -spans[name])[:MOST]
    return [name for name in names if name in kept]


def _cause(run: Run, key: Key) -> Arc | None:
    """The wait behind a start: its own, or that of the innermost stack that had to wait."""
    event: Event = (key, "start")
    while True:
        arc = run.by.get(event)
        if arc is None or arc.cause != "stack":
            return arc
        event = arc.before


def _step(run: Run, key: Key, until: Event, arc: Arc | None) -> PathStep:
    step = run.network.steps[key]
    start, end = run.start(key), run.at[until][1]
    if arc is None:
        return PathStep(key, step.name, step.type, start, end, "", "", ())
    target = run.network.steps[arc.before[0]]
    return PathStep(key, step.name, step.type, start, end, target.name, arc.cause, arc.details)


def _listed(details: tuple[str, ...]) -> str:
    shown = ", ".join(details[:3])
    return shown + (f" and {len(details) - 3:,} more" if len(details) > 3 else "")  # noqa: PLR2004  three are enough
