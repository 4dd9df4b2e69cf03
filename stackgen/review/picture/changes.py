"""What a change does to the resources of a picture, from a diff of two builds or from the impacts of one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from stackgen.review.diff.result import Diff
    from stackgen.review.impact.result import Impact

_STATUSES = {
    "added": "added",
    "removed": "removed",
    "changed": "changed",
    "reordered": "changed",
    "renamed": "moved",
    "moved": "moved",
}
_ACTIONS = {"update": "changed", "replace": "replaced"}
"""What creates and deletes is in the diff, which also knows what merely has another name."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Statuses by address, ``TapStack/Network/Vpc``, and where none is given there, by template and logical ID.

    ``left`` are entries of the base that live on under another name, so they are not drawn as removed; ``renamed``
    are templates that had another name.
    """

    addresses: Mapping[str, str] = field(default_factory=dict)
    entries: Mapping[tuple[str, str], str] = field(default_factory=dict)
    left: Collection[tuple[str, str]] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)

    def status(self, addresses: Iterable[str], template: str, logical_id: str, otherwise: str) -> str:
        """The status of one resource, which may be known by several addresses."""
        for address in addresses:
            found = self.addresses.get(f"{address}/{logical_id}")
            if found is not None:
                return found
        return self.entries.get((template, logical_id), otherwise)


NO_CHANGES = Changes()


def changes_of(diff: Diff, impacts: Iterable[Impact] = ()) -> Changes:
    """What a diff says of resources; impacts, which may be those of several places, are asked first."""
    entries: dict[tuple[str, str], str] = {}
    left = set()
    renamed = {}
    for change in diff.changes:
        if change.section == "Template" and change.origin is not None:
            renamed[change.template] = change.origin[0]
        if change.section != "Resources":
            continue
        entry = change.template, change.logical_id
        status = _STATUSES[change.kind] if not change.path else "changed"
        if entries.get(entry, "changed") == "changed":
            entries[entry] = status
        if change.origin is not None:
            left.add(change.origin)
    addresses: dict[str, str] = {}
    for impact in impacts:
        if impact.action in _ACTIONS and impact.certainty != "unknown" and addresses.get(impact.address) != "replaced":
            addresses[impact.address] = _ACTIONS[impact.action]
    return Changes(addresses, entries, left, renamed)
