"""A review as text: verdicts first, then every resource that changes, each with its reasons."""

from __future__ import annotations

from .result import CERTAIN, CREATE, DELETE, FAILS, NOTE, REPLACE, UPDATE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .grouping import GroupedImpact, GroupedVerdict
    from .result import Impact, Reason
    from .summary import Summary

    Paint = Callable[[str, str], str]

_COLORS = {CREATE: "32", UPDATE: "33", REPLACE: "1;31", DELETE: "31", FAILS: "1;31"}
MOST_REASONS = 4
_NESTED = "AWS::CloudFormation::Stack"


def plain(text: str, code: str) -> str:
    """No colour."""
    del code
    return text


def lines_of(summary: Summary, paint: Paint = plain) -> Iterator[str]:
    """The review, line by line."""
    yield summary.verdict
    grave = [each for each in summary.verdicts if each.verdict.kind != NOTE]
    notes = [each for each in summary.verdicts if each.verdict.kind == NOTE]
    for title, verdicts, color in (("verdicts", grave, "1;31"), ("notes", notes, "36")):
        if verdicts:
            yield ""
            yield f"{title}:"
            for each in verdicts:
                yield from _verdict(each, paint, color)
    root = ""
    for grouped in summary.impacts:
        own = grouped.impact.address.partition("/")[0]
        if own != root:
            root = own
            yield ""
            yield paint(own, "1")
        yield from _impact(grouped, paint)


def _verdict(grouped: GroupedVerdict, paint: Paint, color: str) -> Iterator[str]:
    verdict = grouped.verdict
    head = paint(f"{verdict.code} {verdict.kind}", color)
    yield f"  {head}  {verdict.address}: {verdict.text}{where(grouped.places)}"
    if verdict.remedy:
        yield f"      {verdict.remedy}"


def _impact(grouped: GroupedImpact, paint: Paint) -> Iterator[str]:
    impact = grouped.impact
    inside = impact.address.partition("/")[2] or impact.address
    word = impact.word + (f" ({impact.policy})" if impact.policy and impact.action == DELETE else "")
    head = f"{impact.sign:<2} {inside}"
    is_passed_on = impact.type == _NESTED and impact.action == UPDATE
    painted = head if is_passed_on else paint(head, _COLORS[impact.action])
    yield f"  {painted}  {impact.type}  {word}{where(grouped.places)}"
    if is_passed_on:
        return
    reasons = condensed(impact)
    for line in reasons[:MOST_REASONS]:
        yield f"       {line}"
    if len(reasons) > MOST_REASONS:
        yield f"       and {len(reasons) - MOST_REASONS} more"


def condensed(impact: Impact) -> list[str]:
    """The reasons, one line each; many of one property that say the same are told by the first, and counted."""
    if impact.action == CREATE and impact.certainty == CERTAIN:
        return []
    groups: dict[tuple[str, str], list[Reason]] = {}
    for reason in impact.reasons:
        effect = reason.text.rsplit(";", 1)[-1].rsplit(" is ", 1)[-1]
        groups.setdefault((".".join(reason.path.split(".")[:2]), effect), []).append(reason)
    lines = []
    for (path, _), reasons in groups.items():
        more = f" (and {len(reasons) - 1} more in {path.rpartition('.')[2]})" if len(reasons) > 1 else ""
        lines.append(told(reasons[0]) + more)
    return lines


def told(reason: Reason) -> str:
    """A reason in one line."""
    change = f": {reason.before or 'nothing'} -> {reason.after or 'nothing'}" if reason.before or reason.after else ""
    return f"{reason.text}{change}"


def where(places: tuple[str, ...]) -> str:
    """The places in brackets; nothing where it is so everywhere."""
    return f"  [{', '.join(places)}]" if places else ""
