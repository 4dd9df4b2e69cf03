"""EventBridge's rules and schedules fire in virtual time."""

from __future__ import annotations

import io
import time
import zipfile
from typing import Any

import pytest

from stackgen.local.cloud import Cloud

DAY = 86400.0
FUNCTION = "arn:aws:lambda:us-east-1:111111111111:function:fn"
ROLE = "arn:aws:iam::111111111111:role/r"


@pytest.fixture
def fired(cloud: Cloud) -> list[tuple[float, Any]]:
    """When a function ran, in seconds since the beginning, and with what."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("app.py", "")
    runs: list[tuple[float, Any]] = []
    began = cloud.clock.time()
    cloud.functions.register("fn", lambda event, _: runs.append((cloud.clock.time() - began, event)))
    cloud.client("lambda").create_function(
        FunctionName="fn", Runtime="python3.13", Handler="app.handler", Code={"ZipFile": archive.getvalue()}, Role=ROLE
    )
    return runs


def rule(cloud: Cloud, expression: str, **more: Any) -> Any:
    events = cloud.client("events")
    events.put_rule(Name="rule", ScheduleExpression=expression, **more)
    events.put_targets(Rule="rule", Targets=[{"Id": "fn", "Arn": FUNCTION}])
    return events


def test_a_daily_rule_fires_three_times_in_three_days_and_costs_little(
    cloud: Cloud, fired: list[tuple[float, Any]]
) -> None:
    rule(cloud, "rate(1 day)")
    began = time.perf_counter()
    cloud.clock.advance(3 * DAY)
    assert [moment for moment, _ in fired] == [DAY, 2 * DAY, 3 * DAY]
    assert fired[0][1]["detail-type"] == "Scheduled Event"
    assert fired[0][1]["time"] == "2026-01-02T00:00:00Z"
    assert time.perf_counter() - began < 2.0


def test_a_rule_counts_from_the_moment_that_it_was_made(cloud: Cloud, fired: list[tuple[float, Any]]) -> None:
    cloud.clock.advance(17)
    rule(cloud, "rate(2 minutes)")
    cloud.clock.advance(400)
    assert [moment for moment, _ in fired] == [137, 257, 377]


def test_a_cron_rule_fires_at_its_minutes(cloud: Cloud, fired: list[tuple[float, Any]]) -> None:
    cloud.clock.advance(30)
    rule(cloud, "cron(1,30 0 * * ? *)")
    cloud.clock.advance(DAY)
    assert [moment for moment, _ in fired] == [60, 1800]


def test_a_disabled_rule_does_not_fire_and_counts_anew_when_it_is_enabled(
    cloud: Cloud, fired: list[tuple[float, Any]]
) -> None:
    events = rule(cloud, "rate(1 hour)", State="DISABLED")
    cloud.clock.advance(5 * 3600)
    assert fired == []
    events.enable_rule(Name="rule")
    cloud.clock.advance(3600)
    assert len(fired) == 1


def test_a_one_time_schedule_fires_once_and_is_gone(cloud: Cloud, fired: list[tuple[float, Any]]) -> None:
    scheduler = cloud.client("scheduler")
    scheduler.create_schedule(
        Name="once", ScheduleExpression="at(2026-01-01T00:10:30)", FlexibleTimeWindow={"Mode": "OFF"},
        ActionAfterCompletion="DELETE", Target={"Arn": FUNCTION, "RoleArn": ROLE, "Input": '{"hello": 1}'},
    )  # fmt: skip
    cloud.clock.advance(DAY)
    assert fired == [(630.0, {"hello": 1})]
    assert scheduler.list_schedules()["Schedules"] == []


def test_months_without_a_schedule_cost_little_and_nothing_waits(cloud: Cloud) -> None:
    began = time.perf_counter()
    cloud.clock.settle()
    cloud.clock.advance(60 * DAY)
    assert time.perf_counter() - began < 3.0


def test_a_second_cloud_of_the_process_forgets_the_schedules_of_the_first() -> None:
    for _ in range(2):
        with Cloud() as cloud:
            events = cloud.client("events")
            assert events.list_rules()["Rules"] == []
            events.put_rule(Name="rule", ScheduleExpression="rate(1 minute)")
            cloud.clock.advance(600)
