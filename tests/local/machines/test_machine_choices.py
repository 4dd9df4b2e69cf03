"""What a Choice does about a variable that is not there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.machines.world import World, row

OPERATORS = [
    {"StringEquals": "a"},
    {"StringMatches": "a*"},
    {"StringLessThanPath": "$.there"},
    {"NumericEquals": 1},
    {"NumericGreaterThanPath": "$.there"},
    {"BooleanEquals": False},
    {"TimestampLessThan": "2026-01-01T00:00:00Z"},
    {"IsNull": True},
    {"IsNull": False},
    {"IsString": False},
    {"IsNumeric": False},
    {"IsBoolean": False},
    {"IsTimestamp": False},
]
ABOUT = "An error occurred while executing the state 'Choose' (entered at the event id #2). "


def choosing(rule: dict[str, Any]) -> dict[str, Any]:
    """A machine whose Choice has one rule, and a Default."""
    choice = {"Type": "Choice", "Choices": [{**rule, "Next": "Chosen"}], "Default": "Other"}
    return row(("Choose", choice), ("Chosen", {"Type": "Succeed"}), ("Other", {"Type": "Fail", "Error": "Other"}))


@pytest.mark.parametrize("operator", OPERATORS, ids=str)
@pytest.mark.parametrize("around", ["", "And", "Or", "Not"])
def test_a_variable_that_is_not_there_fails_the_execution(world: World, around: str, operator: dict[str, Any]) -> None:
    rule: dict[str, Any] = {"Variable": "$.nope", **operator}
    if around:
        rule = {around: rule if around == "Not" else [rule]}

    done = world.run(choosing(rule), {"there": "b"})

    assert (done["status"], done["error"]) == ("FAILED", "States.Runtime")
    assert done["cause"] == (
        f"{ABOUT}Invalid path '$.nope': The choice state's condition path references an invalid value."
    )


def test_a_path_to_compare_with_must_be_there_too(world: World) -> None:
    done = world.run(choosing({"Variable": "$.there", "StringEqualsPath": "$.nope"}), {"there": "b"})

    assert (done["error"], "Invalid path '$.nope'" in done["cause"]) == ("States.Runtime", True)


@pytest.mark.parametrize(
    "rule",
    [
        {"Variable": "$.nope", "IsPresent": False},
        {"Not": {"Variable": "$.nope", "IsPresent": True}},
        {"Or": [{"Variable": "$.nope", "IsPresent": False}, {"Variable": "$.nope", "StringEquals": "a"}]},
        {"Variable": "$.nothing", "IsNull": True},
        {"Variable": "$.all[*]", "IsPresent": True},
    ],
    ids=str,
)
def test_what_is_present_and_null_can_be_asked(world: World, rule: dict[str, Any]) -> None:
    assert world.run(choosing(rule), {"nothing": None, "all": []})["status"] == "SUCCEEDED"


def test_a_guard_keeps_a_rule_from_looking(world: World) -> None:
    guarded = {"And": [{"Variable": "$.nope", "IsPresent": True}, {"Variable": "$.nope", "StringEquals": "a"}]}

    assert world.run(choosing(guarded))["error"] == "Other"


def test_a_missing_variable_is_caught_by_nobody(world: World) -> None:
    branch = choosing({"Variable": "$.nope", "StringEquals": "a"})
    states = {
        "All": {
            "Type": "Parallel",
            "Branches": [branch],
            "Retry": [{"ErrorEquals": ["States.ALL"]}],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],
            "End": True,
        },
        "Caught": {"Type": "Succeed"},
    }

    done = world.run({"StartAt": "All", "States": states})

    assert (done["status"], done["error"]) == ("FAILED", "States.Runtime")
    assert "Invalid path '$.nope'" in done["cause"]
    assert done["stopDate"] == done["startDate"]
