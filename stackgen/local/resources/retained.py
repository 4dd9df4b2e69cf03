"""Automated backups of clusters that are deleted: where a cluster says so, they stay for their retention period.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBClusterAutomatedBackup.html
"""

from __future__ import annotations

from typing import Any

_kept: dict[tuple[str, str], list[dict[str, Any]]] = {}
"""By account and region."""


def forget() -> None:
    """What another stand-in has kept."""
    _kept.clear()


def keep(cluster: dict[str, Any]) -> None:
    """Let the backups of a cluster outlive it."""
    _kept.setdefault(_here(), []).append({
        "DBClusterIdentifier": cluster["DBClusterIdentifier"],
        "DBClusterArn": cluster["DBClusterArn"],
        "DbClusterResourceId": cluster["DbClusterResourceId"],
        "Engine": cluster["Engine"],
        "StorageEncrypted": bool(cluster.get("StorageEncrypted")),
        "BackupRetentionPeriod": int(cluster.get("BackupRetentionPeriod") or 1),
        "Status": "retained",
    })  # fmt: skip


def kept() -> list[dict[str, Any]]:
    """Those of the account and region that are acted in."""
    return list(_kept.get(_here(), ()))


def _here() -> tuple[str, str]:
    from ministack.core.responses import get_account_id, get_region

    return get_account_id(), get_region()
