"""Which errors a Retry or a Catch matches.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.local.machines.places import part

if TYPE_CHECKING:
    from collections.abc import Collection

RUNTIME = "States.Runtime"
TOO_LONG = "States.DataLimitExceeded"
TIMEOUT = "States.Timeout"
HEARTBEAT = "States.HeartbeatTimeout"


def matches(wanted: Collection[str | None], error: str | None) -> bool:
    """Whether a rule that names the *wanted* errors matches one.

    States.Runtime always ends the execution; States.DataLimitExceeded must be named; States.TaskFailed stands for all
    errors but States.Timeout.
    """
    if error == RUNTIME:
        return False
    if error in wanted:
        return True
    if error == TOO_LONG:
        return False
    return "States.ALL" in wanted or ("States.TaskFailed" in wanted and error != TIMEOUT)


def error_equals(rule: Any, env: Any) -> None:
    """Stands where the interpreter compares the error on the stack with those that a rule names."""
    error = env.stack.pop()
    wanted = {name.error_name for name in rule.error_names}
    name = None if error is None else error.error_name
    also = getattr(error, "also", None)
    env.stack.append(matches(wanted, name) or (also is not None and also in wanted))


def named(error_name: str | None) -> Any:
    """Stands where the interpreter names the error of a branch or of a function.

    It refuses names that begin with ``States.``, so that a branch that timed out would fail its parent with
    States.Runtime.
    """
    ErrorName = part("component.common.error_name.error_name", "ErrorName")

    return ErrorName(error_name)


def as_heartbeat(failure: Any) -> Any:
    """A missing heartbeat is told as States.Timeout, and a rule may also name States.HeartbeatTimeout."""
    failure.error_name = named(TIMEOUT)
    failure.error_name.also = HEARTBEAT
    return failure
