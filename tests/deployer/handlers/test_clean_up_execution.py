"""After every execution nothing of it is left: no running operation, no open record, no lock, no open build."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stackgen.deployer.handlers.inputs import Build
from stackgen.local.faults import Fail, LoseAnswer, Throttle
from tests.deployer.handlers.field import BUCKET, HERE, A, B, C, Field


def message(field: Field, build: Build, status: str = "ABORTED", **detail: Any) -> dict[str, Any]:
    """What SQS hands over of an execution that ended."""
    given = {**build._asdict(), "s3_bucket": BUCKET, "s3_key": field.key(build), "retry_count": 0, "continuation": 0}
    told = {
        "executionArn": field.execution(build),
        "status": status,
        "input": json.dumps(given),
        "inputDetails": {"included": True},
        "output": None,
        **detail,
    }
    event = {"source": "aws.states", "detail-type": "Step Functions Execution Status Change", "detail": told}
    return {"messageId": f"m-{build.repo}", "body": json.dumps(event)}


def clean_up(field: Field, *messages: dict[str, Any]) -> list[str]:
    """The ids of the messages that come back."""
    answer = field.made.invoke("clean_up_execution", {"Records": list(messages)})
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def until_clean(field: Field, told: dict[str, Any], most: int = 20) -> int:
    """Hand a message over again until it does not come back; how often it was."""
    for number in range(1, most):
        if not clean_up(field, told):
            return number
        field.cloud.clock.advance(90)
    raise AssertionError("it comes back for ever")


def is_clean(field: Field, build: Build) -> bool:
    open_records = [place for place, status in field.statuses(build).items() if status not in ("SUCCESS", "FAILED")]
    running = [each for each in field.operations(build) if each["Status"] in ("RUNNING", "STOPPING", "QUEUED")]
    return not open_records and not running and field.lock(build) is None


@pytest.mark.requirement("DEP-D41")
@pytest.mark.parametrize("status", ["ABORTED", "TIMED_OUT", "FAILED"])
def test_what_runs_is_stopped_and_what_became_of_it_is_written(field: Field, status: str) -> None:
    """An aborted execution that leaves its operation running, its records open or its lock held."""
    build = field.planned(groups=[((A, B, C), (HERE,))], policy={"max_concurrent_count": 1})
    field.deploy(build)
    field.cloud.clock.advance(25)
    told = message(field, build, status)
    assert clean_up(field, told) == [f"m-{build.repo}"], "it comes back while the operation runs"
    assert field.operations(build)[-1]["Status"] in ("STOPPING", "STOPPED")
    assert field.lock(build) is not None, "and until then nobody else may begin"
    assert field.record(build)["status"] == "IN_PROGRESS"
    assert until_clean(field, told) > 1
    assert is_clean(field, build)
    assert field.statuses(build)[f"{A}/{HERE}"] == "SUCCESS"
    assert field.statuses(build)[f"{C}/{HERE}"] == "FAILED"
    failed = sum(each == "FAILED" for each in field.statuses(build).values())
    record = field.record(build)
    assert (record["status"], record["error_msg"]) == ("FAILED", f"{failed} of 3 deployments failed")


def test_a_build_whose_operation_ended_well_by_itself_is_a_success(field: Field) -> None:
    """The true outcome counts, not that the execution was aborted while it waited."""
    build = field.planned()
    field.deploy(build)
    field.cloud.clock.settle()
    assert until_clean(field, message(field, build)) == 1
    assert is_clean(field, build)
    assert field.record(build)["status"] == "SUCCESS"


def test_before_anything_was_started_records_say_so(field: Field) -> None:
    build = field.planned()
    assert clean_up(field, message(field, build, "TIMED_OUT")) == []
    assert is_clean(field, build)
    assert {each["status_reason"] for each in field.deployments(build).values()} == {
        "not attempted: the execution ended as TIMED_OUT"
    }
    assert field.record(build)["status"] == "FAILED"


def test_without_a_plan_or_a_record_the_lock_and_the_build_are_seen_to(field: Field) -> None:
    build = field.build()
    field.acquire(build)
    assert clean_up(field, message(field, build)) == []
    assert field.lock(build) is None
    assert (field.record(build)["status"], field.record(build)["error_msg"]) == (
        "FAILED",
        "no deployment records found",
    )


def test_after_a_good_end_everything_is_found_done(field: Field) -> None:
    build = field.deployed()
    before = field.record(build)
    assert clean_up(field, message(field, build, "SUCCEEDED", output="{}")) == []
    assert field.record(build) == before
    assert set(field.statuses(build).values()) == {"SUCCESS"}


def test_an_outcome_that_could_not_be_written_is_written_now(field: Field) -> None:
    build = field.planned()
    field.roll_out(build)
    with field.fault("dynamodb:TransactWriteItems", Fail("AccessDeniedException")):
        assert field.finish(build)["build_status"] == "SUCCESS"
    assert field.record(build)["status"] == "IN_PROGRESS"
    assert clean_up(field, message(field, build, "SUCCEEDED", output="{}")) == []
    assert field.record(build)["status"] == "SUCCESS"


def test_an_execution_that_handed_over_leaves_everything_to_the_next(field: Field) -> None:
    build = field.planned()
    field.deploy(build)
    told = message(field, build, "SUCCEEDED", output=json.dumps({"continued": {"ExecutionArn": "next"}}))
    assert clean_up(field, told) == []
    assert field.operations(build)[-1]["Status"] == "RUNNING"
    assert field.lock(build) is not None


def test_an_execution_whose_lock_another_one_took_leaves_it_alone(field: Field) -> None:
    build = field.planned()
    field.deploy(build)
    field.acquire(build, execution="next")
    assert clean_up(field, message(field, build, "ABORTED")) == []
    assert field.operations(build)[-1]["Status"] == "RUNNING"
    assert (field.lock(build) or {})["execution_arn"] == "next"


def test_the_lock_of_another_build_stays(field: Field) -> None:
    build = field.planned()
    field.cloud.clock.advance(4_000)
    newer = field.build(build.repo)
    assert field.acquire(newer)["lock_acquired"]
    assert clean_up(field, message(field, build)) == []
    assert (field.lock(newer) or {})["build_id"] == newer.sk
    assert field.record(build)["status"] == "FAILED"


def test_a_way_back_that_was_aborted_is_told_as_far_as_it_came(field: Field) -> None:
    good = field.deployed(groups=[((A, B), (HERE,))], parameters={"Size": "small"})
    policy = {"rollback_on_failure": True}
    bad = field.planned(good.repo, groups=[((A, B), (HERE,))], parameters={"Size": "big"}, policy=policy)
    with field.fault("update:AWS::SSM::Parameter", Fail("x", "no quota"), account=B):
        field.roll_out(bad)
    name = field.stack_set(bad)
    assert not field.call("revert_targets", bad, stack_set_name=name, operation_id="")["is_complete"]
    assert until_clean(field, message(field, bad)) > 1
    assert is_clean(field, bad)
    message_ = field.record(bad)["error_msg"]
    assert message_.startswith("1 of 2 deployments failed; ")
    assert message_.endswith(f"of 2 touched targets returned to build {good.sk}")


def test_a_stack_set_that_is_gone_keeps_nobody(field: Field) -> None:
    build = field.planned()
    field.cloudformation.delete_stack_set(StackSetName=field.stack_set(build))
    field.made.put(
        "deployments",
        **{
            **next(each for each in field.made.records("deployments") if each["SK"] == f"PLAN#{build.sk}"),
            "started": 0,
        },
    )
    assert clean_up(field, message(field, build)) == []
    assert field.lock(build) is None


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "{}", '{"detail": {}}', '{"detail": {"input": "x"}}', '{"detail": {"input": "{}", "status": "F"}}'],
)
def test_a_message_that_cannot_be_read_comes_back_and_holds_up_no_other(field: Field, body: str) -> None:
    build = field.ready()
    assert clean_up(field, {"messageId": "bad", "body": body}, message(field, build)) == ["bad"]
    assert field.lock(build) is None


@pytest.mark.parametrize(
    "calls",
    [
        "dynamodb:GetItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
        "cloudformation:DescribeStackSetOperation",
        "cloudformation:ListStackSetOperationResults",
        "cloudformation:StopStackSetOperation",
    ],
)
@pytest.mark.parametrize(
    "kind", [Throttle(), LoseAnswer(), Fail("AccessDenied", status=403)], ids=["throttled", "lost", "denied"]
)
def test_whatever_goes_wrong_the_message_comes_back_until_it_is_done(field: Field, calls: str, kind: Any) -> None:
    build = field.planned(groups=[((A, B, C), (HERE,))], policy={"max_concurrent_count": 1})
    field.deploy(build)
    field.cloud.clock.advance(25)
    told = message(field, build)
    with field.fault(calls, kind):
        for _ in range(4):
            clean_up(field, told)
            field.cloud.clock.advance(90)
    until_clean(field, told)
    assert is_clean(field, build)
    is_good = set(field.statuses(build).values()) == {"SUCCESS"}
    assert field.record(build)["status"] == ("SUCCESS" if is_good else "FAILED")
