"""A picture in Graphviz's language: stacks as clusters.

Graphviz knows arrows between nodes only, so one between clusters runs from a node that stands last in the one to a
node that stands first in the other, and is cut at their frames.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from . import theme
from .graphs import backward
from .layers import ranks_of
from .layout import texts_of
from .legend import legend_of
from .model import Box, Node

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_STYLES = {"reference": "", "depends": "style=dashed", "import": "style=dotted"}


def as_dot(picture: Box, title: str, *, types: bool = True) -> str:
    """The text of one directed graph."""
    return "\n".join(_Writer(types=types).written(picture, title))


def quoted(text: str) -> str:
    """A text as a quoted string, in which nothing is an escape of Graphviz's own."""
    cleaned = "".join(max(each, " ") for each in text).encode("utf-8", "replace").decode()
    return '"' + cleaned.replace("\\", "\\\\").replace('"', '\\"') + '"'


class _End(NamedTuple):
    """Where arrows to an item and from it touch: a node twice, or nodes of a cluster."""

    first: str
    last: str
    cluster: str


class _Writer:
    def __init__(self, *, types: bool) -> None:
        self._types = types
        self._number = 0
        self._outermost = ("", "")

    def written(self, picture: Box, title: str) -> Iterator[str]:
        yield "digraph stacks {"
        yield f"  graph [rankdir=LR, compound=true, tooltip={quoted(title)}, {_FONT}]"
        stroke, fill, _ = theme.LIGHT.node
        yield f'  node [shape=box, style="rounded,filled", fillcolor="{fill}", color="{stroke}", {_FONT}]'
        yield f'  edge [color="{theme.LIGHT.line}", fontsize=10, {_FONT}]'
        yield from self._inside(picture, 1)
        legend = legend_of(picture)
        if legend:
            yield from _legend(legend)
        yield "}"

    def _inside(self, box: Box, level: int) -> Iterator[str]:
        """The items of a box, then the arrows between them."""
        lead = "  " * level
        ends: dict[str, _End] = {}
        for item in box.items:
            self._number += 1
            own = f"n{self._number}"
            if isinstance(item, Box) and item.is_open:
                yield f"{lead}subgraph cluster_{own} {{"
                yield f"{lead}  label={self._label(item)}; {_box_style(item, level)}"
                yield from self._inside(item, level + 1)
                yield f"{lead}}}"
                ends[item.key] = _End(*self._outermost, f"cluster_{own}")
            else:
                ends[item.key] = _End(own, own, "")
                yield f"{lead}{own} [label={self._label(item)}{_node_style(item)}]"
        for arrow in box.arrows:
            if arrow.source in ends and arrow.target in ends:
                tail, head = ends[arrow.source], ends[arrow.target]
                marks = [
                    _STYLES[arrow.kind],
                    f"ltail={tail.cluster}" if tail.cluster else "",
                    f"lhead={head.cluster}" if head.cluster else "",
                    f"label={quoted(arrow.label)}" if arrow.label else "",
                ]
                yield f"{lead}{tail.last} -> {head.first} [{', '.join(filter(None, marks))}]"

        self._outermost = _first_and_last(box, list(ends.values()))

    def _label(self, item: Node | Box) -> str:
        lines = [quoted(each.text)[1:-1] for each in texts_of(item, types=self._types)]
        return '"' + "\\n".join(lines) + '"'


def _first_and_last(box: Box, ends: Sequence[_End]) -> tuple[str, str]:
    """The nodes of a box at which arrows into it and out of it look best: of its first rank and of its last."""
    if not ends:
        return "", ""
    at = {item.key: number for number, item in enumerate(box.items)}
    pairs = [(at[arrow.source], at[arrow.target]) for arrow in box.arrows if {arrow.source, arrow.target} <= at.keys()]
    turned = backward(len(ends), pairs)
    ranks = ranks_of(len(ends), [(b, a) if number in turned else (a, b) for number, (a, b) in enumerate(pairs)])
    touched = {end for pair in pairs for end in pair} or set(range(len(ends)))
    first = min(touched, key=lambda number: (ranks[number], number))
    last = max(touched, key=lambda number: (ranks[number], -number))
    return ends[first].first, ends[last].last


_FONT = 'fontname="Helvetica"'


def _box_style(item: Box, level: int) -> str:
    colors = theme.LIGHT.statuses.get(item.status)
    styles = "rounded,filled,dashed" if item.conditional else "rounded,filled"
    fill = theme.LIGHT.boxes[(level - 1) % len(theme.LIGHT.boxes)]
    border = f'color="{colors.stroke}"; penwidth=2' if colors else f'color="{theme.LIGHT.frame}"'
    return f'style="{styles}"; fillcolor="{fill}"; {border}'


def _node_style(item: Node | Box) -> str:
    marks = []
    colors = theme.LIGHT.statuses.get(item.status)
    if colors:
        marks.append(f'color="{colors.stroke}", fillcolor="{colors.fill}", fontcolor="{colors.text}", penwidth=2')
    is_unknown = isinstance(item, Box) and item.kind == "unknown"
    if item.conditional or is_unknown:
        marks.append(f'style="rounded,filled,{"dotted" if is_unknown else "dashed"}"')
    if isinstance(item, Box):
        marks.append("peripheries=2")
    return "".join(f", {mark}" for mark in marks)


def _legend(legend: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield "  subgraph cluster_legend {"
    yield '    label="legend"; style="rounded"'
    for kind, meaning in legend:
        if kind in _STYLES:
            yield f'    legend_{kind}_a [shape=point, label=""]'
            yield f'    legend_{kind}_b [shape=plaintext, style="", label={quoted(meaning)}]'
            yield f"    legend_{kind}_a -> legend_{kind}_b [{_STYLES[kind]}]"
        else:
            colors = theme.LIGHT.statuses.get(kind)
            style = f'color="{colors.stroke}", fillcolor="{colors.fill}"' if colors else 'style="rounded,filled,dashed"'
            yield f"    legend_{kind} [label={quoted(meaning)}, {style}]"
    yield "  }"
