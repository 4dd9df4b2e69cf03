"""Change sets that see what an update sees: conditions, resources that exist, and nested stacks.

From change-sets-nested.html: IncludeNestedStacks makes a change set for each nested stack that is created or updated;
executing and deleting goes by the root; a child cannot be executed by itself. assumed: a child that nothing changes
keeps its line in its parent and has no change set, and a page has 100 changes. Unlike AWS, a nested stack that a change
set announces gets another id when it is created; its name stays.
"""

from __future__ import annotations

import copy
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from stackgen.local import wire
from stackgen.local.errors import ServiceError
from stackgen.local.formation import evaluation, records, requests
from stackgen.local.formation.nested import child_name, text_of
from stackgen.local.formation.operation import CLOUDFORMATION_STACK
from stackgen.local.virtual import given

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stackgen.local.embedded import Embedded
    from stackgen.local.formation.nested import NestedStacks
    from stackgen.local.gateway import Around
    from stackgen.local.wire import Call, Response

    ChangeSet = dict[str, Any]

PAGE = 100

#: What a change set carries beside what ministack keeps, by the name under which it is shown.
_CARRIED = ("IncludeNestedStacks", "ParentChangeSetId", "RootChangeSetId", "RollbackConfiguration")


@contextmanager
def effective() -> Iterator[None]:
    """Compare what templates come to, not what they say: without what a condition leaves out, and with what exists."""
    from ministack.services.cloudformation import changesets

    found = _by_any_name(changesets._find_change_set)
    with given(changesets, _resolve_props_for_diff=_come_to, _find_change_set=found):
        yield


def _by_any_name(find: Callable[..., Any]) -> Callable[..., Any]:
    """A change set is found by its name and the id of its stack too, not by the stack's name alone."""

    def found(name_or_id: str, stack: str = "") -> Any:
        return find(name_or_id, _name_of(stack))

    return found


def _come_to(template: dict[str, Any], parameters: dict[str, Any], stack_name: str, stack_id: str) -> dict[str, Any]:
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


class ChangeSets:
    """What stands around the operations on change sets."""

    def __init__(self, embedded: Embedded, nested: NestedStacks) -> None:
        self._embedded = embedded
        self._nested = nested

    def around(self) -> Mapping[str, Around]:
        return {
            "CreateChangeSet": self._create,
            "DescribeChangeSet": self._describe,
            "DeleteChangeSet": self._delete,
        }

    def _create(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        said = call.parameters
        if "RollbackConfiguration" in said:
            wire.check(call)
        with self._embedded.scope(call.account, call.region):
            _see_that_it_can_change(said)
        response = forward(call)
        if response.status >= 300:  # noqa: PLR2004 - HTTP
            return response
        with self._embedded.scope(call.account, call.region):
            made = _known(wire.read(call, response)["Id"])
            for name in ("RollbackConfiguration", "IncludeNestedStacks"):
                if name in said:
                    made[name] = said[name]
            if said.get("IncludeNestedStacks"):
                self._include_children(made, made["ChangeSetId"])
        return response

    def _include_children(self, parent: ChangeSet, root_id: str) -> None:
        for change in parent["Changes"]:
            told = change["ResourceChange"]
            if told["ResourceType"] != CLOUDFORMATION_STACK or told["Action"] not in {"Add", "Modify"}:
                continue
            child = self._child(parent, told)
            if child is None:
                continue
            child |= {
                "ParentChangeSetId": parent["ChangeSetId"],
                "RootChangeSetId": root_id,
                "IncludeNestedStacks": True,
            }
            told["ChangeSetId"] = child["ChangeSetId"]
            self._include_children(child, root_id)

    def _child(self, parent: ChangeSet, told: dict[str, Any]) -> ChangeSet | None:
        """The change set of a nested stack; none where nothing changes in it."""
        logical_id = told["LogicalResourceId"]
        stack = records.known(parent["StackId"])
        properties = _come_to(parent["_template"], parent["_resolved_params"], stack["StackName"], stack["StackId"])[
            "Resources"
        ][logical_id]["Properties"]
        existing = stack["_resources"].get(logical_id)
        child = records.find(existing["PhysicalResourceId"]) if existing else None
        name = child["StackName"] if child else child_name(stack["StackName"], logical_id)
        if child is None:
            self._nested.prepared[stack["StackId"], logical_id] = name
        asked = {
            "StackName": name,
            "ChangeSetName": f"{parent['ChangeSetName'][:100]}-{logical_id}"[:128],
            "ChangeSetType": "UPDATE" if child else "CREATE",
            "TemplateURL": properties["TemplateURL"],
            "Parameters": _known_values(
                properties.get("Parameters") or {}, _not_yet(parent["_template"], logical_id, stack), child
            ),
            "Capabilities": parent["Capabilities"],
        }
        requests.ask("CreateChangeSet", asked)
        made = _known(asked["ChangeSetName"], name)
        if child is None:
            _adopt(name, stack)
        elif made["Status"] == "FAILED":
            _forget(made)
            return None
        return made

    def _describe(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        response = forward(call)
        if response.status >= 300:  # noqa: PLR2004 - HTTP
            return response
        shown = wire.read(call, response)
        with self._embedded.scope(call.account, call.region):
            kept = _known(shown["ChangeSetId"])
            ids = {
                change["ResourceChange"]["LogicalResourceId"]: change["ResourceChange"] for change in kept["Changes"]
            }
            for change in shown["Changes"]:
                told = change["ResourceChange"]
                told |= {
                    name: ids[told["LogicalResourceId"]][name]
                    for name in ("ChangeSetId",)
                    if name in ids[told["LogicalResourceId"]]
                }
        shown |= {name: kept[name] for name in _CARRIED if name in kept}
        start = int(call.parameters.get("NextToken") or 0)
        if len(shown["Changes"]) > start + PAGE:
            shown["NextToken"] = str(start + PAGE)
        shown["Changes"] = shown["Changes"][start : start + PAGE]
        return wire.answer(call, shown)

    def _delete(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        said = call.parameters
        with self._embedded.scope(call.account, call.region):
            made = _find(said["ChangeSetName"], said.get("StackName", ""))
            if made is not None:
                if made.get("ParentChangeSetId"):
                    raise ServiceError(
                        "InvalidChangeSetStatus", _BY_THE_ROOT.format("deleted", made["RootChangeSetId"])
                    )
                _delete_children(made)
        return forward(call)

    def see_that_it_is_a_root(self, call: Call) -> None:
        """Refuse to execute the change set of a nested stack by itself.

        :raises ServiceError: InvalidChangeSetStatus.
        """
        said = call.parameters
        with self._embedded.scope(call.account, call.region):
            made = _find(said["ChangeSetName"], said.get("StackName", ""))
        if made is not None and made.get("ParentChangeSetId"):
            raise ServiceError("InvalidChangeSetStatus", _BY_THE_ROOT.format("executed", made["RootChangeSetId"]))


_BY_THE_ROOT = "A change set of a nested stack cannot be {} by itself; its root is {}"  # assumed wording


_CHANGEABLE = {
    "CREATE_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
}


def _see_that_it_can_change(said: Mapping[str, Any]) -> None:
    """Only a stack that is at rest and was made takes an update; only one that is not there, or in review, a creation.

    :raises ServiceError: ValidationError.
    """
    stack = records.find(said["StackName"]) or {"StackStatus": "DELETE_COMPLETE"}
    status, kind = stack["StackStatus"], said.get("ChangeSetType", "UPDATE")
    if kind == "UPDATE" and status not in {*_CHANGEABLE, "DELETE_COMPLETE"}:
        raise ServiceError("ValidationError", f"Stack:{stack['StackId']} is in {status} state and can not be updated.")
    if kind == "CREATE" and status not in {"REVIEW_IN_PROGRESS", "DELETE_COMPLETE"}:
        message = f"Stack [{stack['StackName']}] already exists and cannot be created again with the changeSet"
        raise ServiceError("ValidationError", f"{message} [{said['ChangeSetName']}]")


def _find(name_or_id: str, stack_name: str = "") -> ChangeSet | None:
    from ministack.services.cloudformation import changesets

    found: ChangeSet | None = changesets._find_change_set(name_or_id, stack_name)[1]
    return found


def _known(name_or_id: str, stack_name: str = "") -> ChangeSet:
    found = _find(name_or_id, stack_name)
    if found is None:
        raise ServiceError("ChangeSetNotFound", f"ChangeSet [{name_or_id}] does not exist", 404)
    return found


def _name_of(stack: str) -> str:
    return stack.split("/")[1] if stack.startswith("arn:") else stack


def _not_yet(template: dict[str, Any], logical_id: str, stack: records.Stack) -> set[str]:
    """The parameters of a child that refer to something which does not exist yet, or whose attribute does not."""
    from ministack.services.cloudformation import engine

    asked = template["Resources"][logical_id].get("Properties", {}).get("Parameters") or {}
    existing = stack["_resources"]
    return {
        name
        for name, value in asked.items()
        for referred, attribute in engine._intrinsic_references(value)
        if referred in template["Resources"]
        and (referred not in existing or (attribute and attribute not in existing[referred]["Attributes"]))
    }


def _known_values(parameters: dict[str, Any], not_yet: set[str], child: records.Stack | None) -> dict[str, str]:
    """The values that a child gets, as far as they are known before anything runs."""
    before = child["_resolved_params"] if child else {}
    return {
        name: before.get(name, {}).get("Value", evaluation.UNKNOWN) if name in not_yet else text_of(value)
        for name, value in parameters.items()
    }


def _adopt(name: str, parent: records.Stack) -> None:
    child = records.known(name)
    child |= {"ParentId": parent["StackId"], "RootId": parent.get("RootId", parent["StackId"])}


def _forget(made: ChangeSet) -> None:
    from ministack.services import cloudformation

    cloudformation._change_sets.pop(made["ChangeSetId"], None)


def _delete_children(made: ChangeSet) -> None:
    """Nested change sets go with their root, and nested stacks that only they have announced."""
    from ministack.services import cloudformation

    for change in made["Changes"]:
        child = _find(change["ResourceChange"].get("ChangeSetId", "-"))
        if child is not None:
            _delete_children(child)
            _forget(child)
            stack = records.find(child["StackId"])
            if stack is not None and stack["StackStatus"] == "REVIEW_IN_PROGRESS":
                cloudformation._stacks.pop(stack["StackName"], None)
