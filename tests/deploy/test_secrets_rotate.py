"""``secrets rotate``: in the end the newest value is the one that the database has, however it went."""

from __future__ import annotations

import itertools
import json
import sys
from typing import TYPE_CHECKING

import pytest

from stackgen.cli import main
from stackgen.local.faults import Fail

from .typed import Terminal
from .vault import PASSWORD, REPORTS, Vault

if TYPE_CHECKING:
    from .typed import Typed

CLUSTER = "update:AWS::RDS::DBCluster"
QUEUE = "update:AWS::SQS::Queue"
BROKEN = Fail("InternalFailure", "planted")


def in_step(vault: Vault) -> bool:
    """Whether the newest value is the one that the database has."""
    return vault.of_database() == vault.password()


@pytest.mark.requirement("TAP-D33", "TAP-34")
def test_a_rotated_password_is_the_newest_and_the_one_that_the_database_has(typed: Typed) -> None:
    """The reference stays as it is, so that CloudFormation does not look, or the value is shown."""
    vault = Vault(typed)
    vault.deploy()
    first = vault.password()
    ran = vault.rotate("--yes")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[0] == "1 secret rotated, 0 failed, 0 not begun"
    assert vault.password() != first
    assert in_step(vault)
    assert vault.deployed_version() == "2"
    assert vault.rotate("--yes").code == 0
    assert (vault.deployed_version(), len(set(vault.versions())), in_step(vault)) == ("3", 3, True)
    assert not any(text in ran.out + ran.err for text in vault.versions())


def test_one_that_was_never_deployed_is_stored_alone(typed: Typed) -> None:
    vault = Vault(typed)
    assert typed.run("secrets", "put", "-r", "us-east-1", "--yes").code == 0
    ran = vault.rotate("--yes")
    assert ran.code == 0, ran.err
    assert len(vault.versions()) == 2


@pytest.mark.parametrize("place", [CLUSTER, QUEUE], ids=["before the database took it", "after it did"])
def test_what_is_taken_back_leaves_the_old_value_as_the_newest(typed: Typed, place: str) -> None:
    """After a rollback the database has the old value, and what reads the newest would get the new one."""
    vault = Vault(typed)
    vault.deploy()
    assert vault.rotate("--yes").code == 0
    before = vault.password()
    vault.build(queue="6")
    typed.cloud.faults.add(place, BROKEN, times=1)
    ran = vault.rotate("--yes")
    assert ran.code == 5, ran.err
    assert "the value of version 2 is the newest again, as version 4; 3 is kept beside it" in ran.err
    assert vault.password() == before
    assert in_step(vault)
    again = vault.rotate("--yes")
    assert again.code == 0, again.err
    assert in_step(vault)
    assert vault.password() != before


def test_nothing_is_stored_where_the_version_cannot_be_pinned_first(typed: Typed) -> None:
    vault = Vault(typed)
    vault.deploy()
    typed.cloud.faults.add("cloudformation:ExecuteChangeSet", Fail("AccessDenied", "not you", 403), times=1)
    ran = vault.rotate("--yes")
    assert ran.code == 1, ran.err
    assert f"{PASSWORD} was not rotated, and has no new version" in ran.err
    assert len(vault.versions()) == 1
    assert in_step(vault)


@pytest.mark.parametrize("call", ["CreateChangeSet", "ExecuteChangeSet"])
def test_a_refused_deployment_leaves_the_old_value_as_the_newest(typed: Typed, call: str) -> None:
    vault = Vault(typed)
    vault.deploy()
    assert vault.rotate("--yes").code == 0
    before = vault.password()
    typed.cloud.faults.add(f"cloudformation:{call}", Fail("AccessDenied", "not you", 403), times=1)
    ran = vault.rotate("--yes")
    assert ran.code == 1, ran.err
    assert f"may not cloudformation:{call}" in ran.err
    assert vault.password() == before
    assert in_step(vault)
    assert vault.rotate("--yes").code == 0
    assert in_step(vault)


def test_nothing_is_stored_where_there_is_nobody_to_ask(typed: Typed) -> None:
    vault = Vault(typed)
    vault.deploy()
    assert vault.rotate().code == 3
    assert len(vault.versions()) == 1


def test_a_rotation_that_was_cut_off_is_gone_on_with(typed: Typed) -> None:
    """The next run makes a third value, or says that all is well, while the database has the first."""
    vault = Vault(typed)
    vault.deploy()
    assert vault.rotate("--yes").code == 0
    asked = {"Name": PASSWORD, "Value": "Stored-and-then-killed", "Type": "SecureString", "Overwrite": True}
    vault.client("ssm").put_parameter(**asked)  # where the process was killed
    assert (vault.deployed_version(), in_step(vault)) == ("2", False)
    ran = vault.rotate("--yes")
    assert ran.code == 0, ran.err
    assert "an earlier rotation has stored version 3, and the stack never got it" in ran.err
    assert (len(vault.versions()), vault.deployed_version(), in_step(vault)) == (3, "3", True)


def test_a_template_without_a_version_is_refused_before_anything_is_stored(typed: Typed) -> None:
    vault = Vault(typed, versioned=False)
    vault.deploy()
    ran = vault.rotate("--yes")
    assert ran.code == 1
    assert "nothing would make vault-stack/Cluster take another value" in ran.err
    assert len(vault.versions()) == 1
    ran = vault.rotate("--store-only", "--yes")
    assert ran.code == 0, ran.err
    assert len(vault.versions()) == 2


def test_a_version_in_the_settings_is_spoken_of(typed: Typed) -> None:
    """The next deployment sets the old password again, and nobody has said so."""
    vault = Vault(typed)
    vault.deploy()
    settings = (typed.root / "pyproject.toml").read_text("utf-8")
    typed.write("pyproject.toml", f'{settings}PasswordVersion = "1"\n')
    ran = vault.rotate("--yes")
    assert ran.code == 0, ran.err
    assert "says PasswordVersion = 1, and the next deployment would set the old value again: let it say 2" in ran.err


def test_the_key_stays_when_a_version_is_added(typed: Typed) -> None:
    vault = Vault(typed)
    assert typed.run("secrets", "put", "-r", "us-east-1", "--key", "alias/own", "--yes").code == 0
    assert vault.rotate("--yes").code == 0
    (found,) = vault.client("ssm").describe_parameters()["Parameters"]
    assert found["KeyId"] == "alias/own"


def test_a_stack_that_is_stuck_is_left_alone_and_one_that_gets_stuck_needs_a_person(typed: Typed) -> None:
    """A value is put back or stored while nobody knows which one the database has."""
    vault = Vault(typed)
    vault.deploy()
    assert vault.rotate("--yes").code == 0
    vault.build(queue="6")
    updates = itertools.count(1)
    typed.cloud.faults.add(QUEUE, BROKEN, times=1)
    typed.cloud.faults.add(CLUSTER, BROKEN, times=1, when=lambda _: next(updates) == 2)
    ran = vault.rotate("--yes")
    assert ran.code == 6, ran.err
    assert f"it is not settled which value of {PASSWORD} it has" in ran.err
    values = vault.versions()
    assert vault.of_database() in values
    again = vault.rotate("--yes")
    assert again.code == 6
    assert "UPDATE_ROLLBACK_FAILED, so nothing can be deployed" in again.err
    assert vault.versions() == values
    assert not any(value in ran.err + again.err for value in values)


class Somebody(Terminal):
    """Says yes to the first question; to the second no, or presses Ctrl-C."""

    def __init__(self, *, presses: bool) -> None:
        super().__init__("y\nn\n")
        self._presses = presses
        self._asked = 0

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]  # typeshed has it in bytes too
        self._asked += 1
        if self._presses and self._asked == 2:
            raise KeyboardInterrupt
        return super().readline(-1 if size is None else size)


def asked(vault: Vault, somebody: Somebody) -> tuple[int, str]:
    """The exit code of a rotation, and what it said."""
    vault.typed.patch.setattr(sys, "stdin", somebody)
    vault.typed.capsys.readouterr()
    code = main(["secrets", "rotate", "-r", "us-east-1", "--every", "0.1"])
    said = vault.typed.capsys.readouterr()
    return code, said.out + said.err


def test_who_says_no_to_the_deployment_has_the_old_value_as_the_newest(typed: Typed) -> None:
    vault = Vault(typed)
    vault.deploy()
    assert vault.rotate("--yes").code == 0
    before = vault.password()
    code, said = asked(vault, Somebody(presses=False))
    assert code == 3, said
    assert "the value of version 2 is the newest again, as version 4" in said
    assert (vault.password(), in_step(vault)) == (before, True)


def test_who_interrupts_the_question_has_the_old_value_as_the_newest(typed: Typed) -> None:
    vault = Vault(typed)
    vault.deploy()
    assert vault.rotate("--yes").code == 0
    before = vault.password()
    code, said = asked(vault, Somebody(presses=True))
    assert code == 130, said
    assert "the value of version 2 is the newest again, as version 4" in said
    assert (vault.password(), in_step(vault)) == (before, True)


def test_who_interrupts_the_deployment_is_told_what_is_stored_and_how_to_go_on(typed: Typed) -> None:
    vault = Vault(typed)
    vault.deploy()
    assert vault.rotate("--yes").code == 0
    typed.cloud.gateway.notes.clear()
    durations = typed.cloud.formation.operations.steps.durations
    durations["*"] = 3_600
    with typed.interrupted("ExecuteChangeSet"):
        ran = vault.rotate("--yes", "--every", "60")
    assert ran.code == 130, ran.err
    assert f"{PASSWORD}: version 3 is the newest, and 2 what the stack had" in ran.err
    assert "secrets rotate with the same words goes on from there" in ran.err
    durations.clear()
    typed.cloud.clock.advance(10 * 3_600)
    assert vault.rotate("--yes").code == 0
    assert in_step(vault)


def test_the_second_region_is_not_begun_where_the_first_fails(typed: Typed) -> None:
    vault = Vault(typed)
    assert typed.run("secrets", "put", "--yes").code == 0
    assert typed.run("deploy", "--yes").code == 0
    before = [vault.password(region=region) for region in ("us-east-1", "eu-west-1")]
    typed.cloud.faults.add("ssm:PutParameter", Fail("AccessDeniedException", "not you"), times=1)
    ran = typed.run("secrets", "rotate", "--every", "0.1", "--yes")
    assert ran.code == 1, ran.err
    assert ran.out.splitlines()[0] == "0 secrets rotated, 1 failed, 1 not begun"
    assert [vault.password(region=region) for region in ("us-east-1", "eu-west-1")] == before
    assert typed.run("secrets", "rotate", "--every", "0.1", "--yes").code == 0
    assert not set(before) & {vault.password(region=region) for region in ("us-east-1", "eu-west-1")}
    assert vault.of_database("vault-eu-west-1", "eu-west-1") == vault.password(region="eu-west-1")


def test_a_member_of_json_is_renewed_and_the_others_stay(typed: Typed) -> None:
    vault = Vault(typed, reports=True)
    vault.deploy()
    manager = vault.client("secretsmanager")
    before = json.loads(manager.get_secret_value(SecretId=REPORTS)["SecretString"])
    manager.put_secret_value(SecretId=REPORTS, SecretString=json.dumps({**before, "user": "reports"}))
    assert vault.rotate("--yes").code == 2  # which of the two?
    ran = vault.rotate("--name", REPORTS, "--yes")
    assert ran.code == 0, ran.err
    after = json.loads(manager.get_secret_value(SecretId=REPORTS)["SecretString"])
    assert after.keys() == {"user", "password"}
    assert after["user"] == "reports"
    assert after["password"] != before["password"]
    assert after["password"] not in ran.out + ran.err
