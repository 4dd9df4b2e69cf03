"""The validator's image as Lambda runs it: its entry point, its client, its own environment; no Docker."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stackgen.local.cloud import Cloud
from tests.tap.mariadb import MariaDb
from tests.tap.runtime import Runtime
from tests.tap.validator.hostile import nested
from tests.tap.validator.world import LATE, SESSION, World, wanted

RIGHT = {"statusCode": 200, "valid": True, "errors": []}


def running(world: World, folder: Path) -> Runtime:
    return Runtime("validator", folder, {**world.variables, "AWS_ENDPOINT_URL": world.cloud.url, "LOG_LEVEL": "INFO"})


def http(body: object, **headers: str) -> dict[str, Any]:
    """As an HTTP API sends it, payload format 2.0."""
    return {
        "version": "2.0",
        "routeKey": "POST /transactions",
        "headers": {"content-type": "application/json", **headers},
        "requestContext": {"requestId": "api-request-1", "http": {"method": "POST", "path": "/transactions"}},
        "body": body,
        "isBase64Encoded": False,
    }


def lines(log: str) -> list[dict[str, Any]]:
    """The entries of a log; what is no JSON comes from the runtime client."""
    return [json.loads(line) for line in log.splitlines() if line.startswith("{")]


@pytest.mark.requirement("TAP-12", "TAP-34", "TAP-44")
def test_direct_invocations_get_verdicts_and_a_log_without_secrets(world: World, tmp_path: Path) -> None:
    """the image makes no function, a verdict is wrong, or a password, a session or an account is in the log"""
    with running(world, tmp_path) as function:
        first = function.invoke(wanted(correlation_id="order-7"))
        again = function.invoke(wanted())
        conflict = function.invoke(wanted(amount="13"))
        late = function.invoke(wanted(session_id=LATE, transaction_id="tx-2"))
        wrong = function.invoke({"amount": 1.5, "currency": "'; DROP TABLE transactions; --"})
        deep = function.invoke(nested(300))
        log = function.log()
    assert first == again == (RIGHT, None)
    assert [each.result["statusCode"] for each in (conflict, late, wrong, deep)] == [409, 401, 400, 400]
    assert [each["code"] for each in wrong.result["errors"]] == [
        "transaction_id_missing",
        "currency_unknown",
        "amount_inexact",
        "account_id_missing",
        "session_id_missing",
    ]
    told = lines(log)
    assert [(each["kind"], each["status"]) for each in told] == [
        ("accepted", 200),
        ("repeated", 200),
        ("conflict", 409),
        ("refused", 401),
        ("refused", 400),
        ("refused", 400),
    ]
    assert (told[0]["correlation_id"], told[0]["function_request_id"]) == ("order-7", "request-1")
    assert told[1]["correlation_id"] == told[1]["function_request_id"] == "request-2"
    for secret in (world.server.password, SESSION, LATE, "account-1", "12.50", "DROP TABLE"):
        assert secret not in log, secret
    assert len(world.rows()) == len(world.objects()) == 1


def test_a_caller_through_an_http_api_is_answered_in_http(world: World, tmp_path: Path) -> None:
    with running(world, tmp_path) as function:
        right = function.invoke(http(json.dumps(wanted()), **{"x-correlation-id": "order-8"})).result
        twice = function.invoke(http('{"amount": "1", "amount": "2"}')).result
    assert (right["statusCode"], json.loads(right["body"])) == (200, {"valid": True, "errors": []})
    assert right["headers"]["x-correlation-id"] == "order-8"
    assert (twice["statusCode"], json.loads(twice["body"])["errors"][0]["code"]) == (400, "body_repeats")
    assert twice["headers"]["x-correlation-id"] == "api-request-1"


def test_text_that_is_no_json_never_reaches_the_code_and_writes_nothing(world: World, tmp_path: Path) -> None:
    before = world.everything()
    with running(world, tmp_path) as function:
        refused = function.invoke(wanted(amount=float("nan")))
        assert refused.error is not None or refused.result["valid"] is False
        assert function.invoke(wanted(amount=True)).result["statusCode"] == 400  # and it lives
    assert world.everything() == before


@pytest.mark.requirement("TAP-44")
def test_a_database_that_is_down_is_an_error_to_a_direct_caller_and_503_to_another(
    cloud: Cloud, server: MariaDb, tmp_path: Path
) -> None:
    """alarms see no failed invocation, a caller reads of the inside, or the function does not recover"""
    world = World.on(cloud, server.database())
    with running(world, tmp_path) as function:
        assert function.invoke(wanted()) == (RIGHT, None)
        server.kill()
        direct = function.invoke(wanted(transaction_id="tx-2"))
        through = function.invoke(http(json.dumps(wanted(transaction_id="tx-2")))).result
        server.start()
        assert function.invoke(wanted(transaction_id="tx-2")) == (RIGHT, None)
        log = function.log()
    assert direct.error["errorType"] == "DatabaseUnavailable"
    assert direct.error["errorMessage"].startswith("the database did not answer, also after several attempts: error 2")
    assert (through["statusCode"], json.loads(through["body"])["errors"][0]["code"]) == (503, "unavailable")
    assert server.host not in through["body"]
    failed = [each for each in lines(log) if each["level"] == "ERROR"]
    assert [(each["message"], each["error"]) for each in failed] == [("no verdict", "DatabaseUnavailable")] * 2
    assert server.password not in f"{log}{direct.error}"


def test_a_function_that_is_not_set_up_says_all_that_is_missing(world: World, tmp_path: Path) -> None:
    variables = {"AWS_ENDPOINT_URL": world.cloud.url, "SESSION_TABLE": "sessions-dev", "AMOUNT_LIMIT": "1e6"}
    with Runtime("validator", tmp_path, variables) as function:
        said = function.invoke(wanted()).error
    assert said["errorType"] == "SettingInvalid"
    assert said["errorMessage"] == (
        "environment variables: AUDIT_BUCKET is not set, DATABASE_PARAMETERS_PATH is not set, "
        "PASSWORD_PARAMETER is not set, AMOUNT_LIMIT is no whole number"
    )
