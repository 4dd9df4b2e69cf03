"""What CloudFormation keeps of a stack although the project no longer says so, in sentences for a person.

Alarms that roll back, the minutes that they are watched, and topics are taken with a change of the stack alone: a
change set with nothing but these is empty. A service role is kept for good. Source: API_CreateChangeSet, RoleARN,
NotificationARNs; API_RollbackConfiguration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .stacks import StackState
    from .targets import Target


def alarm_of(said: str) -> str:
    """The ARN of an alarm; ``composite:ARN`` is that of a composite one."""
    return said.removeprefix("composite:")


def kept(target: Target, state: StackState, *, is_changed: bool) -> Iterator[str]:
    """What is otherwise than the project says; *is_changed* where a change of the stack was just carried out."""
    if not is_changed:
        alarms, topics = {*map(alarm_of, target.rollback_alarms)}, {*target.notification_arns}
        minutes = (target.monitoring_minutes, target.minutes_after_creation)
        as_said = {
            "the alarms that roll it back": alarms == {*state.rollback_alarms},
            "how long these are watched": state.monitoring_minutes in minutes,
            "the topics that are notified": topics == {*state.notification_arns},
        }
        found = [what for what, is_so in as_said.items() if not is_so]
        if found:
            yield f"not set yet: {', '.join(found)}; CloudFormation takes that with the next change of a resource alone"
    if state.role_arn and not target.service_role_arn:
        yield (
            f"it goes on being deployed with the role {state.role_arn}: CloudFormation cannot take a role away, "
            "service_role_arn can only name another"
        )
