"""E9126."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

TYPES = (
    "AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::Redshift::Cluster", "AWS::RedshiftServerless::Workgroup",
    "AWS::DMS::ReplicationInstance", "AWS::Neptune::DBInstance",
)  # fmt: skip


class DatabasesArePrivate(rule.OfResources):
    """They have no address of their own there; in which subnets they stand is E9173's."""

    id = "E9126"
    shortdesc = "A database cannot be reached from the Internet"
    why = "Scanners find an address in the Internet in minutes, and one password is then all that protects the data."
    remedy = "Leave PubliclyAccessible false, and put the database into subnets without a route to an Internet gateway."
    source_url = "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html"
    pillar = "security"
    guidelines = ("GDL-030",)
    public = ("RDS.2", "Redshift.1", "CKV_AWS_17", "CKV_AWS_87")
    types = TYPES
    passes = """
    Resources:
      Instance: {Type: AWS::RDS::DBInstance, Properties: {PubliclyAccessible: false}}
    """
    fails = """
    Resources:
      Instance: {Type: AWS::RDS::DBInstance, Properties: {PubliclyAccessible: true}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """The switch."""
        del view
        for found in resource.said("PubliclyAccessible"):
            if values.is_on(found.value):
                yield rule.Found(found.path, f"{resource.title} has an address in the Internet")
