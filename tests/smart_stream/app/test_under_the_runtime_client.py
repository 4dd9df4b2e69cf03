"""The API as Lambda runs it: its package, the runtime's client, the table and the buckets of the stand-in."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from stackgen.local.cloud import Cloud
from tests.runtime import Runtime
from tests.smart_stream.app.api import AUDIO, NAME, PASSWORD, TABLE, Api, runtime
from tests.smart_stream.app.yoto import YotoServices
from tests.smart_stream.deployment import ACCOUNT, REGION

LOGIN = ("POST", "/api/user/login")


@pytest.fixture(scope="module")
def yoto() -> Iterator[YotoServices]:
    with YotoServices() as services:
        yield services


@pytest.fixture(scope="module")
def function(cloud: Cloud, yoto: YotoServices, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    folder = tmp_path_factory.mktemp("api")
    with runtime(cloud, folder, YOTO_LOGIN_URL=yoto.url, YOTO_API_URL=yoto.url) as function:
        yield function


@pytest.fixture(scope="module")
def api(function: Runtime) -> Api:
    return Api(function)


@pytest.fixture
def token(api: Api) -> str:
    return api.login()


@pytest.fixture(autouse=True)
def no_secret_gets_into_the_log(function: Runtime) -> Iterator[None]:
    """Whatever a test does."""
    yield
    log = function.log()
    for secret in (PASSWORD, "refresh-", "access-", "secret of Yoto", "Bearer", "hash", "wrong horse"):
        assert secret not in log


def lines(function: Runtime) -> list[dict[str, object]]:
    return [json.loads(line) for line in function.log().splitlines() if line.startswith("{")]


@pytest.mark.requirement("SS-26")
def test_the_package_runs_and_says_that_it_is_well(api: Api) -> None:
    """the package lacks a library or a module, or health needs a login or somebody else's service"""
    answered = api.ask("GET", "/api/health")
    assert (answered.status, answered.body) == (200, {"status": "ok", "environment": "dev"})
    assert answered.headers["cache-control"] == "no-store"


def test_a_user_logs_in_and_nobody_else_does(api: Api) -> None:
    """the login of the checks fails, or a wrong password or an unknown name does not"""
    token = api.login()
    assert api.ask("GET", "/api/players", token=token).status == 200
    for name, password in ((NAME, "wrong horse"), ("nobody", PASSWORD)):
        refused = api.ask("POST", "/api/user/login", {"username": name, "password": password})
        assert (refused.status, refused.body["error"]["code"]) == (401, "NotLoggedIn")


def test_without_a_token_that_is_good_only_three_paths_answer(api: Api, token: str) -> None:
    name, until, signed = token.rsplit(".", 2)
    bad = (
        "",
        "x",
        f"{name}.{until}.{'A' * 43}",
        f"{name}.1.{signed}",
        f"{name}.{int(until) + 1}.{signed}",
        f"root.{until}.{signed}",
    )
    for each in bad:
        assert api.ask("GET", "/api/players", token=each).status == 401, each
        assert api.ask("POST", "/api/checks/table", token=each).status == 401
        assert api.ask("PUT", "/api/auth/tokens", {"refresh_token": "x"}, token=each).status == 401
    assert api.ask("GET", f"/api/streams/{'x' * 22}/stream.mp3").status == 404


def test_a_new_password_and_a_removal_end_what_was_logged_in(api: Api) -> None:
    token = api.login("checker")
    newer = api.login("checker", "another password")
    assert api.ask("GET", "/api/players", token=token).status == 401
    assert api.ask("GET", "/api/players", token=newer).status == 200
    assert api.function.invoke({"command": "remove-user", "username": "checker"}).result == {"done": "remove-user"}
    assert api.ask("GET", "/api/players", token=newer).status == 401


def test_players_are_those_that_the_listener_wrote(api: Api, cloud: Cloud, token: str) -> None:
    """GET /api/players is not there, fails in a new environment, or shows what is not so"""
    assert api.ask("GET", "/api/players", token=token).body == {"players": []}  # no other test writes any
    item = {"PK": "PLAYERS", "SK": "PLAYER#p1", "name": "Kitchen"}
    cloud.client("dynamodb", ACCOUNT, REGION).put_item(
        TableName=TABLE, Item={key: {"S": text} for key, text in item.items()}
    )
    assert api.ask("GET", "/api/players", token=token).body == {"players": [{"id": "p1", "name": "Kitchen"}]}


def test_audio_goes_and_comes_by_signed_addresses(api: Api, token: str) -> None:
    """a signed address is refused, or needs a login"""
    assert api.ask("GET", "/api/audio/tune.mp3", token=token).status == 404
    upload = api.ask("PUT", "/api/audio/tune.mp3", token=token).body["url"]
    with urllib.request.urlopen(urllib.request.Request(upload, b"0123456789", method="PUT")) as answered:  # noqa: S310 - of the stand-in
        assert answered.status == 200
    address = api.ask("GET", "/api/audio/tune.mp3", token=token).body["url"]
    with urllib.request.urlopen(address) as answered:  # noqa: S310
        assert answered.read() == b"0123456789"
    assert api.ask("DELETE", "/api/audio/tune.mp3", token=token)[:2] == (204, None)
    assert api.ask("GET", "/api/audio/tune.mp3", token=token).status == 404


def test_the_function_writes_and_reads_its_table_and_leaves_nothing(api: Api, cloud: Cloud, token: str) -> None:
    """the function may not write, does not read what it wrote, or fills the table with every check"""
    table = cloud.client("dynamodb", ACCOUNT, REGION)
    before = table.scan(TableName=TABLE)["Count"]
    assert api.ask("POST", "/api/checks/table", token=token).body == {"written": True, "read": True}
    assert table.scan(TableName=TABLE)["Count"] == before


def test_a_card_is_made_listed_shown_and_deleted(api: Api, cloud: Cloud, token: str) -> None:
    """a card cannot be made, is made of audio that is not there, or stays"""
    wanted = {"title": "Good night 🌙", "audio": "card.mp3"}
    assert api.ask("POST", "/api/cards", wanted, token=token).status == 404
    cloud.client("s3", ACCOUNT, REGION).put_object(Bucket=AUDIO, Key="card.mp3", Body=b"mp3")
    made = api.ask("POST", "/api/cards", wanted, token=token)
    place = f"/api/cards/{made.body['id']}"
    assert made.status == 201
    assert made.body == {**wanted, "id": made.body["id"], "stream": f"/api/streams/{made.body['id']}/stream.mp3"}
    assert api.ask("GET", place, token=token).body == made.body
    assert made.body in api.ask("GET", "/api/cards", token=token).body["cards"]
    assert api.ask("DELETE", place, token=token).status == 204
    assert [api.ask(method, place, token=token).status for method in ("GET", "DELETE")] == [404, 404]


def test_a_player_streams_a_card_without_a_login_and_by_ranges(api: Api, cloud: Cloud, token: str) -> None:
    """a player would have to log in, audio goes through the function, or a player cannot begin in the middle"""
    cloud.client("s3", ACCOUNT, REGION).put_object(Bucket=AUDIO, Key="stream.mp3", Body=b"0123456789")
    card = api.ask("POST", "/api/cards", {"title": "Stream", "audio": "stream.mp3"}, token=token).body
    answered = api.ask("GET", card["stream"])
    assert (answered.status, answered.body) == (302, None)
    asked = urllib.request.Request(answered.headers["location"], headers={"Range": "bytes=4-6"})  # noqa: S310
    with urllib.request.urlopen(asked) as part:  # noqa: S310
        assert (part.status, part.read()) == (206, b"456")


@pytest.mark.requirement("SS-45")
def test_tokens_are_refreshed_and_kept_in_the_table(api: Api, cloud: Cloud, token: str, yoto: YotoServices) -> None:
    """tokens are kept somewhere else, a refresh is lost, or an environment without tokens is an error of the server"""
    key = {"PK": {"S": "USER#admin"}, "SK": {"S": "PROFILE"}}
    table = cloud.client("dynamodb", ACCOUNT, REGION)
    table.update_item(TableName=TABLE, Key=key, UpdateExpression="REMOVE yoto_refresh_token")
    none = api.ask("POST", "/api/auth/refresh", token=token)
    assert (none.status, none.body["error"]["code"]) == (409, "NoTokens")
    assert api.ask("PUT", "/api/auth/tokens", {"refresh_token": "refresh-0"}, token=token).status == 204
    assert set(api.ask("POST", "/api/auth/refresh", token=token).body) == {"expires_at"}
    kept = table.get_item(TableName=TABLE, Key=key)["Item"]
    assert (kept["yoto_refresh_token"]["S"], kept["yoto_access_token"]["S"]) == ("refresh-1", "access-1")
    assert yoto.asked == [{"grant_type": "refresh_token", "client_id": "client-of-yoto", "refresh_token": "refresh-0"}]
    assert api.ask("POST", "/api/auth/refresh", token=token).status == 200
    yoto.good = "spent"
    refused = api.ask("POST", "/api/auth/refresh", token=token)
    assert (refused.status, refused.body["error"]["code"]) == (502, "YotoRefused")
    yoto.statuses = [500, 502, 503]
    silent = api.ask("POST", "/api/auth/refresh", token=token)
    assert (silent.status, silent.body["error"]["code"]) == (502, "YotoUnreachable")


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        (("GET", "/"), 404, "NotFound"),
        (("GET", "/api"), 404, "NotFound"),
        (("GET", "/api/health/"), 404, "NotFound"),
        (("GET", "/api/audio/../secret"), 404, "NotFound"),
        (("DELETE", "/api/health"), 405, "MethodNotAllowed"),
        ((*LOGIN, None), 400, "BadRequest"),
        ((*LOGIN, "[1]"), 400, "BadRequest"),
        ((*LOGIN, "{"), 400, "BadRequest"),
        ((*LOGIN, {"username": "a", "password": 1}), 400, "BadRequest"),
        ((*LOGIN, {"username": "a", "password": "b", "more": "c"}), 400, "BadRequest"),
        ((*LOGIN, "[" * 60_000), 400, "BadRequest"),
        ((*LOGIN, "x" * 70_000), 413, "TooLarge"),
    ],
)
def test_what_cannot_be_right_is_refused_clearly(api: Api, asked: tuple[Any, ...], status: int, code: str) -> None:
    refused = api.ask(*asked)
    assert (refused.status, refused.body["error"]["code"]) == (status, code)
    assert refused.body["error"]["message"]
    assert refused.body["correlation_id"] == refused.headers["x-correlation-id"] == "given-by-the-api"


def test_a_body_in_base64_is_read_and_one_that_is_no_text_refused(api: Api) -> None:
    event = {**api.event("POST", "/api/user/login", "e30="), "isBase64Encoded": True}
    assert api.send(event).body["error"]["message"].startswith("username is missing")
    assert api.send({**event, "body": "////"}).body["error"]["message"] == "the body is no text in UTF-8"


def test_a_request_is_told_by_its_route_under_the_name_that_its_sender_gave(api: Api, function: Runtime) -> None:
    assert api.ask("GET", "/api/health", **{"X-Correlation-Id": "mine-1"}).headers["x-correlation-id"] == "mine-1"
    told = lines(function)[-1]
    assert {key: told[key] for key in ("message", "route", "status", "correlation_id", "service", "level")} == {
        "message": "answered", "route": "GET /api/health", "status": 200, "correlation_id": "mine-1",
        "service": "api", "level": "INFO",
    }  # fmt: skip
    bad = api.ask("GET", "/api/health", **{"X-Correlation-Id": "line\nbreak"})
    assert bad.headers["x-correlation-id"] == "given-by-the-api"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ({}, "username is missing"),
        ({"command": "put-user", "username": "Admin", "password": PASSWORD}, "username is missing"),
        ({"command": "put-user", "username": "admin", "password": "short"}, "password is missing"),
        ({"command": "drop-table", "username": "admin"}, "expected put-user or remove-user"),
    ],
)
def test_a_command_that_cannot_be_right_fails(function: Runtime, command: dict[str, str], message: str) -> None:
    error = function.invoke(command).error
    assert error["errorType"] == "CommandInvalid"
    assert message in error["errorMessage"]


def test_tokens_of_yoto_stay_when_a_user_is_removed(api: Api, cloud: Cloud, token: str) -> None:
    api.ask(
        "PUT",
        "/api/auth/tokens",
        {"refresh_token": "kept", "access_token": "kept too", "expires_in": "60"},
        token=token,
    )
    api.ask("PUT", "/api/auth/tokens", {"refresh_token": "kept", "expires_in": "60"}, token=token)
    api.function.invoke({"command": "remove-user", "username": NAME})
    key = {"PK": {"S": "USER#admin"}, "SK": {"S": "PROFILE"}}
    kept = cloud.client("dynamodb", ACCOUNT, REGION).get_item(TableName=TABLE, Key=key)["Item"]
    assert set(kept) == {"PK", "SK", "yoto_refresh_token", "yoto_access_token", "yoto_token_expires_at"}
    api.login()
