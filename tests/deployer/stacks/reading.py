"""Reading the deployer's templates in tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Template = Mapping[str, Any]
Templates = Mapping[str, Template]


def of_type(template: Template, kind: str) -> dict[str, Any]:
    """The properties of each resource of a type, by logical ID."""
    return {
        title: resource.get("Properties", {})
        for title, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


def properties(template: Template, title: str) -> Any:
    return template["Resources"][title]["Properties"]


def statements(template: Template, role: str) -> list[dict[str, Any]]:
    """The statements of a role's own policies."""
    return [each for policy in properties(template, role)["Policies"] for each in policy["PolicyDocument"]["Statement"]]


def actions(statement: Mapping[str, Any]) -> list[str]:
    found = statement["Action"]
    return [found] if isinstance(found, str) else found


def resources(statement: Mapping[str, Any]) -> list[Any]:
    found = statement["Resource"]
    return found if isinstance(found, list) else [found]


def written(value: Any) -> str:
    """A text, or that of its ``Fn::Sub``."""
    return str(value["Fn::Sub"]) if isinstance(value, dict) and "Fn::Sub" in value else str(value)
