from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from stackgen.local.clock import EPOCH
from tests.local.machines.world import Raised, World, caught, one, row, task


def seconds(world: World, execution: str, kind: str) -> list[float]:
    """When events of a type happened, in seconds after the start."""
    events = world.events(execution, maxResults=1000)
    return [(event["timestamp"] - EPOCH).total_seconds() for event in events if event["type"] == kind]


def test_a_wait_of_hours_takes_its_time_on_the_clock_alone(world: World) -> None:
    done = world.run(one({"Type": "Wait", "Seconds": 7200}))

    assert done["status"] == "SUCCEEDED"
    assert done["stopDate"] - done["startDate"] == timedelta(hours=2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2026-01-01T01:00:00Z", 3600), ("2026-01-01T01:00:00.500Z", 3600.5), ("2025-12-31T00:00:00Z", 0)],
)
def test_a_wait_until_a_moment_ends_at_that_moment(world: World, text: str, expected: float) -> None:
    done = world.run(one({"Type": "Wait", "TimestampPath": "$.at"}), {"at": text})

    assert (done["stopDate"] - EPOCH).total_seconds() == expected


def test_executions_with_waits_of_different_length_interleave_in_order_of_time(world: World) -> None:
    seen: list[tuple[float, str]] = []
    world.functions["work"] = lambda event: seen.append((world.clock.time() - EPOCH.timestamp(), event["who"]))
    wait = {"Type": "Wait", "SecondsPath": "$.pause"}
    work = task(ResultPath=None)
    machine = world.create(row(("Wait", wait), ("Work", work), ("WaitAgain", wait), ("WorkAgain", work)))

    for who, pause in (("slow", 100), ("quick", 30)):
        world.start(machine, {"who": who, "pause": pause}, name=who)
    world.clock.settle()

    assert seen == [(30.0, "quick"), (60.0, "quick"), (100.0, "slow"), (200.0, "slow")]


def test_a_thousand_executions_run_at_the_same_time(world: World) -> None:
    world.functions["work"] = lambda event: event["number"]
    machine = world.create(row(("Wait", {"Type": "Wait", "SecondsPath": "$.number"}), ("Work", task())))

    executions = [world.start(machine, {"number": number}, name=f"n{number}") for number in range(1000)]
    world.clock.settle()

    described = [world.describe(execution) for execution in executions]
    assert [done["output"] for done in described] == [f'{{"answer":{number}}}' for number in range(1000)]
    assert [(done["stopDate"] - EPOCH).total_seconds() for done in described] == [float(n) for n in range(1000)]


def test_retries_wait_longer_each_time_up_to_the_longest_delay(world: World) -> None:
    times: list[float] = []

    def work(_: Any) -> str:
        times.append(world.clock.time() - EPOCH.timestamp())
        if len(times) < 6:
            raise Raised("Busy")
        return "done"

    world.functions["work"] = work
    retry = {"ErrorEquals": ["Busy"], "IntervalSeconds": 10, "BackoffRate": 3, "MaxDelaySeconds": 60, "MaxAttempts": 9}

    done = world.run(one(task(Retry=[retry])))

    assert done["output"] == '{"answer":"done"}'
    assert times == [0, 10, 40, 100, 160, 220]


def test_retries_end_after_the_last_attempt(world: World) -> None:
    def work(_: Any) -> None:
        raise Raised("Busy", "come back")

    world.functions["work"] = work

    done = world.run(one(task(Retry=[{"ErrorEquals": ["Busy"], "IntervalSeconds": 5, "MaxAttempts": 2}])))

    assert (done["status"], done["error"]) == ("FAILED", "Busy")
    assert len(world.calls) == 3
    assert done["stopDate"] - done["startDate"] == timedelta(seconds=15)


def test_jitter_stays_within_the_interval_and_is_the_same_in_every_run() -> None:
    def rehearse() -> float:
        world = World()

        def work(_: Any) -> None:
            raise Raised("Busy")

        world.functions["work"] = work
        retry = {"ErrorEquals": ["Busy"], "IntervalSeconds": 100, "MaxAttempts": 1, "JitterStrategy": "FULL"}
        with world.machines.mended():
            done = world.run(one(task(Retry=[retry])))
        return float((done["stopDate"] - done["startDate"]).total_seconds())

    first, second = rehearse(), rehearse()

    assert 0 < first < 100
    assert first == second


def test_a_task_that_takes_too_long_times_out_and_what_it_says_later_is_dropped(world: World) -> None:
    def work(_: Any) -> str:
        world.clock.sleep(500)
        return "too late"

    world.functions["work"] = work
    execution = world.start(world.create(caught(task(TimeoutSeconds=30), "States.Timeout")))
    world.clock.settle()

    done = world.describe(execution)
    assert done["status"] == "SUCCEEDED"
    assert '"Error":"States.Timeout"' in done["output"]
    assert done["stopDate"] - done["startDate"] == timedelta(seconds=30)
    assert "TaskSucceeded" not in world.types(execution)
    assert seconds(world, execution, "TaskTimedOut") == [30]


def test_a_task_that_is_quick_enough_does_not_time_out(world: World) -> None:
    def work(_: Any) -> str:
        world.clock.sleep(29)
        return "in time"

    world.functions["work"] = work

    assert world.run(one(task(TimeoutSeconds=30)))["output"] == '{"answer":"in time"}'


def test_a_direct_function_times_out_in_the_same_way(world: World) -> None:
    def work(_: Any) -> None:
        world.clock.sleep(500)

    world.functions["work"] = work
    arn = "arn:aws:lambda:eu-central-1:123456789012:function:work"

    done = world.run(one({"Type": "Task", "Resource": arn, "TimeoutSeconds": 60}))

    assert (done["status"], done["error"]) == ("FAILED", "States.Timeout")


def test_a_machine_that_takes_too_long_times_out_and_catches_nothing(world: World) -> None:
    def work(_: Any) -> None:
        world.clock.sleep(500)
        raise Raised("Busy")

    world.functions["work"] = work
    definition = {**caught(task(), "States.ALL"), "TimeoutSeconds": 60}

    execution = world.start(world.create(definition))
    world.clock.settle()

    done = world.describe(execution)
    assert (done["status"], done["stopDate"]) == ("TIMED_OUT", EPOCH + timedelta(seconds=60))
    assert "output" not in done
    assert world.types(execution)[-2:] == ["TaskStarted", "ExecutionTimedOut"]


def test_a_machine_times_out_while_it_waits_or_retries(world: World) -> None:
    def work(_: Any) -> None:
        raise Raised("Busy")

    world.functions["work"] = work
    retry = {"ErrorEquals": ["Busy"], "IntervalSeconds": 1000}
    machines = [
        world.create(one({"Type": "Wait", "Seconds": 1000}, TimeoutSeconds=60), "waits"),
        world.create(one(task(Retry=[retry]), TimeoutSeconds=60), "retries"),
    ]
    executions = [world.start(machine) for machine in machines]

    world.clock.settle()

    assert [world.describe(execution)["status"] for execution in executions] == ["TIMED_OUT", "TIMED_OUT"]
    assert world.clock.now() == EPOCH + timedelta(seconds=60)


def test_branches_run_at_the_same_time(world: World) -> None:
    waits = [one({"Type": "Wait", "Seconds": n}) for n in (50, 20, 80)]
    branches = [{"StartAt": f"W{i}", "States": {f"W{i}": wait["States"]["Only"]}} for i, wait in enumerate(waits)]

    done = world.run({"StartAt": "P", "States": {"P": {"Type": "Parallel", "Branches": branches, "End": True}}}, [1])

    assert done["output"] == "[[1],[1],[1]]"
    assert done["stopDate"] - done["startDate"] == timedelta(seconds=80)


@pytest.mark.parametrize(("most", "expected"), [(1, 600), (2, 300), (0, 100), (40, 100)])
def test_a_map_runs_as_many_items_at_once_as_it_may(world: World, most: int, expected: int) -> None:
    item = row(("Pause", {"Type": "Wait", "Seconds": 100}))

    done = world.run(one({"Type": "Map", "MaxConcurrency": most, "ItemProcessor": item}), list(range(6)))

    assert done["output"] == "[0,1,2,3,4,5]"
    assert done["stopDate"] - done["startDate"] == timedelta(seconds=expected)


def test_an_inline_map_never_runs_more_than_forty_items_at_once(world: World) -> None:
    item = row(("Pause", {"Type": "Wait", "Seconds": 100}))

    done = world.run(one({"Type": "Map", "ItemProcessor": item}), list(range(41)))

    assert done["stopDate"] - done["startDate"] == timedelta(seconds=200)


def test_a_map_takes_thousands_of_items_one_after_the_other(world: World) -> None:
    done = world.run(
        one({"Type": "Map", "MaxConcurrency": 1, "ItemProcessor": row(("Same", {"Type": "Pass"}))}), [0] * 3000
    )

    assert done["status"] == "SUCCEEDED"
    assert done["output"].count("0") == 3000


def test_the_context_shows_the_time_of_the_clock(world: World) -> None:
    world.clock.advance(90)
    parameters = {"entered.$": "$$.State.EnteredTime", "started.$": "$$.Execution.StartTime"}

    done = world.run(one({"Type": "Pass", "Parameters": parameters}))

    assert done["output"] == '{"entered":"2026-01-01T00:01:30.000Z","started":"2026-01-01T00:01:30.000Z"}'


def test_the_same_rehearsal_takes_the_same_turns() -> None:
    def rehearse() -> list[Any]:
        world = World()

        def work(event: int) -> int:
            world.clock.sleep(event % 7)
            return event

        world.functions["work"] = work
        item = row(("Work", task()))
        with world.machines.mended():
            execution = world.start(
                world.create(one({"Type": "Map", "ItemProcessor": item})), list(range(20)), name="e"
            )
            world.clock.settle()
            return world.events(execution, maxResults=1000)

    assert rehearse() == rehearse()
