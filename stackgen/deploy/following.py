"""Something that sets an operation of CloudFormation going, and the operation to its end.

What AWS answers may be a moment old: just after a call was accepted, the stack may still be told as it was before. So
an operation has ended only where the stack is no longer what it was, or has told of an end since. And an answer that
does not come ends nothing: the operation goes on, and it is looked at again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnectionError

from stackgen.deployer.handlers.refusals import is_transient

from . import stacks
from .errors import NeedsPersonError
from .events import Event, Follower, newest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from .actions import Action
    from .executor import Executor
    from .polling import Pace
    from .stacks import StackState

GOOD = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})
TAKEN_BACK = frozenset({"ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "DELETE_COMPLETE"})
_TO_BEGIN = 5 * 60.0
"""Seconds within which an operation that was accepted shows itself."""
_WITHOUT_ANSWER = 15 * 60.0
"""Seconds for which nothing is heard of AWS at all, before it is given up."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How an operation on a stack ended."""

    state: StackState
    events: tuple[Event, ...]

    @property
    def exit_code(self) -> int:
        """0 done, 5 failed and taken back, 6 failed and left for somebody to decide."""
        return 0 if self.state.status in GOOD else 5 if self.state.status in TAKEN_BACK else 6


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
    token = str(action.parameters.get("ClientRequestToken", ""))
    watch = Watch(state.id, path or state.name, cloudformation, pace, heard, token)
    return watch.over(lambda: executor.perform(action))


def ended(state: StackState, since: Any, cloudformation: Any, pace: Pace, heard: Callable[[Event], None]) -> Ended:
    """Follow the operation that runs on a stack; *since* is when it began."""
    return Watch(state.id, state.name, cloudformation, pace, heard).rest(since)


@dataclass
class Followed:
    """A stack whose operation is followed; an answer that does not come is waited for."""

    follower: Follower
    stack_id: str
    cloudformation: Any
    pace: Pace
    _answered: float | None = None

    def look(self) -> tuple[StackState, list[Event]] | None:
        """What it is, and its events since the last look; None where AWS does not answer just now.

        Raises what does not pass, and what has not passed for too long.
        """
        if self._answered is None:
            self._answered = self.pace.now()
        try:
            state = _state_of(self.stack_id, self.cloudformation)  # before its events, so that none is missed
            new = self.follower.new()
        except (ClientError, BotoCoreError) as error:
            if not passes(error) or self.pace.now() - self._answered > _WITHOUT_ANSWER:
                raise
            return None
        self._answered = self.pace.now()
        return state, new


def follow_all(followed: Sequence[Followed], pace: Pace) -> Iterator[tuple[int, StackState, list[Event]]]:
    """What is new of several stacks at once, until the operation of each has ended; with the number of the one."""
    pending = list(range(len(followed)))
    for _ in pace.looks():
        for number in list(pending):
            look = followed[number].look()
            if look is None:
                continue
            yield number, *look
            if not look[0].is_going_on:
                pending.remove(number)
        if not pending:
            return


@dataclass
class Watch:
    """One look after the other at a stack and all below it; *token* is that of the operation, where it has one."""

    stack_id: str
    path: str
    cloudformation: Any
    pace: Pace
    heard: Callable[[Event], None]
    token: str = ""
    _events: list[Event] = field(default_factory=list)

    def over(self, begin: Callable[[], object]) -> Ended:
        """Begin an operation, and follow it to its end.

        Raises what *begin* raises, and NeedsPersonError where it was accepted and nothing of it is ever seen.
        """
        before = self._state()
        follower = Follower(self.stack_id, self.path, self.cloudformation, newest(self.stack_id, self.cloudformation))
        follower.new()  # what happened before is not of this operation
        begin()
        return self._to_the_end(follower, before)

    def rest(self, since: datetime | None) -> Ended:
        """Follow an operation that runs, from its beginning to its end."""
        return self._to_the_end(Follower(self.stack_id, self.path, self.cloudformation, since), None)

    def _to_the_end(self, follower: Follower, before: StackState | None) -> Ended:
        followed = Followed(follower, self.stack_id, self.cloudformation, self.pace)
        for waited in self.pace.looks():
            look = followed.look()
            if look is None:
                continue
            state, new = look
            for event in new:
                self.heard(event)
            self._events += new
            if self._is_over(state, before):
                return Ended(state, tuple(self._events))
            if waited > _TO_BEGIN and not self._is_begun(state, before):
                raise NeedsPersonError(
                    f"AWS has accepted what was asked of {state.name}, and shows nothing of it: it is {state.status}",
                    "look at its events, and do the same again",
                )
        raise AssertionError  # looks never end by themselves

    def _is_begun(self, state: StackState, before: StackState | None) -> bool:
        """Whether there is a sign of the operation."""
        if before is None or state.is_going_on or state.version != before.version:
            return True
        return any(not self.token or event.token == self.token for event in self._events)

    def _is_over(self, state: StackState, before: StackState | None) -> bool:
        if state.is_going_on:
            return False
        if before is None or state.version != before.version:
            return True
        own = [event.status for event in self._events if event.is_own and event.stack_id == self.stack_id]
        return bool(own) and own[-1] == state.status

    def _state(self) -> StackState:
        return _state_of(self.stack_id, self.cloudformation)


def _state_of(stack_id: str, cloudformation: Any) -> StackState:
    return stacks.state_of(cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0])


def passes(error: BaseException) -> bool:
    """Whether AWS may answer the same question a little later: it throttles, is ill, or cannot be reached."""
    if isinstance(error, ClientError):
        return is_transient(error)
    return isinstance(error, HTTPClientError | NoConnectionError)
