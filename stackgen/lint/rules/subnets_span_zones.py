"""E9114."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, ClassVar

from stackgen import profiles
from stackgen.lint.kit import network, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

PLACES: dict[str, tuple[str, ...]] = {
    "AWS::Lambda::Function": ("VpcConfig", "SubnetIds"),
    "AWS::Serverless::Function": ("VpcConfig", "SubnetIds"),
    "AWS::RDS::DBSubnetGroup": ("SubnetIds",),
    "AWS::ElastiCache::SubnetGroup": ("SubnetIds",),
    "AWS::ECS::Service": ("NetworkConfiguration", "AwsvpcConfiguration", "Subnets"),
    "AWS::AutoScaling::AutoScalingGroup": ("VPCZoneIdentifier",),
}
"""What lives in subnets, and where it names them."""


class SubnetsSpanZones(rule.Rule):
    """A VPC's subnets stand in several zones, and what lives in subnets in two at least."""

    id = "E9114"
    shortdesc = "Networks, and what runs in them, span availability zones"
    why = "A zone that fails takes everything with it that stands in it alone."
    remedy = "Add subnets in further zones and name them; the option zones says how many a VPC must have."
    source_url = "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/use-fault-isolation-to-protect-your-workload.html"
    pillar = "reliability"
    guidelines = ("GDL-070",)
    public = ("Lambda.5", "RDS.15")
    profiles = frozenset({profiles.PRODUCTION, profiles.DESTROYABLE})
    options: ClassVar = {"zones": {"default": 2, "type": "integer"}}
    passes = """
    Resources:
      Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
      One:
        Type: AWS::EC2::Subnet
        Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: !Select [0, !GetAZs '']}
      Two:
        Type: AWS::EC2::Subnet
        Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: !Select [1, !GetAZs '']}
    """
    fails = """
    Resources:
      Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
      One: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
      Function:
        Type: AWS::Lambda::Function
        Properties: {VpcConfig: {SubnetIds: [!Ref One], SecurityGroupIds: [sg-1]}}
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """VPCs and dwellers that stand in too few zones."""
        wanted = int(self.config["zones"])
        for vpc in view.of_type("AWS::EC2::VPC"):
            own = [each for each in view.of_type("AWS::EC2::Subnet") if _vpc_of(view, each) is vpc]
            zones = {_zone(each) for each in own}
            if own and len(zones) < wanted:
                yield rule.Found(vpc.path, f"{vpc.title} has subnets in {_zones(len(zones))}, not in {wanted}")
        for each in view.of_type(*PLACES):
            for found in each.values(*PLACES[each.type]):
                if isinstance(found.value, list) and _zones_of(view, found) == 1:
                    yield rule.Found(found.path, f"{each.title} stands in one zone, not in two or more")


def _vpc_of(view: View, subnet: Resource) -> Resource | None:
    return view.resource_of(subnet.properties.get("VpcId"))


def _zone(subnet: Resource) -> str:
    said = [subnet.properties.get(name) for name in ("AvailabilityZone", "AvailabilityZoneId")]
    return json.dumps(said, default=str, sort_keys=True)


def _zones(count: int) -> str:
    return f"{count} zone" if count == 1 else f"{count} zones"


def _zones_of(view: View, listed: values.Branch) -> int:
    """In how many zones production stands; none where that is not to be told: a parameter may be a list of many."""
    all_of = values.elements(listed.value, listed.scenario)
    named = [each.value for each in all_of if view.in_production(each.scenario) is not False]
    subnets = network.subnets_in(view, named)
    return len({_zone(one) for one in subnets}) if subnets else len(named) if len(listed.value) > 1 else 0
