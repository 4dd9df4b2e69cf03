"""One call that sets an operation of CloudFormation going, and the operation to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import stacks
from .applying import Ended
from .events import Follower, follow, newest

if TYPE_CHECKING:
    from collections.abc import Callable

    from .actions import Action
    from .events import Event
    from .executor import Executor
    from .polling import Pace
    from .stacks import StackState

_TO_BEGIN = 120.0
"""Seconds within which an operation that was asked for shows itself; what AWS answers may be a moment old."""


def carried_out(  # noqa: PLR0917  what is done to which stack, and with what
    action: Action,
    state: StackState,
    executor: Executor,
    cloudformation: Any,
    pace: Pace,
    heard: Callable[[Event], None],
    path: str = "",
) -> Ended:
    """Perform an action on a stack, and follow what it sets going; *path* is that of a nested one."""
    follower = Follower(state.id, path or state.name, cloudformation, newest(state.id, cloudformation))
    follower.new()  # what happened before is not of this operation
    executor.perform(action)
    events = _begun(state, follower, cloudformation, pace)
    for event in events:
        heard(event)
    return _to_its_end(state, follower, cloudformation, pace, heard, events)


def ended(state: StackState, since: Any, cloudformation: Any, pace: Pace, heard: Callable[[Event], None]) -> Ended:
    """Follow the operation that runs on a stack; *since* is when it began."""
    follower = Follower(state.id, state.name, cloudformation, since)
    return _to_its_end(state, follower, cloudformation, pace, heard, [])


def _begun(state: StackState, follower: Follower, cloudformation: Any, pace: Pace) -> list[Event]:
    """Wait until there is a sign of the operation: an event, or another status."""
    for _ in pace.looks(_TO_BEGIN):
        events = follower.new()
        if events or _now(state, cloudformation).status != state.status:
            return events
    return []


def _to_its_end(  # noqa: PLR0917  as above
    state: StackState,
    follower: Follower,
    cloudformation: Any,
    pace: Pace,
    heard: Callable[[Event], None],
    events: list[Event],
) -> Ended:
    for new in follow(follower, state.id, cloudformation, pace):
        for event in new:
            heard(event)
        events += new
    return Ended(_now(state, cloudformation), tuple(events))


def _now(state: StackState, cloudformation: Any) -> StackState:
    return stacks.state_of(cloudformation.describe_stacks(StackName=state.id)["Stacks"][0])
