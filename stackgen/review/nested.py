"""Which template a nested stack or a StackSet is made from: its TemplateURL, followed into the build."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from stackgen.errors import StackgenError

    from .model import Build, Template

NESTED_STACK = "AWS::CloudFormation::Stack"
STACK_SET = "AWS::CloudFormation::StackSet"
KINDS = {NESTED_STACK: "nested", STACK_SET: "stackset"}

SUFFIXES = (".json", ".yaml", ".yml", ".template")
_DIGEST = r"/[0-9a-f]{16}\.json$"
_DIGEST_FILE = len("0123456789abcdef.json")
_LOOP = "Fn::ForEach::"
_VARIABLE = r"\$\{[^}]*\}"


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
    found: dict[str, Child] = {}
    resources = template.content.get("Resources")
    if not isinstance(resources, dict) or (template.text and NESTED_STACK not in template.text):
        return found  # a StackSet's type begins as a nested stack's does
    for title, resource in resources.items():  # every resource of every build passes here
        type_ = resource.get("Type") if isinstance(resource, dict) else None
        if isinstance(type_, str) and type_ in KINDS:
            properties = resource.get("Properties")
            url = readable_url(properties.get("TemplateURL") if isinstance(properties, dict) else None)
            found[title] = Child(KINDS[type_], _template_at(url, template, templates), url)
    return found


def looped(template: Template, templates: Mapping[str, Template]) -> list[Child]:
    """The nested stacks and StackSets inside loops, whose logical IDs only the loop's items tell."""
    found: list[Child] = []
    resources = template.content.get("Resources")
    if not isinstance(resources, dict) or _LOOP not in "\n".join(resources):
        return found
    pending = [loop for key, loop in resources.items() if key.startswith(_LOOP)]
    while pending:
        loop = pending.pop()
        fragment = loop[-1] if isinstance(loop, list) and loop else None
        if isinstance(fragment, dict):
            inner = type(template)(template.name, template.path, {"Resources": fragment})
            found += children_of(inner, templates).values()
            pending += [each for key, each in fragment.items() if key.startswith(_LOOP)]
    return found


def broken(build: Build) -> Iterator[StackgenError]:
    """Nested stacks whose template ought to lie in the build and does not, and templates that nest each other."""
    from stackgen.errors import OutputFileError, likely

    unreadable = set(map(_stem, build.unread))
    for name, template in build.templates.items():
        for title, child in build.children(name).items():
            if child.name is None and child.is_local and _stem(child.url) not in unreadable:
                hint = likely(_stem(child.url), map(_stem, build.templates))
                line = template.line_of("Resources", title, "Properties", "TemplateURL")
                problem = f"{title} is made from {child.url}, and the build has no such template"
                yield OutputFileError(problem, hint if hint.startswith("did") else "", location=(template.path, line))
    yield from _circles(build)


def _circles(build: Build) -> Iterator[StackgenError]:
    from stackgen.errors import CycleError

    done: set[str] = set()
    for start in sorted(build.templates):
        route: dict[str, Iterator[tuple[str, str]]] = {}
        here: str | None = None if start in done else start
        while here is not None:
            done.add(here)
            inner = route.setdefault(here, _nested_in(build, here))
            title, name = next(inner, ("", ""))
            if not title:
                route.pop(here)
                here = next(reversed(route), None)
            elif name in route:
                circle = [*list(route)[list(route).index(name) :], name]
                template = build.templates[here]
                line = template.line_of("Resources", title)
                problem = f"{title} nests {name} in itself: {' -> '.join(circle)}"
                yield CycleError(problem, location=(template.path, line))
            elif name not in done:
                here = name


def _nested_in(build: Build, name: str) -> Iterator[tuple[str, str]]:
    return ((title, each.name) for title, each in build.children(name).items() if each.kind == "nested" and each.name)


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
    *above, last = url.split("/")
    if len(above) > 1 and len(last) == _DIGEST_FILE and f"{above[-2]}/{above[-1]}" in templates:
        return f"{above[-2]}/{above[-1]}"  # as our own builds write it
    import re

    place = re.sub(_VARIABLE, "*", re.sub(_DIGEST, ".json", url.partition("?")[0]))
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


def _stem(path: str) -> str:
    return _without_suffix(path.rpartition("/")[2])


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
