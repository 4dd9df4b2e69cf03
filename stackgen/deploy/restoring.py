"""Restores backups beside what is there, never over it: a new table, database or cluster with a name of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stackgen.deployer.handlers.refusals import code_of, is_transient
from stackgen.errors import StackgenError, UsageError, likely

from .actions import Action
from .backup_kinds import CLUSTER, CREATING, INSTANCE, KINDS, TABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .backup_kinds import Kind
    from .backup_records import Record, Saved
    from .polling import Pace

_PATIENCE = 24 * 3600.0
"""Seconds: a large table takes hours. Source: DynamoDB Developer Guide, "Restoring a DynamoDB table from a backup"."""

_LONGEST = {TABLE: 255, INSTANCE: 63, CLUSTER: 63}
_FORMS = {
    TABLE: r"[\w.-]{3,}",
    INSTANCE: r"[A-Za-z](-?[A-Za-z0-9])*",
    CLUSTER: r"[A-Za-z](-?[A-Za-z0-9])*",
}
"""Source: the parameters' pages of CreateTable, CreateDBInstance and CreateDBCluster."""
_MISSING = frozenset({"ResourceNotFoundException", "DBInstanceNotFound", "DBClusterNotFoundFault"})

_OF_DATABASES = {
    "Tags": "its tags",
    "PubliclyAccessible": "whether it is reachable from the internet",
    "DeletionProtection": "its protection from deletion",
    "EnableIAMDatabaseAuthentication": "authentication by IAM",
    "EnableCloudwatchLogsExports": "its logs in CloudWatch",
}
NOT_RESTORED = {
    "AWS::DynamoDB::Table": {
        "TimeToLiveSpecification": "when items expire",
        "PointInTimeRecoverySpecification": "point-in-time recovery",
        "StreamSpecification": "its stream",
        "KinesisStreamSpecification": "its Kinesis stream",
        "ContributorInsightsSpecification": "contributor insights",
        "ResourcePolicy": "its policy",
        "DeletionProtectionEnabled": "its protection from deletion",
        "Tags": "its tags",
    },
    "AWS::RDS::DBInstance": {
        **_OF_DATABASES,
        "DBParameterGroupName": "its parameter group",
        "MultiAZ": "its standby in another zone",
    },
    "AWS::RDS::DBCluster": {
        **_OF_DATABASES,
        "DBClusterParameterGroupName": "its parameter group",
        "ServerlessV2ScalingConfiguration": "its serverless capacity",
    },
}
"""What a template says of a resource and a restore does not bring back. Source: the developer guides' pages on it;
RestoreDBInstanceFromDBSnapshot and RestoreDBClusterFromSnapshot: what is not asked for gets AWS's default."""

_FROM = "RestoredFrom"
"""The tag of a restored database that says from which snapshot it was made."""

BESIDE = "nor scaling policies and alarms that others keep for it"


class RestoreError(StackgenError):
    """A backup that cannot be restored, or a restore that did not come about."""


@dataclass(frozen=True, slots=True)
class Restore:
    """One backup, and the new name that it is restored under."""

    saved: Saved
    name: str
    is_begun: bool
    """Whether an earlier run has begun it."""

    @property
    def kind(self) -> Kind:
        return kind_of(self.saved)

    @property
    def action(self) -> Action:
        """The call that begins it."""
        why = f"restore {self.saved.path} from {self.saved.name} as the new {self.kind.noun} {self.name}"
        if self.kind is TABLE:
            given = {"TargetTableName": self.name, "BackupArn": self.saved.arn}
            return Action("dynamodb", "restore_table_from_backup", given, why)
        more: dict[str, Any] = {"Tags": [{"Key": _FROM, "Value": self.saved.name}]}
        if self.saved.settings.get("groups"):
            more["VpcSecurityGroupIds"] = list(self.saved.settings["groups"])
        if self.saved.settings.get("subnets"):
            more["DBSubnetGroupName"] = self.saved.settings["subnets"]
        if self.kind is INSTANCE:
            given = {"DBInstanceIdentifier": self.name, "DBSnapshotIdentifier": self.saved.name}
            return Action("rds", "restore_db_instance_from_db_snapshot", {**given, **more}, why)
        given = {"DBClusterIdentifier": self.name, "SnapshotIdentifier": self.saved.arn}
        engine = {"Engine": self.saved.settings.get("engine", "")}
        return Action("rds", "restore_db_cluster_from_snapshot", {**given, **engine, **more}, why)


def chosen(record: Record, paths: Sequence[str]) -> list[Saved]:
    """The backups that are meant, by path or logical ID; all of them where none is named. Raises UsageError."""
    good = [each for each in record.saved if each.is_good]
    found = []
    for path in paths:
        named = [each for each in good if path in (each.path, each.source) or each.path.endswith(f"/{path}")]
        if not named:
            raise UsageError(f"the record has no backup of {path}", likely(path, [each.path for each in good]))
        if len(named) > 1:
            raise UsageError(f"{path} may be {' or '.join(each.path for each in named)}")
        found += named
    return list({each.path: each for each in found}.values()) if paths else good


def planned(record: Record, saved: Sequence[Saved], name: str, client: Callable[[str], Any]) -> list[Restore]:
    """What is restored under which name; reads only. Raises UsageError, RestoreError."""
    if name and len(saved) != 1:
        raise UsageError(f"--as names one, and {len(saved)} are restored", "--table PATH says which")
    if not saved:
        raise RestoreError(f"the record of {record.place} has no backup that is there")
    return [_planned(each, name or _name_of(each, record.stamp), client) for each in saved]


def see_that_it_is_complete(record: Record, path: str) -> None:
    """Raises RestoreError for a record whose run was cut off: nobody has seen its backups come about."""
    if not record.is_complete:
        open_ = sum(each.status == CREATING for each in record.saved)
        raise RestoreError(
            f"{path} is incomplete: its run was cut off, and of {open_} of {len(record.saved)} backups nobody has seen "
            "that they are there",
            f"python -m stackgen backup complete {path} looks, and waits for them; then restore",
        )


def kind_of(saved: Saved) -> Kind:
    """By the ARN: of a cluster's instance the cluster was backed up."""
    return CLUSTER if ":cluster-snapshot:" in saved.arn else KINDS[saved.type]


def _name_of(saved: Saved, stamp: str) -> str:
    """``{table}-restored-{stamp}``, cut where that would be too long; the same in every run."""
    end = f"-restored-{stamp}"
    return saved.source[: _LONGEST[kind_of(saved)] - len(end)].rstrip("-") + end


def _planned(saved: Saved, name: str, client: Callable[[str], Any]) -> Restore:
    restore = Restore(saved, name, is_begun=False)
    kind = restore.kind
    if len(name) > _LONGEST[kind]:
        raise UsageError(f"{name} is longer than {_LONGEST[kind]} characters", "--as NAME gives another")
    if not re.fullmatch(_FORMS[kind], name):
        expected = "letters, digits and _.-" if kind is TABLE else "a letter, then letters, digits and single hyphens"
        raise UsageError(f"--as {name!r}: {expected} were expected", f"it is the name of a {kind.noun}")
    if name == saved.source:
        raise UsageError(f"{name} is there: a restore never overwrites", "--as NAME gives another")
    try:
        status, _ = kind.look(client(kind.service), arn=saved.arn, name=saved.name)
    except ClientError as error:
        if "NotFound" not in code_of(error):
            raise
        raise RestoreError(
            f"the backup {saved.name} of {saved.path} is gone", "python -m stackgen backup list shows what is there"
        ) from error
    if status != "AVAILABLE":
        raise RestoreError(f"the backup {saved.name} of {saved.path} is {status}")
    there = _found(restore, client(kind.service))
    if there is None:
        return restore
    if _is_of(there, saved):
        return Restore(saved, name, is_begun=True)
    raise RestoreError(
        f"the {kind.noun} {name} is there already: a restore never overwrites", "--as NAME gives another"
    )


def _is_of(there: Mapping[str, Any], saved: Saved) -> bool:
    """Whether what has the new name was made from this backup."""
    tags = {each["Key"]: each["Value"] for each in there.get("TagList", [])}
    return there.get("RestoreSummary", {}).get("SourceBackupArn") == saved.arn or tags.get(_FROM) == saved.name


def _found(restore: Restore, client: Any) -> dict[str, Any] | None:
    """What has the new name now."""
    try:
        if restore.kind is TABLE:
            table: dict[str, Any] = client.describe_table(TableName=restore.name)["Table"]
            return table
        if restore.kind is INSTANCE:
            found = client.describe_db_instances(DBInstanceIdentifier=restore.name)["DBInstances"]
        else:
            found = client.describe_db_clusters(DBClusterIdentifier=restore.name)["DBClusters"]
    except ClientError as error:
        if code_of(error) in _MISSING:
            return None
        raise
    return dict(found[0]) if found else None


def restored(
    restores: Sequence[Restore],
    perform: Callable[[Action], Any],
    client: Callable[[str], Any],
    pace: Pace,
    told: Callable[[str], None],
) -> None:
    """Begin all and wait until they can be used. Raises RestoreError, and what AWS refuses."""
    for each in restores:
        if not each.is_begun:
            perform(each.action)
            told(f"{each.saved.path}: {each.name} is being made")
    pending = list(restores)
    for _ in pace.looks(_PATIENCE):
        for each in list(pending):
            if _is_ready(each, client(each.kind.service)):
                pending.remove(each)
                told(f"{each.saved.path}: {each.name} is there")
        if not pending:
            return
    raise RestoreError(
        f"{pending[0].name} is not there after {int(_PATIENCE) // 3600} hours", "it may still come about"
    )


def is_there(table: str, dynamodb: Any) -> bool:
    """Whether there is such a table."""
    try:
        dynamodb.describe_table(TableName=table)
    except ClientError as error:
        if code_of(error) in _MISSING:
            return False
        raise
    return True


def _is_ready(restore: Restore, client: Any) -> bool:
    try:
        found = _found(restore, client)
    except ClientError as error:
        if is_transient(error):
            return False
        raise
    status = str(
        (found or {}).get("TableStatus") or (found or {}).get("DBInstanceStatus") or (found or {}).get("Status")
    )
    if status.lower() in ("failed", "incompatible-restore", "incompatible-parameters"):
        raise RestoreError(f"{restore.name} is {status}: AWS could not restore {restore.saved.path}")
    return status.upper() in ("ACTIVE", "AVAILABLE")


def not_brought_back(record: Record, saved: Saved) -> list[str]:
    """What the template says of a resource and the restored one has not, in words."""
    stack, _, logical_id = saved.path.rpartition("/")
    template = record.templates.get(stack)
    resources = template.get("Resources", {}) if isinstance(template, dict) else {}
    said = resources.get(logical_id, {}).get("Properties", {})
    words = NOT_RESTORED.get(saved.type, {})
    missing = [text for name, text in words.items() if name in said]
    return ["its instances: aws rds create-db-instance makes some", *missing] if kind_of(saved) is CLUSTER else missing
