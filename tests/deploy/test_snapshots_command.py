"""``snapshots``: final snapshots of deleted clusters are listed, and old ones of ours deleted, if somebody says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deploy.backup_kinds import CLUSTER
from stackgen.local.faults import Fail

from .deployed import ACCOUNT, READS, REGION
from .test_verify_command import with_settings

if TYPE_CHECKING:
    from .typed import Typed

OURS = {"Environment": "dev", "Project": "shop"}
PLACE = f"{ACCOUNT}/{REGION}"


class Shelf:
    """The snapshots of an account and region."""

    def __init__(self, typed: Typed) -> None:
        self.typed = typed
        self.rds = typed.cloud.client("rds", ACCOUNT, REGION)

    def put(self, name: str, days: int, tags: dict[str, str] | None = None, cluster: str = "sales") -> None:
        """A snapshot of that age; the stand-in's bear the machine's time."""
        if cluster not in {each["DBClusterIdentifier"] for each in self.rds.describe_db_clusters()["DBClusters"]}:
            self.rds.create_db_cluster(
                DBClusterIdentifier=cluster, Engine="aurora-mysql", MasterUsername="admin", MasterUserPassword="x" * 12
            )  # fmt: skip
        self.rds.create_db_cluster_snapshot(
            DBClusterSnapshotIdentifier=name,
            DBClusterIdentifier=cluster,
            Tags=[{"Key": key, "Value": value} for key, value in (OURS if tags is None else tags).items()],
        )
        made = (datetime.now(UTC) - timedelta(days=days, minutes=5)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        from ministack.services import rds  # not before the stand-in has made its settings

        for each in rds._db_cluster_snapshots._data.values():  # noqa: SLF001  no call makes a snapshot older
            if each["DBClusterSnapshotIdentifier"] == name:
                each["SnapshotCreateTime"] = made

    def left(self) -> set[str]:
        found = self.rds.describe_db_cluster_snapshots()["DBClusterSnapshots"]
        return {each["DBClusterSnapshotIdentifier"] for each in found}


@pytest.fixture
def shelf(typed: Typed) -> Shelf:
    """Two old ones of ours, a young one, and old ones of others; nothing was asked yet."""
    shelf = Shelf(typed)
    shelf.put("oldest", 90)
    shelf.put("old", 31)
    shelf.put("young", 29)
    shelf.put("foreign", 90, {**OURS, "Environment": "prod"})
    shelf.put("bare", 90, {})
    typed.cloud.gateway.notes.clear()
    return shelf


def place(told: dict[str, Any]) -> dict[str, Any]:
    (found,) = told["places"]
    content: dict[str, Any] = found
    return content


def test_the_list_shows_ours_with_age_and_what_becomes_of_them(typed: Typed, shelf: Shelf) -> None:
    code, out, _ = typed.run("snapshots", "list")
    assert code == 0
    assert out.splitlines() == [
        "3 snapshots, 2 older than 30 days",
        "",
        f"{PLACE}: 3 snapshots with Environment=dev, Project=shop",
        "  young   sales  29 days  young",
        "  old     sales  31 days  due",
        "  oldest  sales  90 days  due",
    ]
    assert len(shelf.left()) == 5
    assert all(each.operation.startswith(READS) for each in typed.cloud.gateway.notes)


@pytest.mark.requirement("TAP-22", "TAP-D09")
def test_what_is_old_and_ours_is_deleted_when_somebody_says_so_and_nothing_else(typed: Typed, shelf: Shelf) -> None:
    """final snapshots live for ever, or one goes that is younger, of others, or that nobody agreed to"""
    everything = shelf.left()
    assert typed.told("snapshots", "prune", "--forecast")["verdict"] == "2 snapshots would be deleted"
    assert typed.run("snapshots", "prune", answer="n").code == 3
    assert typed.run("snapshots", "prune").code == 3
    assert shelf.left() == everything
    code, out, err = typed.run("snapshots", "prune", answer="y")
    assert (code, out) == (0, "2 of 2 snapshots deleted, 0 refused\n")
    assert f"{PLACE}, Environment=dev, Project=shop: 2 to delete; kept: 2 foreign, 1 young" in err
    assert shelf.left() == everything - {"old", "oldest"}


def test_the_newest_of_each_cluster_can_be_kept_and_a_run_is_bounded(typed: Typed, shelf: Shelf) -> None:
    shelf.put("last-of-another", 400, cluster="stock")
    told = place(typed.told("snapshots", "prune", "--keep", "2", "--yes"))
    assert (told["deleted"], told["kept"]["newest"]) == (["oldest"], 2)
    shelf.put("older", 500)
    told = place(typed.told("snapshots", "prune", "--older-than", "7d", "--most", "1", "--yes"))
    assert (told["deleted"], told["later"]) == (["older"], 3)
    assert shelf.left() == {"old", "young", "last-of-another", "foreign", "bare"}


@pytest.mark.requirement("TAP-22", "TAP-D09")
def test_what_somebody_made_on_purpose_stays_at_any_age_and_is_shown_as_such(typed: Typed, shelf: Shelf) -> None:
    """a backup that somebody relies on is taken for what a deleted cluster left behind, and deleted after 30 days"""
    backup = CLUSTER.named("sales", "20250101-040000")
    shelf.put(backup, 400)
    shelf.put("audited", 300, {**OURS, "stackgen:keep": "until the audit"})
    out = typed.run("snapshots", "list").out.splitlines()
    assert out[0] == "5 snapshots, 2 older than 30 days"
    assert [line.split()[-1] for line in out if "backup-2025" in line or "audited" in line] == ["marked", "backup"]
    told = place(typed.told("snapshots", "prune", "--keep", "1", "--older-than", "7d", "--yes"))
    assert told["kept"] == {"foreign": 2, "newest": 1, "backup": 1, "marked": 1}
    assert shelf.left() == {backup, "audited", "young", "foreign", "bare"}


def test_a_setting_says_other_tags_and_a_refusal_stops_no_other(typed: Typed, shelf: Shelf) -> None:
    with_settings(typed, '[tool.stackgen.stack.shop-stack.snapshot_tags]\nSuffix = "{env}"\n')
    shelf.put("one", 50, {"Suffix": "dev"})
    shelf.put("two", 40, {"Suffix": "dev"})
    typed.cloud.faults.add("rds:DeleteDBClusterSnapshot", Fail("AccessDenied", "not you", 403), times=1)
    told = place(typed.told("snapshots", "prune", "--yes", code=8))
    assert told["deleted"] == ["two"]
    assert told["failed"]["one"].startswith("AccessDenied: not you")
    assert "two" not in shelf.left()


def test_nothing_to_delete_is_no_question_and_an_age_needs_its_unit(typed: Typed) -> None:
    assert typed.run("snapshots", "prune").out.splitlines()[0] == "0 of 0 snapshots deleted, 0 refused"
    refused = typed.run("snapshots", "prune", "--older-than", "30")
    assert refused.code == 2
    assert "days such as 30d were expected, not '30'" in refused.err
