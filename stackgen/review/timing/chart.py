"""The rows of a Gantt chart: which steps it shows, in the order of the stacks, nested ones indented.

A stack of 300 resources would hide its own shape, so steps that are not on the path are counted, not shown, where they
are short or many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .estimate import Estimate
    from .network import Key

SHARE = 0.02
"""Of the total: steps shorter than this are left out, unless they are on the path."""

FEW = 12
"""Steps of one stack that are shown in any case."""


MANY = 30
"""Steps of one stack that are shown beside the path, at most."""


class Bar(NamedTuple):
    """One row; ``folded`` rows stand for steps that are not shown. Seconds."""

    label: str
    depth: int
    start: float
    ready: float
    finish: float
    on_path: bool
    holds: bool = False
    folded: int = 0
    title: str = ""


def bars_of(estimate: Estimate) -> list[Bar]:
    """The rows, from the first step to the last."""
    path = {each.key for each in estimate.path}
    path |= {key[:length] for key in path for length in range(1, len(key))}
    children: dict[Key | None, list[Key]] = {}
    for key, step in estimate.run.network.steps.items():
        children.setdefault(step.parent, []).append(key)
    return list(_rows(estimate, children, path, None, 0))


def _rows(
    estimate: Estimate, children: dict[Key | None, list[Key]], path: set[Key], parent: Key | None, depth: int
) -> Iterator[Bar]:
    run = estimate.run
    keys = sorted(children.get(parent, ()), key=lambda key: (run.start(key), run.finish(key)))
    longest = sorted(keys, key=lambda key: run.start(key) - run.finish(key))[:MANY]
    counting = {key for key in longest if _counts(estimate, key, len(keys))}
    shown = [key for key in keys if key in path or key in children or key in counting]
    for key in shown:
        step = run.network.steps[key]
        yield Bar(
            label=key[-1].rsplit("/", 1)[-1],
            depth=depth,
            start=run.start(key),
            ready=run.ready(key),
            finish=run.finish(key),
            on_path=key in path,
            holds=step.holds,
            title=f"{step.name} ({step.type})",
        )
        yield from _rows(estimate, children, path, key, depth + 1)
    hidden = [key for key in keys if key not in shown and run.finish(key) > run.start(key)]
    if hidden:
        start, finish = min(map(run.start, hidden)), max(map(run.finish, hidden))
        label = f"{len(hidden):,} shorter one{'' if len(hidden) == 1 else 's'}"
        yield Bar(label, depth, start, finish, finish, on_path=False, folded=len(hidden), title=label)


def _counts(estimate: Estimate, key: Key, among: int) -> bool:
    length = estimate.run.finish(key) - estimate.run.start(key)
    return bool(length) and (among <= FEW or length >= SHARE * estimate.totals[1])
