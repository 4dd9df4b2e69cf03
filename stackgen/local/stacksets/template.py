"""What StackSets look at in a template before any stack is made: its parameters, resource types and macros."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from stackgen.local.stacksets import errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Template:
    """``defaults`` has every parameter; none where it has no default."""

    defaults: Mapping[str, str | None]
    secret: frozenset[str]
    resource_types: frozenset[str]
    has_macros: bool
    #: The parameters as the template declares them.
    declared: Mapping[str, Mapping[str, Any]]


@lru_cache(maxsize=64)
def read(text: str) -> Template:
    """Look into a template.

    :raises ServiceError: for a text that is no template.
    """
    content = _parsed(text)
    resources = content.get("Resources")
    if not isinstance(resources, dict) or not resources:
        raise errors.invalid("Template format error: At least one Resources member must be defined.")
    if not all(isinstance(resource, dict) for resource in resources.values()):
        raise errors.invalid("Template format error: Any Resources member must be an object.")
    parameters = content.get("Parameters") or {}
    if not isinstance(parameters, dict) or not all(isinstance(declared, dict) for declared in parameters.values()):
        raise errors.invalid("Template format error: Every Parameters object must contain a Type member.")
    return Template(
        defaults={name: _default(declared) for name, declared in parameters.items()},
        secret=frozenset(name for name, declared in parameters.items() if _is_true(declared.get("NoEcho"))),
        resource_types=frozenset(str(resource.get("Type")) for resource in resources.values()),
        has_macros="Transform" in content or any(key == "Fn::Transform" for key in _keys(resources)),
        declared=parameters,
    )


def _parsed(text: str) -> dict[str, Any]:
    try:
        content = json.loads(text) if text.lstrip().startswith("{") else _yaml(text)
    except ValueError as error:
        raise errors.invalid(f"Template format error: {error}") from error
    if not isinstance(content, dict):
        raise errors.invalid("Template format error: unsupported structure.")
    return content


def _yaml(text: str) -> Any:
    import yaml
    from cfn_flip import load_yaml

    try:
        return load_yaml(text)
    except yaml.YAMLError as error:
        raise errors.invalid(f"Template format error: YAML not well-formed. {error}") from error


def _default(declared: Mapping[str, Any]) -> str | None:
    value = declared.get("Default")
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


def _is_true(value: object) -> bool:
    return str(value).lower() == "true"


def _keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for item in value.values():
            yield from _keys(item)
    elif isinstance(value, list):
        for item in value:
            yield from _keys(item)
