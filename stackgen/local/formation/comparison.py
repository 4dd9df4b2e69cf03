"""What a change set compares, and how one is found: what templates come to, and what lies behind nested stacks now."""

from __future__ import annotations

import copy
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from stackgen.local.errors import ServiceError
from stackgen.local.formation import evaluation, records, trees
from stackgen.local.formation.operation import CLOUDFORMATION_STACK
from stackgen.local.virtual import given

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    ChangeSet = dict[str, Any]


@contextmanager
def effective() -> Iterator[None]:
    """Compare what templates come to, not what they say: without what a condition leaves out, and with what exists."""
    from ministack.services.cloudformation import changesets, handlers

    found = _by_any_name(changesets._find_change_set)
    differ = _with_changed_children(changesets._diff_resources)
    unchanged = _nor_below(handlers._stack_has_no_updates)
    with (
        given(changesets, _resolve_props_for_diff=come_to, _find_change_set=found, _diff_resources=differ),
        given(handlers, _stack_has_no_updates=unchanged),
    ):
        yield


def _nor_below(is_unchanged: Callable[..., bool]) -> Callable[..., bool]:
    """There is nothing to update where nothing changes below either."""

    def unchanged(stack: records.Stack, *said: Any) -> bool:
        return is_unchanged(stack, *said) and not trees.any_changed(stack)

    return unchanged


def _by_any_name(find: Callable[..., Any]) -> Callable[..., Any]:
    """A change set is found by its name and the id of its stack too, not by the stack's name alone."""

    def found(name_or_id: str, stack: str = "") -> Any:
        return find(name_or_id, name_of(stack))

    return found


def come_to(template: dict[str, Any], parameters: dict[str, Any], stack_name: str, stack_id: str) -> dict[str, Any]:
    if not template:
        return {}
    existing = (records.find(stack_id) or {}).get("_resources", {})
    evaluated = evaluation.conditions(template, parameters)

    def resolved(resource: dict[str, Any]) -> Any:
        from ministack.services.cloudformation import engine

        properties = resource.get("Properties", {})
        known = (existing, parameters, evaluated, template.get("Mappings", {}), stack_name, stack_id)
        try:
            return engine._resolve_refs(copy.deepcopy(properties), *known)
        except ValueError:  # an attribute that the resource will have only after the update
            return properties

    return {
        "Resources": {
            name: {**resource, "Properties": resolved(resource)}
            for name, resource in template["Resources"].items()
            if evaluated.get(resource.get("Condition", ""), True)
        }
    }


def _with_changed_children(differ: Callable[..., Any]) -> Callable[..., Any]:
    """A nested stack whose template alone has changed is a change too, of the kind that AWS calls Automatic."""

    def different(old: dict[str, Any], new: dict[str, Any], resources: dict[str, Any] | None, *more: Any) -> Any:
        changes = differ(old, new, resources, *more)
        told = {change["ResourceChange"]["LogicalResourceId"] for change in changes}
        staying = {name: each for name, each in (resources or {}).items() if name in new.get("Resources", {})}
        for name in trees.changed_children({name: each for name, each in staying.items() if name not in told}):
            changes.append({"ResourceChange": _automatic(name, staying[name]["PhysicalResourceId"])})
        return sorted(changes, key=lambda change: str(change["ResourceChange"]["LogicalResourceId"]))

    return different


def _automatic(logical_id: str, physical_id: str) -> dict[str, Any]:
    target = {"Attribute": "Properties", "RequiresRecreation": "Never"}
    return {
        "Action": "Modify",
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": physical_id,
        "ResourceType": CLOUDFORMATION_STACK,
        "Replacement": "False",
        "Scope": ["Properties"],
        "Details": [{"Target": target, "Evaluation": "Dynamic", "ChangeSource": "Automatic"}],
    }


def find(name_or_id: str, stack_name: str = "") -> ChangeSet | None:
    from ministack.services.cloudformation import changesets

    found: ChangeSet | None = changesets._find_change_set(name_or_id, stack_name)[1]
    return found


def known(name_or_id: str, stack_name: str = "") -> ChangeSet:
    found = find(name_or_id, stack_name)
    if found is None:
        raise ServiceError("ChangeSetNotFound", f"ChangeSet [{name_or_id}] does not exist", 404)
    return found


def name_of(stack: str) -> str:
    return stack.split("/")[1] if stack.startswith("arn:") else stack
