"""The network: public subnets for the workers, free endpoints for what they read and write, and no NAT gateway."""

from __future__ import annotations

from typing import Any

from awacs import logs
from awacs.aws import ArnLike, SourceAccount, SourceArn, StringEquals
from troposphere import Cidr, Equals, GetAZs, If, Ref, Select, Sub, Tags, ec2, iam
from troposphere import logs as log_groups

from stackgen import Condition, Exemption, Output, allow, trust
from stackgen.iam import inline
from stackgen.parameter_types import LIST_OF_SUBNET_IDS, SECURITY_GROUP_ID, SUBNET_ID, VPC_ID

from .parameters import LogParameters, NetworkParameters

ZONES = ("A", "B", "C")
SUBNET_BITS = 8
"""A /24 for each subnet: 251 addresses, one for each worker that runs."""
HTTPS = 443


class Network(NetworkParameters, LogParameters):
    """Plot Palette network: a VPC with public subnets in two or three zones, gateway endpoints, no NAT gateway."""

    file = "network-stack"
    component = "Network"

    HasThirdZone = Condition(Equals(NetworkParameters.AvailabilityZoneCount, "3"))
    CreatesFlowLogs = Condition(Equals(NetworkParameters.EnableFlowLogs, "true"))

    VPCId = Output(VPC_ID, description="ID of the VPC")
    PublicSubnetIds = Output(LIST_OF_SUBNET_IDS, description="IDs of the public subnets, joined by commas")
    PublicSubnetAId = Output(SUBNET_ID, description="ID of the public subnet in the first zone")
    PublicSubnetBId = Output(SUBNET_ID, description="ID of the public subnet in the second zone")
    PublicSubnetCId = Output(SUBNET_ID, description="ID of the public subnet in the third zone", condition=HasThirdZone)
    AvailabilityZones = Output(description="Names of the zones, joined by commas")
    ECSSecurityGroupId = Output(SECURITY_GROUP_ID, description="ID of the workers' security group")
    VPCEndpointSecurityGroupId = Output(
        SECURITY_GROUP_ID, description="ID of the security group for interface endpoints that may come later"
    )

    def build(self) -> None:
        """VPC, the way out of it, subnets, security groups, endpoints, flow log."""
        self.vpc = self.add(
            ec2.VPC(
                "VPC",
                CidrBlock=self.VpcCidr,
                EnableDnsSupport=True,
                EnableDnsHostnames=True,
                InstanceTenancy="default",
                Tags=Tags(Name=self.named("vpc")),
            )
        )
        route_table = self.add_route_table()
        subnets = [self.public_subnet(index, route_table) for index in range(len(ZONES))]
        self.add_security_groups()
        for service in ("s3", "dynamodb"):
            self.add(
                ec2.VPCEndpoint(
                    {"s3": "S3Endpoint", "dynamodb": "DynamoDBEndpoint"}[service],
                    VpcId=self.vpc.ref(),
                    VpcEndpointType="Gateway",
                    ServiceName=Sub(f"com.amazonaws.${{AWS::Region}}.{service}"),
                    RouteTableIds=[route_table.ref()],
                )
            )
        self.add_flow_log()

        self.VPCId = self.vpc.ref()
        self.PublicSubnetAId, self.PublicSubnetBId, self.PublicSubnetCId = [each.ref() for each in subnets]
        both = [each.ref() for each in subnets[:2]]
        self.PublicSubnetIds = If(self.HasThirdZone, [*both, subnets[2].ref()], both)
        zones = [f"${{PublicSubnet{zone}.AvailabilityZone}}" for zone in ZONES]
        self.AvailabilityZones = If(self.HasThirdZone, Sub(",".join(zones)), Sub(",".join(zones[:2])))

    def add_route_table(self) -> ec2.RouteTable:
        """One table for all public subnets, with the Internet behind it."""
        gateway = self.add(ec2.InternetGateway("InternetGateway", Tags=Tags(Name=self.named("igw"))))
        attachment = self.add(
            ec2.VPCGatewayAttachment("GatewayAttachment", VpcId=self.vpc.ref(), InternetGatewayId=gateway.ref())
        )
        table = self.add(
            ec2.RouteTable("PublicRouteTable", VpcId=self.vpc.ref(), Tags=Tags(Name=self.named("public-routes")))
        )
        self.add(
            ec2.Route(
                "PublicRoute",
                DependsOn=attachment.title,  # no reference says that the gateway must be attached first
                RouteTableId=table.ref(),
                DestinationCidrBlock="0.0.0.0/0",
                GatewayId=gateway.ref(),
            )
        )
        return table

    def public_subnet(self, index: int, route_table: ec2.RouteTable) -> ec2.Subnet:
        """The subnet of one zone, which is there if the zone is. The first /24 of the range is left free."""
        zone = ZONES[index]
        only: dict[str, Any] = {"Condition": self.HasThirdZone} if zone == ZONES[-1] else {}
        subnet = self.add(
            ec2.Subnet(
                f"PublicSubnet{zone}",
                VpcId=self.vpc.ref(),
                AvailabilityZone=Select(index, GetAZs()),
                CidrBlock=Select(index + 1, Cidr(self.VpcCidr, len(ZONES) + 1, SUBNET_BITS)),
                MapPublicIpOnLaunch=True,
                Tags=Tags(Name=self.named(f"public-subnet-{zone.lower()}")),
                **only,
            )
        )
        self.add(
            ec2.SubnetRouteTableAssociation(
                f"PublicSubnet{zone}RouteTableAssociation",
                SubnetId=subnet.ref(),
                RouteTableId=route_table.ref(),
                **only,
            )
        )
        return subnet

    def add_security_groups(self) -> None:
        """Workers call, and nobody calls them; the endpoints' group waits for endpoints."""
        workers = self.add(
            ec2.SecurityGroup(
                "ECSSecurityGroup",
                GroupName=self.named("ecs-sg"),
                GroupDescription="Plot Palette workers: everything out, nothing in",
                VpcId=self.vpc.ref(),
                SecurityGroupEgress=[
                    ec2.SecurityGroupRule(
                        CidrIp="0.0.0.0/0", IpProtocol="-1", Description="To Bedrock, the registry and the endpoints"
                    )
                ],
                Tags=Tags(Name=self.named("ecs-sg")),
            ),
            suppress={
                "W9121": Exemption(
                    "the workers' way out is open by the brief: models, registry and whatever a job reads",
                    owner="plot-palette",
                    expires="2027-11-30",
                )
            },
        )
        endpoints = self.add(
            ec2.SecurityGroup(
                "VPCEndpointSecurityGroup",
                GroupName=self.named("endpoint-sg"),
                GroupDescription="Plot Palette interface endpoints: HTTPS from the VPC",
                VpcId=self.vpc.ref(),
                SecurityGroupIngress=[
                    ec2.SecurityGroupRule(
                        CidrIp=self.VpcCidr,
                        IpProtocol="tcp",
                        FromPort=HTTPS,
                        ToPort=HTTPS,
                        Description="HTTPS from the VPC",
                    )
                ],
                SecurityGroupEgress=[
                    ec2.SecurityGroupRule(CidrIp="127.0.0.1/32", IpProtocol="-1", Description="Nothing goes out")
                ],
                Tags=Tags(Name=self.named("endpoint-sg")),
            ),
            suppress={
                "W9121": Exemption(
                    "the brief has the VPC's range: the endpoints that will stand in it are for all of it",
                    owner="plot-palette",
                    expires="2027-11-30",
                )
            },
        )
        self.ECSSecurityGroupId = workers.get_att("GroupId")
        self.VPCEndpointSecurityGroupId = endpoints.get_att("GroupId")

    def add_flow_log(self) -> None:
        """All traffic of the VPC, into a log group that only the flow log's role may write, for those who want it."""
        group = self.add(
            log_groups.LogGroup(
                "FlowLogGroup",
                Condition=self.CreatesFlowLogs,
                LogGroupName=self.named("vpc-flow-logs"),
                RetentionInDays=self.LogRetentionDays,
            )
        )
        source = Sub("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:vpc-flow-log/*")
        role = self.add(
            iam.Role(
                "FlowLogRole",
                Condition=self.CreatesFlowLogs,
                AssumeRolePolicyDocument=trust(
                    "vpc-flow-logs.amazonaws.com",
                    when=[StringEquals({SourceAccount: Ref("AWS::AccountId")}), ArnLike({SourceArn: source})],
                ),
                Policies=[
                    inline(
                        "flow-log",
                        allow(
                            logs.CreateLogStream, logs.PutLogEvents, logs.DescribeLogStreams, on=[group.get_att("Arn")]
                        ),
                        allow(logs.DescribeLogGroups, on=["*"]),  # the service lists groups before it writes
                    )
                ],
            )
        )
        self.add(
            ec2.FlowLog(
                "FlowLog",
                Condition=self.CreatesFlowLogs,
                ResourceId=self.vpc.ref(),
                ResourceType="VPC",
                TrafficType="ALL",
                LogDestinationType="cloud-watch-logs",
                LogGroupName=group.ref(),
                DeliverLogsPermissionArn=role.get_att("Arn"),
                MaxAggregationInterval=600,
                Tags=Tags(Name=self.named("vpc-flow-log")),
            )
        )
