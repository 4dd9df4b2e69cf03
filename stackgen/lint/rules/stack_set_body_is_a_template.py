"""E9186."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cfnlint.decode import decode_str
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from stackgen.lint.kit import pointers, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

OTHERS = ("Custom::", "AWS::CloudFormation::CustomResource")


class StackSetBodyIsATemplate(rule.OfResources):
    """The body of a StackSet can be read, has types that there are, and takes the parameters that it is given."""

    id = "E9186"
    shortdesc = "The TemplateBody of a StackSet is a template, and takes the parameters that it is given"
    why = "CloudFormation reads the body only in the target accounts: an error there stops a rollout half-way."
    remedy = "Mend the body; declare each parameter that is given, and give each that has no default."
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stackset.html"
    pillar = "operational excellence"
    guidelines = ("GDL-160",)
    types = ("AWS::CloudFormation::StackSet",)
    passes = """
    Resources:
      Set:
        Type: AWS::CloudFormation::StackSet
        Properties:
          StackSetName: topics
          PermissionModel: SELF_MANAGED
          Parameters: [{ParameterKey: Name, ParameterValue: a}]
          TemplateBody: |
            Parameters: {Name: {Type: String}}
            Resources: {Topic: {Type: 'AWS::SNS::Topic', Properties: {TopicName: !Ref Name}}}
    """
    fails = """
    Resources:
      Set:
        Type: AWS::CloudFormation::StackSet
        Properties:
          StackSetName: topics
          PermissionModel: SELF_MANAGED
          TemplateBody: '{"Resources": {"Topic": {"Type": "AWS::SNS::Topik"}}}'
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """What is wrong with each body that can be told."""
        for found in resource.values("TemplateBody"):
            text = pointers.pointer(found.value, in_text=isinstance(found.value, str))
            if not isinstance(text, str) or (values.function_of(found.value)[0] and pointers.is_open(text)):
                continue
            content, errors = decode_str(text)
            if errors or not isinstance(content, dict):
                detail = str(errors[0].message).partition("(")[2].partition(")")[0] if errors else "no object"
                yield rule.Found(found.path, f"TemplateBody of {resource.title} cannot be read: {detail or errors[0]}")
                continue
            for message in (*_types(content, view), *_parameters(content, resource)):
                yield rule.Found(found.path, f"TemplateBody of {resource.title} {message}")


def _types(content: dict[str, Any], view: View) -> Iterator[str]:
    resources = content.get("Resources")
    if not isinstance(resources, dict) or not resources:
        yield "has no Resources"
        return
    known = {one for region in view.cfn.regions for one in PROVIDER_SCHEMA_MANAGER.get_resource_types(region)}
    for title, each in resources.items():
        kind = each.get("Type") if isinstance(each, dict) else None
        if not isinstance(kind, str):
            if not str(title).startswith("Fn::"):
                yield f"has no Type for {title}"
        elif kind.startswith("AWS::") and kind not in known and not kind.startswith(("AWS::Serverless::", *OTHERS)):
            yield f"has the type {kind} for {title}, which there is not"


def _parameters(content: dict[str, Any], resource: Resource) -> Iterator[str]:
    declared = content.get("Parameters")
    known: dict[str, Any] = declared if isinstance(declared, dict) else {}
    given = [each.value for each in resource.values("Parameters", "ParameterKey")]
    if any(not isinstance(each, str) for each in given if each is not values.ABSENT):
        return
    names = {each for each in given if each is not values.ABSENT}
    for name in sorted(names - known.keys()):
        yield f"has no parameter {name}, which it is given"
    for name, each in known.items():
        if name not in names and isinstance(each, dict) and "Default" not in each:
            yield f"is not given the parameter {name}, which has no default"
