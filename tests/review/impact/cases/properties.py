"""One resource, one property changed: tables, databases, buckets and whatever else holds data."""

from __future__ import annotations

from tests.review.impact.cases.documents import KEY_ARN, attributes, index, keys
from tests.review.impact.cases.model import ARCHIVE, BEHAVIOURS, Case, changed, property_of, replaced, updated
from tests.review.impact.cases.resources import (
    bucket,
    cluster,
    database,
    file_system,
    indexed_table,
    replication_group,
    repository,
    restored_cluster,
    stream,
    table,
    volume,
)

DYNAMODB = (
    changed(
        "another partition key makes another table",
        f"{ARCHIVE}/c23f1ebe27d802a20e0db001f0f4abe524ec9cbe/doc_source/aws-resource-dynamodb-table.md",
        table(),
        table(AttributeDefinitions=attributes("Email"), KeySchema=keys("Email")),
        "replace",
        note="later editions say Some interruptions; UpdateTable has no KeySchema, so nothing else can be done",
    ),
    updated(
        "a table goes from provisioned to on-demand in place",
        "dynamodb-table",
        "BillingMode",
        table(BillingMode="PROVISIONED", ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}),
        table(),
    ),
    replaced(
        "a table cannot be renamed, only made anew",
        "dynamodb-table",
        "TableName",
        table(TableName="orders"),
        table(TableName="orders-2"),
    ),
    updated(
        "one more global secondary index is added in place",
        "dynamodb-table",
        "GlobalSecondaryIndexes",
        indexed_table("Email"),
        indexed_table("Email", "City"),
    ),
    changed(
        "adding one global secondary index and deleting another in one update fails",
        property_of("dynamodb-table", "GlobalSecondaryIndexes"),
        indexed_table("Email"),
        indexed_table("City"),
        "fails",
        failure="global secondary index",
    ),
    changed(
        "two global secondary indexes cannot be added in one update",
        property_of("dynamodb-table", "GlobalSecondaryIndexes"),
        indexed_table(),
        indexed_table("Email", "City"),
        "fails",
        failure="global secondary index",
    ),
    changed(
        "the key schema of a global secondary index cannot change under its name",
        property_of("dynamodb-table", "GlobalSecondaryIndexes"),
        indexed_table("Email", AttributeDefinitions=attributes("Id", "Email")),
        indexed_table(
            "Email",
            AttributeDefinitions=attributes("Id", "Email", "City"),
            GlobalSecondaryIndexes=[index("ByEmail", "Email", "City")],
        ),
        "fails",
        failure="global secondary index",
    ),
    updated(
        "point-in-time recovery is switched on in place",
        "dynamodb-table",
        "PointInTimeRecoverySpecification",
        table(),
        table(PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}),
    ),
    updated(
        "a table is encrypted with a KMS key in place",
        "dynamodb-table",
        "SSESpecification",
        table(),
        table(SSESpecification={"SSEEnabled": True, "SSEType": "KMS"}),
    ),
)

RDS = (
    replaced(
        "another first database makes another cluster",
        "rds-dbcluster",
        "DatabaseName",
        cluster(DatabaseName="shop"),
        cluster(DatabaseName="store"),
    ),
    replaced(
        "another identifier makes another cluster",
        "rds-dbcluster",
        "DBClusterIdentifier",
        cluster(DBClusterIdentifier="shop"),
        cluster(DBClusterIdentifier="store"),
    ),
    replaced(
        "another subnet group makes another cluster",
        "rds-dbcluster",
        "DBSubnetGroupName",
        cluster(DBSubnetGroupName="private"),
        cluster(DBSubnetGroupName="isolated"),
    ),
    replaced(
        "another key makes another cluster",
        "rds-dbcluster",
        "KmsKeyId",
        cluster(StorageEncrypted=True),
        cluster(StorageEncrypted=True, KmsKeyId=KEY_ARN),
    ),
    replaced(
        "a cluster is encrypted only from its start",
        "rds-dbcluster",
        "StorageEncrypted",
        cluster(StorageEncrypted=False),
        cluster(StorageEncrypted=True),
    ),
    replaced(
        "another snapshot to restore from makes another cluster",
        "rds-dbcluster",
        "SnapshotIdentifier",
        restored_cluster("before-spring"),
        restored_cluster("before-summer"),
    ),
    updated(
        "a cluster is upgraded in place",
        "rds-dbcluster",
        "EngineVersion",
        cluster(EngineVersion="16.8"),
        cluster(EngineVersion="16.9"),
    ),
    updated(
        "a cluster keeps its backups longer in place",
        "rds-dbcluster",
        "BackupRetentionPeriod",
        cluster(BackupRetentionPeriod=1),
        cluster(BackupRetentionPeriod=35),
    ),
    changed(
        "another engine makes another database instance",
        f"{BEHAVIOURS}#update-replacement",
        database(Engine="mysql"),
        database(Engine="postgres"),
        "replace",
        note="the page's own example of a replacement",
    ),
    updated(
        "a database instance is resized in place",
        "rds-dbinstance",
        "DBInstanceClass",
        database(DBInstanceClass="db.m7g.large"),
        database(DBInstanceClass="db.m7g.xlarge"),
    ),
)

STORES = (
    replaced(
        "another name makes another bucket",
        "s3-bucket",
        "BucketName",
        bucket(BucketName="orders-111122223333"),
        bucket(BucketName="orders-2-111122223333"),
    ),
    updated(
        "a bucket is encrypted in place",
        "s3-bucket",
        "BucketEncryption",
        bucket(),
        bucket(
            BucketEncryption={
                "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]
            }
        ),
    ),
    replaced(
        "a file system is encrypted only from its start",
        "efs-filesystem",
        "Encrypted",
        file_system(Encrypted=False),
        file_system(Encrypted=True),
    ),
    replaced(
        "a replication group is encrypted at rest only from its start",
        "elasticache-replicationgroup",
        "AtRestEncryptionEnabled",
        replication_group(AtRestEncryptionEnabled=False),
        replication_group(AtRestEncryptionEnabled=True),
    ),
    updated(
        "a replication group moves to larger nodes in place",
        "elasticache-replicationgroup",
        "CacheNodeType",
        replication_group(),
        replication_group(CacheNodeType="cache.m7g.xlarge"),
    ),
    updated("a volume grows in place", "ec2-volume", "Size", volume(), volume(Size=40)),
    replaced(
        "another encryption makes another repository",
        "ecr-repository",
        "EncryptionConfiguration",
        repository(),
        repository(EncryptionConfiguration={"EncryptionType": "KMS"}),
    ),
    updated(
        "tags of a repository become immutable in place",
        "ecr-repository",
        "ImageTagMutability",
        repository(),
        repository(ImageTagMutability="IMMUTABLE"),
    ),
    updated("a stream gets another shard in place", "kinesis-stream", "ShardCount", stream(), stream(ShardCount=2)),
    replaced("another name makes another stream", "kinesis-stream", "Name", stream(), stream(Name="orders")),
)

CASES: tuple[Case, ...] = DYNAMODB + RDS + STORES
