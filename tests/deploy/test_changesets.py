"""Change sets: read to the last page and through all nested ones; and told apart by how they ended."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.deploy.changesets import Change, ChangeSet, cause_of, find, name_of, read

from .deployed import NAME, Deployed, target


class Paged:
    """A CloudFormation that answers a change set in two pages, the first with a nested one."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []

    def describe_change_set(self, **asked: str) -> dict[str, Any]:
        self.asked.append(asked)
        if asked["ChangeSetName"] == "arn:nested":
            return {"Changes": [changed("Table", "AWS::DynamoDB::Table", "Modify", Replacement="True")]}
        if "NextToken" in asked:
            return {"Changes": [changed("Last", "AWS::SQS::Queue", "Remove", PolicyAction="Retain")]}
        nested = changed("Data", "AWS::CloudFormation::Stack", "Modify", ChangeSetId="arn:nested")
        return {"Changes": [nested], "NextToken": "2"}


def changed(logical_id: str, type_: str, action: str, **more: str) -> dict[str, Any]:
    return {"ResourceChange": {"LogicalResourceId": logical_id, "ResourceType": type_, "Action": action, **more}}


def a_set(status: str = "CREATE_COMPLETE", reason: str = "", execution: str = "AVAILABLE") -> ChangeSet:
    return ChangeSet("arn:set", "stackgen-1", "arn:stack", status, reason, execution)


@pytest.mark.requirement("PP-D19")
def test_every_page_and_every_nested_change_set_is_read() -> None:
    """A change on a later page, or of a resource in a nested stack, is not seen."""
    cloudformation = Paged()
    found = read(a_set(), "s", cloudformation)
    assert [(each.path, each.action) for each in found.changes] == [
        ("s/Data", "Modify"),
        ("s/Data/Table", "Modify"),
        ("s/Last", "Remove"),
    ]
    assert found.changes[1].may_replace
    assert found.changes[2].policy_action == "Retain"
    assert cloudformation.asked[-1] == {"ChangeSetName": "arn:set", "NextToken": "2"}


def test_a_change_says_what_causes_it(shop: Deployed) -> None:
    shop.deploy()
    plan = shop.again().plan(target(Key="name"))
    (table,) = [each for each in plan.changes if each.path == f"{NAME}/Data/Tables/Table"]
    assert (table.action, table.replacement, table.policy_action) == ("Modify", "True", "ReplaceAndDelete")
    assert "KeySchema (Always, Key)" in table.reasons


EMPTY = {
    "The submitted information didn't contain changes. Submit different information to create a change set.": True,
    "No updates are to be performed.": True,
    "Template error: unresolved dependencies": False,
}


@pytest.mark.parametrize(("reason", "is_empty"), EMPTY.items(), ids=["no changes", "no updates", "a mistake"])
def test_a_change_set_that_failed_may_just_be_empty(reason: str, is_empty: bool) -> None:
    assert a_set("FAILED", reason, "UNAVAILABLE").is_empty is is_empty
    assert not a_set("CREATE_COMPLETE", reason).is_empty


OVER = {
    "CREATE_PENDING": False,
    "CREATE_IN_PROGRESS": False,
    "CREATE_COMPLETE": True,
    "FAILED": True,
    "DELETE_COMPLETE": True,
}


@pytest.mark.parametrize(("status", "is_over"), OVER.items(), ids=OVER)
def test_it_is_known_when_aws_has_made_a_change_set(status: str, is_over: bool) -> None:
    assert a_set(status).is_over is is_over


def test_there_is_none_of_a_stack_or_a_name_that_is_not_there(shop: Deployed) -> None:
    cloudformation = shop.client("cloudformation")
    assert find("stackgen-none", NAME, cloudformation) is None
    plan = shop.plan()
    assert find("stackgen-none", NAME, cloudformation) is None
    found = find(plan.change_set_name, NAME, cloudformation)
    assert found is not None
    assert found.is_executable


def test_only_a_modification_may_replace() -> None:
    assert Change("s/T", "T", "Modify", "Conditional").may_replace
    assert not Change("s/T", "T", "Add", "True").may_replace
    assert not Change("s/T", "T", "Modify", "False").may_replace


INNER = "arn:aws:cloudformation:us-east-1:111111111111:changeSet/stackgen-1-Data-ABC/0a1b"


class Failed:
    """A CloudFormation whose nested change set failed."""

    def describe_change_set(self, **asked: str) -> dict[str, Any]:
        assert asked == {"ChangeSetName": INNER}
        return {
            "ChangeSetId": INNER, "ChangeSetName": "stackgen-1-Data-ABC", "StackId": "arn:stack", "Status": "FAILED",
            "StatusReason": "Parameters: [Key] must have values",
        }  # fmt: skip


def test_why_a_nested_change_set_failed_is_asked_for_where_the_outer_one_only_names_it() -> None:
    outer = a_set("FAILED", f"Nested change set {INNER} was not successfully created: Currently in FAILED.")
    assert cause_of(outer, Failed()).reason == "Parameters: [Key] must have values"
    assert cause_of(a_set("FAILED", "Template error"), Failed()).reason == "Template error"


class Read:
    """A CloudFormation whose change set has a nested one, two pages, and values that it has read elsewhere."""

    def describe_change_set(self, **asked: str) -> dict[str, Any]:
        value = {"ParameterKey": "Image", "ParameterValue": "/shop/image", "ResolvedValue": "ami-1"}
        plain = {"ParameterKey": "Delay", "ParameterValue": "5"}
        if asked["ChangeSetName"] == INNER:
            return {"Parameters": [{**value, "ParameterValue": "/shop/other"}], "Changes": []}
        nested = {
            "LogicalResourceId": "Data", "ResourceType": "AWS::CloudFormation::Stack", "Action": "Modify",
            "ChangeSetId": INNER,
        }  # fmt: skip
        more = {} if "NextToken" in asked else {"NextToken": "1"}
        return {"Parameters": [value, plain], "Changes": [{"ResourceChange": nested}] if more else [], **more}


def test_what_was_read_in_parameter_store_is_told_once_with_its_path_through_nested_stacks() -> None:
    found = read(a_set("CREATE_COMPLETE"), "shop-dev", Read())
    assert [(each.path, each.key, each.value) for each in found.resolved] == [
        ("shop-dev/Image", "/shop/image", "ami-1"),
        ("shop-dev/Data/Image", "/shop/other", "ami-1"),
    ]


@pytest.mark.requirement("PP-21")
def test_a_change_set_is_named_by_time_and_by_its_plan() -> None:
    """The name does not say when it was made, or its plan cannot be found by it."""
    name = name_of("0123456789abcdef", 1_767_225_600)
    assert name == "stackgen-20260101-000000-0123456789abcdef"
    assert ChangeSet("arn", name, "arn:stack", "CREATE_COMPLETE", "", "AVAILABLE").plan == "0123456789abcdef"
    assert a_set().plan == ""
