"""The tables. They outlive the stack: whoever deletes it or replaces one keeps what was in it."""

from __future__ import annotations

from typing import Any

from troposphere import Equals, If, Retain, RetainExceptOnCreate, Sub, dynamodb

from stackgen import Condition, Output

from .parameters import DataParameters, ProtectionParameters

USER_ID_INDEX = "user-id-index"


class Database(DataParameters, ProtectionParameters):
    """Plot Palette database: five tables on demand, encrypted, restorable to a second, and kept when the stack goes."""

    file = "database-stack"
    component = "Database"

    IsProtected = Condition(Equals(ProtectionParameters.EnableDeletionProtection, "true"))

    JobsTableName = Output(description="Name of the table of jobs")
    JobsTableArn = Output(description="ARN of the table of jobs")
    QueueTableName = Output(description="Name of the table of jobs that wait")
    QueueTableArn = Output(description="ARN of the table of jobs that wait")
    TemplatesTableName = Output(description="Name of the table of prompt templates")
    TemplatesTableArn = Output(description="ARN of the table of prompt templates")
    CostTrackingTableName = Output(description="Name of the table of what jobs have cost")
    CostTrackingTableArn = Output(description="ARN of the table of what jobs have cost")
    CheckpointMetadataTableName = Output(description="Name of the table of the checkpoints of jobs")
    CheckpointMetadataTableArn = Output(description="ARN of the table of the checkpoints of jobs")
    UserIdIndexName = Output(description="Name of the index by user that jobs and templates have")

    def build(self) -> None:
        """Five tables; the index of two of them finds what belongs to a user."""
        self.table(
            "Jobs",
            {"job_id": "S"},
            by_user=["user_id", "created_at"],
        )
        self.table("Queue", {"status": "S", "job_id_timestamp": "S"})
        self.table("Templates", {"template_id": "S", "version": "N"}, by_user=["user_id"])
        self.table(
            "CostTracking",
            {"job_id": "S", "timestamp": "S"},
            TimeToLiveSpecification=dynamodb.TimeToLiveSpecification(AttributeName="ttl", Enabled=True),
        )
        self.table("CheckpointMetadata", {"job_id": "S"})
        self.UserIdIndexName = USER_ID_INDEX

    def table(self, stem: str, key: dict[str, str], by_user: list[str] | None = None, **properties: Any) -> None:
        """A table with its outputs; ``by_user`` is the key of the index, whose attributes are texts."""
        kinds = {**key, **dict.fromkeys(by_user or [], "S")}
        if by_user:
            properties["GlobalSecondaryIndexes"] = [
                dynamodb.GlobalSecondaryIndex(
                    IndexName=USER_ID_INDEX,
                    KeySchema=keys(*by_user),
                    Projection=dynamodb.Projection(ProjectionType="ALL"),
                )
            ]
        table = self.add(
            dynamodb.Table(
                f"{stem}Table",
                DeletionPolicy=RetainExceptOnCreate,
                UpdateReplacePolicy=Retain,
                TableName=Sub(f"plot-palette-{stem}-${{EnvironmentName}}${{DataNameSuffix}}"),
                AttributeDefinitions=[
                    dynamodb.AttributeDefinition(AttributeName=name, AttributeType=kind) for name, kind in kinds.items()
                ],
                KeySchema=keys(*key),
                BillingMode="PAY_PER_REQUEST",
                DeletionProtectionEnabled=If(self.IsProtected, True, False),  # noqa: FBT003 - CloudFormation's words
                PointInTimeRecoverySpecification=dynamodb.PointInTimeRecoverySpecification(
                    PointInTimeRecoveryEnabled=True
                ),
                SSESpecification=dynamodb.SSESpecification(SSEEnabled=True, SSEType="KMS"),
                TableClass="STANDARD",
                **properties,
            )
        )
        setattr(self, f"{stem}TableName", table.ref())
        setattr(self, f"{stem}TableArn", table.get_att("Arn"))


def keys(partition: str, *sort: str) -> list[dynamodb.KeySchema]:
    """Partition key, and perhaps a sort key."""
    found = [dynamodb.KeySchema(AttributeName=partition, KeyType="HASH")]
    return found + [dynamodb.KeySchema(AttributeName=name, KeyType="RANGE") for name in sort]
