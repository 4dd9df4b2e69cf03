"""A plan in words: what AWS says will happen to each resource, what the templates say, and what may cost data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stackgen.deploy.plans import Plan

_REPLACEMENT = {"True": "yes", "Conditional": "perhaps", "False": "no"}
_HEAD = ("RESOURCE", "TYPE", "ACTION", "REPLACEMENT", "THE TEMPLATES SAY")


def lines_of(plan: Plan, declared: Mapping[str, Any]) -> Iterator[str]:
    """A line with counts, parameters that change, a table of changes, differences explained, risks, settings.

    *declared* are the parameters as the template has them.
    """
    from stackgen.deploy.plans import NOTHING, RECREATE, UPDATE

    if plan.kind == NOTHING:
        yield f"{plan.target.place}: nothing changes"
    elif plan.kind == RECREATE:
        yield f"{plan.target.place}: its creation was rolled back; what is left is deleted, and it is made again"
        return
    else:
        yield f"{plan.kind} {plan.target.place}: {counts_of(plan) or 'no resource'}"
        yield from _parameters(plan, declared)
        yield from _table(_rows(plan))
    for each in plan.differences:
        yield f"  {each.path}: AWS says {each.aws}, the templates say {each.offline}: {each.why}"
    for risk in plan.risks:
        yield f"  may cost data: {risk.sentence}; --allow {risk.names[0]} allows it"
    for action in plan.execute:
        if action.operation not in ("execute_change_set", "delete_change_set"):
            word = "before" if plan.kind == UPDATE and "aside" in action.why else "after"
            yield f"  {word}: {action.why}"


def _parameters(plan: Plan, declared: Mapping[str, Any]) -> Iterator[str]:
    """What is given otherwise than the stack has it, and who says so; not what is secret, or read in the account."""
    before = plan.state.parameters if plan.state else {}
    for name, value in sorted(plan.target.parameters.items()):
        is_read = str(declared.get(name, {}).get("Type", "")).startswith("AWS::SSM::")
        if name in before and not value.is_secret and not is_read and before[name] != value.text:
            yield f"  parameter {name}: {before[name] or 'nothing'} -> {value.text or 'nothing'} ({value.origin})"


def counts_of(plan: Plan) -> str:
    """``1 updated in place, 1 replaced``."""
    from stackgen.deploy.verdicts import counted

    return ", ".join(f"{number} {word}" for word, number in counted(plan.changes).items())


def _rows(plan: Plan) -> list[tuple[str, ...]]:
    from stackgen.deploy.stacks import NESTED
    from stackgen.deploy.verdicts import word_of

    impacts = plan.offline.impacts if plan.offline else {}
    rows: list[tuple[str, ...]] = []
    for change in plan.changes:
        if change.type != NESTED:
            offline = impacts.get(change.path)
            says = offline.word if offline else "unchanged" if plan.state and plan.kind == "update" else "created"
            replacement = _REPLACEMENT.get(change.replacement, "-")
            rows.append((change.path, change.type, word_of(change), replacement, says))
    return rows


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    whole = [_HEAD, *rows]
    widths = [max(len(row[column]) for row in whole) for column in range(len(_HEAD))]
    for row in whole:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {line}".rstrip()
