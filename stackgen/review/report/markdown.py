"""The report as one comment for a pull request: the verdict first, a marker for the bot that updates it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stackgen.errors import UsageError
from stackgen.review.impact.result import CERTAIN, UPDATE
from stackgen.review.plain import code, markdown, markdown_sentence

from . import parts_in_markdown as parts
from .budget import LIMIT, Section, fitting
from .rows import PROBLEMS, grave, label, notes, own_impacts, place_of, policy_of, reason_lines, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.errors import StackgenError
    from stackgen.review.impact.grouping import GroupedImpact, GroupedVerdict

    from .gather import Report

MARKER = "stackgen report"
_KEY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 _./]|-(?!-)){0,79}")
_MOST_REASONS = 3
_OPEN_ROWS = 40
"""A longer table is folded."""


def marker(key: str = "") -> str:
    """The hidden line by which a bot finds its comment; ``key`` tells several reports of one pull request apart."""
    if key and not (_KEY.fullmatch(key) and not key.endswith("-")):
        raise UsageError(f"--key {key!r}: letters, digits, '.', '_', '/', blanks and single hyphens were expected")
    return f"<!-- {MARKER}{f': {key}' if key else ''} -->"


def comment(report: Report, key: str = "", limit: int = LIMIT) -> str:
    """The whole comment. Raises UsageError for a key that no marker can hold."""
    first = [
        f"**{markdown(report.verdict)}**",
        "",
        marker(key),
        "",
        _about(report),
        *(f"\n:warning: {markdown(failure)}" for failure in report.failures if failure != report.verdict),
    ]
    sections = [each for each in _sections(report) if each.rows]
    return "\n".join(fitting(first, sections, limit)) + "\n"


def _about(report: Report) -> str:
    places = ", ".join(markdown(place) for place in report.places[:12])
    more = f" and {len(report.places) - 12} more" if len(report.places) > 12 else ""  # noqa: PLR2004  a line
    where = f" in {places}{more}" if places else ""
    return f"{code(label(report.before))} → {code(label(report.after))}{where}"


def _sections(report: Report) -> Iterator[Section]:
    summary = report.impact.content
    head = (f"### {PROBLEMS}", "")
    yield Section(head, tuple(map(_problem, report.problems)), more="- and {} more")
    if summary is not None:
        yield Section(("### Verdicts", ""), tuple(map(_verdict, grave(summary))), more="- and {} more")
        yield _table(own_impacts(summary))
    yield parts.picture(report)
    yield parts.diff(report)
    yield parts.cost(report)
    yield parts.times(report)
    yield parts.permissions(report)
    if summary is not None:
        found = notes(summary)
        told_notes = tuple(map(_verdict, found))
        yield parts.folded("Notes", f"{len(found)}", told_notes, more="- and {} more")
    yield parts.basis(report)


def _problem(problem: StackgenError) -> str:
    place = place_of(problem)
    return f"- {f'{code(place)}: ' if place else ''}{markdown(words_of(problem), 600)}"


def _verdict(grouped: GroupedVerdict) -> str:
    verdict = grouped.verdict
    places = f" _(in {', '.join(map(markdown, grouped.places))})_" if grouped.places else ""
    remedy = f"\n  _What to do:_ {markdown_sentence(verdict.remedy)}" if verdict.remedy else ""
    text = markdown_sentence(verdict.text, 600)
    return f"- **{verdict.code} {verdict.kind}** {code(verdict.address)}: {text}{places}{remedy}"


def _table(impacts: list[GroupedImpact]) -> Section:
    is_open = " open" if len(impacts) <= _OPEN_ROWS else ""
    counted = f"{len(impacts):,} change{'' if len(impacts) == 1 else 's'}"
    head = (
        f"<details{is_open}><summary><b>What happens</b>: {counted}</summary>",
        "",
        "| | resource | type | what happens | where | why |",
        "|---|---|---|---|---|---|",
    )
    return Section(head, tuple(map(_row, impacts)), ("", "</details>"))


def _row(grouped: GroupedImpact) -> str:
    impact = grouped.impact
    reasons = reason_lines(impact)
    why = "<br>".join(markdown_sentence(reason, 240, in_table=True) for reason in reasons[:_MOST_REASONS])
    if len(reasons) > _MOST_REASONS:
        why += f"<br>and {len(reasons) - _MOST_REASONS} more"
    is_calm = impact.action == UPDATE and impact.certainty == CERTAIN
    word = impact.word if is_calm else f"**{impact.word}**"
    places = ", ".join(map(markdown, grouped.places)) or "everywhere"
    cells = (code(impact.sign), code(impact.address, in_table=True), code(impact.type, in_table=True))
    return f"| {' | '.join(cells)} | {word}{markdown(policy_of(impact))} | {places} | {why} |"
