"""Rules about networks: who may come in, what has a public address, in how many zones things stand."""

from __future__ import annotations

import pytest

from .kit import paths, seen

GROUP = """
Parameters:
  Port: {{Type: Number, Default: 22}}
  Range: {{Type: String}}
Mappings: {{Ranges: {{prod: {{Cidr: 10.0.0.0/8}}, dev: {{Cidr: 0.0.0.0/0}}}}, Web: {{a: {{P: 80}}, b: {{P: 443}}}}}}
Conditions: {{IsOpen: !Equals [!Ref Range, x]}}
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Web
      SecurityGroupIngress:
        - {rule}
"""


@pytest.mark.parametrize(
    "rule",
    [
        "{IpProtocol: tcp, FromPort: !Ref Port, ToPort: !Ref Port, CidrIp: 0.0.0.0/0}",
        "{IpProtocol: tcp, FromPort: 443, ToPort: 444, CidrIp: 0.0.0.0/0}",
        "{IpProtocol: tcp, FromPort: 80, ToPort: 443, CidrIp: 0.0.0.0/0}",
        "{IpProtocol: '-1', CidrIpv6: '::/0'}",
        "{IpProtocol: -1, CidrIp: 0.0.0.0/0}",
        "{IpProtocol: '6', FromPort: '22', ToPort: '22', CidrIp: !If [IsOpen, 0.0.0.0/0, 10.0.0.0/8]}",
        "{IpProtocol: udp, FromPort: 53, ToPort: 53, CidrIp: !FindInMap [Ranges, !Ref Range, Cidr]}",
        "!If [IsOpen, {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}, !Ref AWS::NoValue]",
        "{IpProtocol: tcp, FromPort: !If [IsOpen, 443, 22], ToPort: !If [IsOpen, 443, 22], CidrIp: 0.0.0.0/0}",
        "{IpProtocol: tcp, FromPort: 80, ToPort: !If [IsOpen, 80, 90], CidrIp: 0.0.0.0/0}",
        "{IpProtocol: tcp, FromPort: !Sub '${Port}', ToPort: !Sub '${Port}', CidrIp: !Join ['/', [0.0.0.0, 0]]}",
    ],
)
def test_a_port_that_is_open_to_everybody_in_some_scenario_is_found(rule: str) -> None:
    assert len(paths(GROUP.format(rule=rule), "E9120")) == 1


@pytest.mark.parametrize(
    "rule",
    [
        "{IpProtocol: tcp, FromPort: 80, ToPort: '80', CidrIp: 0.0.0.0/0}",
        "{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !Ref Range}",
        "{IpProtocol: tcp, FromPort: 22, ToPort: 22, SourcePrefixListId: pl-1}",
        "{IpProtocol: icmp, FromPort: -1, ToPort: -1, CidrIp: 0.0.0.0/0}",
        "{IpProtocol: tcp, FromPort: !If [IsOpen, 443, 80], ToPort: !If [IsOpen, 443, 80], CidrIp: 0.0.0.0/0}",
        "{IpProtocol: !If [IsOpen, tcp, icmp], FromPort: !If [IsOpen, 443, 8], ToPort: 443, CidrIp: 0.0.0.0/0}",
        "{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !If [IsOpen, !Ref 'AWS::NoValue', 10.0.0.0/8]}",
        "{IpProtocol: tcp, FromPort: !If [IsOpen, 80, 22], ToPort: 80, CidrIp: !If [IsOpen, 0.0.0.0/0, 10.0.0.0/8]}",
        "{IpProtocol: tcp, FromPort: &web !FindInMap [Web, !Ref Range, P], ToPort: *web, CidrIp: 0.0.0.0/0}",
        "{IpProtocol: tcp, FromPort: !ImportValue a, ToPort: !ImportValue a, CidrIp: 0.0.0.0/0}",
    ],
)
def test_what_is_meant_for_everybody_or_is_unknown_is_not_found(rule: str) -> None:
    assert not paths(GROUP.format(rule=rule), "E9120")


def test_a_rule_that_is_its_own_resource_is_found_too() -> None:
    template = """
    Resources:
      Shell:
        Type: AWS::EC2::SecurityGroupIngress
        Properties: {GroupId: sg-1, IpProtocol: tcp, FromPort: 3389, ToPort: 3389, CidrIp: 0.0.0.0/0}
    """
    (found,) = seen(template, "E9120")
    assert found.message == "Shell is open to 0.0.0.0/0 at port 3389"


def test_a_way_out_to_one_port_and_none_at_all_are_narrow_and_the_vpcs_range_is_not() -> None:
    template = """
    Parameters: {Range: {Type: String, Default: 10.0.0.0/16}}
    Resources:
      Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Range}}
      Group:
        Type: AWS::EC2::SecurityGroup
        Properties:
          GroupDescription: Data
          SecurityGroupIngress:
            - {Description: MySQL, IpProtocol: tcp, FromPort: 3306, ToPort: 3306, CidrIp: !Ref Range}
            - {Description: MySQL, IpProtocol: tcp, FromPort: 3306, ToPort: 3306, CidrIp: 10.7.0.0/16}
          SecurityGroupEgress:
            - {Description: Nothing, IpProtocol: '-1', CidrIp: 127.0.0.1/32}
      Out:
        Type: AWS::EC2::SecurityGroupEgress
        Properties: {GroupId: !Ref Group, IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}
    """
    assert [each.message for each in seen(template, "W9121")] == [
        "Group lets the whole VPC in: name the security group that may",
        "Out does not say what this rule is for: Description",
    ]


def test_a_flow_log_of_another_vpc_or_of_a_subnet_is_none_of_this_one() -> None:
    template = """
    Resources:
      One: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
      Two: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
      Log:
        Type: AWS::EC2::FlowLog
        Properties: {ResourceId: !GetAtt Two.VpcId, ResourceType: VPC, TrafficType: ALL}
    """
    assert paths(template, "W9122") == ["Resources/One"]


def test_a_subnet_that_leads_to_the_internet_may_give_public_addresses_and_another_may_not() -> None:
    template = """
    Resources:
      Gateway: {Type: AWS::EC2::InternetGateway}
      Open: {Type: AWS::EC2::RouteTable, Properties: {VpcId: vpc-1}}
      Out:
        Type: AWS::EC2::Route
        Properties: {RouteTableId: !Ref Open, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
      Closed: {Type: AWS::EC2::RouteTable, Properties: {VpcId: vpc-1}}
      InOpen:
        Type: AWS::EC2::SubnetRouteTableAssociation
        Properties: {SubnetId: !Ref Web, RouteTableId: !Ref Open}
      InClosed:
        Type: AWS::EC2::SubnetRouteTableAssociation
        Properties: {SubnetId: !Ref Data, RouteTableId: !Ref Closed}
      Web: {Type: AWS::EC2::Subnet, Properties: {VpcId: vpc-1, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: true}}
      Data: {Type: AWS::EC2::Subnet, Properties: {VpcId: vpc-1, CidrBlock: 10.0.1.0/24, MapPublicIpOnLaunch: 'true'}}
      Unknown: {Type: AWS::EC2::Subnet, Properties: {VpcId: vpc-1, CidrBlock: 10.0.2.0/24, MapPublicIpOnLaunch: true}}
    """
    assert paths(template, "W9123") == ["Resources/Data/Properties/MapPublicIpOnLaunch"]


def test_subnets_are_counted_by_their_zones_and_lists_that_are_parameters_are_not() -> None:
    template = """
    Parameters: {Subnets: {Type: 'List<AWS::EC2::Subnet::Id>'}, Subnet: {Type: String}}
    Mappings: {Zones: {us-east-1: {One: use1-az1, Two: use1-az2}}}
    Resources:
      Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
      One:
        Type: AWS::EC2::Subnet
        Properties: {VpcId: !Ref Vpc, AvailabilityZoneId: !FindInMap [Zones, !Ref AWS::Region, One]}
      Same:
        Type: AWS::EC2::Subnet
        Properties: {VpcId: !Ref Vpc, AvailabilityZoneId: !FindInMap [Zones, !Ref AWS::Region, One]}
      Other:
        Type: AWS::EC2::Subnet
        Properties: {VpcId: !Ref Vpc, AvailabilityZoneId: !FindInMap [Zones, !Ref AWS::Region, Two]}
      Fine: {Type: AWS::RDS::DBSubnetGroup, Properties: {SubnetIds: [!Ref One, !Ref Other]}}
      Narrow: {Type: AWS::RDS::DBSubnetGroup, Properties: {SubnetIds: [!Ref One, !Ref Same]}}
      Given: {Type: AWS::Lambda::Function, Properties: {VpcConfig: {SubnetIds: !Ref Subnets}}}
      Single: {Type: AWS::Lambda::Function, Properties: {VpcConfig: {SubnetIds: [!Ref Subnets]}}}
    """
    assert paths(template, "E9114", "production") == ["Resources/Narrow/Properties/SubnetIds"]
    assert not paths(template, "E9114")
    assert not paths(template, "E9114", "ephemeral")


WAYS = """
Resources:
  Vpc: {{Type: AWS::EC2::VPC}}
  Subnet: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc}}}}
  Table: {{Type: AWS::EC2::RouteTable, Properties: {{VpcId: !Ref Vpc}}}}
  InTable:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {{SubnetId: !Ref Subnet, RouteTableId: !Ref Table}}
  Service:
    Type: AWS::ECS::Service
    Properties:
      TaskDefinition: !Ref Task
      NetworkConfiguration: {{AwsvpcConfiguration: {{Subnets: [!Ref Subnet], AssignPublicIp: {address}}}}}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - LogConfiguration: {{LogDriver: awslogs}}
          Secrets: [{{Name: a, ValueFrom: 'arn:aws:secretsmanager:us-east-1:1:secret:a'}}]
  {more}
"""
OUT = """Gateway: {Type: AWS::EC2::InternetGateway}
  Out:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}"""
ENDPOINT = "Properties: {VpcId: !Ref Vpc, VpcEndpointType: Interface, ServiceName: !Sub 'com.amazonaws.${AWS::Region}."


def test_a_private_task_is_told_which_endpoints_it_lacks() -> None:
    endpoints = "\n  ".join(
        f"E{number}:\n    Type: AWS::EC2::VPCEndpoint\n    {ENDPOINT}{name}'}}"
        for number, name in enumerate(("ecr.api", "s3", "logs"))
    )
    (found,) = seen(WAYS.format(address="DISABLED", more=endpoints), "W9124")
    assert found.message == "Service cannot reach ecr.dkr, secretsmanager from Subnet"


@pytest.mark.parametrize(("address", "found"), [("ENABLED", 0), ("DISABLED", 1)])
def test_a_public_subnet_is_a_way_out_for_tasks_with_public_addresses_only(address: str, found: int) -> None:
    assert len(seen(WAYS.format(address=address, more=OUT), "W9124")) == found


def test_an_endpoint_whose_tables_are_unknown_may_serve_those_of_the_nat_gateway() -> None:
    template = """
    Parameters: {Tables: {Type: CommaDelimitedList}}
    Resources:
      Table: {Type: AWS::EC2::RouteTable}
      Nat: {Type: AWS::EC2::NatGateway}
      Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, NatGatewayId: !Ref Nat}}
      S3:
        Type: AWS::EC2::VPCEndpoint
        Properties: {ServiceName: com.amazonaws.us-east-1.s3, RouteTableIds: !Ref Tables}
    """
    assert [each.message for each in seen(template, "W9167")] == [
        "Table leads to Nat for dynamodb too: a gateway endpoint is free"
    ]
