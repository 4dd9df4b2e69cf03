"""Yoto's tokens in the table: one refresh at a time, and none that undoes what a person did meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NoReturn

import pytest

from smartstream.errors import NoTokens, RefreshRuns, YotoRefused
from smartstream.table import Table
from smartstream.tokens import LEASE, OWNER, Tokens, link, refresh, tokens
from smartstream.yoto import Fresh, Yoto
from stackgen.local.cloud import Cloud
from tests.smart_stream.app.api import TABLE
from tests.smart_stream.app.yoto import YotoServices
from tests.smart_stream.deployment import ACCOUNT, REGION

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


@pytest.fixture
def table(cloud: Cloud) -> Iterator[Table]:
    made = Table(cloud.client("dynamodb", ACCOUNT, REGION), TABLE)
    yield made
    made.delete(*OWNER)


@pytest.fixture
def yoto() -> Iterator[YotoServices]:
    with YotoServices() as services:
        yield services


def client(services: YotoServices) -> Yoto:
    return Yoto("client-of-yoto", services.url, services.url)


@pytest.mark.requirement("SS-45")
def test_a_refresh_keeps_what_it_was_given(table: Table, yoto: YotoServices) -> None:
    """the next refresh uses a token that is spent"""
    link(table, Tokens("refresh-0"))
    made = refresh(table, client(yoto), NOW)
    assert made == tokens(table) == Tokens("refresh-1", "access-1", NOW + timedelta(hours=1))
    assert made.are_good(NOW, timedelta(minutes=59))
    assert not made.are_good(NOW, timedelta(minutes=60))
    assert refresh(table, client(yoto), NOW).refresh == "refresh-2"


def test_where_nobody_linked_there_is_nothing_to_refresh(table: Table, yoto: YotoServices) -> None:
    with pytest.raises(NoTokens):
        refresh(table, client(yoto), NOW)
    assert table.get(*OWNER) is None
    assert yoto.asked == []


def test_of_many_at_once_each_token_is_used_once(table: Table, yoto: YotoServices) -> None:
    link(table, Tokens("refresh-0"))
    outcomes: list[str] = []

    def one() -> None:
        try:
            outcomes.append(refresh(table, client(yoto), NOW).refresh)
        except RefreshRuns:
            outcomes.append("runs")

    threads = [threading.Thread(target=one) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    done = [each for each in outcomes if each != "runs"]
    assert done
    assert sorted(done) == [f"refresh-{number + 1}" for number in range(len(done))]
    assert len(yoto.asked) == len(done)


def test_a_refresh_that_was_cut_off_keeps_others_away_for_its_lease_alone(table: Table, yoto: YotoServices) -> None:
    link(table, Tokens("refresh-0"))
    table.change(*OWNER, {"yoto_refresh_until": (NOW + LEASE).isoformat(timespec="milliseconds")})
    with pytest.raises(RefreshRuns):
        refresh(table, client(yoto), NOW + timedelta(seconds=59))
    assert refresh(table, client(yoto), NOW + timedelta(seconds=61)).refresh == "refresh-1"


def test_a_refusal_leaves_the_tokens_and_the_way_free(table: Table, yoto: YotoServices) -> None:
    link(table, Tokens("spent"))
    for _ in range(2):
        with pytest.raises(YotoRefused, match=r"^127\.0\.0\.1: status 403$"):
            refresh(table, client(yoto), NOW)
    assert tokens(table) == Tokens("spent")


class Relinking(Yoto):
    """Somebody links the environment anew while Yoto answers."""

    def __init__(self, table: Table) -> None:
        super().__init__("client-of-yoto")
        self._table = table

    def refresh(self, token: str) -> Fresh:
        del token
        link(self._table, Tokens("newer"))
        return Fresh("access-of-older", "older", 60)


class CutOff(Yoto):
    def refresh(self, token: str) -> NoReturn:
        raise KeyboardInterrupt(token)


def test_what_a_person_linked_meanwhile_stays(table: Table) -> None:
    link(table, Tokens("refresh-0"))
    assert refresh(table, Relinking(table), NOW) == Tokens("newer")
    assert tokens(table) == Tokens("newer")


def test_whatever_ends_a_refresh_leaves_the_way_free(table: Table, yoto: YotoServices) -> None:
    link(table, Tokens("refresh-0"))
    with pytest.raises(KeyboardInterrupt):
        refresh(table, CutOff("client-of-yoto"), NOW)
    assert refresh(table, client(yoto), NOW).refresh == "refresh-1"


@pytest.mark.parametrize("text", ["", "soon", "2026-01-15T12:00:00", "2026-01-15T12:00:00Z"])
def test_a_moment_of_any_form_is_read(table: Table, text: str) -> None:
    """an item that somebody wrote by hand stops the listener"""
    table.put(*OWNER, {"yoto_refresh_token": "x", "yoto_access_token": "y", "yoto_token_expires_at": text})
    found = tokens(table)
    assert found
    assert found.expires in {NOW, datetime(2000, 1, 1, tzinfo=UTC)}
