"""A diff for a pull request: the verdict, then one folded block a template, in fences that colour it."""

from __future__ import annotations

from .lines import NOTE, REFACTORING, groups_of, has_moves

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .lines import Group, Line
    from .result import Diff

MOST_LINES = 120
"""Lines of one template."""

MOST_CHARACTERS = 50_000
"""Characters of all templates together; a comment on GitHub takes 65,536."""

_SIGNS = {"~": "!", ">": "!"}
"""Signs that a diff block colours, for those that it does not."""


def markdown(diff: Diff, *, most_lines: int = MOST_LINES, most_characters: int = MOST_CHARACTERS) -> str:
    """The diff as Markdown: its first line is the verdict; what does not fit is counted."""
    blocks = [f"**{_escaped(diff.verdict)}**", ""]
    left = most_characters
    groups = groups_of(diff)
    for at, group in enumerate(groups):
        block = "\n".join(_folded(group, most_lines, is_open=len(groups) == 1))
        if len(block) > left:
            blocks += [f"and {len(groups) - at:,} more templates", ""]
            break
        left -= len(block)
        blocks += [block, ""]
    if has_moves(diff):
        blocks += [f"{NOTE} ([AWS CloudFormation User Guide]({REFACTORING}))", ""]
    return "\n".join(blocks).rstrip("\n") + "\n"


def _folded(group: Group, most_lines: int, *, is_open: bool) -> Iterator[str]:
    lines = [_in_fence(line) for entry in group.entries for line in entry]
    titles = sum(bool(entry) for entry in group.entries)
    fence = "`" * max(3, 1 + max((_ticks(line) for line in lines), default=0))
    yield f"<details{' open' if is_open else ''}><summary>{_escaped(group.title)}: {titles:,} changed</summary>"
    yield ""
    yield f"{fence}diff"
    yield from lines[:most_lines]
    if len(lines) > most_lines:
        yield f"# and {len(lines) - most_lines:,} more lines"
    yield fence
    yield ""
    yield "</details>"


def _in_fence(line: Line) -> str:
    sign = _SIGNS.get(line.sign, line.sign)
    mark = f"{line.sign} " if line.sign == ">" else ""
    return f"{sign} {'  ' * (line.depth - 1)}{mark}{line.text}".rstrip()


def _ticks(text: str) -> int:
    """The longest run of backticks."""
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest


def _escaped(text: str) -> str:
    """Names of files and templates as they are, whatever Markdown or HTML would make of them."""
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(character, entity)
    for character in "\\`*_[]":
        text = text.replace(character, f"&#{ord(character)};")
    return text
