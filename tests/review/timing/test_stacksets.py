"""Waves of a StackSet, and the time that they take."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.review.evaluation.symbols import Live
from stackgen.review.timing.estimate import Options, estimate
from stackgen.review.timing.stacksets import concurrency, waves_of
from stackgen.review.timing.text import verdict
from tests.review.timing.builds import build_of, resource, table


def properties(accounts: Any, regions: Any, **preferences: Any) -> dict[str, Any]:
    group = {"DeploymentTargets": {"Accounts": accounts}, "Regions": regions}
    return {"OperationPreferences": preferences, "StackInstancesGroup": [group]}


TEN = [str(number) for number in range(10)]
SOFT = "SOFT_FAILURE_TOLERANCE"


@pytest.mark.parametrize(
    ("preferences", "expected"),
    [
        ({}, 20),  # one account and one region after the other
        ({"RegionConcurrencyType": "PARALLEL"}, 10),
        ({"MaxConcurrentCount": 5}, 20),  # none may fail, so one at a time
        ({"MaxConcurrentCount": 5, "FailureToleranceCount": 4}, 4),
        ({"MaxConcurrentCount": 5, "FailureToleranceCount": 1}, 10),
        ({"MaxConcurrentCount": 5, "ConcurrencyMode": SOFT}, 4),
        ({"MaxConcurrentCount": 3, "ConcurrencyMode": SOFT}, 8),
        ({"MaxConcurrentPercentage": 100, "FailureTolerancePercentage": 100}, 2),
        ({"MaxConcurrentPercentage": 25, "FailureTolerancePercentage": 100}, 10),
        ({"MaxConcurrentPercentage": 5, "FailureTolerancePercentage": 100}, 20),  # rounded down, but at least one
        ({"MaxConcurrentCount": "2", "FailureToleranceCount": "1"}, 10),
    ],
)
def test_waves_are_regions_times_rounds_of_accounts(preferences: dict[str, Any], expected: int) -> None:
    assert waves_of(properties(TEN, ["a", "b"], **preferences)).number == expected


def test_groups_come_one_after_the_other() -> None:
    one = properties(["1"], ["a"])
    one["StackInstancesGroup"] *= 3
    assert waves_of(one).number == 3


def test_what_is_not_known_counts_as_one_and_is_said() -> None:
    waves = waves_of(properties(Live("parameter", "Accounts"), Live("parameter", "Regions")))
    assert waves.number == 1
    assert len(waves.notes) == 2


def test_the_user_may_know_better() -> None:
    waves = waves_of(properties(Live("parameter", "Accounts"), ["a", "b"]), accounts=7, regions=3)
    assert (waves.number, waves.notes) == (21, ())
    assert waves_of({}, accounts=2).number == 2


def test_a_set_without_instances_has_no_waves() -> None:
    assert waves_of({}).number == 0


def test_nothing_makes_the_concurrency_less_than_one() -> None:
    assert concurrency({"MaxConcurrentCount": 0}, 5) == 1


def test_each_wave_takes_what_its_template_takes() -> None:
    stack_set = {
        "Type": "AWS::CloudFormation::StackSet",
        "Properties": {"TemplateURL": "./child.json", **properties(["1", "2"], ["a"])},
    }
    build = build_of(root={"Set": stack_set}, child={"One": resource("Test::X::A")})
    found = estimate(build, "root", table(A=60))
    assert found.totals[1] == 120
    assert found.notes == ["root/Set: 2 waves of 1.0 minutes each: a, 1 of 2 accounts of a region at once"]
    assert estimate(build, "root", table(A=60), None, Options(accounts=5)).totals[1] == 300


EAST, WEST = "us-east-1", "eu-west-1"


@pytest.mark.parametrize(
    ("accounts", "regions", "preferences", "expected"),
    [
        (["1"], [EAST], {}, "us-east-1"),
        (["1"], [EAST, WEST], {}, "us-east-1, then eu-west-1"),
        (["1"], [EAST, WEST], {"RegionOrder": [WEST, EAST]}, "eu-west-1, then us-east-1"),
        (["1"], [EAST, WEST], {"RegionOrder": [WEST, "sa-east-1"]}, "eu-west-1, then us-east-1"),
        (["1"], [EAST, WEST], {"RegionConcurrencyType": "PARALLEL"}, "us-east-1 and eu-west-1 at once"),
        (["1"], [EAST, Live("parameter", "Second")], {}, "2 regions one after the other"),
        (["1"], [Live("parameter", "x")] * 2, {"RegionConcurrencyType": "PARALLEL"}, "2 regions at once"),
        (["1"], Live("parameter", "Regions"), {}, "1 region"),
        (TEN, [EAST], {}, "us-east-1, 1 of 10 accounts of a region at once"),
        (TEN, ["a"], {"MaxConcurrentCount": 4, "ConcurrencyMode": SOFT}, "a, 4 of 10 accounts of a region at once"),
        (TEN * 100, [EAST], {}, "us-east-1, 1 of 1,000 accounts of a region at once"),
    ],
)
def test_the_order_of_regions_and_the_concurrency_are_told(
    accounts: Any, regions: Any, preferences: dict[str, Any], expected: str
) -> None:
    assert waves_of(properties(accounts, regions, **preferences)).how == expected


def test_what_the_user_knows_better_has_no_names() -> None:
    waves = waves_of(properties(["1"], [EAST, WEST]), regions=3)
    assert (waves.number, waves.how) == (3, "3 regions one after the other")


def test_the_verdict_says_that_the_time_is_that_of_waves() -> None:
    stack_set = {
        "Type": "AWS::CloudFormation::StackSet",
        "Properties": {"TemplateURL": "./child.json", **properties(["1"], [EAST, WEST])},
    }
    build = build_of(root={"Set": stack_set}, child={"One": resource("Test::X::A")})
    assert verdict(estimate(build, "root", table(A=60)), "root, which is the longest of 2") == (
        "typically 2.0 minutes (1.0 to 6.0) for a first creation of root, which is the longest of 2, longest: Set; "
        "Set is a StackSet of 2 waves of 1.0 minutes each: us-east-1, then eu-west-1"
    )


def test_a_set_whose_template_is_not_there_is_told() -> None:
    stack_set = {"Type": "AWS::CloudFormation::StackSet", "Properties": properties(["1"], ["a"])}
    found = estimate(build_of(root={"Set": stack_set}), "root", table())
    assert "root/Set: its template is not in the build, so its stacks are not counted" in found.notes
