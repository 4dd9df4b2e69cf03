"""What is asked of an environment after its deployment, by this repository's settings, of the API as it is deployed."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from stackgen.local.cloud import Cloud
from tests.deploy.typed import Typed
from tests.smart_stream.app.yoto import YotoServices
from tests.smart_stream.deployment import SmartStream
from tests.smart_stream.project import typed_in
from tests.smart_stream.serving import serving

FIVE = ("health", "login", "players", "table", "signed-for-writing", "written", "signed-for-reading", "read")
INTEGRATION = ("nobody", "nothing", "card", "cards", "stream", "streamed", "no-card", "tokens")
WORDS = ("verify", "smart-stream/template", "-e", "pr-7", "--invoke")


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Typed]:
    with Cloud() as cloud:
        yield typed_in(tmp_path / "project", cloud, monkeypatch, capsys)


@pytest.fixture
def stream(typed: Typed) -> SmartStream:
    """With an environment of a pull request."""
    stream = SmartStream(typed.cloud)
    assert stream.deploy("pr-7") == "CREATE_COMPLETE", stream.why("pr-7")
    return stream


def tried(typed: Typed, url: str, *words: str, code: int = 0) -> dict[str, bool]:
    """Which requests were asked, and whether their answers were right."""
    told = typed.told(*WORDS, "--base-url", url, *words, code=code)
    return {each["path"]: each["right"] for each in told["stacks"][0]["checks"] if each["type"] == "request"}


@pytest.mark.requirement("SS-36", "SS-38")
def test_five_things_are_checked_after_every_deployment_and_nothing_is_left(
    typed: Typed, stream: SmartStream, tmp_path: Path
) -> None:
    """health, login, players, signed addresses or the table are not tried, or a user or audio stays behind"""
    with serving(stream, "pr-7", tmp_path) as url:
        assert tried(typed, url) == dict.fromkeys((*FIVE, "no-audio"), True)
    table = stream.client("dynamodb").scan(TableName="yoto-smart-stream-pr-7")["Items"]
    assert [each for each in table if "verify-" in json.dumps(each)] == []
    assert "Contents" not in stream.client("s3").list_objects_v2(Bucket="yoto-audio-pr-7-111111111111")


@pytest.mark.requirement("SS-37")
def test_on_develop_a_card_is_made_and_streamed_and_tokens_are_refreshed(
    typed: Typed, stream: SmartStream, tmp_path: Path
) -> None:
    """the API, streaming, the making of a card or the refresh of tokens is not tried"""
    with YotoServices() as yoto:
        more = {"YOTO_LOGIN_URL": yoto.url, "YOTO_API_URL": yoto.url}
        with serving(stream, "pr-7", tmp_path, **more) as url:
            found = tried(typed, url, "--group", "integration", code=4)
            assert found == {**dict.fromkeys((*FIVE, *INTEGRATION, "no-audio"), True), "tokens": False}
            link(stream, url, yoto.good)
            found = tried(typed, url, "--group", "integration")
            assert found == dict.fromkeys((*FIVE, *INTEGRATION, "no-audio"), True)


@pytest.mark.requirement("SS-36", "SS-04")
def test_an_environment_that_works_with_the_data_of_another_is_told_apart(
    typed: Typed, stream: SmartStream, tmp_path: Path
) -> None:
    """a function that has the table or the name of another environment passes the checks"""
    with serving(stream, "pr-7", tmp_path, ENVIRONMENT="dev", DYNAMODB_TABLE="yoto-smart-stream-dev") as url:
        found = tried(typed, url, code=4)
        assert not found["health"]
        assert not found["table"]


def link(stream: SmartStream, url: str, refresh: str) -> None:
    """As somebody does who links the environment with Yoto."""
    function = stream.client("lambda")
    said = {"username": "ann", "password": "correct horse"}
    function.invoke(FunctionName="yoto-api-pr-7", Payload=json.dumps({"command": "put-user", **said}))
    token = json.loads(asked("POST", f"{url}/api/user/login", said))["token"]
    asked("PUT", f"{url}/api/auth/tokens", {"refresh_token": refresh}, token)


def asked(method: str, url: str, body: object, token: str = "") -> str:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method=method)  # noqa: S310  our own
    with urllib.request.urlopen(request) as answer:  # noqa: S310  the same
        return str(answer.read().decode())
