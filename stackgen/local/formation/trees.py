"""Whether the template of a nested stack has changed where it lies, though its parent's properties have not.

From using-cfn-nested-stacks.html and API_ResourceChangeDetail ("Automatic"): updating a parent updates the children
whose templates changed. assumed: what cannot be read has changed, so that the update says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.local.formation import records, templates
from stackgen.local.formation.operation import CLOUDFORMATION_STACK

if TYPE_CHECKING:
    from collections.abc import Mapping


def has_changed(child_id: str, properties: Mapping[str, Any]) -> bool:
    """Whether the child, or anything below it, is not what its template says now."""
    child = records.find(child_id)
    if child is None:
        return False
    text = templates.text_at(str(properties.get("TemplateURL", "")))
    return text is None or _differs(text, child["_template_body"]) or any_changed(child)


def any_changed(stack: records.Stack) -> bool:
    """Whether any child of a stack is not what its template says now."""
    return bool(changed_children(stack.get("_resources", {})))


def changed_children(resources: Mapping[str, Any]) -> list[str]:
    """The logical ids of nested stacks that are not what their templates say now."""
    return [
        logical_id
        for logical_id, resource in resources.items()
        if resource["ResourceType"] == CLOUDFORMATION_STACK
        and has_changed(resource["PhysicalResourceId"], resource["Properties"])
    ]


def _differs(text: str, before: str) -> bool:
    from ministack.services.cloudformation import engine

    if text == before:
        return False
    try:
        return bool(engine._parse_template(text) != engine._parse_template(before))
    except Exception:  # noqa: BLE001 - whatever a parser says of it: the update will say it too
        return True
