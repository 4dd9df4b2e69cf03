"""E9131."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.lint.kit import rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View


class BucketsRefusePlainHttp(rule.OfResources):
    """In every scenario in which the bucket exists; the policy of another template is not seen."""

    id = "E9131"
    shortdesc = "A bucket's policy denies requests without TLS"
    why = "Without it S3 answers plain HTTP, which everybody on the way can read and change."
    remedy = "Deny s3:* to everybody where aws:SecureTransport is false."
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html"
    pillar = "security"
    guidelines = ("GDL-021",)
    public = ("S3.5",)
    types = ("AWS::S3::Bucket",)
    passes = """
    Resources:
      Bucket: {Type: AWS::S3::Bucket}
      Policy:
        Type: AWS::S3::BucketPolicy
        Properties:
          Bucket: !Ref Bucket
          PolicyDocument:
            Statement:
              - Effect: Deny
                Principal: '*'
                Action: s3:*
                Resource: [!GetAtt Bucket.Arn, !Sub '${Bucket.Arn}/*']
                Condition: {Bool: {aws:SecureTransport: 'false'}}
    """
    fails = """
    Resources:
      Bucket: {Type: AWS::S3::Bucket}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """Whether there always is such a policy."""
        denials = [
            each
            for policy in view.of_type("AWS::S3::BucketPolicy")
            if _is_of(policy, resource)
            for each in _denials(policy)
        ]
        if not denials or view.uncovered(resource.scenario, denials):
            yield rule.Found(resource.path, f"{resource.title} has no policy that denies requests without TLS")


def _is_of(policy: Resource, bucket: Resource) -> bool:
    named = policy.properties.get("Bucket")
    own = bucket.properties.get("BucketName")
    return bucket.title in values.references(named) or (own is not None and named == own)


def _denials(policy: Resource) -> Iterator[dict[str, bool]]:
    """The scenarios in which a statement denies it; a policy that is not written out may."""
    for found in policy.each("PolicyDocument", "Statement"):
        statement = found.value if isinstance(found.value, dict) else {}
        if statement.get("Effect") == "Deny" and _is_about_tls(statement.get("Condition")):
            yield found.scenario
    for found in policy.values("PolicyDocument"):
        if values.function_of(found.value)[0] or isinstance(found.value, str):
            yield found.scenario


def _is_about_tls(condition: Any) -> bool:
    keys = {str(key).lower() for each in _objects(condition) for key in each}
    return bool(keys & {"aws:securetransport", "s3:tlsversion"})


def _objects(condition: Any) -> list[dict[str, Any]]:
    inner = condition.values() if isinstance(condition, dict) else ()
    return [each for each in inner if isinstance(each, dict)]
