"""W9158: each production system has a budget, in one of its templates; that it tells somebody in time is W9156's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.profiles import PRODUCTION, PROFILE, Profile

from .finding import entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .finding import BuiltTemplate, Finding

NO_BUDGET = "W9158"
BUDGET = "AWS::Budgets::Budget"


def check_budgets(templates: Mapping[str, BuiltTemplate]) -> Iterator[Finding]:
    """A finding in the first template of each system that is production and budgets nothing."""
    systems: dict[str, list[BuiltTemplate]] = {}
    for template in templates.values():
        if Profile.of(entry(template.content, "Metadata", "stackgen").get(PROFILE)) is PRODUCTION:
            systems.setdefault(template.name.rpartition("/")[0], []).append(template)
    for system, members in systems.items():
        if not any(each.get("Type") == BUDGET for one in members for each in one.section("Resources").values()):
            nested = {name for one in members for name in one.children.values()}
            first = next((one for one in members if one.name not in nested), members[0])
            what = f"the system {system}" if system else "this template"
            yield first.finding(
                NO_BUDGET, f"{what} is production and has no budget that tells what it costs", "Resources"
            )
