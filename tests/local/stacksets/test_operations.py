"""Operations: one at a time or managed, stopped, and asked for twice."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tests.local.stacksets.rehearsal import ALL_AT_ONCE, HOME, OTHER_TEMPLATE, TEMPLATE, Rehearsal, accounts, refused

FOUR = accounts(4)
MANAGED: dict[str, Any] = {"ManagedExecution": {"Active": True}}


def stop(rehearsal: Rehearsal, operation: str) -> None:
    rehearsal.call("StopStackSetOperation", StackSetName="app", OperationId=operation)


def test_a_set_runs_one_operation_at_a_time() -> None:
    rehearsal = Rehearsal()
    set_id = rehearsal.create_set()
    rehearsal.create(FOUR[:2])
    calls = [
        lambda: rehearsal.create(FOUR[2:]),
        lambda: rehearsal.update(FOUR[:1]),
        lambda: rehearsal.delete(FOUR[:1]),
        lambda: rehearsal.update_set(TemplateBody=OTHER_TEMPLATE),
        lambda: rehearsal.call("DetectStackSetDrift", StackSetName="app")["OperationId"],
    ]
    for call in calls:
        error = refused("OperationInProgressException", call)
        assert error.status == 409
        arn = f"arn:aws:cloudformation:{HOME}:999999999999:stackset/{set_id}"
        assert error.message == f"Another Operation on StackSet {arn} is in progress"
    rehearsal.clock.settle()
    assert rehearsal.status(rehearsal.create(FOUR[2:])) == "RUNNING"


def test_sets_do_not_wait_for_each_other() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set("app")
    rehearsal.create_set("other")
    rehearsal.create(FOUR)
    rehearsal.create(FOUR, StackSetName="other")


@pytest.mark.parametrize("when", ["running", "ended"])
def test_an_operation_id_is_taken_for_ever(when: str) -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    assert rehearsal.create(FOUR, OperationId="first") == "first"
    if when == "ended":
        rehearsal.clock.settle()
    error = refused("OperationIdAlreadyExistsException", lambda: rehearsal.create(FOUR, OperationId="first"))
    assert error.status == 409
    assert len(list(rehearsal.listed("ListStackSetOperations", StackSetName="app"))) == 1
    rehearsal.clock.settle()
    rehearsal.create_set("other")
    assert rehearsal.create(FOUR, StackSetName="other", OperationId="first") == "first"


def test_an_id_is_made_where_none_is_given() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    first = rehearsal.create(FOUR)
    rehearsal.clock.settle()
    assert rehearsal.create(FOUR) != first


def test_an_operation_shows_when_it_began_and_ended() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    operation = rehearsal.create(FOUR)
    assert "EndTimestamp" not in rehearsal.operation(operation)
    rehearsal.clock.settle()
    shown = rehearsal.operation(operation)
    assert (shown["EndTimestamp"] - shown["CreationTimestamp"]).total_seconds() == 4 * 40
    assert shown["ExecutionRoleName"] == "AWSCloudFormationStackSetExecutionRole"


def test_an_operation_that_does_not_exist_is_not_found() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    for call in ("DescribeStackSetOperation", "ListStackSetOperationResults", "StopStackSetOperation"):
        error = refused(
            "OperationNotFoundException", partial(rehearsal.call, call, StackSetName="app", OperationId="x")
        )
        assert error.status == 404


def test_stopping_cancels_what_has_not_begun_and_waits_for_the_rest() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    operation = rehearsal.create(FOUR, OperationPreferences={"MaxConcurrentCount": 2, "FailureToleranceCount": 3})
    rehearsal.clock.advance(1)
    stop(rehearsal, operation)
    assert rehearsal.status(operation) == "STOPPING"
    assert list(rehearsal.results(operation).values()) == ["RUNNING", "RUNNING", "CANCELLED", "CANCELLED"]
    refused("OperationInProgressException", lambda: rehearsal.create(FOUR))
    stop(rehearsal, operation)
    rehearsal.clock.settle()
    assert rehearsal.status(operation) == "STOPPED"
    assert [detailed for _, detailed in rehearsal.statuses().values()] == ["SUCCEEDED"] * 2 + ["CANCELLED"] * 2
    assert len(rehearsal.stacks.there()) == 2
    refused("InvalidOperationException", lambda: stop(rehearsal, operation))


def test_managed_operations_that_share_no_instance_run_at_once() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set(**MANAGED)
    operations = [rehearsal.create(FOUR[:2]), rehearsal.create(FOUR[2:])]
    assert [rehearsal.status(operation) for operation in operations] == ["RUNNING", "RUNNING"]
    rehearsal.clock.settle()
    assert [rehearsal.status(operation) for operation in operations] == ["SUCCEEDED", "SUCCEEDED"]


def test_managed_operations_that_share_an_instance_queue_in_the_order_of_their_requests() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set(**MANAGED)
    operations = [
        rehearsal.create(FOUR[:2], OperationPreferences=ALL_AT_ONCE),
        rehearsal.update_set(TemplateBody=OTHER_TEMPLATE, OperationPreferences=ALL_AT_ONCE),
        rehearsal.create(FOUR[2:], OperationPreferences=ALL_AT_ONCE),
    ]

    def statuses() -> list[str]:
        return [rehearsal.status(operation) for operation in operations]

    assert statuses() == ["RUNNING", "QUEUED", "QUEUED"]
    assert not rehearsal.results(operations[1])
    rehearsal.clock.advance(41)
    assert statuses() == ["SUCCEEDED", "RUNNING", "QUEUED"]
    rehearsal.clock.advance(21)
    assert statuses() == ["SUCCEEDED", "SUCCEEDED", "RUNNING"]
    rehearsal.clock.settle()
    assert set(rehearsal.statuses().values()) == {("CURRENT", "SUCCEEDED")}
    assert {made.request.template for made in rehearsal.stacks.there().values()} == {OTHER_TEMPLATE}


def test_managed_operations_that_share_one_instance_run_one_after_the_other() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set(**MANAGED)
    rehearsal.create(FOUR[:3])
    assert rehearsal.status(rehearsal.create(FOUR[2:])) == "QUEUED"


def test_an_update_of_the_set_waits_even_for_operations_on_other_instances() -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(FOUR, **MANAGED)
    rehearsal.update(FOUR[:1])
    update = rehearsal.update_set(TemplateBody=OTHER_TEMPLATE, Accounts=FOUR[1:], Regions=[HOME])
    assert rehearsal.status(update) == "QUEUED"


def test_updates_that_queue_build_on_each_other_but_not_on_one_that_was_stopped() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set(**MANAGED)
    rehearsal.create(FOUR)
    rehearsal.update_set(UsePreviousTemplate=True, Description="first")
    rehearsal.update_set(UsePreviousTemplate=True, Description="second")
    stopped = rehearsal.update_set(TemplateBody=OTHER_TEMPLATE, Description="stopped")
    stop(rehearsal, stopped)
    rehearsal.update_set(UsePreviousTemplate=True)
    rehearsal.clock.settle()
    shown = rehearsal.call("DescribeStackSet", StackSetName="app")["StackSet"]
    assert (shown["Description"], shown["TemplateBody"]) == ("second", TEMPLATE)


def test_a_queued_operation_can_be_stopped_and_lets_the_next_one_through() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set(**MANAGED)
    rehearsal.create(FOUR[:2])
    queued = rehearsal.update_set(TemplateBody=OTHER_TEMPLATE)
    behind = rehearsal.create(FOUR[2:])
    stop(rehearsal, queued)
    assert (rehearsal.status(queued), rehearsal.status(behind)) == ("STOPPED", "RUNNING")
    rehearsal.clock.settle()
    assert OTHER_TEMPLATE not in {made.request.template for made in rehearsal.stacks.there().values()}


def test_managed_execution_cannot_be_changed_while_operations_run() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set(**MANAGED)
    rehearsal.create(FOUR)
    off = {"UsePreviousTemplate": True, "ManagedExecution": {"Active": False}}
    refused("InvalidOperationException", lambda: rehearsal.update_set(**off))
    rehearsal.clock.settle()
    rehearsal.update_set(**off)
    refused("OperationInProgressException", lambda: rehearsal.create(FOUR))
