"""One resource, one property changed: compute, data and identity that most systems have."""

from __future__ import annotations

from tests.review.impact.cases.model import REFERENCE, Case, changed, property_of
from tests.review.impact.cases.resources import (
    KEY_ARN,
    attributes,
    bucket,
    cluster,
    file_system,
    function,
    index,
    indexed_table,
    instance,
    key,
    key_policy,
    keys,
    load_balancer,
    log_group,
    managed_policy,
    queue,
    record,
    restored_cluster,
    role,
    rule,
    security_group,
    ssm_parameter,
    subnet,
    table,
    topic,
    vpc,
)

KMS_KEY = f"{REFERENCE}/aws-resource-kms-key.html"
ARCHIVE = "https://github.com/awsdocs/aws-cloudformation-user-guide/blob"  # the user guide as AWS published it

DYNAMODB = (
    changed(
        "another partition key makes another table",
        f"{ARCHIVE}/c23f1ebe27d802a20e0db001f0f4abe524ec9cbe/doc_source/aws-resource-dynamodb-table.md",
        table(),
        table(AttributeDefinitions=attributes("Email"), KeySchema=keys("Email")),
        "replace",
        note="later editions say Some interruptions; UpdateTable has no KeySchema, so nothing else can be done",
    ),
    changed(
        "a table goes from provisioned to on-demand in place",
        property_of("dynamodb-table", "BillingMode"),
        table(BillingMode="PROVISIONED", ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}),
        table(),
        "update",
    ),
    changed(
        "a table cannot be renamed, only made anew",
        property_of("dynamodb-table", "TableName"),
        table(TableName="orders"),
        table(TableName="orders-2"),
        "replace",
    ),
    changed(
        "one more global secondary index is added in place",
        property_of("dynamodb-table", "GlobalSecondaryIndexes"),
        indexed_table("Email"),
        indexed_table("Email", "City"),
        "update",
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
    changed(
        "point-in-time recovery is switched on in place",
        property_of("dynamodb-table", "PointInTimeRecoverySpecification"),
        table(),
        table(PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}),
        "update",
    ),
)

RDS = (
    changed(
        "another first database makes another cluster",
        property_of("rds-dbcluster", "DatabaseName"),
        cluster(DatabaseName="shop"),
        cluster(DatabaseName="store"),
        "replace",
    ),
    changed(
        "another identifier makes another cluster",
        property_of("rds-dbcluster", "DBClusterIdentifier"),
        cluster(DBClusterIdentifier="shop"),
        cluster(DBClusterIdentifier="store"),
        "replace",
    ),
    changed(
        "another key makes another cluster",
        property_of("rds-dbcluster", "KmsKeyId"),
        cluster(StorageEncrypted=True),
        cluster(StorageEncrypted=True, KmsKeyId=KEY_ARN),
        "replace",
    ),
    changed(
        "a cluster is encrypted only from its start",
        property_of("rds-dbcluster", "StorageEncrypted"),
        cluster(StorageEncrypted=False),
        cluster(StorageEncrypted=True),
        "replace",
    ),
    changed(
        "another snapshot to restore from makes another cluster",
        property_of("rds-dbcluster", "SnapshotIdentifier"),
        restored_cluster("before-spring"),
        restored_cluster("before-summer"),
        "replace",
    ),
    changed(
        "a cluster is upgraded in place",
        property_of("rds-dbcluster", "EngineVersion"),
        cluster(EngineVersion="16.8"),
        cluster(EngineVersion="16.9"),
        "update",
    ),
)

EC2 = (
    changed(
        "another image makes another instance",
        property_of("ec2-instance", "ImageId"),
        instance(),
        instance(ImageId="ami-0a1b2c3d4e5f60719"),
        "replace",
    ),
    changed(
        "another description makes another security group",
        property_of("ec2-securitygroup", "GroupDescription"),
        security_group(),
        security_group(GroupDescription="Web servers of the shop"),
        "replace",
    ),
    changed(
        "another range makes another subnet",
        property_of("ec2-subnet", "CidrBlock"),
        subnet(),
        subnet(CidrBlock="10.0.1.0/24"),
        "replace",
    ),
    changed(
        "another range makes another VPC",
        property_of("ec2-vpc", "CidrBlock"),
        vpc(),
        vpc(CidrBlock="10.1.0.0/16"),
        "replace",
    ),
    changed(
        "a VPC becomes dedicated only by replacement",
        property_of("ec2-vpc", "InstanceTenancy"),
        vpc(InstanceTenancy="default"),
        vpc(InstanceTenancy="dedicated"),
        "replace",
        note="the page decides it by the two values: only dedicated to default happens in place",
    ),
    changed(
        "a dedicated VPC becomes a default one in place",
        property_of("ec2-vpc", "InstanceTenancy"),
        vpc(InstanceTenancy="dedicated"),
        vpc(InstanceTenancy="default"),
        "update",
        note="the page decides it by the two values: only dedicated to default happens in place",
    ),
)

COMPUTE = (
    changed(
        "another name makes another function",
        property_of("lambda-function", "FunctionName"),
        function(FunctionName="worker"),
        function(FunctionName="worker-2"),
        "replace",
    ),
    changed(
        "new code is updated in place",
        property_of("lambda-function", "Code"),
        function(),
        function(Code={"S3Bucket": "artifacts", "S3Key": "worker/2.zip"}),
        "update",
    ),
    changed(
        "another scheme makes another load balancer",
        property_of("elasticloadbalancingv2-loadbalancer", "Scheme"),
        load_balancer(Scheme="internal"),
        load_balancer(Scheme="internet-facing"),
        "replace",
    ),
)

IDENTITY = (
    changed(
        "another name makes another role",
        property_of("iam-role", "RoleName"),
        role(RoleName="worker"),
        role(RoleName="worker-2"),
        "replace",
    ),
    changed(
        "another path makes another role",
        property_of("iam-role", "Path"),
        role(),
        role(Path="/service/"),
        "replace",
    ),
    changed(
        "another name makes another managed policy",
        property_of("iam-managedpolicy", "ManagedPolicyName"),
        managed_policy(ManagedPolicyName="sender"),
        managed_policy(ManagedPolicyName="sender-2"),
        "replace",
    ),
    changed(
        "the kind of a KMS key cannot change",
        KMS_KEY,
        key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY"),
        key(KeySpec="RSA_4096", KeyUsage="SIGN_VERIFY"),
        "fails",
        failure="KeySpec",
    ),
    changed(
        "the use of a KMS key cannot change",
        KMS_KEY,
        key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY"),
        key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT"),
        "fails",
        failure="KeyUsage",
    ),
    changed(
        "a KMS key cannot become a multi-Region key",
        KMS_KEY,
        key(MultiRegion=False),
        key(MultiRegion=True),
        "fails",
        failure="MultiRegion",
    ),
    changed(
        "a KMS key is disabled in place",
        property_of("kms-key", "Enabled"),
        key(Enabled=True),
        key(Enabled=False),
        "update",
    ),
    changed(
        "the policy of a KMS key is updated in place",
        property_of("kms-key", "KeyPolicy"),
        key(),
        key(KeyPolicy=key_policy("kms:Describe*", "kms:Put*", "kms:Create*")),
        "update",
    ),
)

MESSAGES = (
    changed(
        "a queue cannot become FIFO in place",
        property_of("sqs-queue", "FifoQueue"),
        queue(),
        queue(FifoQueue=True),
        "replace",
    ),
    changed(
        "another name makes another topic",
        property_of("sns-topic", "TopicName"),
        topic(TopicName="orders"),
        topic(TopicName="orders-2"),
        "replace",
    ),
    changed(
        "another name makes another rule",
        property_of("events-rule", "Name"),
        rule(Name="hourly"),
        rule(Name="every-hour"),
        "replace",
    ),
)

REST = (
    changed(
        "another name makes another bucket",
        property_of("s3-bucket", "BucketName"),
        bucket(BucketName="orders-111122223333"),
        bucket(BucketName="orders-2-111122223333"),
        "replace",
    ),
    changed(
        "another name makes another DNS record",
        property_of("route53-recordset", "Name"),
        record(),
        record(Name="shop.example.com."),
        "replace",
    ),
    changed(
        "another name makes another log group",
        property_of("logs-loggroup", "LogGroupName"),
        log_group(LogGroupName="/shop/orders"),
        log_group(LogGroupName="/shop/carts"),
        "replace",
    ),
    changed(
        "a file system is encrypted only from its start",
        property_of("efs-filesystem", "Encrypted"),
        file_system(Encrypted=False),
        file_system(Encrypted=True),
        "replace",
    ),
    changed(
        "a parameter of the Parameter Store becomes a list in place",
        property_of("ssm-parameter", "Type"),
        ssm_parameter(),
        ssm_parameter(Type="StringList"),
        "update",
    ),
)

CASES: tuple[Case, ...] = DYNAMODB + RDS + EC2 + COMPUTE + IDENTITY + MESSAGES + REST
