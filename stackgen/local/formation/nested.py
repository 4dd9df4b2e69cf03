"""AWS::CloudFormation::Stack: a stack like any other, which goes forward and back with its root.

ministack deploys children by a shorter way of its own, which forgets attributes, exports and dynamic references and
never rolls a child back.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stackgen.local.errors import ServiceError
from stackgen.local.formation import exports, monitoring, records, requests
from stackgen.local.formation.monitoring import limit_time
from stackgen.local.formation.operation import CLOUDFORMATION_STACK, drive, start
from stackgen.local.formation.steps import remember_failed_creation
from stackgen.local.resources.resource_type import ResourceType

if TYPE_CHECKING:
    from stackgen.local.formation.operations import Operations
    from stackgen.local.formation.records import Stack

_LETTERS = string.ascii_uppercase + string.digits


class NestedStacks:
    """The handlers of the type."""

    def __init__(self, running: Operations) -> None:
        self._running = running
        self.prepared: dict[tuple[str, str], str] = {}
        """Names of children that a change set has announced, by the id of their parent and their logical id."""

    def resource_type(self) -> ResourceType:
        return ResourceType(create=self.create, update=self.update, delete=self.delete)

    def create(self, logical_id: str, properties: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
        parent = records.known(stack_name)
        name = self._name(parent, logical_id)

        def begin(work: Any, stack: Stack) -> None:
            _adopt(stack, parent)
            _announce(parent, logical_id, stack)
            limit_time(stack, properties.get("TimeoutInMinutes"), self._running.clock.time())
            start.set(None)
            drive(work, stack)
            stack.pop("_deadline", None)

        with _starting(begin):
            _ask("CreateStack", {**_wanted(name, properties, parent), "DisableRollback": "true"})
        child = records.known(name)
        if child["StackStatus"] != "CREATE_COMPLETE":
            failed = _failed(child, "CREATE_FAILED")
            reason = child.pop("_because", "") or (
                f"The following resource(s) failed to create: [{failed}]. " if failed else child["StackStatusReason"]
            )
            child["StackStatusReason"] = reason
            remember_failed_creation(parent, logical_id, CLOUDFORMATION_STACK, child["StackId"], properties)
            raise ValueError(f"Embedded stack {child['StackId']} was not successfully created: {reason}")
        return child["StackId"], _outputs(child)

    def _name(self, parent: Stack, logical_id: str) -> str:
        """The name that a change set has announced, whose empty stack now gives way; else a new one."""
        from ministack.services import cloudformation

        announced = self.prepared.pop((parent["StackId"], logical_id), "")
        if announced and (records.find(announced) or {}).get("StackStatus") == "REVIEW_IN_PROGRESS":
            cloudformation._stacks.pop(announced)
            return announced
        return child_name(parent["StackName"], logical_id)

    def update(
        self, physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str = ""
    ) -> tuple[str, dict[str, Any]]:
        del old, logical_id
        child, parent = records.known(physical_id), records.known(stack_name)
        if self._running.send_back(physical_id):
            if child["StackStatus"] == "UPDATE_ROLLBACK_FAILED":
                raise ValueError(f"Embedded stack {physical_id} was not rolled back: {child['StackStatusReason']}")
            return physical_id, _outputs(child)
        if child["StackStatus"] == "UPDATE_ROLLBACK_FAILED" and _is_rolling_back(parent):
            self._continue(child)
        else:
            self._update_stack(child, parent, new)
        return physical_id, _outputs(child)

    def _continue(self, child: Stack) -> None:
        """The root goes on with a rollback that failed here; what it was told to skip of this child is skipped."""

        def begin(work: Any, stack: Stack) -> None:
            start.set(None)
            drive(work, stack)

        with _starting(begin):
            skipped = child.pop("_skipped", [])
            _ask("ContinueUpdateRollback", {"StackName": child["StackId"], "ResourcesToSkip": skipped})
        if child["StackStatus"] != "UPDATE_ROLLBACK_COMPLETE":
            raise ValueError(
                f"Embedded stack {child['StackId']} was not rolled back: {child.get('StackStatusReason', '')}"
            )

    def _update_stack(self, child: Stack, parent: Stack, properties: dict[str, Any]) -> None:
        def begin(work: Any, stack: Stack) -> None:
            start.set(None)
            if _is_rolling_back(parent):
                drive(work, stack)  # the way back is never rolled back itself
            else:
                self._running.run_child(work, stack)

        with _starting(begin):
            changed = _ask("UpdateStack", _wanted(child["StackName"], properties, parent), unchanged_is_fine=True)
        if changed and child["StackStatus"] not in {
            "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        }:  # fmt: skip
            failed = _failed(child, "UPDATE_FAILED", "CREATE_FAILED")
            reason = child.pop("_because", "") or f"The following resource(s) failed to update: [{failed}]. "
            raise ValueError(
                f"Embedded stack {child['StackId']} was not successfully updated. Currently in "
                f"UPDATE_ROLLBACK_IN_PROGRESS with reason: {reason}"
            )

    def delete(self, physical_id: str, properties: dict[str, Any]) -> None:
        del properties
        child = records.find(physical_id)
        if child is None or child["StackStatus"] == "DELETE_COMPLETE":
            return

        def begin(work: Any, stack: Stack) -> None:
            start.set(None)
            drive(work, stack)

        if reason := exports.in_use(child):
            raise ValueError(reason)
        _let_go(child)
        with _starting(begin):
            _ask("DeleteStack", {"StackName": physical_id})
        if child["StackStatus"] != "DELETE_COMPLETE":
            raise ValueError(f"Embedded stack {physical_id} was not successfully deleted: {child['StackStatusReason']}")


def child_name(stack_name: str, logical_id: str) -> str:
    """``root-Network-1A2B3C4D5E6F``, as CloudFormation names a nested stack."""
    return f"{stack_name}-{logical_id}-{''.join(secrets.choice(_LETTERS) for _ in range(12))}"


def _ask(action: str, wanted: dict[str, Any], *, unchanged_is_fine: bool = False) -> str:
    try:
        return requests.ask(action, wanted, unchanged_is_fine=unchanged_is_fine)
    except ServiceError as refused:  # the reason of the parent's resource is the message alone
        raise ValueError(refused.message) from refused


def _starting(begin: Any) -> Any:
    return requests.setting(start, begin)


def _announce(parent: Stack, logical_id: str, child: Stack) -> None:
    """The parent's event from which one knows the child while it is made."""
    from ministack.services.cloudformation import stacks

    where = (parent["StackId"], parent["StackName"], logical_id, CLOUDFORMATION_STACK)
    stacks._add_event(*where, "CREATE_IN_PROGRESS", "Resource creation Initiated", child["StackId"])


def _adopt(stack: Stack, parent: Stack) -> None:
    stack["ParentId"] = parent["StackId"]
    stack["RootId"] = parent.get("RootId", parent["StackId"])


def _wanted(name: str, properties: dict[str, Any], parent: Stack) -> dict[str, Any]:
    """What a parent asks of its child, in the terms of CreateStack."""
    parameters = properties.get("Parameters") or {}
    if not isinstance(parameters, Mapping) or any(isinstance(value, list) for value in parameters.values()):
        raise ValueError("Value of property Parameters must be an object with String (or simple type) properties")
    if not properties.get("TemplateURL"):
        raise ValueError("Property TemplateURL cannot be empty.")
    return {
        "StackName": name,
        "TemplateURL": properties["TemplateURL"],
        "Parameters": {key: text_of(value) for key, value in parameters.items()},
        "Tags": {tag["Key"]: tag["Value"] for tag in properties.get("Tags") or [] if not tag["Key"].startswith("aws:")},
        "Capabilities": parent.get("Capabilities", []),
    }


def text_of(value: Any) -> str:
    """A value as a parameter of a stack carries it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _outputs(child: Stack) -> dict[str, Any]:
    return {f"Outputs.{output['OutputKey']}": output["OutputValue"] for output in child.get("Outputs", [])}


def _failed(child: Stack, *statuses: str) -> str:
    return ", ".join(
        dict.fromkeys(
            event["LogicalResourceId"]
            for event in records.events(child)
            if event["ResourceStatus"] in statuses and event["LogicalResourceId"] != child["StackName"]
        )
    )


def _let_go(child: Stack) -> None:
    """Where the operation that made it is taken back, nothing of it is kept that has not served yet.

    Source: aws-attribute-deletionpolicy.html on RetainExceptOnCreate, and the parameter of that name of CreateStack,
    UpdateStack and ExecuteChangeSet. assumed: both hold in nested stacks as they do in their root.
    """
    parent = records.find(child.get("ParentId", ""))
    if parent is None or not (_is_rolling_back(parent) or parent.get("_is_taken_back")):
        return
    child["_is_taken_back"] = True
    call = monitoring.call.get()
    asked = call is not None and str(call.parameters.get("RetainExceptOnCreate", "")).lower() == "true"
    unkept = ("RetainExceptOnCreate", "Retain") if asked else ("RetainExceptOnCreate",)
    resources = child["_template"]["Resources"]
    child["_template"] = {
        **child["_template"],
        "Resources": {
            name: {**each, "DeletionPolicy": "Delete"} if each.get("DeletionPolicy") in unkept else each
            for name, each in resources.items()
        },
    }


def _is_rolling_back(parent: Stack) -> bool:
    return "ROLLBACK" in parent["StackStatus"]
