"""TapStack's life in both regions, by the commands of its README: from an empty account to an empty account."""

from __future__ import annotations

import pytest

from stackgen.deployer.handlers import moments
from stackgen.local.faults import Fail
from stackgen.local.virtual import Time, given
from tests.local.tapstack import ACCOUNT, REGIONS, SUFFIX

from .operated import BACKUPS, BROKEN, FAILING, ROLE, SECOND, SNAPSHOTS, STACK, Operated, inventory, prepared

HOME, AWAY = REGIONS


def made(operated: Operated, *regions: str) -> None:
    """All stages of the README."""
    prepared(operated, *regions)
    words = [word for region in regions for word in ("-r", region)]
    with operated.time_goes_on():
        operated.deploy("TapStack", *words)
    for region in regions:
        operated.join(region)


@pytest.mark.requirement("TAP-45", "TAP-25", "TAP-06")
def test_an_account_is_afterwards_as_it_was_before_but_for_the_snapshots(operated: Operated) -> None:
    """a command of the README fails, a transaction is not accepted, or something stays behind that costs money"""
    before = inventory(operated)
    made(operated, *REGIONS)
    assert [operated.status(region) for region in REGIONS] == ["CREATE_COMPLETE"] * 2
    told = operated.told("verify", "TapStack", "--invoke")
    assert [each["right"] for each in told["stacks"]] == [True, True]
    for stack in told["stacks"]:
        tried = [each for each in stack["checks"] if each["type"] in ("function", "object")]
        assert [each["said"].partition(" in ")[0] for each in tried] == ["it answers as expected", "it is"]
        ((_, account, amount),) = operated.transactions(stack["region"])
        assert (account, str(amount)) == ("verification", "0.0100")
        table = operated.tap.outputs(stack["region"], STACK)["SessionTableName"]
        assert operated.client("dynamodb", stack["region"]).scan(TableName=table)["Items"] == []

    refused(operated, "destroy", "TapStack", "--no-backup")
    destroyed(operated, "TapStack")
    assert left(operated) == before


def refused(operated: Operated, *words: str) -> None:
    """See that audit logs of every age stop a deletion, unless a role that may delete them is told to."""
    buckets = {region: operated.audited(region) for region in REGIONS}
    ran = operated.run(*words, "--yes")
    assert ran.code == 4, ran.out + ran.err
    assert "31 object versions and delete markers" in ran.err
    with operated.as_somebody_else():
        ran = operated.run(*words, "--purge-data", "--yes")
    assert ran.code == 1, ran.out + ran.err
    assert f"the policy of {buckets[HOME]} lets none but these delete what is in it" in ran.err
    assert ROLE in ran.err
    assert [operated.versions(bucket, region) for region, bucket in buckets.items()] == [31, 31]


def destroyed(operated: Operated, *stacks: str) -> None:
    """The last stage of the README, from these stacks on."""
    for stack in (*stacks, "guard-stack", "janitor-stack"):
        ran = operated.run("destroy", stack, "--yes", "--purge-data", "--no-backup")
        assert ran.code == 0, ran.out + ran.err
    if "TapStack" not in stacks:  # whose own deletion takes it along
        ran = operated.run("secrets", "delete", "TapStack", "--yes")
        assert ran.out.startswith("2 secrets deleted, 0 failed\n"), ran.out + ran.err
    assert operated.run("artifacts", "delete", "--yes").code == 4  # bootstrap is there yet
    ran = operated.run("destroy", "bootstrap-stack", "--yes", "--purge-data")
    assert ran.code == 0, ran.out + ran.err
    ran = operated.run("artifacts", "delete", "--yes")
    assert ran.code == 0, ran.out + ran.err
    assert ran.out.startswith("2 buckets of templates deleted\n")


def left(operated: Operated) -> dict[str, list[str]]:
    """What there is but for the final snapshot of each region and the backups of its cluster, which must be there."""
    after = inventory(operated)
    for region in REGIONS:
        for kind in (SNAPSHOTS, BACKUPS):
            (left,) = after[f"{region} {kind}"]
            assert SUFFIX in left
            after[f"{region} {kind}"] = []
        (backup,) = operated.client("rds", region).describe_db_cluster_automated_backups()["DBClusterAutomatedBackups"]
        assert (backup["Status"], backup["BackupRetentionPeriod"]) == ("retained", 30)
    return after


@pytest.mark.requirement("TAP-D03", "TAP-04", "TAP-48")
def test_by_a_stackset_a_region_that_fails_and_an_alarm_take_both_regions_back(operated: Operated) -> None:
    """one region is left with another version, an alarm is not heeded, or something of the StackSet stays behind"""
    before = inventory(operated)
    prepared(operated, *REGIONS)
    operated.deploy("stackset-roles", "-r", HOME)
    assert len(operated.roll_out()["well"]) == len(REGIONS)
    for region in REGIONS:
        operated.join(region)
    told = operated.told("stackset", "verify", "tap", "--invoke")
    assert [each["right"] for each in told["stacks"]] == [True, True], told
    rows = [operated.transactions(region) for region in REGIONS]
    assert [len(each) for each in rows] == [1, 1]
    clusters = [operated.cluster(region) for region in REGIONS]
    assert len({resource_id for _, resource_id in clusters}) == len(REGIONS)

    fault = Fail("InternalFailure", "the log is out of order")
    operated.cloud.faults.add("update:AWS::Logs::LogGroup", fault, region=AWAY, times=1)
    told = operated.roll_out("-p", "LogRetentionDays=14", code=5)
    assert told["taken_back"]["complete"] is True
    assert "the log is out of order" in told["failed"][0]["first"]
    assert operated.groups() == [30, 30]
    assert [operated.cluster(region) for region in REGIONS] == clusters

    cloudwatch = operated.client("cloudwatch", AWAY)
    alarm = {"AlarmName": f"guard-compute-{SUFFIX}", "StateReason": "many errors"}

    def ring() -> None:
        operated.cloud.clock.spawn(lambda: cloudwatch.set_alarm_state(StateValue="ALARM", **alarm))

    operated.cloud.clock.call_later(200, ring)
    told = operated.roll_out("-p", "LogRetentionDays=14", code=5)
    assert told["why"] == f"the alarm guard-compute-{SUFFIX} is in ALARM in {ACCOUNT}/{AWAY}"
    assert operated.groups() == [30, 30]
    assert [operated.transactions(region) for region in REGIONS] == rows
    assert [operated.cluster(region) for region in REGIONS] == clusters

    words = ("stackset", "delete", "tap", "--no-retain")
    refused(operated, *words)
    with given(moments, time=Time(operated.cloud.clock)):
        ran = operated.run(*words, "--purge-data", "--yes")
    assert ran.code == 0, ran.out + ran.err
    for region in REGIONS:
        assert f"emptied in {ACCOUNT}/{region}: audit-logs-{SUFFIX}-{ACCOUNT}-{region}, of 31\n" in ran.out
    ran = operated.run("destroy", "stackset-roles", "--yes", "-r", HOME)
    assert ran.code == 0, ran.out + ran.err
    destroyed(operated)
    assert left(operated) == before


@pytest.mark.requirement("TAP-14", "TAP-D31", "TAP-18")
def test_a_bad_migration_and_an_alarm_are_each_brought_back(operated: Operated) -> None:
    """a release that fails or that alarms stays deployed, loses data, or nobody learns which statement it was"""
    made(operated, HOME)
    operated.told("verify", "TapStack", "--invoke", "-r", HOME)
    rows, cluster = operated.transactions(HOME), operated.cluster(HOME)
    assert len(rows) == 1

    (operated.migrations / SECOND).write_text(FAILING, "utf-8")
    ran = operated.deploy("TapStack", "-r", HOME, "-p", "SchemaVersion=2", code=5)
    assert f"{SECOND}, statement 2 ({BROKEN})" in ran.out
    assert operated.status(HOME) == "UPDATE_ROLLBACK_COMPLETE"
    assert operated.tap.outputs(HOME, STACK)["AppliedVersion"] == "1"
    assert (operated.transactions(HOME), operated.cluster(HOME)) == (rows, cluster)

    cloudwatch = operated.client("cloudwatch", HOME)
    alarm = f"guard-compute-{SUFFIX}"
    rung: list[str] = []

    def ring() -> None:
        if operated.status(HOME) == "UPDATE_IN_PROGRESS" and not rung:
            cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="many errors")
            rung.append(alarm)

    with operated.time_goes_on(ring):
        ran = operated.deploy("TapStack", "-r", HOME, "-p", "LogRetentionDays=14", code=5)
    assert alarm in ran.out
    assert operated.status(HOME) == "UPDATE_ROLLBACK_COMPLETE"
    assert (operated.transactions(HOME), operated.cluster(HOME)) == (rows, cluster)
    group = operated.client("logs", HOME).describe_log_groups(logGroupNamePrefix="/aws/lambda/transaction-validator")
    assert group["logGroups"][0]["retentionInDays"] == 30
    wrong = [each for each in operated.told("verify", "TapStack", "-r", HOME, code=4)["stacks"][0]["checks"]
             if not each["right"] and each["type"] == "rollback trigger"]  # fmt: skip
    assert [(each["path"], each["said"]) for each in wrong] == [(alarm, "ALARM: many errors")]
