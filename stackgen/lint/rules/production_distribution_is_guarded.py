"""W9168."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen import profiles
from stackgen.lint.kit import rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View


class ProductionDistributionIsGuarded(rule.OfResources):
    """What both cost by the month is asked of production only."""

    id = "W9168"
    shortdesc = "A distribution of production has a web ACL and an access log"
    why = "Without them nobody sees or stops those who try passwords, scrape pages or run up the bill."
    remedy = "Set WebACLId to a web ACL of us-east-1, and Logging or a delivery of CloudWatch Logs."
    source_url = "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html"
    pillar = "security"
    guidelines = ("GDL-116", "GDL-041")
    public = ("CloudFront.5", "CloudFront.6", "CKV_AWS_86", "CKV_AWS_68")
    profiles = frozenset({profiles.PRODUCTION})
    types = ("AWS::CloudFront::Distribution",)
    passes = """
    Resources:
      Distribution:
        Type: AWS::CloudFront::Distribution
        Properties: {DistributionConfig: {WebACLId: !ImportValue acl, Logging: {Bucket: logs.s3.amazonaws.com}}}
    """
    fails = """
    Resources:
      Distribution: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {Enabled: true}}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """What is missing in some scenario."""
        delivered = {
            one
            for each in view.of_type("AWS::Logs::DeliverySource")
            for one in values.references(each.properties.get("ResourceArn"))
        }
        for found in resource.values("DistributionConfig", "WebACLId"):
            if found.value is values.ABSENT:
                yield rule.Found(found.path, f"{resource.title} has no web ACL: WebACLId")
        for found in resource.values("DistributionConfig", "Logging"):
            if found.value is values.ABSENT and resource.title not in delivered:
                yield rule.Found(found.path, f"{resource.title} has no access log: Logging")
