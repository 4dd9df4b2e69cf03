"""Addresses that verify asks, over real TLS; and what it makes of the states that the stand-in never has."""

from __future__ import annotations

import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from stackgen.deploy.verifying.addresses import asked
from stackgen.deploy.verifying.resources import seen
from stackgen.deploy.verifying.settings import Address
from tests.certificates import HOST, certificates

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Door(BaseHTTPRequestHandler):
    """Answers 200 at /health, and sends whoever asks anything else there."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health" else 302)
        self.send_header("Location", "/health")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An address whose certificate is trusted in this test alone."""
    made = certificates(tmp_path)
    server = HTTPServer((HOST, 0), Door)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("SSL_CERT_FILE", str(made.authority))
    yield f"https://{HOST}:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_address_has_to_answer_with_its_status_and_redirects_are_not_followed(door: str) -> None:
    assert asked(Address("health", f"{door}/health", 200)).is_right
    moved = asked(Address("home", f"{door}/", 200))
    assert (moved.is_right, moved.said) == (False, f"{door}/: 302, expected 200")
    assert asked(Address("home", f"{door}/", 302)).is_right


def test_a_certificate_that_nobody_trusts_is_wrong_and_so_is_nobody_there(
    door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    found = asked(Address("health", f"{door}/health", 200))
    assert not found.is_right
    assert "CERTIFICATE_VERIFY_FAILED" in found.said
    assert not asked(Address("health", "https://127.0.0.1:1/", 200)).is_right


class Ecs:
    """A cluster with one service."""

    def __init__(self, **told: Any) -> None:
        self.told = {"status": "ACTIVE", "runningCount": 2, "desiredCount": 2, "deployments": [{}], **told}

    def describe_services(self, cluster: str, services: list[str]) -> dict[str, Any]:
        if cluster != "shop":
            raise ClientError({"Error": {"Code": "ClusterNotFoundException"}}, "DescribeServices")
        assert services
        return {"services": [self.told] if self.told["status"] else []}


SERVICE = "arn:aws:ecs:us-east-1:111111111111:service/shop/till"
STABLE, ROLLING, FAILED, GONE = (True, False), (False, True), (False, False), (False, False)
SERVICES: dict[str, tuple[dict[str, Any], tuple[bool, bool]]] = {
    "all run": ({}, STABLE),
    "one is missing": ({"runningCount": 1}, ROLLING),
    "a new version comes": ({"deployments": [{}, {}]}, ROLLING),
    "a new version failed": ({"runningCount": 1, "deployments": [{"rolloutState": "FAILED"}, {}]}, FAILED),
    "it is gone": ({"status": "INACTIVE"}, GONE),
    "nobody knows it": ({"status": ""}, GONE),
}


@pytest.mark.parametrize(("told", "expected"), SERVICES.values(), ids=SERVICES)
def test_a_service_is_right_when_all_its_tasks_run_in_one_version(
    told: dict[str, Any], expected: tuple[bool, bool]
) -> None:
    found = seen("AWS::ECS::Service", SERVICE, lambda _: Ecs(**told))
    assert (found.is_right, found.may_settle) == expected


def test_what_aws_does_not_know_is_gone_and_what_it_refuses_is_raised() -> None:
    assert seen("AWS::ECS::Service", SERVICE.replace("/shop/", "/stock/"), lambda _: Ecs()).said == "it does not exist"
    denied = ClientError({"Error": {"Code": "AccessDeniedException"}}, "DescribeTable")

    class Refusing:
        def describe_table(self, TableName: str) -> dict[str, Any]:
            assert TableName == "sales"
            raise denied

    with pytest.raises(ClientError, match="AccessDeniedException"):
        seen("AWS::DynamoDB::Table", "sales", lambda _: Refusing())
