"""E9186."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from stackgen.constraints import refusal, text_of
from stackgen.lint import finding, known, same_names
from stackgen.lint.kit import bodies, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfnlint.template import Template

    from stackgen.lint.kit.view import Resource, View

OTHERS = ("Custom::", "AWS::CloudFormation::CustomResource")


class StackSetBodyIsATemplate(rule.OfResources):
    """The body of a StackSet can be read, AWS would take it with its parameters, and it keeps the other rules."""

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
            body = bodies.read(found, view)
            if body is None:
                continue
            if body.problem:
                yield rule.Found(found.path, f"TemplateBody of {resource.title} cannot be read: {body.problem}")
                continue
            said = [*_types(body.content, view), *_parameters(body.content, resource, view)]
            if not said and not body.is_open:
                said = [f"has at {each}" for each in bodies.problems(body, view)]
            if same_names.has_regions(resource.properties):
                said += _names(body.content)
            yield from (rule.Found(found.path, f"TemplateBody of {resource.title} {each}") for each in said)

    def match(self, cfn: Template) -> Iterator[Any]:
        """What is wrong with the bodies, and what the other rules find in them."""
        yield from super().match(cfn)
        view = rule.view_of(cfn)
        others = [each for each in self.child_rules.values() if each is not None and each.id != self.id]
        for resource in view.of_type(*self.types) if others else ():
            for found in resource.values("TemplateBody"):
                body = bodies.read(found, view)
                if body is None or body.is_open or body.problem:
                    continue
                for other, message in bodies.remarks(body, view, others):
                    yield rule.by_another(other, rule.Found(found.path, f"TemplateBody of {resource.title}: {message}"))
                rule.back_to(view)


def _types(content: dict[str, Any], view: View) -> Iterator[str]:
    resources = content.get("Resources")
    if not isinstance(resources, dict) or not resources:
        yield "has no Resources"
        return
    there = {one for region in view.cfn.regions for one in PROVIDER_SCHEMA_MANAGER.get_resource_types(region)}
    for title, each in resources.items():
        kind = each.get("Type") if isinstance(each, dict) else None
        if not isinstance(kind, str):
            if not str(title).startswith("Fn::"):
                yield f"has no Type for {title}"
        elif kind.startswith("AWS::") and kind not in there and not kind.startswith(("AWS::Serverless::", *OTHERS)):
            yield f"has the type {kind} for {title}, which there is not"


def _names(content: dict[str, Any]) -> Iterator[str]:
    """Of what has one name for all regions."""
    body = finding.BuiltTemplate("body", "", "", content, {})
    for each in same_names.named_in(body, known.Known({})):
        if same_names.is_one_for_all_regions(each):
            yield (
                f"wants the name {each.name} for {each.title} in each region, and {each.type} has one for all: "
                "end it with ${AWS::Region}"
            )


def _parameters(content: dict[str, Any], resource: Resource, view: View) -> Iterator[str]:
    declared = content.get("Parameters")
    declarations: dict[str, Any] = declared if isinstance(declared, dict) else {}
    given = [each.value for each in resource.values("Parameters", "ParameterKey")]
    if any(not isinstance(each, str) for each in given if each is not values.ABSENT):
        return
    names = {each for each in given if each is not values.ABSENT}
    for name in sorted(names - declarations.keys()):
        yield f"has no parameter {name}, which it is given"
    for name, each in declarations.items():
        if name not in names and isinstance(each, dict) and "Default" not in each:
            yield f"is not given the parameter {name}, which has no default"
    for entry in resource.each("Parameters"):
        said = entry.value if isinstance(entry.value, dict) else {}
        name = str(said.get("ParameterKey"))
        declaration = declarations.get(name)
        for value in view.literals(said.get("ParameterValue")) if isinstance(declaration, dict) else ():
            reason = refusal(declaration or {}, text_of(value)) if isinstance(value, str | int | float) else ""
            if reason:
                yield f"is given {text_of(value)!r} for the parameter {name}, which {reason}"
