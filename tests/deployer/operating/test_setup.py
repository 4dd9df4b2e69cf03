"""``multi setup``: what is there and what is missing, with the command that brings it about."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stackgen.deployer import bundle
from stackgen.local.faults import Fail
from stackgen.local.formation import formation
from stackgen.local.virtual import given
from tests.deployer.operating.installed import ACCOUNTS, DEPLOYER, Installed

DENIED = Fail("AccessDenied", "no")
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


def states(told: dict[str, Any], where: str) -> dict[str, str]:
    return {check["what"]: check["state"] for check in told["checks"][where]}


def complete(installed: Installed) -> None:
    """Make by hand what the deployer's stack makes."""
    cloud = installed.cloud
    installed.targets("$")
    locks = installed.settings.table("locks")
    installed.dynamodb.update_time_to_live(
        TableName=locks, TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"}
    )
    cloud.client("s3", DEPLOYER).create_bucket(Bucket="releases")
    role = cloud.client("iam", DEPLOYER).create_role(RoleName="stacksets", AssumeRolePolicyDocument=TRUST)["Role"][
        "Arn"
    ]
    definition = json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})
    machine = cloud.client("stepfunctions", DEPLOYER).create_state_machine(
        name="deployer", definition=definition, roleArn=role
    )
    settings = {
        "state-machine-arn": machine["stateMachineArn"],
        "s3-bucket": "releases",
        "administration-role-arn": role,
    }
    for name, value in settings.items():
        store = cloud.client("ssm", DEPLOYER)
        store.put_parameter(Name=f"/dev/aws-deployer/{name}", Value=value, Type="String")


def test_an_account_without_anything_is_told_everything(installed: Installed) -> None:
    told = installed.json("setup", "--installation", "prod")
    assert told["verdict"] == "installation prod: 8 of 9 things missing"
    found = states(told, f"deployer {DEPLOYER}/us-east-1")
    assert {what for what, state in found.items() if state == "missing"} == {
        *(f"table prod-aws-deployer-{name}" for name in ("locks", "targets", "deployments", "builds")),
        "state machine", "artifact bucket", "administration role", "records of targets",
    }  # fmt: skip
    ran = installed.run("setup", "--installation", "prod")
    assert (ran.code, ran.err) == (4, "")
    assert "stackset-administration.json" not in ran.out, "it makes the role that deployer-stack.json makes"
    commands = [line.strip() for line in ran.out.splitlines() if line.startswith("  next: ")]
    assert len(commands) == 2
    assert "--stack-name prod-aws-deployer --template-file build/deployer/deployer-stack.json" in commands[0]
    assert "--parameter-overrides Env=prod " in commands[0]


def test_a_whole_installation_misses_nothing(installed: Installed) -> None:
    complete(installed)
    installed.changes()
    ran = installed.run("setup")
    assert ran.code == 0, ran.out
    assert ran.out.startswith("installation dev: 0 of 9 things missing\n")
    assert installed.changes() == []


def test_locks_that_never_expire_are_found(installed: Installed) -> None:
    told = installed.json("setup")
    (check,) = [each for each in told["checks"][f"deployer {DEPLOYER}/us-east-1"] if each["what"].endswith("locks")]
    assert (check["state"], check["detail"]) == ("missing", "its items never expire")


def test_a_target_account_is_looked_at_through_its_reader_role_where_that_lets_somebody_in(
    installed: Installed,
) -> None:
    complete(installed)
    one, two = ACCOUNTS[:2]
    installed.cloud.client("iam", two).create_role(
        RoleName="AWSCloudFormationStackSetExecutionRole", AssumeRolePolicyDocument=TRUST
    )
    told = installed.json("setup", "--account", f"{one},{two}")
    assert told["verdict"] == "installation dev: 1 of 4 things missing"
    assert states(told, f"target {one}") == {
        "role DeployerReaderRole": "ok",
        "role AWSCloudFormationStackSetExecutionRole": "missing",
    }
    assert set(states(told, f"target {two}").values()) == {"ok"}
    text = installed.run("setup", "--account", one).out
    assert "--template-file build/deployer/target-roles.json " in text
    assert f"--profile PROFILE-OF-{one}\n" in text


def test_an_account_that_does_not_let_anybody_in_is_not_called_empty(installed: Installed) -> None:
    installed.cloud.faults.add("sts:AssumeRole", DENIED, times=None)
    ran = installed.run("setup", "--account", ACCOUNTS[0])
    assert ran.code == 0
    assert ran.out.startswith("installation dev: 0 of 2 things missing, 2 could not be looked at\n")
    assert "  unknown  role DeployerReaderRole" in ran.out
    look = f"  next: python -m stackgen multi setup --account {ACCOUNTS[0]} --profile PROFILE-OF-{ACCOUNTS[0]}\n"
    assert ran.out.endswith(look)


@pytest.mark.requirement("DEP-D67")
def test_with_the_accounts_own_credentials_both_roles_are_looked_at(
    installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Access is tried with a role that trusts CloudFormation alone, which always fails."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCOUNTS[0])
    told = installed.json("setup", "--account", ACCOUNTS[0])
    assert states(told, f"target {ACCOUNTS[0]}") == {
        "role DeployerReaderRole": "missing",
        "role AWSCloudFormationStackSetExecutionRole": "missing",
        "room for stacks in us-east-1": "ok",
    }


@pytest.mark.requirement("DEP-48")
def test_an_account_that_takes_hardly_a_stack_more_is_told(
    installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release that fails in the hundredth account because that one is full."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCOUNTS[0])
    template = json.dumps({"Resources": {"T": {"Type": "AWS::SNS::Topic"}}})
    installed.cloud.client("cloudformation", ACCOUNTS[0]).create_stack(StackName="one", TemplateBody=template)
    with given(formation, LIMITS={"StackLimit": 1}):
        told = installed.json("setup", "--account", ACCOUNTS[0])
    assert states(told, f"target {ACCOUNTS[0]}")["room for stacks in us-east-1"] == "missing"
    told = installed.json("setup", "--account", ACCOUNTS[0])
    (room,) = [each for each in told["checks"][f"target {ACCOUNTS[0]}"] if each["what"].startswith("room")]
    assert room["detail"] == "1 of 2,000 stacks"


def test_what_may_not_be_looked_at_is_no_more_than_unknown(installed: Installed) -> None:
    complete(installed)
    installed.cloud.faults.add("iam:GetRole", DENIED, times=None)
    ran = installed.run("setup")
    assert ran.code == 0
    assert ran.out.startswith("installation dev: 0 of 9 things missing, 1 could not be looked at\n")
    assert "  unknown  administration role" in ran.out
    assert "these credentials may not iam:GetRole\n" in ran.out


def test_trusted_access_is_needed_by_one_template_alone(installed: Installed) -> None:
    complete(installed)
    installed.cloud.client("cloudformation", DEPLOYER).deactivate_organizations_access()
    told = installed.json("setup")
    assert told["verdict"].startswith("installation dev: 0 of 9 things missing")
    assert (
        states(told, f"deployer {DEPLOYER}/us-east-1")["trusted access of StackSets to the organisation"] == "optional"
    )
    assert "  next: aws cloudformation activate-organizations-access\n" in installed.run("setup").out


def test_the_code_of_the_functions_is_put_under_the_key_that_the_template_names(installed: Installed) -> None:
    missing = installed.run("setup", "--upload-code", "code", "--yes")
    assert (missing.code, missing.out) == (2, "")
    assert missing.err.startswith("error: --upload-code code: there is no such bucket\n  aws s3 mb s3://code makes one")
    s3 = installed.cloud.client("s3", DEPLOYER)
    s3.create_bucket(Bucket="code")
    nobody = installed.run("setup", "--upload-code", "code")
    assert (nobody.code, nobody.out) == (3, "")
    assert nobody.err.startswith("error: nobody to ask: upload the code of the deployer's functions, ")
    ran = installed.run("setup", "--upload-code", "code", "--yes")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"1 uploaded: s3://code/{bundle.key()}, ")
    assert s3.get_object(Bucket="code", Key=bundle.key())["Body"].read() == bundle.bundle()
    again = installed.run("setup", "--upload-code", "code")
    assert (again.code, again.out) == (0, f"0 uploaded: s3://code/{bundle.key()} is there already\n")


WRONG = {
    ("setup", "--account", "222222222222", "--upload-code", "x"): "--account and --upload-code exclude each other",
    ("setup", "--account", "77"): "--account '77' is not an account id of 12 digits",
    ("setup", "-e", "dev"): "setup takes no -e",
    ("setup", "here"): "setup: unrecognized arguments: here",
    ("setup", "--installation", "a#b"): "--installation 'a#b': a name without",
}


@pytest.mark.parametrize(("words", "message"), WRONG.items(), ids=[" ".join(words) for words in WRONG])
def test_a_wrong_word_is_2(installed: Installed, words: tuple[str, ...], message: str) -> None:
    ran = installed.run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {message}")
