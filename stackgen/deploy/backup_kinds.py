"""What AWS can back up on demand, by which calls; and what holds data and can not be, with what to do instead."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stackgen.review.schemas import installed
from stackgen.review.schemas.stateful import loses

from .actions import Action
from .stacks import NESTED

if TYPE_CHECKING:
    from collections.abc import Mapping

CREATING, AVAILABLE, FAILED = "CREATING", "AVAILABLE", "FAILED"
"""What becomes of a backup, for tables and databases alike."""

_DIGITS = 8
"""Of the digest that ends a name which had to be cut, so that two sources do not get one."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of backups."""

    noun: str
    service: str
    create: str
    source: str
    """The parameter that says of what."""
    name: str
    """The parameter that says what the backup is called."""
    answer: str
    arn: str
    describe: str
    """The operation that tells how far it is."""
    asked_by: str
    """The parameter by which that is asked."""
    patience: float
    """Seconds after which nobody waits any more."""
    longest: int
    """Characters of a name. Source: CreateBackup, CreateDBSnapshot, CreateDBClusterSnapshot."""

    def named(self, source: str, stamp: str) -> str:
        """``backup-20261129-201500-{table}``, as AWS takes it."""
        name = f"backup-{stamp}-{source}"
        if len(name) <= self.longest:
            return name.rstrip("-")
        digest = hashlib.sha256(source.encode()).hexdigest()[:_DIGITS]
        return f"{name[: self.longest - _DIGITS - 1].rstrip('-')}-{digest}"

    def action(self, source: str, name: str) -> Action:
        """The call that begins a backup."""
        why = f"back up the {self.noun} {source} as {name}"
        return Action(self.service, self.create, {self.source: source, self.name: name}, why)

    def arn_in(self, answer: Mapping[str, Any]) -> str:
        """The ARN in what that call answers."""
        return str(answer[self.answer][self.arn])

    def look(self, client: Any, *, arn: str, name: str) -> tuple[str, int]:
        """How far a backup is, and its bytes where AWS says them."""
        asked = {self.asked_by: arn if self.service == "dynamodb" else name}
        answer = getattr(client, self.describe)(**asked)
        if self.service == "dynamodb":
            details = answer["BackupDescription"]["BackupDetails"]
            status = details["BackupStatus"]
            return (FAILED if status == "DELETED" else status), details.get("BackupSizeBytes", 0)
        (found,) = answer[f"{self.answer}s"]
        status = found["Status"].upper()
        return status if status in (AVAILABLE, FAILED) else CREATING, found.get("AllocatedStorage", 0) << 30

    def arn_of(self, client: Any, name: str, source: str) -> str:
        """The ARN of a snapshot that is there already; nothing where it is of another source."""
        (found,) = getattr(client, self.describe)(**{self.asked_by: name})[f"{self.answer}s"]
        return str(found[self.arn]) if found[self.source] == source else ""


_HOUR = 3600.0
TABLE = Kind(
    "table", "dynamodb", "create_backup", "TableName", "BackupName",
    "BackupDetails", "BackupArn", "describe_backup", "BackupArn", _HOUR, 255,
)  # fmt: skip
INSTANCE = Kind(
    "database", "rds", "create_db_snapshot", "DBInstanceIdentifier", "DBSnapshotIdentifier",
    "DBSnapshot", "DBSnapshotArn", "describe_db_snapshots", "DBSnapshotIdentifier", 12 * _HOUR, 255,
)  # fmt: skip
CLUSTER = Kind(
    "cluster", "rds", "create_db_cluster_snapshot", "DBClusterIdentifier", "DBClusterSnapshotIdentifier",
    "DBClusterSnapshot", "DBClusterSnapshotArn", "describe_db_cluster_snapshots", "DBClusterSnapshotIdentifier",
    12 * _HOUR, 63,
)  # fmt: skip

KINDS = {
    "AWS::DynamoDB::Table": TABLE,
    "AWS::DynamoDB::GlobalTable": TABLE,
    "AWS::RDS::DBInstance": INSTANCE,
    "AWS::RDS::DBCluster": CLUSTER,
}
"""How resources of a type are backed up."""

ALREADY_THERE = frozenset({"DBSnapshotAlreadyExists", "DBClusterSnapshotAlreadyExistsFault"})
"""An earlier attempt of the same call took effect."""

PASSING = frozenset({
    "BackupInUseException", "ContinuousBackupsUnavailableException", "TableInUseException", "LimitExceededException",
    "InvalidDBInstanceState", "InvalidDBClusterStateFault",
})  # fmt: skip
"""Refusals that say not yet: another backup runs, the resource is being changed. Source: the operations' errors."""

_INSTEAD = {
    "AWS::S3::Bucket": "its versions are kept where versioning is on; or copy it: aws s3 sync s3://{id} s3://OTHER-BUCKET",
    "AWS::Cognito::UserPool": "passwords cannot be exported; list its users: aws cognito-idp list-users "
    "--user-pool-id {id}",
    "AWS::ECR::Repository": "push the images to another repository, or replicate them: aws ecr describe-images "
    "--repository-name {id}",
    "AWS::KMS::Key": "a key cannot be copied; keep it: DeletionPolicy Retain, or a multi-Region replica",
    "AWS::EFS::FileSystem": "aws backup start-backup-job makes a recovery point of it",
    "AWS::DocDB::DBCluster": "aws docdb create-db-cluster-snapshot --db-cluster-identifier {id} "
    "--db-cluster-snapshot-identifier NAME",
    "AWS::Neptune::DBCluster": "aws neptune create-db-cluster-snapshot --db-cluster-identifier {id} "
    "--db-cluster-snapshot-identifier NAME",
    "AWS::Redshift::Cluster": "aws redshift create-cluster-snapshot --cluster-identifier {id} "
    "--snapshot-identifier NAME",
    "AWS::EC2::Volume": "aws ec2 create-snapshot --volume-id {id}",
    "AWS::SecretsManager::Secret": "its value can be read: aws secretsmanager get-secret-value --secret-id {id}",
}
_PASSING_BY = frozenset({
    NESTED, "AWS::SQS::Queue", "AWS::Logs::LogGroup", "AWS::Kinesis::Stream", "AWS::SSM::Parameter",
    "AWS::EC2::Instance", "AWS::DocDB::DBInstance", "AWS::Neptune::DBInstance",
})  # fmt: skip
"""What they hold is on its way elsewhere, or is made again, or lies in the cluster."""


def instead(type_: str, physical_id: str) -> str:
    """What to do for data of a type that has no such backups; nothing for a type that holds none."""
    if type_ in KINDS or type_ in _PASSING_BY:
        return ""
    lost = loses(type_, installed())
    if lost is None:
        return ""
    return _INSTEAD.get(type_, f"copy {lost} by hand").replace("{id}", physical_id)
