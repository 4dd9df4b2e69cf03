"""The further parts of the page: pictures, templates, cost, time, permissions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.review.diff.lines import NOTE, REFACTORING, groups_of, has_moves
from stackgen.review.picture.svg import as_svg
from stackgen.review.plain import html, html_sentence, kept
from stackgen.review.pricing import report as costs
from stackgen.review.pricing.total import changes, difference, total_of
from stackgen.review.pricing.wording import signed, signed_span, span
from stackgen.review.timing import text as timing
from stackgen.review.timing.drawing import svg as gantt

from .elements import Section, drawing, items, outside, sign, table
from .times import longest, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stackgen.review.diff.lines import Group
    from stackgen.review.diff.lines import Line as DiffLine
    from stackgen.review.diff.result import Diff
    from stackgen.review.permissions import Change, Delta
    from stackgen.review.pricing.estimate import Line
    from stackgen.review.pricing.report import Compared

    from .pictures import Picture
    from .times import Timed

_CLASSES = {"+": "add", "-": "del", "~": "mod", ">": "mov"}
_ACTIONS = {"+": "create", "-": "delete", "~": "update"}
_FEW = 3
"""As many templates are open from the start."""
_LONGEST_LINE = 2_000


def pictures(found: Sequence[Picture]) -> Iterator[tuple[str, str]]:
    """The name of each drawing, and the drawing."""
    for each in found:
        closed = "" if each.open_levels is None else f", {each.open_levels} levels of stacks opened"
        name = f"{each.root} after the change{closed}"
        yield name, as_svg(each.box, name)


def templates(diff: Diff) -> Section:
    """Every line that differs in the templates, with colour and sign."""
    groups = groups_of(diff)
    moved = f"<p>{html(NOTE)} {outside(REFACTORING, 'AWS on stack refactoring')}.</p>" if has_moves(diff) else ""
    blocks = "\n".join(_template(group, is_open=len(groups) <= _FEW) for group in groups)
    return Section("templates", "Templates", f"<p>{html(diff.verdict)}</p>\n{moved}\n{blocks}")


def _template(group: Group, *, is_open: bool) -> str:
    lines = [_line(line) for entry in group.entries for line in entry]
    count = f"{len(group.entries):,} changed" if group.entries else "nothing in it"
    head = f'{sign(group.sign, "")} <code>{html(group.title)}</code> <span class="kind">{count}</span>'
    text = f'<pre class="diff">{"".join(lines)}</pre>' if lines else ""
    return f"<details{' open' if is_open else ''}><summary>{head}</summary>\n{text}</details>"


def _line(line: DiffLine) -> str:
    text = f"{line.sign} {'  ' * (line.depth - 1)}{line.text}"
    return f'<span class="{_CLASSES.get(line.sign, "")}">{kept(text, _LONGEST_LINE)}</span>'


def cost(found: Sequence[Compared]) -> Section:
    """What the change costs, and what its prices rest on."""
    totals = []
    for each in found:
        now = total_of(each.after.lines)
        before = total_of(each.before.lines if each.before else [])
        change = difference(changes(each.before.lines if each.before else [], each.after.lines))
        figures = (span(before.usd), signed_span(change), span(now.usd), span(now.verified))
        totals.append((html(each.after.place), *map(html, figures)))
    columns = ("place", "before, a month", "difference", "after, a month", "of it on verified prices")
    text = [
        f"<p>{html_sentence(costs.verdict(found))}</p>",
        table("Totals", columns, totals, numbers=(1, 2, 3, 4)),
    ]
    lines = [row for each in found for row in _costs(each)]
    if lines:
        titles = ("", "resource", "place", "low", "typical", "high", "prices")
        text.append(table("USD a month, resource by resource", titles, lines, numbers=(3, 4, 5), head=1))
    else:
        text.append("<p>No resource costs more or less.</p>")
    text.append(items(html_sentence(sentence) for each in found for sentence in each.findings))
    text.append(items(html_sentence(sentence, 4_000) for sentence in costs.warnings(found)))
    return Section("cost", "Cost", "\n".join(filter(None, text)))


def _costs(each: Compared) -> Iterator[tuple[str, ...]]:
    before = each.before.lines if each.before else []
    for change in changes(before, each.after.lines):
        by = change.difference
        lines = [line for line in each.after.lines if line.address == change.address]
        lines = lines or [line for line in before if line.address == change.address]
        yield (
            sign(change.sign, _ACTIONS[change.sign]),
            f"<code>{html(change.address)}</code>",
            html(each.after.place),
            *(signed(amount) for amount in (by.low, by.typical, by.high)),
            html(_basis(lines, each)),
        )


def _basis(lines: Sequence[Line], each: Compared) -> str:
    """What the prices of a resource rest on, and how old they are."""
    told = dict.fromkeys(
        f"{line.price.basis} of {line.price.date or 'no date'}{_age(line, each)}" if line.price else line.missing
        for line in lines
        if line.price is None or line.quantity.high
    )
    return "; ".join(told)


def _age(line: Line, each: Compared) -> str:
    age = line.price.age(each.after.today) if line.price else None
    return f", {age:,} days old" if age is not None else ""


def charts(found: Sequence[Timed]) -> Iterator[tuple[str, str]]:
    """The name and the drawing of the longest change, and of the first creation of the same stack."""
    last = longest(found)
    if last is None or last.change is None:
        return
    yield f"This change of {last.root} in {last.place}", gantt(last.change)
    if last.creation is not None and last.creation is not last.change:
        yield f"A first creation of {last.root} in {last.place}", gantt(last.creation)


def times(found: Sequence[Timed], drawn: Sequence[tuple[str, str]]) -> Section:
    """How long it takes, what it waits for, what could be cut."""
    last = longest(found)
    if last is None or last.change is None:
        return Section("time", "Time", "<p>Nothing is deployed.</p>")
    change = last.change
    overview = [
        (f"<code>{html(row.root)}</code>", _minutes(row.change), _minutes(row.creation), html(", ".join(row.places)))
        for row in rows(found)
    ]
    path = [
        (
            f"<code>{html(step.name)}</code>",
            timing.minutes(step.start),
            timing.minutes(step.until),
            f"<code>{html(step.type)}</code>",
            html_sentence(step.why.removeprefix("after ")),
        )
        for step in change.path
    ]
    columns = ("stack", "this change", "a first creation", "where")
    text = [
        f"<p>{html(last.root)} in {html(last.place)}: {html_sentence(timing.verdict(change))}.</p>",
        table("Minutes: typical (low to high)", columns, overview, numbers=(1, 2)),
        *(drawing(name, chart) for name, chart in drawn),
        table("The longest path", ("step", "from", "to", "type", "after"), path, numbers=(1, 2)) if path else "",
        items(html_sentence(each) for each in timing.advice(change)),
        items(html_sentence(each) for each in timing.remarks(change)),
    ]
    return Section("time", "Time", "\n".join(filter(None, text)))


def _minutes(totals: tuple[float, float, float] | None) -> str:
    if totals is None:
        return '<span class="nothing">none</span>'
    low, typical, high = totals
    return f"<strong>{timing.minutes(typical)}</strong> ({timing.minutes(low)} to {timing.minutes(high)})"


def permissions(delta: Delta) -> Section:
    """What the deploying role needs more, and less."""
    lines = [
        *_permissions("+", "", delta.added),
        *_permissions("+", "iam:PassRole ", delta.roles_added),
        *_permissions("-", "", delta.removed),
        *_permissions("-", "iam:PassRole ", delta.roles_removed),
    ]
    text = table("What the deploying role needs", ("", "action", "needed by"), lines, head=1) if lines else ""
    return Section("permissions", "Permissions", text or "<p>The deploying role needs what it needed before.</p>")


def _permissions(mark: str, start: str, found: Sequence[Change]) -> Iterator[tuple[str, ...]]:
    for change in found:
        by = html(", ".join(change.needed_by))
        yield sign(mark, _ACTIONS[mark]), f"<code>{html(start + change.name)}</code>", by
