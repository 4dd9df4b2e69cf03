"""Resource types that hold what cannot be made again: data, keys, recorded history."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .files import SchemaFiles

__all__ = ["FURTHER", "MUST_BE_EMPTY", "loses", "must_be_empty"]

FURTHER = {
    "AWS::CodeCommit::Repository": "its commits",
    "AWS::Cassandra::Keyspace": "its tables, with their rows",
    "AWS::Cassandra::Table": "its rows",
    "AWS::DSQL::Cluster": "its databases",
    "AWS::DocDBElastic::Cluster": "its collections",
    "AWS::EC2::Instance": "its root volume (unless its DeleteOnTermination is false)",
    "AWS::ECR::Repository": "its images",
    "AWS::ElastiCache::ServerlessCache": "its keys",
    "AWS::MSK::Cluster": "its topics, with their records",
    "AWS::MSK::ServerlessCluster": "its topics, with their records",
    "AWS::MemoryDB::Cluster": "its keys: MemoryDB is a durable database",
    "AWS::NeptuneGraph::Graph": "its graph",
    "AWS::OpenSearchServerless::Collection": "its indexes, with their documents",
    "AWS::RDS::GlobalCluster": "the replication between its clusters' regions",
    "AWS::RedshiftServerless::Namespace": "its databases",
    "AWS::S3Express::DirectoryBucket": "its objects",
    "AWS::S3Tables::Table": "its rows",
    "AWS::S3Tables::TableBucket": "its tables, with their rows",
    "AWS::S3Vectors::Index": "its vectors",
    "AWS::S3Vectors::VectorBucket": "its indexes, with their vectors",
    "AWS::SSM::Parameter": "its value, if somebody changed it after the deployment, and its history",
    "AWS::Serverless::SimpleTable": "its items",
    "AWS::Timestream::Database": "its tables, with their records",
    "AWS::Timestream::InfluxDBCluster": "its buckets, with their points",
    "AWS::Timestream::InfluxDBInstance": "its buckets, with their points",
    "AWS::Timestream::Table": "its records",
}
"""Types that cfn-lint's list leaves out, and what is lost with a resource of each."""

MUST_BE_EMPTY = {
    "AWS::ECR::Repository": "EmptyOnDelete",
}
"""Types that cfn-lint does not know to refuse deletion while they hold something, and the property that lifts it."""


def loses(type_: str, files: SchemaFiles) -> str | None:
    """What is lost with a resource of a type; None for one that can be made again from the template."""
    if type_ in FURTHER:
        return FURTHER[type_]
    return "its data" if type_ in files.specification("StatefulResources").get("ResourceTypes", {}) else None


def must_be_empty(type_: str, files: SchemaFiles) -> bool:
    """Whether a resource of a type cannot be deleted while it holds something."""
    known = files.specification("StatefulResources").get("ResourceTypes", {}).get(type_, {})
    return type_ in MUST_BE_EMPTY or bool(known.get("DeleteRequiresEmptyResource"))
