"""Two public subnets and a way out: what a listener needs, without a NAT gateway. Alone, or within an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from troposphere import Cidr, GetAZs, Select, Sub, Tags, ec2

from stackgen import Exemption, Output, Parameter
from stackgen.parameter_types import LIST_OF_SUBNET_IDS, VPC_ID

from .system import SmartStreamStack

if TYPE_CHECKING:
    from collections.abc import Sequence

RANGE = "10.0.0.0/16"
ZONES = ("A", "B")
SUBNET_BITS = 8
"""A /24 for each zone: 251 listeners."""


class Network(NamedTuple):
    """What was made. Who takes ``routed_subnets`` waits until there is a way out of them; bare IDs do not say so."""

    vpc: ec2.VPC
    subnets: Sequence[ec2.Subnet]
    routed_subnets: Sequence[Select]


def add_network(stack: SmartStreamStack, name: Sub, cidr: object, **attributes: Any) -> Network:
    """A VPC with a public subnet in each of two zones; ``attributes`` such as Condition go to every resource."""
    vpc = stack.add(
        ec2.VPC(
            "VPC",
            CidrBlock=cidr,
            EnableDnsSupport=True,
            EnableDnsHostnames=True,
            Tags=Tags(Name=name),
            **attributes,
        ),
        suppress={
            "W9122": Exemption(
                "nothing in it can be called, and a log of what goes out is more than an environment may cost",
                owner="smart-stream",
                expires="2027-11-30",
            )
        },
    )
    table = add_way_out(stack, vpc, name, attributes)
    ranges = Cidr(cidr, len(ZONES) + 1, SUBNET_BITS)
    subnets, routed = [], []
    for index, zone in enumerate(ZONES):
        subnet = stack.add(
            ec2.Subnet(
                f"PublicSubnet{zone}",
                DependsOn="PublicRoute",
                VpcId=vpc.ref(),
                AvailabilityZone=Select(index, GetAZs()),
                CidrBlock=Select(index + 1, ranges),  # the first /24 is left free
                Tags=Tags(Name=name),
                **attributes,
            )
        )
        association = stack.add(
            ec2.SubnetRouteTableAssociation(
                f"PublicSubnet{zone}Routes", SubnetId=subnet.ref(), RouteTableId=table.ref(), **attributes
            )
        )
        subnets.append(subnet)
        routed.append(Select(0, [subnet.ref(), association.ref()]))
    return Network(vpc, subnets, routed)


def add_way_out(stack: SmartStreamStack, vpc: ec2.VPC, name: Sub, attributes: dict[str, Any]) -> ec2.RouteTable:
    """The gateway and one table of routes; bucket and table are reached through endpoints, which are free."""
    gateway = stack.add(ec2.InternetGateway("InternetGateway", Tags=Tags(Name=name), **attributes))
    attachment = stack.add(
        ec2.VPCGatewayAttachment("GatewayAttachment", VpcId=vpc.ref(), InternetGatewayId=gateway.ref(), **attributes)
    )
    table = stack.add(ec2.RouteTable("PublicRouteTable", VpcId=vpc.ref(), Tags=Tags(Name=name), **attributes))
    stack.add(
        ec2.Route(
            "PublicRoute",
            DependsOn=attachment.title,  # no reference says that the gateway must be attached first
            RouteTableId=table.ref(),
            DestinationCidrBlock="0.0.0.0/0",
            GatewayId=gateway.ref(),
            **attributes,
        )
    )
    for service in ("S3", "DynamoDB"):
        stack.add(
            ec2.VPCEndpoint(
                f"{service}Endpoint",
                VpcId=vpc.ref(),
                VpcEndpointType="Gateway",
                ServiceName=Sub(f"com.amazonaws.${{AWS::Region}}.{service.lower()}"),
                RouteTableIds=[table.ref()],
                **attributes,
            )
        )
    return table


class NetworkStack(SmartStreamStack):
    """Smart Stream network: one VPC for dev and all pull requests, since an account has five in a region."""

    file = "network-stack"

    VpcCidr: Parameter = Parameter(
        default="10.1.0.0/16",
        pattern=r"^10\.\d{1,3}\.0\.0/16$",
        description="Range of the VPC; production's own is 10.0.0.0/16",
        constraint_description="10. and a number, as in 10.1.0.0/16",
        label="VPC range",
    )

    VpcId = Output(VPC_ID, export=True, description="ID of the VPC")
    SubnetIds = Output(LIST_OF_SUBNET_IDS, export=True, description="IDs of the public subnets, joined by commas")

    def build(self) -> None:
        """The network, and where it is."""
        network = add_network(self, Sub("${AWS::StackName}"), self.VpcCidr)
        self.VpcId = network.vpc.ref()
        self.SubnetIds = [each.ref() for each in network.subnets]
