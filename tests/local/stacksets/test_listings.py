"""Listings: pages of a hundred, tokens and filters."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.stacksets.rehearsal import ALL_AT_ONCE, HOME, REGIONS, Rehearsal, accounts, refused

MANY = accounts(85)


@pytest.fixture
def large() -> Rehearsal:
    """A set with 255 instances, three of which failed."""
    rehearsal = Rehearsal()
    rehearsal.create_set()
    for region in REGIONS:
        rehearsal.stacks.failing[MANY[7], region] = "no"
    rehearsal.create(MANY, REGIONS, OperationId="first", OperationPreferences=ALL_AT_ONCE)
    rehearsal.clock.settle()
    return rehearsal


def places(summaries: Any) -> list[tuple[str, str]]:
    return [(each["Account"], each["Region"]) for each in summaries]


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [("ListStackInstances", {}), ("ListStackSetOperationResults", {"OperationId": "first"})],
)
def test_a_page_has_a_hundred_items_and_leads_to_the_next(
    large: Rehearsal, operation: str, parameters: dict[str, str]
) -> None:
    sizes: list[int] = []
    token: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    while True:
        page = large.call(operation, StackSetName="app", **parameters, **token)
        sizes.append(len(page["Summaries"]))
        seen |= set(places(page["Summaries"]))
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert sizes == [100, 100, 55]
    assert len(seen) == 255


def test_a_page_may_be_smaller_and_a_full_last_page_has_no_token(large: Rehearsal) -> None:
    page = large.call("ListStackInstances", StackSetName="app", MaxResults=51)
    assert len(page["Summaries"]) == 51
    for _ in range(4):
        page = large.call("ListStackInstances", StackSetName="app", MaxResults=51, NextToken=page["NextToken"])
    assert len(page["Summaries"]) == 51
    assert "NextToken" not in page


@pytest.mark.parametrize("wrong", [{"NextToken": "bm90IG91cnM="}, {"NextToken": "?"}, {"MaxResults": 101}])
def test_what_leads_to_no_page_is_refused(large: Rehearsal, wrong: dict[str, Any]) -> None:
    refused("ValidationError", lambda: large.call("ListStackInstances", StackSetName="app", **wrong))


def test_a_token_still_leads_on_when_instances_went(large: Rehearsal) -> None:
    first = large.call("ListStackInstances", StackSetName="app")
    large.delete([first["Summaries"][-1]["Account"]], REGIONS, OperationPreferences=ALL_AT_ONCE)
    large.clock.settle()
    second = large.call("ListStackInstances", StackSetName="app", NextToken=first["NextToken"])
    assert not set(places(first["Summaries"])) & set(places(second["Summaries"]))


@pytest.mark.parametrize(
    ("parameters", "number"),
    [
        ({"StackInstanceAccount": MANY[3]}, 3),
        ({"StackInstanceRegion": HOME}, 85),
        ({"StackInstanceAccount": MANY[3], "StackInstanceRegion": HOME}, 1),
        ({"Filters": [{"Name": "DETAILED_STATUS", "Values": "FAILED"}]}, 3),
        ({"Filters": [{"Name": "DETAILED_STATUS", "Values": "SUCCEEDED"}]}, 252),
        ({"Filters": [{"Name": "LAST_OPERATION_ID", "Values": "second"}]}, 1),
        ({"Filters": [{"Name": "DRIFT_STATUS", "Values": "NOT_CHECKED"}], "StackInstanceRegion": HOME}, 85),
        (
            {
                "Filters": [
                    {"Name": "LAST_OPERATION_ID", "Values": "first"},
                    {"Name": "DETAILED_STATUS", "Values": "FAILED"},
                ]
            },
            3,
        ),
    ],
)
def test_instances_are_filtered(large: Rehearsal, parameters: dict[str, Any], number: int) -> None:
    large.update(MANY[:1], OperationId="second")
    large.clock.settle()
    assert len(list(large.listed("ListStackInstances", StackSetName="app", **parameters))) == number


def test_results_are_filtered_by_status(large: Rehearsal) -> None:
    found = large.listed(
        "ListStackSetOperationResults",
        StackSetName="app",
        OperationId="first",
        Filters=[{"Name": "OPERATION_RESULT_STATUS", "Values": "FAILED"}],
    )
    assert places(found) == [(MANY[7], region) for region in REGIONS]


def test_operations_are_listed_newest_first_and_a_new_one_disturbs_no_token(large: Rehearsal) -> None:
    for number in range(3):
        large.update(MANY[:1], OperationId=f"update-{number}")
        large.clock.settle()
    first = large.call("ListStackSetOperations", StackSetName="app", MaxResults=2)
    large.update(MANY[:1], OperationId="later")
    second = large.call("ListStackSetOperations", StackSetName="app", MaxResults=2, NextToken=first["NextToken"])
    listed = [each["OperationId"] for each in (*first["Summaries"], *second["Summaries"])]
    assert listed == ["update-2", "update-1", "update-0", "first"]
    assert first["Summaries"][0]["StatusDetails"] == {"FailedStackInstancesCount": 0}
