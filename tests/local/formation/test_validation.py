"""Early validations of change sets and hooks of resources, planted by faults, and the events that tell of them."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from stackgen.local.faults import Fail
from tests.local.formation.test_change_sets import plan
from tests.local.formation.trees import Forest, child, parameter, template

TAKEN = Fail("Planted", "the name is taken")
PARAMETER = "AWS::SSM::Parameter"


def test_a_change_set_whose_validation_fails_names_it_and_its_events_say_of_what(forest: Forest) -> None:
    forest.cloud.faults.add(f"validate:{PARAMETER}", TAKEN)
    shown = plan(forest, template({"A": parameter("a"), "B": parameter("b")}), ChangeSetType="CREATE")
    assert (shown["Status"], shown["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert "[AWS::EarlyValidation::PropertyValidation]" in shown["StatusReason"]
    assert "the name is taken" not in shown["StatusReason"]
    asked = {"ChangeSetName": shown["ChangeSetId"], "Filters": {"FailedEvents": True}}
    (event,) = forest.stacks.describe_events(**asked)["OperationEvents"]
    assert (event["EventType"], event["LogicalResourceId"], event["ResourceType"]) == (
        "VALIDATION_ERROR",
        "A",
        PARAMETER,
    )
    assert (event["ValidationPath"], event["ValidationStatusReason"]) == (
        "/Resources/A/Properties",
        "the name is taken",
    )
    assert plan(forest, template({"A": parameter("a")}), "again", ChangeSetType="CREATE")["Status"] == "CREATE_COMPLETE"


def test_the_events_of_a_change_set_come_in_pages_and_need_its_stack_where_it_is_named(forest: Forest) -> None:
    forest.cloud.faults.add(f"validate:{PARAMETER}", TAKEN, times=None)
    many = template({f"P{number}": parameter("a") for number in range(23)})
    plan(forest, many, ChangeSetType="CREATE")
    with pytest.raises(ClientError, match="One of ChangeSetName, OperationId or StackName must be specified"):
        forest.stacks.describe_events(ChangeSetName="next")
    pages = list(forest.stacks.get_paginator("describe_events").paginate(StackName="root", ChangeSetName="next"))
    assert [len(page["OperationEvents"]) for page in pages] == [20, 3]


def test_a_validation_that_fails_in_a_nested_stack_fails_its_parents(forest: Forest) -> None:
    forest.cloud.faults.add(f"validate:{PARAMETER}", TAKEN)
    url = forest.put("leaf.json", template({"A": parameter("a")}))
    shown = plan(forest, template({"Child": child(url)}), ChangeSetType="CREATE")
    inner = shown["Changes"][0]["ResourceChange"]["ChangeSetId"]
    assert shown["Status"] == "FAILED"
    assert f"Nested change set {inner} was not successfully created" in shown["StatusReason"]
    (event,) = forest.stacks.describe_events(ChangeSetName=inner)["OperationEvents"]
    assert event["LogicalResourceId"] == "A"


@pytest.mark.parametrize("verb", ["create", "update"])
def test_a_hook_that_refuses_has_events_of_its_own_and_the_resource_fails_with_its_name(
    forest: Forest, verb: str
) -> None:
    if verb == "update":
        forest.create(template({"A": parameter("a")}))
    forest.cloud.faults.add(f"hook:{PARAMETER}", Fail("Planted", "no owner"))
    if verb == "create":
        assert forest.create(template({"A": parameter("b")})) == "ROLLBACK_COMPLETE"
    else:
        assert forest.update(template({"A": parameter("b")})) == "UPDATE_ROLLBACK_COMPLETE"
    events = forest.stacks.describe_stack_events(StackName="root")["StackEvents"][::-1]
    begun, refused = (each for each in events if each.get("HookType") == "Stackgen::Rehearsal::Hook")
    assert (begun["HookStatus"], begun["HookInvocationPoint"]) == ("HOOK_IN_PROGRESS", "PRE_PROVISION")
    assert (refused["HookStatus"], refused["HookStatusReason"]) == ("HOOK_COMPLETE_FAILED", "no owner")
    assert refused["ResourceStatus"] == f"{verb.upper()}_IN_PROGRESS"
    assert "The following hook(s) failed: [Stackgen::Rehearsal::Hook]" in forest.reasons()
