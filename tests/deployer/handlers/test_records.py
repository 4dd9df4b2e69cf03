"""One record for each target: written in batches before anything is touched, and never brought back from its end."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.deployer.handlers import records
from stackgen.deployer.handlers.errors import RecordsNotRead, RecordsNotWritten, Transient
from stackgen.deployer.handlers.inputs import Build, Pair
from stackgen.deployer.handlers.records import Record
from stackgen.local.dynamodb import LeaveUnprocessed
from stackgen.local.faults import Fail, LoseAnswer, Throttle
from tests.deployer.handlers.field import HERE, THERE, A, B, Field
from tests.deployer.handlers.installation import FunctionFailed


def shown(*pairs: Pair) -> list[dict[str, str]]:
    return [pair.shown() for pair in pairs]


def many(number: int) -> list[Pair]:
    return [Pair(f"{each:012}", HERE) for each in range(number)]


def initialize(field: Field, build: Build, pairs: list[Pair], **more: Any) -> int:
    answer = field.call("initialize_deployments", build, targets=shown(*pairs), **more)
    return int(answer["initialized_count"])


@pytest.mark.requirement("DEP-16", "DEP-D49")
def test_every_target_has_a_waiting_record_before_anything_is_touched(field: Field) -> None:
    """A target without a PENDING record when CloudFormation is asked for the first time."""
    build = field.build()
    assert initialize(field, build, [Pair(A, HERE), Pair(B, THERE)]) == 2
    assert field.statuses(build) == {f"{A}/{HERE}": "PENDING", f"{B}/{THERE}": "PENDING"}
    one = field.deployments(build)[f"{A}/{HERE}"]
    assert one == {
        "PK": f"REPO#{build.repo}#ENV#dev",
        "SK": f"BUILD#{build.sk}#{A}/{HERE}",
        "account_id": A,
        "region": HERE,
        "build_id": build.sk,
        "status": "PENDING",
        "created_at": one["updated_at"],
        "updated_at": one["updated_at"],
    }


def test_a_second_run_writes_what_is_missing_and_leaves_the_rest(field: Field) -> None:
    build = field.build()
    initialize(field, build, [Pair(A, HERE)])
    done = Record(Pair(A, HERE), "SUCCESS", "SUCCEEDED", 0, "op")
    assert records.update(build, [done], field.clients, field.settings) == {}
    assert initialize(field, build, [Pair(A, HERE), Pair(B, HERE), Pair(B, HERE)]) == 2
    assert field.statuses(build) == {f"{A}/{HERE}": "SUCCESS", f"{B}/{HERE}": "PENDING"}


def test_where_only_the_first_targets_travelled_all_are_read_again(field: Field) -> None:
    build = field.build()
    accounts = tuple(pair.account_id for pair in many(130))
    field.targets(build, (accounts, (HERE,)))
    found = field.call("fetch_targets", build)
    assert len(found["targets"]) == 100
    assert initialize(field, build, many(100), count=130) == 130
    assert len(field.deployments(build)) == 130


@pytest.mark.requirement("DEP-16")
def test_records_are_written_twenty_five_at_a_time(field: Field) -> None:
    """A batch that DynamoDB refuses, or a call for each record."""
    build = field.build()
    assert field.count("dynamodb", "BatchWriteItem", lambda: initialize(field, build, many(60))) == 3
    assert len(field.deployments(build)) == 60


@pytest.mark.parametrize("left", [1, 7, 24])
def test_what_dynamodb_leaves_over_is_sent_again(field: Field, left: int) -> None:
    build = field.build()
    before = field.cloud.clock.time()
    with field.fault("dynamodb:BatchWriteItem", LeaveUnprocessed(left), times=3):
        assert initialize(field, build, many(25)) == 25
    assert len(field.deployments(build)) == 25
    assert field.cloud.clock.time() > before, "it waits before it asks again"


@pytest.mark.requirement("DEP-17")
def test_what_is_left_over_for_ever_is_called_throttled_with_its_places(field: Field) -> None:
    """A failure to write that does not say where, or that hides that the table is overloaded."""
    build = field.build()
    with (
        field.fault("dynamodb:BatchWriteItem", LeaveUnprocessed(0.2)),
        pytest.raises(FunctionFailed) as caught,
    ):
        initialize(field, build, many(25))
    assert caught.value.name == "Transient"
    assert caught.value.message.startswith("failed to write deployment records of 0000000000")
    assert caught.value.message.endswith(": throttled")
    assert initialize(field, build, many(25)) == 25


@pytest.mark.requirement("DEP-17")
@pytest.mark.parametrize(
    ("kind", "error", "why"),
    [
        (Throttle(), "Transient", "throttled"),
        (Fail("AccessDeniedException", "not authorized"), "RecordsNotWritten", "AccessDeniedException.*not authorized"),
        (Fail("ValidationException", "wrong"), "RecordsNotWritten", "wrong"),
    ],
    ids=["throttled", "denied", "invalid"],
)
def test_a_record_that_cannot_be_written_is_named(field: Field, kind: Any, error: str, why: str) -> None:
    """A failure to write that does not name account and region, or calls throttling something else."""
    build = field.build()
    with field.fault("dynamodb:BatchWriteItem", kind), pytest.raises(FunctionFailed) as caught:
        initialize(field, build, [Pair(A, HERE), Pair(B, THERE)])
    assert caught.value.name == error
    assert caught.value.message.startswith(f"failed to write deployment records of {A}/{HERE}, {B}/{THERE}: ")
    assert why.split(".*", maxsplit=1)[0] in caught.value.message


def test_of_many_places_three_are_named(field: Field) -> None:
    build = field.build()
    with field.fault("dynamodb:BatchWriteItem", Throttle()), pytest.raises(FunctionFailed) as caught:
        initialize(field, build, many(10))
    assert "000000000002/us-east-1 and 7 more: throttled" in caught.value.message


@pytest.mark.parametrize("times", [1, 5])
def test_records_whose_answer_is_lost_are_there_once(field: Field, times: int) -> None:
    build = field.build()
    with field.fault("dynamodb:BatchWriteItem", LoseAnswer(), times):
        if times == 1:
            initialize(field, build, many(3))
        else:
            with pytest.raises(FunctionFailed, match=r"^Transient: failed to write .*: throttled$"):
                initialize(field, build, many(3))
    assert initialize(field, build, many(3)) == 3
    assert set(field.statuses(build).values()) == {"PENDING"}


# Reading


def test_records_are_read_whole_or_in_short(field: Field) -> None:
    build = field.build()
    initialize(field, build, [Pair(A, HERE)])
    record = Record(Pair(A, HERE), "FAILED", "FAILED", 2, "op", "why", "", "arn", ("one", "two"))
    assert records.update(build, [record], field.clients, field.settings) == {}
    assert records.load(build, field.clients, field.settings, whole=True) == [record]
    assert records.load(build, field.clients, field.settings) == [record._replace(stack_id="", stack_events=())]


@pytest.mark.parametrize(
    ("kind", "error"),
    [(Throttle(), Transient), (LoseAnswer(), Transient), (Fail("AccessDeniedException"), RecordsNotRead)],
)
def test_records_that_cannot_be_read_say_whether_to_try_again(field: Field, kind: Any, error: type[Exception]) -> None:
    build = field.build()
    with (
        field.fault("dynamodb:Query", kind),
        pytest.raises(error, match=rf"^failed to query deployments of build {build.sk}: "),
    ):
        records.load(build, field.clients, field.settings)


# Changing


@pytest.mark.requirement("DEP-18")
def test_a_record_says_what_became_of_its_target(field: Field) -> None:
    """A record without the status, the stack, the reason or the events of its target."""
    build = field.build()
    initialize(field, build, [Pair(A, HERE)])
    running = Record(Pair(A, HERE), "IN_PROGRESS", "RUNNING", 1, "op")
    assert records.update(build, [running], field.clients, field.settings) == {}
    assert "finished_at" not in field.deployments(build)[f"{A}/{HERE}"]
    failed = running._replace(
        status="FAILED", detailed_status="FAILED", status_reason="why", stack_id="arn", stack_events=("X: FAILED - no",)
    )
    assert records.update(build, [failed], field.clients, field.settings) == {}
    record = field.deployments(build)[f"{A}/{HERE}"]
    told = ("status", "detailed_status", "batch_index", "operation_id", "status_reason", "stack_id", "stack_events")
    assert [record[name] for name in told] == ["FAILED", "FAILED", 1, "op", "why", "arn", ["X: FAILED - no"]]
    assert record["finished_at"] == record["updated_at"]


@pytest.mark.parametrize("end", ["SUCCESS", "FAILED"])
def test_what_has_ended_stays_as_it_ended_unless_it_is_taken_back(field: Field, end: str) -> None:
    build = field.build()
    initialize(field, build, [Pair(A, HERE)])
    ended = Record(Pair(A, HERE), end)
    other = Record(Pair(A, HERE), "FAILED" if end == "SUCCESS" else "SUCCESS")
    records.update_all(build, [ended], field.clients, field.settings)
    for late in (other, ended._replace(status="IN_PROGRESS")):
        records.update_all(build, [late], field.clients, field.settings)
        assert field.statuses(build) == {f"{A}/{HERE}": end}
    records.update_all(build, [other], field.clients, field.settings, ("SUCCESS", "FAILED"))
    assert field.statuses(build) == {f"{A}/{HERE}": other.status}


def test_a_target_without_a_record_gets_none_by_the_way(field: Field) -> None:
    build = field.build()
    records.update_all(build, [Record(Pair(A, HERE), "SUCCESS")], field.clients, field.settings)
    assert field.deployments(build) == {}


@pytest.mark.requirement("DEP-19")
@pytest.mark.parametrize("kind", [Throttle(), Fail("AccessDeniedException"), LoseAnswer()])
def test_records_that_were_not_written_are_told(field: Field, kind: Any) -> None:
    """A lost write that ends the look, or that nobody hears of."""
    build = field.build()
    initialize(field, build, many(3))
    changed = [Record(pair, "IN_PROGRESS", "RUNNING") for pair in many(3)]
    with field.fault("dynamodb:UpdateItem", kind):
        assert records.update(build, changed, field.clients, field.settings).keys() == set(many(3))
    assert records.update(build, changed, field.clients, field.settings) == {}


def test_where_every_record_counts_a_second_attempt_is_made_and_then_it_is_an_error(field: Field) -> None:
    build = field.build()
    initialize(field, build, many(2))
    changed = [Record(pair, "SUCCESS", "SUCCEEDED") for pair in many(2)]
    denied = Fail("AccessDeniedException")
    such = r"^failed to write 2 deployment records, such as 000000000000/us-east-1, 0"
    for kind, error in ((denied, RecordsNotWritten), (Throttle(), Transient)):
        with field.fault("dynamodb:UpdateItem", kind), pytest.raises(error, match=such):
            records.update_all(build, changed, field.clients, field.settings)
    with field.fault("dynamodb:UpdateItem", denied, times=2):
        records.update_all(build, changed, field.clients, field.settings)
    assert set(field.statuses(build).values()) == {"SUCCESS"}


@pytest.mark.parametrize(
    ("index", "detailed", "touched"),
    [(-1, "SUCCEEDED", False), (0, "", False), (0, "PENDING", False), (0, "CANCELLED", False), (0, "FAILED", True),
     (1, "SUCCEEDED", True), (0, "RUNNING", True)],
)  # fmt: skip
def test_what_an_operation_did_something_to_counts_as_touched(index: int, detailed: str, touched: bool) -> None:
    assert Record(Pair(A, HERE), "FAILED", detailed, index).was_touched is touched


def test_what_nobody_knows_of_a_target_is_not_shown() -> None:
    assert Record(Pair(A, HERE)).shown() == {
        "account_id": A,
        "region": HERE,
        "status": "PENDING",
        "detailed_status": "",
    }
