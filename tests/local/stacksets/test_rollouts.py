"""Who runs when: concurrency, tolerance and the order of regions."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stackgen.local.stacksets.preferences import Preferences
from stackgen.local.stacksets.rollout import CANCELLED, FAILED, RUNNING, SUCCEEDED, Result, Rollout
from tests.local.stacksets.rehearsal import HOME, REGIONS, Rehearsal, accounts, refused

TEN = accounts(10)


def running(rehearsal: Rehearsal, operation: str) -> int:
    return sum(status == "RUNNING" for status in rehearsal.results(operation).values())


@pytest.mark.parametrize(
    ("preferences", "at_once"),
    [
        ({}, 1),
        ({"MaxConcurrentCount": 4}, 1),  # strict by default: min(4, 0 + 1)
        ({"MaxConcurrentCount": 4, "FailureToleranceCount": 2}, 3),
        ({"MaxConcurrentCount": 4, "FailureToleranceCount": 9}, 4),
        ({"MaxConcurrentCount": 4, "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE"}, 4),
        ({"MaxConcurrentPercentage": 35, "FailureTolerancePercentage": 100}, 3),  # rounded down
        ({"MaxConcurrentPercentage": 1, "FailureTolerancePercentage": 100}, 1),  # but never to nothing
        ({"MaxConcurrentPercentage": 100, "FailureTolerancePercentage": 25}, 3),  # 2 of 10, and one more
    ],
)
def test_as_many_accounts_run_at_once_as_the_preferences_let(preferences: dict[str, object], at_once: int) -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    operation = rehearsal.create(TEN, OperationPreferences=preferences)
    rehearsal.clock.advance(1)
    assert running(rehearsal, operation) == at_once


def test_strict_concurrency_falls_with_every_failure() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    rehearsal.stacks.failing[TEN[0], HOME] = "no"
    operation = rehearsal.create(TEN, OperationPreferences={"MaxConcurrentCount": 3, "FailureToleranceCount": 2})
    rehearsal.clock.advance(41)
    assert running(rehearsal, operation) == 2


def test_soft_concurrency_does_not() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    rehearsal.stacks.failing[TEN[0], HOME] = "no"
    soft = {"MaxConcurrentCount": 3, "FailureToleranceCount": 2, "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE"}
    operation = rehearsal.create(TEN, OperationPreferences=soft)
    rehearsal.clock.advance(41)
    assert running(rehearsal, operation) == 3


def test_the_first_failure_that_is_not_tolerated_cancels_the_rest_and_every_later_region() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    rehearsal.stacks.failing[TEN[1], HOME] = "Topic: already exists"
    operation = rehearsal.create(TEN[:4], REGIONS)
    rehearsal.clock.settle()
    results = rehearsal.all_results(operation)
    here = [results[account, HOME]["Status"] for account in TEN[:4]]
    assert here == ["SUCCEEDED", "FAILED", "CANCELLED", "CANCELLED"]
    assert {results[account, region]["Status"] for account in TEN[:4] for region in REGIONS[1:]} == {"CANCELLED"}
    assert results[TEN[1], HOME]["StatusReason"] == "Topic: already exists"
    assert results[TEN[3], HOME]["StatusReason"] == "Cancelled since failure tolerance has exceeded"
    assert rehearsal.operation(operation)["Status"] == "FAILED"
    assert rehearsal.operation(operation)["StatusDetails"] == {"FailedStackInstancesCount": 1}
    assert set(rehearsal.stacks.there()) == {(TEN[0], HOME)}


def test_what_runs_when_the_tolerance_is_exceeded_runs_to_its_end() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    rehearsal.stacks.failing[TEN[0], HOME] = "no"
    rehearsal.stacks.slow[TEN[1], HOME] = 300
    soft = {"MaxConcurrentCount": 2, "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE"}
    operation = rehearsal.create(TEN[:3], OperationPreferences=soft)
    rehearsal.clock.advance(100)
    assert rehearsal.status(operation) == "RUNNING"
    assert list(rehearsal.results(operation).values()) == ["FAILED", "RUNNING", "CANCELLED"]
    rehearsal.clock.settle()
    assert list(rehearsal.results(operation).values()) == ["FAILED", "SUCCEEDED", "CANCELLED"]
    assert rehearsal.status(operation) == "FAILED"


def test_failures_that_are_tolerated_leave_an_operation_that_succeeded() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    for region in REGIONS:  # the tolerance counts anew in each region
        rehearsal.stacks.failing[TEN[0], region] = "no"
    operation = rehearsal.create(TEN[:3], REGIONS, OperationPreferences={"FailureToleranceCount": 1})
    rehearsal.clock.settle()
    assert rehearsal.status(operation) == "SUCCEEDED"
    assert Counter(rehearsal.results(operation).values()) == {"SUCCEEDED": 6, "FAILED": 3}
    assert rehearsal.operation(operation)["StatusDetails"] == {"FailedStackInstancesCount": 3}


def test_regions_run_one_after_the_other_in_the_order_that_was_given() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    operation = rehearsal.create(TEN[:2], REGIONS, OperationPreferences={"RegionOrder": REGIONS[::-1]})
    rehearsal.clock.settle()
    assert [region for _, region in rehearsal.results(operation)] == [r for r in REGIONS[::-1] for _ in range(2)]
    assert [region for _, _, (_, region) in rehearsal.stacks.finished] == [r for r in REGIONS[::-1] for _ in range(2)]
    assert rehearsal.stacks.finished[-1][0] - rehearsal.stacks.finished[0][0] == 5 * 40


def test_parallel_regions_each_run_as_many_accounts_as_one_may() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    parallel = {"RegionConcurrencyType": "PARALLEL", "MaxConcurrentCount": 2, "FailureToleranceCount": 1}
    operation = rehearsal.create(TEN, REGIONS, OperationPreferences=parallel)
    rehearsal.clock.advance(1)
    assert running(rehearsal, operation) == 6
    rehearsal.clock.settle()
    assert set(rehearsal.results(operation).values()) == {"SUCCEEDED"}


def test_a_count_and_its_percentage_exclude_each_other() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    both = {"MaxConcurrentCount": 1, "MaxConcurrentPercentage": 10}
    refused("ValidationError", lambda: rehearsal.create(TEN, OperationPreferences=both))


preferences = st.builds(
    Preferences,
    region_order=st.lists(st.sampled_from(REGIONS), unique=True).map(tuple),
    is_parallel=st.booleans(),
    is_soft=st.booleans(),
    tolerance_count=st.integers(0, 4),
    concurrent_count=st.integers(1, 5),
)
places = st.sets(st.tuples(st.sampled_from(accounts(8)), st.sampled_from(REGIONS)), max_size=24).map(sorted)


@given(places, preferences, st.randoms(use_true_random=False), st.floats(0, 1), st.integers(0, 40))
@settings(max_examples=200, deadline=None)
def test_any_rollout_keeps_to_its_numbers_and_ends(
    where: list[tuple[str, str]], wanted: Preferences, chance: random.Random, failing: float, stop_after: int
) -> None:
    results = [Result(account, region) for account, region in where]
    cancelled: list[Result] = []
    rollout = Rollout(results, wanted, cancelled.append)
    alive = rollout.begin()
    tolerance, most = wanted.tolerance(0), wanted.concurrency(0)
    for step in range(len(results) + 1):
        per_region = Counter(result.region for result in alive)
        assert all(number <= most for number in per_region.values())
        assert wanted.is_parallel or len(per_region) <= 1
        assert {id(result) for result in alive} == {id(each) for each in results if each.status == RUNNING}
        if not alive:
            break
        if step == stop_after:
            rollout.stop()
        ended = alive.pop(chance.randrange(len(alive)))
        ended.status = FAILED if chance.random() < failing else SUCCEEDED
        alive += rollout.end(ended)

    assert rollout.is_over
    assert all(result.status in {SUCCEEDED, FAILED, CANCELLED} for result in results)
    assert {id(each) for each in cancelled} == {id(each) for each in results if each.status == CANCELLED}
    failures = Counter(result.region for result in results if result.status == FAILED)
    allowed = tolerance + (most if wanted.is_soft else 1)
    assert all(number <= allowed for number in failures.values())
    assert rollout.exceeded == any(number > tolerance for number in failures.values())
    assert rollout.exceeded or stop_after < len(results) or not cancelled


@given(places.filter(bool), st.data())
@settings(max_examples=30, deadline=None)
def test_every_instance_of_an_ended_operation_has_a_final_result_and_status(
    where: list[tuple[str, str]], data: st.DataObject
) -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    targets = sorted({account for account, _ in where}), sorted({region for _, region in where})
    for place in data.draw(st.sets(st.sampled_from(where))):
        rehearsal.stacks.failing[place] = "no"
    wanted = data.draw(preferences)
    operation = rehearsal.create(*targets, OperationPreferences=wanted.shown())
    rehearsal.clock.settle()
    results = rehearsal.results(operation)
    assert set(results) == {(account, region) for account in targets[0] for region in targets[1]}
    assert set(results.values()) <= {"SUCCEEDED", "FAILED", "CANCELLED"}
    statuses = rehearsal.statuses()
    assert {place: detailed for place, (_, detailed) in statuses.items()} == results
    assert {place for place, (status, _) in statuses.items() if status == "CURRENT"} == set(rehearsal.stacks.there())
