"""A picture as SVG: one file without scripts, fonts or links, which follows the reader's light or dark mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import theme
from .layout import SMALL, SMALL_LINE, TITLE, TITLE_LINE, laid_out
from .legend import legend_of
from .metrics import width_of
from .model import Box, Node
from .wording import NO_STACKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .layout import Curve, Placed, Text
    from .routes import Step

_ROW, _LEFT = 30.0, 20.0
"""Of the legend."""
_FONT = "Helvetica, Arial, 'Liberation Sans', 'Segoe UI', 'DejaVu Sans', sans-serif"
_UNWANTED = {number: None for number in range(32) if chr(number) not in "\t\n\r"} | {0xFFFE: None, 0xFFFF: None}


def as_svg(picture: Box, title: str, *, types: bool = True) -> str:
    """The whole file; ``title`` is what a reader without eyes hears first."""
    placed = laid_out(picture, types=types)
    legend = legend_of(picture)
    rows = list(_legend(legend, placed.area.height, max(placed.area.width, 320.0)))
    width = max([placed.area.width, *(right for _, right, _ in rows)])
    height = placed.area.height + (max((row for _, _, row in rows), default=0) + 1) * _ROW * bool(rows)
    size = f'width="{_n(width)}" height="{_n(height)}"'
    about = 'xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title desc"'
    lines = [
        f'<svg {about} {size} viewBox="0 0 {_n(width)} {_n(height)}">',
        f'<title id="title">{escaped(title or NO_STACKS)}</title>',
        f'<desc id="desc">{escaped(_description(picture, legend))}</desc>',
        f"<style>{_style()}</style>",
        "<defs>",
        *(_head(kind) for kind in ("reference", "depends", "import")),
        "</defs>",
        f'<rect class="page" {size}/>',
    ]
    for each in placed.inside:
        lines += _item(each, 0)
    for curve in placed.curves:
        lines += _curve(curve)
    lines += [text for text, _, _ in rows]
    return "\n".join([*lines, "</svg>"])


def escaped(text: str) -> str:
    """A text as XML shows it; what XML 1.0 cannot hold is left out."""
    text = "".join(each for each in text.translate(_UNWANTED) if not "\ud800" <= each <= "\udfff")
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _description(picture: Box, legend: Sequence[tuple[str, str]]) -> str:
    nodes = list(picture.nodes())
    resources = sum(len(node.members) for node in nodes)
    counts = [f"{sum(each.status == status for each in nodes):,} {status}" for status in picture.statuses()]
    changes = f" Drawn as {', '.join(counts)}." if counts else ""
    stacks = list(picture.boxes())
    closed = sum(box.kind == "closed" for box in stacks)
    return (
        f"{resources:,} resource{'' if resources == 1 else 's'} in {len(stacks):,} "
        f"stack{'' if len(stacks) == 1 else 's'}{f', {closed:,} of them closed' if closed else ''}.{changes} "
        "Arrows point from what is needed to what needs it."
        + (f" Signs: {'; '.join(m for _, m in legend)}." if legend else "")
    )


def _item(placed: Placed, depth: int) -> Iterator[str]:
    """A box or node with its text, then what lies in it, then the arrows above all boxes."""
    item, area = placed.item, placed.area
    names = "node" if isinstance(item, Node) else f"box d{depth % len(theme.LIGHT.boxes)} {item.kind}"
    classes = " ".join(filter(None, (names, item.status, "conditional" if item.conditional else "")))
    radius = 5 if isinstance(item, Node) else 9
    yield f'<g class="{classes}"><title>{escaped(_hover(item))}</title>'
    yield (
        f'<rect x="{_n(area.x)}" y="{_n(area.y)}" width="{_n(area.width)}" height="{_n(area.height)}" rx="{radius}"/>'
    )
    if isinstance(item, Box) and item.kind == "stackset":
        yield _behind(placed)
    yield from _texts(placed)
    yield "</g>"
    for each in placed.inside:
        yield from _item(each, depth + 1)
    for curve in placed.curves:
        yield from _curve(curve)


def _behind(placed: Placed) -> str:
    """A second edge, for what is deployed more than once."""
    x, y, width, height = placed.area
    right, bottom = x + width + 4, y + height + 4
    corner = f"H{_n(right - 9)}Q{_n(right)} {_n(bottom)} {_n(right)} {_n(bottom - 9)}"
    return f'<path class="edge" d="M{_n(x + 9)} {_n(bottom)}{corner}V{_n(y + 9)}"/>'


def _texts(placed: Placed) -> Iterator[str]:
    """The lines of a box stand at its top, those of everything else in the middle."""
    x, y, _, height = placed.area
    total = sum(_step(each) for each in placed.texts)
    left, top = (x + 16.0, y + 10.0) if placed.inside else (x + 12.0, y + (height - total) / 2)
    for each in placed.texts:
        yield _text(each, left, top + _step(each) * 0.76)
        top += _step(each)


def _step(each: Text) -> float:
    return TITLE_LINE if each.strong else SMALL_LINE


def _text(each: Text, x: float, baseline: float) -> str:
    kind = ' class="t"' if each.strong else ' class="s"'
    return f'<text{kind} x="{_n(x)}" y="{_n(baseline)}">{escaped(each.text)}</text>'


def _curve(curve: Curve) -> Iterator[str]:
    arrow = curve.arrow
    kind = arrow.kind
    about = f"<title>{escaped(', '.join(arrow.values))}</title>" if arrow.values else ""
    yield f'<g class="arrow {kind}">{about}<path d="{_path(curve.way)}" marker-end="url(#to-{kind})"/>'
    if curve.label:
        x, y = curve.label
        yield f'<text class="l" x="{_n(x)}" y="{_n(y + 1)}">{escaped(arrow.label)}</text>'
    yield "</g>"


def _path(way: Sequence[Step]) -> str:
    further = (("L" if len(step) == 1 else "C") + " ".join(_pair(point) for point in step) for step in way[1:])
    return "".join([f"M{_pair(way[0][0])}", *further])


def _legend(legend: Sequence[tuple[str, str]], top: float, widest: float) -> Iterator[tuple[str, float, int]]:
    """One sample a row entry, with its right end and its row."""
    x, row = _LEFT, 0
    for kind, meaning in legend:
        width = width_of(meaning, SMALL)
        if x > _LEFT and x + width + 60.0 > widest:
            x, row = _LEFT, row + 1
        y = top + row * _ROW + 8.0
        if kind in ("depends", "import"):
            sample = f'<g class="arrow {kind}"><path d="M{_n(x)} {_n(y)}h22" marker-end="url(#to-{kind})"/></g>'
        else:
            sample = f'<g class="node {kind}"><rect x="{_n(x)}" y="{_n(y - 7)}" width="22" height="14" rx="4"/></g>'
        text = f'<text class="s" x="{_n(x + 30)}" y="{_n(y + 4)}">{escaped(meaning)}</text>'
        yield sample + text, x + width + 50.0, row
        x += width + 60.0


def _hover(item: Node | Box) -> str:
    """Everything that the item stands for, as a browser shows it under the pointer."""
    most = 40
    members = [*item.members[:most], *([f"and {len(item.members) - most:,} more"] if len(item.members) > most else [])]
    first = item.kind if isinstance(item, Node) else " ".join(filter(None, (item.title, item.subtitle)))
    return "\n".join([f"{first} ({item.status})" if item.status else first, *members])


def _head(kind: str) -> str:
    return (
        f'<marker id="to-{kind}" class="head {kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0.5L8 4L0 7.5z"/></marker>'
    )


def _style() -> str:
    return (
        f"text{{font-family:{_FONT};font-size:{SMALL}px}}"
        f".t{{font-size:{TITLE}px;font-weight:600}}.l{{text-anchor:middle}}"
        ".box rect,.node rect{stroke-width:1.2}.arrow path{fill:none;stroke-width:1.3}.edge{fill:none;stroke-width:1.2}"
        ".depends path{stroke-dasharray:5 3}.import path{stroke-dasharray:1 3;stroke-width:2}.head path{stroke:none}"
        ".conditional>rect{stroke-dasharray:5 3}.unknown>rect{stroke-dasharray:2 3}.removed>.t"
        "{text-decoration:line-through}.added>rect,.removed>rect,.changed>rect,.replaced>rect,.moved>rect"
        f"{{stroke-width:2}}{_colors(theme.LIGHT)}@media(prefers-color-scheme:dark){{{_colors(theme.DARK)}}}"
    )


def _colors(palette: theme.Palette) -> str:
    node = palette.node
    rules = [
        f".page{{fill:{palette.page}}}text{{fill:{node.text}}}.s,.l{{fill:{palette.muted}}}",
        f".arrow path{{stroke:{palette.line}}}.head path{{fill:{palette.line}}}",
        f".node rect{{fill:{node.fill};stroke:{node.stroke}}}.box rect,.edge{{stroke:{palette.frame}}}",
        *(f".d{depth} rect{{fill:{fill}}}" for depth, fill in enumerate(palette.boxes)),
    ]
    for name, each in palette.statuses.items():
        rules.append(f".{name}>rect,.{name}>.edge{{stroke:{each.stroke}}}.{name}>.t{{fill:{each.text}}}")
        rules.append(
            f".node.{name}>rect,.closed.{name}>rect{{fill:{each.fill}}}.node.{name}>.s,.closed.{name}>.s{{fill:{each.text}}}"
        )
    return "".join(rules)


def _pair(point: tuple[float, float]) -> str:
    return f"{_n(point[0])} {_n(point[1])}"


def _n(number: float) -> str:
    """At most one digit behind the point."""
    text = f"{number:.1f}"
    return text.removesuffix(".0") if text != "-0.0" else "0"
