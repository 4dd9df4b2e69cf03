"""Where a TemplateURL leads: by our own form, by a path in the build folder, or by an end that names one template.

A URL of another form may be that of somebody else's template, whatever it is called. So it leads to one of the build
only where that one declares all that it is handed.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

from .finding import entry
from .kit.values import ABSENT, branches, elements, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .finding import BuiltTemplate
    from .kit.values import Branch

NESTED = "AWS::CloudFormation::Stack"
STACK_SET = "AWS::CloudFormation::StackSet"
_OURS = re.compile(r"https://[^/]+/([A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)?)/[0-9a-f]{16}\.json")
_PATH = re.compile(r"([A-Za-z0-9_./-]+)\.(?:json|ya?ml|template)")
_ELSEWHERE = re.compile(r"https://[^/]+/(?:.*/)?" + _PATH.pattern)


def template_at(url: object) -> str:
    """The name of the template that a URL of our own form leads to; empty for any other."""
    found = _OURS.fullmatch(texts(url))
    return found[1] if found else ""


def leads_to(
    content: Mapping[str, Any], template: BuiltTemplate, templates: Mapping[str, BuiltTemplate]
) -> list[Branch]:
    """The names of the templates that a resource of a template is made from, in the branches that name one."""
    properties = entry(content, "Properties")
    given = dict(handed(properties))
    named = (
        each._replace(value=template_at(each.value) or _found(texts(each.value), given, template, templates))
        for each in branches(properties.get("TemplateURL"))
        if each.value is not ABSENT
    )
    return [each for each in named if each.value]


def handed(properties: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The parameters that a nested stack or a StackSet hands over, and their values, of all branches."""
    for found in branches(properties.get("Parameters")):
        if isinstance(found.value, dict):
            yield from found.value.items()
    for found in elements(properties.get("Parameters")):
        if isinstance(found.value, dict) and "ParameterKey" in found.value:
            yield str(found.value["ParameterKey"]), found.value.get("ParameterValue")


def _found(url: str, given: Mapping[str, Any], template: BuiltTemplate, templates: Mapping[str, BuiltTemplate]) -> str:
    path = _PATH.fullmatch(url)
    if path:
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(template.name), path[1]))
        return next((each for each in (beside, posixpath.normpath(path[1])) if each in templates), "")
    elsewhere = _ELSEWHERE.fullmatch(url.partition("?")[0])
    if not elsewhere:
        return ""
    *_, folder, last = ["", *elsewhere[0].partition("://")[2].split("/")]
    stem = last.rpartition(".")[0]
    whole = f"{folder}/{stem}"
    named = [whole] if whole in templates else [each for each in templates if each.rpartition("/")[2] == stem]
    return named[0] if len(named) == 1 and named[0] != template.name and _takes(templates[named[0]], given) else ""


def _takes(child: BuiltTemplate, given: Mapping[str, Any]) -> bool:
    declared = child.section("Parameters")
    needed = {name for name, each in declared.items() if "Default" not in each}
    return given.keys() <= declared.keys() and (bool(given) or not needed)
