"""W9149."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen import profiles
from stackgen.lint.kit import checks, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

OPTIONS = {"days": {"default": 7, "type": "integer"}}
DAYS = {
    "AWS::RDS::DBInstance": ("BackupRetentionPeriod",),
    "AWS::DocDB::DBCluster": ("BackupRetentionPeriod",),
    "AWS::Neptune::DBCluster": ("BackupRetentionPeriod",),
    "AWS::Redshift::Cluster": ("AutomatedSnapshotRetentionPeriod",),
    "AWS::MemoryDB::Cluster": ("SnapshotRetentionLimit",),
}
SWITCHES = {"AWS::EFS::FileSystem": ("BackupPolicy", "Status")}


class DataStoresAreBackedUp(rule.OfResources):
    """Aurora's are W9127's, DynamoDB's W9129's; where it depends on a condition, somebody chose."""

    id = "W9149"
    shortdesc = "Production's data are backed up for at least a week"
    why = "A mistake that is seen on Monday was made on Friday: with a day of backups nothing is left of before."
    remedy = "Set the retention to 7 days or more, or enable the backup policy."
    source_url = "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_backing_up_data_automated_backups_data.html"
    pillar = "reliability"
    guidelines = ("GDL-071",)
    public = ("RDS.11", "DocumentDB.2", "Neptune.5", "Redshift.3", "EFS.2", "CKV_AWS_133")
    profiles = frozenset({profiles.PRODUCTION})
    options = OPTIONS
    types = (*DAYS, *SWITCHES)
    passes = """
    Resources:
      Instance: {Type: AWS::RDS::DBInstance, Properties: {BackupRetentionPeriod: 14}}
      Member: {Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: a}}
    """
    fails = """
    Resources:
      Instance: {Type: AWS::RDS::DBInstance, Properties: {BackupRetentionPeriod: 1}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:  # noqa: ARG002
        """The days or the switch."""
        days = self.config["days"]
        if resource.type in SWITCHES:
            for found in checks.never_fit(resource, *SWITCHES[resource.type], fits=checks.one_of("ENABLED")):
                yield rule.Found(found.path, f"{resource.title} is not backed up")
        elif not checks.is_of_a_cluster(resource) or "DBI" not in resource.type:
            for found in checks.never_fit(resource, *DAYS[resource.type], fits=checks.at_least(days)):
                yield rule.Found(found.path, f"{resource.title} keeps its backups for less than {days} days")
