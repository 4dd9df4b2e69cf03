"""Networks, their endpoints and flow logs.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_EC2.html
"""

from __future__ import annotations

from typing import Any

from .ec2_groups import group
from .emulator import accepted, provisioners, refuse, service, tag_list, true
from .resource_type import Properties, Provisioned, ResourceType

# Networks


def _create_vpc(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    physical_id, attributes = provisioners()._ec2_vpc_create(logical_id, properties, stack_name)
    return physical_id, {**attributes, **_vpc_attributes(physical_id)}


def _update_vpc(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Provisioned:
    _, attributes = provisioners()._ec2_vpc_update(physical_id, old, new, stack_name, logical_id)
    return physical_id, {**attributes, **_vpc_attributes(physical_id)}


def _vpc_attributes(physical_id: str) -> dict[str, Any]:
    """What Fn::GetAtt answers, beside the emulator's two defaults."""
    return {
        "CidrBlock": service("ec2")._vpcs[physical_id]["CidrBlock"],
        "CidrBlockAssociations": [f"vpc-cidr-assoc-{physical_id.removeprefix('vpc-')}"],
        "Ipv6CidrBlocks": [],
        "VpcId": physical_id,
    }


def _delete_vpc(physical_id: str, properties: Properties) -> None:
    del properties
    ec2 = service("ec2")
    if physical_id in ec2._vpcs:
        accepted("Ec2", ec2._delete_vpc({"VpcId": physical_id}))
    ec2._tags.pop(physical_id, None)


# Flow logs


def _create_flow_log(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    del logical_id, stack_name
    ec2 = service("ec2")
    known = {"VPC": ec2._vpcs, "Subnet": ec2._subnets, "NetworkInterface": ec2._network_interfaces}
    resource_id = properties["ResourceId"]
    if resource_id not in known.get(properties["ResourceType"], {}):
        raise refuse("Ec2", f"The {properties['ResourceType']} ID '{resource_id}' does not exist", code="NotFound")
    before = set(ec2._flow_logs)
    ec2._create_flow_logs({"ResourceId.1": resource_id, "ResourceType": properties["ResourceType"]})
    (physical_id,) = set(ec2._flow_logs) - before
    ec2._flow_logs[physical_id].update(
        TrafficType=properties.get("TrafficType", "ALL"),
        LogDestinationType=properties.get("LogDestinationType", "cloud-watch-logs"),
        LogDestination=properties.get("LogDestination", ""),
        LogGroupName=properties.get("LogGroupName", ""),
        DeliverLogsPermissionArn=properties.get("DeliverLogsPermissionArn", ""),
        MaxAggregationInterval=int(properties.get("MaxAggregationInterval", 600)),
        LogFormat=properties.get("LogFormat", ""),
    )
    ec2._tags[physical_id] = tag_list(properties)
    return physical_id, {"Id": physical_id}


def _tag_flow_log(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Provisioned:
    del old, stack_name, logical_id
    service("ec2")._tags[physical_id] = tag_list(new)
    return physical_id, {"Id": physical_id}


def _delete_flow_log(physical_id: str, properties: Properties) -> None:
    del properties
    service("ec2")._delete_flow_logs({"FlowLogId.1": physical_id})


# Endpoints


def _endpoint_properties(properties: Properties) -> Properties:
    """What EC2 fills in, and refuses what EC2 does not know."""
    ec2 = service("ec2")
    ec2._ensure_defaults_initialized()
    if properties["VpcId"] not in ec2._vpcs:
        raise refuse("Ec2", f"The vpc ID '{properties['VpcId']}' does not exist", code="NotFound")
    for table in properties.get("RouteTableIds") or []:
        if table not in ec2._route_tables:
            raise refuse("Ec2", f"The routeTable ID '{table}' does not exist", code="NotFound")
    for subnet in properties.get("SubnetIds") or []:
        if subnet not in ec2._subnets:
            raise refuse("Ec2", f"The subnet ID '{subnet}' does not exist", code="NotFound")
    for name in properties.get("SecurityGroupIds") or []:
        group(name)
    return {**properties, "PrivateDnsEnabled": true(properties.get("PrivateDnsEnabled", False))}


def _create_endpoint(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    created: Provisioned = provisioners()._ec2_vpc_endpoint_create(
        logical_id, _endpoint_properties(properties), stack_name
    )
    return created


def _update_endpoint(
    physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str
) -> Provisioned:
    del logical_id
    updated: Provisioned = provisioners()._ec2_vpc_endpoint_update(
        physical_id, old, _endpoint_properties(new), stack_name
    )
    return updated


def _delete_endpoint(physical_id: str, properties: Properties) -> None:
    provisioners()._ec2_vpc_endpoint_delete(physical_id, properties)


TYPES = {
    "AWS::EC2::FlowLog": ResourceType(
        create=_create_flow_log,
        delete=_delete_flow_log,
        update=_tag_flow_log,
        replaced_by=frozenset(
            {
                "DeliverCrossAccountRole",
                "DeliverLogsPermissionArn",
                "DestinationOptions",
                "LogDestination",
                "LogDestinationType",
                "LogFormat",
                "LogGroupName",
                "MaxAggregationInterval",
                "ResourceId",
                "ResourceType",
                "TrafficType",
            }
        ),
        tags="list",
    ),
    "AWS::EC2::VPC": ResourceType(
        create=_create_vpc,
        delete=_delete_vpc,
        update=_update_vpc,
        replaced_by=frozenset({"CidrBlock", "Ipv4IpamPoolId", "Ipv4NetmaskLength"}),
        tags="list",
    ),
    "AWS::EC2::VPCEndpoint": ResourceType(
        create=_create_endpoint,
        delete=_delete_endpoint,
        update=_update_endpoint,
        replaced_by=frozenset({"ServiceName", "VpcEndpointType", "VpcId"}),
        tags="list",
    ),
}
