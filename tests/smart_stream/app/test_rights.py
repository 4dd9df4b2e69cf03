"""What the application asks AWS for is what its roles may do: all else is refused here, and nothing of it is asked.

The stand-in has no permissions of its own; the policies are those of the template.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from api.routes import ROUTES
from smartstream.table import Table
from smartstream.tokens import OWNER, Tokens, link
from stackgen.local.cloud import Cloud
from stackgen.local.faults import Fail
from stackgen.local.wire import Call
from tests.smart_stream.app.api import TABLE, Api, runtime
from tests.smart_stream.app.mosquitto import Mosquitto
from tests.smart_stream.app.process import Process
from tests.smart_stream.app.yoto import YotoServices
from tests.smart_stream.deployment import ACCOUNT, REGION
from tests.smart_stream.translation import written

ANOTHER_NAME = {"s3:HeadObject": "s3:GetObject", "s3:ListObjectsV2": "s3:ListBucket"}
"""The right to an operation that has another name."""


def actions(*documents: dict[str, Any]) -> set[str]:
    statements = [each for document in documents for each in document["Statement"]]
    return {action for each in statements for action in each["Action"]}


@contextmanager
def with_rights_to(cloud: Cloud, allowed: set[str]) -> Iterator[list[str]]:
    """Refuse all other actions; gives those that were refused."""
    refused: list[str] = []

    def is_refused(call: Call) -> bool:
        action = ANOTHER_NAME.get(str(call), str(call))
        if action not in allowed:
            refused.append(action)
        return action not in allowed

    cloud.faults.add("*", Fail("AccessDeniedException", "no right", 400), times=None, when=is_refused)
    yield refused
    cloud.faults.clear()


@pytest.fixture
def yoto() -> Iterator[YotoServices]:
    with YotoServices("p1") as services:
        yield services


@pytest.mark.requirement("SS-15")
def test_the_function_asks_for_nothing_that_its_role_lacks(cloud: Cloud, tmp_path: Path, yoto: YotoServices) -> None:
    """a path of the API works here, and is denied to the function where it is deployed"""
    role = written()["Resources"]["ApiFunctionRole"]["Properties"]["Policies"]
    with (
        with_rights_to(cloud, actions(*(each["PolicyDocument"] for each in role))) as refused,
        runtime(cloud, tmp_path, YOTO_LOGIN_URL=yoto.url, YOTO_API_URL=yoto.url) as function,
    ):
        api = Api(function)
        token = api.login()
        assert api.ask("GET", "/api/health").status == 200
        assert api.ask("PUT", "/api/auth/tokens", {"refresh_token": "refresh-0"}, token=token).status == 204
        assert api.ask("POST", "/api/auth/refresh", token=token).status == 200
        assert api.ask("GET", "/api/players", token=token).status == 200
        assert api.ask("POST", "/api/checks/table", token=token).status == 200
        upload = api.ask("PUT", "/api/audio/x.mp3", token=token).body["url"]
        urllib.request.urlopen(urllib.request.Request(upload, b"x", method="PUT")).close()  # noqa: S310 - the stand-in
        urllib.request.urlopen(api.ask("GET", "/api/audio/x.mp3", token=token).body["url"]).close()  # noqa: S310
        card = api.ask("POST", "/api/cards", {"title": "X", "audio": "x.mp3"}, token=token).body
        assert api.ask("GET", card["stream"]).status == 302
        assert api.ask("GET", "/api/cards", token=token).status == 200
        assert api.ask("GET", f"/api/cards/{card['id']}", token=token).status == 200
        assert api.ask("DELETE", f"/api/cards/{card['id']}", token=token).status == 204
        assert api.ask("DELETE", "/api/audio/x.mp3", token=token).status == 204
        for name in ("admin", "somebody"):
            assert function.invoke({"command": "remove-user", "username": name}).error is None
        asked = {json.loads(line).get("route") for line in function.log().splitlines() if line.startswith("{")}
    assert refused == []
    assert {f"{each.method} {each.path}" for each in ROUTES} <= asked


@pytest.mark.requirement("SS-20")
def test_the_listener_asks_for_nothing_that_its_role_lacks(cloud: Cloud, tmp_path: Path, yoto: YotoServices) -> None:
    """the listener hears players here, and is denied the table where it is deployed"""
    table = Table(cloud.client("dynamodb", ACCOUNT, REGION), TABLE)
    link(table, Tokens("refresh-0"))
    folder = tmp_path / "broker"
    folder.mkdir()
    policy = written()["Resources"]["MQTTTaskPolicy"]["Properties"]["PolicyDocument"]
    with (
        Mosquitto(folder) as broker,
        with_rights_to(cloud, actions(policy)) as refused,
        Process(tmp_path / "listener", cloud, broker, yoto) as process,
    ):
        process.until_it_says("listens")
        broker.publish({"device/p1/data/events": "{}"})
        process.until(lambda: "last_events" in (table.get("PLAYERS", "PLAYER#p1") or {}))
        assert process.stop() == 0
    assert refused == []
    table.delete(*OWNER)
