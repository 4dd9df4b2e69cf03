"""What AWS refuses: each is told with the action and the thing, in at most five lines, and never as a traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from stackgen.local.faults import Fail, LoseAnswer, Throttle, TimeOut
from tests.deployer.operating.installed import ACCOUNTS, BUCKET, DEPLOYER, REGIONS, Installed

if TYPE_CHECKING:
    from pathlib import Path

DENIED = Fail("AccessDeniedException", "User: arn:aws:iam::111111111111:user/x is not authorized to perform this")
FORBIDDEN = Fail("AccessDenied", "no", 403)  # whose code is 403 in the answer to a HEAD, which has no body
WHERE = ("--accounts", ",".join(ACCOUNTS), "--regions", ",".join(REGIONS))
APPLY = ("apply", "shop", "--bucket", BUCKET, "--s3-key", "shop/main/7.abc", "--yes")

CALLS = {
    ("targets", "list"): ("dynamodb:GetItem", "dynamodb:GetItem on table dev-aws-deployer-targets"),
    ("targets", "set", "--default", "-e", "prod", *WHERE): ("dynamodb:PutItem", "dynamodb:PutItem on table dev-aws-"),
    ("targets", "rm", "--repo", "shop", "-e", "dev", "--yes"): ("dynamodb:DeleteItem", "dynamodb:DeleteItem on table"),
    ("targets", "config", "--default", "--initial-env", "x"): ("dynamodb:UpdateItem", "dynamodb:UpdateItem on table"),
    ("plan", "shop"): ("cloudformation:DescribeStackSet", "cloudformation:DescribeStackSet on StackSet dev-shop"),
    ("status", "shop"): ("dynamodb:Query", "dynamodb:Query on table dev-aws-deployer-builds"),
    ("lock", "show", "shop"): ("dynamodb:GetItem", "dynamodb:GetItem on table dev-aws-deployer-targets"),
    ("stop", "shop", "--yes"): ("stepfunctions:DescribeExecution", "states:DescribeExecution on arn:aws:states:"),
    APPLY: ("s3:HeadObject", "s3:GetObject on bucket releases"),
    (*APPLY, "-q"): ("dynamodb:TransactWriteItems", "dynamodb:PutItem and dynamodb:UpdateItem on table dev-aws-"),
    ("setup",): ("sts:GetCallerIdentity", "sts:GetCallerIdentity in us-east-1"),
}  # fmt: skip


@pytest.fixture
def ready(installed: Installed) -> Installed:
    """Something for every command to work on."""
    installed.targets()
    installed.release("shop/main/7.abc")
    return installed


@pytest.mark.parametrize(("words", "calls"), CALLS.items(), ids=[" ".join(words)[:40] for words in CALLS])
def test_a_call_that_is_not_allowed_is_named_with_its_object(
    ready: Installed, words: tuple[str, ...], calls: tuple[str, str]
) -> None:
    if words[0] in ("status", "stop"):
        ready.build("IN_PROGRESS", execution_arn=f"arn:aws:states:us-east-1:{DEPLOYER}:execution:d:e")
    fault = ready.cloud.faults.add(calls[0], FORBIDDEN if "s3:" in calls[0] else DENIED, times=None)
    ran = ready.run(*words)
    assert (ran.code, ran.out, fault.met) == (1, "", 1)
    first, *hints = ran.err[ran.err.index("error:") :].splitlines()
    assert first.startswith(f"error: access denied: these credentials may not {calls[1]}")
    assert 2 <= len(hints) <= 4


def test_an_installation_that_is_not_there_is_told_with_those_that_are(ready: Installed, tmp_path: Path) -> None:
    ran = ready.run("targets", "list", "--installation", "prod")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        f"error: the installation prod is not deployed in {DEPLOYER}/us-east-1: "
        "there is no table prod-aws-deployer-targets\n"
        "  there are others: dev; --installation names another, -r another region\n"
        "  python -m stackgen multi setup says what is deployed where\n"
    )
    assert "did you mean dev?" in ready.run("targets", "list", "--installation", "deev").err
    elsewhere = ready.run("status", "shop", "-r", "eu-west-1")
    assert elsewhere.err.startswith(f"error: the installation dev is not deployed in {DEPLOYER}/eu-west-1: ")
    assert "there is no table dev-aws-deployer--" in ready.run("plan", "shop", "--double-hyphen").err
    (tmp_path / "credentials").write_text("[other]\naws_access_key_id = 999999999999\naws_secret_access_key = x\n")
    other = ready.run("targets", "list", "--profile", "other")
    assert other.err.startswith("error: the installation dev is not deployed in 999999999999/us-east-1: ")


@pytest.mark.parametrize("words", [("targets", "list"), ("plan", "shop"), ("status", "shop")], ids=" ".join)
def test_without_credentials_the_ways_to_give_them_are_told(
    ready: Installed, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    ran = ready.run(*words)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "error: no credentials for AWS: Unable to locate credentials\n"
        "  --profile NAME chooses those of a profile; so do AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
        "AWS_SECRET_ACCESS_KEY\n"
    )


def test_a_profile_that_is_not_there_is_told_with_the_likely_one(ready: Installed, tmp_path: Path) -> None:
    (tmp_path / "credentials").write_text(f"[deployer]\naws_access_key_id = {DEPLOYER}\naws_secret_access_key = x\n")
    ran = ready.run("targets", "list", "--profile", "deploier")
    assert (ran.code, ran.err) == (
        2,
        "error: profile deploier: there is no such profile\n  did you mean deployer?\n",
    )
    assert ready.run("targets", "list", "--profile", "deployer").code == 0


def test_a_profile_gives_the_credentials_and_the_region(
    ready: Installed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"):
        monkeypatch.delenv(name)
    (tmp_path / "credentials").write_text(f"[one]\naws_access_key_id = {DEPLOYER}\naws_secret_access_key = x\n")
    ran = ready.run("targets", "list", "shop", "--profile", "one")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "error: no region: nobody says where the deployer is")
    (tmp_path / "settings").write_text("[profile one]\nregion = us-east-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "settings"))
    assert ready.run("targets", "list", "shop", "--profile", "one").code == 0


REGIONS_SAID = {
    "us-eest-1": "error: -r us-eest-1: AWS has no such region\n  did you mean us-",
    "mars": "error: -r mars: AWS has no such region\n",
}


@pytest.mark.parametrize(("region", "message"), REGIONS_SAID.items(), ids=REGIONS_SAID)
def test_a_region_that_does_not_exist_is_2(ready: Installed, region: str, message: str) -> None:
    ran = ready.run("targets", "list", "-r", region)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(message)
    assert len(ran.err.splitlines()) <= 5


EXPIRED = ("ExpiredTokenException", "UnrecognizedClientException", "InvalidSignatureException")


@pytest.mark.parametrize("code", EXPIRED)
def test_credentials_that_are_not_taken_are_told_so(ready: Installed, code: str) -> None:
    ready.cloud.faults.add("dynamodb:*", Fail(code, "The security token is expired"), times=None)
    ran = ready.run("targets", "list")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"error: AWS does not accept these credentials ({code})\n")


KINDS = {
    "throttled": (Throttle(), "dynamodb:GetItem on table dev-aws-deployer-targets was refused for now, also after"),
    "a server's fault": (Fail("InternalServerError", "sorry", 500), "dynamodb:GetItem on table dev-aws-deployer-tar"),
    "lost": (LoseAnswer(), "no answer from dynamodb in us-east-1 to dynamodb:GetItem on table dev-aws-deployer-tar"),
    "silent": (TimeOut(1), "no answer from dynamodb in us-east-1 to dynamodb:GetItem on table dev-aws-deployer-tar"),
    "another refusal": (Fail("ValidationException", "no"), "dynamodb:GetItem on table dev-aws-deployer-targets was"),
}


@pytest.mark.parametrize(("kind", "message"), KINDS.values(), ids=KINDS)
def test_what_goes_on_failing_is_told(ready: Installed, kind: Any, message: str) -> None:
    fault = ready.cloud.faults.add("dynamodb:GetItem", kind, times=None)
    ran = ready.run("targets", "list")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"error: {message}")
    assert len(ran.err.splitlines()) <= 5
    assert fault.met == (1 if "ValidationException" in str(kind) else 5)


@pytest.mark.parametrize("kind", [Throttle(), LoseAnswer(), Fail("InternalServerError", "sorry", 500)], ids=str)
def test_what_fails_four_times_is_got_over(ready: Installed, kind: Any) -> None:
    fault = ready.cloud.faults.add("dynamodb:*", kind, times=4)
    ran = ready.run("targets", "list", "shop")
    assert (ran.code, ran.err) == (0, "")
    assert fault.met == 4


def test_a_mistake_of_our_own_is_not_laid_on_aws(ready: Installed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stackgen.deployer.operating.targets.chain", lambda *_: 1 // 0)
    ran = ready.run("targets", "list")
    assert ran.code == 1
    assert ran.err.startswith("error: unexpected ZeroDivisionError: ")
