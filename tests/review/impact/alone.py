"""A resource alone in its template, evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.review.evaluation.tree import evaluate
from stackgen.review.model import Build, Template

if TYPE_CHECKING:
    from stackgen.review.evaluation.tree import Resource

LIVE = {"Fn::ImportValue": "shared-value"}
"""A value that only the account knows."""

PERHAPS = {"Fn::If": ["Sometimes", "a value", {"Ref": "AWS::NoValue"}]}
"""A value, or none."""


def deployed(type_: str, properties: dict[str, Any], **others: Any) -> Resource:
    """A resource, evaluated in a template of its own, beside a queue that it may refer to."""
    resources = {"Queue": {"Type": "AWS::SQS::Queue"}, "It": {"Type": type_, "Properties": properties, **others}}
    content: dict[str, Any] = {
        "Parameters": {"Live": {"Type": "String"}},
        "Conditions": {"Sometimes": {"Fn::Equals": [{"Ref": "Live"}, "yes"]}},
        "Resources": resources,
    }
    tree = evaluate(Build("build", {"stack": Template("stack", "stack.json", content)}), "stack")
    (found,) = (each for each in tree.resources() if each.logical_id == "It")
    return found
