from __future__ import annotations

import json
from typing import Any

import pytest

from tests.local.machines.world import REGION, Raised, World, caught, one, row, task


class StepFunctions:
    """A client of the stand-in's own Step Functions."""

    def __init__(self, world: World) -> None:
        self.world = world

    def start_execution(self, **parameters: Any) -> dict[str, Any]:
        return self.world.call("StartExecution", **parameters)

    def describe_execution(self, **parameters: Any) -> dict[str, Any]:
        return self.world.call("DescribeExecution", **parameters)


@pytest.fixture
def nested(world: World) -> World:
    world.clients[f"stepfunctions 123456789012 {REGION}"] = StepFunctions(world)
    return world


def child_of(machine: str, pattern: str, **more: Any) -> dict[str, Any]:
    resource = f"arn:aws:states:::states:startExecution{pattern}"
    parameters = {"StateMachineArn": machine, "Input.$": "$", "Name.$": "$$.Execution.Name"}
    return {"Type": "Task", "Resource": resource, "Parameters": parameters, **more}


def test_a_machine_waits_for_the_machine_that_it_starts(nested: World) -> None:
    child = nested.create(row(("Pause", {"Type": "Wait", "Seconds": 3600})), "child")
    waiting = child_of(child, ".sync:2", ResultSelector={"got.$": "$.Output"})

    done = nested.run(one(waiting), {"a": 1})

    assert (done["status"], done["output"]) == ("SUCCEEDED", '{"got":{"a":1}}')
    assert 3600 <= (done["stopDate"] - done["startDate"]).total_seconds() < 3700


def test_a_machine_that_is_started_without_waiting_runs_on_its_own(nested: World) -> None:
    child = nested.create(row(("Pause", {"Type": "Wait", "Seconds": 3600})), "child")

    done = nested.run(one(child_of(child, "", ResultSelector={"arn.$": "$.ExecutionArn"})))

    arn = json.loads(done["output"])["arn"]
    assert done["stopDate"] == done["startDate"]
    assert nested.describe(arn)["status"] == "SUCCEEDED"


def test_a_child_that_fails_fails_the_task(nested: World) -> None:
    child = nested.create(one({"Type": "Fail", "Error": "Mine"}), "child")

    done = nested.run(caught(child_of(child, ".sync:2"), "States.TaskFailed"))

    assert done["status"] == "SUCCEEDED"
    assert "Mine" in json.loads(done["output"])["Cause"]


def test_a_function_may_start_and_stop_an_execution_before_its_first_turn(world: World) -> None:
    world.functions["work"] = lambda _: None
    machine = world.create(one(task()), "other")

    def start_and_stop(_: Any) -> str:
        execution = world.start(machine)
        world.call("StopExecution", executionArn=execution)
        return execution

    world.functions["stopping"] = start_and_stop

    done = world.run(one(task("stopping")))

    stopped = json.loads(done["output"])["answer"]
    assert world.types(stopped) == ["ExecutionStarted", "ExecutionAborted"]
    assert [call[2] for call in world.calls] == ["stopping"]


def test_a_task_that_timed_out_is_tried_again(world: World) -> None:
    def work(_: Any) -> str:
        number = len(world.calls)
        world.clock.sleep(100 if number < 3 else 1)
        return f"attempt {number}"

    world.functions["work"] = work
    retry = {"ErrorEquals": ["States.Timeout"], "IntervalSeconds": 10, "BackoffRate": 1}

    done = world.run(one(task(TimeoutSeconds=30, Retry=[retry])))

    assert done["output"] == '{"answer":"attempt 3"}'
    assert (done["stopDate"] - done["startDate"]).total_seconds() == 81


def test_a_parallel_is_tried_again_as_a_whole(world: World) -> None:
    def work(event: Any) -> Any:
        if len(world.calls) < 3:
            raise Raised("Busy")
        return event

    world.functions["work"] = work
    parallel = {
        "Type": "Parallel",
        "Branches": [row(("Work", task()))],
        "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 7, "BackoffRate": 1}],
    }

    done = world.run(one(parallel), 5)

    assert done["output"] == '[{"answer":5}]'
    assert (done["stopDate"] - done["startDate"]).total_seconds() == 14


def test_variables_and_intrinsic_functions_work(world: World) -> None:
    assign = {"Type": "Pass", "Assign": {"kept.$": "$.name"}}
    text = "States.Format('{}-{}', $kept.first, $$.Execution.RedriveCount)"
    use = {"Type": "Pass", "Parameters": {"text.$": text, "all.$": "$kept"}}

    done = world.run(row(("Assign", assign), ("Use", use)), {"name": {"first": "x"}})

    assert done["output"] == '{"text":"x-0","all":{"first":"x"}}'


def test_a_variable_that_was_never_assigned_fails_the_execution(world: World) -> None:
    done = world.run(one({"Type": "Pass", "Parameters": {"text.$": "$never"}}))

    assert (done["status"], done["error"]) == ("FAILED", "States.Runtime")
