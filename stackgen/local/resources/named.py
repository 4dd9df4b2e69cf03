"""Types that the emulator makes well, but whose taken names it lends out twice and whose used resources it removes.

A second stack that claims the name of an existing log group, rule, alias, policy or subnet group fails, as on AWS;
otherwise it would take the first one's resource over, and remove it with itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .emulator import account, physical_name, provisioners, refuse, refuse_existing, service
from .resource_type import Properties, Provisioned, ResourceType

if TYPE_CHECKING:
    from collections.abc import Callable

_Refusal = Exception | None


# Whether a name is taken


def _log_group(name: str, properties: Properties) -> _Refusal:
    del properties
    taken = name in service("cloudwatch_logs")._log_groups
    identifier = f'{{"/properties/LogGroupName":"{name}"}}'
    return refuse_existing("AWS::Logs::LogGroup", identifier) if taken else None


def _alias(name: str, properties: Properties) -> _Refusal:
    del properties
    kms = service("kms")
    alias = kms._alias_arn(name)
    if alias not in kms._aliases:
        return None
    return refuse("Kms", f"An alias with the name {alias} already exists", code="AlreadyExists")


def _rule(name: str, properties: Properties) -> _Refusal:
    events = service("eventbridge")
    bus = str(properties.get("EventBusName", "default")).rsplit("/", 1)[-1]
    if events._rule_key(name, bus) not in events._rules:
        return None
    return refuse_existing("AWS::Events::Rule", name if bus == "default" else f"{bus}|{name}")


def _managed_policy(name: str, properties: Properties) -> _Refusal:
    policy = f"arn:aws:iam::{account()}:policy{properties.get('Path', '/')}{name}"
    if policy not in service("iam")._policies:
        return None
    message = f"A policy called {name} already exists. Duplicate names are not allowed."
    return refuse("Iam", message, 409, "AlreadyExists")


def _subnet_group(name: str, properties: Properties) -> _Refusal:
    del properties
    if name not in service("rds")._subnet_groups:
        return None
    return refuse("Rds", f"The DB subnet group '{name}' already exists.", code="AlreadyExists")


def _parameter(name: str, properties: Properties) -> _Refusal:
    del properties
    if name not in service("ssm")._parameters:
        return None
    message = "The parameter already exists. To overwrite this value, set the overwrite option in the request to true."
    return refuse("Ssm", message, code="AlreadyExists")


# Whether something still uses it


def _subnet_of(subnet: str) -> _Refusal:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html."""
    ec2, rds, functions = service("ec2"), service("rds"), service("lambda_svc")
    used = any(
        (
            *(subnet in endpoint["SubnetIds"] for endpoint in ec2._vpc_endpoints.values()),
            *(
                subnet in (function["config"].get("VpcConfig") or {}).get("SubnetIds", ())
                for function in functions._functions.values()
            ),
            *(
                subnet == one.get("SubnetIdentifier")
                for instance in rds._instances.values()
                for one in instance["DBSubnetGroup"]["Subnets"]
            ),
        )
    )
    return refuse("Ec2", f"The subnet '{subnet}' has dependencies and cannot be deleted.") if used else None


def _users_of_policy(policy: str) -> _Refusal:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html."""
    used = any(
        policy in role.get("AttachedPolicies", ()) or policy == role.get("PermissionsBoundary")
        for role in service("iam")._roles.values()
    )
    return refuse("Iam", "Cannot delete a policy attached to entities.", 409) if used else None


def _members_of_subnet_group(group: str) -> _Refusal:
    """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBSubnetGroup.html."""
    rds = service("rds")
    for instance in rds._instances.values():
        if instance["DBSubnetGroup"]["DBSubnetGroupName"] == group:
            name = instance["DBInstanceIdentifier"]
            message = f"Cannot delete the subnet group '{group}' because at least one database instance: {name} "
            return refuse("Rds", f"{message}is still using it.")
    for cluster in rds._clusters.values():
        if cluster["DBSubnetGroup"] == group:
            name = cluster["DBClusterIdentifier"]
            message = f"Cannot delete the subnet group '{group}' because at least one database cluster: {name} "
            return refuse("Rds", f"{message}is still using it.")
    return None


def _guarded(
    prefix: str,
    naming: tuple[str, int],
    taken: Callable[[str, Properties], _Refusal],
    used: Callable[[str], _Refusal] = lambda _: None,
    create_only: tuple[str, ...] = (),
) -> ResourceType:
    """The emulator's provisioners of that prefix, behind the questions whether a name is taken and a resource used."""
    name_property, length = naming

    def create(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
        name = properties.get(name_property) or physical_name(stack_name, logical_id, length)
        if refusal := taken(name, properties):
            raise refusal
        created: Provisioned = _provisioner(prefix, "create")(logical_id, properties, stack_name)
        return created

    def update(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Provisioned:
        updated: Provisioned = _provisioner(prefix, "update")(physical_id, old, new, stack_name, logical_id)
        return updated

    return ResourceType(create, _deletion(prefix, used), update, frozenset({name_property, *create_only}))


def _provisioner(prefix: str, action: str) -> Callable[..., Any]:
    provisioner: Callable[..., Any] = getattr(provisioners(), f"{prefix}_{action}")
    return provisioner


def _deletion(prefix: str, used: Callable[[str], _Refusal]) -> Callable[[str, Properties], None]:
    def delete(physical_id: str, properties: Properties) -> None:
        if refusal := used(physical_id):
            raise refusal
        _provisioner(prefix, "delete")(physical_id, properties)

    return delete


def _create_subnet(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    created: Provisioned = _provisioner("_ec2_subnet", "create")(logical_id, properties, stack_name)
    return created


def _update_subnet(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Provisioned:
    updated: Provisioned = _provisioner("_ec2_subnet", "update")(physical_id, old, new, stack_name, logical_id)
    return updated


TYPES = {
    "AWS::EC2::Subnet": ResourceType(_create_subnet, _deletion("_ec2_subnet", _subnet_of), _update_subnet),
    "AWS::Events::Rule": _guarded("_eb_rule", ("Name", 64), _rule, create_only=("EventBusName",)),
    "AWS::IAM::ManagedPolicy": _guarded(
        "_iam_managed_policy",
        ("ManagedPolicyName", 128),
        _managed_policy,
        _users_of_policy,
        create_only=("Description", "Path"),
    ),
    "AWS::KMS::Alias": _guarded("_kms_alias", ("AliasName", 256), _alias),
    "AWS::Logs::LogGroup": _guarded("_cwlogs", ("LogGroupName", 512), _log_group),
    "AWS::RDS::DBSubnetGroup": _guarded(
        "_rds_subnet_group", ("DBSubnetGroupName", 255), _subnet_group, _members_of_subnet_group
    ),
    "AWS::SSM::Parameter": _guarded("_ssm", ("Name", 2048), _parameter),
}
