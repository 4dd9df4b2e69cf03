"""Which templates a stack asks for, and in which buckets: its TemplateURLs, once its parameters are known."""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.local.formation import evaluation
from stackgen.local.formation.templates import place_of
from stackgen.review.capabilities import capabilities_of as of_contents

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stackgen.template import Template

_NAMES_A_TEMPLATE = {"AWS::CloudFormation::Stack", "AWS::CloudFormation::StackSet"}
_KEY = re.compile(r"(.+)/([0-9a-f]{16})\.json")


class Place(NamedTuple):
    """Where a TemplateURL leads; ``template`` is the name of the one of ours that is asked for, if any."""

    bucket: str
    key: str
    region: str | None
    template: str | None


def key_of(template: Template) -> str:
    """The key under which a TemplateURL asks for a template."""
    return f"{template.name}/{template.digest}.json"


def places_of(root: Template, built: Mapping[str, Template], given: Mapping[str, str]) -> Iterator[Place]:
    """Every place that a tree takes templates from, as far as it is known before the stack is made.

    To be asked within the account and region of the deployment.
    """
    content = json.loads(root.text)
    parameters = _values(content, given)
    conditions = evaluation.conditions(content, parameters)

    def resolved(value: Any) -> Any:
        from ministack.services.cloudformation import engine

        try:
            mappings = content.get("Mappings", {})
            return engine._resolve_refs(copy.deepcopy(value), {}, parameters, conditions, mappings, root.file, "")
        except (ValueError, KeyError, IndexError, TypeError):  # an attribute that only the stack will have
            return None

    for resource in content["Resources"].values():
        if resource["Type"] not in _NAMES_A_TEMPLATE or not conditions.get(resource.get("Condition", ""), True):
            continue
        properties = resource.get("Properties", {})
        url = resolved(properties.get("TemplateURL"))
        found = place_of(url) if isinstance(url, str) else None
        if found is None:
            continue
        bucket, key, region = found
        named = _KEY.fullmatch(key)
        template = built.get(named[1]) if named else None
        yield Place(bucket, key, region, template.name if template else None)
        if template is not None and resource["Type"] == "AWS::CloudFormation::Stack":
            values = {name: resolved(value) for name, value in (properties.get("Parameters") or {}).items()}
            handed = {name: str(value) for name, value in values.items() if value is not None}
            yield from places_of(template, built, handed)


def _values(content: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    declared = content.get("Parameters", {})
    return {
        name: {
            "Value": str(given.get(name, said.get("Default", evaluation.UNKNOWN))),
            "NoEcho": False,
            "Type": "String",
        }
        for name, said in declared.items()
    }


def tree_of(root: Template, built: Mapping[str, Template]) -> dict[str, Template]:
    """A template and all that it nests, by name."""
    found = {root.name: root}
    for child in root.children:
        found |= tree_of(built[child], built)
    return found


def capabilities_of(tree: Mapping[str, Template]) -> list[str]:
    """What a deployment of these has to acknowledge."""
    return list(of_contents(json.loads(template.text) for template in tree.values()))
