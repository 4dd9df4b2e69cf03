"""What templates of a build promise each other beyond what a parent hands to its children: names, exports, imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .exchanges import Market
from .instances import check_instances
from .same_names import check_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .finding import BuiltTemplate, Finding


def between(templates: Mapping[str, BuiltTemplate]) -> dict[str, list[Finding]]:
    """The findings of a whole build, by the name of the template that each stands in."""
    found: dict[str, list[Finding]] = {name: [] for name in templates}
    for each in (*Market(templates).findings(), *check_names(templates), *check_instances(templates)):
        found[each.template].append(each)
    return found
