"""``secrets put`` and ``secrets list``: what is missing is made, once, in each region, and shown to nobody."""

from __future__ import annotations

import json
import string
from typing import TYPE_CHECKING

import pytest

from stackgen.deploy.secrets.stores import ParameterStore, SecretError, SecretsManager, whole
from stackgen.deploy.secrets.values import MARKS, USUAL, Rule, made, rule_of
from stackgen.deploy.secrets.wanted import PARAMETER_STORE, SECRETS_MANAGER, Use, Wanted
from stackgen.deploy.targets import Target
from stackgen.local.faults import Fail

from .deployed import ACCOUNT
from .vault import PASSWORD, REPORTS, Vault

if TYPE_CHECKING:
    from .typed import Typed

REGIONS = ("us-east-1", "eu-west-1")
PLACES = [f"{PASSWORD} in {ACCOUNT}/{region}" for region in REGIONS]


@pytest.mark.requirement("TAP-D39")
def test_a_secret_has_all_classes_of_characters_and_none_that_rds_refuses() -> None:
    """A character is drawn that RDS refuses, a class is left to chance, or two are alike."""
    rule = rule_of("AWS::RDS::DBCluster", "MasterUserPassword", "aurora-mysql")
    found = [made([rule]) for _ in range(2_000)]
    assert len(set(found)) == len(found)
    for text in found:
        assert len(text) == USUAL
        assert not set(text) & set("/@\"' ")
        assert all(
            set(text) & set(each) for each in (string.ascii_lowercase, string.ascii_uppercase, string.digits, MARKS)
        )
        assert text[0].isalnum()
        assert not rule.problem(text)


RULES = {
    "a slash": ("aaaaaaaa/", "takes none of the characters"),
    "an at": ("aaaaaaaa@", "takes none of the characters"),
    "a double quote": ('aaaaaaaa"', "takes none of the characters"),
    "a quote": ("aaaaaaaa'", "takes none of the characters"),
    "a blank": ("aaaa aaaa", "takes none of the characters"),
    "seven": ("a" * 7, "takes 8 to 41"),
    "forty-two": ("a" * 42, "takes 8 to 41"),
    "an umlaut": ("aaaaaaaä", "printable ASCII"),
    "a bell": ("aaaaaaa\a", "printable ASCII"),
    "eight": ("a" * 8, ""),
    "forty-one": ("a" * 41, ""),
}


@pytest.mark.requirement("TAP-D39")
@pytest.mark.parametrize(("text", "problem"), RULES.values(), ids=RULES)
def test_what_rds_refuses_is_refused_before(text: str, problem: str) -> None:
    """A value goes into the store that the database refuses, minutes later."""
    found = rule_of("AWS::RDS::DBCluster", "MasterUserPassword", "aurora-mysql").problem(text)
    assert problem in found if problem else not found
    assert text not in found


def test_the_strictest_that_reads_a_secret_decides_its_length() -> None:
    assert len(made([Rule(), rule_of("AWS::RDS::DBInstance", "MasterUserPassword", "oracle-ee")])) == 30


@pytest.mark.requirement("TAP-34", "TAP-D08")
def test_what_is_missing_is_made_in_each_region_and_what_is_there_is_left_alone(typed: Typed) -> None:
    """A second run overwrites the first's, regions share a value, or one is not encrypted."""
    vault = Vault(typed)
    ran = typed.run("secrets", "put", "--yes")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[0] == "2 secrets made, 0 there already, 0 failed"
    first = [vault.password(region=region) for region in REGIONS]
    assert len(set(first)) == len(REGIONS)
    for region in REGIONS:
        (found,) = vault.client("ssm", region).describe_parameters()["Parameters"]
        assert (found["Name"], found["Type"], found["KeyId"]) == (PASSWORD, "SecureString", "alias/aws/ssm")
    again = typed.run("secrets", "put", "--yes")
    assert (again.code, again.out.splitlines()[0]) == (0, "0 secrets made, 2 there already, 0 failed")
    assert [vault.password(region=region) for region in REGIONS] == first
    told = typed.told("secrets", "list", "-v")
    assert not any(text in ran.out + ran.err + again.out + again.err + str(told) for text in first)


def test_the_other_store_gets_json_with_the_member_that_is_read(typed: Typed) -> None:
    vault = Vault(typed, reports=True)
    told = typed.told("secrets", "put", "-r", "us-east-1", "--yes")
    assert [(each["name"], each["store"], each["outcome"]) for each in told["secrets"]] == [
        (REPORTS, "Secrets Manager", "made"), (PASSWORD, "Parameter Store", "made"),
    ]  # fmt: skip
    value = vault.client("secretsmanager").get_secret_value(SecretId=REPORTS)["SecretString"]
    assert value.startswith('{"password": "')
    ran = typed.run("deploy", "-r", "us-east-1", "--yes")
    assert ran.code == 0, ran.err
    assert vault.of_database() == vault.password()


@pytest.mark.parametrize(("words", "key"), [(("--key", "alias/own"), "alias/own"), ((), "alias/dev-secrets")])
def test_the_key_is_that_of_the_option_or_of_the_setting(typed: Typed, words: tuple[str, ...], key: str) -> None:
    vault = Vault(typed)
    settings = (typed.root / "pyproject.toml").read_text("utf-8")
    typed.write("pyproject.toml", settings.replace("[tool.stackgen.env.dev]", "[tool.stackgen.env.dev]\n"
                                                   'secrets_key = "alias/{env}-secrets"'))  # fmt: skip
    assert typed.run("secrets", "put", "-r", "us-east-1", "--yes", *words).code == 0
    (found,) = vault.client("ssm").describe_parameters()["Parameters"]
    assert found["KeyId"] == key


def test_nothing_is_made_where_nobody_says_yes(typed: Typed) -> None:
    Vault(typed)
    assert typed.run("secrets", "put").code == 3
    ran = typed.run("secrets", "put", answer="n")
    assert ran.code == 3
    assert "make 2 secrets?" in ran.err
    listed = typed.run("secrets", "list", "--check")
    assert listed.code == 4
    assert listed.out.splitlines()[0] == "2 secrets: 0 there, 2 missing"
    assert "for vault-stack/Cluster (newest)" in listed.out


def test_a_value_comes_from_standard_input_and_is_refused_if_the_database_would(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io
    import sys

    from stackgen.cli import main

    vault = Vault(typed)
    words = ["secrets", "put", "--from-stdin", "--yes"]
    for text, code in (("bad/password\n", 1), ("\n", 2), ("Good-password-1\n", 0)):
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))
        typed.capsys.readouterr()
        assert main(words) == code
        said = typed.capsys.readouterr()
        assert not text.strip() or text.strip() not in said.out + said.err
    assert [vault.password(region=region) for region in REGIONS] == ["Good-password-1"] * 2


def test_a_region_that_refuses_is_told_and_the_others_are_done(typed: Typed) -> None:
    vault = Vault(typed)
    refused = Fail("AccessDeniedException", "not you")
    typed.cloud.faults.add("ssm:PutParameter", refused, region="us-east-1")
    ran = typed.run("secrets", "put", "--yes")
    assert ran.code == 8
    assert ran.out.splitlines()[0] == "1 secret made, 0 there already, 1 failed"
    assert f"{PLACES[0]}: access denied: these credentials may not ssm:PutParameter on {PASSWORD}" in ran.err
    assert "Traceback" not in ran.err
    assert vault.password(region="eu-west-1")


def test_the_calls_that_make_and_renew_a_secret_do_not_tell_it() -> None:
    """A log of actions, a plan or a traceback has the value in it."""
    wish = Wanted(PARAMETER_STORE, PASSWORD)
    target = Target("dev", "us-east-1", ACCOUNT, "vault/vault-stack", "vault-dev")
    for store in (ParameterStore(None), SecretsManager(None)):
        for action in (store.make(wish, "hush-hush", target), store.renew(wish, "hush-hush", "alias/own")):
            assert "hush-hush" in str(action.parameters)
            assert "hush-hush" not in f"{action!r} {action.shown()}"


def test_the_name_of_a_user_is_not_made_up_and_stays() -> None:
    """A random text becomes the name of the database's user, or a rotation renames it."""
    wish = Wanted(
        SECRETS_MANAGER, REPORTS, (Use(("x",), "y", "z", key="username"), Use(("x",), "y", "z", key="password"))
    )
    with pytest.raises(SecretError, match="its member username is read too, and nobody can make that up"):
        whole(wish, "new")
    found = json.loads(whole(wish, "new", '{"username": "reports", "password": "old", "port": 5432}'))
    assert found == {"username": "reports", "password": "new", "port": 5432}
    with pytest.raises(SecretError, match="is no JSON object"):
        whole(wish, "new", "old")


def test_one_that_is_not_encrypted_is_refused(typed: Typed) -> None:
    vault = Vault(typed)
    vault.client("ssm").put_parameter(Name=PASSWORD, Value="open", Type="String")
    ran = typed.run("secrets", "put", "-r", "us-east-1", "--yes")
    assert ran.code == 1
    assert "is there as a String, which is not encrypted" in ran.err
    assert vault.password() == "open"


def test_a_wrong_name_is_2_with_the_likely_one(typed: Typed) -> None:
    Vault(typed)
    ran = typed.run("secrets", "put", "--name", "/vault/dev/pasword", "--yes")
    assert ran.code == 2
    assert f"did you mean {PASSWORD}?" in ran.err
    assert "did you mean rotate?" in typed.run("secrets", "rotat").err
