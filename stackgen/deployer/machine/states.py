"""The states of the deployer's machine, in the order in which a build meets them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stackgen.deployer.asl import (
    Catcher,
    Choice,
    Fail,
    Pass,
    Retrier,
    State,
    Succeed,
    Task,
    Wait,
    When,
    all_of,
    equals,
    is_true,
)
from stackgen.deployer.machine.tasks import CONFLICT, PERSISTENT, TRANSIENT, invoke, on_the_way_out

START_EXECUTION = "arn:aws:states:::states:startExecution"
STARTED_BEFORE = "StepFunctions.ExecutionAlreadyExistsException"

INPUT = (
    "repo", "env", "branch", "version", "sk", "commit_hash", "s3_bucket", "s3_key", "retry_count", "continuation",
)  # fmt: skip
"""The fields of the machine's input."""

STATUS, ALARMS = "$.statusResult.Payload", "$.alarmResult.Payload"


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation of the deployer may choose; everything else about the machine is fixed."""

    lock_wait_seconds: int = 15
    poll_seconds: int = 15
    slow_poll_seconds: int = 60
    promote_images: bool = False
    verify_signatures: bool = False
    timeout_seconds: int = 172_800


def states(settings: Settings) -> list[State]:
    """All of them."""
    return [
        *_locking(settings),
        *_preparing(settings),
        *_rolling_out(settings),
        *_watching(),
        *_continuing(),
        *_concluding(),
    ]


def _locking(settings: Settings) -> list[State]:
    """One build of a repository and environment at a time."""
    acquired = {"execution_arn.$": "$$.Execution.Id", "retry_count.$": "$.retry_count"}
    message = {"status": "FAILED", "error_msg.$": "$.lockResult.Payload.message"}
    mark = {"function": "UpdateBuildStatus", "result": "$.updateStatusResult"}
    return [
        invoke(
            "AcquireLock", "Take the lock of the repository and environment, or learn who has it",
            also=acquired, result="$.lockResult", Next="CheckLockAcquired",
        ),
        Choice(
            "CheckLockAcquired",
            Comment="The lock is ours, somebody else's, or of no use any more",
            Choices=[
                When(is_true("$.lockResult.Payload.lock_acquired"), Next="FetchTargets"),
                When(is_true("$.lockResult.Payload.should_retry"), Next="WaitForLock"),
                When(is_true("$.lockResult.Payload.superseded"), Next="MarkSuperseded"),
            ],
            Default="MarkLockTimeout",
        ),
        Wait("WaitForLock", Comment="Ask again soon", Seconds=settings.lock_wait_seconds, Next="UpdateRetryCount"),
        Pass(
            "UpdateRetryCount",
            Comment="The function counts; its count is kept",
            InputPath="$.lockResult.Payload.retry_count", ResultPath="$.retry_count", Next="AcquireLock",
        ),
        on_the_way_out("MarkLockTimeout", "Say who had the lock", Next="LockTimeout", also=message, **mark),
        Fail("LockTimeout", Comment="The lock stayed taken", Error="LockTimeout", Cause="The lock stayed taken"),
        on_the_way_out("MarkSuperseded", "Say which build is newer", Next="Superseded", also=message, **mark),
        Succeed("Superseded", Comment="A newer build has been here: nothing is left to do, and nobody is alarmed"),
    ]  # fmt: skip


def _preparing(settings: Settings) -> list[State]:
    """Where to, and is everything there."""
    artifact = {"s3_bucket.$": "$.s3_bucket", "s3_key.$": "$.s3_key"}
    targets = {"targets.$": "$.targetsResult.Payload.targets", "count.$": "$.targetsResult.Payload.count"}
    promote = "PromoteImages" if settings.promote_images else "InitializeDeployments"
    verify = "VerifySignatures" if settings.verify_signatures else promote
    found: list[State] = [
        invoke("FetchTargets", "Which accounts and regions", result="$.targetsResult", Next=verify),
    ]
    if settings.verify_signatures:
        found += [
            invoke(
                "VerifySignatures", "Is what shall be deployed signed by whom we trust",
                also=artifact, result="$.verificationResult", Next="CheckVerification",
            ),
            Choice(
                "CheckVerification",
                Comment="Only what has passed goes on",
                Choices=[When(is_true("$.verificationResult.Payload.verificationPassed"), Next=promote)],
                Default="HandleVerificationFailure",
            ),
            invoke(
                "HandleVerificationFailure", "Say what was not signed",
                function="UpdateBuildStatus",
                also={"status": "FAILED", "error_msg.$": "$.verificationResult.Payload.message"},
                result="$.updateStatusResult", Next="AggregateResults",
            ),
        ]  # fmt: skip
    if settings.promote_images:
        found.append(
            invoke(
                "PromoteImages", "Copy the images to the accounts that will run them",
                also={**artifact, **targets}, result="$.promoteResult", Next="InitializeDeployments",
            )
        )  # fmt: skip
    return [
        *found,
        invoke(
            "InitializeDeployments", "One pending record for each account and region",
            also=targets, result="$.initResult", Next="CreateOrUpdateStackSet",
        ),
        invoke(
            "CreateOrUpdateStackSet", "See that the StackSet is there, and plan the batches",
            function="CreateStackSet", also=artifact, result="$.stackSetResult",
            retry=(CONFLICT, TRANSIENT), Next="BeginRollout",
        ),
    ]  # fmt: skip


def _rolling_out(settings: Settings) -> list[State]:
    """One batch after the other: begin it, and look until it is done."""
    stack_set = {"stack_set_name.$": "$.stackSetResult.Payload.stack_set_name"}
    targets = {"targets.$": "$.targetsResult.Payload.targets"}
    return [
        Pass(
            "BeginRollout",
            Comment="The first batch is next; so much of the history is used already",
            Result={"Payload": {"next_batch_index": 0, "events": 100, "digest": ""}},
            ResultPath="$.statusResult", Next="DeployStackInstances",
        ),
        invoke(
            "DeployStackInstances", "Start the operation of the next batch",
            also={**stack_set, **targets, "batch_index.$": f"{STATUS}.next_batch_index"},
            result="$.deployResult", retry=(CONFLICT, TRANSIENT), Next="WaitForStackSet",
        ),
        Wait(
            "WaitForStackSet", Comment="Look again soon",
            Seconds=settings.poll_seconds, Next="CheckStackSetStatus",
        ),
        Wait(
            "WaitForStackSetLonger", Comment="It takes long: look again later",
            Seconds=settings.slow_poll_seconds, Next="CheckStackSetStatus",
        ),
        invoke(
            "CheckStackSetStatus", "How far the operation and its instances are",
            also={
                **stack_set, **_operation(), **targets,
                "batch_index.$": "$.deployResult.Payload.batch_index",
                "events.$": f"{STATUS}.events", "digest.$": f"{STATUS}.digest",
            },
            result="$.statusResult", Next="CheckOperationComplete",
        ),
        Choice(
            "CheckOperationComplete",
            Comment="What follows from how far it is",
            Choices=[
                When(is_true(f"{STATUS}.should_revert"), Next="RevertTargets"),
                When(is_true(f"{STATUS}.watch"), Next="WatchAlarms"),
                *_onwards(),
            ],
            Default="WaitForStackSet",
        ),
    ]  # fmt: skip


def _onwards() -> list[When]:
    """Where a rollout goes that neither alarms nor failures hold up."""
    return [
        When(
            all_of(is_true(f"{STATUS}.is_complete"), is_true(f"{STATUS}.has_next_batch")), Next="DeployStackInstances"
        ),
        When(is_true(f"{STATUS}.is_complete"), Next="AggregateResults"),
        When(is_true(f"{STATUS}.should_continue"), Next="ContinueExecution"),
        When(is_true(f"{STATUS}.is_slow"), Next="WaitForStackSetLonger"),
    ]


def _operation() -> dict[str, Any]:
    return {"operation_id.$": "$.deployResult.Payload.operation_id"}


def _watching() -> list[State]:
    """What a policy asks for: alarms are watched, and targets reverted."""
    return [
        invoke(
            "WatchAlarms", "Do the alarms of the rollout stay quiet",
            also={"batch_index.$": "$.deployResult.Payload.batch_index", "is_complete.$": f"{STATUS}.is_complete"},
            result="$.alarmResult", Next="CheckAlarms",
        ),
        Choice(
            "CheckAlarms",
            Comment="An alarm reverts; a batch that is done bakes a while",
            Choices=[
                When(equals(f"{ALARMS}.verdict", "alarm"), Next="RevertTargets"),
                When(equals(f"{ALARMS}.verdict", "bake"), Next="WaitForBake"),
                *_onwards(),
            ],
            Default="WaitForStackSet",
        ),
        Wait(
            "WaitForBake", Comment="Give trouble the time to show itself",
            SecondsPath=f"{ALARMS}.wait_seconds", Next="WatchAlarms",
        ),
        invoke(
            "RevertTargets", "Bring what was changed back to the last good build, a step at a time",
            also={"stack_set_name.$": "$.stackSetResult.Payload.stack_set_name", **_operation()},
            result="$.revertResult", Next="CheckReverted",
        ),
        Choice(
            "CheckReverted",
            Comment="Until all is as it was",
            Choices=[When(is_true("$.revertResult.Payload.is_complete"), Next="AggregateResults")],
            Default="WaitForRevert",
        ),
        Wait("WaitForRevert", Comment="The next step begins later", Seconds=60, Next="RevertTargets"),
    ]  # fmt: skip


def _continuing() -> list[State]:
    """A history holds 25,000 events; a rollout that needs more goes on in another execution, with the same lock."""
    following = "States.MathAdd($.continuation, 1)"
    kept = {f"{field}.$": f"$.{field}" for field in INPUT if field not in {"retry_count", "continuation"}}
    return [
        Task(
            "ContinueExecution",
            Comment="Start the execution that goes on from here",
            Resource=START_EXECUTION,
            Parameters={
                "StateMachineArn.$": "$$.StateMachine.Id",
                "Name.$": f"States.Format('{{}}-c{{}}', $.sk, {following})",
                "Input": {
                    **kept, "retry_count": 0, "continuation.$": following,
                    "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$": "$$.Execution.Id",
                },
            },
            ResultPath="$.continued",
            Retry=[Retrier(ErrorEquals=[STARTED_BEFORE], MaxAttempts=0), PERSISTENT],
            Catch=[
                Catcher(ErrorEquals=[STARTED_BEFORE], ResultPath="$.continued", Next="Continued"),
                Catcher(ErrorEquals=["States.ALL"], ResultPath="$.error", Next="ReleaseLockOnError"),
            ],
            Next="Continued",
        ),
        Succeed("Continued", Comment="The lock is the next execution's"),
    ]  # fmt: skip


def _concluding() -> list[State]:
    """Whatever happened: the lock is released, the build says how it ended."""
    release: dict[str, Any] = {"function": "ReleaseLock", "result": "$.releaseLockResult"}
    update: dict[str, Any] = {"function": "UpdateBuildStatus", "result": "$.updateStatusResult"}
    failed = {"status": "FAILED"}
    return [
        invoke(
            "AggregateResults", "Add up the targets, and write the build's outcome",
            result="$.aggregateResult", Next="CheckBuildStatus",
        ),
        Choice(
            "CheckBuildStatus",
            Comment="A build is good when every target is",
            Choices=[When(equals("$.aggregateResult.Payload.build_status", "SUCCESS"), Next="ReleaseLock")],
            Default="ReleaseLockOnFailure",
        ),
        on_the_way_out("ReleaseLock", "A lock that stays taken does not undo a success", Next="Success", **release),
        Succeed("Success", Comment="Every target has the build"),
        on_the_way_out("ReleaseLockOnFailure", "Some target failed", Next="UpdateBuildStatusOnFailure", **release),
        on_the_way_out(
            "UpdateBuildStatusOnFailure", "Where the outcome is not written yet",
            also={**failed, "error_msg.$": "$.aggregateResult.Payload.error_msg"}, Next="HandleFailure", **update,
        ),
        on_the_way_out("ReleaseLockOnError", "Something broke", Next="UpdateBuildStatusOnError", **release),
        on_the_way_out(
            "UpdateBuildStatusOnError", "Say what broke",
            also={**failed, "error.$": "$.error"}, Next="HandleFailure", **update,
        ),
        Fail("HandleFailure", Comment="The build says why", Error="DeploymentFailed", Cause="See the build's record"),
    ]  # fmt: skip
