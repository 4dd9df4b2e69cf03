"""Roles with their boundary, and names that are taken once.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
"""

from __future__ import annotations

from .emulator import physical_name, provisioners, refuse, service
from .resource_type import Properties, Provisioned, ResourceType

_SDK = "Iam"


def _check(properties: Properties) -> None:
    """What IAM would refuse: policies that do not exist."""
    iam = service("iam")
    boundary = properties.get("PermissionsBoundary")
    if boundary and iam._lookup_policy(boundary) is None:
        raise refuse(_SDK, f"Scope ARN: {boundary} does not exist or is not attachable.", 404, "NotFound")
    for policy in properties.get("ManagedPolicyArns") or []:
        if iam._lookup_policy(policy) is None:
            raise refuse(_SDK, f"Policy {policy} does not exist or is not attachable.", 404, "NotFound")


def _create_role(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    name = properties.get("RoleName") or physical_name(stack_name, logical_id, 64)
    if name in service("iam")._roles:
        raise refuse(_SDK, f"Role with name {name} already exists.", 409, "AlreadyExists")
    _check(properties)
    created: Provisioned = provisioners()._iam_role_create(logical_id, properties, stack_name)
    service("iam")._roles[name]["PermissionsBoundary"] = properties.get("PermissionsBoundary")
    return created


def _update_role(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Provisioned:
    _check(new)
    updated: Provisioned = provisioners()._iam_role_update(physical_id, old, new, stack_name, logical_id)
    service("iam")._roles[physical_id]["PermissionsBoundary"] = new.get("PermissionsBoundary")
    return updated


def _delete_role(physical_id: str, properties: Properties) -> None:
    provisioners()._iam_role_delete(physical_id, properties)


TYPES = {
    "AWS::IAM::Role": ResourceType(
        create=_create_role,
        delete=_delete_role,
        update=_update_role,
        replaced_by=frozenset({"Path", "RoleName"}),
        tags="list",
    ),
}
