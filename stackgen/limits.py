"""CloudFormation's limits on a template, and how near a template is to them.

Source: CloudFormation User Guide, "Understand CloudFormation quotas", read on 2026-11-20.
"""

from __future__ import annotations

from stackgen.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = [
    "DESCRIPTION_BYTES",
    "LOGICAL_ID_CHARACTERS",
    "PARAMETER_DESCRIPTION_CHARACTERS",
    "PARAMETER_VALUE_BYTES",
    "TEMPLATE_BODY_BYTES",
    "TEMPLATE_BYTES",
    "HeadRoom",
    "head_room",
]

SECTIONS = {"Resources": 500, "Parameters": 200, "Outputs": 200, "Mappings": 200}
"""Entries that a section may have."""

MAPPING_KEYS = 200
"""Keys of one mapping, and attributes of one key."""

TEMPLATE_BYTES = 1_000_000
"""A template in S3: 1 MB. The decimal megabyte, the narrower reading."""

TEMPLATE_BODY_BYTES = 51_200
"""A template sent in the request itself; larger ones must be in S3."""

DESCRIPTION_BYTES = 1_024
"""Of a template, and of an output."""

PARAMETER_DESCRIPTION_CHARACTERS = 4_000
LOGICAL_ID_CHARACTERS = 255
PARAMETER_VALUE_BYTES = 4_096


class HeadRoom(NamedTuple):
    """One limit of one template."""

    what: str
    used: int
    most: int

    @property
    def share(self) -> float:
        """The part of the limit that is used, 1.0 at the limit."""
        return self.used / self.most

    def __str__(self) -> str:
        return f"{self.used:,} of {self.most:,} {self.what}"


def head_room(sections: dict[str, Any], size: int) -> list[HeadRoom]:
    """Each limit that a template of these sections and of ``size`` bytes has, the nearest first."""
    rooms = [HeadRoom(name, len(sections[name]), most) for name, most in SECTIONS.items() if sections.get(name)]
    for name, mapping in sections.get("Mappings", {}).items():
        widest = max([len(mapping), *(len(keys) for keys in mapping.values() if isinstance(keys, dict))])
        rooms.append(HeadRoom(f"keys in mapping {name}", widest, MAPPING_KEYS))
    rooms.append(HeadRoom("bytes", size, TEMPLATE_BYTES))
    return sorted(rooms, key=lambda room: (-room.share, room.what))
