"""The report as one page of HTML that needs nothing but itself: no network, no script, no font."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from stackgen.review.impact.result import CERTAIN_FAILURE, DATA_LOSS, REPLACE, WIDEN
from stackgen.review.plain import html

from . import changes_in_html as changed
from . import parts_in_html as parts
from .elements import Section, drawing, items, styles_of
from .rows import PROBLEMS, label, place_of, words_of
from .style import DRAWING, SHEET

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stackgen.errors import StackgenError

    from .gather import Report
    from .parts import Part


def page(report: Report) -> str:
    """The whole file."""
    drawn = list(parts.pictures(report.pictures.content or []))
    charts = list(parts.charts(report.times.content or []))
    sections = list(_sections(report, drawn, charts))
    sheets = [SHEET, DRAWING, *(sheet for _, svg in (*drawn, *charts) for sheet in styles_of(svg))]
    range_ = f"{label(report.before)}..{label(report.after)}"
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_policy(sheets)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{html(range_)}: {html(report.verdict)}</title>",
            f"<style>{SHEET}</style>",
            "</head>",
            "<body>",
            '<a class="skip" href="#main">Skip to the verdicts</a>',
            _header(report),
            _navigation(sections),
            '<main id="main" tabindex="-1">',
            *(section.text for section in sections),
            "</main>",
            f"<footer><p>{_basis(report)}</p></footer>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _policy(sheets: Iterable[str]) -> str:
    """Nothing may load, nothing may run; the style sheets on the page are known by their digests."""
    digests = dict.fromkeys(base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in sheets)
    styles = " ".join(f"'sha256-{digest}'" for digest in digests)
    return f"default-src 'none'; style-src {styles}; base-uri 'none'; form-action 'none'"


def _header(report: Report) -> str:
    before, after = (f"<code>{html(label(each))}</code>" for each in (report.before, report.after))
    where = ", ".join(report.places)
    failures = "\n".join(f'<p class="failure">{html(failure)}</p>' for failure in report.failures)
    return (
        f"<header>\n<h1>What changes from {before} to {after}</h1>\n"
        f'<p class="verdict {_mood(report)}">{html(report.verdict)}</p>\n{failures}\n'
        f'<p class="meta">{f"In {html(where)}." if where else "No environment was looked at."}</p>\n</header>'
    )


def _mood(report: Report) -> str:
    """How the verdict is coloured."""
    summary = report.impact.content
    if summary is None:
        return "bad"
    kinds = {each.verdict.kind for each in summary.verdicts}
    if kinds & {CERTAIN_FAILURE, DATA_LOSS}:
        return "bad"
    actions = {each.impact.action for each in summary.impacts}
    return "warn" if WIDEN in kinds or actions & {REPLACE, "delete"} or report.problems else "good"


def _navigation(sections: Iterable[Section]) -> str:
    links = "\n".join(f'<li><a href="#{each.name}">{html(each.title)}</a></li>' for each in sections)
    return f'<nav aria-label="Parts of the report">\n<ul>\n{links}\n</ul>\n</nav>'


def _sections(report: Report, drawn: list[tuple[str, str]], charts: list[tuple[str, str]]) -> Iterator[Section]:
    summary = report.impact.content
    anchors = changed.anchors_of(summary) if summary is not None else {}
    if report.problems:
        yield Section("problems", PROBLEMS, items(map(_problem, report.problems)))
    if summary is not None:
        yield changed.verdicts(summary, anchors)
        yield changed.environments(summary, anchors)
        yield changed.stacks(summary, anchors)
    if drawn:
        yield Section("pictures", "Pictures", "\n".join(drawing(name, svg) for name, svg in drawn))
    elif report.pictures.failure:
        yield _failed("pictures", "Pictures", report.pictures)
    if report.diff.content is not None:
        yield parts.templates(report.diff.content)
    else:
        yield _failed("templates", "Templates", report.diff)
    yield parts.cost(report.cost.content) if report.cost.content else _failed("cost", "Cost", report.cost)
    if report.times.content is not None:
        yield parts.times(report.times.content, charts)
    else:
        yield _failed("time", "Time", report.times)
    if report.permissions.content is not None:
        yield parts.permissions(report.permissions.content)
    else:
        yield _failed("permissions", "Permissions", report.permissions)
    if summary is not None:
        yield changed.further(summary, anchors)
        yield changed.codes(summary)


def _problem(problem: StackgenError) -> str:
    place = place_of(problem)
    return f"{f'<code>{html(place)}</code>: ' if place else ''}{html(words_of(problem))}"


def _failed(name: str, title: str, part: Part[object]) -> Section:
    return Section(name, title, f'<p class="failure">{html(part.failure or "There is nothing to say.")}</p>')


def _basis(report: Report) -> str:
    schemas = f"Provider schemas of {html(report.schemas)}. " if report.schemas else ""
    return f"{schemas}Prices and their ages as of {report.today}. Made by stackgen, without credentials."
