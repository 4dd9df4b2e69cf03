"""What the change costs a month, place by place, with the usage that each system's package states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.review.pricing.gathering import Usages, Work
from stackgen.review.pricing.prices import bundled

if TYPE_CHECKING:
    from stackgen.review.pricing.report import Compared

    from .subject import Subject


def compared(subject: Subject) -> list[Compared]:
    """Both builds in every place. Raises StackgenError for a usage file that is wrong."""
    work = Work(subject.values, Usages(subject.project), subject.today, earlier=subject.earlier)
    return work.compared(subject.before, subject.after, bundled())
