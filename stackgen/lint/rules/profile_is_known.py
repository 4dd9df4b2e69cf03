"""W9155."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import rule
from stackgen.profiles import NOTES, PROFILE, Profile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import View


class ProfileIsKnown(rule.Rule):
    """One that there is not would be taken for the standard, and the template judged by less than was meant."""

    id = "W9155"
    shortdesc = "The profile of a template is one that there is"
    why = "A profile that is written wrongly is none: what production must have is asked for no more."
    remedy = "Write standard, production, destroyable or ephemeral in Metadata.stackgen.profile, or leave it out."
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/metadata-section-structure.html"
    pillar = "operational excellence"
    guidelines = ("GDL-055",)
    passes = """
    Metadata: {stackgen: {profile: production}}
    Resources:
      Topic: {Type: AWS::SNS::Topic}
    """
    fails = """
    Metadata: {stackgen: {profile: Production}}
    Resources:
      Topic: {Type: AWS::SNS::Topic}
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """What is said and is no profile."""
        metadata = view.content.get("Metadata")
        notes = metadata.get(NOTES) if isinstance(metadata, dict) else None
        if not isinstance(notes, dict) or PROFILE not in notes:
            return
        said = notes[PROFILE]
        if not isinstance(said, str) or said not in set(Profile):
            known = ", ".join(Profile)
            yield rule.Found(("Metadata", NOTES, PROFILE), f"there is no profile {str(said)!r}: {known} are known")
