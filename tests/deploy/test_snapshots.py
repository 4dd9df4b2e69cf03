"""Which snapshots are due: never AWS's own, never those of others, never young ones, and the oldest first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from stackgen.deploy.backup_kinds import CLUSTER
from stackgen.deploy.snapshots import Rule, Snapshot, plan, read
from tests.support import ROOT

NOW = datetime(2026, 3, 31, 4, 0, tzinfo=UTC)
OURS = {"EnvironmentSuffix": "dev", "Project": "tapstack"}
RULE = Rule(OURS, timedelta(days=30), most=3)


NAMED = CLUSTER.named("aurora-cluster-dev", "20250101-040000")
"""As ``backup`` names what it makes."""


def made(name: str = "s", days: float = 31, **other: Any) -> Snapshot:
    settings = {
        "arn": f"arn:{name}", "cluster": "c", "kind": "manual", "status": "available",
        "made_at": NOW - timedelta(days=days), "tags": {**OURS, "Stack": "database-stack"},
    }  # fmt: skip
    return Snapshot(name=name, **{**settings, **other})


@pytest.mark.parametrize(
    ("snapshot", "reason"),
    [
        (made(), ""),
        (made(days=30), "young"),
        (made(days=30.001), ""),
        (made(days=-1), "young"),
        (made(kind="automated"), "automated"),
        (made(kind="awsbackup"), "automated"),
        (made(kind=""), "automated"),
        (made(tags={}), "foreign"),
        (made(tags={"EnvironmentSuffix": "dev"}), "foreign"),
        (made(tags={**OURS, "EnvironmentSuffix": "dev-2"}), "foreign"),
        (made(tags={**OURS, "Project": ""}), "foreign"),
        (made(status="creating"), "busy"),
        (made(status="copying"), "busy"),
        (made(made_at=None), "busy"),
        (made(NAMED, days=400), "backup"),
        (made(NAMED, tags={"EnvironmentSuffix": "dev"}), "foreign"),
        (made(NAMED, kind="automated"), "automated"),
        (made("backup-of-old"), ""),
        (made(f"not-a-{NAMED}"), ""),
        (made(days=400, tags={**OURS, "stackgen:keep": ""}), "marked"),
        (made(days=400, tags={**OURS, "stackgen:keep": "until the audit"}), "marked"),
    ],
)
def test_a_snapshot_is_due_or_kept_for_a_reason(snapshot: Snapshot, reason: str) -> None:
    found = plan([snapshot], RULE, NOW)
    assert found.kept == ({reason: 1} if reason else {})
    assert found.doomed == (() if reason else (snapshot,))


def test_the_oldest_go_first_and_no_more_than_so_many() -> None:
    found = plan([made("b", 33), made("a", 40), made("d", 32), made("c", 33)], RULE, NOW)
    assert [each.name for each in found.doomed] == ["a", "b", "c"]
    assert found.later == 1


SNAPSHOTS = st.builds(
    made,
    st.text("abc", min_size=1),
    st.floats(-1, 400),
    kind=st.sampled_from(["manual", "automated", "shared", "public", "awsbackup"]),
    status=st.sampled_from(["available", "creating", "deleting", "failed"]),
    tags=st.dictionaries(st.sampled_from([*OURS, "Other"]), st.sampled_from(["dev", "tapstack", ""])),
) | st.builds(
    made,
    st.sampled_from(["final", NAMED]),
    st.floats(-1, 400),
    status=st.sampled_from(["available", "creating"]),
    tags=st.dictionaries(st.just("stackgen:keep"), st.sampled_from(["", "true"])).map(lambda more: {**OURS, **more}),
)


@pytest.mark.requirement("TAP-D09")
@given(st.lists(SNAPSHOTS), st.integers(1, 5), st.integers(1, 90))
def test_whatever_there_is_only_old_final_snapshots_of_ours_are_doomed(
    snapshots: list[Snapshot], most: int, days: int
) -> None:
    """a snapshot that is automated, foreign, young or a backup is deleted, or a final snapshot lives for ever"""
    found = plan(snapshots, Rule(OURS, timedelta(days=days), most), NOW)
    for each in found.doomed:
        assert (each.kind, each.status) == ("manual", "available")
        assert OURS.items() <= each.tags.items()
        assert "stackgen:keep" not in each.tags
        assert not each.name.startswith("backup-")
        assert each.made_at is not None
        assert NOW - each.made_at > timedelta(days=days)
    assert len(found.doomed) <= most
    assert found.later == 0 or len(found.doomed) == most
    assert len(found.doomed) + found.later + sum(found.kept.values()) == len(snapshots)


@pytest.mark.parametrize(
    ("tags", "days", "most"),
    [({}, 30, 1), ({"EnvironmentSuffix": ""}, 30, 1), (OURS, 0, 1), (OURS, -30, 1), (OURS, 30, 0)],
)
def test_a_rule_that_would_spare_too_little_is_refused(tags: dict[str, str], days: int, most: int) -> None:
    with pytest.raises(ValueError, match="a rule"):
        Rule(tags, timedelta(days=days), most)


def test_all_pages_are_read_and_manual_ones_asked_for() -> None:
    rds = boto3.client("rds", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")  # noqa: S106
    told = {
        "DBClusterSnapshotIdentifier": "one", "DBClusterSnapshotArn": "arn:one", "DBClusterIdentifier": "c",
        "SnapshotType": "manual", "Status": "available", "SnapshotCreateTime": NOW,
        "TagList": [{"Key": "Project", "Value": "tapstack"}, {"Key": "Bare"}],
    }  # fmt: skip
    with Stubber(rds) as stubber:
        stubber.add_response(
            "describe_db_cluster_snapshots",
            {"DBClusterSnapshots": [told], "Marker": "next"},
            {"SnapshotType": "manual"},
        )
        stubber.add_response(
            "describe_db_cluster_snapshots",
            {"DBClusterSnapshots": [{"DBClusterSnapshotIdentifier": "two"}]},
            {"SnapshotType": "manual", "Marker": "next"},
        )
        one, two = read(rds)
        stubber.assert_no_pending_responses()
    assert one == Snapshot("one", "arn:one", "c", "manual", "available", NOW, {"Project": "tapstack", "Bare": ""})
    assert (two.made_at, two.kind) == (None, "")


def test_the_janitors_image_has_the_same_module() -> None:
    """``scripts/lock`` copies it."""
    ours = (ROOT / "stackgen/deploy/snapshots.py").read_text("utf-8")
    assert (ROOT / "stacks/tap/images/janitor/snapshots.py").read_text("utf-8") == ours
