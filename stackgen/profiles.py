"""What a stack is for: where guidelines and a stack's purpose conflict, its profile says which of them counts.

A project chooses: ``[tool.stackgen.profiles]`` has a profile for a system, a file or ``system/file``. It is written
into the template, ``Metadata.stackgen.profile``, so that every reader of the text knows it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTES = "stackgen"
"""Our own part of a template's and a resource's Metadata."""
PROFILE = "profile"


class Profile(StrEnum):
    """The purposes that there are."""

    STANDARD = "standard"
    """Nothing is said: what conflicts with some purpose is not asked for."""
    PRODUCTION = "production"
    """Data outlive the stack: Retain or Snapshot, deletion protection, several zones, backups."""
    DESTROYABLE = "destroyable"
    """As safe as production while it stands, and gone without residue when it is deleted: no Retain, no protection."""
    EPHEMERAL = "ephemeral"
    """For days, as of a pull request: no protection, no backups, one zone."""

    @classmethod
    def of(cls, said: object) -> Profile:
        """The profile of a word; STANDARD for any other."""
        return next((each for each in cls if each.value == said), cls.STANDARD)


STANDARD, PRODUCTION, DESTROYABLE, EPHEMERAL = Profile


def noted(metadata: Mapping[str, Any], notes: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata with further notes of ours."""
    given = metadata.get(NOTES)
    return {**metadata, NOTES: {**(given if isinstance(given, dict) else {}), **notes}} if notes else dict(metadata)
