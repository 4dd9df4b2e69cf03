"""The janitor's image as Lambda runs it: its entry point, its client, its own environment; no Docker."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from stackgen.local.cloud import Cloud
from tests.tap.runtime import Runtime

VARIABLES = {"ENVIRONMENT_SUFFIX": "dev", "PROJECT": "tapstack", "SNAPSHOT_RETENTION_DAYS": "30", "LOG_LEVEL": "INFO"}


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """With a cluster of ours that has a snapshot of today."""
    with Cloud() as cloud:
        rds = cloud.client("rds")
        rds.create_db_cluster(
            DBClusterIdentifier="ours", Engine="aurora-mysql", MasterUsername="admin", MasterUserPassword="x" * 12,
            Tags=[{"Key": "EnvironmentSuffix", "Value": "dev"}, {"Key": "Project", "Value": "tapstack"}],
        )  # fmt: skip
        rds.create_db_cluster_snapshot(DBClusterSnapshotIdentifier="ours-young", DBClusterIdentifier="ours")
        yield cloud


@pytest.mark.requirement("TAP-10")
def test_the_image_runs_and_tells_what_it_did(cloud: Cloud, tmp_path: Path) -> None:
    """the image's command, its copied files or its libraries do not make a function"""
    kept = {"due": [], "deleted": [], "later": 0, "kept": {"young": 1}}
    with Runtime("janitor", tmp_path, {**VARIABLES, "AWS_ENDPOINT_URL": cloud.url}) as function:
        assert function.invoke({}) == ({"dry_run": True, **kept}, None)
        assert function.invoke({"delete": True}) == ({"dry_run": False, **kept}, None)
        log = [json.loads(line) for line in function.log().splitlines() if line.startswith("{")]
    told = [each for each in log if "message" in each]
    assert [(each["message"], each["correlation_id"]) for each in told] == [
        ("plan", "request-1"),
        ("plan", "request-2"),
        ("pruned", "request-2"),
    ]
    assert [each["SnapshotsKept"] for each in log if "_aws" in each] == [[1.0], [1.0]]


def test_a_janitor_that_is_not_set_up_deletes_nothing_and_says_why(cloud: Cloud, tmp_path: Path) -> None:
    variables = {"AWS_ENDPOINT_URL": cloud.url, "SNAPSHOT_RETENTION_DAYS": "0"}
    with Runtime("janitor", tmp_path, variables) as function:
        said = function.invoke({"delete": True}).error
    assert said["errorType"] == "SettingInvalid"
    assert said["errorMessage"].startswith("environment variables: ENVIRONMENT_SUFFIX is not set, PROJECT is not set")
    assert len(cloud.client("rds").describe_db_cluster_snapshots()["DBClusterSnapshots"]) == 1
