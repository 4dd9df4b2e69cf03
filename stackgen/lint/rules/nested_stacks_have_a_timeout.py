"""W9112."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import checks, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

OPTIONS = {"least": {"default": 2, "type": "integer"}}
"""Minutes: a shorter time fails what merely is slow."""


class NestedStacksHaveATimeout(rule.OfResources):
    """How long a stack needs, only its own template tells: the command time estimates it."""

    id = "W9112"
    shortdesc = "A nested stack has a time after which it counts as failed"
    why = "Without a timeout a resource that hangs holds the whole deployment for hours before it is rolled back."
    remedy = "Set TimeoutInMinutes to one and a half times of what the command time says, or more."
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html"
    )
    pillar = "reliability"
    guidelines = ("GDL-181", "TAP")
    options = OPTIONS
    types = ("AWS::CloudFormation::Stack",)
    passes = """
    Resources:
      Network: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://a/b', TimeoutInMinutes: 15}}
    """
    fails = """
    Resources:
      Network: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://a/b'}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:  # noqa: ARG002
        """The time, and that it is long enough."""
        least = self.config["least"]
        for found in checks.unfit(resource, "TimeoutInMinutes", fits=checks.at_least(least)):
            if found.value is values.ABSENT:
                yield rule.Found(found.path, f"{resource.title} has no TimeoutInMinutes")
            else:
                yield rule.Found(
                    found.path, f"{resource.title} fails after {found.value} minutes; {least} is the least"
                )
