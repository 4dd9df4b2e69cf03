"""The policy of a rollout: what is refused, and what it makes of an operation's preferences."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.deployer.handlers.errors import TargetsInvalid
from stackgen.deployer.handlers.policy import KEYS, Policy
from stackgen.deployer.handlers.rectangles import Rectangle
from stackgen.deployer.handlers.settings import Settings

SETTINGS = Settings("ops")
RECTANGLE = Rectangle(("222222222222",), ("us-east-1", "eu-west-1"))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"max_concurent_count": 3}, "unknown key 'max_concurent_count'; did you mean max_concurrent_count?"),
        ({"xyz": 3}, "unknown key 'xyz'; known: mode"),
        ({"mode": "fast"}, "mode is 'fast', but fail-fast or collect-all was expected"),
        ({"mode": None}, "mode is None"),
        ({"concurrency_mode": "SOFT"}, "concurrency_mode is 'SOFT'"),
        ({"region_concurrency_type": "parallel"}, "region_concurrency_type is 'parallel'"),
        ({"max_concurrent_count": 0}, "max_concurrent_count is 0, but a number from 1"),
        ({"max_concurrent_count": "3"}, "max_concurrent_count is '3'"),
        ({"max_concurrent_count": True}, "max_concurrent_count is True"),
        ({"max_concurrent_count": 1.5}, "max_concurrent_count is 1.5"),
        ({"max_concurrent_percentage": 101}, "max_concurrent_percentage is 101, but a number from 1 to 100"),
        ({"failure_tolerance_count": -1}, "failure_tolerance_count is -1"),
        ({"failure_tolerance_percentage": 200}, "failure_tolerance_percentage is 200"),
        ({"bake_minutes": 181}, "bake_minutes is 181, but a number from 0 to 180"),
        ({"rollback_on_failure": "yes"}, "rollback_on_failure is 'yes', but true or false"),
        ({"managed_execution": 1}, "managed_execution is 1"),
        ({"auto_expand": None}, "auto_expand is None"),
        ({"region_order": "us-east-1"}, "region_order is 'us-east-1', but a list of texts"),
        ({"alarms": [""]}, r"alarms is \[''\]"),
        ({"alarms": [f"alarm{number}" for number in range(101)]}, "alarms has 101 names, but at most 100"),
        ({"canary_accounts": [222222222222]}, "canary_accounts is"),
        ({"waves": ["222222222222"]}, "waves is .*, but a list of lists of accounts"),
        ({"waves": "x"}, "waves is 'x'"),
        ({"max_concurrent_count": 1, "max_concurrent_percentage": 1}, "exclude each other"),
        ({"failure_tolerance_count": 1, "failure_tolerance_percentage": 1}, "exclude each other"),
        ({"canary_accounts": ["222222222222"], "waves": [["222222222222"]]}, "exclude each other"),
    ],
)
def test_a_policy_that_cannot_be_is_refused_by_its_key(given: dict[str, Any], message: str) -> None:
    with pytest.raises(TargetsInvalid, match=rf"^policy: .*{message}"):
        Policy.read(given)


@pytest.mark.parametrize("given", [None, {}])
def test_without_a_policy_the_defaults_stand(given: dict[str, Any] | None) -> None:
    assert Policy.read(given) == Policy()


def test_every_key_is_taken() -> None:
    given = {
        "mode": "collect-all",
        "max_concurrent_percentage": 50,
        "failure_tolerance_percentage": 10,
        "concurrency_mode": "STRICT_FAILURE_TOLERANCE",
        "region_order": ["eu-west-1"],
        "region_concurrency_type": "PARALLEL",
        "waves": [["222222222222"], ["333333333333"]],
        "alarms": ["errors"],
        "bake_minutes": 5,
        "rollback_on_failure": True,
        "managed_execution": True,
        "auto_expand": True,
    }
    policy = Policy.read(given)
    assert set(KEYS) - set(given) == {"max_concurrent_count", "failure_tolerance_count", "canary_accounts"}
    for key, value in given.items():
        found = getattr(policy, key)
        assert (
            [list(each) for each in found] == value
            if key == "waves"
            else found == (tuple(value) if isinstance(value, list) else value)
        )


def test_canaries_are_the_first_of_two_waves() -> None:
    policy = Policy.read({"canary_accounts": ["333333333333"]})
    assert policy.waves == (("333333333333",),)
    assert [policy.wave_of(account) for account in ("222222222222", "333333333333")] == [1, 0]


def test_an_account_belongs_to_the_first_wave_that_names_it_and_else_to_the_last() -> None:
    policy = Policy.read({"waves": [["a"], ["b", "a"]]})
    assert [policy.wave_of(account) for account in "abc"] == [0, 1, 2]


def preferences(**given: Any) -> dict[str, Any]:
    return Policy.read(given).preferences(RECTANGLE, SETTINGS)


@pytest.mark.requirement("DEP-31", "DEP-D04")
def test_by_default_ten_accounts_at_a_time_and_no_failure_tolerated() -> None:
    """Another concurrency than ten or tolerance than none, or STRICT, with which AWS works on one account at a time."""
    assert preferences() == {
        "RegionConcurrencyType": "SEQUENTIAL",
        "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE",
        "RegionOrder": ["us-east-1", "eu-west-1"],
        "FailureToleranceCount": 0,
        "MaxConcurrentCount": 10,
    }


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"mode": "collect-all"}, {"FailureTolerancePercentage": 100, "MaxConcurrentCount": 10}),
        ({"max_concurrent_count": 3}, {"MaxConcurrentCount": 3, "FailureToleranceCount": 0}),
        ({"max_concurrent_percentage": 30}, {"MaxConcurrentPercentage": 30}),
        ({"failure_tolerance_count": 2}, {"FailureToleranceCount": 2, "MaxConcurrentCount": 10}),
        ({"failure_tolerance_percentage": 2}, {"FailureTolerancePercentage": 2}),
        ({"concurrency_mode": "STRICT_FAILURE_TOLERANCE"}, {"MaxConcurrentCount": 1, "FailureToleranceCount": 0}),
        (
            {"concurrency_mode": "STRICT_FAILURE_TOLERANCE", "failure_tolerance_count": 4},
            {"MaxConcurrentCount": 5, "FailureToleranceCount": 4},
        ),
        (
            {"concurrency_mode": "STRICT_FAILURE_TOLERANCE", "mode": "collect-all"},
            {"MaxConcurrentCount": 10, "FailureTolerancePercentage": 100},
        ),
    ],
)
def test_a_policy_becomes_preferences(given: dict[str, Any], expected: dict[str, Any]) -> None:
    found = preferences(**given)
    assert {key: found.get(key) for key in expected} == expected
    for stem in ("FailureTolerance", "MaxConcurrent"):
        assert (f"{stem}Count" in found) != (f"{stem}Percentage" in found), "AWS takes one of both"


def test_regions_side_by_side_have_no_order() -> None:
    assert "RegionOrder" not in preferences(region_concurrency_type="PARALLEL")


@pytest.mark.parametrize(("mode", "stops"), [("fail-fast", True), ("collect-all", False)])
def test_fail_fast_stops_at_a_failure(mode: str, stops: bool) -> None:
    assert Policy.read({"mode": mode}).stops_at_failure is stops
