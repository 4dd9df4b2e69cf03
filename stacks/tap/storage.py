"""Tables and the audit bucket. They wait for nothing, so they are made beside network and key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from awacs import s3 as s3_actions
from awacs.aws import ArnNotLike, PrincipalArn
from troposphere import Equals, If, Not, NoValue, Sub, dynamodb, s3

from stackgen import Condition, Output, deny
from stackgen.iam import document

from .buckets import EVERYBODY, only_tls, private_bucket
from .parameters import StorageParameters

if TYPE_CHECKING:
    from awacs.aws import Statement


class StorageStack(StorageParameters):
    """TapStack storage: session table, optional transaction table and the versioned bucket of audit logs."""

    file = "storage-stack"

    CreateTransactionTable = Condition(Equals(StorageParameters.EnableTransactionTable, "true"))
    HasAccessLog = Condition(Not(Equals(StorageParameters.AccessLogBucketName, "")))
    HasDeploymentRole = Condition(Not(Equals(StorageParameters.DeploymentRoleArn, "")))

    SessionTableName = Output(description="Name of the session table")
    SessionTableArn = Output(description="ARN of the session table")
    TransactionTableName = Output(description="Name of the transaction table", condition=CreateTransactionTable)
    TransactionTableArn = Output(description="ARN of the transaction table", condition=CreateTransactionTable)
    TransactionTableStreamArn = Output(
        description="ARN of the stream of the transaction table", condition=CreateTransactionTable
    )
    AuditLogBucketName = Output(description="Name of the bucket of audit logs")
    AuditLogBucketArn = Output(description="ARN of the bucket of audit logs")

    def build(self) -> None:
        """Sessions, transactions, audit logs."""
        sessions = self.add(
            dynamodb.Table(
                "SessionTable",
                TableName=self.named("sessions"),
                AttributeDefinitions=attributes(session_id="S", user_id="S"),
                KeySchema=keys("session_id"),
                GlobalSecondaryIndexes=[
                    dynamodb.GlobalSecondaryIndex(
                        IndexName="UserIdIndex",
                        KeySchema=keys("user_id"),
                        Projection=dynamodb.Projection(ProjectionType="ALL"),
                    )
                ],
                TimeToLiveSpecification=dynamodb.TimeToLiveSpecification(AttributeName="expires_at", Enabled=True),
                **COMMON,
            )
        )
        transactions = self.add(
            dynamodb.Table(
                "TransactionTable",
                Condition=self.CreateTransactionTable,
                TableName=self.named("transactions"),
                AttributeDefinitions=attributes(transaction_id="S", timestamp="N"),
                KeySchema=keys("transaction_id", "timestamp"),
                StreamSpecification=dynamodb.StreamSpecification(StreamViewType="NEW_AND_OLD_IMAGES"),
                **COMMON,
            )
        )
        bucket = self.audit_bucket()
        self.add(
            s3.BucketPolicy(
                "AuditLogBucketPolicy",
                Bucket=bucket.ref(),
                PolicyDocument=document(only_tls(bucket), self.no_deletion(bucket)),
            )
        )
        self.SessionTableName = sessions.ref()
        self.SessionTableArn = sessions.get_att("Arn")
        self.TransactionTableName = transactions.ref()
        self.TransactionTableArn = transactions.get_att("Arn")
        self.TransactionTableStreamArn = transactions.get_att("StreamArn")
        self.AuditLogBucketName = bucket.ref()
        self.AuditLogBucketArn = bucket.get_att("Arn")

    def audit_bucket(self) -> s3.Bucket:
        """Versioned, private, and cheaper from the first day.

        Intelligent-Tiering allows any expiry; Standard-IA would allow none under 30 days.
        """
        return self.add(
            private_bucket(
                "AuditLogBucket",
                self.named("audit-logs", "${AWS::AccountId}", "${AWS::Region}"),
                LoggingConfiguration=If(
                    self.HasAccessLog,
                    s3.LoggingConfiguration(
                        DestinationBucketName=self.AccessLogBucketName,
                        LogFilePrefix=Sub("audit-logs-${EnvironmentSuffix}/"),
                    ),
                    NoValue,
                ),
                LifecycleConfiguration=s3.LifecycleConfiguration(
                    Rules=[
                        s3.LifecycleRule(
                            Id="expire-audit-logs",
                            Status="Enabled",
                            ExpirationInDays=self.AuditLogExpirationDays,
                            Transitions=[
                                s3.LifecycleRuleTransition(StorageClass="INTELLIGENT_TIERING", TransitionInDays=0)
                            ],
                            NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(NoncurrentDays=30),
                        ),
                        s3.LifecycleRule(
                            Id="clean-up",
                            Status="Enabled",
                            AbortIncompleteMultipartUpload=s3.AbortIncompleteMultipartUpload(DaysAfterInitiation=7),
                            ExpiredObjectDeleteMarker=True,
                        ),
                    ]
                ),
            )
        )

    def no_deletion(self, bucket: s3.Bucket) -> Statement:
        """Nobody deletes audit logs but the roles that destroy the environment; Object Lock could not be undone."""
        role = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/tap-stackset-execution-${EnvironmentSuffix}"
        return deny(
            s3_actions.DeleteObject,
            s3_actions.DeleteObjectVersion,
            on=[Sub(f"${{{bucket.title}.Arn}}/*")],
            to=EVERYBODY,
            when=[ArnNotLike({PrincipalArn: [Sub(role), If(self.HasDeploymentRole, self.DeploymentRoleArn, NoValue)]})],
            sid="OnlyTheDestroyingRoleDeletes",
        )


COMMON: dict[str, Any] = {
    "BillingMode": "PAY_PER_REQUEST",
    "DeletionProtectionEnabled": False,
    "PointInTimeRecoverySpecification": dynamodb.PointInTimeRecoverySpecification(PointInTimeRecoveryEnabled=True),
    "SSESpecification": dynamodb.SSESpecification(SSEEnabled=True, SSEType="KMS"),
    "TableClass": "STANDARD",
}
"""Every table: on demand, restorable, encrypted by KMS with the account's own key for DynamoDB, and destroyable."""


def attributes(**kinds: str) -> list[dynamodb.AttributeDefinition]:
    """Attributes that keys name: S for text, N for number."""
    return [dynamodb.AttributeDefinition(AttributeName=name, AttributeType=kind) for name, kind in kinds.items()]


def keys(partition: str, *sort: str) -> list[dynamodb.KeySchema]:
    """Partition key, and perhaps a sort key."""
    found = [dynamodb.KeySchema(AttributeName=partition, KeyType="HASH")]
    return found + [dynamodb.KeySchema(AttributeName=name, KeyType="RANGE") for name in sort]
