"""The janitor in the stand-in: it tells before it deletes, deletes what is due and nothing else, and goes on."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stackgen.deploy.backup_kinds import CLUSTER
from stackgen.local.clock import EPOCH
from stackgen.local.cloud import Cloud
from stackgen.local.faults import Fail
from stacks.tap.images.janitor.errors import SettingInvalid
from stacks.tap.images.janitor.handler import kept_tidy
from stacks.tap.images.janitor.pruning import SPARE, prune
from stacks.tap.images.janitor.settings import rule
from stacks.tap.images.janitor.snapshots import plan, read
from tests.local.tapstack import SUFFIX, TapStack

PROJECT, REGION = "tapstack", "us-east-1"
FUNCTION = f"snapshot-janitor-{SUFFIX}"
VARIABLES = {"ENVIRONMENT_SUFFIX": SUFFIX, "PROJECT": PROJECT, "SNAPSHOT_RETENTION_DAYS": "30", "LOG_LEVEL": "INFO"}


@dataclass
class Ages:
    """How old the janitor finds things: the stand-in's snapshots bear the machine's time, its rules go by its own."""

    cloud: Cloud
    days: int = 0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(days=self.days) + (self.cloud.clock.now() - EPOCH)


@pytest.fixture
def ages(cloud: Cloud) -> Ages:
    """Of the janitor that the stack has deployed."""
    ages = Ages(cloud)
    cloud.functions.register(FUNCTION, lambda event, context: kept_tidy(event, context, ages.now()))
    return ages


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud() as cloud:
        tap = TapStack(cloud, REGION)
        tap.prepare(REGION)
        tap.deploy(REGION, "tap-janitor", "janitor-stack", {"EnvironmentSuffix": SUFFIX, "ImageTag": "1.0.0"})
        assert tap.status(REGION, "tap-janitor") == "CREATE_COMPLETE"
        yield cloud


def tags(**values: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


def clusters(cloud: Cloud) -> Any:
    """One of ours, one of another environment and two of others, each with a snapshot."""
    rds = cloud.client("rds")
    for name, owned in (
        ("ours", {"EnvironmentSuffix": SUFFIX, "Project": PROJECT}),
        ("theirs", {"EnvironmentSuffix": "dev-2", "Project": PROJECT}),
        ("foreign", {"EnvironmentSuffix": SUFFIX, "Project": "shop"}),
        ("bare", {}),
    ):
        rds.create_db_cluster(
            DBClusterIdentifier=name, Engine="aurora-mysql", MasterUsername="admin", MasterUserPassword="x" * 12,
            Tags=tags(**owned),
        )  # fmt: skip
        snapshot(cloud, name, "old")
    return rds


def snapshot(cloud: Cloud, cluster: str, name: str) -> None:
    cloud.client("rds").create_db_cluster_snapshot(
        DBClusterSnapshotIdentifier=f"{cluster}-{name}", DBClusterIdentifier=cluster
    )


def left(cloud: Cloud) -> set[str]:
    found = cloud.client("rds").describe_db_cluster_snapshots()["DBClusterSnapshots"]
    return {each["DBClusterSnapshotIdentifier"] for each in found}


def invoke(cloud: Cloud, event: object, **variables: str) -> tuple[Any, str]:
    functions = cloud.client("lambda", region=REGION)
    if variables:
        own = functions.get_function_configuration(FunctionName=FUNCTION)["Environment"]["Variables"]
        functions.update_function_configuration(FunctionName=FUNCTION, Environment={"Variables": {**own, **variables}})
    answer = functions.invoke(FunctionName=FUNCTION, Payload=json.dumps(event))
    return json.loads(answer["Payload"].read()), answer.get("FunctionError", "")


@pytest.mark.parametrize("event", [{}, {"delete": "true"}, {"delete": 1}, {"source": "aws.events"}, [], None])
def test_whoever_does_not_say_delete_is_told_and_nothing_is_deleted(cloud: Cloud, ages: Ages, event: object) -> None:
    ages.days = 31
    clusters(cloud)
    before = left(cloud)
    answer, error = invoke(cloud, event)
    assert not error
    assert answer == {"dry_run": True, "due": ["ours-old"], "deleted": [], "later": 0, "kept": {"foreign": 3}}
    assert left(cloud) == before


@pytest.mark.requirement("TAP-22", "TAP-D09", "TAP-D47")
def test_the_rule_of_the_stack_deletes_every_day_what_is_old_and_ours_and_nothing_else(
    cloud: Cloud, ages: Ages
) -> None:
    """a final snapshot lives for ever, or one that is younger or not of this environment is deleted"""
    clusters(cloud)
    everybodys = left(cloud)
    ages.days = 28
    cloud.clock.advance(timedelta(days=1, hours=1).total_seconds())
    assert len(cloud.functions.invocations) == 1
    assert left(cloud) == everybodys
    cloud.clock.advance(timedelta(days=1).total_seconds())
    assert len(cloud.functions.invocations) == 2
    assert left(cloud) == everybodys - {"ours-old"}
    assert not cloud.functions.failures()


@pytest.mark.requirement("TAP-22")
def test_a_backup_and_what_somebody_marked_stay_at_any_age(cloud: Cloud, ages: Ages) -> None:
    """the backup that somebody made before a risky change is gone when it is wanted"""
    rds = clusters(cloud)
    backup = CLUSTER.action("ours", CLUSTER.named("ours", "20250101-040000"))
    getattr(rds, backup.operation)(**backup.parameters)
    marks = tags(EnvironmentSuffix=SUFFIX, Project=PROJECT, **{"stackgen:keep": "until the audit"})
    rds.create_db_cluster_snapshot(DBClusterSnapshotIdentifier="ours-marked", DBClusterIdentifier="ours", Tags=marks)
    everybodys = left(cloud)
    ages.days = 400
    answer, _ = invoke(cloud, {"delete": True})
    assert (answer["deleted"], answer["kept"]) == (["ours-old"], {"foreign": 3, "backup": 1, "marked": 1})
    assert left(cloud) == everybodys - {"ours-old"}


def test_a_run_is_bounded_and_the_oldest_go_first(cloud: Cloud, ages: Ages) -> None:
    ages.days = 31
    clusters(cloud)
    for number in range(4):
        snapshot(cloud, "ours", f"more-{number}")
    answer, _ = invoke(cloud, {"delete": True}, MOST_SNAPSHOTS="2")
    assert (answer["deleted"], answer["later"]) == (["ours-old", "ours-more-0"], 3)


def test_a_refusal_stops_no_other_and_is_an_error_in_the_end(cloud: Cloud, ages: Ages) -> None:
    ages.days = 31
    clusters(cloud)
    snapshot(cloud, "ours", "second")
    cloud.faults.add("rds:DeleteDBClusterSnapshot", Fail("InvalidDBClusterSnapshotStateFault"), times=1)
    answer, error = invoke(cloud, {"delete": True})
    assert error
    assert answer["errorType"] == "SnapshotsLeft"
    assert len(left(cloud) & {"ours-old", "ours-second"}) == 1


def test_what_is_gone_already_counts_as_deleted_and_what_there_is_no_time_for_is_told(cloud: Cloud) -> None:
    rds = clusters(cloud)
    doomed = plan(read(rds), rule(VARIABLES), datetime.now(UTC) + timedelta(days=31)).doomed
    assert prune(doomed, rds, lambda: SPARE - 1).untouched == 1
    assert prune(doomed, rds, lambda: SPARE).deleted == ("ours-old",)
    assert prune(doomed, rds, lambda: SPARE).deleted == ("ours-old",)


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "ENVIRONMENT_SUFFIX is not set, PROJECT is not set, SNAPSHOT_RETENTION_DAYS is no whole number"),
        ({**VARIABLES, "SNAPSHOT_RETENTION_DAYS": "0"}, "SNAPSHOT_RETENTION_DAYS is no whole number from 1"),
        ({**VARIABLES, "SNAPSHOT_RETENTION_DAYS": "-30"}, "SNAPSHOT_RETENTION_DAYS is no whole number from 1"),
        ({**VARIABLES, "MOST_SNAPSHOTS": "all"}, "MOST_SNAPSHOTS is no whole number from 1"),
        ({**VARIABLES, "ENVIRONMENT_SUFFIX": ""}, "ENVIRONMENT_SUFFIX is not set"),
    ],
)
def test_settings_that_would_delete_too_much_are_refused(variables: dict[str, str], message: str) -> None:
    with pytest.raises(SettingInvalid, match=message):
        rule(variables)


def test_plan_and_deletion_are_told_in_the_log_and_as_figures(
    cloud: Cloud, ages: Ages, capsys: pytest.CaptureFixture[str]
) -> None:
    ages.days = 31
    told = io.StringIO()
    (stream,) = (each for each in logging.getLogger("snapshot-janitor").handlers if hasattr(each, "setStream"))
    before = stream.setStream(told)
    try:
        clusters(cloud)
        invoke(cloud, {"delete": True})
    finally:
        stream.setStream(before)
    planned, pruned = (json.loads(line) for line in told.getvalue().splitlines())
    assert (planned["message"], planned["due"], planned["dry_run"]) == ("plan", ["ours-old"], False)
    assert (pruned["message"], pruned["deleted"]) == ("pruned", ["ours-old"])
    assert planned["correlation_id"] == pruned["correlation_id"]
    (figures,) = (json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line)
    assert figures["EnvironmentSuffix"] == SUFFIX
    assert (figures["SnapshotsDue"], figures["SnapshotsDeleted"], figures["SnapshotsFailed"]) == ([1.0], [1.0], [0.0])
