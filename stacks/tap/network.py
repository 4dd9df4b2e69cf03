"""The network: three private subnets without a way to the Internet, and the endpoints that make up for it."""

from __future__ import annotations

from troposphere import Cidr, FindInMap, Ref, Select, Tags, ec2

from stackgen import Mapping, Output
from stackgen.parameter_types import LIST_OF_SUBNET_IDS, SECURITY_GROUP_ID, SUBNET_ID, VPC_ID

from .endpoints import HTTPS, WithEndpoints
from .flow_log import WithFlowLog

ZONES = {
    "us-east-1": {"Zone1": "use1-az1", "Zone2": "use1-az2", "Zone3": "use1-az4"},
    "eu-west-1": {"Zone1": "euw1-az1", "Zone2": "euw1-az2", "Zone3": "euw1-az3"},
}
"""Zones by ID, which is the same in every account; Fn::GetAZs lists names, and among them use1-az3, where Lambda and
interface endpoints are not to be had. From the EC2 User Guide, "Availability Zones", and reports of refused subnets."""

ZONE_COUNT = 3
SUBNET_BITS = 8
"""A /24 for each subnet: 251 addresses, and a /20 VPC still has room for sixteen."""

MYSQL = 3306


class NetworkStack(WithEndpoints, WithFlowLog):
    """TapStack network: a VPC with private subnets in three zones, security groups, endpoints, and no NAT gateway."""

    file = "network-stack"
    export_name = "tap-network-{name}-${EnvironmentSuffix}"

    Zones = Mapping(ZONES)

    VpcId = Output(VPC_ID, export=True, description="ID of the VPC")
    PrivateSubnetIds = Output(
        LIST_OF_SUBNET_IDS, export=True, description="IDs of the private subnets, joined by commas"
    )
    PrivateSubnet1Id = Output(SUBNET_ID, export=True, description="ID of the private subnet in the first zone")
    PrivateSubnet2Id = Output(SUBNET_ID, export=True, description="ID of the private subnet in the second zone")
    PrivateSubnet3Id = Output(SUBNET_ID, export=True, description="ID of the private subnet in the third zone")
    RouteTableId = Output(export=True, description="ID of the route table of the private subnets")
    LambdaSecurityGroupId = Output(SECURITY_GROUP_ID, export=True, description="ID of the functions' security group")
    DatabaseSecurityGroupId = Output(SECURITY_GROUP_ID, export=True, description="ID of the database's security group")
    EndpointSecurityGroupId = Output(SECURITY_GROUP_ID, export=True, description="ID of the endpoints' security group")

    def build(self) -> None:
        """Network first, then who may talk to whom, then the endpoints."""
        self.vpc = self.add(
            ec2.VPC(
                "Vpc",
                CidrBlock=self.VpcCidr,
                EnableDnsSupport=True,
                EnableDnsHostnames=True,
                InstanceTenancy="default",
                Tags=Tags(Name=self.named("vpc")),
            )
        )
        self.subnets = [self.private_subnet(zone) for zone in range(ZONE_COUNT)]
        self.route_table = self.add(
            ec2.RouteTable("PrivateRouteTable", VpcId=self.vpc.ref(), Tags=Tags(Name=self.named("private-route-table")))
        )
        for number, subnet in enumerate(self.subnets, 1):
            self.add(
                ec2.SubnetRouteTableAssociation(
                    f"PrivateSubnet{number}RouteTableAssociation",
                    RouteTableId=self.route_table.ref(),
                    SubnetId=subnet.ref(),
                )
            )
        endpoint_group = self.add_security_groups()
        self.add_gateway_endpoints(self.vpc, self.route_table)
        self.add_interface_endpoints(self.vpc, self.subnets, endpoint_group)
        self.add_flow_log(self.vpc)

        self.VpcId = self.vpc.ref()
        self.PrivateSubnetIds = [subnet.ref() for subnet in self.subnets]
        self.PrivateSubnet1Id, self.PrivateSubnet2Id, self.PrivateSubnet3Id = [each.ref() for each in self.subnets]
        self.RouteTableId = self.route_table.ref()

    def private_subnet(self, zone: int) -> ec2.Subnet:
        """The subnet of one zone, counted from 0."""
        number = zone + 1
        return self.add(
            ec2.Subnet(
                f"PrivateSubnet{number}",
                VpcId=self.vpc.ref(),
                AvailabilityZoneId=FindInMap(self.Zones, Ref("AWS::Region"), f"Zone{number}"),
                CidrBlock=Select(zone, Cidr(self.VpcCidr, ZONE_COUNT + 1, SUBNET_BITS)),
                MapPublicIpOnLaunch=False,
                Tags=Tags(Name=self.named(f"private-subnet-{number}")),
            )
        )

    def security_group(self, title: str, stem: str, description: str) -> ec2.SecurityGroup:
        """A group whose body names no other: rules between groups are resources of their own, so no cycle can form.

        The one inline rule leads nowhere. Without any, EC2 would allow all outbound traffic.
        """
        return self.add(
            ec2.SecurityGroup(
                title,
                GroupName=self.named(stem),
                GroupDescription=description,
                VpcId=self.vpc.ref(),
                SecurityGroupEgress=[
                    ec2.SecurityGroupRule(
                        CidrIp="127.0.0.1/32",
                        IpProtocol="-1",
                        Description="Nothing goes out but by the rules beside",
                    )
                ],
                Tags=Tags(Name=self.named(stem)),
            )
        )

    def add_security_groups(self) -> ec2.SecurityGroup:
        """Functions may reach the database and HTTPS, everything else is closed; returns the group of the endpoints."""
        functions = self.security_group("LambdaSecurityGroup", "lambda-sg", "TapStack functions")
        database = self.security_group("DatabaseSecurityGroup", "database-sg", "TapStack database")
        endpoints = self.security_group("EndpointSecurityGroup", "endpoint-sg", "TapStack interface endpoints")
        to_database = {"DestinationSecurityGroupId": database.get_att("GroupId")}
        from_functions = {"SourceSecurityGroupId": functions.get_att("GroupId")}
        anywhere = {"CidrIp": "0.0.0.0/0"}  # gateway endpoints have public addresses, and no route leads elsewhere
        for rule, title, group, peer, port, words in (
            (ec2.SecurityGroupEgress, "LambdaToDatabase", functions, to_database, MYSQL, "MySQL to the database"),
            (
                ec2.SecurityGroupIngress,
                "DatabaseFromLambda",
                database,
                from_functions,
                MYSQL,
                "MySQL from the functions",
            ),
            (ec2.SecurityGroupEgress, "LambdaToEndpoints", functions, anywhere, HTTPS, "HTTPS to the endpoints"),
            (
                ec2.SecurityGroupIngress,
                "EndpointFromLambda",
                endpoints,
                from_functions,
                HTTPS,
                "HTTPS from the functions",
            ),
        ):
            self.add(
                rule(
                    title,
                    GroupId=group.get_att("GroupId"),
                    IpProtocol="tcp",
                    FromPort=port,
                    ToPort=port,
                    Description=words,
                    **peer,
                )
            )
        self.LambdaSecurityGroupId = functions.get_att("GroupId")
        self.DatabaseSecurityGroupId = database.get_att("GroupId")
        self.EndpointSecurityGroupId = endpoints.get_att("GroupId")
        return endpoints
