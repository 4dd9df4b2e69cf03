"""Drift detection, and stacks that existed before the set."""

from __future__ import annotations

from stackgen.local.stacksets import StackRequest
from tests.local.stacksets.rehearsal import HOME, TEMPLATE, Rehearsal, accounts, refused

THREE = accounts(3)


def detect(rehearsal: Rehearsal) -> str:
    return str(rehearsal.call("DetectStackSetDrift", StackSetName="app")["OperationId"])


def test_drift_is_told_of_the_set_and_of_its_instances() -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(THREE)
    rehearsal.stacks.drifted.add((THREE[1], HOME))
    operation = detect(rehearsal)
    running = rehearsal.operation(operation)
    assert running["StackSetDriftDetectionDetails"]["DriftDetectionStatus"] == "IN_PROGRESS"
    assert "StackSetDriftDetectionDetails" not in rehearsal.call("DescribeStackSet", StackSetName="app")["StackSet"]
    rehearsal.clock.settle()
    assert rehearsal.operation(operation)["Action"] == "DETECT_DRIFT"
    details = rehearsal.call("DescribeStackSet", StackSetName="app")["StackSet"]["StackSetDriftDetectionDetails"]
    assert (details["DriftStatus"], details["DriftDetectionStatus"]) == ("DRIFTED", "COMPLETED")
    assert (details["TotalStackInstancesCount"], details["DriftedStackInstancesCount"]) == (3, 1)
    assert [rehearsal.instance(account)["DriftStatus"] for account in THREE] == ["IN_SYNC", "DRIFTED", "IN_SYNC"]
    assert "LastDriftCheckTimestamp" in rehearsal.instance(THREE[0])
    assert set(rehearsal.statuses().values()) == {("CURRENT", "SUCCEEDED")}
    (summary,) = rehearsal.listed("ListStackSets")
    assert summary["DriftStatus"] == "DRIFTED"


def test_a_detection_that_fails_in_part_says_so() -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(THREE)
    rehearsal.accounts.lacks_execution_role.add(THREE[0])
    preferences = {"FailureToleranceCount": 1}
    rehearsal.call("DetectStackSetDrift", StackSetName="app", OperationPreferences=preferences)
    rehearsal.clock.settle()
    details = rehearsal.call("DescribeStackSet", StackSetName="app")["StackSet"]["StackSetDriftDetectionDetails"]
    assert (details["DriftStatus"], details["DriftDetectionStatus"]) == ("IN_SYNC", "PARTIAL_SUCCESS")
    assert (details["InSyncStackInstancesCount"], details["FailedStackInstancesCount"]) == (2, 1)


def test_only_one_drift_detection_runs_even_where_others_queue() -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(THREE, ManagedExecution={"Active": True})
    detect(rehearsal)
    refused("OperationInProgressException", lambda: detect(rehearsal))


def test_drifts_of_resources_are_asked_for_by_a_drift_operation() -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(THREE)
    operation = detect(rehearsal)
    rehearsal.clock.settle()
    place = {"StackSetName": "app", "StackInstanceAccount": THREE[0], "StackInstanceRegion": HOME}
    call = "ListStackInstanceResourceDrifts"
    assert rehearsal.call(call, OperationId=operation, **place)["Summaries"] == []
    refused("OperationNotFoundException", lambda: rehearsal.call(call, OperationId="x", **place))
    elsewhere = {**place, "StackInstanceRegion": "eu-west-1"}
    refused("StackInstanceNotFoundException", lambda: rehearsal.call(call, OperationId=operation, **elsewhere))


def existing(rehearsal: Rehearsal, account: str) -> str:
    request = StackRequest(TEMPLATE, {}, (), {}, "")
    return rehearsal.stacks.create(account, HOME, "theirs", request).stack_id


def bring_in(rehearsal: Rehearsal, *stack_ids: str) -> str:
    found = rehearsal.call("ImportStacksToStackSet", StackSetName="app", StackIds=list(stack_ids))
    return str(found["OperationId"])


def test_an_imported_stack_becomes_an_instance_and_is_updated_with_the_set() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    stack_id = existing(rehearsal, THREE[0])
    bring_in(rehearsal, stack_id)
    rehearsal.clock.settle()
    assert rehearsal.instance(THREE[0])["StackId"] == stack_id
    assert rehearsal.statuses() == {(THREE[0], HOME): ("CURRENT", "SUCCEEDED")}
    rehearsal.update_set(UsePreviousTemplate=True)
    rehearsal.clock.settle()
    assert rehearsal.stacks.made[stack_id].updates == 1


def test_an_import_that_fails_is_told_apart_and_can_be_repeated() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    stack_id = existing(rehearsal, THREE[0])
    rehearsal.stacks.made[stack_id].status = "UPDATE_ROLLBACK_FAILED"
    bring_in(rehearsal, stack_id)
    rehearsal.clock.settle()
    assert rehearsal.statuses() == {(THREE[0], HOME): ("INOPERABLE", "FAILED_IMPORT")}
    rehearsal.stacks.made[stack_id].status = "UPDATE_COMPLETE"
    bring_in(rehearsal, stack_id)
    rehearsal.clock.settle()
    assert rehearsal.statuses() == {(THREE[0], HOME): ("CURRENT", "SUCCEEDED")}


def test_imports_that_cannot_be_are_refused() -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(THREE[:1])
    stack_id = existing(rehearsal, THREE[1])
    nowhere = f"arn:aws:cloudformation:{HOME}:{THREE[0]}:stack/nowhere/1"
    refused("StackNotFoundException", lambda: bring_in(rehearsal, nowhere))
    refused("ValidationError", lambda: bring_in(rehearsal, "theirs"))
    refused("ValidationError", lambda: bring_in(rehearsal, *[stack_id] * 11))
    refused("InvalidOperationException", lambda: bring_in(rehearsal, existing(rehearsal, THREE[0])))
