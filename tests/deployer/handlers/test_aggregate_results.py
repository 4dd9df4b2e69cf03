"""The outcome of a build, counted from its records: whatever is not a success here has failed."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.deployer.handlers import records
from stackgen.deployer.handlers.inputs import Build, Pair
from stackgen.deployer.handlers.records import Record
from stackgen.local.faults import Fail, LoseAnswer, Throttle
from tests.deployer.handlers.field import HERE, Field
from tests.deployer.handlers.installation import FunctionFailed


def with_records(field: Field, *statuses: str) -> Build:
    build = field.build()
    pairs = [Pair(f"{number:012}", HERE) for number in range(len(statuses))]
    records.create(build, pairs, field.clients, field.settings)
    changed = [Record(pair, status) for pair, status in zip(pairs, statuses, strict=True) if status != "PENDING"]
    records.update_all(build, changed, field.clients, field.settings)
    return build


@pytest.mark.requirement("DEP-40", "DEP-41", "DEP-D61")
@pytest.mark.parametrize(
    ("statuses", "status", "partial", "message"),
    [
        (["SUCCESS", "SUCCESS"], "SUCCESS", False, ""),
        (["SUCCESS", "FAILED", "FAILED"], "FAILED", True, "2 of 3 deployments failed"),
        (["FAILED", "FAILED"], "FAILED", False, "all 2 deployments failed"),
        ([], "FAILED", False, "no deployment records found"),
        (["SUCCESS", "IN_PROGRESS"], "FAILED", True, "1 of 2 deployments failed"),
        (["PENDING", "SUCCESS"], "FAILED", True, "1 of 2 deployments failed"),
    ],
)
def test_the_outcome_follows_the_table(
    field: Field, statuses: list[str], status: str, partial: bool, message: str
) -> None:
    """A build that is called good while a target failed or never ended, or that does not keep its outcome."""
    build = with_records(field, *statuses)
    failed = [f"{number:012}/{HERE}" for number, each in enumerate(statuses) if each != "SUCCESS"]
    assert field.call("aggregate_results", build) == {
        "build_status": status,
        "partial_success": partial,
        "failed_deployments": failed,
        "deployment_summary": {
            "total": len(statuses),
            "succeeded": len(statuses) - len(failed),
            "failed": len(failed),
        },
        "error_msg": message,
    }
    record = field.record(build)
    assert (record["status"], record.get("error_msg", "")) == (status, message)
    assert "finished_at" in record


@pytest.mark.requirement("DEP-D11")
def test_what_was_never_attempted_says_so(field: Field) -> None:
    """A target without a result that is not counted as failed."""
    build = with_records(field, "SUCCESS", "PENDING")
    field.call("aggregate_results", build)
    record = field.deployments(build)[f"000000000001/{HERE}"]
    assert (record["status"], record["detailed_status"], record["status_reason"]) == (
        "FAILED",
        "NOT_ATTEMPTED",
        "not attempted: an operation before it failed or was stopped",
    )


@pytest.mark.requirement("DEP-D61")
def test_a_build_without_records_has_failed(field: Field) -> None:
    """A build of which nothing is known and that counts as good, because nothing failed."""
    build = with_records(field)
    assert field.call("aggregate_results", build)["build_status"] == "FAILED"
    assert field.record(build)["error_msg"] == "no deployment records found"


def test_of_many_failures_the_first_hundred_are_listed_and_all_are_counted(field: Field) -> None:
    build = field.build()
    pairs = [Pair(f"{number:012}", HERE) for number in range(130)]
    records.create(build, pairs, field.clients, field.settings)
    answer = field.call("aggregate_results", build)
    assert len(answer["failed_deployments"]) == 100
    assert answer["deployment_summary"]["failed"] == 130


@pytest.mark.requirement("DEP-43")
@pytest.mark.parametrize("kind", [Throttle(), LoseAnswer(), Fail("AccessDeniedException")])
def test_a_build_that_cannot_be_written_has_its_outcome_all_the_same(field: Field, kind: Any) -> None:
    """An outcome that is lost because the build could not be written."""
    build = with_records(field, "SUCCESS")
    with field.fault("dynamodb:TransactWriteItems", kind):
        assert field.call("aggregate_results", build)["build_status"] == "SUCCESS"
    assert field.call("aggregate_results", build)["build_status"] == "SUCCESS"
    assert field.record(build)["status"] == "SUCCESS"


def test_a_build_that_has_ended_otherwise_stays_so(field: Field) -> None:
    build = with_records(field, "SUCCESS")
    field.call("update_build_status", build, status="FAILED", error_msg="before")
    assert field.call("aggregate_results", build)["build_status"] == "SUCCESS"
    assert (field.record(build)["status"], field.record(build)["error_msg"]) == ("FAILED", "before")


@pytest.mark.parametrize(
    ("kind", "error"),
    [(Throttle(), "Transient"), (LoseAnswer(), "Transient"), (Fail("AccessDeniedException"), "RecordsNotRead")],
)
def test_records_that_cannot_be_read_are_no_outcome(field: Field, kind: Any, error: str) -> None:
    build = with_records(field, "SUCCESS")
    with (
        field.fault("dynamodb:Query", kind),
        pytest.raises(FunctionFailed, match=rf"^{error}: failed to query deployments of build {build.sk}: "),
    ):
        field.call("aggregate_results", build)
    assert field.record(build)["status"] == "PENDING"


def test_a_record_that_cannot_be_closed_is_tried_again(field: Field) -> None:
    build = with_records(field, "SUCCESS", "PENDING")
    with (
        field.fault("dynamodb:UpdateItem", Throttle()),
        pytest.raises(FunctionFailed, match=r"^Transient: failed to w"),
    ):
        field.call("aggregate_results", build)
    assert field.call("aggregate_results", build)["build_status"] == "FAILED"


@pytest.mark.requirement("DEP-40", "DEP-D62")
def test_records_on_every_page_count(field: Field) -> None:
    """A failure behind the first page of a query that is not counted."""
    build = with_records(field, *["SUCCESS"] * 3, "FAILED")
    for number in range(4):
        key = {"PK": f"REPO#{build.repo}#ENV#dev", "SK": f"BUILD#{build.sk}#{number:012}/{HERE}"}
        found = next(each for each in field.made.records("deployments") if each["SK"] == key["SK"])
        field.made.put("deployments", **{**found, "stack_events": ["x" * 390_000]})
    asked = field.count("dynamodb", "Query", lambda: field.call("aggregate_results", build))
    assert asked >= 2
    assert field.record(build)["error_msg"] == "1 of 4 deployments failed"
