"""Reading TapStack's templates in tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Templates = Mapping[str, Mapping[str, Any]]


def resources(templates: Templates, kind: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Each resource of a type in any template: file, logical ID, resource."""
    for file, template in templates.items():
        for title, resource in template["Resources"].items():
            if resource["Type"] == kind:
                yield file, title, resource


def strings(value: object) -> Iterator[str]:
    """Every text inside a value, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)


def statements(templates: Templates) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every statement of a role's own policies, with where it stands."""
    for file, title, role in resources(templates, "AWS::IAM::Role"):
        for policy in role["Properties"].get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                yield f"{file}/{title}", statement
