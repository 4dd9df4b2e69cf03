"""E9130."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

SWITCHES = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


class BucketAccessIsBlocked(rule.OfResources):
    """All four switches are on and said, in every scenario: what S3 takes for new buckets is nobody's decision."""

    id = "E9130"
    shortdesc = "A bucket blocks public access and is encrypted"
    why = "One policy or ACL that is too wide shows all objects to everybody."
    remedy = "Set the four switches of PublicAccessBlockConfiguration to true, and let CloudFront read by OAC."
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"
    pillar = "security"
    guidelines = ("GDL-025", "GDL-020")
    public = ("S3.8", "CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56", "CKV_AWS_19")
    types = ("AWS::S3::Bucket",)
    passes = """
    Resources:
      Bucket:
        Type: AWS::S3::Bucket
        Properties:
          PublicAccessBlockConfiguration:
            BlockPublicAcls: true
            BlockPublicPolicy: true
            IgnorePublicAcls: true
            RestrictPublicBuckets: true
          BucketEncryption:
            ServerSideEncryptionConfiguration:
              - ServerSideEncryptionByDefault: {SSEAlgorithm: AES256}
    """
    fails = """
    Resources:
      Bucket:
        Type: AWS::S3::Bucket
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """Each switch that is off or missing, and encryption that is missing."""
        for name in SWITCHES:
            for found in resource.values("PublicAccessBlockConfiguration", name):
                said = [False] if found.value is values.ABSENT else view.literals(found.value)
                if any(each is not values.UNKNOWN and not values.is_on(each) for each in said):
                    verb = "say" if found.value is values.ABSENT else "have"
                    yield rule.Found(found.path, f"{resource.title} does not {verb} {name}")
        for found in resource.values("BucketEncryption"):
            if found.value is values.ABSENT:
                yield rule.Found(found.path, f"{resource.title} does not say how it is encrypted")
