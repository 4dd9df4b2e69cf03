"""Deleting what is due: one after the other, as long as there is time, and going on after a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from ..common.refusals import code_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .snapshots import Snapshot

SPARE = 30.0
"""Seconds that are left for the report."""

_GONE = "DBClusterSnapshotNotFoundFault"


class Pruned(NamedTuple):
    """What became of them."""

    deleted: tuple[str, ...]
    failed: dict[str, str]
    """Why, by name."""
    untouched: int
    """For want of time."""


def prune(doomed: Iterable[Snapshot], rds: Any, left: Callable[[], float]) -> Pruned:
    """Delete snapshots; one that is gone already counts as deleted, for somebody else may run too."""
    deleted: list[str] = []
    failed: dict[str, str] = {}
    untouched = 0
    for each in doomed:
        if left() < SPARE:
            untouched += 1
            continue
        try:
            rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=each.name)
        except (ClientError, BotoCoreError) as error:
            code = code_of(error)
            if code != _GONE:
                failed[each.name] = code
                continue
        deleted.append(each.name)
    return Pruned(tuple(deleted), failed, untouched)
