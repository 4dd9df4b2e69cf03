"""One execution of a state machine: how it starts, runs and ends, and what it tells of itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stackgen.local.machines import limits
from stackgen.local.machines.history import History
from stackgen.local.machines.places import part
from stackgen.local.machines.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from stackgen.local.clock import Clock
    from stackgen.local.machines.records import Machine

RUNNING, SUCCEEDED, FAILED, ABORTED, TIMED_OUT = "RUNNING", "SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT"
_LAST_EVENT = {
    SUCCEEDED: "ExecutionSucceeded",
    FAILED: "ExecutionFailed",
    ABORTED: "ExecutionAborted",
    TIMED_OUT: "ExecutionTimedOut",
}
#: The longest input or output that an event carries, in bytes.
_EVENT_DATA = 248 * 1024


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What executions share: the clock, the tokens of all, and who is told that one started or ended."""

    clock: Clock
    tokens: dict[str, Any]
    changed: Callable[[Execution], None]


class Execution:
    """*machine* is as it was when the execution started; a later update does not change it."""

    def __init__(self, machine: Machine, arn: str, name: str, text: str, around: Surroundings) -> None:
        self.machine = machine
        self.arn = arn
        self.name = name
        self.input = text
        self.trace_header = ""
        self.output: str | None = None
        self.error: str | None = None
        self.cause: str | None = None
        self.status = RUNNING
        self.started = around.clock.now()
        self.stopped: datetime | None = None
        self.history = History(around.clock.now, self._too_long)
        self.map_runs: list[Any] = []
        self._around = around
        self._tokens = Tokens(around.tokens)
        self._env = self._environment(json.loads(text))
        self._waiters: list[Any] = []
        self._timer: Any = None

    def start(self) -> None:
        self.history.add_event(
            self._env.event_history_context,
            "ExecutionStarted",
            {
                "executionStartedEventDetails": {
                    "input": self.input,
                    "inputDetails": {"truncated": False},
                    "roleArn": self.machine.role,
                }
            },
            update_source_event_id=False,
        )
        if self.machine.timeout is not None:
            self._timer = self._around.clock.call_later(self.machine.timeout, lambda: self.end(TIMED_OUT))
        self._around.changed(self)
        self._around.clock.spawn(self._run, f"execution {self.name}")

    def _run(self) -> None:
        env = self._env
        if self.status == RUNNING:  # it may have been stopped before its first turn
            self.machine.program.component.eval(env)
        if self.status == RUNNING:
            state = env.program_state()
            error = getattr(state, "error", None)
            if type(state).__name__ == "ProgramEnded":
                self.end(SUCCEEDED, output=limits.text_of(env.states.get_input()))
            else:
                error = error or {}
                self.end(FAILED, error=error.get("error"), cause=error.get("cause"))
        self.map_runs = env.map_run_record_pool_manager.get_all()
        self._env = None

    def end(
        self, status: str, *, output: str | None = None, error: str | None = None, cause: str | None = None
    ) -> None:
        """End it, at once and for good; what still runs of it changes nothing any more."""
        if self.status != RUNNING:
            return
        self.status, self.output, self.error, self.cause = status, output, error, cause
        self.stopped = self._around.clock.now()
        if self._timer is not None:
            self._timer.cancel()
        env = self._env
        kind = _LAST_EVENT[status]
        details = {"output": output, "outputDetails": {"truncated": False}} if status == SUCCEEDED else {}
        previous = 0 if status == ABORTED else env.event_history_context.source_event_id
        body = {**details, "error": error, "cause": cause}
        self.history.conclude(kind, {f"{kind[0].lower()}{kind[1:]}EventDetails": body}, previous)
        if env.is_running():
            env.set_stop(stop_date=self.stopped, cause=cause, error=error)
        self._tokens.close()
        self._around.clock.wake(self._waiters)
        self._around.changed(self)

    def _too_long(self) -> None:
        """Source: https://docs.aws.amazon.com/step-functions/latest/dg/bp-history-limit.html; assumed: the texts."""
        cause = f"The execution reached the maximum number of history events ({limits.EVENTS})."
        self.end(FAILED, error="States.Runtime", cause=cause)

    def wait(self) -> None:
        """Let time pass until it has ended."""
        self._around.clock.wait(lambda: self.status != RUNNING, None, self._waiters)

    def runs(self) -> list[Any]:
        """The records of its distributed Maps."""
        return self.map_runs if self._env is None else list(self._env.map_run_record_pool_manager.get_all())

    def forget(self) -> None:
        self._tokens.forget()

    def _environment(self, value: Any) -> Any:
        Environment = part("eval.environment", "Environment")
        AWSExecutionDetails = part("eval.evaluation_details", "AWSExecutionDetails")
        EventHistoryContext = part("eval.event.event_manager", "EventHistoryContext")
        ContextObjectData = part("eval.states", "ContextObjectData")
        ExecutionData = part("eval.states", "ExecutionData")
        StateMachineData = part("eval.states", "StateMachineData")

        machine = self.machine
        env = Environment(
            aws_execution_details=AWSExecutionDetails(machine.account, machine.region, machine.role),
            execution_type=machine.kind,
            context=ContextObjectData(
                Execution=ExecutionData(
                    Id=self.arn,
                    Input=value,
                    Name=self.name,
                    RedriveCount=0,
                    RoleArn=machine.role,
                    StartTime=shown_time(self.started),
                ),
                StateMachine=StateMachineData(Id=machine.arn, Name=machine.name),
            ),
            event_history_context=EventHistoryContext.of_program_start(),
            cloud_watch_logging_session=None,
            activity_store={},
        )
        env.event_manager = self.history
        env.callback_pool_manager = self._tokens
        return env

    # What it tells

    def described(self) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "executionArn": self.arn,
            "stateMachineArn": self.machine.arn,
            "name": self.name,
            "status": self.status,
            "startDate": self.started,
            "input": self.input,
            "inputDetails": {"included": True},
            "redriveCount": 0,
            "redriveStatus": "NOT_REDRIVABLE",
            "redriveStatusReason": f"Execution is {self.status} and cannot be redriven",
            **{name: value for name, value in self._outcome().items() if value is not None},
        }
        if self.trace_header:
            answer["traceHeader"] = self.trace_header
        if self.output is not None:
            answer["outputDetails"] = {"included": True}
        return answer

    def listed(self) -> dict[str, Any]:
        names = ("executionArn", "stateMachineArn", "name", "status", "startDate", "stopDate", "redriveCount")
        described = self.described()
        return {name: described[name] for name in names if name in described}

    def _outcome(self) -> dict[str, Any]:
        return {"stopDate": self.stopped, "output": self.output, "error": self.error, "cause": self.cause}

    def detail(self) -> dict[str, Any]:
        """The ``detail`` of a Step Functions Execution Status Change.

        Source: https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
        """
        return {
            "executionArn": self.arn,
            "stateMachineArn": self.machine.arn,
            "name": self.name,
            "status": self.status,
            "startDate": _milliseconds(self.started),
            "stopDate": None if self.stopped is None else _milliseconds(self.stopped),
            **_data("input", self.input),
            **_data("output", self.output),
            "stateMachineVersionArn": None,
            "stateMachineAliasArn": None,
            "redriveCount": 0,
            "redriveDate": None,
            "redriveStatus": "NOT_REDRIVABLE",
            "redriveStatusReason": f"Execution is {self.status} and cannot be redriven",
            "error": self.error,
            "cause": self.cause,
        }


def _data(name: str, text: str | None) -> dict[str, Any]:
    if text is None:
        return {name: None, f"{name}Details": None}
    included = limits.size(text) <= _EVENT_DATA
    return {name: text if included else None, f"{name}Details": {"included": included}}


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def shown_time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
