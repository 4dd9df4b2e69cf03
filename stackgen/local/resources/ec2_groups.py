"""Security groups and their rules.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroupingress.html
"""

from __future__ import annotations

import secrets
from functools import partial
from typing import Any

from .emulator import account, physical_name, provisioners, refuse, service
from .resource_type import Properties, Provisioned, ResourceType, Update

_DIRECTIONS = ("IpPermissions", "IpPermissionsEgress")
_SGR = "SecurityGroupRuleId"
_PEERS = ("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs")


# Rules of a security group


def group(group_id: str | None) -> dict[str, Any]:
    """The record of a group; one that does not exist is refused."""
    ec2 = service("ec2")
    ec2._ensure_defaults_initialized()
    found: dict[str, Any] | None = ec2._security_groups.get(group_id)
    if found is None:
        raise refuse("Ec2", f"The security group '{group_id}' does not exist", code="NotFound")
    return found


def _create_rule(direction: str, logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    del logical_id, stack_name
    held = group(properties.get("GroupId"))
    peer = properties.get("SourceSecurityGroupId") or properties.get("DestinationSecurityGroupId")
    if peer:
        group(peer)
    rule = provisioners()._ec2_sg_permissions([properties])[0]
    for pair in rule["UserIdGroupPairs"]:
        pair.setdefault("UserId", str(properties.get("SourceSecurityGroupOwnerId") or account()))
    if any(service("ec2")._rules_match(rule, existing) for existing in held[direction]):
        raise refuse("Ec2", "the specified rule already exists in the security group", code="AlreadyExists")
    rule[_SGR] = f"sgr-{secrets.token_hex(9)[:17]}"
    held[direction].append(rule)
    return rule[_SGR], {"Id": rule[_SGR]}


def _rule_update(direction: str) -> Update:
    def update(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Provisioned:
        """Change the description, the only property of a rule that changes in place."""
        del old, stack_name, logical_id
        described = provisioners()._ec2_sg_permissions([new])[0]
        for rule in group(new.get("GroupId"))[direction]:
            if rule.get(_SGR) == physical_id:
                for kind in _PEERS:
                    rule[kind] = described[kind]
        return physical_id, {"Id": physical_id}

    return update


def _delete_rule(direction: str, physical_id: str, properties: Properties) -> None:
    ec2 = service("ec2")
    ec2._tags.pop(physical_id, None)
    held = ec2._security_groups.get(properties.get("GroupId"))
    if held is not None:
        held[direction] = [rule for rule in held[direction] if rule.get(_SGR) != physical_id]


def _rules(direction: str, *create_only: str) -> ResourceType:
    return ResourceType(
        create=partial(_create_rule, direction),
        delete=partial(_delete_rule, direction),
        update=_rule_update(direction),
        replaced_by=frozenset({"CidrIp", "CidrIpv6", "FromPort", "GroupId", "IpProtocol", "ToPort", *create_only}),
    )


# Security groups


def _delete_group(physical_id: str, properties: Properties) -> None:
    """Remove a group, unless something still holds on to it.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html
    """
    if _holders_of_group(physical_id):
        raise refuse("Ec2", f"resource {physical_id} has a dependent object")
    provisioners()._ec2_sg_delete(physical_id, properties)


def _holders_of_group(group_id: str) -> list[str]:
    ec2, rds, functions = service("ec2"), service("rds"), service("lambda_svc")
    return [
        *(
            other["GroupId"]
            for other in ec2._security_groups.values()
            for direction in _DIRECTIONS
            for rule in other[direction]
            for pair in rule["UserIdGroupPairs"]
            if other["GroupId"] != group_id and pair.get("GroupId") == group_id
        ),
        *(
            endpoint["VpcEndpointId"]
            for endpoint in ec2._vpc_endpoints.values()
            if group_id in endpoint.get("SecurityGroupIds", ())
        ),
        *(
            cluster["DBClusterIdentifier"]
            for cluster in rds._clusters.values()
            for held in cluster.get("VpcSecurityGroups", ())
            if held["VpcSecurityGroupId"] == group_id
        ),
        *(
            function["config"]["FunctionName"]
            for function in functions._functions.values()
            if group_id in (function["config"].get("VpcConfig") or {}).get("SecurityGroupIds", ())
        ),
    ]


def _create_group(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    name = properties.get("GroupName") or physical_name(stack_name, logical_id)
    for other in service("ec2")._security_groups.values():
        if other["GroupName"] == name and other["VpcId"] == properties.get("VpcId"):
            message = f"The security group '{name}' already exists for VPC '{other['VpcId']}'"
            raise refuse("Ec2", message, code="AlreadyExists")
    created: Provisioned = provisioners()._ec2_sg_create(logical_id, {**properties, "GroupName": name}, stack_name)
    return created


def _update_group(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Provisioned:
    named = {"GroupName": group(physical_id)["GroupName"]}
    updated: Provisioned = provisioners()._ec2_sg_update(
        physical_id, {**named, **old}, {**named, **new}, stack_name, logical_id
    )
    return updated


TYPES = {
    "AWS::EC2::SecurityGroup": ResourceType(
        create=_create_group,
        delete=_delete_group,
        update=_update_group,
        replaced_by=frozenset({"GroupDescription", "GroupName", "VpcId"}),
        tags="list",
    ),
    "AWS::EC2::SecurityGroupEgress": _rules(
        "IpPermissionsEgress", "DestinationPrefixListId", "DestinationSecurityGroupId"
    ),
    "AWS::EC2::SecurityGroupIngress": _rules(
        "IpPermissions",
        "GroupName",
        "SourcePrefixListId",
        "SourceSecurityGroupId",
        "SourceSecurityGroupName",
        "SourceSecurityGroupOwnerId",
    ),
}
