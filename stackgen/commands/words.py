"""What commands share that have words of their own, and how they put numbers, spans and rows."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from stackgen.errors import UsageError, likely

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from stackgen.console import Console

    from .arguments import Parser


def dispatch(
    console: Console,
    parser: Parser,
    words: Mapping[str, str],
    arguments: Sequence[str],
    run: Callable[[Console, str, str, Sequence[str]], int],
) -> int:
    """Run what the first word means; without one its help goes to stderr. Raises UsageError for another word."""
    word, further = (arguments[0], arguments[1:]) if arguments else ("", ())
    if word in ("-h", "--help"):
        parser.print_help()
        return 0
    name = parser.prog.removeprefix("python -m stackgen ")
    if word in words:
        return run(console, words[word], word, further)
    if word:
        raise UsageError(f"{name}: unknown word {word!r}", likely(word, words), f"{parser.prog} --help lists them")
    parser.print_help(sys.stderr)
    return 2


def by_function(
    console: Console,
    parser: Parser,
    words: Mapping[str, Callable[[Console, Sequence[str]], int]],
    arguments: Sequence[str],
) -> int:
    """Hand the arguments on to the function that answers the first word. Raises UsageError for another word."""

    def chosen(console: Console, name: str, _: str, further: Sequence[str]) -> int:
        return words[name](console, further)

    return dispatch(console, parser, {word: word for word in words}, arguments, chosen)


def by_word(
    console: Console, name: str, description: str, words: Mapping[str, tuple[str, str]], arguments: Sequence[str]
) -> int:
    """Hand the arguments on to the module of commands that answers the first word.

    *words* has the module of each, and what it is for. Raises UsageError for another word.
    """
    from .arguments import Parser

    parser = Parser(name, description, "WORD ...")
    names = parser.add_argument_group("words; each has a --help of its own")
    for word, (_, text) in words.items():
        names.add_argument(word, nargs="?", help=text)
    return dispatch(console, parser, {word: module for word, (module, _) in words.items()}, arguments, _of_module)


def _of_module(console: Console, module: str, word: str, arguments: Sequence[str]) -> int:
    del word
    command = import_module(f".{module}", __package__)
    code: int = command.run(console, arguments)
    return code


def counted(number: int, noun: str) -> str:
    """``1 target``, ``1,200 targets``."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeiou" else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def span(seconds: float) -> str:
    """``40 s``, ``12 min``, ``3 h 5 min``, ``2 days``."""
    minutes, hours = int(seconds) // 60, int(seconds) // 3600
    if minutes < 1:
        return f"{max(int(seconds), 0)} s"
    if hours < 1:
        return f"{minutes} min"
    if hours < 48:  # noqa: PLR2004  two days
        return f"{hours} h {minutes % 60} min"
    return f"{hours // 24} days"


def table(console: Console, rows: Sequence[Sequence[str]], indent: str = "  ") -> None:
    """Rows whose columns stand below each other."""
    for line in aligned(rows, indent):
        console.say(line)


def aligned(rows: Sequence[Sequence[str]], indent: str = "  ") -> Iterator[str]:
    """The lines of such a table."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
    for row in rows:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"{indent}{line}".rstrip()


def listed(text: str, what: str) -> list[str]:
    """The parts of ``a,b``. Raises UsageError where one is empty."""
    parts = [part.strip() for part in text.split(",")]
    if not all(parts):
        raise UsageError(f"{what} {text!r}: names with commas between them were expected")
    return parts
