"""What ``lint`` found, as text, JSON, SARIF or JUnit, and as GitHub's annotations."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from stackgen.errors import MissingExtraError, shown
from stackgen.lint.finding import place

from .words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.lint.explaining import Told
    from stackgen.lint.finding import BuiltTemplate, Finding
    from stackgen.project import Project

    from .linting import Linted

_ANNOTATIONS = {"error": "error", "warning": "warning", "informational": "notice"}


class Report(NamedTuple):
    """What is to be said, and of which templates."""

    project: Project
    templates: Sequence[BuiltTemplate]
    found: Linted
    verdict: str

    def declared(self) -> list[str]:
        """For each finding where its resource, parameter or output was declared in Python, where a build kept that."""
        from stackgen.sources import Sources

        if not self.found.findings:
            return []
        sources = Sources(self.project.cache)
        texts = {each.name: each.text for each in self.templates}
        return [sources.place(each.template, texts[each.template], *each.path) for each in self.found.findings]


def say(console: Console, report: Report, form: str) -> list[str]:
    """Print it in a form, and annotate; the lines that were printed as text."""
    declared = report.declared()
    lines: list[str] = []
    if form == "text":
        lines = [report.verdict, *_grouped(report.found.findings, declared)]
        for line in lines:
            console.say(line)
    elif form == "json":
        _say_json(console, report, declared)
    else:
        console.say(_as_report(report, declared, form))
    for each, where in zip(report.found.findings, declared, strict=True):
        file, _, line = where.rpartition(":")
        at = (str(report.project.root / file), int(line)) if where else (each.file, each.line)
        console.annotate(_ANNOTATIONS[each.level], f"{each.rule} {each.message}", at)
    return lines


def _grouped(findings: Sequence[Finding], declared: Sequence[str]) -> list[str]:
    """By template; each finding with its line there, and where that was declared in Python."""
    lines: list[str] = []
    for file, group in groupby(zip(findings, declared, strict=True), key=lambda pair: place(pair[0])):
        rows = [f"  {each.line}: {each.rule} {each.message}{f' ({where})' if where else ''}" for each, where in group]
        lines += [f"{file}: {counted(len(rows), 'finding')}", *rows]
    return lines


def _say_json(console: Console, report: Report, declared: Sequence[str]) -> None:
    rows = [
        {**each._asdict(), "file": place(each), "level": each.level, "declared": where}
        for each, where in zip(report.found.findings, declared, strict=True)
    ]
    console.json("lint", {"verdict": report.verdict, "versions": report.found.versions, "findings": rows})


def _as_report(report: Report, declared: Sequence[str], form: str) -> str:
    from stackgen.lint.reports import as_junit, as_sarif

    found = report.found
    places = [where and shown(str(report.project.root / where)).replace("\\", "/") for where in declared]
    if form == "junit":
        return as_junit(found.findings, [template.file for template in report.templates], places)
    return as_sarif(found.findings, found.versions, _told() if found.findings else {}, places)


def _told() -> dict[str, Told]:
    """What is known of the rules; nothing without cfn-lint, for another engine may have found something."""
    from stackgen.lint.explaining import everything

    try:
        return everything()
    except MissingExtraError:
        return {}
