"""The history of an execution: AWS keeps 25,000 events and fails the execution that needs more, with its lock."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.deployer.handlers import alarms, revert_targets
from stackgen.deployer.handlers import check_stackset_status as check
from stackgen.deployer.machine import Settings
from stackgen.local import Cloud
from tests.deployer.plays import DONE, GOOD, Stage, status

MOST = 20_000
"""Five thousand events are kept free for retries and the way out."""
DAY = 24 * 3600
SETTINGS = Settings()
BUSY = {**DONE, "watch": True}
BAKE = {"verdict": "bake", "wait_seconds": 30, "message": ""}
GOES_BACK = {"is_complete": False, "message": ""}

ROUNDS: dict[str, tuple[dict[str, list[Any]], dict[str, list[Any]], int]] = {
    "a look": ({}, {"CheckStackSetStatus": [status(), DONE]}, check.LOOK),
    "a look after a long time": ({}, {"CheckStackSetStatus": [status(is_slow=True), DONE]}, check.LOOK),
    "a look at the alarms": (
        {"CheckStackSetStatus": [BUSY]},
        {"CheckStackSetStatus": [status(watch=True), BUSY]},
        check.LOOK + check.WATCHED,
    ),
    "a batch": (
        {}, {"CheckStackSetStatus": [status(is_complete=True, has_next_batch=True), DONE]}, check.LOOK + check.BATCH,
    ),
    "a look while it bakes": (
        {"CheckStackSetStatus": [BUSY]},
        {"CheckStackSetStatus": [BUSY], "WatchAlarms": [BAKE, *GOOD["WatchAlarms"]]},
        check.LOOK,
    ),
    "a step back": (
        {"CheckStackSetStatus": [status(should_revert=True)]},
        {"CheckStackSetStatus": [status(should_revert=True)], "RevertTargets": [GOES_BACK, *GOOD["RevertTargets"]]},
        check.LOOK,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("without", "once", "counted"), ROUNDS.values(), ids=ROUNDS)
def test_a_round_writes_no_more_events_than_the_function_counts(
    cloud: Cloud, without: dict[str, list[Any]], once: dict[str, list[Any]], counted: int
) -> None:
    stage = Stage(cloud)
    before, after = stage.play(without), stage.play(once, name="longer")
    assert counted - 2 <= len(after.types) - len(before.types) <= counted


def test_what_the_rollout_begins_with_covers_the_events_before_it(cloud: Cloud) -> None:
    done = Stage(cloud, Settings(promote_images=True, verify_signatures=True)).play({})
    calls = [name for name, _ in done.sent]
    scheduled = [index for index, kind in enumerate(done.types) if kind == "TaskScheduled"]
    (told,) = done.payloads("CheckStackSetStatus")
    assert scheduled[calls.index("CheckStackSetStatus")] < told["events"] == 100


@pytest.mark.requirement("DEP-34", "DEP-D43")
def test_a_rollout_of_a_day_stays_below_twenty_thousand_events() -> None:
    """An operation is looked at so often that a day of it fills the history of its execution."""
    quick = check.SLOW_AFTER / SETTINGS.poll_seconds
    slow = (DAY - check.SLOW_AFTER) / SETTINGS.slow_poll_seconds
    assert 100 + (quick + slow) * check.LOOK < check.MOST_EVENTS < MOST


def test_a_bake_and_a_way_back_after_the_longest_rollout_stay_below_the_limit() -> None:
    bakes = alarms.LOOKS * check.LOOK
    back = revert_targets.PATIENCE / 60 * check.LOOK
    assert bakes <= check.BAKE
    assert check.MOST_EVENTS + check.BAKE + back < 25_000
