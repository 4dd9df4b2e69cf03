"""W9148."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stackgen.lint.kit import checks, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

GROUP = "DBClusterParameterGroupName"
MYSQL = re.compile(r"aurora-mysql.*|mysql5.*|mysql8\.0")
POSTGRES = re.compile(r"(aurora-)?postgres(?:ql)?(\d+)")
FORCES_SINCE = 15
"""PostgreSQL's version from which rds.force_ssl is on by itself."""


class DatabasesRequireTls(rule.OfResources):
    """What the engine does if nothing is said differs by its version."""

    id = "W9148"
    shortdesc = "A database refuses connections without TLS"
    why = "Without TLS passwords and rows cross the network in plain text, and nobody notices."
    remedy = "Set require_secure_transport ON, or rds.force_ssl 1, in the parameter group, and name the group."
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/mysql-ssl-connections.require-ssl.html"
    pillar = "security"
    guidelines = ("GDL-021",)
    public = ("RDS.38", "RDS.39")
    types = ("AWS::RDS::DBCluster", "AWS::RDS::DBClusterParameterGroup", "AWS::RDS::DBParameterGroup")
    passes = """
    Resources:
      Group:
        Type: AWS::RDS::DBClusterParameterGroup
        Properties: {Family: aurora-mysql8.0, Description: a, Parameters: {require_secure_transport: 'ON'}}
      Cluster:
        Type: AWS::RDS::DBCluster
        Properties: {Engine: aurora-mysql, DBClusterParameterGroupName: !Ref Group}
    """
    fails = """
    Resources:
      Group: {Type: AWS::RDS::DBClusterParameterGroup, Properties: {Family: aurora-mysql8.0, Description: a}}
      Cluster: {Type: AWS::RDS::DBCluster, Properties: {Engine: aurora-mysql}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:  # noqa: ARG002
        """What a group says, and a cluster of MySQL without a group."""
        if resource.type == "AWS::RDS::DBCluster":
            engines = {str(each.value) for each in resource.said("Engine")}
            for found in resource.values(GROUP) if engines == {"aurora-mysql"} else ():
                if found.value is values.ABSENT:
                    yield rule.Found(found.path, f"{resource.title} has the default parameters, which allow no TLS")
            return
        for family in resource.said("Family"):
            name, absent = _asked(str(family.value), is_cluster=resource.type.endswith("ClusterParameterGroup"))
            for found in (
                checks.unfit(resource, "Parameters", name, fits=checks.one_of("on", "1", "true"), absent=absent)
                if name
                else ()
            ):
                yield rule.Found(found.path, f"{resource.title} does not set {name}: connections without TLS are taken")


def _asked(family: str, *, is_cluster: bool) -> tuple[str, bool]:
    """Which parameter, and whether it may be missing; an Aurora cluster's is not in the group of its instances."""
    if family.startswith("aurora") is not is_cluster:
        return "", True
    if MYSQL.fullmatch(family):
        return "require_secure_transport", False
    found = POSTGRES.match(family)
    return ("rds.force_ssl", int(found[2]) >= FORCES_SINCE) if found else ("", True)
