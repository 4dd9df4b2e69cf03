"""What tests of the campaign share."""

from __future__ import annotations

from collections.abc import Iterable

from stackgen.local.campaign.running import Violation


def told(violations: Iterable[Violation]) -> str:
    """Violations as a failing test shows them, each with the end of its histories."""
    return "\n".join(f"{each}\n  " + "\n  ".join(each.tail) for each in violations)
