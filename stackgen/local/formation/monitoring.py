"""Rollback triggers: an alarm in ALARM while a root is created, updated or monitored rolls the tree back.

From API_RollbackConfiguration: triggers are saved with the stack and apply to later updates unless others are given; a
trigger that does not exist fails the operation; at most five; 0 to 180 minutes. An operation also stops when somebody
cancels it, deletes a stack that is being made, or when TimeoutInMinutes is over (API_CreateStack).
"""

from __future__ import annotations

import contextvars
from typing import TYPE_CHECKING, Any

from stackgen.local.formation import records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.local.clock import Clock
    from stackgen.local.formation.operation import Operation
    from stackgen.local.formation.records import Stack
    from stackgen.local.wire import Call

#: How often the alarms are looked at while a stack is monitored, in seconds; assumed, for AWS does not tell.
LOOK_EVERY = 10.0

TOO_LATE = "Stack creation time exceeded the specified timeout."
"""The reason of a stack whose TimeoutInMinutes was over, as AWS words it."""

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

    def see_that_it_goes_on(self, own: Operation, stack: Stack) -> None:
        """Look whether the stack, or one above it, was deleted or is over its time.

        :raises Stopped: when it is.
        """
        for each in _upwards(stack):
            if each.get("_deletion_requested"):
                raise Stopped(_cancelled(own))
            if each.get("_deadline", self.clock.time()) < self.clock.time():
                self._too_late(own, each)

    def sleep(self, own: Operation, stack: Stack, seconds: float) -> None:
        """Let time pass for a resource of a stack; less, when the operation has to stop before.

        :raises Stopped: then.
        """
        due = self.clock.time() + seconds
        above = list(_upwards(stack))
        late = min(above, key=lambda each: float(each.get("_deadline", due)))
        until = min(due, late.get("_deadline", due))
        self.clock.wait(
            lambda: any(each.get("_deletion_requested") for each in above), until - self.clock.time(), own.listeners
        )
        if until < due and self.clock.time() >= until:
            self._too_late(own, late)
        self.see_that_it_goes_on(own, stack)

    def time_left(self, stack: Stack) -> float | None:
        """How long the stack may still take, none where it has all the time."""
        deadlines = [each["_deadline"] for each in _upwards(stack) if "_deadline" in each]
        return min(deadlines) - self.clock.time() if deadlines else None

    def _too_late(self, own: Operation, stack: Stack) -> None:
        stack["_because"] = TOO_LATE
        raise Stopped(_cancelled(own))

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


def limit_time(stack: Stack, minutes: Any, now: float) -> None:
    """Give a creation so many minutes, if any are told."""
    if minutes:
        stack["TimeoutInMinutes"] = int(minutes)
        stack["_deadline"] = now + 60 * int(minutes)


def _upwards(stack: Stack) -> Iterator[Stack]:
    """The stack, its parent, and so on to the root."""
    above: Stack | None = stack
    while above is not None:
        yield above
        above = records.find(above["ParentId"]) if "ParentId" in above else None


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

    parts = arn.split(":", 6)
    if len(parts) != 7 or parts[2] != "cloudwatch" or parts[5] != "alarm":  # noqa: PLR2004 - parts of an alarm's ARN
        return None
    _, _, _, region, account, _, name = parts
    with request_scope(account, region):
        alarm = cloudwatch._alarms.get(name) or cloudwatch._composite_alarms.get(name)
    return None if alarm is None else str(alarm["StateValue"])
