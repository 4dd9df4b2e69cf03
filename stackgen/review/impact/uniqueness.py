"""Properties that, taken together, no two resources may share, although none of them is a name.

CloudFormation makes a new resource before it deletes the old one, so a replacement that keeps them fails.
"""

from __future__ import annotations

from typing import NamedTuple

_EC2 = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference"


class Unique(NamedTuple):
    """Top-level properties, all of them given by the template."""

    properties: tuple[str, ...]
    source: str


UNIQUE = {
    "AWS::EC2::Route": Unique(("RouteTableId", "DestinationCidrBlock"), f"{_EC2}/API_CreateRoute.html"),
    "AWS::EC2::Subnet": Unique(("VpcId", "CidrBlock"), f"{_EC2}/API_CreateSubnet.html"),
    "AWS::ElasticLoadBalancingV2::Listener": Unique(
        ("LoadBalancerArn", "Port"),
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html",
    ),
    "AWS::Lambda::EventSourceMapping": Unique(
        ("FunctionName", "EventSourceArn"),
        "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html",
    ),
}
"""A subnet's range must not overlap another's in its VPC; a port has one listener; a source is mapped once."""
