"""What an operation came to, carried over to records: the table of statuses, and what never got a result."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from stackgen.deployer.handlers import moments, settling
from stackgen.deployer.handlers.inputs import Pair
from stackgen.deployer.handlers.operations import Operation, Result
from stackgen.deployer.handlers.records import Record
from stackgen.deployer.handlers.settling import Settled, counted, settled
from stackgen.local.clock import Clock
from stackgen.local.virtual import Time, given

HERE = Pair("222222222222", "us-east-1")
THERE = Pair("333333333333", "us-east-1")


@pytest.fixture
def clock() -> Iterator[Clock]:
    clock = Clock()
    with given(moments, time=Time(clock)):
        yield clock


def operation(status: str, ended: datetime | None = None) -> Operation:
    return Operation(status, datetime(2026, 1, 1, tzinfo=UTC), ended, "")


def settle(found: list[Result], how: Operation, before: Record | None = None) -> Settled:
    return settled(3, "op", how, found, {HERE: before or Record(HERE)})


@pytest.mark.requirement("DEP-35", "DEP-39", "DEP-D15")
@pytest.mark.parametrize(
    ("status", "reason", "expected", "detailed"),
    [
        ("SUCCEEDED", "", "SUCCESS", "SUCCEEDED"),
        ("FAILED", "no quota", "FAILED", "FAILED"),
        ("CANCELLED", "Cancelled since failure tolerance has exceeded", "FAILED", "CANCELLED"),
        ("CANCELLED", "This account is suspended.", "FAILED", "SKIPPED_SUSPENDED_ACCOUNT"),
        ("INOPERABLE", "", "FAILED", "INOPERABLE"),
        ("SKIPPED_SUSPENDED_ACCOUNT", "", "FAILED", "SKIPPED_SUSPENDED_ACCOUNT"),
        ("FAILED_IMPORT", "", "FAILED", "FAILED_IMPORT"),
        ("PENDING", "", "PENDING", "PENDING"),
        ("RUNNING", "", "IN_PROGRESS", "RUNNING"),
        ("QUEUED", "", "IN_PROGRESS", "QUEUED"),
    ],
)
def test_the_status_of_a_record_follows_the_result(status: str, reason: str, expected: str, detailed: str) -> None:
    """A result that becomes another status, or an end that counts as none."""
    outcome = settle([Result(HERE, status, reason)], operation("RUNNING"))
    (record,) = outcome.records
    assert (record.status, record.detailed_status, record.batch_index, record.operation_id) == (
        expected, detailed, 3, "op",
    )  # fmt: skip
    assert record.status_reason == (reason if expected == "FAILED" else "")
    assert outcome.is_settled == (expected in ("SUCCESS", "FAILED"))


def test_a_place_without_a_result_waits_while_the_operation_runs() -> None:
    outcome = settle([], operation("RUNNING"))
    assert (outcome.records[0].status, outcome.is_settled) == ("PENDING", False)


@pytest.mark.requirement("DEP-34", "DEP-38", "DEP-D14")
@pytest.mark.parametrize("found", [[], [Result(HERE, "PENDING", "")], [Result(HERE, "RUNNING", "")]])
def test_after_a_grace_of_four_looks_what_has_no_end_has_failed(clock: Clock, found: list[Result]) -> None:
    """A poll that never ends, because a place that was not attempted has no result."""
    ended = operation("FAILED", clock.now())
    clock.advance(59)
    assert not settle(found, ended).is_settled
    clock.advance(2)
    outcome = settle(found, ended)
    assert outcome.is_settled
    (record,) = outcome.records
    assert (record.status, record.detailed_status) == ("FAILED", "NO_RESULT")
    assert record.status_reason == "the operation ended as FAILED without a result here"


def test_an_operation_that_ended_at_no_known_time_is_over(clock: Clock) -> None:
    clock.advance(1)
    assert settle([], operation("STOPPED")).is_settled


def test_what_has_ended_stays_as_it_ended(clock: Clock) -> None:
    done = Record(HERE, "SUCCESS", "SUCCEEDED")
    outcome = settle([Result(HERE, "FAILED", "x")], operation("FAILED", clock.now() - timedelta(hours=1)), done)
    assert (outcome.records, outcome.changed) == ([done], [])


def test_only_what_is_new_counts_as_changed() -> None:
    before = {HERE: Record(HERE, "IN_PROGRESS", "RUNNING", 3, "op"), THERE: Record(THERE, "PENDING", "", 3, "op")}
    found = [Result(HERE, "RUNNING", ""), Result(THERE, "SUCCEEDED", "")]
    outcome = settled(3, "op", operation("RUNNING"), found, before)
    assert [record.pair for record in outcome.changed] == [THERE]


def test_a_result_of_a_foreign_place_is_left_alone() -> None:
    outcome = settle([Result(THERE, "FAILED", "x")], operation("RUNNING"))
    assert [record.pair for record in outcome.records] == [HERE]


def test_records_are_counted_by_their_status() -> None:
    statuses = ["SUCCESS", "FAILED", "FAILED", "PENDING", "IN_PROGRESS"]
    assert counted(Record(HERE, status) for status in statuses) == {
        "total": 5,
        "succeeded": 1,
        "failed": 2,
        "in_progress": 1,
        "pending": 1,
    }
    assert settling.GRACE == 4 * 15
