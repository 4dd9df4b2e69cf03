"""A review as Markdown, for a pull request: verdicts as a list, resources as a table."""

from __future__ import annotations

from stackgen.review.plain import code, markdown, markdown_sentence

from .result import NOTE, UPDATE
from .text import MOST_REASONS, condensed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .grouping import GroupedImpact, GroupedVerdict
    from .summary import Summary

_NESTED = "AWS::CloudFormation::Stack"
MOST_ROWS = 200
"""More rows than these help nobody."""

_MOST_CHARACTERS = {"verdicts": 25_000, "rows": 25_000, "notes": 10_000}
"""A comment on GitHub holds 65,536 characters: so many for each part, and the rest for what is always there."""


def lines_of(summary: Summary) -> Iterator[str]:
    """The review, line by line."""
    yield f"**{markdown(summary.verdict)}**"
    grave = [each for each in summary.verdicts if each.verdict.kind != NOTE]
    notes = [each for each in summary.verdicts if each.verdict.kind == NOTE]
    if grave:
        yield ""
        yield from _fitting([_verdict(each) for each in grave], "verdicts")
    impacts = [each for each in summary.impacts if not (each.impact.type == _NESTED and each.impact.action == UPDATE)]
    if impacts:
        yield ""
        yield "| | resource | type | what happens | where | why |"
        yield "|---|---|---|---|---|---|"
        yield from _fitting([_row(grouped) for grouped in impacts[:MOST_ROWS]], "rows", len(impacts))
    if notes:
        yield ""
        yield "<details><summary>Notes</summary>"
        yield ""
        yield from _fitting([_verdict(each) for each in notes], "notes")
        yield ""
        yield "</details>"


def _fitting(lines: list[str], part: str, of: int = 0) -> Iterator[str]:
    """As many lines as a part of the comment takes, and how many more there are."""
    room = _MOST_CHARACTERS[part]
    told = 0
    for line in lines:
        room -= len(line.encode("utf-16-le", "surrogatepass")) // 2 + 1  # as GitHub counts them
        if room < 0:
            break
        told += 1
        yield line
    more = max(of, len(lines)) - told
    if more:
        yield ""
        yield f"and {more:,} more"


def _verdict(grouped: GroupedVerdict) -> str:
    verdict = grouped.verdict
    places = f" _({markdown(', '.join(grouped.places))})_" if grouped.places else ""
    remedy = f" — {markdown(verdict.remedy)}" if verdict.remedy else ""
    text = markdown_sentence(verdict.text)
    return f"- **{verdict.code} {verdict.kind}** {code(verdict.address)}: {text}{places}{remedy}"


def _row(grouped: GroupedImpact) -> str:
    impact = grouped.impact
    why = "<br>".join(map(markdown, condensed(impact)[:MOST_REASONS]))
    word = f"**{impact.word}**" if impact.action != UPDATE else impact.word
    places = markdown(", ".join(grouped.places)) or "everywhere"
    sign, address = (code(text, in_table=True) for text in (impact.sign, impact.address))
    return f"| {sign} | {address} | {markdown(impact.type)} | {word} | {places} | {why} |"
