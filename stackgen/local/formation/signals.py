"""AWS::CloudFormation::WaitCondition waits on the clock, and no longer than its stack goes on."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from stackgen.local.formation import records
from stackgen.local.formation.operation import current
from stackgen.local.virtual import Threading, Time, given

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.local.clock import Clock
    from stackgen.local.formation.monitoring import Monitoring


@contextmanager
def on_the_clock(clock: Clock, monitoring: Monitoring) -> Iterator[None]:
    """Give ministack's wait conditions virtual time; they look each second of it, as they did of real time."""
    from ministack.services.cloudformation import wait_conditions

    condition = Threading(clock).Condition(wait_conditions._lock)
    wait = condition.wait

    def waited(timeout: float | None = None) -> bool:
        own = current.get()
        if own is not None:
            for stack_id, _ in list(wait_conditions._waiting):
                stack = records.find(stack_id)
                if stack is not None and stack.get("RootId", stack["StackId"]) == own.root["StackId"]:
                    monitoring.see_that_it_goes_on(own, stack)
        return bool(wait(timeout))

    condition.wait = waited
    with given(wait_conditions, _changed=condition, time=Time(clock)):
        yield
