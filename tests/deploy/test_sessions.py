"""Whose credentials a target is deployed with: profiles, roles, accounts; and what AWS refuses of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deploy import session
from stackgen.deploy.errors import WrongAccountError
from stackgen.deploy.refusals import RefusedByAwsError
from stackgen.deploy.resolving import Access
from stackgen.deploy.sessions import Sessions
from stackgen.errors import UsageError
from stackgen.local.cloud import REGION, Cloud
from stackgen.local.faults import Fail
from tests.support import credentials

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OWN, OTHER = "111111111111", "222222222222"
ROLE = f"arn:aws:iam::{OTHER}:role/deployer"
DENIED = Fail("AccessDenied", "User is not authorized", 403)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Cloud]:
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    with Cloud() as found:
        settings = credentials(found.url, OWN, tmp_path)
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        (tmp_path / "credentials").write_text(f"[other]\naws_access_key_id = {OTHER}\naws_secret_access_key = x\n")
        yield found


def access(account: str = "", **more: str) -> Access:
    return Access("prod", REGION, account, table="env.prod", **more)


@pytest.mark.usefixtures("cloud")
def test_the_account_is_that_of_the_credentials_at_hand_of_a_profile_or_of_a_role() -> None:
    sessions = Sessions()
    assert sessions.account(access()) == OWN
    assert sessions.account(access(OTHER, profile="other")) == OTHER
    assert sessions.account(access(OTHER, role_arn=ROLE)) == OTHER


WRONG = {
    "the credentials at hand": {},
    "the credentials of the profile other": {"profile": "other"},
    f"the credentials of the role {ROLE}": {"role_arn": ROLE},
}


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize(("named", "more"), WRONG.items(), ids=["at hand", "a profile", "a role"])
def test_credentials_of_another_account_than_the_project_says_are_refused(named: str, more: dict[str, str]) -> None:
    with pytest.raises(WrongAccountError) as caught:
        Sessions().account(access("333333333333", **more))
    found = OTHER if more else OWN
    assert str(caught.value).splitlines() == [
        f"prod is account 333333333333, but {named} belong to account {found}",
        "  --profile NAME chooses others, and so do profile and role_arn in [tool.stackgen.env.prod]",
    ]
    assert caught.value.exit_code == 1


def test_a_client_is_made_once_and_a_role_assumed_once(cloud: Cloud) -> None:
    sessions = Sessions()
    asked = access(OTHER, role_arn=ROLE)
    client = sessions.of(asked)
    assert client("cloudformation") is sessions.of(asked)("cloudformation")
    client("cloudformation").describe_stacks()
    client("s3").list_buckets()
    assert sessions.account(asked) == OTHER
    assert [note.operation for note in cloud.gateway.notes].count("AssumeRole") == 1


@pytest.mark.usefixtures("cloud")
def test_a_role_is_assumed_for_an_hour_with_what_it_asks_for() -> None:
    calls, client = noting("stackgen-prod of me")
    assert calls == []
    assert client.get_caller_identity()["Account"] == OTHER
    client.get_caller_identity()
    assert calls == [
        {"RoleArn": ROLE, "RoleSessionName": "stackgen-prod-of-me", "DurationSeconds": 3600, "ExternalId": "shop-7"}
    ]


@pytest.mark.usefixtures("cloud")
def test_a_role_is_assumed_again_before_its_credentials_end() -> None:
    calls, client = noting("stackgen-prod", 900)
    client.get_caller_identity()
    client.get_caller_identity()
    assert len(calls) > 1


def noting(name: str, seconds: int = 3600) -> tuple[list[dict[str, Any]], Any]:
    """A client with a role, and what it was assumed with."""
    calls: list[dict[str, Any]] = []

    def noted(client: Any) -> Any:
        client.meta.events.register("provide-client-params.sts.AssumeRole", lambda params, **_: calls.append(params))
        return client

    assumed = session.assume(session.Role(ROLE, "shop-7", name, seconds), REGION, None, noted)
    return calls, session.client("sts", REGION, assumed=assumed)


REFUSED = {
    "the role": (
        "sts:AssumeRole",
        {"role_arn": ROLE},
        f"access denied: these credentials may not sts:AssumeRole on {ROLE} in {REGION}",
    ),
    "a call with the role": (
        "cloudformation:DescribeStacks",
        {"role_arn": ROLE},
        f"access denied: these credentials may not cloudformation:DescribeStacks on stack shop in {REGION}",
    ),
    "a call": (
        "cloudformation:DescribeStacks",
        {},
        f"access denied: these credentials may not cloudformation:DescribeStacks on stack shop in {REGION}",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_allowed_is_told_by_its_name(cloud: Cloud, name: str) -> None:
    operation, more, message = REFUSED[name]
    cloud.faults.add(operation, DENIED, times=None)
    sessions = Sessions()
    with pytest.raises(RefusedByAwsError) as caught, sessions.telling():
        sessions.of(access(**more))("cloudformation").describe_stacks(StackName="shop")
    assert str(caught.value).splitlines()[0] == message


def test_expired_credentials_are_told_apart_from_a_refusal(cloud: Cloud) -> None:
    cloud.faults.add("cloudformation:*", Fail("ExpiredToken", "The token has expired", 403), times=None)
    sessions = Sessions()
    with (
        pytest.raises(RefusedByAwsError, match=r"AWS does not accept these credentials \(ExpiredToken\)"),
        sessions.telling(),
    ):
        sessions.of(access())("cloudformation").describe_stacks()


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("more", [{}, {"role_arn": ROLE}], ids=["alone", "to assume a role"])
def test_missing_credentials_are_told_with_the_ways_to_give_them(
    monkeypatch: pytest.MonkeyPatch, more: dict[str, str]
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    sessions = Sessions()
    with (
        pytest.raises(RefusedByAwsError, match="no credentials for AWS: Unable to locate credentials"),
        sessions.telling(),
    ):
        sessions.account(access(**more))


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("more", [{}, {"role_arn": ROLE}], ids=["alone", "to assume a role"])
def test_a_profile_that_is_not_there_is_told_with_the_likely_one(more: dict[str, str]) -> None:
    with pytest.raises(UsageError) as caught:
        Sessions().account(access(profile="othr", **more))
    assert str(caught.value) == "profile othr: there is no such profile\n  did you mean other?"


@pytest.mark.usefixtures("cloud")
def test_each_thread_remembers_its_own_last_call() -> None:
    sessions = Sessions()
    client = sessions.of(access())
    client("s3").list_buckets()  # the stand-in loads a service when it is first asked
    client("cloudformation").describe_stacks()

    def last(name: str) -> str:
        for _ in range(5):
            client("s3").list_buckets() if name == "s3" else client("cloudformation").describe_stacks()
        assert sessions.asked is not None
        return sessions.asked.service

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(last, ["s3", "cloudformation"] * 4)) == ["s3", "cloudformation"] * 4
    assert sessions.asked is not None
    assert sessions.asked.service == "cloudformation", "this thread's own"


def test_a_mistake_of_ours_is_not_told_as_a_refusal() -> None:
    with pytest.raises(ZeroDivisionError), Sessions().telling():
        raise ZeroDivisionError
