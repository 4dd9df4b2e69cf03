"""E9126."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import network, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

OPEN = (
    "AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::Redshift::Cluster", "AWS::RedshiftServerless::Workgroup",
    "AWS::DMS::ReplicationInstance", "AWS::Neptune::DBInstance",
)  # fmt: skip
GROUPS = ("AWS::RDS::DBSubnetGroup", "AWS::DocDB::DBSubnetGroup", "AWS::Neptune::DBSubnetGroup")


class DatabasesArePrivate(rule.OfResources):
    """Neither by an address of their own, nor by subnets that lead to the Internet."""

    id = "E9126"
    shortdesc = "A database cannot be reached from the Internet"
    why = "Scanners find an address in the Internet in minutes, and one password is then all that protects the data."
    remedy = "Leave PubliclyAccessible false, and put the database into subnets without a route to an Internet gateway."
    source_url = "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html"
    pillar = "security"
    guidelines = ("GDL-030",)
    public = ("RDS.2", "Redshift.1", "CKV_AWS_17", "CKV_AWS_87")
    types = (*OPEN, *GROUPS)
    passes = """
    Resources:
      Instance: {Type: AWS::RDS::DBInstance, Properties: {PubliclyAccessible: false}}
    """
    fails = """
    Resources:
      Instance: {Type: AWS::RDS::DBInstance, Properties: {PubliclyAccessible: true}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """The switch, or the subnets."""
        if resource.type in OPEN:
            for found in resource.said("PubliclyAccessible"):
                if values.is_on(found.value):
                    yield rule.Found(found.path, f"{resource.title} has an address in the Internet")
            return
        for found in resource.each("SubnetIds"):
            subnet = view.resource_of(found.value)
            if subnet and subnet.type == "AWS::EC2::Subnet" and network.way_of(view, subnet) is network.Way.INTERNET:
                yield rule.Found(found.path, f"{resource.title} has {subnet.title}, which leads to the Internet")
