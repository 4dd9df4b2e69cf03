"""The calls that change a StackSet, as actions.

An operation's id follows from what is rolled out, from the newest operation that there was before, and from its place
in the plan. So the same call twice starts one operation, and a later run knows an operation that an earlier one began.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from stackgen.deploy.actions import Action
from stackgen.deployer.handlers.planning import CREATE, DEFINE, DELETE, UPDATE

from .comparing import auto_deployment
from .planning import DEFAULTS, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from stackgen.deployer.handlers.policy import Policy
    from stackgen.deployer.handlers.rectangles import Rectangle

    from .planning import Operation, SetPlan
    from .reading import Ran
    from .settings import Declared
    from .wanted import Wanted

MOST_STEPS = 2_000
"""How many operations of one plan are looked for among those that AWS remembers."""

_CALLS = {
    SETTINGS: "update_stack_set",
    DEFINE: "update_stack_set",
    CREATE: "create_stack_instances",
    UPDATE: "update_stack_instances",
    DELETE: "delete_stack_instances",
}
_WORDS = {
    SETTINGS: "switch managed execution of",
    DEFINE: "change the definition of",
    CREATE: "create instances of",
    UPDATE: "update instances of",
    DELETE: "delete instances of",
}


def operation_id(fingerprint: str, before: str, number: int) -> str:
    """The id of the *number*-th operation of a plan; *before* is the newest operation when it was made, or nothing."""
    return str(uuid5(NAMESPACE_URL, f"stackgen/{fingerprint}/{before}/{number}"))


def is_of(ran: Ran, fingerprint: str, all_of_them: Sequence[Ran]) -> bool:
    """Whether an operation was begun by a run for the same thing; *all_of_them* are those of the set."""
    bases = ["", *(each.id for each in all_of_them if each.id != ran.id)]
    return any(ran.id == operation_id(fingerprint, base, number) for base in bases for number in range(MOST_STEPS))


def create_set(wanted: Wanted, url: str) -> Action:
    """Make the set, still without instances; the token lets a second attempt find it."""
    said = wanted.declared
    more: dict[str, Any] = {"PermissionModel": said.text("permission_model") or "SELF_MANAGED"}
    if said.values.get("managed_execution"):
        more["ManagedExecution"] = {"Active": True}
    return Action(
        "cloudformation",
        "create_stack_set",
        {
            "StackSetName": wanted.name,
            "Description": said.text("description") or f"{said.template}, rolled out by stackgen",
            **_definition(wanted, url),
            **_automatic(wanted),
            **more,
            "ClientRequestToken": operation_id(wanted.fingerprint, "", -1),
        },
        f"make the StackSet {wanted.name}",
        wanted.secrets,
    )


def of_operation(plan: SetPlan, operation: Operation, identity: str, url: str) -> Action:
    """Start an operation of a plan."""
    wanted = plan.wanted
    more: dict[str, Any] = {}
    if operation.action == DEFINE:
        description = wanted.declared.text("description")
        more = {**_definition(wanted, url), **({"Description": description} if description else {})}
    elif operation.action == SETTINGS:
        more = _switched(plan)
    elif operation.action == DELETE:
        more = {"RetainStacks": False}
    elif operation.overrides is not None and (operation.overrides or operation.action == UPDATE):
        more = {"ParameterOverrides": _overrides(wanted, operation.overrides)}
    return Action(
        "cloudformation",
        _CALLS[operation.action],
        {
            "StackSetName": wanted.name,
            "OperationId": identity,
            **places(wanted.declared, operation.batch.rectangle),
            **more,
        },
        f"{_WORDS[operation.action]} {wanted.name}",
        wanted.secrets,
    )


def delete_instances(name: str, declared: Declared, rectangle: Rectangle, identity: str, *, retain: bool) -> Action:
    """Take instances out of a set, with their stacks or without."""
    return Action(
        "cloudformation",
        "delete_stack_instances",
        {"StackSetName": name, "OperationId": identity, **places(declared, rectangle), "RetainStacks": retain},
        f"take {len(rectangle.pairs())} instances out of {name}",
    )


def delete_set(name: str) -> Action:
    """Delete a set that has no instances."""
    return Action("cloudformation", "delete_stack_set", {"StackSetName": name}, f"delete the StackSet {name}")


def detect_drift(name: str, policy: Policy, rectangle: Rectangle, identity: str) -> Action:
    """Compare all stacks of a set with their template."""
    return Action(
        "cloudformation",
        "detect_stack_set_drift",
        {
            "StackSetName": name,
            "OperationId": identity,
            "OperationPreferences": policy.preferences(rectangle, DEFAULTS),
        },
        f"detect drift of {name}",
    )


def stop(name: str, identity: str) -> Action:
    """Let an operation begin nothing more."""
    return Action(
        "cloudformation",
        "stop_stack_set_operation",
        {"StackSetName": name, "OperationId": identity},
        f"stop the operation {identity} of {name}",
    )


def places(declared: Declared, rectangle: Rectangle) -> dict[str, Any]:
    """Where it happens and how fast; what changes nowhere has neither."""
    if not rectangle.accounts:
        return {}
    accounts = list(rectangle.accounts)
    where: Mapping[str, Any] = {"Accounts": accounts}
    if declared.is_service_managed:
        units = list(declared.texts("organizational_units"))
        targets = {"OrganizationalUnitIds": units, "Accounts": accounts, "AccountFilterType": "INTERSECTION"}
        where = {"DeploymentTargets": targets}
    return {
        **where,
        "Regions": list(rectangle.regions),
        "OperationPreferences": declared.policy.preferences(rectangle, DEFAULTS),
    }


def _switched(plan: SetPlan) -> dict[str, Any]:
    """Managed execution alone; what is not said anew AWS takes away: roles, capabilities, tags."""
    state = plan.state
    assert state is not None  # noqa: S101 - it is what is switched
    roles = {"AdministrationRoleARN": state.administration_role, "ExecutionRoleName": state.execution_role}
    return {
        "UsePreviousTemplate": True,
        "Parameters": [{"ParameterKey": name, "UsePreviousValue": True} for name in sorted(state.parameters)],
        "Capabilities": list(state.capabilities),
        "Tags": [{"Key": key, "Value": value} for key, value in sorted(state.tags.items())],
        **{name: role for name, role in roles.items() if role and not plan.wanted.declared.is_service_managed},
        "ManagedExecution": {"Active": bool(plan.wanted.declared.values.get("managed_execution"))},
    }


def _definition(wanted: Wanted, url: str) -> dict[str, Any]:
    said = wanted.declared
    roles = {"AdministrationRoleARN": wanted.administration_role, "ExecutionRoleName": wanted.execution_role}
    return {
        **({"TemplateURL": url} if url else {"TemplateBody": wanted.text}),
        "Parameters": _values(sorted((name, value.text) for name, value in wanted.parameters.items()), wanted.kept),
        "Capabilities": list(wanted.capabilities),
        "Tags": [{"Key": key, "Value": value} for key, value in sorted(wanted.tags.items())],
        **({} if said.is_service_managed else roles),
    }


def _automatic(wanted: Wanted) -> dict[str, Any]:
    """Of a new set alone: where there are places in a call, AWS takes no automatic deployment (API_UpdateStackSet)."""
    said = wanted.declared
    auto = auto_deployment(said.values.get("auto_deployment", {}))
    return {"AutoDeployment": auto} if said.is_service_managed else {}


def _overrides(wanted: Wanted, values: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """What a cell overrides. A list without a parameter takes its override back, and it may not be empty."""
    if values:
        return _values(values, wanted.kept)
    name = min(name for name in wanted.parameters if name not in wanted.secrets)
    return _values([(name, wanted.parameters[name].text)])


def _values(values: Sequence[tuple[str, str]], kept: Collection[str] = ()) -> list[dict[str, Any]]:
    return [
        {"ParameterKey": name, **({"UsePreviousValue": True} if name in kept else {"ParameterValue": value})}
        for name, value in values
    ]
