"""Networks: what EC2's describe calls tell of a template's resources."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.local.resources import TYPES
from tests.local.resources.lives import (
    Cloud,
    Gone,
    Life,
    delete,
    deploy,
    first,
    live,
    refused,
    refused_deletion,
    resources,
    tags,
)

VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
GROUP = {
    "Type": "AWS::EC2::SecurityGroup",
    "Properties": {
        "GroupDescription": "a group",
        "GroupName": "group",
        "VpcId": {"Ref": "Vpc"},
        "SecurityGroupEgress": [{"CidrIp": "127.0.0.1/32", "IpProtocol": "-1"}],
    },
}
OTHER = {
    "Type": "AWS::EC2::SecurityGroup",
    "Properties": {"GroupDescription": "another", "GroupName": "other", "VpcId": {"Ref": "Vpc"}},
}
SUBNET = {
    "Type": "AWS::EC2::Subnet",
    "Properties": {"CidrBlock": "10.0.0.0/24", "VpcId": {"Ref": "Vpc"}},
}
TABLE = {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Vpc"}}}
NAMED = [{"Key": "Name", "Value": "it"}]
RENAMED = [{"Key": "Name", "Value": "it again"}]


def vpc(aws: Cloud, physical_id: str) -> dict[str, Any]:
    ec2 = aws.client("ec2")
    found = first(ec2.describe_vpcs(VpcIds=[physical_id])["Vpcs"])
    for name in ("EnableDnsHostnames", "EnableDnsSupport"):
        attribute = f"e{name[1:]}"
        found[name] = ec2.describe_vpc_attribute(VpcId=physical_id, Attribute=attribute)[name]["Value"]
    return {**found, "Tags": tags(found["Tags"])}


def subnet(aws: Cloud, physical_id: str) -> dict[str, Any]:
    found = first(aws.client("ec2").describe_subnets(SubnetIds=[physical_id])["Subnets"])
    return {**found, "Tags": tags(found["Tags"])}


def route_table(aws: Cloud, physical_id: str) -> dict[str, Any]:
    found = first(aws.client("ec2").describe_route_tables(RouteTableIds=[physical_id])["RouteTables"])
    return {**found, "Tags": tags(found["Tags"])}


def association(aws: Cloud, physical_id: str) -> dict[str, Any]:
    tables = aws.client("ec2").describe_route_tables()["RouteTables"]
    found = [one for table in tables for one in table["Associations"]]
    return first([one for one in found if one["RouteTableAssociationId"] == physical_id])


def group(aws: Cloud, physical_id: str) -> dict[str, Any]:
    found = first(aws.client("ec2").describe_security_groups(GroupIds=[physical_id])["SecurityGroups"])
    egress = [cidr for rule in found["IpPermissionsEgress"] for cidr in rule["IpRanges"]]
    return {**found, "Egress": egress, "Tags": tags(found["Tags"])}


def rule(aws: Cloud, physical_id: str) -> dict[str, Any]:
    rules = aws.client("ec2").describe_security_group_rules()["SecurityGroupRules"]
    found = first([one for one in rules if one["SecurityGroupRuleId"] == physical_id])
    return {**found, "Peer": found.get("ReferencedGroupInfo", {}).get("GroupId")}


def endpoint(aws: Cloud, physical_id: str) -> dict[str, Any]:
    found = first(aws.client("ec2").describe_vpc_endpoints(VpcEndpointIds=[physical_id])["VpcEndpoints"])
    return {**found, "Groups": [one["GroupId"] for one in found["Groups"]], "Tags": tags(found["Tags"])}


def flow_log(aws: Cloud, physical_id: str) -> dict[str, Any]:
    found = first(aws.client("ec2").describe_flow_logs(FlowLogIds=[physical_id])["FlowLogs"])
    return {**found, "Tags": tags(found["Tags"])}


LIVES = [
    Life(
        "AWS::EC2::VPC",
        {
            "CidrBlock": "10.1.0.0/16",
            "EnableDnsHostnames": True,
            "EnableDnsSupport": True,
            "InstanceTenancy": "default",
            "Tags": NAMED,
        },
        vpc,
        {
            "CidrBlock": "10.1.0.0/16",
            "EnableDnsHostnames": True,
            "EnableDnsSupport": True,
            "InstanceTenancy": "default",
            "Tags": {"Name": "it"},
        },
        {"EnableDnsHostnames": False, "Tags": RENAMED},
        {"EnableDnsHostnames": False, "Tags": {"Name": "it again"}},
        ref=r"vpc-[0-9a-f]{17}",
        attributes={"CidrBlock": "10.1.0.0/16", "VpcId": r"vpc-[0-9a-f]{17}"},
    ),
    Life(
        "AWS::EC2::Subnet",
        {
            "AvailabilityZoneId": "euw1-az2",
            "CidrBlock": "10.0.1.0/24",
            "MapPublicIpOnLaunch": False,
            "Tags": NAMED,
            "VpcId": {"Ref": "Vpc"},
        },
        subnet,
        {
            "AvailabilityZone": "eu-west-1b",
            "AvailabilityZoneId": "euw1-az2",
            "CidrBlock": "10.0.1.0/24",
            "MapPublicIpOnLaunch": False,
            "Tags": {"Name": "it"},
            "VpcId": "<Vpc>",
        },
        {"MapPublicIpOnLaunch": True, "Tags": RENAMED},
        {"MapPublicIpOnLaunch": True, "Tags": {"Name": "it again"}},
        ref=r"subnet-[0-9a-f]{17}",
        attributes={"AvailabilityZone": "eu-west-1b"},
        beside={"Vpc": VPC},
    ),
    Life(
        "AWS::EC2::RouteTable",
        {"Tags": NAMED, "VpcId": {"Ref": "Vpc"}},
        route_table,
        {"Tags": {"Name": "it"}, "VpcId": "<Vpc>"},
        {"Tags": RENAMED},
        {"Tags": {"Name": "it again"}},
        ref=r"rtb-[0-9a-f]{17}",
        beside={"Vpc": VPC},
    ),
    Life(
        "AWS::EC2::SubnetRouteTableAssociation",
        {"RouteTableId": {"Ref": "Table"}, "SubnetId": {"Ref": "Subnet"}},
        association,
        {"RouteTableId": "<Table>", "SubnetId": "<Subnet>"},
        ref=r"rtbassoc-[0-9a-f]{17}",
        beside={"Vpc": VPC, "Table": TABLE, "Subnet": SUBNET},
    ),
    Life(
        "AWS::EC2::SecurityGroup",
        {**GROUP["Properties"], "Tags": NAMED},  # type: ignore[dict-item]
        group,
        {
            "Description": "a group",
            "Egress": [{"CidrIp": "127.0.0.1/32"}],
            "GroupName": "group",
            "IpPermissions": [],
            "Tags": {"Name": "it"},
            "VpcId": "<Vpc>",
        },
        {"SecurityGroupEgress": [{"CidrIp": "127.0.0.2/32", "IpProtocol": "-1"}], "Tags": RENAMED},
        {"Egress": [{"CidrIp": "127.0.0.2/32"}], "Tags": {"Name": "it again"}},
        ref=r"sg-[0-9a-f]{17}",
        attributes={"GroupId": r"sg-[0-9a-f]{17}"},
        beside={"Vpc": VPC},
    ),
    Life(
        "AWS::EC2::SecurityGroupIngress",
        {
            "Description": "in",
            "FromPort": 3306,
            "GroupId": {"Fn::GetAtt": ["Group", "GroupId"]},
            "IpProtocol": "tcp",
            "SourceSecurityGroupId": {"Fn::GetAtt": ["Other", "GroupId"]},
            "ToPort": 3306,
        },
        rule,
        {
            "Description": "in",
            "FromPort": 3306,
            "GroupId": "<Group>",
            "IpProtocol": "tcp",
            "IsEgress": False,
            "Peer": "<Other>",
            "ToPort": 3306,
        },
        {"Description": "in again"},
        {"Description": "in again", "FromPort": 3306, "Peer": "<Other>"},
        ref=r"sgr-[0-9a-f]{17}",
        attributes={"Id": r"sgr-[0-9a-f]{17}"},
        beside={"Vpc": VPC, "Group": GROUP, "Other": OTHER},
    ),
    Life(
        "AWS::EC2::SecurityGroupEgress",
        {
            "CidrIp": "0.0.0.0/0",
            "Description": "out",
            "FromPort": 443,
            "GroupId": {"Fn::GetAtt": ["Group", "GroupId"]},
            "IpProtocol": "tcp",
            "ToPort": 443,
        },
        rule,
        {
            "CidrIpv4": "0.0.0.0/0",
            "Description": "out",
            "FromPort": 443,
            "GroupId": "<Group>",
            "IsEgress": True,
            "ToPort": 443,
        },
        {"Description": "out again"},
        {"CidrIpv4": "0.0.0.0/0", "Description": "out again"},
        ref=r"sgr-[0-9a-f]{17}",
        beside={"Vpc": VPC, "Group": GROUP},
    ),
    Life(
        "AWS::EC2::VPCEndpoint",
        {
            "PolicyDocument": {"Statement": []},
            "PrivateDnsEnabled": True,
            "SecurityGroupIds": [{"Ref": "Group"}],
            "ServiceName": "com.amazonaws.eu-west-1.ssm",
            "SubnetIds": [{"Ref": "Subnet"}],
            "Tags": NAMED,
            "VpcEndpointType": "Interface",
            "VpcId": {"Ref": "Vpc"},
        },
        endpoint,
        {
            "Groups": ["<Group>"],
            "PolicyDocument": '{"Statement": []}',
            "PrivateDnsEnabled": True,
            "ServiceName": "com.amazonaws.eu-west-1.ssm",
            "State": "available",
            "SubnetIds": ["<Subnet>"],
            "Tags": {"Name": "it"},
            "VpcEndpointType": "Interface",
            "VpcId": "<Vpc>",
        },
        {"PrivateDnsEnabled": False, "SecurityGroupIds": [{"Ref": "Other"}], "Tags": RENAMED},
        {"Groups": ["<Other>"], "PrivateDnsEnabled": False, "Tags": {"Name": "it again"}},
        ref=r"vpce-[0-9a-f]{17}",
        beside={"Vpc": VPC, "Subnet": SUBNET, "Group": GROUP, "Other": OTHER},
    ),
    Life(
        "AWS::EC2::VPCEndpoint",
        {
            "RouteTableIds": [{"Ref": "Table"}],
            "ServiceName": "com.amazonaws.eu-west-1.s3",
            "VpcEndpointType": "Gateway",
            "VpcId": {"Ref": "Vpc"},
        },
        endpoint,
        {"RouteTableIds": ["<Table>"], "VpcEndpointType": "Gateway"},
        {"PolicyDocument": {"Statement": []}},
        {"PolicyDocument": '{"Statement": []}', "RouteTableIds": ["<Table>"]},
        beside={"Vpc": VPC, "Table": TABLE},
    ),
    Life(
        "AWS::EC2::FlowLog",
        {
            "DeliverLogsPermissionArn": "arn:aws:iam::111111111111:role/flow-logs",
            "LogDestinationType": "cloud-watch-logs",
            "LogGroupName": "flow-logs",
            "MaxAggregationInterval": 60,
            "ResourceId": {"Ref": "Vpc"},
            "ResourceType": "VPC",
            "Tags": NAMED,
            "TrafficType": "REJECT",
        },
        flow_log,
        {
            "DeliverLogsPermissionArn": "arn:aws:iam::111111111111:role/flow-logs",
            "FlowLogStatus": "ACTIVE",
            "LogDestinationType": "cloud-watch-logs",
            "LogGroupName": "flow-logs",
            "MaxAggregationInterval": 60,
            "ResourceId": "<Vpc>",
            "Tags": {"Name": "it"},
            "TrafficType": "REJECT",
        },
        {"Tags": RENAMED},
        {"LogGroupName": "flow-logs", "Tags": {"Name": "it again"}},
        ref=r"fl-\w{17}",
        attributes={"Id": r"fl-\w{17}"},
        beside={"Vpc": VPC},
    ),
]


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.type)
def test_a_network_resource_is_what_its_template_says_until_it_is_deleted(aws: Cloud, life: Life) -> None:
    live(aws, life)


def test_a_rule_of_a_group_that_does_not_exist_is_refused_in_the_words_of_the_service(aws: Cloud) -> None:
    properties = {"GroupId": "sg-00000000000000000", "IpProtocol": "tcp", "CidrIp": "10.0.0.0/8"}
    template = {"Resources": {"It": {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": properties}}}
    assert "The security group 'sg-00000000000000000' does not exist (Service: Ec2" in refused(aws, template)


def test_a_rule_that_is_there_already_is_refused(aws: Cloud) -> None:
    properties = {"GroupId": {"Ref": "Group"}, "IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "CidrIp": "10.0.0.0/8"}
    one = {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": properties}
    template = {"Resources": {"Vpc": VPC, "Group": GROUP, "One": one, "Two": {**one, "DependsOn": "One"}}}
    assert "already exists" in refused(aws, template)


def test_a_rule_with_another_port_is_a_new_rule(aws: Cloud) -> None:
    def template(port: int) -> dict[str, Any]:
        given = {"GroupId": {"Ref": "Group"}, "IpProtocol": "tcp", "FromPort": port, "ToPort": port}
        it = {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": {**given, "CidrIp": "10.0.0.0/8"}}
        return {"Resources": {"Vpc": VPC, "Group": GROUP, "It": it}}

    stack = aws.stack(template(1))
    old = resources(aws, stack)["It"]
    deploy(aws, template(2), stack=stack)
    new = resources(aws, stack)["It"]
    assert rule(aws, new)["FromPort"] == 2
    with pytest.raises(Gone):
        rule(aws, old)
    delete(aws, stack)


def test_a_group_that_an_endpoint_uses_stays(aws: Cloud) -> None:
    network = aws.stack({"Resources": {"Vpc": VPC, "Group": GROUP, "Subnet": SUBNET}})
    ids = resources(aws, network)
    properties = {
        "SecurityGroupIds": [ids["Group"]],
        "ServiceName": "com.amazonaws.eu-west-1.kms",
        "SubnetIds": [ids["Subnet"]],
        "VpcEndpointType": "Interface",
        "VpcId": ids["Vpc"],
    }
    user = aws.stack({"Resources": {"It": {"Type": "AWS::EC2::VPCEndpoint", "Properties": properties}}})
    assert "has a dependent object" in refused_deletion(aws, network)
    delete(aws, user)
    delete(aws, network)


def test_endpoints_are_found_by_their_network_and_service(aws: Cloud) -> None:
    properties = {"RouteTableIds": [{"Ref": "Table"}], "VpcEndpointType": "Gateway", "VpcId": {"Ref": "Vpc"}}
    endpoints = {
        name: {
            "Type": "AWS::EC2::VPCEndpoint",
            "Properties": {**properties, "ServiceName": f"com.amazonaws.eu-west-1.{name.lower()}"},
        }
        for name in ("S3", "DynamoDb")
    }
    stack = aws.stack({"Resources": {"Vpc": VPC, "Table": TABLE, **endpoints}})
    ids = resources(aws, stack)

    def found(**filters: str) -> set[str]:
        asked = [{"Name": name.replace("_", "-"), "Values": [value]} for name, value in filters.items()]
        answer = aws.client("ec2").describe_vpc_endpoints(Filters=asked)["VpcEndpoints"]
        return {one["VpcEndpointId"] for one in answer}

    assert found(vpc_id=ids["Vpc"]) == {ids["S3"], ids["DynamoDb"]}
    assert found(vpc_id=ids["Vpc"], service_name="com.amazonaws.eu-west-1.s3") == {ids["S3"]}
    assert found(vpc_id="vpc-other") == set()
    delete(aws, stack)


def test_every_type_of_a_network_that_is_ours_has_a_life_here() -> None:
    ours = {name for name in TYPES if name.startswith("AWS::EC2::")}
    assert ours <= {life.type for life in LIVES}
