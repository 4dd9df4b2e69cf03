"""Failures by cause: what differs only in where it happened is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.deployer.handlers.inputs import Pair
from stackgen.deployer.handlers.records import Record
from stackgen.deployer.operating.causes import NO_REASON, grouped, normalised

SAME = {
    "an account": (
        "Account 222222222222 should have 'AWSCloudFormationStackSetExecutionRole' role",
        "Account <account> should have 'AWSCloudFormationStackSetExecutionRole' role",
    ),
    "an ARN": (
        "not authorized on arn:aws:sns:eu-west-1:222222222222:shop-topic, because",
        "not authorized on <arn>, because",
    ),
    "an ARN of another partition": ("at arn:aws-us-gov:s3:::bucket/key (403)", "at <arn> (403)"),
    "a region": ("no such zone in eu-central-1b or us-gov-west-1", "no such zone in <region> or <region>"),
    "an id": ("subnet-0123456789abcdef0 and vpc-1a2b3c4d", "<subnet> and <vpc>"),
    "a request": (
        "Rate exceeded (RequestToken: 0f6a7c1e-1d2b-4c3d-8e9f-0123456789ab, HandlerErrorCode: Throttling)",
        "Rate exceeded (RequestToken: <uuid>, HandlerErrorCode: Throttling)",
    ),
    "a stack": (
        "Stack StackSet-dev-shop-0f6a7c1e-1d2b-4c3d-8e9f-0123456789ab is in ROLLBACK_COMPLETE",
        "Stack <stack> is in ROLLBACK_COMPLETE",
    ),
    "a time": ("since 2026-11-29T16:48:39.123Z it waits", "since <time> it waits"),
    "a digest": ("object 9f86d081884c7d659a2feaa0c55ad015 is gone", "object <id> is gone"),
    "blanks": ("two\n  lines", "two lines"),
    "nothing": ("", NO_REASON),
    "words": (
        "a-b-1 in-place m5.large 3 of 12 Shop-Topic already exists",
        "a-b-1 in-place m5.large 3 of 12 Shop-Topic already exists",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("reason", "expected"), SAME.values(), ids=SAME)
def test_a_reason_loses_what_differs_from_place_to_place(reason: str, expected: str) -> None:
    assert normalised(reason) == expected


ACCOUNT = st.from_regex(r"[0-9]{12}", fullmatch=True)
REGION = st.sampled_from(["us-east-1", "eu-west-3", "ap-southeast-2", "us-gov-east-1", "cn-north-1"])
UUID = st.uuids().map(str)


@given(st.lists(st.tuples(ACCOUNT, REGION, UUID), min_size=1, max_size=20))
def test_one_cause_everywhere_is_one_cause(places: list[tuple[str, str, str]]) -> None:
    records = [
        Record(
            Pair(account, region),
            "FAILED",
            "FAILED",
            0,
            "",
            f"arn:aws:iam::{account}:role/x in {region}: no ({request})",
        )
        for account, region, request in places
    ]
    found = grouped(records)
    assert [cause.reason for cause in found.causes] == ["<arn> in <region>: no (<uuid>)"]
    assert found.failures == len(places)


@given(st.text(max_size=200))
def test_what_was_normalised_stays_as_it_is(reason: str) -> None:
    assert normalised(normalised(reason)) == normalised(reason)


def record(number: int, status: str = "FAILED", detailed: str = "FAILED", **more: object) -> Record:
    return Record(Pair(f"{number:012}", "eu-west-1"), status, detailed, 0)._replace(**more)  # type: ignore[arg-type]  # by name


def test_what_was_cancelled_is_no_cause_and_nothing_is_counted_twice() -> None:
    cancelled = [record(number, detailed="CANCELLED") for number in range(10, 47)]
    never = [record(50, detailed="NOT_ATTEMPTED", status_reason="not attempted"), record(51, detailed="")]
    failed = [record(number, status_reason=f"Account {number:012} is full") for number in range(3)]
    fine = [record(90, "SUCCESS", "SUCCEEDED"), record(91, "IN_PROGRESS", "RUNNING")]
    found = grouped([*fine, *cancelled, *never, *failed])
    assert (len(found.cancelled), found.failures, len(found.causes)) == (39, 3, 1)
    assert found.causes[0].example == "Account 000000000000 is full"
    assert [pair.account_id for pair in found.causes[0].pairs] == [f"{number:012}" for number in range(3)]


def test_causes_come_by_how_often_they_struck() -> None:
    found = grouped([record(1, status_reason="b"), record(2, status_reason="c"), record(3, status_reason="c")])
    assert [(cause.reason, len(cause.pairs)) for cause in found.causes] == [("c", 2), ("b", 1)]


def test_without_a_reason_the_first_failure_of_the_stack_is_one() -> None:
    events = ("Stack: CREATE_FAILED - The following resource failed", "Topic: CREATE_FAILED - Topic already exists")
    found = grouped([record(1, stack_events=events), record(2, detailed="NO_RESULT", status_reason="without a result")])
    assert {cause.reason for cause in found.causes} == {events[1], "without a result"}
    assert found.causes[1].events == events or found.causes[0].events == events
