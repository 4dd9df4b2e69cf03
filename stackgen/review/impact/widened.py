"""Widened access as verdicts."""

from __future__ import annotations

from .codes import verdict
from .result import UPDATE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .analysis import Analysis
    from .result import Verdict

_CODES = {"network": "V302", "route": "V302", "public": "V303"}
_OTHERS = "V301"
_NEW = "V304"
_HARMLESS = {"Tags", "TagList", "Description"}
"""Properties that open nothing."""


def widened_access(analysis: Analysis) -> Iterator[Verdict]:
    """V301 to V304: what somebody may do, or reach, that was not possible before."""
    if analysis.after is None or not _may_open(analysis):
        return
    from stackgen.review.access import Severity, widened  # a third of the review's modules

    for each in widened(analysis.before, analysis.after):
        is_new = each.severity in (Severity.NEW, Severity.NOTE)
        yield verdict(_NEW if is_new else _CODES.get(each.kind, _OTHERS), each.address, each.text, each.remedy)


def _may_open(analysis: Analysis) -> bool:
    """Whether anything changed but tags and descriptions."""
    return any(
        impact.action != UPDATE or not analysis.changed_properties(owner) <= _HARMLESS
        for owner, impact in analysis.impacts.items()
    )
