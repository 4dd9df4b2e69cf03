"""Backups that are cut off by SIGKILL: the record is there, the next run says so, and nothing begun is lost."""

from __future__ import annotations

import json
import signal
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from .deployed import NAME, SECRET
from .test_backup import PLAIN
from .test_deploy_killed import Moment, killed

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from stackgen.local.gateway import Note

    from .typed import Typed

REPLACED = ("-p", "Key=name", "--allow", "replace:Data/Tables/Table")


class Call(Moment):
    """The n-th call of an operation, whose answer nobody hears any more."""

    def __init__(self, operation: str, number: int) -> None:
        super().__init__(0, 1)
        self.operation = operation
        self.number = number

    def watch(self, process: subprocess.Popen[bytes], note: Note) -> None:
        self.made += note.operation == self.operation
        if self.made == self.number and process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait()


def records(typed: Typed) -> list[Path]:
    return sorted((typed.root / "backups").glob("*.json"))


def saved(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["saved"]
    return found


@pytest.fixture
def shop(typed: Typed) -> Typed:
    """The shop with two tables, deployed."""
    typed.deploy(data={"Orders": PLAIN})
    return typed


@pytest.mark.requirement("PP-28", "PP-33")
@pytest.mark.parametrize(
    ("operation", "number", "begun"),
    [("CreateBackup", 1, 1), ("DescribeBackup", 1, 1), ("CreateBackup", 2, 2), ("DescribeBackup", 2, 2)],
)
def test_a_backup_that_was_killed_is_told_completed_and_made_anew(
    shop: Typed, operation: str, number: int, begun: int
) -> None:
    """Backups that a killed run had begun are nowhere written down, or half of a backup passes for a whole one."""
    killed(shop, Call(operation, number), *REPLACED)
    (record,) = records(shop)
    assert {each["status"] for each in saved(record)} <= {"CREATING", "AVAILABLE"}
    assert SECRET not in record.read_text("utf-8")
    name = f"backups/{record.name}"

    listed = shop.run("backup", "list")
    assert listed.out.startswith(f"{begun} backup{'s' * (begun > 1)} in AWS, 0 gone, 1 record here\n")
    assert "no record here" not in listed.out
    assert f"{name} is incomplete, its run was cut off: python -m stackgen backup complete {name}" in listed.out
    statuses = {each["status"] for each in shop.told("backup", "list")["stacks"][0]["backups"]}
    assert statuses == ({"AVAILABLE"} if begun == len(saved(record)) else {"AVAILABLE", "NEVER_BEGUN"})

    refused = shop.run("backup", "restore", name, "--yes")
    assert (refused.code, refused.out) == (1, "")
    assert f"{name} is incomplete: its run was cut off" in refused.err
    assert f"python -m stackgen backup complete {name} looks, and waits for them; then restore" in refused.err

    while f"{datetime.now(UTC):%Y%m%d-%H%M%S}" in name:  # backups are named by the second in which they were begun
        time.sleep(0.05)
    ran = shop.run("deploy", "--yes", *REPLACED)
    assert ran.code == 0, ran.err
    assert f"{name}: that backup was cut off; this one is made anew" in ran.err
    (newer,) = set(records(shop)) - {record}
    assert {each["status"] for each in saved(newer)} == {"AVAILABLE"}

    done = shop.run("backup", "complete", name)
    assert done.code == (0 if begun == len(saved(record)) else 1), done.err
    assert [each["status"] for each in saved(record)].count("AVAILABLE") == begun
    assert all(each["arn"] for each in saved(record) if each["status"] == "AVAILABLE")
    assert ("never begun" in done.out) == (begun < len(saved(record)))
    restored = shop.run("backup", "restore", name, "--yes")
    assert restored.code == 0, restored.err
    assert restored.out.startswith(f"{begun} backup{'s' * (begun > 1)} restored beside {NAME}")


def test_a_complete_record_is_left_as_it_is(shop: Typed) -> None:
    assert shop.run("backup").code == 0
    (record,) = records(shop)
    before = record.read_text("utf-8")
    shop.cloud.gateway.notes.clear()
    ran = shop.run("backup", "complete", NAME)
    assert (ran.code, ran.out.splitlines()[0]) == (0, "2 backups made, 0 failed")
    assert record.read_text("utf-8") == before
    assert list(shop.cloud.gateway.notes) == []


def test_an_incomplete_record_is_shown_as_such_and_a_new_backup_says_so(shop: Typed) -> None:
    assert shop.run("backup").code == 0
    (record,) = records(shop)
    content = json.loads(record.read_text("utf-8"))
    content["saved"][0] |= {"status": "CREATING", "arn": ""}
    record.write_text(json.dumps(content), "utf-8")
    name = f"backups/{record.name}"
    shown = shop.run("backup", "show", name).out
    assert "incomplete: its run was cut off" in shown.splitlines()[0]
    assert shown.splitlines()[-1] == f"what AWS has of it: python -m stackgen backup complete {name}"
    assert (
        f"{name} is incomplete: its run was cut off; python -m stackgen backup complete {name}"
        in shop.run("backup").err
    )
    told = shop.told("backup", "complete", name)
    assert {each["status"] for each in told["saved"]} == {"AVAILABLE"}
    assert all(each["arn"] for each in told["saved"])
