"""A comment that fits: GitHub takes 65,536 characters, so the largest parts lose their last lines first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LIMIT = 65_536
"""Of the body of a comment (maxLength of ``body`` is refused beyond it with "body is too long")."""

_MORE = 80
"""Characters kept for the line that counts what was left out."""


@dataclass(frozen=True, slots=True)
class Section:
    """``rows`` may be cut from the end; what is left out is counted in ``more``, where ``{}`` is the number."""

    head: tuple[str, ...]
    rows: tuple[str, ...]
    tail: tuple[str, ...] = ()
    more: str = "\nand {} more"

    @property
    def lines(self) -> list[str]:
        return [*self.head, *self.rows, *self.tail]

    @property
    def frame(self) -> int:
        """The size of what is never cut."""
        return size([*self.head, *self.tail]) + 1

    def cut(self, room: int) -> Section:
        """The section with so many rows that they take at most ``room`` characters."""
        if size(self.rows) <= room:
            return self
        kept, left = 0, room - _MORE
        for row in self.rows:
            left -= size([row])
            if left < 0:
                break
            kept += 1
        return replace(self, rows=(*self.rows[:kept], self.more.format(f"{len(self.rows) - kept:,}")))


def size(lines: Sequence[str]) -> int:
    """Characters as JavaScript counts them, with the ends of the lines."""
    return sum(len(line.encode("utf-16-le")) // 2 + 1 for line in lines)


def fitting(first: Sequence[str], sections: Sequence[Section], limit: int = LIMIT) -> list[str]:
    """All lines, at most ``limit`` characters of them; ``first`` is never cut."""
    room = limit - size(first) - sum(section.frame for section in sections)
    level = _level([size(section.rows) for section in sections], room)
    lines = list(first)
    for section in sections:
        lines += ["", *section.cut(level).lines]
    return lines


def _level(sizes: Sequence[int], room: int) -> int:
    """The highest that every section may be, so that all together have room."""
    level, left = 0, room
    for number, each in enumerate(sorted(sizes)):
        share = left // (len(sizes) - number)
        if each > share:
            return max(share, 0)
        level, left = each, left - each
    return level
