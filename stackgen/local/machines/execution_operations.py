"""The operations on executions, their tasks and their histories."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from stackgen.local.errors import ServiceError
from stackgen.local.machines import history, limits, names
from stackgen.local.machines.executions import ABORTED, RUNNING, SUCCEEDED, TIMED_OUT, Execution, Surroundings
from stackgen.local.machines.places import part

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackgen.local.clock import Clock
    from stackgen.local.machines.records import Record, Store
    from stackgen.local.wire import Call


class ExecutionOperations:
    """After whatever starts or wakes work, what takes no time is done before the answer."""

    def __init__(
        self,
        clock: Clock,
        store: Store,
        new_id: Callable[[], str],
        changed: Callable[[Execution], None],
    ) -> None:
        self._clock = clock
        self._store = store
        self._new_id = new_id
        self._tokens: dict[str, Any] = {}
        self._around = Surroundings(clock, self._tokens, changed)

    def start_execution(self, call: Call) -> dict[str, Any]:
        record = self._startable(call)
        execution = self._running(record, call) or self._started(record, call)
        self._clock.run_ready()
        return {"executionArn": execution.arn, "startDate": execution.started}

    def start_sync_execution(self, call: Call) -> dict[str, Any]:
        record = self._startable(call)
        if record.machine.kind != "EXPRESS":
            raise ServiceError(
                "StateMachineTypeNotSupported", "This operation is not supported by this type of state machine"
            )
        execution = self._started(record, call)
        execution.wait()
        status = execution.status if execution.status in {SUCCEEDED, TIMED_OUT} else "FAILED"
        hidden = {"redriveCount", "redriveStatus", "redriveStatusReason"}
        described = {name: value for name, value in execution.described().items() if name not in hidden}
        return {**described, "status": status}

    def stop_execution(self, call: Call) -> dict[str, Any]:
        """Stop at once; one that has ended stays as it is, and tells when it ended."""
        asked = call.parameters
        execution = self._store.execution(asked["executionArn"])
        execution.end(ABORTED, error=asked.get("error"), cause=asked.get("cause"))
        self._clock.run_ready()
        return {"stopDate": execution.stopped}

    def describe_execution(self, call: Call) -> dict[str, Any]:
        return self._store.execution(call.parameters["executionArn"]).described()

    def list_executions(self, call: Call) -> dict[str, Any]:
        """The latest first."""
        asked = call.parameters
        if asked.get("mapRunArn"):
            raise ServiceError("UnsupportedOperation", "the stand-in does not list child executions of Map Runs")
        if not asked.get("stateMachineArn"):
            raise ServiceError("ValidationException", "Must provide a State Machine ARN or Map Run ARN")
        record = self._store.machine(asked["stateMachineArn"])
        if record.machine.kind != "STANDARD":
            raise ServiceError(
                "StateMachineTypeNotSupported", "This operation is not supported by this type of state machine"
            )
        wanted = asked.get("statusFilter")
        found = [run for run in record.executions.values() if wanted in {None, run.status}]
        shown, more = names.page(found, asked, f"executions {record.machine.arn} {wanted}", backwards=True)
        return {"executions": [execution.listed() for execution in shown], **more}

    def get_execution_history(self, call: Call) -> dict[str, Any]:
        asked = call.parameters
        execution = self._store.execution(asked["executionArn"])
        events = execution.history.events
        backwards = bool(asked.get("reverseOrder"))
        whole = asked.get("includeExecutionData")
        shown, more = names.page(events, asked, f"history {execution.arn} {backwards}", backwards=backwards)
        return {"events": history.shown(shown, data=whole is None or bool(whole)), **more}

    def list_map_runs(self, call: Call) -> dict[str, Any]:
        runs = self._store.execution(call.parameters["executionArn"]).runs()
        shown, more = names.page([_dated(run.list_item()) for run in runs], call.parameters, "map runs")
        return {"mapRuns": list(shown), **more}

    def describe_map_run(self, call: Call) -> dict[str, Any]:
        arn = call.parameters["mapRunArn"]
        for record in self._store.of(call.account, call.region):
            for execution in record.executions.values():
                for run in execution.runs():
                    if run.map_run_arn == arn:
                        return _dated(run.describe())
        raise ServiceError("ResourceNotFound", f"Resource not found: '{arn}'")

    # Tasks that wait for a call

    def send_task_success(self, call: Call) -> dict[str, Any]:
        CallbackOutcomeSuccess = part("eval.callback.callback", "CallbackOutcomeSuccess")

        token, output = call.parameters["taskToken"], call.parameters["output"]
        limits.payload(output, "output", "InvalidOutput")
        self._waiting(token).notify(CallbackOutcomeSuccess(callback_id=token, output=output))
        self._clock.run_ready()
        return {}

    def send_task_failure(self, call: Call) -> dict[str, Any]:
        CallbackOutcomeFailure = part("eval.callback.callback", "CallbackOutcomeFailure")

        asked = call.parameters
        token = asked["taskToken"]
        outcome = CallbackOutcomeFailure(callback_id=token, error=asked.get("error"), cause=asked.get("cause"))
        self._waiting(token).notify(outcome)
        self._clock.run_ready()
        return {}

    def send_task_heartbeat(self, call: Call) -> dict[str, Any]:
        self._waiting(call.parameters["taskToken"]).notify_heartbeat()
        self._clock.run_ready()
        return {}

    def _waiting(self, token: str) -> Any:
        endpoint = self._tokens.get(token)
        if endpoint is None:
            raise ServiceError("InvalidToken", "Invalid Token: 'Invalid token'")
        if endpoint.closed:
            raise ServiceError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
        return endpoint

    # Starting

    def _startable(self, call: Call) -> Record:
        record = self._store.machine(call.parameters["stateMachineArn"])
        if record.deleting:
            raise ServiceError("StateMachineDeleting", f"State Machine is deleting: '{record.machine.arn}'")
        if call.parameters.get("name"):
            names.check_name(call.parameters["name"])
        return record

    def _running(self, record: Record, call: Call) -> Execution | None:
        """The execution that a repeated call means.

        Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html

        :raises ServiceError: ExecutionAlreadyExists.
        """
        there = record.executions.get(call.parameters.get("name") or "")
        if there is None or record.machine.kind != "STANDARD":
            return None
        if there.status == RUNNING and there.input == (call.parameters.get("input") or "{}"):
            return there
        if there.stopped is not None and self._clock.now() - there.stopped > timedelta(days=limits.NAME_DAYS):
            return None
        raise ServiceError("ExecutionAlreadyExists", f"Execution Already Exists: '{there.arn}'")

    def _started(self, record: Record, call: Call) -> Execution:
        text = call.parameters.get("input") or "{}"
        limits.payload(text, "input", "InvalidExecutionInput")
        name = call.parameters.get("name") or self._new_id()
        machine = record.machine
        run = self._new_id() if machine.kind == "EXPRESS" else ""
        arn = names.execution_arn(machine.arn, name, run=run)
        execution = Execution(machine, arn, name, text, self._around)
        execution.trace_header = call.parameters.get("traceHeader") or ""
        record.executions.pop(name, None)
        record.executions[run or name] = execution
        execution.start()
        return execution


def _dated(answer: dict[str, Any]) -> dict[str, Any]:
    """The interpreter writes the times of a Map Run as text."""
    dates = {name: datetime.fromisoformat(answer[name]) for name in answer if name in {"startDate", "stopDate"}}
    return answer | dates
