"""The pieces that the page is made of: sections, tables that scroll by themselves, drawings, links to resources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stackgen.review.plain import html

from .style import DRAWING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page: its name in the address, its title, and the HTML in it."""

    name: str
    title: str
    content: str

    @property
    def text(self) -> str:
        return (
            f'<section aria-labelledby="{self.name}">\n<h2 id="{self.name}">{html(self.title)}</h2>\n'
            f"{self.content}\n</section>"
        )


def table(
    name: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numbers: Collection[int] = (),
    head: int = 0,
) -> str:
    """A table in a box that scrolls; cells are HTML, ``head`` is the column that names the row."""
    titles = "".join(
        f'<th scope="col"{_number(at, numbers)}>{html(title) or HIDDEN_TITLE}</th>' for at, title in enumerate(columns)
    )
    lines = []
    for row in rows:
        cells = (
            f'<th scope="row">{cell}</th>' if at == head else f"<td{_number(at, numbers)}>{cell}</td>"
            for at, cell in enumerate(row)
        )
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return box(
        name,
        f"<table>\n<caption>{html(name)}</caption>\n<thead><tr>{titles}</tr></thead>\n<tbody>\n"
        + "\n".join(lines)
        + "\n</tbody>\n</table>",
    )


HIDDEN_TITLE = '<abbr title="what happens">±</abbr>'
"""Of a column of signs."""


def _number(at: int, numbers: Collection[int]) -> str:
    return ' class="number"' if at in numbers else ""


def box(name: str, content: str) -> str:
    """Something that may be wider than the page; the keyboard reaches it, so that it can be scrolled."""
    return f'<div class="box" role="region" aria-label="{html(name)}" tabindex="0">\n{content}\n</div>'


def drawing(name: str, svg: str) -> str:
    """A drawing with styles and ids of its own, in a shadow root, so that several do not mix."""
    inside = f'<template shadowrootmode="open"><style>{DRAWING}</style>{svg}</template>'
    return f"<figure>\n{box(name, f'<div>{inside}</div>')}\n<figcaption>{html(name)}</figcaption>\n</figure>"


def styles_of(svg: str) -> list[str]:
    """The style sheets of one drawing; every ``<`` in its texts is escaped."""
    return [each.partition("</style>")[0] for each in svg.split("<style>")[1:]]


def sign(text: str, kind: str) -> str:
    """``±`` in the colour of what happens; the sign itself says it without colour."""
    return f'<span class="sign {kind}">{html(text) or " "}</span>'


def items(lines: Iterable[str]) -> str:
    """A list of pieces of HTML; nothing for none."""
    found = [f"<li>{line}</li>" for line in lines]
    return "<ul>\n" + "\n".join(found) + "\n</ul>" if found else ""


def places(names: Sequence[str]) -> str:
    """Where something holds; nothing where it does everywhere."""
    return f' <span class="kind">in {html(", ".join(names))}</span>' if names else ""


def anchor(address: str, anchors: Mapping[str, str]) -> str:
    """An address, as a link to what is said about it where the page has that."""
    name = anchors.get(address)
    code = f"<code>{html(address)}</code>"
    return f'<a href="#{name}">{code}</a>' if name else code


def outside(url: str, text: str) -> str:
    """A link to a page of AWS's, which is told nothing about this one."""
    return f'<a href="{html(url)}" rel="noopener noreferrer">{html(text)}</a>'
