"""W9161."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View


class LogGroupExpires(rule.OfResources):
    """What is logged is deleted some day."""

    id = "W9161"
    shortdesc = "A log group says for how many days it keeps what is logged"
    why = "Without RetentionInDays everything is kept for ever, and paid for; so is what must be forgotten."
    remedy = "Set RetentionInDays, by a parameter or a condition where environments differ."
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html"
    )
    pillar = "cost"
    guidelines = ("GDL-131", "GDL-110")
    public = ("CloudWatch.16", "CKV_AWS_66")
    types = ("AWS::Logs::LogGroup",)
    passes = """
    Resources:
      Log: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: 30}}
    """
    fails = """
    Resources:
      Log: {Type: AWS::Logs::LogGroup}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """A group that keeps for ever, in some scenario."""
        del view
        for found in resource.values("RetentionInDays"):
            if found.value is values.ABSENT:
                yield rule.Found(found.path, f"{resource.title} keeps everything for ever: it has no RetentionInDays")
