"""W9123."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import network, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View


class PrivateTierHasNoPublicAddresses(rule.OfResources):
    """Neither the subnets without a way to the internet nor the tasks of services get public addresses."""

    id = "W9123"
    shortdesc = "Services and private subnets have no public addresses"
    why = "A public address makes every mistake in a security group reachable by everybody, and costs by the hour."
    remedy = "Set AssignPublicIp to DISABLED and MapPublicIpOnLaunch to false, with endpoints or NAT for the way out."
    source_url = "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-2"
    pillar = "security"
    guidelines = ("GDL-030",)
    public = ("EC2.15", "ECS.2")
    types = ("AWS::ECS::Service", "AWS::EC2::Subnet")
    passes = """
    Resources:
      Service:
        Type: AWS::ECS::Service
        Properties:
          NetworkConfiguration: {AwsvpcConfiguration: {AssignPublicIp: DISABLED, Subnets: [subnet-1]}}
      PrivateSubnet:
        Type: AWS::EC2::Subnet
        Properties: {VpcId: vpc-1, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: false}
    """
    fails = """
    Resources:
      Service:
        Type: AWS::ECS::Service
        Properties:
          NetworkConfiguration: {AwsvpcConfiguration: {AssignPublicIp: ENABLED, Subnets: [subnet-1]}}
      PrivateSubnet:
        Type: AWS::EC2::Subnet
        Properties: {VpcId: vpc-1, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: true}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """A service with public addresses, and a private subnet that gives them."""
        if resource.type == "AWS::ECS::Service":
            for found in resource.said("NetworkConfiguration", "AwsvpcConfiguration", "AssignPublicIp"):
                if found.value == "ENABLED":
                    yield rule.Found(found.path, f"{resource.title} gives its tasks public addresses")
        elif "private" in resource.title.lower() or network.way_of(view, resource) in _INNER:
            for found in resource.said("MapPublicIpOnLaunch"):
                if values.is_on(found.value):
                    yield rule.Found(found.path, f"{resource.title} is private, and gives public addresses")


_INNER = (network.Way.NAT, network.Way.NOWHERE)
