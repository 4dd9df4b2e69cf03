"""What templates of a build promise each other beyond what a parent hands to its children: names, exports, imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .budgets import check_budgets
from .exchanges import Market
from .instances import check_instances
from .same_names import check_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .finding import BuiltTemplate, Finding


def between(templates: Mapping[str, BuiltTemplate]) -> dict[str, list[Finding]]:
    """The findings of a whole build, by the name of the template that each stands in."""
    found: dict[str, list[Finding]] = {name: [] for name in templates}
    for check in (check_names, check_instances, check_budgets):
        for each in check(templates):
            found[each.template].append(each)
    for each in Market(templates).findings():
        found[each.template].append(each)
    return found
