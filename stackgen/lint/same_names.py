"""E9117, names: no two resources of a build want the same physical name, also not the same one in several regions.

Two templates of one account, as two systems that are deployed beside each other, or one template in several regions by
a StackSet: the second is refused by AWS. Names are compared as texts with holes; one hole's name has one value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.physical_names import PHYSICAL_NAMES

from .addresses import STACK_SET, leads_to
from .finding import CONTRACTS, entry
from .kit.values import Scenario, branches, elements
from .known import Known

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .finding import BuiltTemplate, Finding

UNIQUE = ("${AWS::StackName}", "${AWS::StackId}")
_GLOBAL = ("AWS::IAM::", "AWS::S3::Bucket", "AWS::CloudFront::", "AWS::Route53::")
"""What has one name for all regions of an account, or of the world."""


class Named(NamedTuple):
    """A resource with a name of its author's choice."""

    template: str
    title: str
    path: tuple[str, ...]
    type: str
    name: str
    scenario: Scenario


def check_names(templates: Mapping[str, BuiltTemplate]) -> Iterator[Finding]:
    """A finding for the second of two resources with one name, and for a name that a StackSet takes to many regions."""
    known = Known(templates)
    named = [each for template in templates.values() for each in named_in(template, known)]
    first: dict[tuple[str, str], list[Named]] = {}
    for each in named:
        others = first.setdefault((each.type, each.name), [])
        other = next((one for one in others if _are_both(one, each)), None)
        if other is not None:
            where = other.title if other.template == each.template else f"{other.template}, {other.title}"
            message = f"{each.title} wants the name {each.name}, which {where} has: both are {each.type}"
            yield templates[each.template].finding(CONTRACTS, message, *each.path)
        others.append(each)
    spread = _spread(templates)
    for each in named:
        if each.template in spread and is_one_for_all_regions(each):
            message = (
                f"{each.title} wants the name {each.name} in each region of {spread[each.template]}, "
                f"and {each.type} has one for all: end it with ${{AWS::Region}}"
            )
            yield templates[each.template].finding(CONTRACTS, message, *each.path)


def is_one_for_all_regions(named: Named) -> bool:
    """Whether a second region wants the same name, and there can be only one."""
    return named.type.startswith(_GLOBAL) and "${AWS::Region}" not in named.name


def _are_both(one: Named, other: Named) -> bool:
    """Whether both are there at the same time: conditions of one template may choose between them.

    What conditions of two names have to do with each other nobody knows here.
    """
    if one.template != other.template:
        return True
    if one.title == other.title:
        return False
    ours, theirs = one.scenario.items(), other.scenario.items()
    return ours <= theirs or theirs <= ours


def named_in(template: BuiltTemplate, known: Known) -> Iterator[Named]:
    """The resources of a template whose names can be compared."""
    for title, content in template.section("Resources").items():
        kind = str(content.get("Type", ""))
        rule = PHYSICAL_NAMES.get(kind)
        condition = content.get("Condition")
        scenario = {condition: True} if isinstance(condition, str) else {}
        if rule is None:
            continue
        value = entry(content, "Properties").get(rule.property)
        path = ("Resources", title, "Properties", rule.property)
        for found in known.names(value, template, scenario) if value is not None else ():
            text = found.value
            if text and not text.startswith("${") and not any(each in text for each in UNIQUE):
                yield Named(template.name, title, (*path, *map(str, found.path)), kind, text, found.scenario)


def _spread(templates: Mapping[str, BuiltTemplate]) -> dict[str, str]:
    """The templates that StackSets take to several regions, with all that they nest, and the StackSet's logical ID."""
    found: dict[str, str] = {}
    for template in templates.values():
        for title, content in template.section("Resources").items():
            properties = entry(content, "Properties")
            if content.get("Type") != STACK_SET or not has_regions(properties):
                continue
            pending = [each.value for each in leads_to(content, template, templates)]
            while pending:
                name = pending.pop()
                if name in templates and name not in found:
                    found[name] = title
                    pending += templates[name].children.values()
    return found


def has_regions(properties: dict[str, Any]) -> bool:
    """Whether there are several, or nobody knows how many."""
    groups = (each.value for each in elements(properties.get("StackInstancesGroup")))
    said = [branch.value for each in groups if isinstance(each, dict) for branch in branches(each.get("Regions"))]
    listed = {str(one) for each in said if isinstance(each, list) for one in each}
    return len(listed) > 1 or any(isinstance(each, dict) for each in said)
