"""Manual snapshots of database clusters that are due to be deleted, and why the others are not. Reads only.

Nothing in AWS lets a manual snapshot expire, and CloudFormation makes one whenever it deletes a cluster. What is due is
decided in one place for whoever deletes: this module stands alone, on the standard library, because it also travels
into an image, where nothing of stackgen is: that of TapStack's janitor. The image has a copy, made by ``scripts/lock``,
and a test holds the two alike: the library is installed without stacks, and an image is built without the library.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

AUTOMATED, FOREIGN, BUSY, YOUNG = "automated", "foreign", "busy", "young"
"""Why a snapshot is kept: AWS's own; without the tags; not finished, or being copied; not old enough."""
BACKUP, MARKED = "backup", "marked"
"""Why one is kept that has the tags, at any age: ``backup`` made it; somebody gave it the tag that keeps."""
MADE_ON_PURPOSE = frozenset({BACKUP, MARKED})

KEEP = "stackgen:keep"
"""The tag that keeps a snapshot, whatever its value. Backups do without: AWS copies the tags of the cluster only to a
snapshot that is made with none, so the name tells them."""
_BACKUP = re.compile(r"backup-[0-9]{8}-[0-9]{6}-.+")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot as RDS tells it."""

    name: str
    arn: str
    cluster: str
    kind: str
    status: str
    made_at: datetime | None
    """None while it is being made."""
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is due: it has all these tags and is older than that. Raises ValueError where a rule spares too little."""

    tags: Mapping[str, str]
    older_than: timedelta
    most: int = 20
    """So many at a time, the oldest first: a mistake shows before all is gone."""

    def __post_init__(self) -> None:
        if not self.tags or not all(self.tags.values()):
            raise ValueError("a rule needs tags with values, or it would be about everybody's snapshots")
        if self.older_than < timedelta(days=1):
            raise ValueError("a rule spares at least what is not a day old")
        if self.most < 1:
            raise ValueError("a rule is about one snapshot at least")


class Plan(NamedTuple):
    """What is to be deleted now, how many more are due, and how many are kept for which reason."""

    doomed: tuple[Snapshot, ...]
    later: int
    kept: Mapping[str, int]


def plan(snapshots: Iterable[Snapshot], rule: Rule, now: datetime) -> Plan:
    """Judge snapshots; the oldest are the first to go."""
    kept: Counter[str] = Counter()
    due: list[tuple[datetime, str, Snapshot]] = []
    for each in snapshots:
        reason = reason_to_keep(each, rule, now)
        if reason:
            kept[reason] += 1
        elif each.made_at is not None:
            due.append((each.made_at, each.name, each))
    due.sort(key=lambda found: found[:2])
    return Plan(tuple(each for _, _, each in due[: rule.most]), max(0, len(due) - rule.most), dict(kept))


def reason_to_keep(snapshot: Snapshot, rule: Rule, now: datetime) -> str:
    """Why a snapshot is not due; empty where it is."""
    if snapshot.kind != "manual":
        return AUTOMATED
    if any(snapshot.tags.get(name) != value for name, value in rule.tags.items()):
        return FOREIGN
    if KEEP in snapshot.tags:
        return MARKED
    if _BACKUP.fullmatch(snapshot.name):
        return BACKUP
    if snapshot.status != "available" or snapshot.made_at is None:
        return BUSY
    return "" if now - snapshot.made_at > rule.older_than else YOUNG


def read(rds: Any) -> Iterator[Snapshot]:
    """The manual cluster snapshots of an account and region that are its own, page by page."""
    for page in rds.get_paginator("describe_db_cluster_snapshots").paginate(SnapshotType="manual"):
        for each in page["DBClusterSnapshots"]:
            yield _read(each)


def _read(told: Mapping[str, Any]) -> Snapshot:
    made_at = told.get("SnapshotCreateTime")
    return Snapshot(
        name=told["DBClusterSnapshotIdentifier"],
        arn=told.get("DBClusterSnapshotArn", ""),
        cluster=told.get("DBClusterIdentifier", ""),
        kind=told.get("SnapshotType", ""),
        status=told.get("Status", ""),
        made_at=made_at.astimezone(UTC) if isinstance(made_at, datetime) else None,
        tags={tag["Key"]: tag.get("Value", "") for tag in told.get("TagList", ())},
    )
