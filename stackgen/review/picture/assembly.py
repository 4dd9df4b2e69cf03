"""A build into boxes and nodes, every resource by itself: what the foldings start from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.review.edges import edges_of, resource_edges
from stackgen.review.nested import KINDS

from .changes import NO_CHANGES, Changes
from .imports import Imports
from .model import Arrow, Box, Node
from .regions import regions_of
from .wording import cut, short_type

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from stackgen.review.model import Build, Child, Template

DEEPEST = 40
"""Boxes in boxes beyond this are drawn closed; CloudFormation itself has no use for so many."""
MOST_RESOURCES = 20_000
"""Templates that nest each other many times over are opened until the picture holds this many resources."""
_LONGEST_TITLE = 70
_ENDS = ("added", "removed")


class Versions(NamedTuple):
    """A template now and at the base of a change; None where it is not there, or no base was asked for."""

    now: Template | None
    base: Template | None


class _Place(NamedTuple):
    """Where a stack lies: its key, the addresses by which its resources are known, the templates around it.

    ``status`` is that of resources of which nothing else is said.
    """

    key: tuple[str, ...]
    addresses: tuple[str, ...]
    around: tuple[str, ...]
    status: str = ""


def picture_of(
    build: Build,
    roots: Sequence[str],
    *,
    changes: Changes = NO_CHANGES,
    base: Build | None = None,
) -> Box:
    """The whole picture of some templates of a build.

    What a change removes is taken from ``base``. A resource inside a StackSet is also known by the address that it
    has in its template alone.
    """
    return _Assembly(build, changes, base).picture(roots)


def roots_to_draw(build: Build) -> list[str]:
    """The templates that a picture of everything begins with: a StackSet's template is drawn inside its StackSet."""
    inside = {
        child.name
        for name in build.templates
        for child in build.children(name).values()
        if child.kind == "stackset" and child.name != name
    }
    return [name for name in build.roots if name not in inside] or build.roots


class _Assembly:
    def __init__(self, build: Build, changes: Changes, base: Build | None) -> None:
        self._build = build
        self._base = base
        self._changes = changes
        self._imports = Imports()
        self._drawn = 0

    def picture(self, roots: Sequence[str]) -> Box:
        return self._imports.drawn_into(Box("", "", "picture", items=tuple(self._root(name) for name in roots)))

    def _root(self, name: str) -> Box:
        now = self._build.templates.get(name)
        base = self._base.templates.get(self._changes.renamed.get(name, name)) if self._base else None
        status = ""
        if self._base is not None:
            status = "removed" if now is None else "added" if base is None else ""
        place = _Place((name,), (name.rpartition("/")[2],), (name,), status)
        return self._filled(Box(name, name, "stack", status=status), Versions(now, base), place)

    def _filled(self, frame: Box, versions: Versions, place: _Place) -> Box:
        """A stack with its contents."""
        template = versions.now or versions.base
        if template is None:
            return frame
        resources = versions.now.section("Resources") if versions.now else {}
        base = versions.base.section("Resources") if versions.base else {}
        statuses = {
            title: self._changes.status(place.addresses, template.name, title, place.status)
            for title in {**base, **resources}
        }
        left = {title for name, title in self._changes.left if versions.base and name == versions.base.name}
        removed = {
            title: each
            for title, each in base.items()
            if title not in resources and title not in left and statuses[title] == "removed"
        }
        resources = {**resources, **removed}
        self._drawn += len(resources)
        exposed = {edge.target for edge in edges_of(template.section("Outputs"))}
        items: list[Node | Box] = []
        for title, resource in resources.items():
            if str(resource.get("Type")) in KINDS:
                items.append(self._nested(versions, place, title, resource, statuses[title]))
            else:
                items.append(_node(place, title, resource, statuses[title], exposed))
            self._imports.read(resource, (*place.key, title))
        items += _loops(template, place)
        self._imports.read_exports(template.section("Outputs"), place.key)
        boxes = {title for title, item in zip(resources, items, strict=False) if isinstance(item, Box)}
        return replace(frame, items=tuple(items), arrows=tuple(_arrows(place, resources, boxes)))

    def _nested(self, versions: Versions, place: _Place, title: str, resource: dict[str, Any], status: str) -> Box:
        """The box of a nested stack or a StackSet."""
        now, base = _child(self._build, versions.now, title), _child(self._base, versions.base, title)
        child = now or base
        assert child is not None  # noqa: S101  its type says that it is one
        templates = Versions(_template(self._build, now), _template(self._base, base))
        template = templates.now or templates.base
        key = (*place.key, title)
        addresses = tuple(f"{address}/{title}" for address in place.addresses)
        regions = regions_of(resource, versions.now or versions.base) if child.kind == "stackset" else ""
        frame = Box(
            "/".join(key),
            cut(f"{title} · {regions}" if regions else title, _LONGEST_TITLE),
            child.kind,
            child.name or "",
            status=status,
            conditional=isinstance(resource.get("Condition"), str),
            members=(addresses[0],),
        )
        if template is None:
            missing = cut(child.url) if child.url else "no TemplateURL"
            return replace(frame, kind="unknown", subtitle=missing, details=("its template is not in this build",))
        if template.name in place.around:
            return replace(frame, kind="unknown", details=("a template that nests itself",))
        if len(key) > DEEPEST or self._drawn > MOST_RESOURCES:
            return replace(frame, kind="closed", details=("not opened: the picture is too large",))
        if child.kind == "stackset":
            addresses = (*addresses, template.name.rpartition("/")[2])
        below = _Place(key, addresses, (*place.around, template.name), status if status in _ENDS else "")
        return self._filled(frame, templates, below)


def _child(build: Build | None, parent: Template | None, title: str) -> Child | None:
    return build.children(parent.name).get(title) if build and parent else None


def _template(build: Build | None, child: Child | None) -> Template | None:
    return build.templates.get(child.name) if build and child and child.name else None


def _node(place: _Place, title: str, resource: dict[str, Any], status: str, exposed: Collection[str]) -> Node:
    return Node(
        "/".join((*place.key, title)),
        (cut(title),),
        cut(short_type(str(resource.get("Type", "?")))),
        (f"{place.addresses[0]}/{title}",),
        status=status,
        conditional=isinstance(resource.get("Condition"), str),
        exposed=title in exposed,
    )


def _loops(template: Template, place: _Place) -> Iterator[Node]:
    """A node for each ``Fn::ForEach``, whose resources only the transform knows."""
    resources = template.content.get("Resources")
    for title in resources if isinstance(resources, dict) else ():
        if title.startswith("Fn::ForEach"):
            name = title.rpartition("::")[2]
            yield Node("/".join((*place.key, title)), (cut(name),), "Fn::ForEach", (f"{place.addresses[0]}/{title}",))


def _arrows(place: _Place, resources: Mapping[str, dict[str, Any]], boxes: Collection[str]) -> Iterator[Arrow]:
    """One arrow for each pair of resources, in which a reference outweighs ``DependsOn``."""
    for title, resource in resources.items():
        found: dict[str, tuple[set[str], set[str]]] = {}
        for edge in resource_edges(resource):
            if edge.kind in ("Condition", "FindInMap") or edge.target not in resources or edge.target == title:
                continue
            kinds, values = found.setdefault(edge.target, (set(), set()))
            kinds.add("depends" if edge.kind == "DependsOn" else "reference")
            if edge.kind != "DependsOn" and edge.target in boxes:
                values.add(edge.attribute.removeprefix("Outputs.") or "Ref")
            elif edge.kind != "DependsOn" and title in boxes:
                values.add(_parameter(resource, edge.path))
        for target, (kinds, values) in found.items():
            source_key, target_key = "/".join((*place.key, target)), "/".join((*place.key, title))
            kind = "reference" if "reference" in kinds else "depends"
            yield Arrow(source_key, target_key, kind, tuple(sorted(values)))


def _parameter(resource: dict[str, Any], path: tuple[str, ...]) -> str:
    """The parameter of a nested stack or StackSet that a reference fills; else the property that it stands in."""
    if path[:2] != ("Properties", "Parameters") or len(path) <= 2:  # noqa: PLR2004  a name must follow
        return path[1] if len(path) > 1 else path[0]
    parameters = resource["Properties"]["Parameters"]
    if isinstance(parameters, list):
        entry = parameters[int(path[2])]
        return str(entry.get("ParameterKey", path[2])) if isinstance(entry, dict) else path[2]
    return path[2]
