"""E9104."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.lint.kit import checks, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

MEMBERS = frozenset({"AWS::RDS::DBInstance", "AWS::DocDB::DBInstance", "AWS::Neptune::DBInstance"})
"""Their data are the cluster's, if they name one."""


class StatefulResourcesStateTheirPolicies(rule.OfResources):
    """Both, for each defaults by itself; DBCluster's default is Snapshot, everybody else's Delete."""

    id = "E9104"
    shortdesc = "What holds data says what happens to them on deletion and on replacement"
    why = "CloudFormation deletes the data with the resource, and with each change that replaces it."
    remedy = "Write DeletionPolicy and UpdateReplacePolicy, also where Delete is meant."
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html"
    )
    pillar = "reliability"
    guidelines = ("TAP", "GDL-071")
    types = (
        "AWS::Backup::BackupVault", "AWS::Cognito::UserPool", "AWS::DSQL::Cluster", "AWS::DocDB::DBCluster",
        "AWS::DocDB::DBInstance", "AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table", "AWS::EC2::Volume",
        "AWS::ECR::Repository", "AWS::EFS::FileSystem", "AWS::EMR::Cluster", "AWS::ElastiCache::CacheCluster",
        "AWS::ElastiCache::ReplicationGroup", "AWS::Elasticsearch::Domain", "AWS::FSx::FileSystem", "AWS::KMS::Key",
        "AWS::Kinesis::Stream", "AWS::MSK::Cluster", "AWS::MemoryDB::Cluster", "AWS::Neptune::DBCluster",
        "AWS::Neptune::DBInstance", "AWS::OpenSearchService::Domain", "AWS::Organizations::Account",
        "AWS::QLDB::Ledger", "AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::RDS::GlobalCluster",
        "AWS::Redshift::Cluster", "AWS::S3::Bucket", "AWS::SDB::Domain", "AWS::SecretsManager::Secret",
        "AWS::Timestream::Database", "AWS::Timestream::Table",
    )  # fmt: skip
    passes = """
    Resources:
      Table: {Type: AWS::DynamoDB::Table, DeletionPolicy: Retain, UpdateReplacePolicy: Delete}
      Member: {Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: aurora}}
    """
    fails = """
    Resources:
      Table: {Type: AWS::DynamoDB::Table, DeletionPolicy: Retain}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:  # noqa: ARG002  the values do not matter
        """Each of both that is missing, in some scenario."""
        if resource.type in MEMBERS and checks.is_of_a_cluster(resource):
            return
        for name in ("DeletionPolicy", "UpdateReplacePolicy"):
            for found in resource.attribute(name):
                if found.value is values.ABSENT:
                    path = found.path if name in resource.content else resource.path
                    yield rule.Found(path, f"{resource.title} holds data and does not say its {name}")
