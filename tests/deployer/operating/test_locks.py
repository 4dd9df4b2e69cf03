"""``multi lock``: who holds it, and breaking exactly the one that was shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stackgen.deployer.handlers import moments
from stackgen.deployer.operating import locks
from stackgen.errors import LockedError
from stackgen.local.faults import Fail, LoseAnswer
from tests.deployer.operating.installed import DEPLOYER

if TYPE_CHECKING:
    from tests.deployer.operating.installed import Installed

SLOW = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 3600, "End": True}}}
BREAK = ("lock", "break", "shop", "--reason", "its execution is gone")


def execution(installed: Installed) -> str:
    """One that runs for an hour."""
    machines = installed.cloud.client("stepfunctions", DEPLOYER)
    role = f"arn:aws:iam::{DEPLOYER}:role/machine"
    machine = machines.create_state_machine(name="deployer", definition=json.dumps(SLOW), roleArn=role)
    return str(machines.start_execution(stateMachineArn=machine["stateMachineArn"])["executionArn"])


def test_a_free_lock_is_free_only_of_a_repository_that_is_known(installed: Installed) -> None:
    installed.targets()
    ran = installed.run("lock", "show", "shop")
    assert (ran.code, ran.out, ran.err) == (0, "the lock of shop in dev is free\n", "")
    ran = installed.run("lock", "show", "shpo")
    assert (ran.code, ran.err) == (2, "error: shpo has no lock in dev: no such repository\n  did you mean shop?\n")
    ran = installed.run("lock", "show", "shop", "-e", "devv")
    assert (ran.code, ran.err) == (2, "error: shop has no lock in devv: no such environment\n  did you mean dev?\n")


@pytest.mark.requirement("DEP-46")
def test_the_holder_of_a_lock_is_shown_with_its_execution(installed: Installed) -> None:
    """An operator does not learn who holds the lock, or which execution."""
    arn = execution(installed)
    sk = installed.build("IN_PROGRESS", execution_arn=arn)
    lock = installed.lock(sk, arn=arn)
    ran = installed.run("lock", "show", "shop")
    assert ran.code == 0
    first, *lines = ran.out.splitlines()
    assert first == f"the lock of shop in dev is held by build {sk} for 1 min, and its execution runs"
    assert [line.split()[0] for line in lines] == ["build", "execution", "since", "expires"]
    assert f"  execution  {arn} (RUNNING)" in lines
    assert f"  expires    {moments.stamp(lock['ttl'])}, unless it is renewed" in lines
    told = installed.json("lock", "show", "shop")
    assert (told["state"], told["build_id"], told["expires_at"]) == ("held", sk, lock["ttl"])


STATES = {
    "stopped": ("stale", "but its execution ended as ABORTED"),
    "gone": ("stale", "but its execution is not there"),
    "nameless": ("stale", "by no execution that it names"),
    "expired": ("expired", "has expired 40 s ago: the next build takes it"),
}


@pytest.mark.parametrize(("what", "expected"), STATES.items(), ids=STATES)
def test_a_lock_that_nobody_needs_is_told_apart(installed: Installed, what: str, expected: tuple[str, str]) -> None:
    arn = execution(installed)
    if what == "stopped":
        installed.cloud.client("stepfunctions", DEPLOYER).stop_execution(executionArn=arn)
    arn = {"gone": f"{arn}-gone", "nameless": ""}.get(what, arn)
    installed.lock(installed.build("IN_PROGRESS"), arn=arn, ttl=-40 if what == "expired" else 3600)
    told = installed.json("lock", "show", "shop")
    assert (told["state"], told["verdict"].endswith(expected[1])) == (expected[0], True), told["verdict"]


def test_breaking_asks_deletes_and_leaves_the_reason_on_the_build(installed: Installed) -> None:
    sk = installed.build("IN_PROGRESS")
    installed.lock(sk)
    nobody = installed.run(*BREAK)
    assert nobody.code == 3
    assert f"error: nobody to ask: break the lock of shop in dev, held by build {sk}?" in nobody.err
    assert installed.get("locks", PK="LOCK#dev#shop") is not None
    ran = installed.answer("y\n", *BREAK)
    assert (ran.code, ran.out) == (0, f"1 broken: the lock of shop in dev, held by build {sk}\n")
    assert installed.get("locks", PK="LOCK#dev#shop") is None
    build = installed.get("builds", PK="REPO#shop#ENV#dev", SK=sk) or {}
    assert build["lock_broken_reason"] == "its execution is gone"
    assert build["lock_broken_by"].startswith("arn:aws:")
    assert build["lock_broken_at"] == build["updated_at"] == moments.stamp()
    assert build["status"] == "IN_PROGRESS"
    assert "its execution is gone" in installed.run("status", "shop").out
    ran = installed.run(*BREAK, "--yes")
    assert (ran.code, ran.out) == (0, "0 broken: the lock of shop in dev is free\n")


def test_a_running_execution_is_warned_of_before_its_lock_is_broken(installed: Installed) -> None:
    arn = execution(installed)
    installed.lock(installed.build("IN_PROGRESS"), arn=arn)
    ran = installed.answer("n\n", *BREAK)
    assert ran.code == 3
    assert "warning: its execution runs: it will fail at its next step; multi stop ends it in order" in ran.err


@pytest.mark.parametrize("changed", ["build_id", "execution_arn", "acquired_at"])
def test_a_lock_that_changed_since_it_was_shown_is_left_alone(installed: Installed, changed: str) -> None:
    sk, other = installed.build("FAILED"), installed.build("IN_PROGRESS")
    content = installed.lock(sk, arn="arn:one")
    shown = locks.find(installed.installation, "shop", "dev")
    assert shown is not None
    new = {"build_id": other, "execution_arn": "arn:two", "acquired_at": content["acquired_at"] + 1}
    installed.put("locks", PK="LOCK#dev#shop", **content | {changed: new[changed]})
    with pytest.raises(LockedError, match="changed meanwhile") as caught:
        locks.break_(installed.installation, shown, "why not")
    assert caught.value.exit_code == 7
    assert installed.get("locks", PK="LOCK#dev#shop") is not None
    assert "lock_broken_at" not in (installed.get("builds", PK="REPO#shop#ENV#dev", SK=sk) or {})


def test_a_lock_that_was_only_renewed_since_it_was_shown_is_broken(installed: Installed) -> None:
    content = installed.lock(installed.build("IN_PROGRESS"))
    shown = locks.find(installed.installation, "shop", "dev")
    assert shown is not None
    installed.put("locks", PK="LOCK#dev#shop", **content | {"ttl": content["ttl"] + 900})
    assert locks.break_(installed.installation, shown, "why not")
    assert installed.get("locks", PK="LOCK#dev#shop") is None


def test_a_deletion_whose_answer_was_lost_is_not_taken_for_another_lock(installed: Installed) -> None:
    sk = installed.build("IN_PROGRESS")
    installed.lock(sk)
    fault = installed.cloud.faults.add("dynamodb:DeleteItem", LoseAnswer())
    ran = installed.run(*BREAK, "--yes")
    assert (ran.code, fault.met) == (0, 1)
    assert ran.out == f"0 broken: build {sk} gave the lock of shop in dev back meanwhile\n"
    assert installed.get("locks", PK="LOCK#dev#shop") is None
    assert "lock_broken_at" in (installed.get("builds", PK="REPO#shop#ENV#dev", SK=sk) or {})


def test_a_reason_that_cannot_be_kept_is_an_error_after_the_lock_is_broken(installed: Installed) -> None:
    installed.lock("0" * 27)
    ran = installed.run(*BREAK, "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert (
        f"error: the lock of shop in dev is broken, but build {'0' * 27} does not say why: there is no such" in ran.err
    )


def test_breaking_needs_a_reason(installed: Installed) -> None:
    for words in (("lock", "break", "shop"), ("lock", "break", "shop", "--reason", "  ")):
        ran = installed.run(*words)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("error: lock break needs --reason TEXT")


def test_the_execution_that_may_not_be_looked_at_is_named(installed: Installed) -> None:
    installed.lock(installed.build("IN_PROGRESS"), arn="arn:aws:states:us-east-1:111111111111:execution:d:e")
    installed.cloud.faults.add("stepfunctions:*", Fail("AccessDeniedException", "no"), times=None)
    ran = installed.run("lock", "show", "shop")
    assert ran.code == 1
    assert ran.err.startswith(
        "error: access denied: these credentials may not states:DescribeExecution on "
        "arn:aws:states:us-east-1:111111111111:execution:d:e in us-east-1\n  no\n"
    )
