"""W9127."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen import profiles
from stackgen.lint.kit import checks, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

OPTIONS = {"days": {"default": 7, "type": "integer"}}
SWITCHES = ("CopyTagsToSnapshot", "EnableIAMDatabaseAuthentication")


class DatabaseClustersCanBeOperated(rule.OfResources):
    """What Aurora needs in operation; instances and backups where it is production."""

    id = "W9127"
    shortdesc = "An Aurora cluster has what its operation needs"
    why = "Without a second instance a failure lasts ten minutes, and without logs nobody knows why."
    remedy = (
        "Copy tags to snapshots, export logs, allow IAM; in production, have two instances and seven days of backups."
    )
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.BestPractices.html"
    pillar = "reliability"
    guidelines = ("GDL-070", "GDL-071", "GDL-084")
    public = ("RDS.12", "RDS.15", "RDS.16", "RDS.34", "RDS.35", "CKV_AWS_162")
    options = OPTIONS
    types = ("AWS::RDS::DBCluster",)
    passes = """
    Resources:
      Cluster:
        Type: AWS::RDS::DBCluster
        Properties:
          CopyTagsToSnapshot: true
          EnableIAMDatabaseAuthentication: true
          EnableCloudwatchLogsExports: [error]
          BackupRetentionPeriod: 7
      First: {Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: !Ref Cluster}}
      Second: {Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: !Ref Cluster}}
    """
    fails = """
    Resources:
      Cluster: {Type: AWS::RDS::DBCluster, Properties: {CopyTagsToSnapshot: true}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """The cluster and its instances."""
        if view.profile is profiles.EPHEMERAL:
            return
        for name in SWITCHES:
            for found in checks.unfit(resource, name):
                yield rule.Found(found.path, f"{resource.title} does not have {name}")
        for found in checks.unfit(resource, "EnableCloudwatchLogsExports", fits=bool):
            yield rule.Found(found.path, f"{resource.title} sends no log to CloudWatch")
        members = [each for each in view.of_type("AWS::RDS::DBInstance") if _is_member(each, resource)]
        for each in members:
            for found in checks.unfit(each, "AutoMinorVersionUpgrade", absent=True):
                yield rule.Found(found.path, f"{each.title} does not take minor upgrades of its engine")
        if view.profile is profiles.PRODUCTION:
            days = self.config["days"]
            for found in checks.never_fit(resource, "BackupRetentionPeriod", fits=checks.at_least(days)):
                yield rule.Found(found.path, f"{resource.title} keeps its backups for less than {days} days")
            if len(members) == 1:  # without any, they are elsewhere
                yield rule.Found(resource.path, f"{resource.title} has one instance only")


def _is_member(instance: Resource, cluster: Resource) -> bool:
    return cluster.title in values.references(instance.properties.get("DBClusterIdentifier"))
