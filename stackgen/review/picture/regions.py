"""The regions of a StackSet, as far as its template says them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stackgen.review.model import Template


def regions_of(resource: dict[str, Any], template: Template | None) -> str:
    """``us-east-1, eu-west-1``: those of its instances, else of its order; empty where it names none."""
    properties = resource.get("Properties")
    if not isinstance(properties, dict):
        return ""
    groups = properties.get("StackInstancesGroup")
    named = [each.get("Regions") for each in groups if isinstance(each, dict)] if isinstance(groups, list) else []
    preferences = properties.get("OperationPreferences")
    order = preferences.get("RegionOrder") if isinstance(preferences, dict) else None
    parameters = template.section("Parameters") if template else {}
    found = [region for value in named or [order] for region in _texts(value, parameters)]
    return ", ".join(dict.fromkeys(found))


def _texts(value: Any, parameters: Mapping[str, Any]) -> Iterator[str]:
    """The texts that a value is known to hold; a parameter stands for its default, or by its name."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, parameters)
    elif isinstance(value, dict) and len(value) == 1:
        function, data = next(iter(value.items()))
        if function == "Ref" and isinstance(data, str):
            default = parameters.get(data, {}).get("Default")
            yield from _split(default) if isinstance(default, str) and default else [f"${{{data}}}"]
        elif function == "Fn::If" and isinstance(data, list):
            for each in data[1:]:
                yield from _texts(each, parameters)


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
