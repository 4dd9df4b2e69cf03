"""E9102."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View


class NoGuardDutyDetector(rule.OfResources):
    """What there is once in an account and region belongs to the account's baseline, not to an application."""

    id = "E9102"
    shortdesc = "A stack makes no GuardDuty detector"
    why = (
        "An account has one detector in each region: the second stack fails, and deleting the first blinds the account."
    )
    remedy = "Enable GuardDuty for the account or the organisation, outside the stacks of applications."
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-guardduty-detector.html"
    )
    pillar = "security"
    guidelines = ("GDL-040", "TAP")
    types = ("AWS::GuardDuty::Detector",)
    passes = """
    Resources:
      Filter:
        Type: AWS::GuardDuty::Filter
        Properties: {DetectorId: 12abc34d567e8fa901bc2d34e56789f0, Name: f, FindingCriteria: {}}
    """
    fails = """
    Resources:
      Detector: {Type: AWS::GuardDuty::Detector, Properties: {Enable: true}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:  # noqa: ARG002  it is enough that it is there
        """The detector itself."""
        yield rule.Found((*resource.path, "Type"), f"{resource.title} is GuardDuty's detector of the whole account")
