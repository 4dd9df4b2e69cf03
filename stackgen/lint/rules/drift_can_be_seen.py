"""W9113."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError

from stackgen import profiles
from stackgen.lint.kit import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import View

INSTEAD = {
    "AWS::IAM::Policy": "AWS::IAM::RolePolicy",
    "AWS::IAM::UserToGroupAddition": "Groups of AWS::IAM::User",
    "AWS::Route53::RecordSetGroup": "AWS::Route53::RecordSet",
    "AWS::SNS::TopicPolicy": "AWS::SNS::TopicInlinePolicy",
    "AWS::SQS::QueuePolicy": "AWS::SQS::QueueInlinePolicy",
}
"""What cannot be read, and what can."""


class DriftCanBeSeen(rule.Rule):
    """By the types' schemas: what has a handler that writes and none that reads.

    Old types have no handlers at all, and may be read by other ways. Where nothing replaces a type, only production is
    told.
    """

    id = "W9113"
    shortdesc = "CloudFormation can tell when a resource was changed by hand"
    why = "A type that CloudFormation cannot read has no drift: who changes a policy by hand is never seen."
    remedy = "Write it with the type that replaces it, which can be read; where none does, watch it by other means."
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html"
    pillar = "operational excellence"
    guidelines = ("GDL-058", "TAP")
    passes = """
    Resources:
      Policy: {Type: AWS::SQS::QueueInlinePolicy, Properties: {Queue: a, PolicyDocument: {}}}
    """
    fails = """
    Resources:
      Policy: {Type: AWS::SQS::QueuePolicy, Properties: {Queues: [a], PolicyDocument: {}}}
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """The type alone says it."""
        for each in view.resources.values():
            better, path = INSTEAD.get(each.type), (*each.path, "Type")
            if better:
                yield rule.Found(path, f"{each.title} is {each.type}, whose drift is not seen: {better} is")
            elif view.profile is profiles.PRODUCTION and _is_unread(each.type, view.cfn.regions[0]):
                yield rule.Found(path, f"{each.title} is {each.type}, whose drift is not seen, and nothing replaces it")


@cache
def _is_unread(type_: str, region: str) -> bool:
    """By the type's schema, of which cfn-lint has read it already."""
    try:
        handlers = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, type_).schema.get("handlers")
    except ResourceNotFoundError:
        return False
    return isinstance(handlers, dict) and "read" not in handlers
