"""What a stack is for: where guidelines and a stack's purpose conflict, its profile says which of them counts."""

from __future__ import annotations

from enum import StrEnum


class Profile(StrEnum):
    """Written into a template as ``Metadata.stackgen.profile``, from the project's configuration."""

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
