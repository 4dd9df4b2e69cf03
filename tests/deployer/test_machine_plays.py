"""Whole executions of the deployer's machine: what it enters, on the stand-in and in another interpreter alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from stackgen.deployer import machine
from stackgen.deployer.handlers import errors
from stackgen.deployer.machine import Settings
from stackgen.local import Cloud
from tests.deployer.plays import BUILD, DONE, GOOD, Play, Played, Raised, Stage, lock, play_in_node, status

PLAIN = Settings()
EVERYTHING = Settings(promote_images=True, verify_signatures=True)
FAILED = [{**GOOD["AggregateResults"][0], "build_status": "FAILED", "error_msg": "1 of 1 deployments failed"}]
NEXT = status(is_complete=True, has_next_batch=True)

LOCKED = ["AcquireLock", "CheckLockAcquired"]
AGAIN = [*LOCKED, "WaitForLock", "UpdateRetryCount"]
PREPARED = ["FetchTargets", "InitializeDeployments", "CreateOrUpdateStackSet", "BeginRollout"]
BATCH = ["DeployStackInstances", "WaitForStackSet"]
LOOK = ["CheckStackSetStatus", "CheckOperationComplete"]
ADDED = ["AggregateResults", "CheckBuildStatus"]
GOOD_END = ["ReleaseLock", "Success"]
BAD_END = ["ReleaseLockOnFailure", "UpdateBuildStatusOnFailure", "HandleFailure"]
BROKEN = ["ReleaseLockOnError", "UpdateBuildStatusOnError", "HandleFailure"]
STARTED = [*LOCKED, *PREPARED, *BATCH, *LOOK]

Case = tuple[Settings, Mapping[str, list[Any]], list[str], str | None]

CASES: dict[str, Case] = {
    "one batch": (PLAIN, {}, [*STARTED, *ADDED, *GOOD_END], None),
    "signed images": (
        EVERYTHING,
        {},
        [
            *LOCKED, "FetchTargets", "VerifySignatures", "CheckVerification", "PromoteImages", *PREPARED[1:], *BATCH,
            *LOOK, *ADDED, *GOOD_END,
        ],
        None,
    ),
    "unsigned images": (
        EVERYTHING,
        {
            "VerifySignatures": [{"verificationPassed": False, "message": "app is not signed"}],
            "AggregateResults": FAILED,  # there are no records yet
        },
        [
            *LOCKED, "FetchTargets", "VerifySignatures", "CheckVerification", "HandleVerificationFailure", *ADDED,
            *BAD_END,
        ],
        "DeploymentFailed",
    ),
    "two batches, the first of which takes long": (
        PLAIN,
        {"CheckStackSetStatus": [status(), status(is_slow=True), NEXT, DONE]},
        [
            *STARTED, "WaitForStackSet", *LOOK, "WaitForStackSetLonger", *LOOK, *BATCH, *LOOK, *ADDED, *GOOD_END,
        ],
        None,
    ),
    "a lock that is released in time": (
        PLAIN,
        {"AcquireLock": [lock(should_retry=True, retry_count=1), *GOOD["AcquireLock"]]},
        [*AGAIN, *STARTED, *ADDED, *GOOD_END],
        None,
    ),
    "a lock that is not": (
        PLAIN,
        {"AcquireLock": [*(lock(should_retry=True, retry_count=count) for count in (1, 2)), lock(retry_count=3)]},
        [*AGAIN * 2, *LOCKED, "MarkLockTimeout", "LockTimeout"],
        "LockTimeout",
    ),
    "a newer build": (
        PLAIN, {"AcquireLock": [lock(superseded=True)]}, [*LOCKED, "MarkSuperseded", "Superseded"], None,
    ),
    "a target that fails": (PLAIN, {"AggregateResults": FAILED}, [*STARTED, *ADDED, *BAD_END], "DeploymentFailed"),
    "another operation on the StackSet": (
        PLAIN,
        {
            name: [*[Raised("OperationInProgressException")] * 3, *GOOD[name]]
            for name in ("CreateStackSet", "DeployStackInstances")
        },
        [*STARTED, *ADDED, *GOOD_END],
        None,
    ),
    "functions that are throttled": (
        PLAIN, {name: [Raised("Transient"), *row] for name, row in GOOD.items()}, [*STARTED, *ADDED, *GOOD_END], None,
    ),
    "a failure that is taken back": (
        PLAIN,
        {
            "CheckStackSetStatus": [status(is_complete=True, should_revert=True)],
            "RevertTargets": [{"is_complete": False, "message": ""}, *GOOD["RevertTargets"]],
            "AggregateResults": FAILED,
        },
        [
            *STARTED, "RevertTargets", "CheckReverted", "WaitForRevert", "RevertTargets", "CheckReverted", *ADDED,
            *BAD_END,
        ],
        "DeploymentFailed",
    ),
    "an alarm": (
        PLAIN,
        {
            "CheckStackSetStatus": [status(watch=True)],
            "WatchAlarms": [{"verdict": "alarm", "wait_seconds": 60, "message": "errors"}],
            "AggregateResults": FAILED,
        },
        [*STARTED, "WatchAlarms", "CheckAlarms", "RevertTargets", "CheckReverted", *ADDED, *BAD_END],
        "DeploymentFailed",
    ),
    "alarms that stay quiet while a batch bakes": (
        PLAIN,
        {
            "CheckStackSetStatus": [status(watch=True), {**NEXT, "watch": True}, {**DONE, "watch": True}],
            "WatchAlarms": [
                *GOOD["WatchAlarms"], {"verdict": "bake", "wait_seconds": 300, "message": ""}, *GOOD["WatchAlarms"],
            ],
        },
        [
            *STARTED, "WatchAlarms", "CheckAlarms", "WaitForStackSet", *LOOK, "WatchAlarms", "CheckAlarms",
            "WaitForBake", "WatchAlarms", "CheckAlarms", *BATCH, *LOOK, "WatchAlarms", "CheckAlarms", *ADDED,
            *GOOD_END,
        ],
        None,
    ),
    "a lock that cannot be released after a success": (
        PLAIN, {"ReleaseLock": [Raised("LockError")]}, [*STARTED, *ADDED, *GOOD_END], None,
    ),
    "nothing that works on the way out": (
        PLAIN,
        {name: [Raised("Broken")] for name in ("FetchTargets", "ReleaseLock", "UpdateBuildStatus")},
        [*LOCKED, "FetchTargets", *BROKEN],
        "DeploymentFailed",
    ),
    "nothing that works after a failure": (
        PLAIN,
        {"AggregateResults": FAILED, **{name: [Raised("Broken")] for name in ("ReleaseLock", "UpdateBuildStatus")}},
        [*STARTED, *ADDED, *BAD_END],
        "DeploymentFailed",
    ),
}  # fmt: skip


def played(cloud: Cloud, settings: Settings, answers: Mapping[str, list[Any]]) -> Played:
    """By the stand-in; the other interpreter enters the same states and tells the functions the same."""
    stage = Stage(cloud, settings)
    done = stage.play(answers)
    (other,) = play_in_node([Play(settings, answers, done.arn, stage.machine)])
    assert (other.entered, other.status, other.error) == (done.entered, done.status, done.error)
    assert [(name, bare(payload)) for name, payload in other.sent] == [
        (name, bare(payload)) for name, payload in done.sent
    ]
    return done


def bare(payload: dict[str, Any]) -> dict[str, Any]:
    """Without the cause of an error, which Lambda writes as JSON and the other interpreter as a text."""
    error = payload.get("error")
    return {**payload, "error": error["Error"]} if error else payload


@pytest.mark.parametrize(("settings", "answers", "entered", "error"), CASES.values(), ids=CASES)
@pytest.mark.requirement("DEP-05")
def test_a_build_takes_its_way_through_the_machine_in_two_interpreters(
    cloud: Cloud, settings: Settings, answers: Mapping[str, list[Any]], entered: list[str], error: str | None
) -> None:
    """The stand-in or the interpreter for Node enters another state, sends another payload or ends otherwise."""
    done = played(cloud, settings, answers)
    assert done.entered == entered
    assert (done.status, done.error) == ("FAILED" if error else "SUCCEEDED", error)


TASKS = {
    name: state["Parameters"]["FunctionName"][2:-4]
    for name, state in machine.definition(EVERYTHING)["States"].items()
    if "FunctionName" in state.get("Parameters", {})
}
WORKING = {
    name: invoked
    for name, invoked in TASKS.items()
    if not name.startswith(("ReleaseLock", "UpdateBuildStatus", "Mark", "Handle"))
}

LEADS_TO: dict[str, dict[str, list[Any]]] = {
    "WatchAlarms": {"CheckStackSetStatus": [status(watch=True)]},
    "RevertTargets": {"CheckStackSetStatus": [status(should_revert=True)]},
}
"""What the functions before must answer so that a state is entered at all."""


@pytest.mark.parametrize(("state", "invoked"), WORKING.items(), ids=WORKING)
@pytest.mark.requirement("DEP-10", "DEP-44", "DEP-D36")
def test_an_error_of_any_task_releases_the_lock_and_then_fails_the_build(
    cloud: Cloud, state: str, invoked: str
) -> None:
    """A Task's error ends the execution while the lock is held, or without a word to the build."""
    done = played(cloud, EVERYTHING, {**LEADS_TO.get(state, {}), invoked: [Raised("Broken", "by hand")]})
    assert done.entered[-4:] == [state, *BROKEN]
    assert (done.status, done.error) == ("FAILED", "DeploymentFailed")
    assert len(done.payloads(invoked)) == 1
    (told,) = done.payloads("UpdateBuildStatus")
    assert (told["status"], told["error"]["Error"]) == ("FAILED", "Broken")
    assert json.loads(told["error"]["Cause"])["errorMessage"] == "by hand"


@pytest.mark.requirement("DEP-11", "DEP-D40")
def test_a_lock_that_is_not_released_undoes_no_success(cloud: Cloud) -> None:
    """A release that fails makes a good build fail."""
    done = played(cloud, PLAIN, {"ReleaseLock": [Raised("LockError")]})
    assert (done.entered[-2:], done.status) == (["ReleaseLock", "Success"], "SUCCEEDED")
    assert len(done.payloads("ReleaseLock")) == 4


@pytest.mark.requirement("DEP-44", "DEP-D64")
def test_the_build_is_told_even_when_the_lock_is_not_released(cloud: Cloud) -> None:
    """A release that fails keeps the error from the build."""
    done = played(cloud, PLAIN, {name: [Raised("Broken")] for name in ("FetchTargets", "ReleaseLock")})
    (told,) = done.payloads("UpdateBuildStatus")
    assert (told["status"], told["error"]["Error"]) == ("FAILED", "Broken")


FINAL = [errors.TemplateInvalid, errors.TemplateNotFetched, errors.ParametersInvalid, errors.Refused]


@pytest.mark.parametrize("error", FINAL)
@pytest.mark.requirement("DEP-45")
def test_an_error_of_the_template_is_not_tried_again(cloud: Cloud, error: type[Exception]) -> None:
    """A Retry takes an error that no second try can mend."""
    done = Stage(cloud).play({"CreateStackSet": [Raised(error.__name__)]})
    assert len(done.payloads("CreateStackSet")) == 1
    assert done.seconds == 0


def tries(number: int) -> dict[str, list[Any]]:
    """A lock that stays taken for so many tries, and one more."""
    waiting = [lock(should_retry=True, retry_count=count) for count in range(1, number + 1)]
    return {"AcquireLock": [*waiting, lock(retry_count=number + 1)]}


@pytest.mark.requirement("DEP-07", "DEP-D30", "DEP-D31")
def test_the_lock_is_asked_for_every_fifteen_seconds_ten_times(cloud: Cloud) -> None:
    """The wait is another one, or the count that the function answered does not come back to it."""
    done = Stage(cloud).play(tries(10))
    assert done.seconds == 10 * 15
    assert [payload["retry_count"] for payload in done.payloads("AcquireLock")] == list(range(11))


@pytest.mark.requirement("DEP-08", "DEP-D33", "DEP-D34")
def test_after_the_last_attempt_the_build_is_failed_and_the_lock_timed_out(cloud: Cloud) -> None:
    """The run ends otherwise than in LockTimeout, or the build keeps its status."""
    done = Stage(cloud).play(tries(10))
    assert (done.entered[-1], done.status, done.error) == ("LockTimeout", "FAILED", "LockTimeout")
    (told,) = done.payloads("UpdateBuildStatus")
    assert (told["status"], told["error_msg"]) == ("FAILED", "held by X")
    assert done.payloads("ReleaseLock") == []


@pytest.mark.requirement("DEP-D28", "DEP-D29")
@pytest.mark.parametrize(("seconds", "attempts", "minutes"), [(15, 10, 2.5), (15, 20, 5), (30, 10, 5)])
def test_how_long_a_build_waits_for_the_lock_is_settled(
    cloud: Cloud, seconds: int, attempts: int, minutes: float
) -> None:
    """The wait for the lock grows from one attempt to the next, or is none of the settings."""
    assert Stage(cloud, Settings(lock_wait_seconds=seconds)).play(tries(attempts)).seconds == minutes * 60


@pytest.mark.requirement("DEP-32", "DEP-D09", "DEP-D10")
def test_a_conflict_is_tried_again_for_half_an_hour_and_then_fails(cloud: Cloud) -> None:
    """The tries are fewer or more than twenty, or their waits add up to another time than half an hour."""
    stage = Stage(cloud)
    for number, name in enumerate(("CreateStackSet", "DeployStackInstances")):
        done = stage.play({name: [Raised("OperationInProgressException")]}, name=f"e{number}")
        assert done.entered[-3:] == BROKEN
        assert len(done.payloads(name)) == 21
        assert done.seconds / 60 == pytest.approx(29.9, abs=0.05)


@pytest.mark.requirement("DEP-34", "DEP-D43")
def test_an_operation_is_looked_at_for_as_long_as_it_takes(cloud: Cloud) -> None:
    """The poll has another interval, ends before the operation does, or fills the history within a day."""
    stage, quick = Stage(cloud), 30 * 4
    looks: list[Any] = [*[status()] * (quick - 1), *[status(is_slow=True)] * 30]
    hour = stage.play({"CheckStackSetStatus": [*looks, DONE]})
    longer = stage.play({"CheckStackSetStatus": [*looks, *[status(is_slow=True)] * 60, DONE]}, name="longer")
    assert (hour.status, hour.seconds) == ("SUCCEEDED", 3600)
    assert (longer.status, longer.seconds) == ("SUCCEEDED", 2 * 3600)
    assert len(hour.types) + 23 * (len(longer.types) - len(hour.types)) < 20_000


def test_each_look_is_told_what_the_one_before_has_seen(cloud: Cloud) -> None:
    rows = [status(digest="one", events=200), status(digest="two", events=300), DONE]
    done = Stage(cloud).play({"CheckStackSetStatus": rows})
    seen = [(payload["digest"], payload["events"]) for payload in done.payloads("CheckStackSetStatus")]
    assert seen == [("", 100), ("one", 200), ("two", 300)]


def test_a_bake_takes_as_long_as_the_function_says(cloud: Cloud) -> None:
    _, answers, _, _ = CASES["alarms that stay quiet while a batch bakes"]
    done = Stage(cloud).play(answers)
    assert done.seconds == 15 + 15 + 300 + 15


@pytest.mark.requirement("DEP-D43")
def test_a_long_rollout_goes_on_in_another_execution_with_the_same_lock(cloud: Cloud) -> None:
    """An execution that hands over releases the lock, or the next one is told something else."""
    stage = Stage(cloud)
    answers = {"CheckStackSetStatus": [status(should_continue=True), DONE]}
    first = stage.play(answers)
    assert (first.entered, first.status) == ([*STARTED, "ContinueExecution", "Continued"], "SUCCEEDED")
    client = cloud.client("stepfunctions")
    others = client.list_executions(stateMachineArn=stage.machine)["executions"]
    (arn,) = [each["executionArn"] for each in others if each["executionArn"] != first.arn]
    second = stage.played(arn)
    assert arn.endswith(f":{BUILD['sk']}-c1")
    assert (second.entered, second.status) == ([*STARTED, *ADDED, *GOOD_END], "SUCCEEDED")
    told = json.loads(client.describe_execution(executionArn=arn)["input"])
    assert told == {**BUILD, "continuation": 1, "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": first.arn}
    assert [name for name, _ in first.sent].count("ReleaseLock") == 1
    (other,) = play_in_node([Play(PLAIN, answers, first.arn, stage.machine)])
    assert other.entered == first.entered
    assert other.payloads("ContinueExecution") == [
        {"StateMachineArn": stage.machine, "Name": f"{BUILD['sk']}-c1", "Input": told},
    ]


def test_an_execution_that_goes_on_already_is_not_started_again(cloud: Cloud) -> None:
    """An execution of that name, with another input, has ended: the lock is its own to release."""
    stage = Stage(cloud)
    client = cloud.client("stepfunctions")
    there = json.dumps({**BUILD, "continuation": 1})
    stage.play({})
    client.start_execution(stateMachineArn=stage.machine, name=f"{BUILD['sk']}-c1", input=there)
    cloud.clock.settle()
    done = stage.play({"CheckStackSetStatus": [status(should_continue=True)]}, name="again")
    assert (done.entered[-2:], done.status) == (["ContinueExecution", "Continued"], "SUCCEEDED")
    assert done.payloads("ReleaseLock") == []
