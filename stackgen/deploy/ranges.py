"""Address ranges that may not be shared: two networks whose ranges overlap can never be joined."""

from __future__ import annotations

from ipaddress import ip_network
from itertools import combinations
from typing import TYPE_CHECKING

from stackgen.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .resolving import Resolved


def overlapping(found: Sequence[Resolved]) -> Iterator[tuple[int, ProjectError]]:
    """The regions of one stack of one environment that share a range of ``distinct_ranges``, by their place."""
    for (_, one), (place, other) in combinations(enumerate(found), 2):
        if (one.target.env, one.target.template) != (other.target.env, other.target.template):
            continue
        for name in other.settings.texts("distinct_ranges"):
            here, there = other.decided.get(name), one.decided.get(name)
            if here is None or there is None:
                continue
            try:
                is_shared = ip_network(here.value.text).overlaps(ip_network(there.value.text))
            except (TypeError, ValueError):  # no range, or not of the same kind
                continue
            if is_shared:
                yield (
                    place,
                    ProjectError(
                        f"{name} = {here.value.shown} of {other.target.region} overlaps {there.value.shown} of "
                        f"{one.target.region}",
                        "networks with a range in common can never be joined; give each region its own",
                        location=here.location or there.location,
                    ),
                )
