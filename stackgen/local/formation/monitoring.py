"""Rollback triggers: an alarm in ALARM while a root is created, updated or monitored rolls the tree back.

From API_RollbackConfiguration: triggers are saved with the stack and apply to later updates unless others are given; a
trigger that does not exist fails the operation; at most five; 0 to 180 minutes.
"""

from __future__ import annotations

import contextvars
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stackgen.local.clock import Clock
    from stackgen.local.formation.operation import Operation
    from stackgen.local.formation.records import Stack
    from stackgen.local.wire import Call

#: How often the alarms are looked at while a stack is monitored, in seconds; assumed, for AWS does not tell.
LOOK_EVERY = 10.0

call: contextvars.ContextVar[Call | None] = contextvars.ContextVar("call", default=None)
"""The call from outside that the current work serves."""


class Stopped(Exception):
    """The operation is rolled back, for an alarm or because somebody cancelled it; what stood next is cancelled."""


class Monitoring:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def of_operation(self, stack: Stack) -> dict[str, Any] | None:
        """The configuration of the operation that begins, and from now on of the stack."""
        asked = call.get()
        given = None
        if asked is not None and asked.service == "cloudformation":
            given = asked.parameters.get("RollbackConfiguration")
            if asked.operation == "ExecuteChangeSet":
                given = _of_change_set(asked)
        if given is not None:
            stack["_rollback_configuration"] = given
        configuration: dict[str, Any] | None = stack.get("_rollback_configuration")
        return configuration

    def look(self, own: Operation) -> None:
        """Look whether anybody cancelled the operation, and at every alarm once.

        :raises Stopped: when somebody did, or an alarm is in ALARM or does not exist.
        """
        if own.root.pop("_cancel_requested", False):
            own.because = "User Initiated"
            raise Stopped(_cancelled(own))
        for trigger in (own.configuration or {}).get("RollbackTriggers", []):
            state = _state(trigger["Arn"])
            if state == "OK" or state == "INSUFFICIENT_DATA":  # noqa: PLR1714 - the two states that are no alarm
                continue
            own.because = (
                f"Rollback trigger {trigger['Arn']} does not exist"
                if state is None
                else f"Rollback triggered: alarm {trigger['Arn']} is in ALARM"
            )
            raise Stopped(_cancelled(own))

    def watch(self, own: Operation) -> None:
        """Look at the alarms for the time that the configuration gives, and once in any case.

        :raises Stopped: as :meth:`look`.
        """
        self.look(own)
        until = self.clock.time() + 60 * (own.configuration or {}).get("MonitoringTimeInMinutes", 0)
        while (left := until - self.clock.time()) > 0:
            self.clock.sleep(min(LOOK_EVERY, left))
            self.look(own)


def _cancelled(own: Operation) -> str:
    return "Resource creation cancelled" if own.is_creation else "Resource update cancelled"


def _of_change_set(asked: Call) -> dict[str, Any] | None:
    from ministack.services.cloudformation import changesets

    _, found = changesets._find_change_set(
        asked.parameters.get("ChangeSetName", ""), asked.parameters.get("StackName", "")
    )
    configuration: dict[str, Any] | None = (found or {}).get("RollbackConfiguration")
    return configuration


def _state(arn: str) -> str | None:
    """The state of an alarm, none where it does not exist."""
    from ministack.core.responses import request_scope
    from ministack.services import cloudwatch

    _, _, _, region, account, _, name = arn.split(":", 6)
    with request_scope(account, region):
        alarm = cloudwatch._alarms.get(name) or cloudwatch._composite_alarms.get(name)
    return None if alarm is None else str(alarm["StateValue"])
