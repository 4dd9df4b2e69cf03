"""An estimate in words: for a terminal, as Markdown, and as data for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .cut import short
from .estimate import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .estimate import Estimate
    from .path import PathStep


def minutes(seconds: float) -> str:
    """``13.4``, ``1,440.0``."""
    return f"{seconds / 60:,.1f}"


def verdict(estimate: Estimate, of: str = "") -> str:
    """``typically 13.4 minutes (7.8 to 31.6) for a first creation, longest: Security -> Database``.

    A StackSet that is part of it is told with its waves.
    """
    low, typical, high = estimate.totals
    longest = f", longest: {' -> '.join(estimate.longest)}" if estimate.longest else ""
    for step in estimate.path:
        if step.name in estimate.waves:
            longest += f"; {step.name.rpartition('/')[2]} is a StackSet of {estimate.waves[step.name]}"
    what = WORDS[estimate.options.operation] + (f" of {of}" if of else "")
    return f"typically {minutes(typical)} minutes ({minutes(low)} to {minutes(high)}) for {what}{longest}"


def bases(estimate: Estimate) -> str:
    """``measured 41, estimate 30``."""
    return ", ".join(f"{basis} {count:,}" for basis, count in estimate.bases.items()) or "nothing"


def remarks(estimate: Estimate) -> Iterator[str]:
    """What the figures rest on, and what is not known; one sentence each."""
    yield f"times by their basis: {bases(estimate)}"
    if estimate.without_row:
        types = ", ".join(f"{kind} ({count:,})" for kind, count in estimate.without_row.items())
        yield f"no row, so a default was taken: {types}"
    if estimate.unknown:
        yield f"counted although their condition is not known: {', '.join(estimate.unknown)}"
    yield from estimate.notes


def advice(estimate: Estimate) -> Iterator[str]:
    """What to cut, the best first."""
    for cut in estimate.cuts:
        yield f"{cut.advice}: {minutes(cut.without)} instead of {minutes(estimate.totals[1])} minutes"


def lines(estimate: Estimate) -> Iterator[str]:
    """The path and what follows from it, for a terminal; the verdict stands elsewhere."""
    rows = [(*_cells(each), each.why) for each in estimate.path]
    if rows:
        yield "critical path (minutes from the start):"
        widths = [max(len(row[at]) for row in rows) for at in range(3)]
        for start, until, name, why in rows:
            yield f"  {start:>{widths[0]}} - {until:>{widths[1]}}  {name:<{widths[2]}}  {why}".rstrip()
    cuts = list(advice(estimate))
    if cuts:
        yield "to make it shorter:"
        yield from (f"  {each}" for each in cuts)
    yield from remarks(estimate)


def markdown(estimate: Estimate, title: str, chart: list[str] | None = None) -> Iterator[str]:
    """A section for a pull request; ``chart`` is the Gantt in text."""
    yield f"### {_plain(title)}"
    yield ""
    yield f"{verdict(estimate)[:1].upper()}{_plain(verdict(estimate)[1:])}."
    yield ""
    if estimate.path:
        yield "| from | to | step | type | after |"
        yield "| ---: | ---: | --- | --- | --- |"
        for step in estimate.path:
            start, until, name = _cells(step)
            after = _plain(step.why.removeprefix("after "))
            yield f"| {start} | {until} | {_plain(name)} | {_plain(step.type)} | {after} |"
        yield ""
    for each in advice(estimate):
        yield f"* {_plain(each)}"
    for each in remarks(estimate):
        yield f"* {_plain(each)}"
    if chart:
        yield ""
        yield "```text"
        yield from chart
        yield "```"


def content(estimate: Estimate) -> dict[str, Any]:
    """Everything, for programs: seconds, and addresses whole."""
    low, typical, high = estimate.totals
    network, run = estimate.run.network, estimate.run
    return {
        "root": estimate.root,
        "environment": estimate.place,
        "operation": estimate.options.operation,
        "verdict": verdict(estimate),
        "seconds": {"low": _round(low), "typical": _round(typical), "high": _round(high)},
        "longest": estimate.longest,
        "path": [
            {
                "address": each.name,
                "type": each.type,
                "start": _round(each.start),
                "until": _round(each.until),
                "waited_for": each.waited_for,
                "cause": each.cause,
                "details": list(each.details),
            }
            for each in estimate.path
        ],
        "cuts": [
            {
                "waiter": each.waiter,
                "target": each.target,
                "kind": each.kind,
                "seconds": _round(each.without),
                "saved": _round(each.saved),
                "advice": each.advice,
            }
            for each in estimate.cuts
        ],
        "steps": [
            {
                "address": step.name,
                "type": step.type,
                "action": step.action,
                "start": _round(run.start(key)),
                "ready": _round(run.ready(key)),
                "finish": _round(run.finish(key)),
                "slack": _round(estimate.slack[key]),
                "basis": step.basis,
            }
            for key, step in network.steps.items()
        ],
        "bases": estimate.bases,
        "without_row": estimate.without_row,
        "unknown_conditions": estimate.unknown,
        "notes": estimate.notes,
        "sources": sorted({source for each in estimate.used for source in each.times.sources}),
    }


def _cells(step: PathStep) -> tuple[str, str, str]:
    return minutes(step.start), minutes(step.until), short(step.name)


def _plain(text: str) -> str:
    """Text that is no markup: names come from templates."""
    for character in "\\|`<>*_[]#":
        text = text.replace(character, f"\\{character}")
    return text.replace("\n", " ")


def _round(seconds: float) -> float:
    return round(seconds, 1)
