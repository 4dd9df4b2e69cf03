"""From the text of a SQL file to its statements, without comments, and to their shapes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from .errors import SourcesInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(
    r"""
      (?P<executable> /\*[!+M] )
    | (?P<comment> --(?=\s|$)[^\n]* | \#[^\n]* | /\*.*?\*/ )
    | (?P<literal> '(?:[^'\\]|''|\\.)*' | "(?:[^"\\]|""|\\.)*" )
    | (?P<name> `[^`]+` )
    | (?P<broken> ['"`] | /\* )
    | (?P<end> ; )
    | (?P<open> \( )
    | (?P<close> \) )
    | (?P<blank> \s+ )
    | (?P<word> [A-Za-z0-9_$]+ | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_WORDS = 8


class Statement(NamedTuple):
    """One statement of a file."""

    number: int
    """From 1."""
    text: str
    shape: str
    """On one line, literals and what stands in parentheses left out: ``CREATE TABLE t () ENGINE = InnoDB``."""

    def __str__(self) -> str:
        words = self.text.split()
        return " ".join(words[:_WORDS]) + (" ..." if len(words) > _WORDS else "")


def split(text: str) -> tuple[Statement, ...]:
    """The statements in their order. Raises SourcesInvalid, without the name of the file."""
    found: list[Statement] = []
    written: list[str] = []
    shape: list[str] = []
    depth = 0
    for kind, token in [*_tokens(text), ("end", "")]:
        if kind == "end":
            if depth:
                raise SourcesInvalid(f"statement {len(found) + 1} has unequal parentheses")
            if said := "".join(written).strip():
                found.append(Statement(len(found) + 1, said, " ".join("".join(shape).split())))
            elif token:
                raise SourcesInvalid(f"there is nothing before the semicolon after statement {len(found)}")
            written, shape = [], []
            continue
        written.append(" " if kind == "comment" else token)
        depth -= kind == "close"
        if depth < 0:
            raise SourcesInvalid(f"statement {len(found) + 1} has unequal parentheses")
        if not depth:
            shape.append({"comment": " ", "blank": " ", "literal": "''", "name": token.strip("`")}.get(kind, token))
        depth += kind == "open"
    return tuple(found)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        if kind == "executable":
            raise SourcesInvalid(f"{match[0]} begins a comment that databases read differently")
        if kind == "broken":
            raise SourcesInvalid(f"{match[0]} is opened and not closed")
        yield kind, match[0]
