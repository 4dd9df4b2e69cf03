"""Texts of strangers made harmless: names and descriptions from templates must show as text, whatever they hold.

On GitHub more than Markdown's own signs must be kept from a text: ``@name`` calls somebody, ``#1`` links, ``$x$`` is
mathematics and addresses become links, all of it after Markdown has done its part. A zero-width space stops them.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 1_000
"""Characters of one text: nobody reads more of a description in a table."""

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_HIDDEN = (
    *range(0x20),
    *range(0x7F, 0xA0),
    0xAD,
    0x061C,
    *range(0x200B, 0x2010),
    *range(0x2028, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xD800, 0xE000),
    0xFEFF,
    *range(0xFFF9, 0xFFFC),
    0xFFFE,
    0xFFFF,
    *range(0xE0000, 0xE0080),
)
"""Control characters, halves of surrogate pairs, and what is not seen or turns the direction of a text around."""
_VISIBLE = dict.fromkeys(_HIDDEN, _REPLACEMENT) | dict.fromkeys((*b"\t\n\v\f\r", 0x85, 0x2028, 0x2029), " ")
_BREAK = "&#8203;"
_MARKDOWN = {each: f"&#{ord(each)};" for each in "\\`*[]|~"} | {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "$": "<span>$</span>",
    "@": f"@{_BREAK}",
}
_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_MEANING = re.compile(
    r"[\\`*\[\]|~&<>$@]"
    r"|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])"  # inside a word it means nothing
    r"|#(?=\d)|(?<=[A-Za-z]):(?=//)|(?<=www)\."
)


def clean(text: str, most: int = LONGEST) -> str:
    """One line without characters that hide; cut where it is too long."""
    text = " ".join(text.translate(_VISIBLE).split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def indented(text: str, most: int = LONGEST) -> str:
    """The same for a line whose spaces count."""
    text = text.translate(_VISIBLE).rstrip()
    return text if len(text) <= most else f"{text[: most - 1]}…"


def markdown(text: str, most: int = LONGEST) -> str:
    """A text inside a paragraph, a list, a table's cell, or between two HTML tags of a comment."""
    return _MEANING.sub(_kept, clean(text, most))


def markdown_sentence(text: str, most: int = LONGEST, *, in_table: bool = False) -> str:
    """A sentence of ours, in which strangers' names may stand in backticks: these become code."""
    return "".join(
        code(part, in_table=in_table) if is_code else _MEANING.sub(_kept, part) or _BREAK
        for part, is_code in _parts(text, most)
    )


def html_sentence(text: str, most: int = LONGEST) -> str:
    """The same between tags."""
    return "".join(
        f"<code>{part.translate(_HTML)}</code>" if is_code else part.translate(_HTML)
        for part, is_code in _parts(text, most)
    )


def _parts(text: str, most: int) -> Iterator[tuple[str, bool]]:
    """What stands between backticks, and what does not; the latter also where it is empty, to keep codes apart."""
    parts = clean(text, most).split("`")
    for number, part in enumerate(parts):
        is_code = number % 2 == 1
        if part or (not is_code and 0 < number < len(parts) - 1):
            yield part, is_code


def _kept(found: re.Match[str]) -> str:
    each = found[0]
    if each == "_":
        return "&#95;"
    return _MARKDOWN.get(each) or f"{each}{_BREAK}"


def code(text: str, *, in_table: bool = False) -> str:
    """A text in the typewriter's face; nothing for nothing."""
    text = clean(text)
    if not text:
        return ""
    if in_table:  # a backslash before a sign would keep the one that we write from working
        text = text.replace("\\|", "\\¦").replace("|", "\\|")
    fence = "`" * (1 + longest_run(text))
    space = " " if len(fence) > 1 or text.startswith(" ") else ""
    return f"{fence}{space}{text}{space}{fence}"


def fenced(lines: list[str], language: str) -> Iterator[str]:
    """Lines in a block of code, whose fence is longer than any of backticks in it."""
    fence = "`" * max(3, 1 + max((longest_run(line) for line in lines), default=0))
    yield f"{fence}{language}"
    yield from lines
    yield fence


def longest_run(text: str) -> int:
    """Of backticks."""
    return max((len(run) for run in re.findall("`+", text)), default=0)


def html(text: str, most: int = LONGEST) -> str:
    """A text between tags, or in a quoted attribute."""
    return clean(text, most).translate(_HTML)


def kept(text: str, most: int = LONGEST) -> str:
    """The same for a line whose spaces count."""
    return indented(text, most).translate(_HTML)
