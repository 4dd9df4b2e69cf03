"""CloudFormation is answered in every case, once, in its form, and hears no secret."""

from __future__ import annotations

import io
import json
import threading
import time
from typing import Any

import pymysql
import pytest
from aws_lambda_powertools import Logger
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stacks.tap.images.migration import errors
from stacks.tap.images.migration.answer import MOST, Answer, send
from stacks.tap.images.migration.errors import AnswerLost, MigrationError, OutOfTime
from stacks.tap.images.migration.migrating import Outcome
from stacks.tap.images.migration.request import Request
from stacks.tap.images.migration.responding import respond
from stacks.tap.images.migration.watchdog import Watchdog
from tests.tap.migration.desk import SIGNATURE, Desk

LOG = Logger(service="test", stream=io.StringIO())
OURS = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, MigrationError)]
PROPERTIES = {
    "ClusterEndpoint": "aurora.example", "ClusterIdentifier": "aurora-cluster-dev", "DatabaseName": "transactions",
    "DatabasePort": "3306", "SchemaVersion": "3",
}  # fmt: skip

texts = st.builds(str.__mul__, st.text(st.characters(codec=None), max_size=20), st.sampled_from([1, 30, 1000]))
raised = st.one_of(
    st.builds(
        lambda kind, text: kind(text, 1) if kind is errors.StatementFailed else kind(text), st.sampled_from(OURS), texts
    ),
    st.builds(
        lambda kind, text: kind(text),
        st.sampled_from(
            [OSError, ValueError, KeyError, MemoryError, RecursionError, SystemExit, KeyboardInterrupt, GeneratorExit,
             pymysql.err.InternalError, pymysql.err.OperationalError]
        ),
        texts,
    ),
)  # fmt: skip


@pytest.mark.requirement("TAP-19", "TAP-44")
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(error=raised, kind=st.sampled_from(["Create", "Update"]))
def test_whatever_is_raised_cloudformation_hears_of_it_once(desk: Desk, error: BaseException, kind: str) -> None:
    """an exception that nobody thought of leaves the stack waiting, or an answer is too long to be taken"""

    def work() -> Outcome:
        raise error

    desk.puts.clear()
    respond(desk.request(kind, ResourceProperties=PROPERTIES), work, LOG)
    (put,) = desk.puts
    assert put.said["Status"] == "FAILED"
    assert put.said["PhysicalResourceId"] == "schema-aurora-cluster-dev"
    assert type(error).__name__ in put.said["Reason"]
    assert len(put.body) <= MOST
    assert not put.content_type


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    event=st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ["RequestType", "ResourceProperties", "OldResourceProperties", "PhysicalResourceId", "LogicalResourceId",
             "RequestId", "StackId"],
            anything,
        ),
    )
)  # fmt: skip
def test_whatever_is_asked_is_answered(desk: Desk, event: dict[str, Any]) -> None:
    def work() -> Outcome:
        return Outcome(Request.from_event(event).version)

    desk.puts.clear()
    respond({**event, "ResponseURL": desk.url()}, work, LOG)
    (put,) = desk.puts
    assert put.said["Status"] == ("SUCCESS" if event.get("RequestType") == "Delete" else "FAILED")
    assert put.said["PhysicalResourceId"]
    for name in ("StackId", "RequestId", "LogicalResourceId"):
        assert put.said[name] == str(event.get(name, ""))


@pytest.mark.requirement("TAP-18", "TAP-25")
def test_a_deletion_touches_nothing_and_succeeds(desk: Desk) -> None:
    """a stack whose database is gone, or does not answer, cannot be deleted"""

    def work() -> Outcome:
        pytest.fail("the database was asked")

    respond(desk.request("Delete", ResourceProperties={}), work, LOG)
    (put,) = desk.puts
    assert (put.said["Status"], put.said["PhysicalResourceId"]) == ("SUCCESS", "schema-aurora-cluster-dev")


@pytest.mark.requirement("TAP-18")
def test_the_resource_keeps_its_id_whatever_happens(desk: Desk) -> None:
    """another id at an update, or after a failure, makes CloudFormation replace the resource"""

    def fail() -> Outcome:
        raise ValueError

    for kind in ("Create", "Update", "Delete"):
        for work in (lambda: Outcome(3), fail):
            respond(desk.request(kind, ResourceProperties=PROPERTIES), work, LOG)
    assert [put.said["PhysicalResourceId"] for put in desk.puts] == ["schema-aurora-cluster-dev"] * 6


def test_every_property_that_is_wrong_is_named_at_once(desk: Desk) -> None:
    wrong = {"ClusterEndpoint": "a b", "DatabaseName": "x;y", "DatabasePort": "0", "SchemaVersion": "1.5"}
    with pytest.raises(errors.RequestInvalid) as refused:
        Request.from_event(desk.request("Create", ResourceProperties=wrong))
    for name, value in wrong.items():
        assert f"{name} must be" in str(refused.value)
        assert repr(value) in str(refused.value)


@pytest.mark.parametrize("refusals", [(503,), (500, 503, 500)])
def test_an_answer_that_is_refused_for_now_is_given_again(refusals: tuple[int, ...]) -> None:
    with Desk(*refusals) as desk:
        send(desk.request("Create"), Answer("failed"), sleep=lambda _: None)
        assert len(desk.puts) == 1


def test_an_answer_that_is_not_confirmed_in_time_is_given_again_and_is_the_same() -> None:
    with Desk(unconfirmed=2) as desk:
        send(desk.request("Create"), Answer("failed"), sleep=lambda _: None, seconds=0.2)
        assert desk.asked >= 3
        assert len(desk.puts) == 1


def test_an_answer_that_nobody_takes_is_an_error_of_the_function_and_does_not_show_the_url() -> None:
    with Desk(*[403] * 9) as desk:
        with pytest.raises(AnswerLost, match="after 4 attempts: status 403") as lost:
            send(desk.request("Create"), Answer(), sleep=lambda _: None)
        assert not desk.puts
        closed = desk.request("Create")
    assert SIGNATURE not in repr(lost.value)
    with pytest.raises(AnswerLost, match="after 4 attempts: URLError"):
        send(closed, Answer(), sleep=lambda _: None)


@pytest.mark.parametrize("url", [None, 7, "", "file:///etc/passwd", "ftp://127.0.0.1/"])
def test_only_an_address_of_the_web_is_answered_to(url: object) -> None:
    with pytest.raises(AnswerLost, match="no URL"):
        send({"ResponseURL": url}, Answer())


def test_a_secret_is_taken_out_of_a_reason(desk: Desk) -> None:
    def work() -> Outcome:
        raise errors.DatabaseRefused("it says geheim")

    respond(desk.request("Create"), work, LOG, hidden=lambda text: text.replace("geheim", "***"))
    assert desk.puts[-1].said["Reason"] == "DatabaseRefused: it says ***"


@pytest.mark.requirement("TAP-D22", "TAP-19")
def test_the_watchdog_tells_while_the_work_still_hangs_and_the_work_does_nothing_more(desk: Desk) -> None:
    """a function that is stopped at its limit has answered nothing, or goes on after it told of a failure"""
    released, ended = threading.Event(), threading.Event()
    went_on: list[str] = []
    watchdog: Watchdog[Outcome] = Watchdog(0.2)

    def work() -> Outcome:
        released.wait(60)
        try:
            watchdog.going_on()
            went_on.append("another statement")
        finally:
            ended.set()
        return Outcome(1)

    began = time.monotonic()
    respond(desk.request("Create"), lambda: watchdog.run(work), LOG)
    assert 0.2 <= time.monotonic() - began < 15
    assert json.loads(desk.puts[0].body)["Reason"].startswith("OutOfTime: not done within 0 s; what was done is kept")
    released.set()
    assert ended.wait(20)
    assert not went_on
    assert len(desk.puts) == 1


def test_the_watchdog_lets_answers_and_errors_through() -> None:
    assert Watchdog[int](20).run(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        Watchdog[float](20).run(lambda: 1 / 0)
    with pytest.raises(OutOfTime):
        Watchdog[None](-1).run(lambda: time.sleep(0.05))
