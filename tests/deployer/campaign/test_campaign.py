"""The deployer withstands a slice of the campaign: every scenario undisturbed, and some of what can go wrong in it."""

from __future__ import annotations

import pytest

from stackgen.local.campaign.cases import Case, case_of
from stackgen.local.campaign.pool import Worker, campaign
from stackgen.local.campaign.scenarios import SCENARIOS
from tests.deployer.campaign.support import told

LIGHT = [name for name, each in SCENARIOS.items() if not each.heavy]
DISTURBED = 2


@pytest.mark.requirement("DEP-10", "DEP-34", "DEP-44")
@pytest.mark.parametrize("name", LIGHT)
def test_a_scenario_is_withstood(name: str) -> None:
    """A fault that leaves a lock, an open record, a running operation, or a build that is not true."""
    report = campaign(DISTURBED, seed=1, names=(name,), jobs=1)
    assert not report.violations, told(report.violations)
    assert not report.unmet
    assert report.cases == 1 + DISTURBED
    assert report.executions >= 2 * report.cases - DISTURBED  # a build that is refused for good may never be started


@pytest.mark.requirement("DEP-03")
@pytest.mark.parametrize("name", sorted(SCENARIOS.keys() - set(LIGHT)))
def test_a_long_scenario_is_withstood(name: str) -> None:
    """A scenario that leaves a lock, or in which two builds are at work."""
    report = campaign(0, names=(name,), jobs=1)
    assert not report.violations, told(report.violations)


HARD = [
    "fresh/create_stackset#1/cloudformation:CreateStackSet#1/lose-all",
    "fresh/deploy_stack_instances#1/cloudformation:CreateStackInstances#1/late",
    "update/create_stackset#1/cloudformation:UpdateStackSet#1/late",
    "fresh/release_lock#1/dynamodb:DeleteItem#1/fail-on",
    "race/acquire_lock#1/dynamodb:PutItem#1/lose-all",
    "fresh/initialize_deployments#1/dynamodb:BatchWriteItem#1/unprocessed",
    "mixed/AggregateResults#1/stop",
    "alarm/RevertTargets#1/stop",
    "continued/ContinueExecution#1/expire",
    "fresh/clean_up_execution#1/dynamodb:GetItem#1/throttle",
    "fresh/trigger_build#1/stepfunctions:StartExecution#1/lose",
]


@pytest.mark.requirement("DEP-09", "DEP-10", "DEP-39")
def test_what_is_hardest_is_withstood() -> None:
    """One of the cases that once were violated is violated again."""
    worker = Worker()
    try:
        results = [worker.run(case_of(each)) for each in HARD]
    finally:
        worker.close()
    violations = [violation for result in results for violation in result.violations]
    assert not violations, told(violations)
    assert [result.case for result in results if not result.met] == []


def test_a_case_takes_the_same_turns_each_time() -> None:
    runs = []
    for _ in range(2):
        worker = Worker()
        try:
            runs.append(worker.run(Case("mixed")))
        finally:
            worker.close()
    assert runs[0].sites == runs[1].sites
    assert runs[0].states == runs[1].states
    assert runs[0].seconds == runs[1].seconds
    assert len(runs[0].sites) > 100
