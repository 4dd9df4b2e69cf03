"""How sets, instances, operations and results look in answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.local.stacksets import operations as states
from stackgen.local.stacksets.operations import Work

if TYPE_CHECKING:
    from stackgen.local.stacksets.instances import Instance
    from stackgen.local.stacksets.operations import Operation
    from stackgen.local.stacksets.rollout import Result
    from stackgen.local.stacksets.sets import StackSet

_GATE = "AWSCloudFormationStackSetAccountGate"


def stack_set(each: StackSet) -> dict[str, Any]:
    definition = each.definition
    answer = {
        **_set(each),
        "StackSetARN": each.arn,
        "TemplateBody": definition.template,
        "Parameters": definition.shown_parameters(),
        "Capabilities": list(definition.capabilities),
        "Tags": [{"Key": key, "Value": value} for key, value in (definition.tags or {}).items()],
        "Regions": list(dict.fromkeys(instance.region for instance in each.instances)),
    }
    if definition.is_service_managed:
        answer["OrganizationalUnitIds"] = list(each.units)
    else:
        answer["AdministrationRoleARN"] = definition.administration_role
        answer["ExecutionRoleName"] = definition.execution_role
    if each.drift_operation is not None:
        answer["StackSetDriftDetectionDetails"] = _drift(each.drift_operation)
    return answer


def set_summary(each: StackSet) -> dict[str, Any]:
    answer = {**_set(each), "DriftStatus": "NOT_CHECKED"}
    if each.drift_operation is not None:
        details = _drift(each.drift_operation)
        answer["DriftStatus"] = details["DriftStatus"]
        answer["LastDriftCheckTimestamp"] = details["LastDriftCheckTimestamp"]
    return answer


def _set(each: StackSet) -> dict[str, Any]:
    definition = each.definition
    answer = {
        "StackSetName": each.name,
        "StackSetId": each.id,
        "Status": each.status,
        "PermissionModel": definition.permission_model,
        "ManagedExecution": {"Active": definition.is_managed},
    }
    if definition.description:
        answer["Description"] = definition.description
    if definition.auto_deployment is not None:
        answer["AutoDeployment"] = dict(definition.auto_deployment)
    return answer


def instance(each: StackSet, instance: Instance) -> dict[str, Any]:
    overrides = [{"ParameterKey": key, "ParameterValue": value} for key, value in instance.overrides.items()]
    return {**instance_summary(each, instance), "ParameterOverrides": overrides}


def instance_summary(each: StackSet, instance: Instance) -> dict[str, Any]:
    """StackId is only there where a stack was (API_StackInstance: an instance can exist without one)."""
    answer: dict[str, Any] = {
        "StackSetId": each.id,
        "Account": instance.account,
        "Region": instance.region,
        "Status": instance.status,
        "StackInstanceStatus": {"DetailedStatus": instance.detailed_status},
        "OrganizationalUnitId": instance.unit,
        "DriftStatus": instance.drift,
        "LastOperationId": instance.operation_id,
    }
    if instance.stack_id:
        answer["StackId"] = instance.stack_id
    if instance.reason:
        answer["StatusReason"] = instance.reason
    if instance.drift_checked is not None:
        answer["LastDriftCheckTimestamp"] = instance.drift_checked
    return answer


def operation(each: StackSet, operation: Operation) -> dict[str, Any]:
    plan = operation.plan
    answer = {**operation_summary(operation), "StackSetId": each.id}
    if plan.work is Work.DELETE:
        answer["RetainStacks"] = plan.retains
    if plan.work is Work.DETECT_DRIFT:
        answer["StackSetDriftDetectionDetails"] = _drift(operation)
    if plan.deployment_targets:
        answer["DeploymentTargets"] = dict(plan.deployment_targets)
    if plan.execution_role:
        answer["AdministrationRoleARN"] = plan.administration_role
        answer["ExecutionRoleName"] = plan.execution_role
    return answer


def operation_summary(operation: Operation) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "OperationId": operation.id,
        "Action": operation.plan.work.action,
        "Status": operation.status,
        "CreationTimestamp": operation.created,
        "OperationPreferences": operation.plan.preferences.shown(),
        "StatusDetails": {"FailedStackInstancesCount": operation.failed},
    }
    if operation.ended is not None:
        answer["EndTimestamp"] = operation.ended
    return answer


def result(each: StackSet, result: Result) -> dict[str, Any]:
    """assumed: no account has the function that a gate would be; AWS then says so, in these words."""
    answer: dict[str, Any] = {
        "Account": result.account,
        "Region": result.region,
        "Status": result.status,
        "OrganizationalUnitId": result.unit,
    }
    if result.reason:
        answer["StatusReason"] = result.reason
    if not each.definition.is_service_managed:
        function = f"arn:aws:lambda:{result.region}:{result.account}:function:{_GATE}"
        answer["AccountGateResult"] = {"Status": "SKIPPED", "StatusReason": f"Function not found: {function}"}
    return answer


def _drift(operation: Operation) -> dict[str, Any]:
    checked = operation.drifted + operation.in_sync
    return {
        "DriftStatus": "DRIFTED" if operation.drifted else "IN_SYNC" if checked else "NOT_CHECKED",
        "DriftDetectionStatus": _detection(operation),
        "LastDriftCheckTimestamp": operation.ended or operation.created,
        "TotalStackInstancesCount": len(operation.results),
        "DriftedStackInstancesCount": operation.drifted,
        "InSyncStackInstancesCount": operation.in_sync,
        "InProgressStackInstancesCount": len(operation.results) - checked - operation.failed,
        "FailedStackInstancesCount": operation.failed,
    }


def _detection(operation: Operation) -> str:
    if operation.status == states.SUCCEEDED:
        return "PARTIAL_SUCCESS" if operation.failed else "COMPLETED"
    return {states.FAILED: "FAILED", states.STOPPED: "STOPPED"}.get(operation.status, "IN_PROGRESS")
