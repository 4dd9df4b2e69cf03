from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from stackgen.local.clock import EPOCH, Clock
from stackgen.local.task import Task
from tests.local.machines.world import Raised, World, caught, one, row, task

STOPPED = [{"Variable": "$.stop", "IsPresent": True, "Next": "Done"}]
LOOP = {
    "StartAt": "Again",
    "States": {
        "Again": {"Type": "Choice", "Choices": STOPPED, "Default": "Same"},
        "Same": {"Type": "Pass", "Next": "Again"},
        "Done": {"Type": "Succeed"},
    },
}


def test_a_history_tells_what_happened_in_order(world: World) -> None:
    world.functions["work"] = lambda _: 1
    execution = world.start(world.create(row(("Pause", {"Type": "Wait", "Seconds": 30}), ("Work", task()))))
    world.clock.settle()

    events = world.events(execution)

    assert [event["type"] for event in events] == [
        "ExecutionStarted",
        "WaitStateEntered",
        "WaitStateExited",
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskSucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ]
    assert [event["id"] for event in events] == list(range(1, 10))
    assert [event["previousEventId"] for event in events] == [0, 0, 2, 3, 4, 5, 6, 7, 8]
    assert [(event["timestamp"] - EPOCH).total_seconds() for event in events] == [0, 0, *[30] * 7]


def test_a_history_is_read_page_by_page_in_either_order(world: World) -> None:
    execution = world.start(world.create(row(*[(f"S{n}", {"Type": "Pass"}) for n in range(5)])))

    def ids(**more: Any) -> list[int]:
        found: list[int] = []
        token: dict[str, str] = {}
        while True:
            page = world.call("GetExecutionHistory", executionArn=execution, maxResults=5, **token, **more)
            found.extend(event["id"] for event in page["events"])
            if "nextToken" not in page:
                return found
            token = {"nextToken": page["nextToken"]}

    assert ids() == list(range(1, 13))
    assert ids(reverseOrder=True) == list(range(12, 0, -1))
    assert len(world.events(execution, maxResults=5)) == 5
    assert world.events(execution, reverseOrder=True, maxResults=1)[0]["type"] == "ExecutionSucceeded"


def test_a_history_leaves_data_out_when_asked_to(world: World) -> None:
    execution = world.start(world.create(one({"Type": "Pass"})), {"secret": 1})

    assert "secret" in str(world.events(execution))
    assert "secret" not in str(world.events(execution, includeExecutionData=False))
    assert "secret" in str(world.events(execution))


def test_a_token_of_another_history_is_refused(world: World) -> None:
    machine = world.create(one({"Type": "Pass"}))
    first, second = world.start(machine, name="a"), world.start(machine, name="b")
    token = world.call("GetExecutionHistory", executionArn=first, maxResults=1)["nextToken"]

    error = world.refused("GetExecutionHistory", executionArn=second, maxResults=1, nextToken=token)

    assert error.code == "InvalidToken"


def test_an_execution_fails_when_its_history_is_full(world: World) -> None:
    execution = world.start(world.create(LOOP))

    done = world.describe(execution)

    assert (done["status"], done["error"]) == ("FAILED", "States.Runtime")
    assert done["cause"] == "The execution reached the maximum number of history events (25000)."
    last = world.events(execution, reverseOrder=True, maxResults=2)
    assert [(event["id"], event["type"]) for event in last] == [
        (25_000, "ExecutionFailed"),
        (24_999, "ChoiceStateExited"),
    ]


def test_a_full_history_is_caught_by_nobody_wherever_it_fills(world: World) -> None:
    world.functions["work"] = lambda event: event
    stopped = [{"Variable": "$[0]", "IsPresent": True, "Next": "Out"}]
    states = {
        "Work": {**task(ResultPath=None), "Next": "Loop"},
        "Loop": {"Type": "Choice", "Choices": stopped, "Default": "Work"},
        "Out": {"Type": "Succeed"},
    }
    parallel = {"Type": "Parallel", "Branches": [{"StartAt": "Work", "States": states}]}

    done = world.run(caught(parallel, "States.ALL"), {"a": 1})

    assert (done["status"], "(25000)" in done["cause"]) == ("FAILED", True)
    assert world.clock.waiting() == []


def test_a_failed_task_is_told_with_its_error(world: World) -> None:
    def work(_: Any) -> None:
        raise Raised("Busy", "later")

    world.functions["work"] = work
    execution = world.start(world.create(one(task())))

    failed = [event for event in world.events(execution) if event["type"] == "TaskFailed"]

    details = failed[0]["taskFailedEventDetails"]
    assert (details["error"], details["resource"], details["resourceType"]) == ("Busy", "invoke", "lambda")
    assert world.types(execution)[-1] == "ExecutionFailed"


def test_thousands_of_transitions_take_one_task_and_no_step_twice() -> None:
    class CountingClock(Clock):
        """A clock that knows the tasks that were asked of it."""

        spawned: ClassVar[list[str]] = []

        def spawn(self, work: Callable[[], Any], name: str = "task", *, daemon: bool = False) -> Task:
            self.spawned.append(name)
            return super().spawn(work, name, daemon=daemon)

    definition = {
        "StartAt": "Work",
        "States": {
            "Work": {**task(), "ResultSelector": {"n.$": "$.Payload"}, "OutputPath": "$.n", "Next": "More"},
            "More": {
                "Type": "Choice",
                "Choices": [{"Variable": "$", "NumericLessThan": 1000, "Next": "Pause"}],
                "Default": "Done",
            },
            "Pause": {"Type": "Wait", "Seconds": 30, "Next": "Work"},
            "Done": {"Type": "Succeed"},
        },
    }
    world = World(CountingClock())
    world.functions["work"] = lambda event: event + 1
    with world.machines.mended():
        execution = world.start(world.create(definition), 0, name="many")
        world.clock.settle()
        done = world.describe(execution)
        last = world.events(execution, reverseOrder=True, maxResults=1)[0]

    assert done["output"] == "1000"
    assert len(world.calls) == 1000
    assert (done["stopDate"] - done["startDate"]).total_seconds() == 999 * 30
    assert last["id"] == 1 + 1000 * 5 + 1000 * 2 + 999 * 2 + 2 + 1
    assert CountingClock.spawned == ["execution many"]
    world.clock.close()
