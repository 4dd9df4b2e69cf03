"""What arrives in the artifact bucket becomes a build: once, in the right place, and nothing hides anything else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus

import pytest

from stackgen.deployer.handlers import ksuid, s3_trigger
from stackgen.deployer.handlers.errors import ReleaseInvalid
from stackgen.deployer.handlers.releases import Release
from stackgen.local.cloud import Cloud
from stackgen.local.faults import Fail, LoseAnswer, Throttle
from tests.deployer.handlers.installation import FunctionFailed, Installation

WHEN = "2026-11-29T16:48:39.123Z"
SECONDS = 1795970919
KEY = "shop/main/17.abc123/cloudformation-params.json"


@pytest.fixture
def made() -> Iterator[Installation]:
    with Cloud() as cloud:
        installation = Installation(cloud)
        installation.install("s3_trigger", s3_trigger.handler)
        yield installation


def arrival(key: str = KEY, **more: Any) -> dict[str, Any]:
    """A record as S3 sends it."""
    thing = {"key": quote_plus(key, safe="/"), "size": 2, "sequencer": "0055AED6DCD90281E5"}
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "us-east-1",
        "eventTime": more.pop("eventTime", WHEN),
        "eventName": more.pop("eventName", "ObjectCreated:Put"),
        "s3": {"bucket": {"name": more.pop("bucket", "artifacts")}, "object": {**thing, **more}},
    }


def tell(installation: Installation, *records: Any) -> Any:
    return installation.invoke("s3_trigger", {"Records": list(records)})


@pytest.mark.requirement("DEP-D52", "DEP-D53")
@pytest.mark.parametrize(
    ("key", "repo", "branch", "version", "number", "commit"),
    [
        ("shop/main/17.abc/", "shop", "main", "17.abc", "17", "abc"),
        ("shop/feature/a/b/17.abc/", "shop", "feature/a/b", "17.abc", "17", "abc"),
        ("shop/main/v1.2.3/", "shop", "main", "v1.2.3", "v1", "2.3"),
        ("shop.api/1.x/2.y/", "shop.api", "1.x", "2.y", "2", "y"),
        ("shop/a b+c/1.é/", "shop", "a b+c", "1.é", "1", "é"),
    ],
)  # fmt: skip
def test_a_key_is_read_from_the_right(  # noqa: PLR0917 - a column each
    key: str, repo: str, branch: str, version: str, number: str, commit: str
) -> None:
    """A branch with slashes whose version is read from the wrong part, or a repository with an owner in its name."""
    release = Release.of_key(f"{key}cloudformation-params.json")
    assert release == (repo, branch, version)
    assert (release.build_number, release.commit_hash) == (number, commit)
    assert f"{release.s3_key}/" == key


@pytest.mark.parametrize(
    "key",
    [
        "cloudformation-params.json",
        "shop/cloudformation-params.json",
        "shop/17.abc/cloudformation-params.json",
        "shop/main/17/cloudformation-params.json",
        "shop/main/.abc/cloudformation-params.json",
        "shop/main/17./cloudformation-params.json",
        "shop//17.abc/cloudformation-params.json",
        "/main/17.abc/cloudformation-params.json",
        "shop/main//cloudformation-params.json",
        "shop/a//b/17.abc/cloudformation-params.json",
        "$/main/17.abc/cloudformation-params.json",
        "shop#ENV#prod/main/17.abc/cloudformation-params.json",
        "shop/main/17.abc/cloudformation.template",
        "",
    ],
)
def test_a_key_that_no_release_can_have_is_refused_and_named(key: str) -> None:
    with pytest.raises(ReleaseInvalid) as refused:
        Release.of_key(key)
    assert repr(key) in str(refused.value)


@pytest.mark.requirement("DEP-50")
def test_a_release_becomes_a_waiting_build_and_the_latest_one(made: Installation) -> None:
    """An upload that makes no build, or one with another repository, branch, version or place."""
    made.targets("shop", "dev", "222222222222")
    answer = tell(made, arrival("shop/feature/x y/17.abc123/cloudformation-params.json"))
    (build,) = made.builds()
    sk = build["SK"]
    assert ksuid.parse(sk).seconds == SECONDS
    now = build["created_at"]
    assert build == {
        "PK": "REPO#shop#ENV#dev",
        "SK": sk,
        "repo": "shop",
        "env": "dev",
        "build_number": "17",
        "branch": "feature/x y",
        "version": "17.abc123",
        "commit_hash": "abc123",
        "status": "PENDING",
        "stack_name": "dev-shop",
        "s3_bucket": "artifacts",
        "s3_key": "shop/feature/x y/17.abc123",
        "created_at": now,
        "updated_at": now,
    }
    assert made.latest() == [
        {"PK": "LATEST#dev", "SK": "REPO#shop", "id": f"shop/dev:{sk}", "build_id": sk, "status": "PENDING"}
    ]
    told = {"repo": "shop", "env": "dev", "sk": sk, "status": "PENDING", "created": True}
    assert answer == {"builds": [told], "refused": [], "ignored": 0}


@pytest.mark.requirement("DEP-50", "DEP-D54")
@pytest.mark.parametrize("times", [2, 3])
def test_an_event_that_comes_again_makes_no_second_build(made: Installation, times: int) -> None:
    """A second build of one upload."""
    made.targets("shop", "dev", "222222222222")
    answers = [tell(made, arrival()) for _ in range(times)]
    assert len(made.builds()) == 1
    assert [each["builds"][0]["created"] for each in answers] == [True, *[False] * (times - 1)]
    assert len({each["builds"][0]["sk"] for each in answers}) == 1


def test_an_event_that_comes_again_leaves_a_build_that_has_moved_on(made: Installation) -> None:
    made.targets("shop", "dev", "222222222222")
    tell(made, arrival())
    (build,) = made.builds()
    made.put("builds", **{**build, "status": "SUCCESS"})
    tell(made, arrival())
    assert [each["status"] for each in made.builds()] == ["SUCCESS"]


@pytest.mark.parametrize(
    ("one", "other", "builds"),
    [
        ({"versionId": "v1"}, {"versionId": "v2"}, 2),
        ({"versionId": "v1", "sequencer": "1"}, {"versionId": "v1", "sequencer": "2"}, 1),
        ({"versionId": "null", "sequencer": "1"}, {"versionId": "null", "sequencer": "2"}, 2),
        ({"versionId": "", "sequencer": "1"}, {"sequencer": "1"}, 1),
        ({"bucket": "a"}, {"bucket": "b"}, 2),
        ({"eventTime": "2026-11-29T16:48:39.000Z"}, {"eventTime": "2026-11-29T16:48:39.999Z"}, 1),
        ({"eventTime": "2026-11-29T16:48:39Z"}, {"eventTime": "2026-11-29T16:48:40Z"}, 2),
    ],
)
def test_what_tells_one_upload_from_another(
    made: Installation, one: dict[str, str], other: dict[str, str], builds: int
) -> None:
    made.targets("shop", "dev", "222222222222")
    tell(made, arrival(**one), arrival(**other))
    assert len(made.builds()) == builds


def test_a_late_event_of_an_older_release_does_not_become_the_latest(made: Installation) -> None:
    made.targets("shop", "dev", "222222222222")
    tell(made, arrival("shop/main/2.b/cloudformation-params.json", eventTime="2026-11-29T12:00:00Z"))
    tell(made, arrival("shop/main/1.a/cloudformation-params.json", eventTime="2026-11-29T11:00:00Z"))
    older, newer = made.builds()
    assert [older["version"], newer["version"]] == ["1.a", "2.b"]
    assert [each["build_id"] for each in made.latest()] == [newer["SK"]]


@pytest.mark.requirement("DEP-52")
@pytest.mark.parametrize(
    ("configured", "env"),
    [
        ({}, "dev"),
        ({"$": "stage"}, "stage"),
        ({"shop": "qa", "$": "stage"}, "qa"),
        ({"shop": "", "$": "stage"}, "stage"),
        ({"other": "qa"}, "dev"),
    ],
)
def test_the_first_environment_is_the_repository_s_or_the_default_or_dev(
    made: Installation, configured: dict[str, str], env: str
) -> None:
    """A release that goes first to another environment than was configured."""
    for repo, initial in configured.items():
        made.put("targets", PK=f"REPO#{repo}", SK="CONFIG", initial_env=initial)
    made.targets("$", env, "222222222222")
    tell(made, arrival())
    assert [(each["PK"], each["status"]) for each in made.builds()] == [(f"REPO#shop#ENV#{env}", "PENDING")]


@pytest.mark.requirement("DEP-49")
@pytest.mark.parametrize(
    ("targets", "reason"),
    [
        (None, "no deployment targets configured for shop in dev"),
        ([], "no deployment targets configured for shop in dev"),
        ([{"account_ids": ["222222222222"], "regions": []}], "no deployment targets configured for shop in dev"),
        ([{"account_ids": ["22"], "regions": ["us-east-1"]}], "account '22' of the targets is not a text of 12 digits"),
        ([{"account_ids": ["222222222222"], "regions": ["mars"]}], "region 'mars' of the targets"),
    ],
)
def test_a_release_without_usable_targets_is_a_failed_build_that_says_why(
    made: Installation, targets: list[Any] | None, reason: str
) -> None:
    """A build that waits although nobody said where it goes, or a failed one without the reason."""
    if targets is not None:
        made.put("targets", PK="REPO#shop", SK="ENV#dev", targets=targets)
    answer = tell(made, arrival())
    (build,) = made.builds()
    assert build["status"] == "FAILED"
    assert build["finished_at"] == build["created_at"]
    assert build["error_msg"].startswith(f"not started: {reason}")
    assert build["error_msg"].endswith("configure the targets and deploy 17.abc123 again")
    assert [each["status"] for each in made.latest()] == ["FAILED"]
    assert answer["builds"][0]["status"] == "FAILED"


def test_other_files_and_other_events_make_nothing(made: Installation) -> None:
    answer = tell(
        made,
        arrival("shop/main/17.abc/cloudformation.template"),
        arrival("shop/main/17.abc/cloudformation-params.dev.json"),
        arrival("shop/main/17.abc/my-cloudformation-params.json"),
        arrival("shop/main/17.abc/cloudformation-params.json/"),
        arrival(eventName="ObjectRemoved:Delete"),
    )
    assert answer == {"builds": [], "refused": [], "ignored": 5}
    assert made.records("builds") == []


def test_the_event_of_a_new_notification_makes_nothing(made: Installation) -> None:
    event = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "artifacts"}
    assert made.invoke("s3_trigger", event) == {"builds": [], "refused": [], "ignored": 0}


@pytest.mark.parametrize(
    "bad",
    [
        arrival("shop/cloudformation-params.json"),
        arrival("shop/main/17/cloudformation-params.json"),
        arrival(eventTime="yesterday"),
        arrival(eventTime="1999-01-01T00:00:00Z"),
        {"eventName": "ObjectCreated:Put", "eventTime": WHEN},
        {"eventName": "ObjectCreated:Put", "eventTime": WHEN, "s3": {"bucket": {}, "object": {}}},
        {},
        None,
        "text",
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_bad_record_is_told_and_hides_no_other(made: Installation, *, bad: Any, first: bool) -> None:
    made.targets("shop", "dev", "222222222222")
    records = [bad, arrival()] if first else [arrival(), bad]
    answer = tell(made, *records)
    assert [each["version"] for each in made.builds()] == ["17.abc123"]
    assert len(answer["refused"]) == 1
    assert answer["refused"][0]["message"]


def test_a_first_environment_that_is_no_text_is_told(made: Installation) -> None:
    made.put("targets", PK="REPO#shop", SK="CONFIG", initial_env=["dev"])
    answer = tell(made, arrival())
    assert "initial_env of shop is ['dev']" in answer["refused"][0]["message"]
    assert made.records("builds") == []


@pytest.mark.parametrize("call", ["dynamodb:GetItem", "dynamodb:TransactWriteItems"])
@pytest.mark.parametrize("kind", [Throttle(), LoseAnswer(), Fail("InternalServerError", status=500)])
def test_a_call_that_fails_once_is_made_again(made: Installation, call: str, kind: Any) -> None:
    made.targets("shop", "dev", "222222222222")
    fault = made.cloud.faults.add(call, kind, times=1)
    tell(made, arrival())
    assert fault.met == 1
    assert [each["status"] for each in made.builds()] == ["PENDING"]
    assert len(made.latest()) == 1


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (Throttle(), "Transient"),
        (Fail("InternalServerError", status=500), "Transient"),
        (Fail("AccessDeniedException"), "Refused"),
    ],
)
@pytest.mark.parametrize("call", ["dynamodb:GetItem", "dynamodb:TransactWriteItems"])
def test_a_call_that_keeps_failing_brings_the_event_back_and_nothing_is_lost(
    made: Installation, call: str, kind: Any, error: str
) -> None:
    made.targets("shop", "dev", "222222222222")
    made.cloud.faults.add(call, kind, times=None)
    with pytest.raises(FunctionFailed) as failed:
        tell(made, arrival())
    assert failed.value.name == error
    assert made.records("builds") == []
    made.cloud.faults.clear()
    tell(made, arrival())
    assert len(made.builds()) == 1


def test_one_release_that_cannot_be_written_yet_does_not_stop_the_next(made: Installation) -> None:
    made.targets("shop", "dev", "222222222222")
    made.targets("mail", "dev", "222222222222")
    made.cloud.faults.add(
        "dynamodb:TransactWriteItems", Throttle(), times=None, when=lambda call: "REPO#shop" in str(call.parameters)
    )
    records = [arrival(), arrival("mail/main/1.a/cloudformation-params.json")]
    with pytest.raises(FunctionFailed, match="Transient"):
        tell(made, *records)
    assert [each["repo"] for each in made.builds()] == ["mail"]
    made.cloud.faults.clear()
    tell(made, *records)
    assert [each["repo"] for each in made.builds()] == ["mail", "shop"]
