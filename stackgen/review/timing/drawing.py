"""The Gantt chart as one SVG: self-contained, readable on light and on dark ground, with a title for each bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.review.picture.svg import escaped

from .chart import Bar, bars_of
from .text import minutes, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .estimate import Estimate

ROW = 20
LABELS = 260
PLOT = 620
TOP = 52
STYLE = """\
text { font: 12px system-ui, sans-serif; fill: #1f2328; }
.head { font-weight: 600; }
.grid { stroke: #d1d9e0; stroke-width: 1; }
.path { fill: #b42318; }
.side { fill: #4c78a8; }
.late { opacity: .35; }
.fold { fill: #8c959f; }
.stack { fill: none; stroke: #656d76; stroke-width: 1.5; }
.stack.path { stroke: #b42318; }
.ground { fill: #ffffff; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; } .grid { stroke: #30363d; } .path { fill: #ff7b72; } .side { fill: #79c0ff; }
  .fold { fill: #6e7681; } .stack { fill: none; stroke: #8b949e; }
  .stack.path { stroke: #ff7b72; } .ground { fill: #0d1117; }
}
"""


def svg(estimate: Estimate) -> str:
    """The drawing."""
    bars = bars_of(estimate)
    total = max(estimate.totals[1], 1.0)
    width, height = LABELS + PLOT + 60, TOP + ROW * len(bars) + 16
    said = escaped(verdict(estimate))
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title">',
        f'<title id="title">{said}</title>',
        f"<style>{STYLE}</style>",
        f'<rect class="ground" width="{width}" height="{height}"/>',
        f'<text class="head" x="12" y="20">{said}</text>',
        *_grid(total, height),
    ]
    for number, bar in enumerate(bars):
        parts += _row(bar, TOP + ROW * number, total)
    return "\n".join([*parts, "</svg>", ""])


def _grid(total: float, height: int) -> Iterator[str]:
    step = next(each for each in (0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 1e9) if total / 60 / each <= 14)  # noqa: PLR2004  as many lines as are readable
    minute = 0.0
    while minute * 60 <= total:
        x = LABELS + minute * 60 / total * PLOT
        yield f'<line class="grid" x1="{x:.1f}" y1="{TOP - 8}" x2="{x:.1f}" y2="{height - 8}"/>'
        yield f'<text x="{x:.1f}" y="{TOP - 14}" text-anchor="middle">{minute:,g} min</text>'
        minute = round(minute + step, 3)


def _row(bar: Bar, top: int, total: float) -> Iterator[str]:
    start, ready, finish = (LABELS + each / total * PLOT for each in (bar.start, bar.ready, bar.finish))
    kind = "path" if bar.on_path else "fold" if bar.folded else "side"
    said = f"{bar.title}: {minutes(bar.start)} to {minutes(bar.finish)} minutes"
    mark = "▸ " if bar.on_path else ""
    yield f"<g><title>{escaped(said)}{', on the critical path' if bar.on_path else ''}</title>"
    yield f'<text x="{12 + 14 * bar.depth}" y="{top + 13}">{escaped(_fitting(mark + bar.label, bar.depth))}</text>'
    if bar.holds:
        yield _rect(f"stack {kind}", start, max(1.0, finish - start), top + 6, 6)
    else:
        yield _rect(kind, start, max(1.5, ready - start), top + 3, 12)
        if finish > ready:
            yield _rect(f"{kind} late", ready, finish - ready, top + 3, 12)
    yield f'<text x="{finish + 4:.1f}" y="{top + 13}">{minutes(bar.finish)}</text></g>'


def _rect(kind: str, x: float, width: float, y: int, height: int) -> str:
    return f'<rect class="{kind}" x="{x:.1f}" y="{y}" width="{width:.1f}" height="{height}" rx="2"/>'


def _fitting(label: str, depth: int) -> str:
    most = (LABELS - 20 - 14 * depth) // 7
    return label if len(label) <= most else label[: max(1, most - 1)] + "…"
