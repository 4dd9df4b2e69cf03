"""Retry, Catch and Choice: which of their rules can ever be taken, and how long a Retry waits."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.deployer.asl import equals, is_present, is_true, negated, problems, total_wait

DONE = {"Type": "Succeed"}


def task(**more: Any) -> dict[str, Any]:
    return {
        "StartAt": "Work",
        "States": {"Work": {"Type": "Task", "Resource": "r", "Next": "Done", **more}, "Done": DONE},
    }


def rules(definition: dict[str, Any], **more: Any) -> list[str]:
    return [each.rule for each in problems(definition, **more)]


def catch(*rows: list[str]) -> list[dict[str, Any]]:
    return [{"ErrorEquals": row, "Next": "Done"} for row in rows]


CONFLICT = {"IntervalSeconds": 30, "BackoffRate": 1.5, "MaxAttempts": 20}


@pytest.mark.parametrize(
    ("retriers", "seconds"),
    [
        ([], 0),
        ([{}], 1 + 2 + 4),
        ([{"MaxAttempts": 0}], 0),
        ([{"IntervalSeconds": 2, "MaxAttempts": 6}], 126),
        ([{"IntervalSeconds": 2, "MaxAttempts": 6, "MaxDelaySeconds": 60}], 122),
        ([{"IntervalSeconds": 2, "MaxAttempts": 6, "MaxDelaySeconds": 60, "JitterStrategy": "FULL"}], 122),
        ([{"IntervalSeconds": 5, "BackoffRate": 1, "MaxAttempts": 3}, {"MaxAttempts": 1}], 16),
        ([CONFLICT], 199_455),
        ([{**CONFLICT, "MaxDelaySeconds": 97}], 29.9 * 60),
        ([{"IntervalSeconds": 1, "BackoffRate": 10, "MaxAttempts": 2000, "MaxDelaySeconds": 1}], 2000),
    ],
)
def test_the_waits_of_a_retry_add_up(retriers: list[dict[str, Any]], seconds: float) -> None:
    assert total_wait(retriers) == pytest.approx(seconds, abs=3)


@pytest.mark.parametrize(
    ("retry", "longest", "expected"),
    [
        ([CONFLICT], 3600, ["long-retry"]),
        ([{**CONFLICT, "MaxDelaySeconds": 97}], 3600, []),
        ([{**CONFLICT, "MaxDelaySeconds": 97}], 1700, ["long-retry"]),
        ([CONFLICT], 200_000, []),
        ([{"IntervalSeconds": "2"}], 3600, []),
        ([{"IntervalSeconds": "soon"}], 3600, []),
    ],
)
def test_a_retry_that_goes_on_for_too_long_is_refused(
    retry: list[dict[str, Any]], longest: float, expected: list[str]
) -> None:
    named = [{"ErrorEquals": ["Busy"], **each} for each in retry]
    assert rules(task(Retry=named), longest_retry=longest) == expected


def test_how_long_is_told_in_the_unit_that_fits() -> None:
    (problem,) = problems(task(Retry=[{"ErrorEquals": ["Busy"], **CONFLICT}]))
    assert problem.message == "Work retries for 55.4 h in all, at most 60.0 min were expected"


@pytest.mark.parametrize("kind", ["Choice", "Wait", "Pass", "Succeed", "Fail"])
@pytest.mark.parametrize("field", ["Catch", "Retry"])
def test_only_what_works_has_a_catch_or_a_retry(kind: str, field: str) -> None:
    own: dict[str, dict[str, Any]] = {
        "Choice": {"Choices": [{**is_true("$.x"), "Next": "Done"}], "Default": "Done"},
        "Wait": {"Seconds": 1, "Next": "Done"},
        "Pass": {"Next": "Done"},
    }
    states = {"Work": {"Type": kind, **own.get(kind, {}), field: catch(["States.ALL"])}, "Done": DONE}
    found = problems({"StartAt": "Work", "States": states})
    (problem,) = [each for each in found if each.rule != "unreached"]
    assert problem.rule == "misplaced-catch"
    assert f"Work is a {kind} and has a {field}" in problem.message


CATCHES: list[tuple[list[dict[str, Any]], list[str]]] = [
    (catch(["States.ALL"]), []),
    (catch(["Busy", "Gone"], ["States.Timeout"], ["States.ALL"]), []),
    (catch(["States.Timeout"], ["States.TaskFailed"], ["States.ALL"]), []),
    (catch(["States.TaskFailed"], ["States.Timeout"]), []),
    (catch(["States.DataLimitExceeded"], ["States.ALL"]), []),
    (catch([]), ["no-error"]),
    ([{"Next": "Done"}], ["no-error"]),
    (catch(["Busy", "States.ALL"]), ["all-alone"]),
    (catch(["States.ALL"], ["Busy"]), ["all-last"]),
    (catch(["Busy"], ["Busy"]), ["hidden-error"]),
    (catch(["Busy"], ["Gone", "Busy"]), ["hidden-error"]),
    (catch(["States.TaskFailed"], ["Busy"]), ["hidden-error"]),
    (catch(["States.Runtime"], ["States.ALL"]), ["uncatchable"]),
    (catch(["States.Al"]), ["unknown-error"]),
]


@pytest.mark.parametrize(("rows", "expected"), CATCHES)
@pytest.mark.parametrize("field", ["Catch", "Retry"])
def test_every_rule_for_errors_can_be_taken(rows: list[dict[str, Any]], expected: list[str], field: str) -> None:
    assert rules(task(**{field: rows})) == expected


def choice(*conditions: dict[str, Any], **more: Any) -> dict[str, Any]:
    made = {"Type": "Choice", "Choices": [{**each, "Next": "Done"} for each in conditions], "Default": "Done", **more}
    return {"StartAt": "Pick", "States": {"Pick": made, "Done": DONE}}


A, B, C = is_true("$.a"), is_true("$.b"), equals("$.c", "x")
ALWAYS = is_present("$")

CHOICES: list[tuple[tuple[dict[str, Any], ...], list[str]]] = [
    ((A, B, C), []),
    (({"And": [A, B]}, A, B), []),
    (({"And": [A, B]}, {"And": [A, C]}, A), []),
    ((A, {"Or": [A, B]}), []),
    ((A, B, {"Or": [A, B]}), []),  # it cannot be reached either, but only two rules together say so
    ((negated(A), A), []),
    ((negated(A), negated(A)), ["hidden-rule"]),
    (({"Or": [A, B]}, A), ["hidden-rule"]),
    (({"Or": [A, B]}, {"Or": [B, {"And": [A, C]}]}), ["hidden-rule"]),
    (({"And": [A, {"Or": [B, C]}]}, {"And": [A, B]}), ["hidden-rule"]),
    (({"And": [{"Or": [A, B, C]}] * 6}, A), []),  # too many alternatives to look into
    ((A, A), ["hidden-rule"]),
    ((A, {"And": [A, B]}), ["hidden-rule"]),
    (({"And": [A, B]}, {"And": [B, C, A]}), ["hidden-rule"]),
    (({"And": [A, {"And": [B, C]}]}, {"And": [C, B, A]}), ["hidden-rule"]),
    ((ALWAYS, A), ["hidden-rule"]),
    ((A, ALWAYS), ["hidden-rule"]),
    (({"And": [ALWAYS, A]}, B), []),
]


@pytest.mark.parametrize(("conditions", "expected"), CHOICES)
def test_every_rule_of_a_choice_can_be_reached(conditions: tuple[dict[str, Any], ...], expected: list[str]) -> None:
    assert rules(choice(*conditions)) == expected


def test_a_choice_without_a_default_is_refused() -> None:
    definition = choice(A)
    del definition["States"]["Pick"]["Default"]
    assert rules(definition) == ["no-default"]
