"""A Gantt chart in text: a bar for each step, the critical path marked, readable without colour.

█ on the critical path, ▒ beside it, ░ complete for what refers to it but not yet finished, ─ a stack around others
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .chart import Bar, bars_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .estimate import Estimate

WIDTH = 100
LEAST = 20
RED = "1;31"
LEGEND = "█ on the critical path  ▒ beside it  ░ configured, not complete  ─ a stack"


def gantt(
    estimate: Estimate, width: int | None = None, paint: Callable[[str, str], str] | None = None
) -> Iterator[str]:
    """The lines of the chart, none wider than ``width``."""
    yield from drawn(bars_of(estimate), estimate.totals[1], width, paint)


def drawn(
    bars: Sequence[Bar],
    total: float,
    width: int | None = None,
    paint: Callable[[str, str], str] | None = None,
    legend: str = LEGEND,
) -> Iterator[str]:
    """Bars over so many seconds in all; a chart of what was measured has a legend of its own."""
    if not bars or not total:
        return
    width = width or WIDTH
    columns = max(LEAST, min(len(_label(bar)) for bar in bars))
    columns = max(columns, min(max(len(_label(bar)) for bar in bars), width // 2))
    room = max(10, width - columns - 9)
    yield f"{'':<{columns}}  {_scale(total, room)}"
    for bar in bars:
        label = _label(bar)
        label = label if len(label) <= columns else label[: columns - 1] + "…"
        drawn = _bar(bar, total, room)
        text = f"{label:<{columns}}  {drawn:<{room}} {bar.finish / 60:5,.1f}".rstrip()
        yield paint(text, RED) if paint and bar.on_path and not bar.holds else text
    yield legend if len(legend) <= width else legend[: width - 1] + "…"


def _label(bar: Bar) -> str:
    return f"{'  ' * bar.depth}{'* ' if bar.on_path else '  '}{bar.label}"


def _bar(bar: Bar, total: float, room: int) -> str:
    first = min(room - 1, int(bar.start / total * room))
    last = max(first + 1, round(bar.finish / total * room))
    if bar.holds:
        return " " * first + "─" * (last - first)
    body = "█" if bar.on_path else "·" if bar.folded else "▒"
    ready = last if bar.ready >= bar.finish else max(first + 1, round(bar.ready / total * room))
    return " " * first + body * (ready - first) + "░" * (last - ready)


def _scale(total: float, room: int) -> str:
    """Minutes along the top, where they have room."""
    step = next(
        each for each in (0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1e9) if total / 60 / each * 6 <= room
    )
    line = ""
    minute = 0.0
    while minute * 60 <= total:
        at = int(minute * 60 / total * room)
        text = f"{minute:,g}"
        if at >= len(line) and at + len(text) <= room:
            line = line.ljust(at) + text
        minute = round(minute + step, 3)
    return line
