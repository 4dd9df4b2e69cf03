"""E9147."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import View

POLICIES = ("DeletionPolicy", "UpdateReplacePolicy")
TRANSFORM = "AWS::LanguageExtensions"


class ComputedPoliciesHaveTheirTransform(rule.Rule):
    """CloudFormation takes no function there by itself."""

    id = "E9147"
    shortdesc = "A DeletionPolicy that is computed has the transform that computes it"
    why = "Without the transform CloudFormation refuses the template when it is deployed."
    remedy = "Add AWS::LanguageExtensions to Transform, or write the policy as a word."
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html"
    )
    pillar = "reliability"
    guidelines = ("G-06",)
    passes = """
    Transform: AWS::LanguageExtensions
    Conditions: {IsProd: !Equals [!Ref 'AWS::StackName', prod]}
    Resources:
      Topic: {Type: AWS::SNS::Topic, DeletionPolicy: !If [IsProd, Retain, Delete]}
    """
    fails = """
    Conditions: {IsProd: !Equals [!Ref 'AWS::StackName', prod]}
    Resources:
      Topic: {Type: AWS::SNS::Topic, DeletionPolicy: !If [IsProd, Retain, Delete]}
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """Each policy that is no word, in a template without the transform."""
        said = view.content.get("Transform")
        if TRANSFORM in (said if isinstance(said, list) else [said]):
            return
        for resource in view.resources.values():
            for name in POLICIES:
                if isinstance(resource.content.get(name), dict):
                    yield rule.Found(
                        (*resource.path, name), f"{resource.title} computes its {name} without {TRANSFORM}"
                    )
