"""What the tests of the evaluation share: one expression, or a few templates, evaluated in one environment."""

from __future__ import annotations

from typing import Any

from stackgen.review.evaluation.environment import Environment
from stackgen.review.evaluation.symbols import ABSENT
from stackgen.review.evaluation.tree import Resource, Tree, evaluate
from stackgen.review.model import Build, Template

ACCOUNT = "111111111111"
HERE = Environment("prod", "eu-west-1", ACCOUNT, {"Size": "3", "Names": "a, b,c"})
QUEUE = {"Type": "AWS::SQS::Queue"}
PARAMETERS: dict[str, Any] = {
    "Size": {"Type": "Number"},
    "Names": {"Type": "CommaDelimitedList"},
    "Unknown": {"Type": "String"},
    "Password": {"Type": "String", "NoEcho": True, "Default": "hunter2"},
}
CONDITIONS: dict[str, Any] = {
    "Yes": {"Fn::Equals": [{"Ref": "Size"}, 3]},
    "No": {"Fn::Equals": [{"Ref": "Size"}, 4]},
    "Open": {"Fn::Equals": [{"Ref": "Unknown"}, "x"]},
    "Other": {"Fn::Equals": [{"Ref": "Unknown"}, "y"]},
}
MAPPINGS: dict[str, Any] = {"Sizes": {"eu-west-1": {"Small": "1", "All": ["1", "2"]}}}


def build_of(contents: dict[str, dict[str, Any]]) -> Build:
    return Build("tests", {name: Template(name, f"{name}.json", content) for name, content in contents.items()})


def tree_of(content: dict[str, Any], environment: Environment = HERE, **others: dict[str, Any]) -> Tree:
    """The tree of one template; ``others`` are those that it may nest."""
    return evaluate(build_of({"main": content, **others}), "main", environment)


def value_of(expression: Any, environment: Environment = HERE, **sections: Any) -> Any:
    """An expression as the value of a property; ``ABSENT`` where the property is not there."""
    tree = tree_of(template_of(expression, **sections), environment)
    return resource_of(tree, "It").properties.get("Value", ABSENT)


def template_of(expression: Any, **sections: Any) -> dict[str, Any]:
    return {
        "Parameters": PARAMETERS,
        "Conditions": CONDITIONS,
        "Mappings": MAPPINGS,
        "Resources": {"It": {"Type": "Custom::Thing", "Properties": {"Value": expression}}, "Queue": QUEUE},
        **sections,
    }


def resource_of(tree: Tree, title: str, stack: tuple[str, ...] = ("main",)) -> Resource:
    found = tree.find(stack, title)
    assert found is not None
    return found


def nested(template: str, **parameters: Any) -> dict[str, Any]:
    """A nested stack of a template of the same build."""
    properties = {"TemplateURL": f"https://bucket.s3.amazonaws.com/{template}.json", "Parameters": parameters}
    return {"Type": "AWS::CloudFormation::Stack", "Properties": properties}


def faults_of(tree: Tree) -> list[str]:
    return [f"{fault.address}: {fault.text}" for fault in tree.faults]
