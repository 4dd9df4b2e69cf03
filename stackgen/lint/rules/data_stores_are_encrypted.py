"""E9125."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import checks, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

PROPERTIES = {
    "AWS::RDS::DBCluster": ("StorageEncrypted",),
    "AWS::RDS::DBInstance": ("StorageEncrypted",),
    "AWS::DocDB::DBCluster": ("StorageEncrypted",),
    "AWS::Neptune::DBCluster": ("StorageEncrypted",),
    "AWS::Redshift::Cluster": ("Encrypted",),
    "AWS::EFS::FileSystem": ("Encrypted",),
    "AWS::ElastiCache::ReplicationGroup": ("AtRestEncryptionEnabled",),
    "AWS::OpenSearchService::Domain": ("EncryptionAtRestOptions", "Enabled"),
    "AWS::Elasticsearch::Domain": ("EncryptionAtRestOptions", "Enabled"),
    "AWS::DAX::Cluster": ("SSESpecification", "SSEEnabled"),
}
ORIGINS = (
    "DBClusterIdentifier", "DBSnapshotIdentifier", "SnapshotIdentifier", "SourceDBClusterIdentifier",
    "SourceDBInstanceIdentifier", "SourceDbiResourceId",
)  # fmt: skip
"""With one of these it is encrypted as its origin is."""


class DataStoresAreEncrypted(rule.OfResources):
    """Databases and file systems; a copy of another one is as encrypted as that is."""

    id = "E9125"
    shortdesc = "A database or file system is encrypted"
    why = "Whoever gets at the storage or at a snapshot reads the data, and it cannot be encrypted afterwards."
    remedy = "Set StorageEncrypted, or what the type calls it, to true, and name a KMS key."
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html"
    pillar = "security"
    guidelines = ("GDL-020", "TAP")
    public = ("RDS.3", "RDS.27", "EFS.1", "CKV_AWS_16", "CKV_AWS_96", "CKV_AWS_42")
    types = tuple(PROPERTIES)
    passes = """
    Resources:
      Cluster: {Type: AWS::RDS::DBCluster, Properties: {StorageEncrypted: true}}
      Member: {Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: !Ref Cluster}}
    """
    fails = """
    Resources:
      Cluster: {Type: AWS::RDS::DBCluster, Properties: {Engine: aurora-mysql}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """Whether it is encrypted, where it begins anew."""
        origins = [
            each.scenario for name in ORIGINS for each in resource.values(name) if each.value is not values.ABSENT
        ]
        names = PROPERTIES[resource.type]
        for found in checks.unfit(resource, *names):
            if view.uncovered(found.scenario, origins):
                yield rule.Found(found.path, f"{resource.title} is not encrypted: {'.'.join(names)} is not true")
