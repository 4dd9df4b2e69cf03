"""Changes to a template, each made the same way every time, that the comparison of both must tell.

A mutation takes a template's content, which it may write to, and answers with what must be found in the diff: a
section and a kind of change. It answers None where the template has nothing of the sort to change.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from stackgen.review.edges import edges_of, names_in, resource_edges

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Content = dict[str, Any]
Told = tuple[str, str]
"""A section, and the kind of a change in it."""

CHANGED, ADDED, REMOVED, RENAMED = "changed", "added", "removed", "renamed"


def mutations(content: Content) -> Iterator[tuple[str, Content, Told]]:
    """Every mutation that fits: its name, the changed copy, and what the diff must tell."""
    for name, mutate in MUTATIONS.items():
        changed = copy.deepcopy(content)
        told = mutate(changed)
        if told is not None:
            yield name, changed, told


def _resources(content: Content) -> dict[str, Content]:
    """The resources that are written out, as they stand in the content."""
    return {title: each for title, each in _section(content, "Resources").items() if not title.startswith("Fn::")}


def _section(content: Content, name: str) -> dict[str, Any]:
    section = content.get(name)
    return {key: each for key, each in section.items() if isinstance(each, dict)} if isinstance(section, dict) else {}


def _property_changed(content: Content) -> Told | None:
    """The first scalar property of one resource, which is the middle one of those that have any."""
    able = [each for each in _resources(content).values() if _scalar_in(each) is not None]
    if not able:
        return None
    _change(able[len(able) // 2])
    return "Resources", CHANGED


def _properties_changed(content: Content) -> Told | None:
    """The same in every resource."""
    able = [each for each in _resources(content).values() if _scalar_in(each) is not None]
    for each in able:
        _change(each)
    return ("Resources", CHANGED) if able else None


def _change(resource: Content) -> None:
    name = _scalar_in(resource)
    if name is not None:
        resource["Properties"][name] = _another(resource["Properties"][name])


def _scalar_in(resource: Content) -> str | None:
    properties = resource.get("Properties")
    if not isinstance(properties, dict):
        return None
    return next((name for name, value in properties.items() if isinstance(value, str | int | float)), None)


def _another(value: Any) -> Any:
    """Another scalar of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    text = str(value)
    if text.lower() in ("true", "false"):
        return "false" if text.lower() == "true" else "true"
    return str(int(text) + 1) if text.isdecimal() and text.isascii() else f"{text}-changed"


def _property_removed(content: Content) -> Told | None:
    """The last property of the last resource that has several."""
    for each in reversed(list(_resources(content).values())):
        properties = each.get("Properties")
        if isinstance(properties, dict) and len(properties) > 1:
            _, value = properties.popitem()
            if value not in ({}, [], None):
                return "Resources", CHANGED
    return None


def _resource_removed(content: Content) -> Told | None:
    """The last one that nothing names, if there is one; else the last, and what names it hangs in the air."""
    resources = _resources(content)
    if not resources:
        return None
    named = _named(content)
    free = [title for title in resources if title not in named]
    del content["Resources"][(free or list(resources))[-1]]
    return "Resources", REMOVED


def _named(content: Content) -> set[str]:
    named = {edge.target for edge in edges_of(_section(content, "Outputs"))}
    return named | {edge.target for each in _resources(content).values() for edge in resource_edges(each)}


def _resource_added(content: Content) -> Told | None:
    """The first one once more."""
    resources = _resources(content)
    if not resources:
        return None
    content["Resources"]["AddedByMutation"] = copy.deepcopy(next(iter(resources.values())))
    return "Resources", ADDED


def _resource_renamed(content: Content) -> Told | None:
    """The first one, and all that names it."""
    title = next(iter(_resources(content)), None)
    if title is None:
        return None
    resources = content["Resources"]
    content["Resources"] = {f"{title}Renamed" if key == title else key: each for key, each in resources.items()}
    for section in ("Resources", "Outputs"):
        if section in content:
            content[section] = _led(content[section], title, f"{title}Renamed")
    return "Resources", RENAMED


def _led(value: Any, old: str, new: str) -> Any:
    """The value with every reference to ``old`` led to ``new``."""
    if isinstance(value, list):
        return [_led(each, old, new) for each in value]
    if not isinstance(value, dict):
        return value
    found = {}
    for key, each in value.items():
        if key == "Ref" and each == old:
            found[key] = new
        elif key == "DependsOn":
            found[key] = [new if name == old else name for name in each] if isinstance(each, list) else each
            found[key] = new if each == old else found[key]
        elif key == "Fn::GetAtt":
            found[key] = _attribute(each, old, new)
        elif key == "Fn::Sub":
            found[key] = _substituted(each, old, new)
        else:
            found[key] = _led(each, old, new)
    return found


def _attribute(data: Any, old: str, new: str) -> Any:
    if isinstance(data, str):
        name, dot, attribute = data.partition(".")
        return f"{new}{dot}{attribute}" if name == old else data
    return [new, *data[1:]] if isinstance(data, list) and data and data[0] == old else data


def _substituted(data: Any, old: str, new: str) -> Any:
    if isinstance(data, list) and len(data) == 2 and isinstance(data[1], dict):  # noqa: PLR2004  text and variables
        text = data[0] if old in data[1] else _substituted(data[0], old, new)
        return [text, _led(data[1], old, new)]
    if not isinstance(data, str):
        return data
    for name, attribute in names_in(data):
        if name == old:
            end = f".{attribute}" if attribute else ""
            data = data.replace(f"${{{old}{end}}}", f"${{{new}{end}}}")
    return data


def _default_changed(content: Content) -> Told | None:
    """Of the first parameter, which gets one if it has none."""
    for each in _section(content, "Parameters").values():
        each["Default"] = _another(each.get("Default", "text"))
        return "Parameters", CHANGED
    return None


def _condition_flipped(content: Content) -> Told | None:
    for title, each in _section(content, "Conditions").items():
        content["Conditions"][title] = {"Fn::Not": [each]}
        return "Conditions", CHANGED
    return None


def _output_removed(content: Content) -> Told | None:
    for title in _section(content, "Outputs"):
        del content["Outputs"][title]
        return "Outputs", REMOVED
    return None


MUTATIONS: dict[str, Callable[[Content], Told | None]] = {
    "a property changed": _property_changed,
    "every resource changed": _properties_changed,
    "a property removed": _property_removed,
    "a resource removed": _resource_removed,
    "a resource added": _resource_added,
    "a resource renamed": _resource_renamed,
    "a default changed": _default_changed,
    "a condition flipped": _condition_flipped,
    "an output removed": _output_removed,
}
