"""Step Functions as the stand-in offers it: one object for all accounts and regions."""

from __future__ import annotations

import random
import uuid
from typing import TYPE_CHECKING, Any

from stackgen.local.errors import ServiceError
from stackgen.local.machines.execution_operations import ExecutionOperations
from stackgen.local.machines.lambdas import Caller, Invoke
from stackgen.local.machines.machine_operations import MachineOperations
from stackgen.local.machines.records import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from stackgen.local.clock import Clock
    from stackgen.local.machines.executions import Execution
    from stackgen.local.wire import Call

_REFUSED = (
    *("CreateActivity", "DeleteActivity", "DescribeActivity", "GetActivityTask", "ListActivities"),
    *("CreateStateMachineAlias", "DeleteStateMachineAlias", "DescribeStateMachineAlias", "ListStateMachineAliases"),
    *("UpdateStateMachineAlias", "PublishStateMachineVersion", "DeleteStateMachineVersion"),
    *("ListStateMachineVersions", "RedriveExecution", "TestState", "UpdateMapRun"),
)


class StateMachines:
    """State machines, their executions, and the handlers of the operations on them.

    *invoke* runs Lambda functions, *client* answers a boto3 client of another service, account and region, and
    *on_status* is told the ``detail`` of every Step Functions Execution Status Change; it must not wait.
    """

    def __init__(
        self,
        clock: Clock,
        invoke: Invoke,
        client: Callable[[str, str, str], Any],
        on_status: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        self._clock = clock
        self._client = client
        self._random = random.Random(0)  # noqa: S311 - ids shall be the same in every run
        self._caller = Caller(invoke, self._new_id)
        self._on_status = on_status
        self._store = Store()
        self._machines = MachineOperations(clock, self._store, self._new_id)
        self._executions = ExecutionOperations(clock, self._store, self._new_id, self._changed)

    def _new_id(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def _changed(self, execution: Execution) -> None:
        """Only STANDARD executions tell EventBridge of themselves."""
        if self._on_status is not None and execution.machine.kind == "STANDARD":
            self._on_status(execution.detail())
        record = self._store.records.get(execution.machine.arn)
        if record is not None:
            self._machines.sweep(record)

    def mended(self) -> AbstractContextManager[None]:
        """Give the interpreter the clock and the limits while open; executions run only meanwhile."""
        from stackgen.local.machines.interpreter import mended

        return mended(self._clock, self._caller, self._client, self._new_id)

    def operations(self) -> Mapping[str, Callable[[Call], dict[str, Any] | None]]:
        """The handlers of the operations, by name."""
        machines, executions = self._machines, self._executions
        handlers: dict[str, Callable[[Call], dict[str, Any] | None]] = {
            "CreateStateMachine": machines.create_state_machine,
            "DeleteStateMachine": machines.delete_state_machine,
            "DescribeExecution": executions.describe_execution,
            "DescribeMapRun": executions.describe_map_run,
            "DescribeStateMachine": machines.describe_state_machine,
            "DescribeStateMachineForExecution": machines.describe_state_machine_for_execution,
            "GetExecutionHistory": executions.get_execution_history,
            "ListExecutions": executions.list_executions,
            "ListMapRuns": executions.list_map_runs,
            "ListStateMachines": machines.list_state_machines,
            "ListTagsForResource": machines.list_tags_for_resource,
            "SendTaskFailure": executions.send_task_failure,
            "SendTaskHeartbeat": executions.send_task_heartbeat,
            "SendTaskSuccess": executions.send_task_success,
            "StartExecution": executions.start_execution,
            "StartSyncExecution": executions.start_sync_execution,
            "StopExecution": executions.stop_execution,
            "TagResource": machines.tag_resource,
            "UntagResource": machines.untag_resource,
            "UpdateStateMachine": machines.update_state_machine,
            "ValidateStateMachineDefinition": machines.validate_state_machine_definition,
        }
        return {**dict.fromkeys(_REFUSED, _refuse), **handlers}


def _refuse(call: Call) -> dict[str, Any]:
    raise ServiceError("UnsupportedOperation", f"the stand-in does not offer {call.operation} of Step Functions")
