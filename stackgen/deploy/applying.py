"""A deployment from plan to end: prepare, ask, execute, follow; and going on where an earlier run was cut off.

Nothing is remembered here: what a run has begun, the next one finds in AWS. A change set has the id of its plan in its
name, and a plan has the same id as long as project and stack are the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from stackgen.deployer.handlers.refusals import code_of

from . import changesets, stacks
from .actions import Action
from .errors import BusyError, NeedsPersonError, RefusedChangeError
from .events import Event, began
from .following import Ended, Watch, carried_out, passes
from .next_steps import command_for
from .plans import CREATE, NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable

    from .executor import Executor
    from .planner import Planner
    from .plans import Plan
    from .polling import Pace
    from .targets import Target

_CHANGE_SET_PATIENCE = 15 * 60
_DELETION_PATIENCE = 5 * 60
_OVERTAKEN = frozenset({"InvalidChangeSetStatus", "ChangeSetNotFound", "ValidationError"})
"""How CloudFormation refuses to execute where the stack is no longer what the change set was made for."""


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
            if action.operation == "delete_stack":
                plan = self._cleared(action, plan)
            else:
                self._prepared(action, plan)
        self._wait_for_change_set(plan)
        try:
            return self.planner.completed(plan)
        except RefusedChangeError:
            self.discard(plan)
            raise

    def apply(self, plan: Plan, *, disable_rollback: bool = False) -> Ended | None:
        """Execute a plan and follow it to its end; None where there was nothing to do but settings.

        Raises BusyError where something else came in between; what must be set back is set back then too. Where the
        end was not seen it is left to the next run: CloudFormation goes on, and still needs what was set aside.
        """
        ended: Ended | None = None
        failed: Exception | None = None
        is_open = False  # whether it was begun, and nobody has seen it end

        def begin(action: Action) -> None:
            nonlocal is_open
            try:
                self._executed(action, plan)
            except Exception as error:
                is_open = passes(error)  # it may have been begun, and the answer was lost
                raise
            is_open = True

        for action in plan.execute:
            if (failed or (ended and ended.exit_code)) and not (action.always and not is_open):
                continue
            try:
                if action.operation == "execute_change_set":
                    ended = self._carried_out(action, plan, begin, disable_rollback=disable_rollback)
                    is_open = False
                else:
                    self.executor.perform(action)
            except Exception as error:  # noqa: BLE001  raised below
                failed = failed or error
        if failed:
            raise failed
        return None if plan.kind == NOTHING else ended

    def discard(self, plan: Plan) -> None:
        """Take a prepared plan back: its change set goes, and so does the shell of a stack that was never made.

        The shell stays where it holds a change set still: somebody else's, or one whose deletion does not end.
        """
        cloudformation = self.client("cloudformation")
        found = plan.change_set or changesets.find(plan.change_set_name, plan.target.stack_name, cloudformation)
        if found is not None:
            why = "the plan is not carried out"
            self.executor.perform(Action("cloudformation", "delete_change_set", {"ChangeSetName": found.id}, why))
            for _ in self.pace.looks(_DELETION_PATIENCE):
                now = changesets.find(found.id, "", cloudformation)
                if now is None or not now.is_going or now.status in ("DELETE_COMPLETE", "DELETE_FAILED"):
                    break
        state = stacks.find(plan.target.stack_name, cloudformation)
        is_shell = state is not None and state.status == "REVIEW_IN_PROGRESS"
        if state is not None and is_shell and not changesets.every(state.name, cloudformation):
            why = "nothing of the stack was made"
            self.executor.perform(Action("cloudformation", "delete_stack", {"StackName": state.id}, why))

    def repair(self, target: Target) -> None:
        """Set back what a run that was cut off has set aside."""
        for action in self.planner.repairs(target):
            self.executor.perform(action)

    def _carried_out(
        self, action: Action, plan: Plan, begin: Callable[[Action], None], *, disable_rollback: bool
    ) -> Ended:
        assert plan.change_set is not None  # noqa: S101 - it is what is executed
        if disable_rollback:
            action = replace(action, parameters={**action.parameters, "DisableRollback": True})
        token = str(action.parameters["ClientRequestToken"])
        return self._watch(plan.change_set.stack_id, plan.target.stack_name, token).over(lambda: begin(action))

    def followed(self, name: str, stack_id: str) -> Ended:
        """Follow the operation that runs on a stack from its beginning to its end."""
        return self._watch(stack_id, name).rest(began(stack_id, self.client("cloudformation")))

    def _watch(self, stack_id: str, name: str, token: str = "") -> Watch:
        return Watch(stack_id, name, self.client("cloudformation"), self.pace, self.heard, token)

    def _prepared(self, action: Action, plan: Plan) -> None:
        """Perform; what an earlier run has made already is fine. Raises BusyError where somebody else was faster."""
        try:
            self.executor.perform(action)
        except ClientError as error:
            code = code_of(error)
            if code in ("AlreadyExistsException", "BucketAlreadyOwnedByYou"):
                return
            if code == "ValidationError":
                self._see_that_nobody_came_between(plan)
            raise

    def _executed(self, action: Action, plan: Plan) -> None:
        """Execute, unless an earlier attempt did: its answer may have been lost."""
        try:
            self.executor.perform(action)
        except (ClientError, BotoCoreError) as error:
            target, cloudformation = plan.target, self.client("cloudformation")
            if code_of(error) not in _OVERTAKEN and not passes(error):
                raise
            name = plan.change_set.id if plan.change_set else ""
            found = changesets.find(name, target.stack_name, cloudformation)
            if found is not None and found.is_begun:
                return
            if not passes(error):
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

    def _cleared(self, action: Action, plan: Plan) -> Plan:
        """Delete what a creation that was rolled back has left; the plan is one of a creation from then on."""
        assert plan.state is not None  # noqa: S101 - it is what is deleted
        self._see_that_nobody_came_between(plan)  # somebody was asked before, and took their time
        cloudformation = self.client("cloudformation")
        ended = carried_out(action, plan.state, self.executor, cloudformation, self.pace, self.heard)
        if ended.state.status != "DELETE_COMPLETE":
            raise NeedsPersonError(
                f"what is left of {plan.target.place} cannot be deleted: {ended.state.reason or ended.state.status}",
                f"see what is in the way: {command_for(plan.target, 'diagnose')}",
            )
        return replace(plan, kind=CREATE, state=None)

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
