"""``secrets delete``, and ``destroy``: secrets go when no stack needs them any more, and no other goes with them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stackgen.local.faults import Fail

from .deployed import ACCOUNT, changing
from .vault import PASSWORD, REPORTS, Vault

if TYPE_CHECKING:
    from .typed import Typed

HERE = ("-r", "us-east-1")
PLACE = f"{PASSWORD} in {ACCOUNT}/us-east-1"


def names(vault: Vault, region: str = "us-east-1") -> list[str]:
    """The SecureStrings that are there."""
    found = vault.client("ssm", region).describe_parameters()["Parameters"]
    return [each["Name"] for each in found if each["Type"] == "SecureString"]


def gone(vault: Vault) -> bool:
    return "vault-dev" not in {each["StackName"] for each in vault.client("cloudformation").describe_stacks()["Stacks"]}


def changes(typed: Typed) -> list[str]:
    return changing([each.operation for each in typed.cloud.gateway.notes])


@pytest.mark.requirement("TAP-25", "TAP-34")
def test_what_was_made_for_a_stack_is_deleted_in_each_region_once_somebody_says_so(typed: Typed) -> None:
    """A secret outlives its environment in a region, goes unasked, or is told."""
    vault = Vault(typed)
    assert typed.run("secrets", "put", "--yes").code == 0
    value = vault.password()
    typed.cloud.gateway.notes.clear()
    assert typed.run("secrets", "delete").code == 3
    ran = typed.run("secrets", "delete", answer="n")
    assert (ran.code, changes(typed)) == (3, [])
    assert "delete 2 secrets for good?" in ran.err
    ran = typed.run("secrets", "delete", *HERE, "--yes")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[0] == "1 secret deleted, 0 failed"
    assert PLACE in ran.out
    assert value not in ran.out + ran.err
    assert (names(vault), names(vault, "eu-west-1")) == ([], [PASSWORD])
    told = typed.told("secrets", "delete", "--yes")
    assert [(each["name"], each["region"], each["outcome"]) for each in told["secrets"]] == [
        (PASSWORD, "eu-west-1", "deleted")
    ]
    assert typed.run("secrets", "delete", "--yes").out.splitlines()[0] == "0 secrets deleted, 0 failed"


def test_one_that_a_stack_still_reads_stays_whatever_is_said(typed: Typed) -> None:
    """The next update of a running stack fails, for its password is gone."""
    vault = Vault(typed)
    vault.deploy()
    for words in ((), ("--name", PASSWORD)):
        ran = typed.run("secrets", "delete", *HERE, "--yes", *words)
        assert (ran.code, ran.out) == (4, "")
        assert f"{PLACE} is not deleted: the stack vault-dev reads it" in ran.err
        assert "nothing was deleted" in ran.err
    assert names(vault) == [PASSWORD]


def test_one_that_another_stack_is_given_stays_too(typed: Typed) -> None:
    """The stacks of a StackSet have names of their own, and lose their password with those of the project."""
    vault = Vault(typed)
    assert typed.run("secrets", "put", *HERE, "--yes").code == 0
    given = {"Parameters": {"Name": {"Type": "String"}}, "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    vault.client("cloudformation").create_stack(
        StackName="StackSet-vault-1", TemplateBody=json.dumps(given),
        Parameters=[{"ParameterKey": "Name", "ParameterValue": PASSWORD}],
    )  # fmt: skip
    ran = typed.run("secrets", "delete", *HERE, "--yes")
    assert ran.code == 4
    assert "the stack StackSet-vault-1 reads it" in ran.err
    assert names(vault) == [PASSWORD]


def test_one_that_somebody_else_has_made_goes_by_its_name_alone(typed: Typed) -> None:
    vault = Vault(typed)
    vault.client("ssm").put_parameter(Name=PASSWORD, Value="Theirs-1234", Type="SecureString")
    ran = typed.run("secrets", "delete", *HERE, "--yes")
    assert ran.code == 4
    assert "it has not the tag Environment=dev of those that secrets put makes" in ran.err
    assert names(vault) == [PASSWORD]
    assert typed.run("secrets", "delete", *HERE, "--yes", "--name", PASSWORD).code == 0
    assert names(vault) == []


def test_a_secret_of_secrets_manager_can_be_restored_for_a_while(typed: Typed) -> None:
    vault = Vault(typed, reports=True)
    assert typed.run("secrets", "put", *HERE, "--yes").code == 0
    ran = typed.run("secrets", "delete", *HERE, "--name", REPORTS, "--yes")
    assert ran.code == 0, ran.err
    assert f"delete the secret {REPORTS}, which can be restored for 7 days" in ran.err
    assert vault.client("secretsmanager").describe_secret(SecretId=REPORTS)["DeletedDate"]
    again = typed.run("secrets", "delete", *HERE, "--name", REPORTS, "--yes")
    assert (again.code, again.out.splitlines()[0]) == (0, "0 secrets deleted, 0 failed")
    assert names(vault) == [PASSWORD]


def test_a_region_that_refuses_is_told_and_the_others_are_done(typed: Typed) -> None:
    vault = Vault(typed)
    assert typed.run("secrets", "put", "--yes").code == 0
    typed.cloud.faults.add("ssm:DeleteParameter", Fail("AccessDeniedException", "not you"), region="us-east-1")
    ran = typed.run("secrets", "delete", "--yes")
    assert ran.code == 8
    assert ran.out.splitlines()[0] == "1 secret deleted, 1 failed"
    assert f"{PLACE}: access denied" in ran.err
    assert (names(vault), names(vault, "eu-west-1")) == ([PASSWORD], [])


@pytest.mark.requirement("TAP-25", "TAP-34")
def test_a_destroyed_stack_takes_its_secrets_along_with_its_data_or_they_are_named(typed: Typed) -> None:
    """The password of a database that is gone stays for ever, and nobody is told; or it goes and nobody was asked."""
    vault = Vault(typed)
    vault.deploy()
    ran = typed.run("destroy", *HERE, "--yes", "--no-backup")
    assert ran.code == 0, ran.err
    assert f"  stays: the secret {PASSWORD} in Parameter Store\n" in ran.err
    assert f"  stays: the secret {PASSWORD} in Parameter Store\n" in ran.out
    assert "  python -m stackgen secrets delete vault-stack -e dev -r us-east-1 deletes what stays\n" in ran.out
    assert names(vault) == [PASSWORD]
    vault.deploy()
    forecast = typed.run("destroy", *HERE, "--forecast", "--purge-data")
    said = f"deleted after it: the secret {PASSWORD} in Parameter Store, with all its versions"
    assert said in forecast.out
    told = typed.told("destroy", *HERE, "--yes", "--no-backup", "--purge-data")["stacks"][0]
    assert told["secrets"] == [{"name": PASSWORD, "store": "Parameter Store", "outcome": "deleted", "why": ""}]
    assert gone(vault)
    assert names(vault) == []


def test_where_a_destruction_was_cut_off_before_its_secrets_the_next_deletes_them(typed: Typed) -> None:
    """The stack is gone, so the second run finds nothing to do, and the secret stays."""
    vault = Vault(typed)
    vault.deploy()
    typed.cloud.faults.add("ssm:DeleteParameter", Fail("AccessDeniedException", "not you"), times=1)
    words = ("destroy", *HERE, "--yes", "--no-backup", "--purge-data")
    ran = typed.run(*words)
    assert (ran.code, gone(vault), names(vault)) == (1, True, [PASSWORD])
    assert f"may not ssm:DeleteParameter on {PASSWORD}" in ran.err
    assert typed.run("destroy", *HERE, "--forecast", "--purge-data").code == 0
    assert names(vault) == [PASSWORD]
    ran = typed.run(*words)
    assert ran.code == 0, ran.err
    assert "there is no such stack: nothing to do" in ran.out
    assert f"  deleted: the secret {PASSWORD} in Parameter Store\n" in ran.out
    assert names(vault) == []


def test_a_secret_of_somebody_else_outlives_a_destruction_and_is_named(typed: Typed) -> None:
    vault = Vault(typed)
    vault.client("ssm").put_parameter(Name=PASSWORD, Value="Theirs-1234", Type="SecureString")
    assert typed.run("deploy", *HERE, "--yes").code == 0
    ran = typed.run("destroy", *HERE, "--yes", "--no-backup", "--purge-data")
    assert ran.code == 0, ran.err
    assert f"stays: the secret {PASSWORD} in Parameter Store: it has not the tag Environment=dev" in ran.out
    assert names(vault) == [PASSWORD]


def test_who_may_not_look_for_secrets_still_destroys_what_has_none_to_delete(typed: Typed) -> None:
    """A right is asked for that only --purge-data needs."""
    vault = Vault(typed)
    vault.deploy()
    typed.cloud.faults.add("ssm:ListTagsForResource", Fail("AccessDeniedException", "not you"), times=None)
    ran = typed.run("destroy", *HERE, "--yes", "--no-backup", "--purge-data")
    assert ran.code == 1
    assert "may not ssm:ListTagsForResource" in ran.err
    assert not gone(vault)
    ran = typed.run("destroy", *HERE, "--yes", "--no-backup")
    assert ran.code == 0, ran.err
    assert "stays: its secrets, if there are any: these credentials may not look for them" in ran.err
    assert gone(vault)
