"""Leave for what may cost data: what is said of a risk, and the refusal where nobody takes it by its name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stackgen.errors import FindingsError, UsageError

from .words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackgen.deploy.plans import Plan, Risk
    from stackgen.deploy.targets import Target

    from .rolling_out import Wishes


_WORD = re.compile(r"(replace|remove)(:[A-Za-z0-9]+(/[A-Za-z0-9]+)*)?")


def check(words: Sequence[str]) -> None:
    """See that each is leave for something. Raises UsageError."""
    for word in words:
        if not _WORD.fullmatch(word):
            raise UsageError(
                f"--allow {word}: replace:LogicalId or remove:LogicalId was expected",
                "without it the deployment tells the words that allow each change",
            )


def unused(words: Sequence[str], plans: Sequence[Plan]) -> list[str]:
    """Those by which nothing of the plans is allowed: a name may be misspelt."""
    names = {name for plan in plans for risk in plan.risks for name in risk.names}
    return [word for word in words if ":" in word and word not in names]


def refused(target: Target, risks: Sequence[Risk], wishes: Wishes) -> FindingsError:
    """The error for risks that nobody has taken, with the words that would take them."""
    flags = " ".join(f"--allow {risk.names[0]}" for risk in risks)
    nameless = [word for word in wishes.allow if ":" not in word]
    return FindingsError(
        f"{target.place}: {counted(len(risks), 'change')} may cost data: {risks[0].sentence}",
        f"--allow {nameless[0]} names no resource, and allows nothing" if nameless else "",
        f"{flags} allows it; {backup_of(risks[0], is_wished=wishes.is_backed_up)}",
    )


def backup_of(risk: Risk, *, is_wished: bool) -> str:
    """What becomes of its data before."""
    from stackgen.deploy.backup_kinds import KINDS

    if risk.type not in KINDS:
        return "AWS has no backup of it, so none is made"
    return "it is backed up first" if is_wished else "no backup is made, because of --no-backup"
