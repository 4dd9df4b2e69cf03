"""``lint --exceptions``: what the templates except from rules, and who answers for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.lint.finding import place
from stackgen.lint.suppressions import suppressions_of

from .words import counted, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.console import Console
    from stackgen.lint.finding import BuiltTemplate
    from stackgen.lint.suppressions import Suppression


def list_exceptions(console: Console, templates: Sequence[BuiltTemplate], form: str, today: str) -> int:
    """Print them, by rule; 0, for ``lint`` itself finds those that have expired or say too little."""
    rows = [_row(template, each, today) for template in templates for each in suppressions_of(template.content)]
    rows.sort(key=lambda row: (row["rule"], row["template"], row["resource"]))
    expired = sum(row["expired"] for row in rows)
    verdict = f"{counted(len(rows), 'exception')} in {counted(len(templates), 'template')}, {expired} expired"
    if form == "json":
        console.json("lint-exceptions", {"verdict": verdict, "exceptions": rows})
        return 0
    console.say(verdict)
    cells = []
    for row in rows:
        until = f"expired {row['expires']}" if row["expired"] else f"until {row['expires'] or 'somebody removes it'}"
        where = f"{row['template']}/{row['resource']}".rstrip("/")
        cells.append((row["rule"], where, until, row["owner"] or "nobody", row["reason"]))
    table(console, cells)
    return 0


def _row(template: BuiltTemplate, each: Suppression, today: str) -> dict[str, Any]:
    at = template.finding(each.rule, "", *each.place)
    return {
        "rule": each.rule, "template": template.name, "resource": each.place[-1] if each.place else "",
        "file": place(at), "line": at.line, "reason": each.reason, "owner": each.owner, "expires": each.expires,
        "expired": each.is_over(today),
    }  # fmt: skip
