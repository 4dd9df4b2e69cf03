"""What a set says its stacks should be, and how a request changes that."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stackgen.local.stacksets import constraints, errors
from stackgen.local.stacksets.template import read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SELF_MANAGED, SERVICE_MANAGED = "SELF_MANAGED", "SERVICE_MANAGED"
ADMINISTRATION_ROLE = "AWSCloudFormationStackSetAdministrationRole"
EXECUTION_ROLE = "AWSCloudFormationStackSetExecutionRole"
_HIDDEN = "****"


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of a set. ``parameters`` has every parameter of the template, defaults included.

    ``capabilities`` are passed on to each stack, and what they lack is found there: the instance fails with "Requires
    capabilities : [...]". API_CreateStackSet speaks of an InsufficientCapabilities error, yet has none in its list of
    errors, nor has the model; https://github.com/aws-cloudformation/rain/issues/455 shows a set that is made without
    them, and the operation on its instances that FAILED.
    """

    template: str
    parameters: Mapping[str, str]
    capabilities: tuple[str, ...] = ()
    tags: Mapping[str, str] | None = None
    description: str = ""
    permission_model: str = SELF_MANAGED
    administration_role: str = ""
    execution_role: str = ""
    auto_deployment: Mapping[str, Any] | None = None
    is_managed: bool = False

    @property
    def is_service_managed(self) -> bool:
        return self.permission_model == SERVICE_MANAGED

    def shown_parameters(self) -> list[dict[str, str]]:
        """As DescribeStackSet shows them: all of the template's, secrets hidden."""
        secret = read(self.template).secret
        return [
            {"ParameterKey": key, "ParameterValue": _HIDDEN if key in secret else value}
            for key, value in self.parameters.items()
        ]


def created(parameters: Mapping[str, Any], template: str, account: str) -> Definition:
    """The definition that CreateStackSet asks for.

    :raises ServiceError: where parts of it do not go together.
    """
    return _with_settings(Definition(template, _values(parameters, template, {})), parameters, account)


def updated(before: Definition, parameters: Mapping[str, Any], template: str, account: str) -> Definition:
    """The definition that UpdateStackSet turns *before* into.

    Tags that are not given stay (API_UpdateStackSet); assumed: so does everything else, but for parameters. Those are
    the ones of the request alone, as UpdateStack has it; one that is left out goes back to its default.

    :raises ServiceError: where parts of it do not go together.
    """
    values = _values(parameters, template, before.parameters)
    return _with_settings(replace(before, template=template, parameters=values), parameters, account)


def overrides(given: Sequence[Mapping[str, Any]] | None, before: Mapping[str, str]) -> Mapping[str, str]:
    """The overrides of an instance after a request.

    API_UpdateStackInstances: no list keeps them all; a value sets one, UsePreviousValue keeps one, and one that a list
    leaves out goes back to the value of the set.
    """
    if given is None:
        return before
    after = {}
    for parameter in given:
        key = parameter["ParameterKey"]
        if not parameter.get("UsePreviousValue"):
            after[key] = parameter.get("ParameterValue", "")
        elif key in before:
            after[key] = before[key]
    return after


def check_overrides(given: Sequence[Mapping[str, Any]] | None, definition: Definition) -> None:
    """Only parameters that the set has can be overridden (API_CreateStackInstances); assumed: refused at once.

    :raises ServiceError: for one that it has not, and for a value that the template does not allow.
    """
    given = given or ()
    _check_keys(given, definition.parameters)
    declared = read(definition.template).declared
    for parameter in given:
        if parameter.get("ParameterValue") is not None:
            constraints.check(
                parameter["ParameterKey"], declared[parameter["ParameterKey"]], parameter["ParameterValue"]
            )


def _check_keys(given: Sequence[Mapping[str, Any]], declared: Mapping[str, Any]) -> None:
    for parameter in given:
        if parameter.get("ParameterKey") is None:
            raise errors.invalid("A parameter needs a ParameterKey")
        if parameter.get("UsePreviousValue") and parameter.get("ParameterValue") is not None:
            key = parameter["ParameterKey"]
            raise errors.invalid(f"Invalid input for parameter key {key}. Cannot specify usePreviousValue and a value")
    unknown = [parameter["ParameterKey"] for parameter in given if parameter["ParameterKey"] not in declared]
    if unknown:
        raise errors.undeclared(unknown)


def _values(parameters: Mapping[str, Any], template: str, previous: Mapping[str, str]) -> dict[str, str]:
    looked_at = read(template)
    given = parameters.get("Parameters") or ()
    _check_keys(given, looked_at.defaults)
    values: dict[str, str | None] = dict(looked_at.defaults)
    for parameter in given:
        key = parameter["ParameterKey"]
        values[key] = previous.get(key) if parameter.get("UsePreviousValue") else parameter.get("ParameterValue")
    missing = [key for key, value in values.items() if value is None]
    if missing:
        raise errors.without_value(missing)
    settled = {key: value for key, value in values.items() if value is not None}
    for key, value in settled.items():
        constraints.check(key, looked_at.declared[key], value)
    return settled


def _with_settings(definition: Definition, parameters: Mapping[str, Any], account: str) -> Definition:
    changes: dict[str, Any] = {
        name: parameters[key]
        for key, name in (
            ("Description", "description"),
            ("PermissionModel", "permission_model"),
            ("AutoDeployment", "auto_deployment"),
            ("AdministrationRoleARN", "administration_role"),
            ("ExecutionRoleName", "execution_role"),
        )
        if parameters.get(key) is not None
    }
    if parameters.get("Capabilities") is not None:
        changes["capabilities"] = tuple(parameters["Capabilities"])
    if parameters.get("Tags") is not None:
        changes["tags"] = {tag["Key"]: tag["Value"] for tag in parameters["Tags"]}
    if parameters.get("ManagedExecution") is not None:
        changes["is_managed"] = bool(parameters["ManagedExecution"].get("Active"))
    definition = replace(definition, **changes)
    if definition.is_service_managed:
        return _service_managed(definition, parameters)
    return _self_managed(definition, parameters, account)


def _self_managed(definition: Definition, parameters: Mapping[str, Any], account: str) -> Definition:
    if parameters.get("AutoDeployment") is not None:
        raise errors.invalid("AutoDeployment is only for stack sets with the permission model SERVICE_MANAGED")
    return replace(
        definition,
        auto_deployment=None,
        administration_role=definition.administration_role or f"arn:aws:iam::{account}:role/{ADMINISTRATION_ROLE}",
        execution_role=definition.execution_role or EXECUTION_ROLE,
    )


def _service_managed(definition: Definition, parameters: Mapping[str, Any]) -> Definition:
    """Hold a set to what service-managed permissions allow.

    API_CreateStackSet: AutoDeployment is required, roles are only for SELF_MANAGED, and an operation with a template
    that uses macros fails. That nested stacks are not supported is what the validator of the resource type
    AWS::CloudFormation::StackSet says. assumed: AWS refuses both at once, with these words.
    """
    if definition.auto_deployment is None:
        raise errors.invalid("AutoDeployment is required for stack sets with the permission model SERVICE_MANAGED")
    if parameters.get("AdministrationRoleARN") or parameters.get("ExecutionRoleName"):
        raise errors.invalid(
            "AdministrationRoleARN and ExecutionRoleName are only for the permission model SELF_MANAGED"
        )
    template = read(definition.template)
    if "AWS::CloudFormation::Stack" in template.resource_types:
        raise errors.invalid("Nested AWS::CloudFormation::Stack is not supported in service managed stack sets")
    if template.has_macros:
        raise errors.invalid("Transforms and macros are not supported in service managed stack sets")
    return replace(definition, administration_role="", execution_role="")
