"""W9113."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

INSTEAD = {
    "AWS::IAM::Policy": "AWS::IAM::RolePolicy",
    "AWS::SNS::TopicPolicy": "AWS::SNS::TopicInlinePolicy",
    "AWS::SQS::QueuePolicy": "AWS::SQS::QueueInlinePolicy",
}
"""What cannot be read, and what can; types that nothing replaces are not told."""


class DriftCanBeSeen(rule.OfResources):
    """By the schemas of the types: these can be written, but not read."""

    id = "W9113"
    shortdesc = "CloudFormation can tell when a resource was changed by hand"
    why = "A type that CloudFormation cannot read has no drift: who changes a policy by hand is never seen."
    remedy = "Write the policy with the type that replaces it, which can be read."
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html"
    pillar = "operational excellence"
    guidelines = ("GDL-058", "TAP")
    types = tuple(INSTEAD)
    passes = """
    Resources:
      Policy: {Type: AWS::SQS::QueueInlinePolicy, Properties: {Queue: a, PolicyDocument: {}}}
    """
    fails = """
    Resources:
      Policy: {Type: AWS::SQS::QueuePolicy, Properties: {Queues: [a], PolicyDocument: {}}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:  # noqa: ARG002
        """The type alone says it."""
        better = INSTEAD[resource.type]
        yield rule.Found(
            (*resource.path, "Type"), f"{resource.title} is {resource.type}, whose drift is not seen: {better} is"
        )
