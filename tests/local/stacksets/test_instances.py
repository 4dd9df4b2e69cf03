"""Instances: their stacks made, made again, deleted, kept, and what keeps that from happening."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stackgen.local.stacksets import Durations
from tests.local.stacksets.rehearsal import (
    HOME,
    OTHER_TEMPLATE,
    REGIONS,
    TEMPLATE,
    Rehearsal,
    accounts,
    refused,
)

THREE = accounts(3)
ONE = THREE[:1]
HERE = THREE[0], HOME


def test_every_account_gets_a_stack_in_every_region_under_the_name_that_aws_gives() -> None:
    rehearsal = Rehearsal()
    set_id = rehearsal.create_set(Tags=[{"Key": "team", "Value": "a"}], Capabilities=["CAPABILITY_IAM"])
    operation = rehearsal.create(THREE, REGIONS)
    rehearsal.clock.settle()
    there = rehearsal.stacks.there()
    assert set(there) == {(account, region) for account in THREE for region in REGIONS}
    assert all(made.name.startswith("StackSet-app-") for made in there.values())
    assert len({made.name for made in there.values()}) == 9
    assert there[HERE].request.tags == {"team": "a"}
    assert there[HERE].request.capabilities == ("CAPABILITY_IAM",)
    assert there[HERE].request.role_arn == "AWSCloudFormationStackSetExecutionRole"
    instance = rehearsal.instance(*HERE)
    assert rehearsal.stacks.made[instance["StackId"]] is there[HERE]
    assert instance["StackSetId"] == set_id
    assert (instance["Status"], instance["StackInstanceStatus"]) == ("CURRENT", {"DetailedStatus": "SUCCEEDED"})
    assert (instance["LastOperationId"], instance["DriftStatus"]) == (operation, "NOT_CHECKED")


def test_a_place_that_is_named_twice_is_one_instance() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    assert list(rehearsal.results(rehearsal.create([*ONE, *ONE], [HOME, HOME]))) == [HERE]
    assert len(list(rehearsal.listed("ListStackInstances", StackSetName="app"))) == 1


def test_an_instance_waits_runs_and_is_done() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    operation = rehearsal.create(THREE[:2])
    rehearsal.clock.advance(39)
    assert list(rehearsal.statuses().values()) == [("OUTDATED", "RUNNING"), ("OUTDATED", "PENDING")]
    assert list(rehearsal.results(operation).values()) == ["RUNNING", "PENDING"]
    assert "StackId" not in rehearsal.instance(THREE[1])
    rehearsal.clock.advance(2)
    assert list(rehearsal.statuses().values()) == [("CURRENT", "SUCCEEDED"), ("OUTDATED", "RUNNING")]


def test_the_time_that_a_stack_itself_takes_counts_too() -> None:
    rehearsal = Rehearsal(durations=Durations(create=10))
    rehearsal.create_set()
    rehearsal.stacks.slow[HERE] = 1_000
    operation = rehearsal.create(ONE)
    rehearsal.clock.settle()
    shown = rehearsal.operation(operation)
    assert (shown["EndTimestamp"] - shown["CreationTimestamp"]).total_seconds() == 1_010


def test_a_failed_creation_leaves_an_instance_with_the_reason_and_no_stack() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    rehearsal.stacks.failing[HERE] = "Topic: already exists"
    rehearsal.create(ONE)
    rehearsal.clock.settle()
    instance = rehearsal.instance(*HERE)
    assert (instance["Status"], instance["StackInstanceStatus"]["DetailedStatus"]) == ("OUTDATED", "FAILED")
    assert instance["StatusReason"] == "Topic: already exists"
    assert not rehearsal.stacks.there()
    assert rehearsal.stacks.made[instance["StackId"]].status == "DELETE_COMPLETE"


def test_a_failed_stack_that_cannot_be_deleted_still_belongs_to_its_instance() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    rehearsal.stacks.failing[HERE] = rehearsal.stacks.undeletable[HERE] = "no"
    rehearsal.create(ONE)
    rehearsal.clock.settle()
    rehearsal.stacks.undeletable.clear()
    rehearsal.delete(ONE)
    rehearsal.clock.settle()
    assert not rehearsal.stacks.there()


def test_an_update_that_changes_nothing_is_a_success() -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(ONE)
    rehearsal.stacks.failing[HERE] = "No updates are to be performed."
    rehearsal.update(ONE)
    rehearsal.clock.settle()
    assert rehearsal.statuses() == {HERE: ("CURRENT", "SUCCEEDED")}


@pytest.mark.parametrize("again", ["create", "update"])
def test_a_failed_instance_can_be_tried_again(again: str) -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    rehearsal.stacks.failing[HERE] = "no"
    rehearsal.create(ONE)
    rehearsal.clock.settle()
    rehearsal.stacks.failing.clear()
    getattr(rehearsal, again)(ONE)
    rehearsal.clock.settle()
    assert rehearsal.statuses() == {HERE: ("CURRENT", "SUCCEEDED")}
    assert "StatusReason" not in rehearsal.instance(*HERE)
    assert set(rehearsal.stacks.there()) == {HERE}


def test_creating_an_instance_that_exists_updates_its_stack() -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(ONE)
    operation = rehearsal.create(THREE[:2])
    rehearsal.clock.settle()
    assert rehearsal.operation(operation)["Action"] == "CREATE"
    assert [made.updates for made in rehearsal.stacks.there().values()] == [1, 0]


def test_a_failed_update_leaves_the_stack_and_an_outdated_instance() -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(ONE)
    rehearsal.stacks.failing[HERE] = "Topic: no"
    rehearsal.update_set(TemplateBody=OTHER_TEMPLATE)
    rehearsal.clock.settle()
    assert rehearsal.statuses() == {HERE: ("OUTDATED", "FAILED")}
    assert rehearsal.instance(*HERE)["StatusReason"] == "Topic: no"
    assert rehearsal.stacks.there()[HERE].request.template == TEMPLATE


def test_a_stack_that_somebody_deleted_is_made_anew() -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(ONE)
    before = rehearsal.instance(*HERE)["StackId"]
    rehearsal.stacks.made[before].status = "DELETE_COMPLETE"
    rehearsal.update(ONE)
    rehearsal.clock.settle()
    assert set(rehearsal.stacks.there()) == {HERE}
    assert rehearsal.instance(*HERE)["StackId"] != before


def test_a_missing_capability_is_found_when_the_stack_is_made() -> None:
    rehearsal = Rehearsal()
    template = json.dumps({"Resources": {"Role": {"Type": "AWS::IAM::Role"}}})
    rehearsal.create_set(TemplateBody=template)
    operation = rehearsal.create(ONE)
    rehearsal.clock.settle()
    assert rehearsal.all_results(operation)[HERE]["StatusReason"] == "Requires capabilities : [CAPABILITY_IAM]"
    assert rehearsal.status(operation) == "FAILED"
    assert "StackId" not in rehearsal.instance(*HERE)


def test_deleting_removes_instances_and_stacks() -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(THREE)
    operation = rehearsal.delete(THREE[:2])
    rehearsal.clock.settle()
    assert set(rehearsal.statuses()) == set(rehearsal.stacks.there()) == {(THREE[2], HOME)}
    assert set(rehearsal.results(operation).values()) == {"SUCCEEDED"}
    shown = rehearsal.operation(operation)
    assert (shown["Action"], shown["RetainStacks"]) == ("DELETE", False)
    refused("StackInstanceNotFoundException", lambda: rehearsal.instance(*HERE))


def test_retained_stacks_outlive_their_instances() -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(THREE)
    rehearsal.delete(THREE, RetainStacks=True)
    rehearsal.clock.settle()
    assert not rehearsal.statuses()
    assert len(rehearsal.stacks.there()) == 3


def test_a_failed_deletion_leaves_an_inoperable_instance_that_updates_pass_by() -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(THREE)
    rehearsal.stacks.undeletable[HERE] = "Bucket: not empty"
    operation = rehearsal.delete(ONE)
    rehearsal.clock.settle()
    assert rehearsal.results(operation) == {HERE: "FAILED"}
    assert rehearsal.statuses()[HERE] == ("INOPERABLE", "INOPERABLE")
    assert rehearsal.instance(*HERE)["StatusReason"] == "Bucket: not empty"

    operation = rehearsal.update_set(TemplateBody=OTHER_TEMPLATE)
    rehearsal.clock.settle()
    assert set(rehearsal.results(operation)) == {(account, HOME) for account in THREE[1:]}
    assert rehearsal.statuses()[HERE] == ("INOPERABLE", "INOPERABLE")
    refused("StackSetNotEmptyException", lambda: rehearsal.call("DeleteStackSet", StackSetName="app"))

    rehearsal.delete(ONE, RetainStacks=True)
    rehearsal.clock.settle()
    assert HERE not in rehearsal.statuses()
    assert rehearsal.stacks.there()[HERE].status == "DELETE_FAILED"


def test_deleting_what_is_not_there_does_nothing() -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(ONE)
    operation = rehearsal.delete(THREE, REGIONS)
    rehearsal.clock.settle()
    assert rehearsal.results(operation) == {HERE: "SUCCEEDED"}


def test_a_fault_of_the_stand_in_fails_an_instance_and_ends_the_operation() -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(ONE)
    rehearsal.stacks.made.clear()
    rehearsal.stacks.drifted = None  # type: ignore[assignment]
    rehearsal.stacks.finished = None  # type: ignore[assignment]
    operation = rehearsal.update(ONE)
    rehearsal.clock.settle()
    assert rehearsal.status(operation) == "FAILED"
    assert rehearsal.instance(*HERE)["StatusReason"].startswith("Internal failure")


@pytest.mark.parametrize(
    ("given", "code"), [({"Regions": []}, "ValidationError"), ({"Accounts": []}, "ValidationError")]
)
def test_targets_have_to_be_given(given: dict[str, list[str]], code: str) -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    call: dict[str, Any] = {"StackSetName": "app", "Accounts": THREE, "Regions": REGIONS, **given}
    refused(code, lambda: rehearsal.call("CreateStackInstances", **call))


def test_an_instance_of_a_set_that_is_not_there_is_not_found() -> None:
    rehearsal = Rehearsal()
    refused("StackSetNotFoundException", lambda: rehearsal.instance(*HERE))
    rehearsal.create_set()
    error = refused("StackInstanceNotFoundException", lambda: rehearsal.instance(*HERE))
    assert error.status == 404
