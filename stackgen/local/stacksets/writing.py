"""The calls that change a set or start an operation on it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from stackgen.local.stacksets import definition as definitions
from stackgen.local.stacksets import errors, targets
from stackgen.local.stacksets.attempts import unique
from stackgen.local.stacksets.instances import Target
from stackgen.local.stacksets.operations import Plan, Work
from stackgen.local.stacksets.preferences import Preferences
from stackgen.local.stacksets.sets import Quotas, StackSet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stackgen.local.stacksets.accounts import Accounts
    from stackgen.local.stacksets.definition import Definition
    from stackgen.local.stacksets.engine import Engine
    from stackgen.local.stacksets.sets import Shelf, Shelves
    from stackgen.local.stacksets.stacks import Stacks
    from stackgen.local.wire import Call

#: API_CreateStackSet, in prose; the model has no pattern for it.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
_STACK_ARN = re.compile(r"arn:[\w-]+:cloudformation:([\w-]+):(\d{12}):stack/.+")
#: API_ImportStacksToStackSet.
_MOST_IMPORTED = 10


class Writing:
    """Handlers of the calls that change something. A handler never waits; what takes time runs in tasks."""

    def __init__(self, shelves: Shelves, engine: Engine, stacks: Stacks, accounts: Accounts, quotas: Quotas) -> None:
        self._shelves = shelves
        self._engine = engine
        self._stacks = stacks
        self._accounts = accounts
        self._quotas = quotas

    # Sets

    def create_stack_set(self, call: Call) -> dict[str, Any]:
        parameters, shelf = call.parameters, self._shelves.of(call)
        name = parameters["StackSetName"]
        token = parameters.get("ClientRequestToken") or ""
        request = {key: value for key, value in parameters.items() if key != "ClientRequestToken"}
        before = shelf.active.get(name)
        if before is not None:
            return {"StackSetId": _repeated(before, token, request).id}
        self._check_new(shelf, parameters)
        definition = definitions.created(parameters, self._stacks.template(call), call.account)
        uuid = unique("stackset", call.account, call.region, name, shelf.next_number)
        made = StackSet(shelf.next_number, name, uuid, call.account, call.region, definition, token, request)
        shelf.add(made)
        return {"StackSetId": made.id}

    def update_stack_set(self, call: Call) -> dict[str, Any]:
        """Change a set and roll the change out: everywhere, unless the request says where.

        API_UpdateStackSet: where the template or parameters are given, every instance becomes OUTDATED first.
        """
        stack_set, parameters = self._shelves.active(call), call.parameters
        operation_id = self._admitted(stack_set, parameters)
        before = stack_set.next_definition
        template = before.template if _keeps_template(parameters) else self._stacks.template(call)
        definition = definitions.updated(before, parameters, template, call.account)
        _check_change(stack_set, definition)
        return self._submitted(
            stack_set,
            Plan(
                operation_id=operation_id,
                work=Work.UPDATE,
                preferences=Preferences.of(parameters),
                targets=targets.existing(stack_set, parameters, self._accounts)
                if targets.are_given(parameters)
                else None,
                definition=definition,
                outdates_all=any(key in parameters for key in ("TemplateBody", "TemplateURL", "Parameters")),
                **_echo(definition, parameters),
            ),
        )

    def delete_stack_set(self, call: Call) -> None:
        """Forget a set that is empty.

        assumed: deleting one that is not there succeeds, for API_DeleteStackSet lists no error for it.
        """
        shelf = self._shelves.of(call)
        stack_set = shelf.find(call.parameters["StackSetName"])
        if stack_set is None or stack_set is not shelf.active.get(stack_set.name):
            return
        if not stack_set.operations.are_over:
            raise errors.operation_in_progress(stack_set.arn)
        if len(stack_set.instances):
            raise errors.not_empty(stack_set.name)
        shelf.delete(stack_set)

    # Instances

    def create_stack_instances(self, call: Call) -> dict[str, Any]:
        """Add instances and make their stacks; ones that exist already are deployed again."""
        stack_set, parameters = self._shelves.active(call), call.parameters
        operation_id = self._admitted(stack_set, parameters)
        chosen = targets.created(stack_set, parameters, self._accounts)
        definitions.check_overrides(parameters.get("ParameterOverrides"), stack_set.next_definition)
        self._check_room(stack_set, chosen)
        plan = _instances_plan(stack_set, parameters, operation_id, Work.CREATE, chosen)
        self._remember_units(stack_set, parameters)
        return self._submitted(stack_set, plan)

    def update_stack_instances(self, call: Call) -> dict[str, Any]:
        stack_set, parameters = self._shelves.active(call), call.parameters
        operation_id = self._admitted(stack_set, parameters)
        chosen = targets.existing(stack_set, parameters, self._accounts)
        definitions.check_overrides(parameters.get("ParameterOverrides"), stack_set.next_definition)
        return self._submitted(stack_set, _instances_plan(stack_set, parameters, operation_id, Work.UPDATE, chosen))

    def delete_stack_instances(self, call: Call) -> dict[str, Any]:
        stack_set, parameters = self._shelves.active(call), call.parameters
        operation_id = self._admitted(stack_set, parameters)
        chosen = targets.deleted(stack_set, parameters, self._accounts)
        plan = _instances_plan(stack_set, parameters, operation_id, Work.DELETE, chosen)
        self._forget_units(stack_set, parameters)
        return self._submitted(stack_set, plan)

    def import_stacks_to_stack_set(self, call: Call) -> dict[str, Any]:
        """Take existing stacks into a set, without touching them."""
        stack_set, parameters = self._shelves.active(call), call.parameters
        operation_id = self._admitted(stack_set, parameters)
        stack_ids = parameters.get("StackIds") or []
        if not 0 < len(stack_ids) <= _MOST_IMPORTED:
            raise errors.invalid(f"StackIds must have between 1 and {_MOST_IMPORTED} stacks")
        found = dict(self._imported(stack_set, stack_id) for stack_id in stack_ids)
        chosen = tuple(Target(account, region) for account, region in found)
        self._check_room(stack_set, chosen)
        plan = Plan(
            operation_id=operation_id,
            work=Work.IMPORT,
            preferences=Preferences.of(parameters),
            targets=chosen,
            stack_ids=found,
            **_echo(stack_set.next_definition, parameters),
        )
        return self._submitted(stack_set, plan)

    # Operations

    def detect_stack_set_drift(self, call: Call) -> dict[str, Any]:
        stack_set, parameters = self._shelves.active(call), call.parameters
        operation_id = self._admitted(stack_set, parameters)
        operations = stack_set.operations
        if any(each.plan.work is Work.DETECT_DRIFT for each in (*operations.running, *operations.queue)):
            raise errors.operation_in_progress(stack_set.arn)  # API_DetectStackSetDrift: one at a time
        plan = Plan(
            operation_id=operation_id,
            work=Work.DETECT_DRIFT,
            preferences=Preferences.of(parameters),
            targets=None,
            **_echo(stack_set.next_definition, parameters),
        )
        return self._submitted(stack_set, plan)

    def stop_stack_set_operation(self, call: Call) -> dict[str, Any]:
        stack_set = self._shelves.active(call)
        self._engine.stop(stack_set, stack_set.operations.get(call.parameters["OperationId"]))
        return {}

    def _admitted(self, stack_set: StackSet, parameters: Mapping[str, Any]) -> str:
        """The id of the operation that a request asks for; assumed: seen to before its targets are."""
        operation_id = str(parameters.get("OperationId") or "")
        if not operation_id:
            newest = next(stack_set.operations.before(None), None)
            operation_id = unique("operation", stack_set.arn, 0 if newest is None else newest.number)
        self._engine.admit(stack_set, operation_id)
        return operation_id

    def _submitted(self, stack_set: StackSet, plan: Plan) -> dict[str, Any]:
        return {"OperationId": self._engine.submit(stack_set, plan)}

    def _imported(self, stack_set: StackSet, stack_id: str) -> tuple[tuple[str, str], str]:
        arn = _STACK_ARN.fullmatch(stack_id)
        if arn is None:
            raise errors.invalid(f"{stack_id} is not the ARN of a stack")
        region, account = arn.groups()
        if self._stacks.describe(account, region, stack_id) is None:
            raise errors.stack_not_found(stack_id)
        instance = stack_set.instances.get(account, region)
        if instance is not None and instance.has_stack:
            raise errors.invalid_operation(f"StackSet {stack_set.name} has a stack in {account} {region} already")
        return (account, region), stack_id

    def _check_new(self, shelf: Shelf, parameters: Mapping[str, Any]) -> None:
        if not _NAME.fullmatch(parameters["StackSetName"]):
            raise errors.invalid(
                f"Value '{parameters['StackSetName']}' at 'stackSetName' failed to satisfy constraint: "
                f"Member must satisfy regular expression pattern: {_NAME.pattern}"
            )
        if parameters.get("StackId"):
            raise errors.invalid("StackId is not supported by this stand-in; create the set, then import the stack")
        if len(shelf.active) >= self._quotas.stack_sets:
            raise errors.limit_exceeded(f"An account has at most {self._quotas.stack_sets} stack sets")

    def _check_room(self, stack_set: StackSet, chosen: tuple[Target, ...]) -> None:
        new = sum(stack_set.instances.get(*target.place) is None for target in chosen)
        if len(stack_set.instances) + new > self._quotas.instances:
            raise errors.limit_exceeded(f"A stack set has at most {self._quotas.instances} stack instances")

    def _remember_units(self, stack_set: StackSet, parameters: Mapping[str, Any]) -> None:
        for unit in (parameters.get("DeploymentTargets") or {}).get("OrganizationalUnitIds") or ():
            stack_set.units.setdefault(unit, {}).update(dict.fromkeys(parameters["Regions"]))

    def _forget_units(self, stack_set: StackSet, parameters: Mapping[str, Any]) -> None:
        """Deploy to units no more. assumed: that is what deleting all the instances of a unit means."""
        given = parameters.get("DeploymentTargets") or {}
        if given.get("AccountFilterType", "NONE") not in {"NONE", "UNION"}:
            return
        for unit in given.get("OrganizationalUnitIds") or ():
            regions = stack_set.units.get(unit, {})
            for region in parameters["Regions"]:
                regions.pop(region, None)
            if not regions:
                stack_set.units.pop(unit, None)


def _instances_plan(
    stack_set: StackSet, parameters: Mapping[str, Any], operation_id: str, work: Work, chosen: tuple[Target, ...]
) -> Plan:
    return Plan(
        operation_id=operation_id,
        work=work,
        preferences=Preferences.of(parameters),
        targets=chosen,
        overrides=parameters.get("ParameterOverrides"),
        retains=bool(parameters.get("RetainStacks")),
        **_echo(stack_set.next_definition, parameters),
    )


def _echo(definition: Definition, parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "deployment_targets": parameters.get("DeploymentTargets"),
        "administration_role": definition.administration_role,
        "execution_role": definition.execution_role,
    }


def _repeated(before: StackSet, token: str, request: Mapping[str, Any]) -> StackSet:
    """The set that an earlier attempt of the same request made.

    assumed: the same token with another request, or after an update, is what CreatedButModifiedException is for.
    """
    if not token or token != before.token:
        raise errors.name_taken(before.name)
    if request != before.request or any(each.plan.definition for each in before.operations.before(None)):
        raise errors.created_but_modified(before.name)
    return before


def _keeps_template(parameters: Mapping[str, Any]) -> bool:
    """Whether UpdateStackSet uses the previous template (API_UpdateStackSet: that, or exactly one other)."""
    given = [key for key in ("TemplateBody", "TemplateURL") if parameters.get(key)]
    keeps = bool(parameters.get("UsePreviousTemplate"))
    if len(given) + keeps != 1:
        raise errors.invalid("Specify exactly one of TemplateBody, TemplateURL and UsePreviousTemplate")
    return keeps


def _check_change(stack_set: StackSet, definition: Definition) -> None:
    before = stack_set.next_definition
    if definition.is_managed != before.is_managed and not stack_set.operations.are_over:
        raise errors.invalid_operation("ManagedExecution cannot be changed while operations run or are queued")
    if definition.permission_model != before.permission_model and len(stack_set.instances):
        raise errors.invalid("PermissionModel cannot be changed while the stack set has stack instances")
