"""A picture as a Mermaid flowchart, in the syntax that GitHub renders: subgraphs, classes, quoted labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .layout import texts_of
from .legend import arrows_of, legend_of
from .model import Box, Node
from .theme import LIGHT
from .wording import NO_STACKS, TIMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST_CHARACTERS, MOST_ARROWS = 50_000, 500
"""Mermaid's own limits (``maxTextSize``, ``maxEdges``), which GitHub keeps; beyond them it draws nothing."""
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ,/()=±→…·" + TIMES)
"""What may stand in a label as it is. A label that begins with ``-``, ``+`` or ``1.`` would be read as a list."""
_SPOKEN = frozenset("-,./:()")
_ARROWS = {"reference": "-->", "depends": "-.->", "import": "==>"}
_WORDS = {"depends": "dotted", "import": "thick"}


def as_mermaid(picture: Box, title: str, *, types: bool = True) -> str:
    """The text of the flowchart, without a fence around it."""
    return "\n".join(_Writer(types=types).written(picture, title))


def is_drawn(text: str, picture: Box) -> bool:
    """Whether GitHub draws it: whether it keeps Mermaid's limits."""
    return len(text) <= MOST_CHARACTERS and sum(1 for _ in arrows_of(picture)) <= MOST_ARROWS


def escaped(text: str) -> str:
    """A text inside quotes: everything that could mean something is written as Mermaid's ``#35;``."""
    return "".join(_character(text, at) for at in range(len(text)))


def _character(text: str, at: int) -> str:
    each = text[at]
    if each in _PLAIN or (each > "\x9f" and each.isalnum()):
        return each
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if each in "-." and after.isalnum() and (before.isalpha() or (each == "-" and before.isalnum())):
        return each
    if each < " ":
        return " "
    return f"#{ord(each)};"


def _spoken(title: str) -> str:
    """A title on one line, of characters that end no statement and begin no comment in Mermaid."""
    kept = "".join(each if each.isalnum() or each in _SPOKEN else " " for each in title)
    return " ".join(kept.split()).strip("-")


class _Writer:
    def __init__(self, *, types: bool) -> None:
        self._types = types
        self._classes: dict[str, list[str]] = {}
        self._number = 0

    def written(self, picture: Box, title: str) -> Iterator[str]:
        yield '%%{init: {"flowchart": {"wrappingWidth": 420}}}%%'
        yield "flowchart LR"
        yield f"  accTitle: {_spoken(title) or NO_STACKS}"
        yield from self._inside(picture, 1)
        legend = legend_of(picture)
        if legend:
            yield from self._legend(legend)
        for name, ids in self._classes.items():
            yield f"  classDef {name} {_style(name)}"
            yield f"  class {','.join(ids)} {name}"

    def _inside(self, box: Box, level: int) -> Iterator[str]:
        lead = "  " * level
        ids = {}
        for item in box.items:
            own = ids[item.key] = self._id(item)
            label = "<br/>".join(escaped(each.text) for each in texts_of(item, types=self._types)) or " "
            if isinstance(item, Node):
                yield f'{lead}{own}["{label}"]'
            elif item.is_open:
                yield f'{lead}subgraph {own}["{label.replace("<br/>", " · ")}"]'  # Mermaid keeps room for one line
                yield f"{lead}  direction LR"
                yield from self._inside(item, level + 1)
                yield f"{lead}end"
            else:
                yield f'{lead}{own}[["{label}"]]'
        for arrow in box.arrows:
            if arrow.source in ids and arrow.target in ids:
                label = f'|"{escaped(arrow.label)}"|' if arrow.label else ""
                yield f"{lead}{ids[arrow.source]} {_ARROWS[arrow.kind]}{label} {ids[arrow.target]}"

    def _id(self, item: Node | Box) -> str:
        self._number += 1
        own = f"{'n' if isinstance(item, Node) else 's'}{self._number}"
        is_open = isinstance(item, Box) and item.is_open
        status = f"{item.status}_stack" if item.status and is_open else item.status
        self._put(
            [own],
            "stack" if isinstance(item, Box) else "",
            status,
            "conditional" if item.conditional or _is_unknown(item) else "",
        )
        return own

    def _put(self, ids: Iterable[str], *names: str) -> None:
        for name in names:
            if name:
                self._classes.setdefault(name, []).extend(ids)

    def _legend(self, legend: Sequence[tuple[str, str]]) -> Iterator[str]:
        yield '  subgraph legend["legend"]'
        for kind, meaning in legend:
            own = f"legend_{kind}"
            if kind in _WORDS:
                yield f'    {own}["{_WORDS[kind]} arrow, {escaped(meaning)}"]'
            else:
                yield f'    {own}["{escaped(meaning)}"]'
                self._put([own], kind)
        yield "  end"


def _style(name: str) -> str:
    """What a class looks like; boxes take no colour of their own, so that they suit a light and a dark page."""
    if name == "conditional":
        return "stroke-dasharray:5 3"
    if name == "stack":
        return "fill:#8c959f1a,stroke:#8c959f"
    colors = LIGHT.statuses[name.removesuffix("_stack")]
    if name.endswith("_stack"):
        return f"stroke:{colors.stroke},stroke-width:2px"
    return f"fill:{colors.fill},stroke:{colors.stroke},color:{colors.text},stroke-width:2px"


def _is_unknown(item: Node | Box) -> bool:
    return isinstance(item, Box) and item.kind == "unknown"
