"""A review as Markdown, for a pull request: verdicts as a list, resources as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .result import NOTE, UPDATE
from .text import MOST_REASONS, condensed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .grouping import GroupedImpact, GroupedVerdict
    from .summary import Summary

_NESTED = "AWS::CloudFormation::Stack"
MOST_ROWS = 200
"""A comment on GitHub holds 65,536 characters; more rows than these help nobody."""


def lines_of(summary: Summary) -> Iterator[str]:
    """The review, line by line."""
    yield f"**{escaped(summary.verdict)}**"
    grave = [each for each in summary.verdicts if each.verdict.kind != NOTE]
    notes = [each for each in summary.verdicts if each.verdict.kind == NOTE]
    if grave:
        yield ""
        for each in grave:
            yield from _verdict(each)
    impacts = [each for each in summary.impacts if not (each.impact.type == _NESTED and each.impact.action == UPDATE)]
    if impacts:
        yield ""
        yield "| | resource | type | what happens | where | why |"
        yield "|---|---|---|---|---|---|"
        for grouped in impacts[:MOST_ROWS]:
            yield _row(grouped)
    if len(impacts) > MOST_ROWS:
        yield ""
        yield f"and {len(impacts) - MOST_ROWS} more"
    if notes:
        yield ""
        yield "<details><summary>Notes</summary>"
        yield ""
        for each in notes:
            yield from _verdict(each)
        yield ""
        yield "</details>"


def escaped(text: str) -> str:
    """Text that Markdown shows as it is, also inside a table."""
    for character in "\\`*_{}[]<>#|":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())


def code(text: str) -> str:
    """Text in the typewriter's face."""
    return f"`{' '.join(text.replace('`', chr(39)).replace('|', '¦').split())}`" if text else ""


def _verdict(grouped: GroupedVerdict) -> Iterator[str]:
    verdict = grouped.verdict
    places = f" _({escaped(', '.join(grouped.places))})_" if grouped.places else ""
    remedy = f" — {escaped(verdict.remedy)}" if verdict.remedy else ""
    yield f"- **{verdict.code} {verdict.kind}** {code(verdict.address)}: {escaped(verdict.text)}{places}{remedy}"


def _row(grouped: GroupedImpact) -> str:
    impact = grouped.impact
    why = "<br>".join(map(escaped, condensed(impact)[:MOST_REASONS]))
    word = f"**{impact.word}**" if impact.action != UPDATE else impact.word
    places = escaped(", ".join(grouped.places)) or "everywhere"
    return f"| {code(impact.sign)} | {code(impact.address)} | {impact.type} | {word} | {places} | {why} |"
