"""The change sets of nested stacks: each is made, told of and forgotten with that of its root.

A nested change set that cannot be made fails its parents up to the root. AWS words that "Nested change set ... was not
successfully created: Currently in FAILED."; assumed: the reason of the nested one beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.local.errors import ServiceError
from stackgen.local.formation import evaluation, records, requests
from stackgen.local.formation.comparison import come_to, find, known
from stackgen.local.formation.nested import child_name, text_of
from stackgen.local.formation.operation import CLOUDFORMATION_STACK

if TYPE_CHECKING:
    from stackgen.local.formation.comparison import ChangeSet
    from stackgen.local.formation.nested import NestedStacks
    from stackgen.local.formation.validation import Validation


class NestedChanges:
    def __init__(self, nested: NestedStacks, validation: Validation) -> None:
        self._nested = nested
        self._validation = validation

    def include(self, parent: ChangeSet, root_id: str) -> None:
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
            self._validation.validate(child)
            self.include(child, root_id)
            if child["Status"] == "FAILED":
                _fail(parent, f"Nested change set {child['ChangeSetId']} was not successfully created: {_why(child)}")

    def _child(self, parent: ChangeSet, told: dict[str, Any]) -> ChangeSet | None:
        """The change set of a nested stack; none where nothing changes in it."""
        logical_id = told["LogicalResourceId"]
        stack = records.known(parent["StackId"])
        properties = come_to(parent["_template"], parent["_resolved_params"], stack["StackName"], stack["StackId"])[
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
            "TemplateURL": properties.get("TemplateURL", ""),
            "Parameters": _known_values(
                properties.get("Parameters") or {}, _not_yet(parent["_template"], logical_id, stack), child
            ),
            "Capabilities": parent["Capabilities"],
        }
        try:
            requests.ask("CreateChangeSet", asked)
        except ServiceError as refused:
            return _never_made(asked, child, refused.message)
        made = known(asked["ChangeSetName"], name)
        if child is None:
            _adopt(name, stack)
        elif made["Status"] == "FAILED":
            _forget(made)
            return None
        return made


def _never_made(asked: dict[str, Any], child: records.Stack | None, reason: str) -> ChangeSet:
    """The nested change set that stands for what was refused."""
    from ministack.core import responses
    from ministack.services import cloudformation

    name, where = asked["ChangeSetName"], f"{responses.get_region()}:{responses.get_account_id()}"
    stack_id = f"arn:aws:cloudformation:{where}:stack/{asked['StackName']}/{responses.new_uuid()}"
    made: ChangeSet = {
        "ChangeSetId": f"arn:aws:cloudformation:{where}:changeSet/{name}/{responses.new_uuid()}",
        "ChangeSetName": name,
        "StackId": child["StackId"] if child else stack_id,
        "StackName": asked["StackName"],
        "Status": "FAILED",
        "ExecutionStatus": "UNAVAILABLE",
        "StatusReason": reason,
        "CreationTime": responses.now_iso(),
        "Description": "",
        "ChangeSetType": asked["ChangeSetType"],
        "Changes": [],
        "Parameters": [],
        "Tags": [],
        "Capabilities": asked["Capabilities"],
    }
    cloudformation._change_sets[made["ChangeSetId"]] = made
    return made


def _fail(made: ChangeSet, reason: str) -> None:
    made |= {"Status": "FAILED", "ExecutionStatus": "UNAVAILABLE", "StatusReason": reason}


def _why(made: ChangeSet) -> str:
    return f"Currently in FAILED. {made['StatusReason']}"


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


def delete_children(made: ChangeSet) -> None:
    """Nested change sets go with their root, and nested stacks that only they have announced."""
    from ministack.services import cloudformation

    for change in made["Changes"]:
        child = find(change["ResourceChange"].get("ChangeSetId", "-"))
        if child is not None:
            delete_children(child)
            _forget(child)
            stack = records.find(child["StackId"])
            if stack is not None and stack["StackStatus"] == "REVIEW_IN_PROGRESS":
                cloudformation._stacks.pop(stack["StackName"], None)
