"""Estimates against the logs of deployments that others published, with each log's own rows left out."""

from __future__ import annotations

import pytest

from stackgen.review.timing.estimate import Estimate, Options, estimate
from stackgen.review.timing.table import Table
from tests.review.timing.builds import Log, logs

LOGS = {log.name: log for log in logs()}
SHIPPED = Table.shipped()
COVERED = ["CDKToolkit", "EventBridgeLambdaStack", "MyProductApiStack"]
"""Logs of which other sources measured every type that takes long."""


def estimated(log: Log, rows: Table) -> Estimate:
    return estimate(log.build(), log.name, rows, None, Options(change_set=log.change_set_seconds is not None))


@pytest.mark.parametrize("name", COVERED)
def test_the_typical_time_is_within_15_percent_of_a_log_whose_rows_are_left_out(name: str) -> None:
    log = LOGS[name]
    rows = SHIPPED.without(log.source)
    assert len(rows.rows) < len(SHIPPED.rows)
    assert estimated(log, rows).totals[1] == pytest.approx(log.total, rel=0.15)


@pytest.mark.parametrize("name", LOGS)
def test_the_time_of_a_log_lies_between_low_and_high(name: str) -> None:
    low, _, high = estimated(LOGS[name], SHIPPED).totals
    assert low <= LOGS[name].total <= high


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("DotNetOnAWS", "AWS::ElasticBeanstalk::Environment"),
        ("fargate-webapp-dev", "AWS::ElasticLoadBalancingV2::LoadBalancer"),
    ],
)
def test_types_that_one_log_alone_has_measured_are_named_when_it_is_left_out(name: str, kind: str) -> None:
    log = LOGS[name]
    assert kind in estimated(log, SHIPPED.without(log.source)).without_row


@pytest.mark.parametrize("name", ["HelloCdkStack", "CDKToolkit of 2023"])
def test_two_logs_are_missed_by_a_sixth_and_a_fifth_and_are_still_within_the_range(name: str) -> None:
    """The one has an image function, which no other log has; the other is older than unblocking (2024-03)."""
    log = LOGS[name]
    low, typical, high = estimated(log, SHIPPED.without(log.source)).totals
    assert low <= log.total <= high
    assert 0.15 < abs(typical / log.total - 1) < 0.22


@pytest.mark.parametrize("name", LOGS)
def test_with_all_rows_each_log_is_met(name: str) -> None:
    log = LOGS[name]
    assert estimated(log, SHIPPED).totals[1] == pytest.approx(log.total, rel=0.16)


@pytest.mark.parametrize("name", LOGS)
def test_nothing_in_a_log_starts_before_what_it_refers_to_is_configured(name: str) -> None:
    resources = LOGS[name].resources
    for each in resources.values():
        for target in each.get("refers_to", ()):
            assert each["start"] >= resources[target].get("ready", resources[target]["complete"])
        for target in each.get("depends_on", ()):
            assert each["start"] >= resources[target]["complete"]
