"""AWS::CloudFormation::StackSet: a set and its instances, made by the operations that clients call.

As in AWS the resource is complete when its last operation succeeded, and deleting it deletes the instances first. When
an update fails it is sent back to the properties that it had, by operations of their own. assumed: that a group which
names accounts beside units (AccountFilterType) means both.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, NamedTuple

from stackgen.local.errors import ServiceError
from stackgen.local.formation import records
from stackgen.local.formation.steps import remember_failed_creation
from stackgen.local.resources.resource_type import ResourceType
from stackgen.local.wire import Call, from_inside

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stackgen.local.clock import Clock

STACK_SET = "AWS::CloudFormation::StackSet"

_LOOK_EVERY = 5.0
#: Properties of the resource that CreateStackSet and UpdateStackSet take under the same name.
_PASSED_ON = (
    "AdministrationRoleARN", "AutoDeployment", "CallAs", "Capabilities", "Description", "ExecutionRoleName",
    "ManagedExecution", "Parameters", "PermissionModel", "Tags", "TemplateBody", "TemplateURL",
)  # fmt: skip
_KINDS = ("Accounts", "OrganizationalUnitIds")
Overrides = tuple[tuple[str, str], ...]


class Cell(NamedTuple):
    """What one operation reaches: an account or an organisational unit in a region."""

    kind: str
    target: str
    region: str


class StackSetType:
    def __init__(
        self, clock: Clock, operations: Callable[[], Mapping[str, Callable[[Call], dict[str, Any] | None]]]
    ) -> None:
        self._clock = clock
        self._operations = operations

    def resource_type(self) -> ResourceType:
        replaced_by = frozenset({"StackSetName", "PermissionModel"})
        return ResourceType(create=self.create, update=self.update, delete=self.delete, replaced_by=replaced_by)

    def create(self, logical_id: str, properties: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
        name = properties["StackSetName"]
        made = self._ask("CreateStackSet", properties, **_definition(properties), StackSetName=name)
        stack_set_id = f"{name}:{made['StackSetId'].rpartition(':')[2]}"
        try:
            for group in properties.get("StackInstancesGroup") or []:
                self._run("CreateStackInstances", properties, group)
        except ValueError:
            remember_failed_creation(records.known(stack_name), logical_id, STACK_SET, stack_set_id, properties)
            raise
        return stack_set_id, {"StackSetId": stack_set_id}

    def update(
        self, physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str = ""
    ) -> tuple[str, dict[str, Any]]:
        del stack_name, logical_id
        if _definition(old) != _definition(new):
            self._run("UpdateStackSet", new, {}, **_definition(new))
        before, after = _cells(old), _cells(new)
        for cell, _ in sorted(before.items() - after.items()):
            if cell not in after:
                self._run("DeleteStackInstances", new, _one(cell), RetainStacks=False)
        for cell, parameters in sorted(after.items() - before.items()):
            verb = "UpdateStackInstances" if cell in before else "CreateStackInstances"
            self._run(verb, new, _one(cell, parameters))
        return physical_id, {"StackSetId": physical_id}

    def delete(self, physical_id: str, properties: dict[str, Any]) -> None:
        name = physical_id.partition(":")[0]
        properties = {**properties, "StackSetName": name}
        try:
            for group in properties.get("StackInstancesGroup") or []:
                self._run("DeleteStackInstances", properties, {**group, "ParameterOverrides": []}, RetainStacks=False)
            self._ask("DeleteStackSet", properties, StackSetName=name)
        except ServiceError as refused:
            if refused.code != "StackSetNotFoundException":
                raise

    def _run(self, action: str, properties: dict[str, Any], group: dict[str, Any], **more: Any) -> None:
        """Start an operation, and wait until it has ended well.

        :raises ValueError: when it did not.
        """
        name = properties["StackSetName"]
        targets = group.get("DeploymentTargets") or {}
        said = {
            "StackSetName": name,
            "OperationId": str(uuid.uuid4()),
            "OperationPreferences": properties.get("OperationPreferences"),
            "Regions": group.get("Regions"),
            "Accounts": targets.get("Accounts"),
            "DeploymentTargets": targets if targets.get("OrganizationalUnitIds") else None,
            "ParameterOverrides": group.get("ParameterOverrides") or None,
            **more,
        }
        operation = self._ask(action, properties, **said)["OperationId"]
        while True:
            shown = self._ask("DescribeStackSetOperation", properties, StackSetName=name, OperationId=operation)
            status = shown["StackSetOperation"]["Status"]
            if status not in {"RUNNING", "QUEUED", "STOPPING"}:
                break
            self._clock.sleep(_LOOK_EVERY)
        if status != "SUCCEEDED":
            raise ValueError(
                f"StackSet operation {operation} of {name} ended {status}: {self._reason(properties, operation)}"
            )

    def _reason(self, properties: dict[str, Any], operation: str) -> str:
        results = self._ask(
            "ListStackSetOperationResults", properties, StackSetName=properties["StackSetName"], OperationId=operation
        )["Summaries"]
        return "; ".join(
            f"{result['Account']}/{result['Region']}: {result.get('StatusReason', '')}"
            for result in results
            if result["Status"] == "FAILED"
        )

    def _ask(self, action: str, properties: dict[str, Any], **said: Any) -> dict[str, Any]:
        from ministack.core.responses import get_account_id, get_region

        asked = {name: value for name, value in said.items() if value is not None}
        if properties.get("CallAs"):
            asked["CallAs"] = properties["CallAs"]
        call = from_inside("cloudformation", action, get_account_id(), get_region(), asked)
        return self._operations()[action](call) or {}


def _definition(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name: properties[name] for name in _PASSED_ON if name in properties}


def _cells(properties: Mapping[str, Any]) -> dict[Cell, Overrides]:
    """Every account, or organisational unit, and region of a set, with the parameters that are its own."""
    return {
        Cell(kind, target, region): tuple(
            (each["ParameterKey"], str(each["ParameterValue"])) for each in group.get("ParameterOverrides") or []
        )
        for group in properties.get("StackInstancesGroup") or []
        for kind in _KINDS
        for target in (group.get("DeploymentTargets") or {}).get(kind) or []
        for region in group.get("Regions") or []
    }


def _one(cell: Cell, parameters: Overrides = ()) -> dict[str, Any]:
    return {
        "DeploymentTargets": {cell.kind: [cell.target]},
        "Regions": [cell.region],
        "ParameterOverrides": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters],
    }
