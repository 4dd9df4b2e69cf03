"""E9173."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import network, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

GROUPS = {
    "AWS::RDS::DBSubnetGroup": "SubnetIds",
    "AWS::ElastiCache::SubnetGroup": "SubnetIds",
    "AWS::DocDB::DBSubnetGroup": "SubnetIds",
    "AWS::Neptune::DBSubnetGroup": "SubnetIds",
    "AWS::Redshift::ClusterSubnetGroup": "SubnetIds",
}


class DatabaseStandsInPrivateSubnets(rule.OfResources):
    """No subnet of a database's group has a route to an internet gateway."""

    id = "E9173"
    shortdesc = "A database stands in subnets without a way to the internet"
    why = "In a public subnet one switch and one rule are all that keep a database from everybody."
    remedy = "Name subnets whose route table has no route to an internet gateway."
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html"
    pillar = "security"
    guidelines = ("GDL-030",)
    public = ("RDS.2", "RDS.46")
    types = tuple(GROUPS)
    passes = """
    Resources:
      Group:
        Type: AWS::RDS::DBSubnetGroup
        Properties: {DBSubnetGroupDescription: Data, SubnetIds: [!Ref Inner, !ImportValue other]}
      Inner: {Type: AWS::EC2::Subnet, Properties: {VpcId: vpc-1, CidrBlock: 10.0.0.0/24}}
      Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: vpc-1}}
      InTable:
        Type: AWS::EC2::SubnetRouteTableAssociation
        Properties: {SubnetId: !Ref Inner, RouteTableId: !Ref Table}
    """
    fails = """
    Resources:
      Group:
        Type: AWS::RDS::DBSubnetGroup
        Properties: {DBSubnetGroupDescription: Data, SubnetIds: [!Ref Outer, !ImportValue other]}
      Outer: {Type: AWS::EC2::Subnet, Properties: {VpcId: vpc-1, CidrBlock: 10.0.0.0/24}}
      Gateway: {Type: AWS::EC2::InternetGateway}
      Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: vpc-1}}
      Out:
        Type: AWS::EC2::Route
        Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
      InTable:
        Type: AWS::EC2::SubnetRouteTableAssociation
        Properties: {SubnetId: !Ref Outer, RouteTableId: !Ref Table}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """Each subnet that leads to an internet gateway."""
        for found in resource.each(GROUPS[resource.type]):
            subnet = view.resource_of(found.value)
            if subnet is not None and network.way_of(view, subnet) is network.Way.INTERNET:
                yield rule.Found(found.path, f"{resource.title} has {subnet.title}, which leads to the internet")
