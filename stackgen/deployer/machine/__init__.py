"""The deployer's state machine.

    AcquireLock -> CheckLockAcquired -> FetchTargets -> InitializeDeployments -> CreateOrUpdateStackSet
                      |  ^ WaitForLock          [VerifySignatures] [PromoteImages]           |
                      v                                                                 BeginRollout
              LockTimeout, Superseded                                                        |
                                                        each batch  +-> DeployStackInstances <+
                                                                    |        |
                            WatchAlarms, RevertTargets <- CheckOperationComplete <-> WaitForStackSet
                                                                    |
          Success <- ReleaseLock <- CheckBuildStatus <- AggregateResults
    HandleFailure <- UpdateBuildStatusOnFailure <- ReleaseLockOnFailure <-+
    HandleFailure <- UpdateBuildStatusOnError <- ReleaseLockOnError <- every error

A function has the name of what it does, and ``${<name>Arn}`` stands for its ARN, for CloudFormation's
DefinitionSubstitutions. What each answers is in :data:`ANSWERS`, and a state may read nothing else.
"""

from __future__ import annotations

import re
from typing import Any

from stackgen.deployer.asl import Machine
from stackgen.deployer.asl.holding import Holding, Step
from stackgen.deployer.machine.states import INPUT, Settings, states
from stackgen.deployer.machine.tasks import invoked

__all__ = ["ANSWERS", "INPUT", "LOCK", "Settings", "definition", "functions", "machine", "rendered"]

ANSWERS: dict[str, tuple[str, ...]] = {
    "AcquireLock": ("lock_acquired", "retry_count", "should_retry", "superseded", "message"),
    "FetchTargets": ("targets", "count", "truncated"),
    "VerifySignatures": ("verificationPassed", "message"),
    "PromoteImages": ("images_promoted", "images", "skipped"),
    "InitializeDeployments": ("initialized_count",),
    "CreateStackSet": ("stack_set_name", "operation", "batch_count", "orphans"),
    "DeployStackInstances": (
        "operation_id", "account_ids", "regions", "batch_index", "batch_count", "action", "truncated",
    ),
    "CheckStackSetStatus": (
        "operation_status", "is_complete", "has_failures", "deployments", "deployments_truncated", "counts", "digest",
        "events", "next_batch_index", "has_next_batch", "should_revert", "watch", "should_continue", "is_slow",
    ),
    "WatchAlarms": ("verdict", "wait_seconds", "message"),
    "RevertTargets": ("is_complete", "message"),
    "AggregateResults": ("build_status", "partial_success", "failed_deployments", "deployment_summary", "error_msg"),
    "ReleaseLock": ("released", "message"),
    "UpdateBuildStatus": (),
}  # fmt: skip
"""What each function is sure to answer; it may answer more, which no state reads."""

LOCK = Holding(
    what="the lock",
    acquired=(
        Step("CheckLockAcquired", "FetchTargets"),
        Step("AcquireLock", how="Catch"),  # its answer may be lost after the lock was written
    ),
    released=("ReleaseLock", "ReleaseLockOnFailure", "ReleaseLockOnError"),
    handed_over=(Step("ContinueExecution", "Continued"),),
)


DEFAULT = Settings()


def definition(settings: Settings = DEFAULT) -> dict[str, Any]:
    """The machine in the Amazon States Language; the caller may change what it gets."""
    return machine(settings).definition


def rendered(settings: Settings = DEFAULT) -> str:
    """The machine as people read it."""
    return machine(settings).text


def functions(settings: Settings = DEFAULT) -> tuple[str, ...]:
    """The functions that the machine invokes, in the order in which it first names them."""
    return tuple(dict.fromkeys(re.findall(r"\$\{(\w+)Arn\}", rendered(settings))))


def machine(settings: Settings = DEFAULT) -> Machine:
    """The machine; one that could get stuck, or keep its lock, is refused with a MachineError."""
    every = states(settings)
    return Machine(
        *every,
        StartAt="AcquireLock",
        Comment="Roll one build of a repository out to the accounts and regions of an environment",
        TimeoutSeconds=settings.timeout_seconds,
        inputs=INPUT,
        answers={state.name: ANSWERS[invoked(state)] for state in every if invoked(state)},
        holdings=[LOCK],
    )
