"""How an operation stands: records that follow it, what comes next, and payloads that do not grow."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stackgen.deployer.handlers import check_stackset_status
from stackgen.local.faults import Fail, LoseAnswer, Throttle
from tests.deployer.handlers.field import HERE, THERE, A, B, C, Field
from tests.deployer.handlers.installation import FunctionFailed

NO_QUOTA = Fail("x", "no quota")
EVERYTHING = ("dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:Query", "cloudformation:DescribeStackSetOperation",
              "cloudformation:ListStackSetOperationResults")  # fmt: skip


def failing(field: Field, account: str) -> Any:
    return field.fault("create:AWS::SSM::Parameter", NO_QUOTA, account=account)


@pytest.mark.requirement("DEP-18", "DEP-34", "DEP-D12")
def test_a_running_operation_is_followed_to_its_end(field: Field) -> None:
    """Records that do not follow, or an end before the last instance has ended."""
    build = field.planned(groups=[((A, B), (HERE, THERE))], policy={"region_order": [HERE]})
    deployed = field.deploy(build)
    field.cloud.clock.advance(5)
    status = field.check(build, deployed)
    assert (status["operation_status"], status["is_complete"], status["has_failures"]) == ("RUNNING", False, False)
    assert field.statuses(build) == {
        f"{A}/{HERE}": "IN_PROGRESS",
        f"{B}/{HERE}": "IN_PROGRESS",
        f"{A}/{THERE}": "PENDING",
        f"{B}/{THERE}": "PENDING",
    }
    assert status["counts"] == {"total": 4, "succeeded": 0, "failed": 0, "in_progress": 2, "pending": 2}
    last = field.wait(build, deployed)
    assert (last["operation_status"], last["has_next_batch"], last["next_batch_index"]) == ("SUCCEEDED", False, 1)
    assert last["counts"] == {"total": 4, "succeeded": 4, "failed": 0, "in_progress": 0, "pending": 0}
    assert set(field.statuses(build).values()) == {"SUCCESS"}
    assert not last["should_revert"]
    assert not last["watch"]


@pytest.mark.requirement("DEP-35", "DEP-37", "DEP-39")
def test_a_failure_is_told_with_its_reason_and_its_events_and_the_rest_is_run_to_completion(field: Field) -> None:
    """A failure without its reason, or one that hides what became of the others."""
    build = field.planned(groups=[((A, B, C), (HERE,))], policy={"mode": "collect-all"})
    with failing(field, B):
        last = field.wait(build, field.deploy(build))
    assert last["has_failures"]
    first, *others = last["deployments"]
    assert {each["status"] for each in others} == {"SUCCESS"}
    assert (first["account_id"], first["region"], first["status"], first["detailed_status"]) == (
        B, HERE, "FAILED", "FAILED",
    )  # fmt: skip
    assert "no quota" in first["status_reason"]
    assert first["stack_id"].startswith(f"arn:aws:cloudformation:{HERE}:{B}:stack/StackSet-")
    assert len(first["stack_events"]) == 1
    assert first["stack_events"][0].startswith("Where: CREATE_FAILED - ")
    assert field.deployments(build)[f"{B}/{HERE}"]["stack_events"] == first["stack_events"]


@pytest.mark.requirement("DEP-34", "DEP-39", "DEP-D14")
def test_regions_that_were_never_attempted_end_too(field: Field) -> None:
    """A poll that waits for ever for what an operation that stopped never began."""
    build = field.planned(groups=[((A, B), (HERE, THERE))], policy={"region_order": [HERE]})
    with failing(field, A):
        last = field.wait(build, field.deploy(build))
    assert last["operation_status"] == "FAILED"
    assert field.statuses(build) == {
        f"{A}/{HERE}": "FAILED",
        f"{B}/{HERE}": "SUCCESS",
        f"{A}/{THERE}": "FAILED",
        f"{B}/{THERE}": "FAILED",
    }
    detailed = {place: each["detailed_status"] for place, each in field.deployments(build).items()}
    assert detailed[f"{A}/{THERE}"] in ("CANCELLED", "NO_RESULT")


@pytest.mark.requirement("DEP-D05")
@pytest.mark.parametrize(("mode", "has_next"), [("fail-fast", False), ("collect-all", True)])
def test_after_a_failure_the_next_batch_comes_only_where_everything_is_tried(
    field: Field, mode: str, has_next: bool
) -> None:
    """A mode that makes no difference after a failure."""
    build = field.planned(groups=[((A, B), (HERE,))], policy={"canary_accounts": [A], "mode": mode})
    with failing(field, A):
        last = field.wait(build, field.deploy(build))
    # with a tolerance of everything the operation itself succeeds
    assert last["operation_status"] == ("SUCCEEDED" if mode == "collect-all" else "FAILED")
    assert last["has_next_batch"] is has_next


def test_a_suspended_account_has_failed_and_says_so(field: Field) -> None:
    field.accounts.suspended.add(C)
    try:
        build = field.planned(groups=[((A, C), (HERE,))])
        field.wait(build, field.deploy(build))
    finally:
        field.accounts.suspended.discard(C)
    record = field.deployments(build)[f"{C}/{HERE}"]
    assert (record["status"], record["detailed_status"]) == ("FAILED", "SKIPPED_SUSPENDED_ACCOUNT")
    assert "suspended" in record["status_reason"]


@pytest.mark.requirement("DEP-D19")
def test_an_account_without_the_execution_role_has_failed_and_says_which(field: Field) -> None:
    """A target without its role whose failure does not say so."""
    field.accounts.lacks_execution_role.add(C)
    try:
        build = field.planned(groups=[((C,), (HERE,))])
        last = field.wait(build, field.deploy(build))
    finally:
        field.accounts.lacks_execution_role.discard(C)
    assert "should have 'AWSCloudFormationStackSetExecutionRole' role" in last["deployments"][0]["status_reason"]


# One call for a hundred


@pytest.mark.requirement("DEP-36", "DEP-D16")
def test_an_unchanged_look_writes_nothing_and_asks_for_no_single_instance(field: Field) -> None:
    """A call for each target in each look, which AWS throttles."""
    accounts = tuple(f"{number:012}" for number in range(1, 121))
    build = field.planned(groups=[(accounts, (HERE,))])
    deployed = field.deploy(build)
    field.cloud.clock.advance(1)
    status = field.check(build, deployed)
    before = len(field.cloud.gateway.notes)
    again = field.check(build, deployed, digest=status["digest"], events=status["events"])
    calls = [f"{each.service}:{each.operation}" for each in list(field.cloud.gateway.notes)[before:]]
    assert sorted(calls) == sorted(
        [
            "lambda:Invoke",
            "dynamodb:UpdateItem",
            "dynamodb:GetItem",
            "cloudformation:DescribeStackSetOperation",
            "cloudformation:ListStackSetOperationResults",
            "cloudformation:ListStackSetOperationResults",
        ]
    )
    assert again["counts"] == status["counts"]
    assert again["digest"] == status["digest"]
    field.cloudformation.stop_stack_set_operation(
        StackSetName=field.stack_set(build), OperationId=deployed["operation_id"]
    )


@pytest.mark.requirement("DEP-D42")
def test_of_many_failures_eight_are_explained_and_what_travels_is_bounded(field: Field) -> None:
    """A payload that grows with the number of failures until Step Functions refuses it."""
    accounts = tuple(f"{number:012}" for number in range(1, 61))
    build = field.planned(
        groups=[(accounts, (HERE,))], policy={"mode": "collect-all", "max_concurrent_percentage": 100}
    )
    with field.fault("create:AWS::SSM::Parameter", Fail("x", "y" * 400)):
        before = field.made.calls("cloudformation", "DescribeStackInstance")
        last = field.wait(build, field.deploy(build))
    assert field.made.calls("cloudformation", "DescribeStackInstance") - before == 8
    assert last["counts"]["failed"] == 60
    assert last["deployments_truncated"]
    assert len(json.dumps(last)) < 16 * 1024
    assert all(each["status_reason"] for each in field.deployments(build).values())


# What comes next


@pytest.mark.requirement("DEP-D38")
def test_each_look_renews_the_lock(field: Field) -> None:
    """A lock that runs out in the middle of a long rollout."""
    build = field.planned()
    deployed = field.deploy(build)
    for _ in range(3):
        field.cloud.clock.advance(3000)
        field.check(build, deployed)
    assert (field.lock(build) or {})["ttl"] == int(field.cloud.clock.time()) + 3600


def test_after_half_an_hour_an_operation_is_looked_at_less_often(field: Field) -> None:
    accounts = tuple(f"{number:012}" for number in range(1, 61))
    build = field.planned(groups=[(accounts, (HERE, THERE))], policy={"max_concurrent_count": 1})
    deployed = field.deploy(build)
    field.cloud.clock.advance(1799)
    assert not field.check(build, deployed)["is_slow"]
    field.cloud.clock.advance(2)
    status = field.check(build, deployed)
    assert status["is_slow"]
    assert field.check(build, deployed, digest=status["digest"])["is_slow"]
    field.cloudformation.stop_stack_set_operation(
        StackSetName=field.stack_set(build), OperationId=deployed["operation_id"]
    )


@pytest.mark.parametrize(("events", "continues"), [(14_990, False), (14_991, True)])
def test_a_long_history_is_continued_by_another_execution(field: Field, events: int, continues: bool) -> None:
    build = field.planned()
    deployed = field.deploy(build)
    status = field.check(build, deployed, events=events)
    assert (status["events"], status["should_continue"]) == (events + check_stackset_status.LOOK, continues)


def test_nothing_that_was_started_is_complete(field: Field) -> None:
    build = field.planned()
    status = field.check(build, {"operation_id": "", "batch_index": 0})
    assert (status["operation_status"], status["is_complete"], status["has_next_batch"]) == ("NONE", True, False)


@pytest.mark.parametrize(("rolls_back", "reverts"), [(True, True), (False, False)])
def test_a_failure_leads_back_where_that_is_asked_for(field: Field, rolls_back: bool, reverts: bool) -> None:
    build = field.planned(groups=[((A, B), (HERE,))], policy={"rollback_on_failure": rolls_back})
    with failing(field, A):
        last = field.wait(build, field.deploy(build))
    assert last["should_revert"] is reverts
    assert not last["has_next_batch"]


def test_where_everything_is_tried_the_way_back_waits_for_the_last_batch(field: Field) -> None:
    policy = {"canary_accounts": [A], "mode": "collect-all", "rollback_on_failure": True}
    build = field.planned(groups=[((A, B), (HERE,))], policy=policy)
    with failing(field, A):
        first = field.wait(build, field.deploy(build))
    assert (first["has_next_batch"], first["should_revert"]) == (True, False)
    last = field.wait(build, field.deploy(build, 1))
    assert (last["has_next_batch"], last["should_revert"]) == (False, True)


def test_an_operation_that_somebody_stopped_goes_no_further(field: Field) -> None:
    """Also where failures stop nothing: whoever stops an operation means the rollout."""
    accounts = tuple(f"{number:012}" for number in range(1, 31))
    policy = {"waves": [list(accounts[:25])], "mode": "collect-all", "max_concurrent_count": 1}
    build = field.planned(groups=[(accounts, (HERE,))], policy=policy)
    deployed = field.deploy(build)
    field.cloud.clock.advance(20)
    field.cloudformation.stop_stack_set_operation(
        StackSetName=field.stack_set(build), OperationId=deployed["operation_id"]
    )
    last = field.wait(build, deployed)
    assert (last["operation_status"], last["has_next_batch"]) == ("STOPPED", False)


def test_alarms_are_watched_while_there_is_something_to_watch(field: Field) -> None:
    build = field.planned(policy={"alarms": ["errors"], "canary_accounts": [A]})
    deployed = field.deploy(build)
    assert field.check(build, deployed)["watch"]
    last = field.wait(build, deployed)
    assert (last["watch"], last["has_next_batch"]) == (True, True)


# Errors


@pytest.mark.parametrize("calls", EVERYTHING)
@pytest.mark.parametrize("kind", [Throttle(), LoseAnswer()], ids=["throttled", "answer lost"])
def test_a_look_that_is_interrupted_is_made_again(field: Field, calls: str, kind: Any) -> None:
    build = field.planned()
    deployed = field.deploy(build)
    field.cloud.clock.settle()
    with field.fault(calls, kind), pytest.raises(FunctionFailed, match=r"^Transient: "):
        field.check(build, deployed)
    assert field.check(build, deployed)["is_complete"]
    assert set(field.statuses(build).values()) == {"SUCCESS"}


@pytest.mark.parametrize("calls", ["dynamodb:GetItem", *EVERYTHING[3:]])
def test_a_permission_that_lacks_ends_the_look(field: Field, calls: str) -> None:
    build = field.planned()
    deployed = field.deploy(build)
    denied = Fail("AccessDenied", "User is not authorized", 403)
    with field.fault(calls, denied), pytest.raises(FunctionFailed, match=r"^Refused: .*not authorized"):
        field.check(build, deployed)


def records_only(call: Any) -> bool:
    return str(call.parameters["TableName"]).endswith("deployments")


@pytest.mark.requirement("DEP-19", "DEP-D11")
def test_a_record_that_is_not_written_stops_no_look_but_the_last(field: Field) -> None:
    """A lost write that ends a rollout, or a last one that leaves a record open for ever."""
    build = field.planned()
    deployed = field.deploy(build)
    field.cloud.clock.advance(5)
    denied = Fail("AccessDeniedException")
    with field.fault("dynamodb:UpdateItem", denied, when=records_only):
        status = field.check(build, deployed)
        assert not status["is_complete"]
        assert status["digest"] == "", "the next look writes again"
        field.cloud.clock.settle()
        with pytest.raises(FunctionFailed, match=r"^RecordsNotWritten: failed to write 2 deployment records, such as "):
            field.check(build, deployed, digest=status["digest"])
    assert set(field.statuses(build).values()) == {"PENDING"}
    assert field.check(build, deployed)["is_complete"]
    assert set(field.statuses(build).values()) == {"SUCCESS"}


def test_an_operation_that_nobody_started_is_an_error(field: Field) -> None:
    build = field.planned()
    with pytest.raises(FunctionFailed, match=r"^OperationNotFoundException: StackSet .* has no operation o1"):
        field.check(build, {"operation_id": "o1", "batch_index": 0})


@pytest.mark.requirement("DEP-38")
@pytest.mark.parametrize(
    "kind", [Fail("StackInstanceNotFoundException", "gone", 404), Throttle(), Fail("AccessDenied", status=403)]
)
def test_an_instance_that_cannot_be_looked_at_keeps_the_reason_of_the_result(field: Field, kind: Any) -> None:
    """A missing instance that ends the look."""
    build = field.planned()
    deployed = field.deploy(build)
    with failing(field, A):
        field.cloud.clock.settle()
    with field.fault("cloudformation:DescribeStackInstance", kind):
        assert field.check(build, deployed)["is_complete"]
    assert "no quota" in field.deployments(build)[f"{A}/{HERE}"]["status_reason"]
