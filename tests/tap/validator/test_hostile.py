"""Malformed and hostile inputs: each is refused by name, and leaves nothing in database, bucket and table."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stackgen.local.cloud import Cloud
from stacks.tap.images.validator import transaction
from stacks.tap.images.validator.currencies import DECIMALS
from stacks.tap.images.validator.doors import Door
from stacks.tap.images.validator.problems import Problem
from stacks.tap.images.validator.validation import Services
from tests.tap.mariadb import MariaDb
from tests.tap.validator.hostile import AMOUNTS, BODIES, OTHERS, TEXTS
from tests.tap.validator.world import SESSION, World, wanted

LIMIT = Decimal(1_000_000)
FIELDS = ("transaction_id", "account_id", "session_id", "currency")


def codes(given: object) -> list[str]:
    return [each.code for each in transaction.read(given, LIMIT).problems]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_that_is_no_identifier_is_refused_in_every_field(field: str, text: str) -> None:
    assert codes(wanted(**{field: text})) == ["currency_unknown" if field == "currency" else f"{field}_format"]


@pytest.mark.parametrize(("amount", "code"), AMOUNTS.values(), ids=AMOUNTS)
def test_an_amount_is_exact_or_it_is_refused(amount: Any, code: str) -> None:
    assert codes(wanted(amount=amount)) == [code]


@pytest.mark.parametrize(("value", "expected"), OTHERS.values(), ids=OTHERS)
def test_all_that_is_wrong_with_an_input_is_told_at_once(value: Any, expected: list[str]) -> None:
    assert codes(value) == expected


@pytest.mark.parametrize(("body", "code"), BODIES.values(), ids=BODIES)
def test_a_body_that_two_readers_could_read_differently_is_refused(body: Any, code: str) -> None:
    found = Door.of({"requestContext": {}, "body": body}, "r").given
    assert isinstance(found, Problem)
    assert found.code == code


def test_a_request_without_a_body_is_one_of_http_all_the_same() -> None:
    door = Door.of({"version": "2.0", "requestContext": {"requestId": "api-1"}}, "r")
    assert isinstance(door.given, Problem)
    assert (door.given.code, door.correlation_id, door.is_http) == ("body_missing", "api-1", True)


def test_a_body_in_base64_is_read_and_one_that_is_none_is_refused() -> None:
    def read(text: str) -> object:
        return Door.of({"requestContext": {}, "body": text, "isBase64Encoded": True}, "r").given

    assert read(base64.b64encode(json.dumps(wanted()).encode()).decode()) == wanted()
    for text in ("no base64!", base64.b64encode(b"\xff\xfe").decode()):
        found = read(text)
        assert isinstance(found, Problem)
        assert found.code == "body_encoding"


@pytest.mark.parametrize("text", ["[" * 100, '\\"' + "{" * 100, "]" * 100])
def test_brackets_in_a_text_are_no_nesting(text: str) -> None:
    assert Door.of({"requestContext": {}, "body": json.dumps({"x": text})}, "r").given == {"x": text}


@pytest.mark.parametrize("amount", ["0.01", "12.5", "12.50", "1000000", 1, 1_000_000])
def test_an_amount_that_is_right_is_read_as_it_is(amount: Any) -> None:
    found = transaction.read(wanted(amount=amount), LIMIT).transaction
    assert found is not None
    assert found.amount == Decimal(amount)


@pytest.mark.parametrize("currency", DECIMALS)
def test_every_currency_takes_its_decimals_and_not_one_more(currency: str) -> None:
    decimals = DECIMALS[currency]
    assert codes(wanted(currency=currency, amount=f"1.{'1' * decimals}" if decimals else "1")) == []
    assert codes(wanted(currency=currency, amount=f"1.{'1' * (decimals + 1)}")) == ["amount_precision"]


@pytest.fixture(scope="module")
def still_world(shared_server: MariaDb) -> Iterator[World]:
    """A world that no test of this module changes, which is what they are about."""
    database = shared_server.database()
    with Cloud() as cloud:
        yield World.on(cloud, database)
    shared_server.drop(database)


@pytest.fixture(scope="module")
def still_services(still_world: World) -> Services:
    return still_world.services()


def test_no_hostile_input_writes_anything_anywhere(still_world: World, still_services: Services) -> None:
    before = still_world.everything()
    inputs: list[object] = [wanted(**{field: text}) for field in FIELDS for text in TEXTS.values()]
    inputs += [wanted(amount=amount) for amount, _ in AMOUNTS.values()]
    inputs += [value for value, _ in OTHERS.values()]
    assert len(inputs) > 150
    for each in inputs:
        verdict = still_world.judge(each, still_services)
        assert verdict.answer()["valid"] is False
        assert 400 <= verdict.status <= 401
    assert still_world.everything() == before


FIELD_VALUES = st.one_of(
    st.sampled_from([SESSION, "tx-1", "EUR", "12.50", "1e5", *TEXTS.values()]),
    st.text(),
    st.integers(),
    st.floats(),
    st.none(),
    st.booleans(),
)
JSON = st.recursive(
    FIELD_VALUES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
) | st.fixed_dictionaries({}, optional=dict.fromkeys(transaction.FIELDS, FIELD_VALUES))
"""Any value of JSON; and objects that have the right fields, more often than chance would have it."""


@given(JSON)
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_json_gets_a_verdict_and_writes_only_where_it_is_valid(
    still_world: World, still_services: Services, value: Any
) -> None:
    rows = len(still_world.rows())
    answer = still_world.judge(value, still_services).answer()
    json.dumps(answer)
    written = len(still_world.rows()) - rows
    assert answer["valid"] is (answer["statusCode"] == 200)
    assert written == 0 or answer["valid"]


@given(JSON, st.text())
@settings(max_examples=300, deadline=None)
def test_any_event_has_a_door_and_a_name_for_the_logs(value: Any, request_id: str) -> None:
    for event in (
        value,
        {"requestContext": value, "body": value, "headers": value},
        {"requestContext": {}, "body": "["},
    ):
        door = Door.of(event, request_id)
        assert door.correlation_id.isascii()
        assert len(door.correlation_id) <= 64
