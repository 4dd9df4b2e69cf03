"""W9132."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen import profiles
from stackgen.lint.kit import checks, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

OPTIONS = {"access_log": {"default": False, "type": "boolean"}}
"""CloudTrail tells more, where it logs data events."""
LOGGED = {
    "AWS::S3::Bucket": ("LoggingConfiguration", "DestinationBucketName"),
    "AWS::CloudFront::Distribution": ("DistributionConfig", "Logging", "Bucket"),
    "AWS::CloudTrail::Trail": ("S3BucketName",),
    "AWS::EC2::FlowLog": ("LogDestination",),
    "AWS::ElasticLoadBalancing::LoadBalancer": ("AccessLoggingPolicy", "S3BucketName"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("LoadBalancerAttributes", "Value"),
}
"""What writes logs into buckets, and where it names them."""


class BucketsKeepHouse(rule.OfResources):
    """Versions may be for one kind of environment: then somebody chose."""

    id = "W9132"
    shortdesc = "A bucket keeps versions, and removes what is left over"
    why = "What is overwritten is lost without versions; old versions and parts of broken uploads cost for ever."
    remedy = "Enable versions, expire noncurrent ones, and abort incomplete uploads after some days."
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html"
    pillar = "cost"
    guidelines = ("GDL-092", "GDL-083", "GDL-071")
    public = ("S3.9", "S3.10", "S3.13", "CKV_AWS_18", "CKV_AWS_21")
    options = OPTIONS
    types = ("AWS::S3::Bucket",)
    passes = """
    Resources:
      Bucket:
        Type: AWS::S3::Bucket
        Properties:
          VersioningConfiguration: {Status: Enabled}
          LoggingConfiguration: {DestinationBucketName: logs}
          LifecycleConfiguration:
            Rules:
              - Status: Enabled
                AbortIncompleteMultipartUpload: {DaysAfterInitiation: 7}
                NoncurrentVersionExpiration: {NoncurrentDays: 30}
    """
    fails = """
    Resources:
      Bucket: {Type: AWS::S3::Bucket, Properties: {VersioningConfiguration: {Status: Enabled}}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """Versions, lifecycle, access log. A bucket of logs needs the lifecycle only."""
        holds_logs = any(
            resource.title in values.references(found.value)
            for each in view.of_type(*LOGGED)
            for found in each.values(*LOGGED[each.type])
        )
        if not holds_logs and view.profile is not profiles.EPHEMERAL:
            for found in checks.never_fit(resource, "VersioningConfiguration", "Status", fits=checks.one_of("Enabled")):
                yield rule.Found(found.path, f"{resource.title} does not keep the versions of its objects")
        yield from _of_lifecycle(resource)
        if not holds_logs and self.config["access_log"]:
            for found in checks.never_fit(resource, "LoggingConfiguration", fits=checks.is_given):
                yield rule.Found(found.path, f"{resource.title} does not log who reads it")


def _of_lifecycle(bucket: Resource) -> Iterator[rule.Found]:
    has_versions = any(each.value == "Enabled" for each in bucket.said("VersioningConfiguration", "Status"))
    for found in bucket.values("LifecycleConfiguration"):
        if found.value is values.ABSENT:
            yield rule.Found(found.path, f"{bucket.title} has no lifecycle: incomplete uploads stay for ever")
        elif isinstance(found.value, dict) and not values.function_of(found.value)[0]:
            given = {
                str(key)
                for each in values.elements(found.value.get("Rules"), found.scenario)
                if isinstance(each.value, dict) and each.value.get("Status") != "Disabled"
                for key in each.value
            }
            if "AbortIncompleteMultipartUpload" not in given:
                yield rule.Found(found.path, f"{bucket.title} does not abort incomplete uploads")
            if has_versions and not any(each.startswith("NoncurrentVersionExpiration") for each in given):
                yield rule.Found(found.path, f"{bucket.title} keeps noncurrent versions for ever")
