"""E9131."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.lint.kit import grants, pointers, policies, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.policies import Said, Statement
    from stackgen.lint.kit.values import Scenario
    from stackgen.lint.kit.view import Resource, View

ACTIONS = ("s3:GetObject", "s3:PutObject")
"""What must be denied at least."""


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
            for each in _denials(policy, view)
        ]
        if not denials or view.uncovered(resource.scenario, denials):
            yield rule.Found(resource.path, f"{resource.title} has no policy that denies all requests without TLS")


def _is_of(policy: Resource, bucket: Resource) -> bool:
    named = policy.properties.get("Bucket")
    own = bucket.properties.get("BucketName")
    return bucket.title in values.references(named) or (own is not None and named == own)


def _denials(policy: Resource, view: View) -> Iterator[Scenario]:
    """The scenarios in which a statement denies it; what is not written out may."""
    own = [each for each in policies.statements(view, policies.RESOURCE) if each.resource is policy]
    for statement in own:
        if not statement.may_allow and _is_for_all(statement, view):
            for found in values.branches(statement.content.get("Condition"), statement.scenario):
                if _asks_for_tls(found.value, view):
                    yield found.scenario
    is_read = any(each.is_text for each in own)
    for found in policy.values("PolicyDocument"):
        is_text = isinstance(found.value, str) or values.function_of(found.value)[0]
        if (is_text and not is_read) or (isinstance(found.value, dict) and "Fn::Transform" in found.value):
            yield found.scenario
    for found in policy.each("PolicyDocument", "Statement"):
        if values.function_of(found.value)[0]:
            yield found.scenario


def _is_for_all(statement: Statement, view: View) -> bool:
    """Whether it is about everybody, reading and writing, and all objects; what only AWS knows may be."""
    everybody = "NotPrincipal" in statement.content or any(
        said.text == "*" or "${" in said.symbol for _, said in statement.principals
    )
    everything = statement.all_resources_but or any(_is_whole(said, view) for said in statement.resources)
    return everybody and everything and all(grants.covers(statement, each) for each in ACTIONS)


def _is_whole(said: Said, view: View) -> bool:
    """Whether it is all objects of a bucket: no ``/`` before ``/*``, as every prefix has."""
    is_open = said.symbol[:2] == "${" and said.symbol[-1] == "}" and pointers.owner_of(said.symbol, view) is None
    return is_open or (said.text[-1:] == "*" and "/" not in said.text.rstrip("*").rstrip("/"))


def _asks_for_tls(condition: Any, view: View) -> bool:
    for operator, asked in _members(condition):
        for found in values.branches(asked):
            for key, value in _members(found.value):
                if key.lower() == "s3:tlsversion":
                    return True
                if key.lower() == "aws:securetransport" and _is_denied(operator, value, view):
                    return True
    return False


def _is_denied(operator: str, value: Any, view: View) -> bool:
    said = [one for each in values.elements(value) for one in view.literals(each.value)]
    wanted = "true" if "Not" in operator else "false"
    return any(each is values.UNKNOWN or str(each).lower() == wanted for each in said)


def _members(value: Any) -> list[tuple[str, Any]]:
    """Of an object that is no function; what is none has none."""
    entries = value.items() if isinstance(value, dict) and not values.function_of(value)[0] else ()
    return [(str(key), each) for key, each in entries]
