"""Which template a nested stack or a StackSet is made from: its TemplateURL, followed into the build."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .model import Template

NESTED_STACK = "AWS::CloudFormation::Stack"
STACK_SET = "AWS::CloudFormation::StackSet"
KINDS = {NESTED_STACK: "nested", STACK_SET: "stackset"}

SUFFIXES = (".json", ".yaml", ".yml", ".template")
_DIGEST = re.compile(r"/[0-9a-f]{16}\.json$")
_VARIABLE = re.compile(r"\$\{[^}]*\}")


class Child:
    """What one nested stack or StackSet uses: ``name`` is a template of the build, None where it has none.

    ``kind`` is ``nested`` or ``stackset``; ``url`` is its TemplateURL as a person reads it.
    """

    __slots__ = ("kind", "name", "url")

    def __init__(self, kind: str, name: str | None, url: str) -> None:
        self.kind = kind
        self.name = name
        self.url = url

    @property
    def is_local(self) -> bool:
        """Whether the URL names a file beside the template, which ought to be there."""
        return bool(self.url) and not self.url.startswith(("https://", "http://", "s3://", "${"))


def children_of(template: Template, templates: Mapping[str, Template]) -> dict[str, Child]:
    """The nested stacks and StackSets of a template, by logical ID."""
    found = {}
    for title, resource in template.section("Resources").items():
        kind = KINDS.get(str(resource.get("Type")))
        if kind:
            properties = resource.get("Properties")
            url = readable_url(properties.get("TemplateURL") if isinstance(properties, dict) else None)
            found[title] = Child(kind, _template_at(url, template, templates), url)
    return found


def readable_url(value: Any) -> str:
    """A TemplateURL as one text, with ``${...}`` for what is not known; empty where there is none."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict) or len(value) != 1:
        return ""
    function, data = next(iter(value.items()))
    if function == "Fn::Sub":
        return str(data[0] if isinstance(data, list) and data else data)
    if function == "Fn::Join" and isinstance(data, list) and len(data) == 2 and isinstance(data[1], list):  # noqa: PLR2004  delimiter and list
        return str(data[0]).join(readable_url(part) for part in data[1])
    if function in ("Ref", "Fn::GetAtt"):
        return "${" + ".".join(map(str, data) if isinstance(data, list) else [str(data)]) + "}"
    return "${...}"


def _template_at(url: str, template: Template, templates: Mapping[str, Template]) -> str | None:
    """The template that a URL leads to: the one whose name is the longest end of the URL's path."""
    place = _VARIABLE.sub("*", _DIGEST.sub(".json", url.partition("?")[0]))
    if not place.strip("*"):
        return None
    candidates = [place, _without_suffix(place)]
    if "://" not in place and "/" in template.name:  # beside the template
        folder = template.name.rpartition("/")[0]
        candidates += [_normal(f"{folder}/{each}") for each in candidates]
    for each in candidates:
        name = each.removeprefix("./")
        if name in templates:
            return name
    parts = re.split(r"[/*]", place)
    for wanted in ("/".join(parts[at:]) for at in range(len(parts))):
        stem = _without_suffix(wanted)
        ends = [name for name in templates if stem and (name == stem or name.endswith(f"/{stem}"))]
        named = [name for name in templates if wanted and (name == wanted or name.endswith(f"/{wanted}"))]
        for found in (named, ends):
            if len(found) == 1:
                return found[0]
    return None


def _without_suffix(name: str) -> str:
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            return name[: -len(suffix)]
    return name


def _normal(path: str) -> str:
    """A relative path without ``.`` and ``..``."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in (".", ""):
            parts.append(part)
    return "/".join(parts)
