"""What the change does, as HTML: verdicts, what each environment gets, the tree of stacks with reasons."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from stackgen.review.impact.codes import CODES
from stackgen.review.impact.result import CERTAIN_FAILURE, DATA_LOSS, NOTE
from stackgen.review.plain import html, html_sentence

from .elements import Section, anchor, outside, places, sign, table
from .rows import Branch, grave, is_passed_on, matrix, notes, policy_of, reasons_of, tree_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from stackgen.review.impact.grouping import GroupedImpact, GroupedVerdict
    from stackgen.review.impact.result import Reason
    from stackgen.review.impact.summary import Summary

_SIGNS = {"create": "+", "update": "~", "replace": "±", "delete": "-", "fails": "!"}


def anchors_of(summary: Summary) -> dict[str, str]:
    """The name, in the page's address, of what is said about each resource."""
    addresses = dict.fromkeys(each.impact.address for each in summary.impacts)
    return {address: f"r{number}" for number, address in enumerate(addresses, 1)}


def verdicts(summary: Summary, anchors: Mapping[str, str]) -> Section:
    """What somebody must answer."""
    found = grave(summary)
    text = _listed(found, anchors) if found else "<p>None.</p>"
    return Section("verdicts", "Verdicts", text)


def further(summary: Summary, anchors: Mapping[str, str]) -> Section:
    """What somebody should know."""
    found = notes(summary)
    return Section("notes", "Notes", _listed(found, anchors) if found else "<p>None.</p>")


def codes(summary: Summary) -> Section:
    """What the codes on this page mean."""
    known = sorted({each.verdict.code for each in summary.verdicts} & set(CODES))
    entries = []
    for name in known:
        code = CODES[name]
        link = f" {outside(code.source, 'AWS on this')}." if code.source else ""
        entries.append(f"<dt>{name}: {html_sentence(code.title)}</dt>\n<dd>{html_sentence(code.why)}{link}</dd>")
    text = "<dl>\n" + "\n".join(entries) + "\n</dl>" if entries else "<p>No code is used here.</p>"
    return Section("codes", "What the codes mean", text)


def _listed(found: Iterable[GroupedVerdict], anchors: Mapping[str, str]) -> str:
    return '<ul class="verdicts">\n' + "\n".join(_verdict(each, anchors) for each in found) + "\n</ul>"


def _verdict(grouped: GroupedVerdict, anchors: Mapping[str, str]) -> str:
    verdict = grouped.verdict
    kind = "note" if verdict.kind == NOTE else "delete" if verdict.kind in (CERTAIN_FAILURE, DATA_LOSS) else "replace"
    words = html(verdict.kind.replace("-", " "))
    remedy = f"\n<p><strong>What to do:</strong> {html_sentence(verdict.remedy)}</p>" if verdict.remedy else ""
    return (
        f'<li><p><span class="badge {kind}">{html(verdict.code)} {words}</span> '
        f"{anchor(verdict.address, anchors)}{places(grouped.places)}</p>\n"
        f"<p>{html_sentence(verdict.text)}</p>{remedy}</li>"
    )


def environments(summary: Summary, anchors: Mapping[str, str]) -> Section:
    """Which resource meets what, where."""
    rows = [
        (
            anchor(row.address, anchors),
            f"<code>{html(row.type)}</code>",
            *(
                '<span class="nothing">not deployed</span>'
                if cell is None
                else f"{sign(cell.sign, cell.action)}{html(cell.word)}"
                if cell.action
                else f'<span class="nothing">{cell.word}</span>'
                for cell in row.cells
            ),
        )
        for row in matrix(summary)
    ]
    text = table("What each environment gets", ("resource", "type", *summary.places), rows) if rows else ""
    return Section("environments", "Environments", text or "<p>No resource changes anywhere.</p>")


def stacks(summary: Summary, anchors: Mapping[str, str]) -> Section:
    """The tree of stacks, with what happens in each."""
    branches = "\n".join(_branch(branch, anchors) for branch in tree_of(summary))
    text = f'<ul class="tree">\n{branches}\n</ul>' if branches else "<p>No stack changes.</p>"
    return Section("stacks", "Stacks", text)


def _branch(branch: Branch, anchors: Mapping[str, str]) -> str:
    own = [each for each in branch.own if not is_passed_on(each.impact)]
    what = f" {_words(own)}" if own else ""
    name = anchors.get(branch.address)
    known = f' id="{name}"' if name else ""
    inner = [_resource(title, several, anchors) for title, several in branch.resources.items()]
    inner += [_branch(stack, anchors) for stack in branch.stacks.values()]
    return (
        f"<li{known}><details open><summary><strong>{html(branch.name)}</strong>{what} {_counted(branch)}</summary>\n"
        f"<ul>\n{chr(10).join(inner)}\n</ul></details></li>"
    )


def _counted(branch: Branch) -> str:
    actions = {each.impact.address: each.impact.action for each in branch.everything() if not is_passed_on(each.impact)}
    counts = Counter(actions.values())
    shown = [f"{sign(_SIGNS[each], each)}{counts[each]:,}" for each in _SIGNS if counts[each]]
    words = ", ".join(f"{counts[each]:,} {each}" for each in _SIGNS if counts[each])
    return f'<span class="kind" role="img" aria-label="{words}">{" ".join(shown)}</span>' if shown else ""


def _resource(title: str, several: Sequence[GroupedImpact], anchors: Mapping[str, str]) -> str:
    impact = several[0].impact
    name = anchors[impact.address]
    head = (
        f"{sign(impact.sign, impact.action)} <strong>{html(title)}</strong> "
        f'<code class="kind">{html(impact.type)}</code> {_words(several)}'
    )
    reasons = [f"<li>{line}</li>" for each in several for line in _reasons(each, anchors, named=len(several) > 1)]
    if not reasons:
        return f'<li class="leaf" id="{name}">{head}</li>'
    return (
        f'<li><details><summary>{head}</summary>\n<ul class="reasons" id="{name}">\n'
        f"{chr(10).join(reasons)}\n</ul></details></li>"
    )


def _words(several: Sequence[GroupedImpact]) -> str:
    return "; ".join(f"{html(each.impact.word + policy_of(each.impact))}{places(each.places)}" for each in several)


def _reasons(grouped: GroupedImpact, anchors: Mapping[str, str], *, named: bool) -> Iterator[str]:
    where = places(grouped.places) if named else ""
    for reason in reasons_of(grouped.impact):
        yield f"{html_sentence(reason.text)}{where}{_values(reason)}{_source(reason, anchors)}"


def _values(reason: Reason) -> str:
    if not (reason.before or reason.after):
        return ""
    before, after = (html(each or "nothing") for each in (reason.before, reason.after))
    return f"<br><del>- {before}</del> <ins>+ {after}</ins>"


def _source(reason: Reason, anchors: Mapping[str, str]) -> str:
    if reason.source.startswith("https://"):
        return f" ({outside(reason.source, 'AWS on this')})"
    if reason.source in anchors:
        return f" ({anchor(reason.source, anchors)})"
    return ""
