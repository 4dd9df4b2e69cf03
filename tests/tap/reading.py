"""Reading TapStack's templates in tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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


def decided(template: Mapping[str, Any], name: str, values: Mapping[str, str]) -> bool:
    """Whether a condition holds, with these values and the defaults of all other parameters."""
    known = {key: str(entry.get("Default", "")) for key, entry in template["Parameters"].items()} | dict(values)
    return bool(_decide(template, template["Conditions"][name], known))


def _decide(template: Mapping[str, Any], expression: Any, known: Mapping[str, str]) -> Any:
    if not isinstance(expression, dict):
        return expression
    ((function, data),) = expression.items()
    if function == "Ref":
        return known[data]
    if function == "Condition":
        return _decide(template, template["Conditions"][data], known)
    return _FUNCTIONS[function](*(_decide(template, part, known) for part in data))


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "Fn::And": lambda *parts: all(parts),
    "Fn::Equals": lambda one, other: one == other,
    "Fn::Join": lambda delimiter, parts: parts if isinstance(parts, str) else delimiter.join(parts),
    "Fn::Not": lambda part: not part,
    "Fn::Or": lambda *parts: any(parts),
    "Fn::Select": lambda index, parts: parts[int(index)],
    "Fn::Split": lambda delimiter, text: text.split(delimiter),
}
