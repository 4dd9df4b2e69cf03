"""E9117, exports and imports: each import has its one export, made before it, and no circle of stacks waits for itself.

An export's name is compared as a text with holes: ``${AWS::StackName}-VpcId`` may be what ``${NetworkStackName}-VpcId``
imports. What may be is never found; what cannot be is: CloudFormation would say so in the deployment.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from .finding import CONTRACTS, entry
from .kit.values import function_of, references
from .known import Known

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .finding import BuiltTemplate, Finding

_HOLE = re.compile(r"\$\{[^}]*\}")
_OWN = "${AWS::StackName}"


class Traded(NamedTuple):
    """An export or an import, in one place of a template."""

    template: str
    path: tuple[str, ...]
    name: str
    is_sure: bool
    """Whether it is there under any condition."""


class Market:
    """What all templates of a build export and import."""

    def __init__(self, templates: Mapping[str, BuiltTemplate]) -> None:
        self._templates = templates
        known = Known(templates)
        self.exports = [each for template in templates.values() for each in exports_of(template, known)]
        self.imports = [each for template in templates.values() for each in _imports(template, known)]

    def findings(self) -> Iterator[Finding]:
        """All that cannot work."""
        for check in (self._twice, self._nowhere, self._own, self._races, self._circles):
            yield from check()

    def _found(self, what: Traded, message: str) -> Finding:
        return self._templates[what.template].finding(CONTRACTS, message, *what.path)

    def _twice(self) -> Iterator[Finding]:
        first: dict[str, Traded] = {}
        for each in self.exports:
            if not each.is_sure:
                continue
            other = first.setdefault(each.name, each)
            if other is not each and (_OWN not in each.name or other.template == each.template):
                where = f"{other.template}, {other.path[1]}"
                yield self._found(each, f"{each.path[1]} exports {each.name}, which {where} exports too")

    def _nowhere(self) -> Iterator[Finding]:
        for each in self.imports:
            if _HOLE.sub("", each.name) and not any(meets(each.name, one.name) for one in self.exports):
                yield self._found(each, f"{each.path[1]} imports {each.name}, which no template of the build exports")

    def _own(self) -> Iterator[Finding]:
        own = {(each.template, each.name) for each in self.exports}
        for each in self.imports:
            if (each.template, each.name) in own:
                yield self._found(
                    each, f"{each.path[1]} imports {each.name}, which its own template exports: refer to it"
                )

    def _races(self) -> Iterator[Finding]:
        for parent in self._templates.values():
            waits = _waits(parent)
            for other, its in parent.children.items():
                for title, wanted in self._imported_from(parent, self._below(its)):
                    if title == other or other in waits.get(title, ()):
                        continue
                    is_child = title in parent.children
                    never = title in waits[other]
                    how = f"but {other} waits for {title}" if never else f"and nothing makes {title} wait for it"
                    remedy = "hand it over as a parameter" if is_child else f"refer to {other}.Outputs"
                    message = f"{title} imports {wanted}, which {other} exports, {how}: {remedy}"
                    yield parent.finding(CONTRACTS, message, "Resources", title)

    def _imported_from(self, parent: BuiltTemplate, outside: set[str]) -> list[tuple[str, str]]:
        """Which resources of a parent import what some templates export, they or what they nest."""
        there = [each.name for each in self.exports if each.template in outside]
        inside = {title: self._below(name) for title, name in parent.children.items()}
        found = set()
        for each in self.imports:
            if not _HOLE.sub("", each.name) or not any(meets(each.name, one) for one in there):
                continue
            found |= {(title, each.name) for title, below in inside.items() if each.template in below}
            if each.template == parent.name and each.path[0] == "Resources":
                found.add((each.path[1], each.name))
        return sorted(found)

    def _below(self, name: str) -> set[str]:
        found, pending = set(), [name]
        while pending:
            each = pending.pop()
            if each in self._templates and each not in found:
                found.add(each)
                pending += self._templates[each].children.values()
        return found

    def _circles(self) -> Iterator[Finding]:
        """Whole stacks that import from each other: neither can be made first."""
        nested = {child for each in self._templates.values() for child in each.children.values()}
        roots = {name: self._below(name) for name in self._templates if name not in nested}
        home = {inner: root for root, below in roots.items() for inner in below}
        edges: dict[str, dict[str, Traded]] = {}
        for each in self.imports:
            if not each.is_sure or not _HOLE.sub("", each.name):
                continue
            sources = {home.get(one.template) for one in self.exports if meets(each.name, one.name)}
            importer = home.get(each.template)
            if len(sources) == 1 and importer and None not in sources and importer not in sources:
                edges.setdefault(importer, {}).setdefault(str(sources.pop()), each)
        for start in sorted(edges):
            path = _circle(start, edges)
            if path and start == min(path):
                message = f"stacks import from each other, so none can be made first: {' -> '.join([*path, start])}"
                yield self._found(edges[start][path[1]], message)


def _circle(start: str, edges: Mapping[str, Mapping[str, Traded]]) -> list[str]:
    """A way from a stack back to itself; empty where there is none."""
    pending, seen = [[start]], set()
    while pending:
        path = pending.pop(0)
        for following in edges.get(path[-1], ()):
            if following == start:
                return path
            if following not in seen:
                seen.add(following)
                pending.append([*path, following])
    return []


def _waits(parent: BuiltTemplate) -> dict[str, set[str]]:
    """For each nested stack the resources that are made before it."""
    resources = parent.section("Resources")
    before: dict[str, set[str]] = {}
    for title, content in resources.items():
        said = content.get("DependsOn", [])
        named = {str(each) for each in (said if isinstance(said, list) else [said])}
        before[title] = (named | set(references(content.get("Properties")))) & resources.keys()
    for _ in resources:  # as often as the longest chain may be
        grown = {title: first | {each for one in first for each in before[one]} for title, first in before.items()}
        if grown == before:
            break
        before = grown
    return before


def exports_of(template: BuiltTemplate, known: Known) -> Iterator[Traded]:
    """What a template exports."""
    for title, output in template.section("Outputs").items():
        value = entry(output, "Export").get("Name")
        path = ("Outputs", title, "Export", "Name")
        yield from _traded(template, path, value, known, is_sure="Condition" not in output)


def _imports(template: BuiltTemplate, known: Known) -> Iterator[Traded]:
    for section in ("Resources", "Outputs"):
        for title, content in template.section(section).items():
            is_sure = "Condition" not in content
            for path, value, is_chosen in _in(content, (section, title)):
                yield from _traded(template, path, value, known, is_sure=is_sure and not is_chosen)


def _traded(
    template: BuiltTemplate, path: tuple[str, ...], value: Any, known: Known, *, is_sure: bool
) -> Iterator[Traded]:
    found = {each.value for each in known.names(value, template, {} if is_sure else {"": True}) if each.value}
    for name in sorted(found):
        yield Traded(template.name, path, name, is_sure and len(found) == 1)


def _in(value: Any, path: tuple[str, ...], *, is_chosen: bool = False) -> Iterator[tuple[tuple[str, ...], Any, bool]]:
    """Each import: where it is, its name, and whether an ``Fn::If`` decides on it."""
    name, argument = function_of(value)
    if name == "Fn::ImportValue":
        yield path, argument, is_chosen
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _in(inner, (*path, str(key)), is_chosen=is_chosen or name == "Fn::If")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _in(inner, (*path, str(number)), is_chosen=is_chosen)


def meets(one: str, other: str) -> bool:
    """Whether two texts with holes can be the same text; a hole stands for anything."""
    left, right = (tuple(_pieces(text)) for text in (one, other))

    @cache
    def at(here: int, there: int) -> bool:
        if here == len(left) and there == len(right):
            return True
        if here < len(left) and not left[here]:
            return at(here + 1, there) or (there < len(right) and at(here, there + 1))
        if there < len(right) and not right[there]:
            return at(here, there + 1) or (here < len(left) and at(here + 1, there))
        return here < len(left) and there < len(right) and left[here] == right[there] and at(here + 1, there + 1)

    return at(0, 0)


def _pieces(text: str) -> Iterator[str]:
    """The characters of a text; an empty one for each hole."""
    for number, part in enumerate(_HOLE.split(text)):
        if number:
            yield ""
        yield from part
