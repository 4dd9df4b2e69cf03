"""Trees of one template, or of a root with children, for tests of widened access."""

from __future__ import annotations

from typing import Any

from stackgen.review.access import Widening, widened
from stackgen.review.evaluation.tree import Environment, Tree, evaluate
from stackgen.review.model import Build, Template

ACCOUNT = "111111111111"
OTHER = "222222222222"


def tree(resources: dict[str, Any], **children: dict[str, Any]) -> Tree:
    """A root stack ``App`` with these resources; ``children`` are templates that a ``TemplateURL`` may name.

    Whether its condition ``IsProd`` holds is not known.
    """
    root = {
        "Parameters": {"Stage": {"Type": "String"}},
        "Conditions": {"IsProd": {"Fn::Equals": [ref("Stage"), "prod"]}},
        "Resources": resources,
    }
    templates = {"App": Template("App", "App.json", root)}
    templates |= {name: Template(name, f"{name}.json", content) for name, content in children.items()}
    environment = Environment("dev", "eu-west-1", ACCOUNT, {})
    return evaluate(Build("test", templates), "App", environment)


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def att(name: str, attribute: str = "Arn") -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, attribute]}


def if_prod(value: Any, otherwise: Any = None) -> dict[str, Any]:
    return {"Fn::If": ["IsProd", value, ref("AWS::NoValue") if otherwise is None else otherwise]}


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def allow(actions: Any, resources: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def deny(actions: Any, resources: Any = "*", **more: Any) -> dict[str, Any]:
    return allow(actions, resources, **more) | {"Effect": "Deny"}


def policy(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trust(principal: Any, **more: Any) -> dict[str, Any]:
    return policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more})


def role(*statements: Any, **properties: Any) -> dict[str, Any]:
    """A role that Lambda assumes, with one inline policy."""
    given = {"AssumeRolePolicyDocument": trust({"Service": "lambda.amazonaws.com"}), **properties}
    if statements:
        given["Policies"] = [{"PolicyName": "inline", "PolicyDocument": policy(*statements)}]
    return resource("IAM::Role", **given)


def texts(found: list[Widening]) -> list[str]:
    return [each.text for each in found]


def change(before: dict[str, Any], after: dict[str, Any]) -> list[Widening]:
    """What a change of the resources of one template widens."""
    return widened(tree(before), tree(after))
