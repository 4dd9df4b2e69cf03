"""TapStack's life in both regions, by the commands of its README: from an empty account to an empty account."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from stackgen.local.cloud import Cloud
from tests.local.tapstack import ACCOUNT, REGIONS, SUFFIX
from tests.support import credentials
from tests.tap.mariadb import Database, MariaDb

from .operated import BROKEN, FAILING, PASSWORD, SECOND, SNAPSHOTS, STACK, Operated, inventory

HOME = REGIONS[0]


@pytest.fixture
def databases(shared_server: MariaDb) -> Iterator[dict[str, Database]]:
    """An empty schema for each region."""
    made = {region: shared_server.database() for region in REGIONS}
    yield made
    for each in made.values():
        shared_server.drop(each)


@pytest.fixture
def operated(tmp_path: Path, databases: dict[str, Database], monkeypatch: pytest.MonkeyPatch) -> Iterator[Operated]:
    with Cloud() as cloud:
        for name in ("CI", "GITHUB_ACTIONS", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        for name, value in credentials(cloud.url, ACCOUNT, tmp_path).items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(tmp_path)
        yield Operated(tmp_path, cloud, databases)


def made(operated: Operated, *regions: str) -> None:
    """The stages of the README up to the root."""
    words = [word for region in regions for word in ("-r", region)]
    operated.deploy("bootstrap-stack", *words)
    for region in regions:
        operated.tap.push_images(region)
    (password,) = {each.server.password for each in operated.databases.values()}
    ran = operated.run("secrets", "put", "TapStack", "--yes", "--from-stdin", *words, answer=f"{password}\n")
    assert ran.code == 0, ran.out + ran.err
    operated.deploy("guard-stack", *words)
    operated.deploy("janitor-stack", *words)
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

    for stack in ("TapStack", "guard-stack", "janitor-stack"):
        ran = operated.run("destroy", stack, "--yes", "--purge-data", "--no-backup")
        assert ran.code == 0, ran.out + ran.err
    for region in REGIONS:
        operated.client("ssm", region).delete_parameter(Name=PASSWORD)
    ran = operated.run("destroy", "bootstrap-stack", "--yes", "--purge-data")
    assert ran.code == 0, ran.out + ran.err
    operated.forget_templates()
    after = inventory(operated)
    for region in REGIONS:
        (snapshot,) = after[f"{region} {SNAPSHOTS}"]
        assert SUFFIX in snapshot
        after[f"{region} {SNAPSHOTS}"] = []
    assert after == before


@pytest.mark.requirement("TAP-14", "TAP-D31", "TAP-18")
def test_a_bad_migration_and_an_alarm_are_each_brought_back(operated: Operated) -> None:
    """a release that fails or that alarms stays deployed, loses data, or nobody learns which statement it was"""
    made(operated, HOME)
    operated.told("verify", "TapStack", "--invoke", "-r", HOME)
    rows = operated.transactions(HOME)
    assert len(rows) == 1

    (operated.migrations / SECOND).write_text(FAILING, "utf-8")
    ran = operated.deploy("TapStack", "-r", HOME, "-p", "SchemaVersion=2", code=5)
    assert f"{SECOND}, statement 2 ({BROKEN})" in ran.out
    assert operated.status(HOME) == "UPDATE_ROLLBACK_COMPLETE"
    assert operated.tap.outputs(HOME, STACK)["AppliedVersion"] == "1"
    assert operated.transactions(HOME) == rows

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
    group = operated.client("logs", HOME).describe_log_groups(logGroupNamePrefix="/aws/lambda/transaction-validator")
    assert group["logGroups"][0]["retentionInDays"] == 30
    wrong = [each for each in operated.told("verify", "TapStack", "-r", HOME, code=4)["stacks"][0]["checks"]
             if not each["right"] and each["type"] == "rollback trigger"]  # fmt: skip
    assert [(each["path"], each["said"]) for each in wrong] == [(alarm, "ALARM: many errors")]
