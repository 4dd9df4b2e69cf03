"""Resources that their own protection, or what they hold, keeps from being deleted."""

from __future__ import annotations

from stackgen.review.schemas.stateful import must_be_empty

from .codes import verdict
from .documented.protection import PROTECTED, is_protected, may_hold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .analysis import Analysis
    from .result import Verdict


def not_deletable(analysis: Analysis) -> Iterator[Verdict]:
    """V408 and V410: what a deletion, or the clean-up after a replacement, cannot delete as it was deployed."""
    files = analysis.judge.schemas.files
    for impact, old in analysis.leaving():
        if impact.policy.startswith("Retain"):
            continue
        protected = is_protected(old)
        if protected is not False:
            may = "" if protected else "may be "
            yield verdict("V410", old.address, f"its deletion is {may}refused by {PROTECTED[old.type].path}")
        holding = may_hold(old)
        if holding is not None:
            yield verdict("V408", old.address, f"with {holding.what} in it, it is left in the account")
        elif must_be_empty(old.type, files):
            yield verdict("V408", old.address, "unless it is empty, it is left in the account")
