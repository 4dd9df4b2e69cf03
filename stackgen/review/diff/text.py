"""A diff for a terminal: ``+ ~ -`` and ``>``, template by template."""

from __future__ import annotations

from .lines import NOTE, REFACTORING, groups_of, has_moves

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .result import Diff

COLORS = {"+": "32", "-": "31", "~": "33", ">": "36"}
_BOLD = "1"


def text_lines(diff: Diff, paint: Callable[[str, str], str] = lambda text, _: text) -> Iterator[str]:
    """The lines, the verdict first; ``paint`` colours a text by a terminal's code, as ``Console.paint`` does."""
    yield diff.verdict
    for group in groups_of(diff):
        yield ""
        yield f"{paint(group.sign, COLORS[group.sign])} {paint(group.title, _BOLD)}"
        for lines in group.entries:
            for line in lines:
                code = COLORS.get(line.sign)
                text = f"{line.sign} {line.text}".rstrip()
                yield "  " * line.depth + (paint(text, code) if code else text)
    if has_moves(diff):
        yield ""
        yield NOTE
        yield REFACTORING
