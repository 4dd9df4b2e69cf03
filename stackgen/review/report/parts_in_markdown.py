"""The folded parts of the comment: picture, diff, cost, time, permissions, and what all of it rests on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stackgen.review.diff.lines import NOTE, groups_of, has_moves
from stackgen.review.picture.mermaid import as_mermaid, is_drawn
from stackgen.review.plain import code, fenced, indented, longest_run, markdown
from stackgen.review.pricing import report as costs
from stackgen.review.pricing.total import changes
from stackgen.review.pricing.wording import signed
from stackgen.review.timing import text as timing

from .budget import Section
from .times import longest, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stackgen.review.diff.lines import Group
    from stackgen.review.permissions import Change

    from .gather import Report

MOST_MERMAID = 12_000
"""Characters of the pictures together; a larger one is for the page, not for a comment."""
_COLORED = {"~": "!", ">": "!"}
"""Signs that a block of ``diff`` colours, for those that it does not."""
_NOTHING = Section((), ())


def folded(
    title: str, told: str, rows_: Sequence[str], more: str = "\nand {} more", end: Sequence[str] = ()
) -> Section:
    """A part that the reader opens."""
    head = f"<details><summary><b>{title}</b>{f': {markdown(told)}' if told else ''}</summary>"
    return Section((head, ""), tuple(rows_), (*end, "", "</details>"), more)


def _under(section: Section, *lines: str) -> Section:
    """The part with lines above its rows that stay when rows are cut."""
    return replace(section, head=(*section.head, *lines))


def picture(report: Report) -> Section:
    """The roots that change, as Mermaid, if that is small."""
    found = report.pictures.content or []
    texts = [(each, as_mermaid(each.box, f"{each.root}, what changes")) for each in found]
    if not texts or sum(len(text) for _, text in texts) > MOST_MERMAID:
        return _NOTHING
    if not all(is_drawn(text, each.box) for each, text in texts):
        return _NOTHING
    blocks = ["\n".join(fenced(text.splitlines(), "mermaid")) for _, text in texts]
    return folded("Picture", "", blocks, more="and {} more")


def diff(report: Report) -> Section:
    """What changed in the templates, in a block that colours it."""
    found = report.diff.content
    if not found:
        return _NOTHING
    lines = [line for group in groups_of(found) for line in _template(group)]
    fence = "`" * max(3, 1 + max(map(longest_run, lines), default=0))
    moved = ("", f"{NOTE}") if has_moves(found) else ()
    section = folded("Templates", found.verdict, lines, more="# and {} more lines", end=(fence, *moved))
    return _under(section, f"{fence}diff")


def _template(group: Group) -> Iterator[str]:
    yield indented(f"@@ {group.title} @@")
    for entry in group.entries:
        for line in entry:
            mark = "> " if line.sign == ">" else ""
            yield indented(f"{_COLORED.get(line.sign, line.sign)} {'  ' * (line.depth - 1)}{mark}{line.text}", 240)


def cost(report: Report) -> Section:
    """What the change costs a month, resource by resource."""
    found = report.cost.content
    if not found:
        return _NOTHING
    lines = [
        f"| {code(change.sign)} | {code(change.address, in_table=True)} | {markdown(each.after.place)} | "
        f"{signed(change.difference.low)} | {signed(change.difference.typical)} | {signed(change.difference.high)} |"
        for each in found
        for change in changes(each.before.lines if each.before else [], each.after.lines)
    ]
    sentences = [f"- {markdown(sentence)}" for each in found for sentence in each.findings]
    sentences += [f"- :warning: {markdown(sentence)}" for sentence in costs.warnings(found)]
    section = folded("Cost", costs.verdict(found), lines or ["No resource costs more or less."], end=("", *sentences))
    if not lines:
        return section
    return _under(section, "| | resource | place | low | typical | high |", "|---|---|---|---:|---:|---:|")


def times(report: Report) -> Section:
    """How long the change takes, and how long a first creation would."""
    found = report.times.content
    if not found:
        return _NOTHING
    last = longest(found)
    change = last.change if last else None
    told = f"{timing.verdict(change)}; {last.root} in {last.place}" if change and last else ""
    end = []
    if change and change.path:
        end = ["", "The longest path:", "", "| from | to | step | type |", "|---:|---:|---|---|"]
        for step in change.path[:20]:
            names = f"{code(step.name, in_table=True)} | {code(step.type, in_table=True)}"
            end.append(f"| {timing.minutes(step.start)} | {timing.minutes(step.until)} | {names} |")
        end += ["", *(f"- {markdown(each)}" for each in (*timing.advice(change), *timing.remarks(change)))]
    lines = [
        f"| {code(row.root, in_table=True)} | {_minutes(row.change)} | {_minutes(row.creation)} | "
        f"{', '.join(map(markdown, row.places))} |"
        for row in rows(found)
    ]
    section = folded("Time", told, lines, end=end)
    return _under(section, "| stack | this change, minutes | a first creation, minutes | where |", "|---|---|---|---|")


def _minutes(totals: tuple[float, float, float] | None) -> str:
    if totals is None:
        return ""
    low, typical, high = totals
    return f"**{timing.minutes(typical)}** ({timing.minutes(low)} to {timing.minutes(high)})"


def permissions(report: Report) -> Section:
    """What the deploying role needs more, and less."""
    found = report.permissions.content
    if found is None:
        return _NOTHING
    if not found:
        return folded("Permissions", "the deploying role needs what it needed before", ["Nothing more, nothing less."])
    counts = [
        f"{sign}{len(several)} {what}"
        for sign, several, what in (
            ("+", found.added, "actions"),
            ("-", found.removed, "actions"),
            ("+", found.roles_added, "roles to pass"),
            ("-", found.roles_removed, "roles to pass"),
        )
        if several
    ]
    lines = [
        *_permissions("+", "", found.added),
        *_permissions("+", "iam:PassRole ", found.roles_added),
        *_permissions("-", "", found.removed),
        *_permissions("-", "iam:PassRole ", found.roles_removed),
    ]
    section = folded("Permissions", f"of the deploying role: {', '.join(counts)}", lines)
    return _under(section, "| | action | needed by |", "|---|---|---|")


def _permissions(sign: str, start: str, found: Sequence[Change]) -> Iterator[str]:
    for change in found:
        by = ", ".join(code(each, in_table=True) for each in change.needed_by[:3])
        more = f" and {len(change.needed_by) - 3} more" if len(change.needed_by) > 3 else ""  # noqa: PLR2004  three
        yield f"| `{sign}` | {code(start + change.name, in_table=True)} | {by}{more} |"


def basis(report: Report) -> Section:
    """What the judgements rest on."""
    schemas = f"provider schemas of {markdown(report.schemas)}; " if report.schemas else ""
    told = f"<sub>{schemas}prices and their ages as of {report.today}; what a code means: `stackgen explain V201`</sub>"
    return Section((), (told,))
