"""What one environment of a pull request costs, by the same model as ``cost``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.errors import StackgenError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stackgen.console import Console
    from stackgen.deploy.environments.settings import Ephemeral
    from stackgen.project import Project
    from stackgen.review.pricing.amounts import Range
    from stackgen.review.pricing.estimate import Line


def a_day(lines: Iterable[Line]) -> Range:
    """What they cost a day: an environment that comes and goes is paid for by the day."""
    from decimal import Decimal

    from stackgen.review.pricing.total import total_of

    return total_of([*lines]).usd.each(lambda month: month * 12 / Decimal(365))


def usd_a_day(console: Console, project: Project, ephemeral: Ephemeral) -> float | None:
    """The typical cost of one in all regions, in USD; None where the templates do not say it."""
    import datetime as dt

    from stackgen.review.environments import Values
    from stackgen.review.pricing.gathering import Usages, Work
    from stackgen.review.pricing.prices import bundled

    from .deploying import read_build

    name = ephemeral.pattern.replace("{pr}", "1")
    whole = ephemeral.project_with(project, name)
    try:
        work = Work(Values(whole, [name]), Usages(whole), dt.datetime.now(tz=dt.UTC).date())
        found = work.compared(None, read_build(whole), bundled())
    except StackgenError as error:
        console.detail(f"the cost is not known: {error.message}")
        return None
    lines = [line for each in found for line in each.after.lines]
    return round(float(a_day(lines).typical), 2) if lines else None
