"""A deployment from plan to end: prepare, ask, execute, follow; and going on where an earlier run was cut off.

Nothing is remembered here: what a run has begun, the next one finds in AWS. A change set has the id of its plan in its
name, and a plan has the same id as long as project and stack are the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from . import changesets, stacks
from .actions import Action
from .errors import BusyError, NeedsPersonError, RefusedChangeError
from .events import Event, Follower, began, follow, newest
from .next_steps import command_for
from .plans import CREATE, NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable

    from .executor import Executor
    from .planner import Planner
    from .plans import Plan
    from .polling import Pace
    from .stacks import StackState
    from .targets import Target

GOOD = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})
TAKEN_BACK = frozenset({"ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "DELETE_COMPLETE"})
_CHANGE_SET_PATIENCE = 15 * 60
_OVERTAKEN = frozenset({"InvalidChangeSetStatus", "ChangeSetNotFound", "ValidationError"})
"""How CloudFormation refuses to execute where the stack is no longer what the change set was made for."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How an operation on a stack ended."""

    state: StackState
    events: tuple[Event, ...]

    @property
    def exit_code(self) -> int:
        """0 done, 5 failed and taken back, 6 failed and left for somebody to decide."""
        return 0 if self.state.status in GOOD else 5 if self.state.status in TAKEN_BACK else 6


@dataclass(frozen=True, slots=True)
class Applying:
    """Carries plans out with an executor; *heard* is told of every event."""

    planner: Planner
    executor: Executor
    client: Callable[[str], Any]
    pace: Pace
    heard: Callable[[Event], None] = lambda _: None

    def prepare(self, target: Target) -> Plan:
        """A plan with AWS's verdict; what it takes has been prepared, and nothing of the stack was changed.

        Raises what ``Planner`` raises, and NeedsPersonError where the change set does not come about.
        """
        return self.prepared(self.planner.planned(target))

    def prepared(self, plan: Plan) -> Plan:
        """The same for what ``Planner.planned`` has decided. What AWS refuses leaves nothing behind."""
        for action in plan.prepare:
            if action.operation == "delete_stack":  # somebody was asked in between, and took their time
                self._see_that_nobody_came_between(plan)
            self._prepared(action, plan)
            if action.operation == "delete_stack":
                self._gone(plan)
                plan = replace(plan, kind=CREATE, state=None)
        self._wait_for_change_set(plan)
        try:
            return self.planner.completed(plan)
        except RefusedChangeError:
            self.discard(plan)
            raise

    def apply(self, plan: Plan, *, disable_rollback: bool = False) -> Ended | None:
        """Execute a plan and follow it to its end; None where there was nothing to do but settings.

        Raises BusyError where something else came in between; what must be set back is set back then too.
        """
        ended: Ended | None = None
        failed: Exception | None = None
        for action in plan.execute:
            if (failed or (ended and ended.exit_code)) and not action.always:
                continue
            try:
                if action.operation == "execute_change_set":
                    ended = self._carried_out(action, plan, disable_rollback=disable_rollback)
                else:
                    self.executor.perform(action)
            except Exception as error:  # noqa: BLE001  raised below
                failed = failed or error
        if failed:
            raise failed
        return None if plan.kind == NOTHING else ended

    def discard(self, plan: Plan) -> None:
        """Take a prepared plan back: its change set goes, and so does the shell of a stack that was never made."""
        cloudformation = self.client("cloudformation")
        found = plan.change_set or changesets.find(plan.change_set_name, plan.target.stack_name, cloudformation)
        if found is not None:
            why = "the plan is not carried out"
            self.executor.perform(Action("cloudformation", "delete_change_set", {"ChangeSetName": found.id}, why))
        state = stacks.find(plan.target.stack_name, cloudformation)
        is_shell = state is not None and state.status == "REVIEW_IN_PROGRESS"
        if state is not None and is_shell and not changesets.ours(state.id, cloudformation):
            why = "nothing of the stack was made"
            self.executor.perform(Action("cloudformation", "delete_stack", {"StackName": state.id}, why))

    def repair(self, target: Target) -> None:
        """Set back what a run that was cut off has set aside."""
        for action in self.planner.repairs(target):
            self.executor.perform(action)

    def _carried_out(self, action: Action, plan: Plan, *, disable_rollback: bool) -> Ended:
        assert plan.change_set is not None  # noqa: S101 - it is what is executed
        if disable_rollback:
            action = replace(action, parameters={**action.parameters, "DisableRollback": True})
        stack_id = plan.change_set.stack_id
        since = newest(stack_id, self.client("cloudformation"))
        follower = Follower(stack_id, plan.target.stack_name, self.client("cloudformation"), since)
        follower.new()  # what happened before is not of this deployment
        self._executed(action, plan)
        return self._followed(follower, stack_id)

    def followed(self, name: str, stack_id: str) -> Ended:
        """Follow the operation that runs on a stack from its beginning to its end."""
        cloudformation = self.client("cloudformation")
        return self._followed(Follower(stack_id, name, cloudformation, began(stack_id, cloudformation)), stack_id)

    def _followed(self, follower: Follower, stack_id: str) -> Ended:
        cloudformation = self.client("cloudformation")
        events: list[Event] = []
        for new in follow(follower, stack_id, cloudformation, self.pace):
            for event in new:
                self.heard(event)
            events += new
        state = stacks.state_of(cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0])
        return Ended(state, tuple(events))

    def _prepared(self, action: Action, plan: Plan) -> None:
        """Perform; what an earlier run has made already is fine. Raises BusyError where somebody else was faster."""
        try:
            self.executor.perform(action)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in ("AlreadyExistsException", "BucketAlreadyOwnedByYou"):
                return
            if code == "ValidationError":
                self._see_that_nobody_came_between(plan)
            raise

    def _executed(self, action: Action, plan: Plan) -> None:
        """Execute, unless an earlier attempt did: its answer may have been lost."""
        try:
            self.executor.perform(action)
        except ClientError as error:
            target, cloudformation = plan.target, self.client("cloudformation")
            code = error.response.get("Error", {}).get("Code", "")
            if code not in _OVERTAKEN:
                raise
            name = plan.change_set.id if plan.change_set else ""
            found = changesets.find(name, target.stack_name, cloudformation)
            if found is not None and found.is_begun:
                return
            self._see_that_nobody_came_between(plan)
            raise

    def _see_that_nobody_came_between(self, plan: Plan) -> None:
        """Raises BusyError where the stack is no longer what was planned upon."""
        target = plan.target
        state = stacks.find(target.stack_name, self.client("cloudformation"))
        before = plan.state.version if plan.state and plan.kind != CREATE else ""
        now = state.version if state and state.status != "REVIEW_IN_PROGRESS" else ""
        if now != before:
            raise BusyError(
                f"somebody else has begun with {target.place} meanwhile: it is {state.status if state else 'gone'}",
                "nothing of this plan was carried out; deploy again when the other has ended",
                f"what happens there: {command_for(target, 'events')}",
            )

    def _gone(self, plan: Plan) -> None:
        assert plan.state is not None  # noqa: S101 - it is what is deleted
        ended = self.followed(plan.target.stack_name, plan.state.id)
        if ended.state.status != "DELETE_COMPLETE":
            raise NeedsPersonError(
                f"what is left of {plan.target.place} cannot be deleted: {ended.state.reason or ended.state.status}",
                f"see what is in the way: {command_for(plan.target, 'diagnose')}",
            )

    def _wait_for_change_set(self, plan: Plan) -> None:
        cloudformation = self.client("cloudformation")
        for _ in self.pace.looks(_CHANGE_SET_PATIENCE):
            found = changesets.find(plan.change_set_name, plan.target.stack_name, cloudformation)
            if found is None:
                self._see_that_nobody_came_between(plan)
            elif found.is_over:
                return
        raise NeedsPersonError(
            f"AWS has not made the change set {plan.change_set_name} of {plan.target.place} within 15 minutes",
            "nothing was changed; deploy again",
        )
