"""Real stack events folded into rows of one's own."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.errors import OutputFileError
from stackgen.review.timing.learn import learned
from stackgen.review.timing.rows import Row, rows_of, text_of

START = datetime(2026, 11, 20, 10, tzinfo=UTC)
STACK = "arn:aws:cloudformation:us-east-1:111122223333:stack/shop/1"
QUEUE = "AWS::SQS::Queue"


def event(second: float, status: str, kind: str = QUEUE, name: str = "Queue", **further: Any) -> dict[str, Any]:
    return {
        "StackId": STACK,
        "EventId": f"{name}-{status}-{second}",
        "StackName": "shop",
        "LogicalResourceId": name,
        "PhysicalResourceId": "",
        "ResourceType": kind,
        "Timestamp": (START + timedelta(seconds=second)).isoformat(),
        "ResourceStatus": status,
        **further,
    }


def rows(*events: dict[str, Any], newest_first: bool = True) -> list[Row]:
    listed = list(reversed(events)) if newest_first else list(events)
    return learned({"events.json": json.dumps({"StackEvents": listed})}).rows


CREATED = [event(0, "CREATE_IN_PROGRESS"), event(1, "CREATE_IN_PROGRESS"), event(31, "CREATE_COMPLETE")]


@pytest.mark.parametrize("newest_first", [True, False])
def test_a_creation_lasts_from_its_first_event_to_its_completion(newest_first: bool) -> None:
    (row,) = rows(*CREATED, newest_first=newest_first)
    assert row.key == (QUEUE, "", "create")
    assert (row.low, row.typical, row.high, row.unblock, row.samples) == (31, 31, 31, 31, 1)
    assert (row.basis, row.source, row.date) == ("learned", "stack events in events.json", "2026-11-20")


@pytest.mark.parametrize(
    "configured",
    [{"DetailedStatus": "CONFIGURATION_COMPLETE"}, {"ResourceStatusReason": "Eventual consistency check initiated"}],
)
def test_what_unblocks_is_learned_from_configuration_complete(configured: dict[str, str]) -> None:
    (row,) = rows(CREATED[0], event(2, "CREATE_IN_PROGRESS", **configured), CREATED[-1])
    assert (row.typical, row.unblock) == (31, 2)


def test_samples_become_low_median_and_high() -> None:
    events = []
    for number, seconds in enumerate([10, 50, 20]):
        events += [
            event(0, "CREATE_IN_PROGRESS", name=f"Q{number}"),
            event(seconds, "CREATE_COMPLETE", name=f"Q{number}"),
        ]
    (row,) = rows(*sorted(events, key=lambda each: each["Timestamp"]))
    assert (row.low, row.typical, row.high, row.samples) == (10, 20, 50, 3)


def test_updates_and_deletions_are_learned_apart() -> None:
    found = rows(
        *CREATED,
        event(100, "UPDATE_IN_PROGRESS"),
        event(105, "UPDATE_COMPLETE"),
        event(200, "DELETE_IN_PROGRESS"),
        event(232, "DELETE_COMPLETE"),
    )
    assert {row.operation: (row.typical, row.unblock) for row in found} == {
        "create": (31, 31),
        "update": (5, None),
        "delete": (32, None),
    }


def test_what_failed_tells_nothing_and_what_a_rollback_deletes_was_deleted() -> None:
    found = rows(
        event(0, "CREATE_IN_PROGRESS"),
        event(5, "CREATE_FAILED"),
        event(6, "DELETE_IN_PROGRESS"),
        event(8, "DELETE_COMPLETE"),
    )
    assert [(row.operation, row.typical) for row in found] == [("delete", 2)]


def test_a_retry_counts_from_its_own_beginning() -> None:
    (row,) = rows(
        event(0, "CREATE_IN_PROGRESS"),
        event(5, "CREATE_FAILED"),
        event(50, "CREATE_IN_PROGRESS"),
        event(60, "CREATE_COMPLETE"),
    )
    assert row.typical == 10


def test_the_stack_itself_and_nested_stacks_are_left_out() -> None:
    own = {"kind": "AWS::CloudFormation::Stack", "name": "shop", "PhysicalResourceId": STACK}
    inner = {"kind": "AWS::CloudFormation::Stack", "name": "Network", "PhysicalResourceId": f"{STACK}-inner"}
    events = [event(0, "CREATE_IN_PROGRESS", **own), event(0, "CREATE_IN_PROGRESS", **inner)]
    events += [event(90, "CREATE_COMPLETE", **inner), event(91, "CREATE_COMPLETE", **own)]
    assert rows(*events) == []


def test_the_variant_is_chosen_by_the_events_properties() -> None:
    image = {"kind": "AWS::Lambda::Function", "ResourceProperties": '{"PackageType":"Image"}'}
    broken = {"kind": "AWS::Lambda::Function", "name": "Other", "ResourceProperties": "{"}
    events = [event(0, "CREATE_IN_PROGRESS", **image), event(9, "CREATE_COMPLETE", **image)]
    events += [event(10, "CREATE_IN_PROGRESS", **broken), event(19, "CREATE_COMPLETE", **broken)]
    assert {row.variant for row in rows(*events)} == {"container image, no VPC", "no VPC"}


def test_pages_stacks_and_bare_lists_of_events_are_taken() -> None:
    page = {"StackEvents": CREATED}
    for content in (page, [page], [page, {"StackEvents": []}], CREATED):
        assert len(learned({"e.json": json.dumps(content)}).rows) == 1


def test_the_same_logical_id_in_two_stacks_is_two_resources() -> None:
    other = [{**each, "StackId": f"{STACK}-other"} for each in CREATED]
    (row,) = learned({"e.json": json.dumps([{"StackEvents": CREATED}, {"StackEvents": other}])}).rows
    assert row.samples == 2


def test_learning_again_merges_by_the_number_of_samples() -> None:
    before = Row(QUEUE, "", "create", 9, 10, 11, 2, "learned", "stack events in old.json", "2026-01-01", "", 3)
    result = learned({"new.json": json.dumps(CREATED)}, [before])
    (row,) = result.rows
    assert (row.low, row.typical, row.high, row.samples) == (9, 15.2, 31, 4)  # (3 x 10 + 31) / 4
    assert row.unblock == 9.2  # (3 x 2 + 31) / 4
    assert row.source == "stack events in old.json; stack events in new.json"
    assert rows_of(text_of(result.rows), "times.csv") == result.rows


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{\n"StackEvents": [,]}', "e.json:2: is not JSON"),
        ('{"Stacks": []}', "e.json:1: StackEvents was expected, and an object with Stacks was found"),
        ("[1]", "StackEvents was expected, and int was found"),
        ('"text"', "StackEvents was expected, and str was found"),
        ("[]", "e.json:1: holds no event"),
        ('[{"ResourceStatus": "CREATE_COMPLETE"}]', "event 1 has no Timestamp"),
        ('{"StackEvents": [1]}', "event 1 is no object"),
        (json.dumps([{**CREATED[0], "Timestamp": "yesterday"}]), "event 1: 'yesterday' is no time"),
        (json.dumps([CREATED[0], {**CREATED[1], "Timestamp": "2026-11-20T10:00:00"}]), "mixes times"),
        ("[" * 100_000, "e.json: is nested too deeply"),
    ],
)
def test_broken_input_is_refused_with_what_was_expected(text: str, expected: str) -> None:
    with pytest.raises(OutputFileError) as raised:
        learned({"e.json": text})
    assert expected in str(raised.value)


STATUSES = [f"{name}_{end}" for name in ("CREATE", "UPDATE", "DELETE") for end in ("IN_PROGRESS", "COMPLETE", "FAILED")]


@given(st.lists(st.tuples(st.integers(0, 100), st.sampled_from([*STATUSES, "DELETE_SKIPPED", "X"])), min_size=1))
def test_any_order_of_events_gives_rows_that_can_be_read_again(drawn: list[tuple[int, str]]) -> None:
    events = [event(second, status) for second, status in drawn]
    found = learned({"e.json": json.dumps(events)}).rows
    assert rows_of(text_of(found), "times.csv") == found
    assert all(0 <= row.low <= row.typical <= row.high for row in found)
