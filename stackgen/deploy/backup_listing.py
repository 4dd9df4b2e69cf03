"""The backups that AWS has of a stack, found by their names: also where no record is at hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from .backup_kinds import KINDS, TABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_NAME = re.compile(r"backup-(?P<stamp>\d{8}-\d{6})-.+")


class Found(NamedTuple):
    """One backup."""

    stamp: str
    source: str
    name: str
    arn: str
    status: str


def backups_of(stack: str, sources: Mapping[str, str], client: Callable[[str], Any]) -> list[Found]:
    """The backups of these sources, and of others whose names begin with the stack's; the newest first. Reads only.

    *sources* are names with their types; where none is known, or one is a database, RDS is asked too.
    """
    known = {each.lower() for each in sources}
    has_databases = not sources or any(KINDS.get(type_) is not TABLE for type_ in sources.values())
    databases = _of_databases(client("rds")) if has_databases else ()
    found = [
        each
        for each in (*_of_tables(client("dynamodb")), *databases)
        if each.source.lower() in known or each.source.lower().startswith(f"{stack.lower()}-")
    ]
    return sorted(found, key=lambda each: (each.stamp, each.source), reverse=True)


def _of_tables(dynamodb: Any) -> Iterator[Found]:
    for page in dynamodb.get_paginator("list_backups").paginate(BackupType="USER"):
        for each in page["BackupSummaries"]:
            named = _NAME.fullmatch(each["BackupName"])
            if named:
                yield Found(
                    named["stamp"], each["TableName"], each["BackupName"], each["BackupArn"], each["BackupStatus"]
                )


def _of_databases(rds: Any) -> Iterator[Found]:
    for operation, entries, prefix in (
        ("describe_db_snapshots", "DBSnapshots", "DB"),
        ("describe_db_cluster_snapshots", "DBClusterSnapshots", "DBCluster"),
    ):
        for page in rds.get_paginator(operation).paginate(SnapshotType="manual"):
            for each in page[entries]:
                name = each[f"{prefix}SnapshotIdentifier"]
                named = _NAME.fullmatch(name)
                if named:
                    source = each["DBInstanceIdentifier" if prefix == "DB" else "DBClusterIdentifier"]
                    yield Found(named["stamp"], source, name, each[f"{prefix}SnapshotArn"], each["Status"].upper())
