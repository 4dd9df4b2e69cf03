"""The deployer's machine: which states it has, what follows what, what each tells its function."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from stackgen.deployer import machine
from stackgen.deployer.asl import problems, total_wait
from stackgen.deployer.handlers import errors
from stackgen.deployer.machine import Settings
from tests.deployer.plays import arn_of, judged, resolved

VARIANTS = {
    f"{'signed' if signed else 'unsigned'}, {'promoted' if promoted else 'not promoted'}": Settings(
        verify_signatures=signed, promote_images=promoted
    )
    for signed, promoted in product((False, True), repeat=2)
}
EVERYTHING = Settings(promote_images=True, verify_signatures=True)
STATES: dict[str, Any] = machine.definition()["States"]
ALL_STATES: dict[str, Any] = machine.definition(EVERYTHING)["States"]

BROKEN = "ReleaseLockOnError"
BATCHES = "DeployStackInstances AggregateResults ContinueExecution WaitForStackSetLonger else WaitForStackSet"

SHAPE = {
    "AcquireLock": ("Task", "CheckLockAcquired", BROKEN),
    "CheckLockAcquired": ("Choice", "FetchTargets WaitForLock MarkSuperseded else MarkLockTimeout", ""),
    "WaitForLock": ("Wait", "UpdateRetryCount", ""),
    "UpdateRetryCount": ("Pass", "AcquireLock", ""),
    "MarkLockTimeout": ("Task", "LockTimeout", "LockTimeout"),
    "LockTimeout": ("Fail", "", ""),
    "MarkSuperseded": ("Task", "Superseded", "Superseded"),
    "Superseded": ("Succeed", "", ""),
    "FetchTargets": ("Task", "InitializeDeployments", BROKEN),
    "InitializeDeployments": ("Task", "CreateOrUpdateStackSet", BROKEN),
    "CreateOrUpdateStackSet": ("Task", "BeginRollout", BROKEN),
    "BeginRollout": ("Pass", "DeployStackInstances", ""),
    "DeployStackInstances": ("Task", "WaitForStackSet", BROKEN),
    "WaitForStackSet": ("Wait", "CheckStackSetStatus", ""),
    "WaitForStackSetLonger": ("Wait", "CheckStackSetStatus", ""),
    "CheckStackSetStatus": ("Task", "CheckOperationComplete", BROKEN),
    "CheckOperationComplete": ("Choice", f"RevertTargets WatchAlarms {BATCHES}", ""),
    "WatchAlarms": ("Task", "CheckAlarms", BROKEN),
    "CheckAlarms": ("Choice", f"RevertTargets WaitForBake {BATCHES}", ""),
    "WaitForBake": ("Wait", "WatchAlarms", ""),
    "RevertTargets": ("Task", "CheckReverted", BROKEN),
    "CheckReverted": ("Choice", "AggregateResults else WaitForRevert", ""),
    "WaitForRevert": ("Wait", "RevertTargets", ""),
    "ContinueExecution": ("Task", "Continued", f"Continued {BROKEN}"),
    "Continued": ("Succeed", "", ""),
    "AggregateResults": ("Task", "CheckBuildStatus", BROKEN),
    "CheckBuildStatus": ("Choice", "ReleaseLock else ReleaseLockOnFailure", ""),
    "ReleaseLock": ("Task", "Success", "Success"),
    "Success": ("Succeed", "", ""),
    "ReleaseLockOnFailure": ("Task", "UpdateBuildStatusOnFailure", "UpdateBuildStatusOnFailure"),
    "UpdateBuildStatusOnFailure": ("Task", "HandleFailure", "HandleFailure"),
    "ReleaseLockOnError": ("Task", "UpdateBuildStatusOnError", "UpdateBuildStatusOnError"),
    "UpdateBuildStatusOnError": ("Task", "HandleFailure", "HandleFailure"),
    "HandleFailure": ("Fail", "", ""),
}
"""Type, what follows, and what follows an error."""

OPTIONS = {
    "FetchTargets": ("Task", "VerifySignatures", BROKEN),
    "VerifySignatures": ("Task", "CheckVerification", BROKEN),
    "CheckVerification": ("Choice", "PromoteImages else HandleVerificationFailure", ""),
    "HandleVerificationFailure": ("Task", "AggregateResults", BROKEN),
    "PromoteImages": ("Task", "InitializeDeployments", BROKEN),
}
"""With images promoted and signatures verified."""


def shape(states: dict[str, Any]) -> dict[str, tuple[str, str, str]]:
    def follows(state: dict[str, Any]) -> str:
        rules = [rule["Next"] for rule in state.get("Choices", [])]
        return " ".join(
            [*rules, *(["else", state["Default"]] if "Default" in state else []), state.get("Next", "")]
        ).strip()

    return {
        name: (state["Type"], follows(state), " ".join(rule["Next"] for rule in state.get("Catch", [])))
        for name, state in states.items()
    }


@pytest.mark.requirement("DEP-01", "DEP-05", "DEP-D35")
def test_the_states_follow_each_other_as_they_should() -> None:
    """A state is missing or added, or leads elsewhere, normally or after an error."""
    assert shape(STATES) == SHAPE
    assert shape(ALL_STATES) == {**SHAPE, **OPTIONS}
    assert machine.definition()["StartAt"] == "AcquireLock"


@pytest.mark.parametrize(
    ("settings", "row"),
    [
        (Settings(), ["FetchTargets", "InitializeDeployments"]),
        (Settings(promote_images=True), ["FetchTargets", "PromoteImages", "InitializeDeployments"]),
        (
            EVERYTHING,
            ["FetchTargets", "VerifySignatures", "CheckVerification", "PromoteImages", "InitializeDeployments"],
        ),
        (
            Settings(verify_signatures=True),
            ["FetchTargets", "VerifySignatures", "CheckVerification", "InitializeDeployments"],
        ),
    ],
)
def test_what_is_optional_stands_between_the_targets_and_their_records(settings: Settings, row: list[str]) -> None:
    states = machine.definition(settings)["States"]
    found = ["FetchTargets"]
    while found[-1] != "InitializeDeployments":
        state = states[found[-1]]
        found.append(state.get("Next") or state["Choices"][0]["Next"])
    assert found == row


BUILD = {"env": "$.env", "repo": "$.repo", "sk": "$.sk"}
TARGETS = {"targets": "$.targetsResult.Payload.targets"}
COUNTED = {**TARGETS, "count": "$.targetsResult.Payload.count"}
NAME = {"stack_set_name": "$.stackSetResult.Payload.stack_set_name"}
OPERATION = {"operation_id": "$.deployResult.Payload.operation_id"}
ARTIFACT = {"s3_bucket": "$.s3_bucket", "s3_key": "$.s3_key"}
FAILED = {"status": "FAILED"}
STATUS = "$.statusResult.Payload"

TOLD: dict[str, tuple[str, dict[str, str], str]] = {
    "AcquireLock": (
        "AcquireLock", {"execution_arn": "$$.Execution.Id", "retry_count": "$.retry_count"}, "$.lockResult",
    ),
    "MarkLockTimeout": (
        "UpdateBuildStatus", {**FAILED, "error_msg": "$.lockResult.Payload.message"}, "$.updateStatusResult",
    ),
    "MarkSuperseded": (
        "UpdateBuildStatus", {**FAILED, "error_msg": "$.lockResult.Payload.message"}, "$.updateStatusResult",
    ),
    "FetchTargets": ("FetchTargets", {}, "$.targetsResult"),
    "VerifySignatures": ("VerifySignatures", ARTIFACT, "$.verificationResult"),
    "HandleVerificationFailure": (
        "UpdateBuildStatus", {**FAILED, "error_msg": "$.verificationResult.Payload.message"}, "$.updateStatusResult",
    ),
    "PromoteImages": ("PromoteImages", {**ARTIFACT, **COUNTED}, "$.promoteResult"),
    "InitializeDeployments": ("InitializeDeployments", COUNTED, "$.initResult"),
    "CreateOrUpdateStackSet": ("CreateStackSet", ARTIFACT, "$.stackSetResult"),
    "DeployStackInstances": (
        "DeployStackInstances", {**NAME, **TARGETS, "batch_index": f"{STATUS}.next_batch_index"}, "$.deployResult",
    ),
    "CheckStackSetStatus": (
        "CheckStackSetStatus",
        {
            **NAME, **OPERATION, **TARGETS, "batch_index": "$.deployResult.Payload.batch_index",
            "events": f"{STATUS}.events", "digest": f"{STATUS}.digest",
        },
        "$.statusResult",
    ),
    "WatchAlarms": (
        "WatchAlarms",
        {"batch_index": "$.deployResult.Payload.batch_index", "is_complete": f"{STATUS}.is_complete"},
        "$.alarmResult",
    ),
    "RevertTargets": ("RevertTargets", {**NAME, **OPERATION}, "$.revertResult"),
    "AggregateResults": ("AggregateResults", {}, "$.aggregateResult"),
    "ReleaseLock": ("ReleaseLock", {}, "$.releaseLockResult"),
    "ReleaseLockOnFailure": ("ReleaseLock", {}, "$.releaseLockResult"),
    "ReleaseLockOnError": ("ReleaseLock", {}, "$.releaseLockResult"),
    "UpdateBuildStatusOnFailure": (
        "UpdateBuildStatus", {**FAILED, "error_msg": "$.aggregateResult.Payload.error_msg"}, "$.updateStatusResult",
    ),
    "UpdateBuildStatusOnError": ("UpdateBuildStatus", {**FAILED, "error": "$.error"}, "$.updateStatusResult"),
}  # fmt: skip
"""The function, what it is told beside the build, and where its answer goes."""


@pytest.mark.requirement("DEP-D48")
def test_every_function_is_told_of_the_build_and_what_else_it_needs() -> None:
    """A field of a payload is missing, or comes from another place; ``sk`` is one of those of the build."""
    found = {}
    for name, state in ALL_STATES.items():
        if state.get("Resource") == "arn:aws:states:::lambda:invoke":
            payload = {key.removesuffix(".$"): path for key, path in state["Parameters"]["Payload"].items()}
            assert {key: payload.pop(key) for key in BUILD} == BUILD, name
            assert state["ResultSelector"] == {"Payload.$": "$.Payload"}
            found[name] = (state["Parameters"]["FunctionName"][2:-4], payload, state["ResultPath"])
    assert found == TOLD


def test_every_state_says_what_it_is_for() -> None:
    assert all(state["Comment"] for state in ALL_STATES.values())
    assert len({state["Comment"] for state in ALL_STATES.values()}) == len(ALL_STATES)


@pytest.mark.requirement("DEP-32", "DEP-D09", "DEP-D10")
def test_an_operation_that_conflicts_is_tried_for_about_half_an_hour() -> None:
    """The sum of the waits of a conflict's Retry is another than 30 minutes, or a state has none."""
    for name in ("CreateOrUpdateStackSet", "DeployStackInstances"):
        conflict = STATES[name]["Retry"][0]
        assert conflict["ErrorEquals"] == ["OperationInProgressException"]
        assert (conflict["IntervalSeconds"], conflict["BackoffRate"], conflict["MaxAttempts"]) == (30, 1.5, 20)
        assert total_wait([conflict]) / 60 == pytest.approx(30, abs=0.2)


def test_what_is_transient_is_tried_again_in_every_task() -> None:
    for name, state in ALL_STATES.items():
        if "FunctionName" in state.get("Parameters", {}):
            (transient,) = [rule for rule in state["Retry"] if "Transient" in rule["ErrorEquals"]]
            assert transient["MaxAttempts"] == 6, name
            assert {"Lambda.TooManyRequestsException", "Lambda.ServiceException"} < set(transient["ErrorEquals"])


def test_the_errors_that_are_tried_again_are_raised_by_functions_or_by_lambda() -> None:
    named = {each for state in ALL_STATES.values() for rule in state.get("Retry", []) for each in rule["ErrorEquals"]}
    ours = {each for each in named if "." not in each}
    assert ours == {errors.Transient.__name__, errors.OperationInProgressException.__name__}
    assert {each.partition(".")[0] for each in named - ours} == {"Lambda", "Sandbox", "States", "StepFunctions"}


def test_the_way_out_insists() -> None:
    insisting = {name for name, state in ALL_STATES.items() for rule in state.get("Retry", [])
                 if rule["ErrorEquals"] == ["States.ALL"]}  # fmt: skip
    assert insisting == {
        "ReleaseLock", "ReleaseLockOnFailure", "ReleaseLockOnError", "UpdateBuildStatusOnFailure",
        "UpdateBuildStatusOnError", "MarkLockTimeout", "MarkSuperseded", "ContinueExecution",
    }  # fmt: skip


def test_settings_change_what_they_name() -> None:
    made = machine.definition(
        Settings(lock_wait_seconds=30, poll_seconds=5, slow_poll_seconds=90, timeout_seconds=3600)
    )
    seconds = {name: state["Seconds"] for name, state in made["States"].items() if "Seconds" in state}
    assert seconds == {"WaitForLock": 30, "WaitForStackSet": 5, "WaitForStackSetLonger": 90, "WaitForRevert": 60}
    assert made["TimeoutSeconds"] == 3600
    assert machine.definition()["TimeoutSeconds"] == 48 * 3600
    assert STATES["WaitForLock"]["Seconds"] == STATES["WaitForStackSet"]["Seconds"] == 15


CORE = {
    "AcquireLock", "FetchTargets", "InitializeDeployments", "CreateStackSet", "DeployStackInstances",
    "CheckStackSetStatus", "WatchAlarms", "RevertTargets", "AggregateResults", "ReleaseLock", "UpdateBuildStatus",
}  # fmt: skip


def test_the_functions_are_those_that_the_machine_invokes() -> None:
    assert set(machine.functions()) == CORE
    assert set(machine.functions(Settings(promote_images=True))) == {*CORE, "PromoteImages"}
    assert set(machine.functions(Settings(verify_signatures=True))) == {*CORE, "VerifySignatures"}
    assert set(machine.functions(EVERYTHING)) == set(machine.ANSWERS)
    assert len(machine.functions()) == len(CORE)


def test_the_text_is_the_definition() -> None:
    assert json.loads(machine.rendered(EVERYTHING)) == machine.definition(EVERYTHING)
    assert machine.rendered() == machine.rendered()


def test_a_definition_belongs_to_whom_it_is_given() -> None:
    machine.definition()["States"].clear()
    assert set(machine.definition()["States"]) == set(SHAPE)


# What would be refused of it


def checked(definition: dict[str, Any]) -> list[str]:
    invoked = {name: state["Parameters"]["FunctionName"][2:-4] for name, state in definition["States"].items()
               if "FunctionName" in state.get("Parameters", {})}  # fmt: skip
    answers = {name: machine.ANSWERS[function] for name, function in invoked.items()}
    found = problems(definition, inputs=machine.INPUT, answers=answers, holdings=[machine.LOCK])
    return [each.message for each in found]


@pytest.mark.parametrize("settings", VARIANTS.values(), ids=VARIANTS)
def test_nothing_is_wrong_with_the_machine(settings: Settings) -> None:
    assert checked(machine.definition(settings)) == []


CAUGHT = sorted(name for name, state in ALL_STATES.items() if BROKEN in shape(ALL_STATES)[name][2])


@pytest.mark.parametrize("name", [name for name in CAUGHT if name != "AcquireLock"])
def test_a_task_that_does_not_catch_everything_would_keep_the_lock(name: str) -> None:
    definition = machine.definition(EVERYTHING)
    definition["States"][name]["Catch"].pop()
    assert any(f"the lock is still held when {name} fails" in each for each in checked(definition))


@pytest.mark.parametrize("name", CAUGHT)
def test_an_error_that_goes_around_the_release_would_keep_the_lock(name: str) -> None:
    definition = machine.definition(EVERYTHING)
    definition["States"][name]["Catch"][-1]["Next"] = "HandleFailure"
    assert any(each.startswith("the lock is still held at the end HandleFailure") for each in checked(definition))


RESULTS = sorted(name for name, (_, _, result) in TOLD.items() if result not in {"$.initResult", "$.promoteResult"}
                 and not name.startswith(("ReleaseLock", "UpdateBuildStatus", "Mark", "Handle")))  # fmt: skip


@pytest.mark.parametrize("name", RESULTS)
def test_an_answer_that_goes_elsewhere_would_be_missed(name: str) -> None:
    definition = machine.definition(EVERYTHING)
    definition["States"][name]["ResultPath"] = "$.elsewhere"
    missed = re.compile(rf"reads {re.escape(TOLD[name][2])}\S* in .+ may be missing")
    assert any(missed.search(each) for each in checked(definition))


READ = sorted(
    {(name, key) for name, (_, told, _) in TOLD.items() for key, path in told.items() if path.startswith("$.")}
)


@pytest.mark.parametrize(("name", "key"), READ)
def test_a_misspelt_path_of_a_payload_would_be_found(name: str, key: str) -> None:
    definition = machine.definition(EVERYTHING)
    definition["States"][name]["Parameters"]["Payload"][f"{key}.$"] += "x"
    (message,) = checked(definition)
    assert message.startswith(f"{name} reads {TOLD[name][1][key]}x in Parameters")


# A second opinion


@pytest.fixture(scope="module")
def sound() -> dict[str, Any]:
    return resolved(EVERYTHING, {name: arn_of(name) for name in machine.functions(EVERYTHING)})


def test_another_validator_finds_nothing_wrong_with_any_variant() -> None:
    definitions = [
        resolved(settings, {name: arn_of(name) for name in machine.functions(settings)})
        for settings in VARIANTS.values()
    ]
    assert judged([*definitions, *map(machine.definition, VARIANTS.values())]) == [""] * 8


PLANTED: dict[str, Callable[[dict[str, Any]], object]] = {
    "no StartAt": lambda made: made.pop("StartAt"),
    "a dangling Next": lambda made: made["States"]["AcquireLock"].update(Next="CheckLock"),
    "a state that leads nowhere": lambda made: made["States"]["FetchTargets"].pop("Next"),
    "a Catch of a Choice": lambda made: made["States"]["CheckLockAcquired"].update(
        Catch=[{"ErrorEquals": ["States.ALL"], "Next": "HandleFailure"}]
    ),
    "a wait in words": lambda made: made["States"]["WaitForLock"].update(Seconds="fifteen"),
    "a path that is none": lambda made: made["States"]["FetchTargets"].update(ResultPath="targetsResult"),
    "a field that is none": lambda made: made["States"]["WaitForLock"].update(Secs=15),
    "a Type that is none": lambda made: made["States"]["WaitForLock"].update(Type="Pause"),
}


def test_the_other_validator_is_one_that_finds_things(sound: dict[str, Any]) -> None:
    broken = [json.loads(json.dumps(sound)) for _ in PLANTED]
    for definition, plant in zip(broken, PLANTED.values(), strict=True):
        plant(definition)
    found = dict(zip(PLANTED, judged(broken), strict=True))
    assert [name for name, said in found.items() if not said] == []


def test_settings_are_values() -> None:
    assert replace(Settings(), promote_images=True) == Settings(promote_images=True)
