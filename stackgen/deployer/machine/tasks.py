"""How the states of the deployer's machine invoke functions: what they tell them, and what follows when one fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.deployer.asl import Catcher, Retrier, State, Task

if TYPE_CHECKING:
    from collections.abc import Iterable

INVOKE = "arn:aws:states:::lambda:invoke"

TRANSIENT = Retrier(
    ErrorEquals=[
        "Transient", "Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException",
        "Lambda.TooManyRequestsException", "Lambda.ClientExecutionTimeoutException", "Sandbox.Timedout",
    ],
    IntervalSeconds=2, BackoffRate=2, MaxAttempts=6, MaxDelaySeconds=60, JitterStrategy="FULL",
)  # fmt: skip
CONFLICT = Retrier(
    ErrorEquals=["OperationInProgressException"],
    IntervalSeconds=30, BackoffRate=1.5, MaxAttempts=20, MaxDelaySeconds=97,
)  # fmt: skip
"""A StackSet runs one operation at a time; another one may take half an hour."""
PERSISTENT = Retrier(ErrorEquals=["States.ALL"], IntervalSeconds=2, BackoffRate=2, MaxAttempts=3)
"""For what must be done, whatever goes wrong."""

BUILD = ("env", "repo", "sk")
"""What every function is told of the build."""


def invoked(state: State) -> str:
    """The function that a state invokes; empty for a state that invokes none."""
    if not isinstance(state, Task) or state.Resource != INVOKE or state.Parameters is None:
        return ""
    return str(state.Parameters["FunctionName"]).removeprefix("${").removesuffix("Arn}")


def invoke(
    name: str,
    comment: str,
    *,
    result: str,
    Next: str,
    function: str = "",
    also: dict[str, Any] | None = None,
    catch: str = "ReleaseLockOnError",
    retry: Iterable[Retrier] = (TRANSIENT,),
) -> Task:
    """A Task that tells a function of the build, and of what ``also`` names."""
    payload = {f"{field}.$": f"$.{field}" for field in BUILD}
    return Task(
        name,
        Comment=comment,
        Resource=INVOKE,
        Parameters={"FunctionName": f"${{{function or name}Arn}}", "Payload": {**payload, **(also or {})}},
        ResultSelector={"Payload.$": "$.Payload"},
        ResultPath=result,
        Retry=list(retry),
        Catch=[Catcher(ErrorEquals=["States.ALL"], ResultPath="$.error", Next=catch)],
        Next=Next,
    )


def on_the_way_out(
    name: str, comment: str, *, function: str, result: str, Next: str, also: dict[str, Any] | None = None
) -> Task:
    """A Task that leads on whether it succeeds or fails."""
    retry = (TRANSIENT, PERSISTENT)
    return invoke(name, comment, function=function, result=result, Next=Next, catch=Next, also=also, retry=retry)
