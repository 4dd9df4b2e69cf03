"""E9109."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from stackgen.lint.kit import functions, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

LAMBDA_DEFAULT = 3


class CustomResourceAnswersInTime(rule.OfResources):
    """CloudFormation waits as long as the function may take, and no longer than is said."""

    id = "E9109"
    shortdesc = "A custom resource says how long CloudFormation waits for it, and its function ends before that"
    why = (
        "Without ServiceTimeout a function that dies in silence holds the stack for an hour, its rollback for another."
    )
    remedy = (
        "Set ServiceTimeout, and the function's Timeout to no more; the option longest says how many seconds may be."
    )
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html"
    pillar = "reliability"
    guidelines = ("TAP", "GDL-075")
    types = ("Custom::*", "AWS::CloudFormation::CustomResource")
    options: ClassVar = {"longest": {"default": 300, "type": "integer"}}
    passes = """
    Resources:
      Function: {Type: AWS::Lambda::Function, Properties: {Timeout: 290}}
      Migration: {Type: Custom::Migration, Properties: {ServiceToken: !GetAtt Function.Arn, ServiceTimeout: 300}}
    """
    fails = """
    Resources:
      Function: {Type: AWS::Lambda::Function, Properties: {Timeout: 900}}
      Migration: {Type: Custom::Migration, Properties: {ServiceToken: !GetAtt Function.Arn, ServiceTimeout: 300}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """A wait that is not limited, too long, or shorter than what is waited for."""
        longest = int(self.config["longest"])
        function = view.resource_of(resource.properties.get("ServiceToken"))
        for waits in resource.said("ServiceTimeout", default=""):
            seconds = values.number(waits.value)
            if waits.value == "":
                yield rule.Found(
                    waits.path, f"{resource.title} has no ServiceTimeout: CloudFormation waits for an hour"
                )
            elif seconds is not None and seconds > longest:
                yield rule.Found(waits.path, f"{resource.title} is waited for {seconds:g} s, not {longest} s at most")
            elif seconds is not None and function is not None and function.type in functions.TYPES:
                runs = [values.number(each.value) for each in function.said("Timeout", default=LAMBDA_DEFAULT)]
                longer = [each for each in runs if each is not None and each > seconds]
                if longer:
                    message = (
                        f"{resource.title} is waited for {seconds:g} s, but {function.title} may run {longer[0]:g} s"
                    )
                    yield rule.Found(waits.path, message)
