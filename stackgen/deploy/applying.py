"""A deployment from plan to end: prepare, ask, execute, follow; and going on where an earlier run was cut off.

Nothing is remembered here: what a run has begun, the next one finds in AWS. A change set has the name of its plan, and
a plan has the same id as long as project and stack are the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from . import changesets, stacks
from .actions import Action
from .errors import NeedsPersonError
from .events import Event, Follower, began, follow, newest
from .plans import CREATE, NOTHING, RECREATE

if TYPE_CHECKING:
    from collections.abc import Callable

    from .executor import Executor
    from .planner import Planner
    from .plans import Plan
    from .polling import Pace
    from .stacks import StackState
    from .targets import Target

OURS = "stackgen-"
"""What the names of our change sets begin with."""

GOOD = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})
TAKEN_BACK = frozenset({"ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "DELETE_COMPLETE"})
_CHANGE_SET_PATIENCE = 15 * 60


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
        plan = self.planner.planned(target)
        for action in plan.prepare:
            self._prepared(action)
            if action.operation == "delete_stack":
                self._gone(plan)
        if plan.kind == RECREATE:
            plan = replace(plan, kind=CREATE, state=None)
        self._forget_others(plan)
        self._wait_for_change_set(plan)
        return self.planner.completed(plan)

    def apply(self, plan: Plan, *, disable_rollback: bool = False) -> Ended | None:
        """Execute a plan and follow it to its end; None where there was nothing to do but settings."""
        ended: Ended | None = None
        for action in plan.execute:
            if action.operation != "execute_change_set":
                if ended is None or ended.exit_code == 0:
                    self.executor.perform(action)
                continue
            chosen = action
            if disable_rollback:
                chosen = replace(action, parameters={**action.parameters, "DisableRollback": True})
            assert plan.change_set is not None  # noqa: S101 - it is what is executed
            stack_id = plan.change_set.stack_id
            since = newest(stack_id, self.client("cloudformation"))
            follower = Follower(stack_id, plan.target.stack_name, self.client("cloudformation"), since)
            follower.new()  # what happened before is not of this deployment
            self._executed(chosen, plan)
            ended = self._followed(follower, stack_id)
        return None if plan.kind == NOTHING else ended

    def discard(self, plan: Plan) -> None:
        """Take a prepared plan back: its change set goes, and so does the shell of a stack that was never made."""
        if plan.change_set is not None:
            self.executor.perform(
                Action(
                    "cloudformation",
                    "delete_change_set",
                    {"ChangeSetName": plan.change_set.id},
                    "the plan is not carried out",
                )
            )
        state = stacks.find(plan.target.stack_name, self.client("cloudformation"))
        if state is not None and state.status == "REVIEW_IN_PROGRESS":
            why = "nothing of the stack was made"
            self.executor.perform(Action("cloudformation", "delete_stack", {"StackName": state.id}, why))

    def going_on(self, target: Target) -> changesets.ChangeSet | None:
        """The change set of an earlier run that is being executed now, if the operation that runs is one of ours."""
        cloudformation = self.client("cloudformation")
        state = stacks.find(target.stack_name, cloudformation)
        if state is None or not state.is_going_on:
            return None
        for name in self._change_sets(target.stack_name):
            found = changesets.find(name, target.stack_name, cloudformation)
            if found is not None and found.execution_status == "EXECUTE_IN_PROGRESS":
                return found
        return None

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

    def _prepared(self, action: Action) -> None:
        """Perform; what an earlier run has made already is fine."""
        try:
            self.executor.perform(action)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code not in ("AlreadyExistsException", "BucketAlreadyOwnedByYou"):
                raise

    def _executed(self, action: Action, plan: Plan) -> None:
        """Execute, unless an earlier attempt did: its answer may have been lost."""
        try:
            self.executor.perform(action)
        except ClientError as error:
            name = plan.change_set.id if plan.change_set else ""
            found = changesets.find(name, plan.target.stack_name, self.client("cloudformation"))
            began = found is not None and found.execution_status.startswith("EXECUTE")
            if error.response.get("Error", {}).get("Code") != "InvalidChangeSetStatus" or not began:
                raise

    def _gone(self, plan: Plan) -> None:
        assert plan.state is not None  # noqa: S101 - it is what is deleted
        ended = self.followed(plan.target.stack_name, plan.state.id)
        if ended.state.status != "DELETE_COMPLETE":
            raise NeedsPersonError(
                f"what is left of {plan.target.place} cannot be deleted: {ended.state.reason or ended.state.status}",
                f"see what is in the way: aws cloudformation describe-stack-events --stack-name {plan.state.id}",
            )

    def _change_sets(self, stack_name: str) -> list[str]:
        """The names of our change sets of a stack."""
        try:
            pages = self.client("cloudformation").get_paginator("list_change_sets").paginate(StackName=stack_name)
            names = [each["ChangeSetName"] for page in pages for each in page["Summaries"]]
        except ClientError as error:
            if stacks.is_missing(error):
                return []
            raise
        return [name for name in names if name.startswith(OURS)]

    def _forget_others(self, plan: Plan) -> None:
        """Delete what earlier runs planned and did not carry out: it was decided on another state of things."""
        cloudformation = self.client("cloudformation")
        for name in self._change_sets(plan.target.stack_name):
            found = changesets.find(name, plan.target.stack_name, cloudformation)
            if name != plan.change_set_name and found is not None and not found.execution_status.startswith("EXECUTE"):
                parameters = {"StackName": plan.target.stack_name, "ChangeSetName": name}
                self.executor.perform(
                    Action("cloudformation", "delete_change_set", parameters, "left by an earlier run")
                )

    def _wait_for_change_set(self, plan: Plan) -> None:
        cloudformation = self.client("cloudformation")
        for _ in self.pace.looks(_CHANGE_SET_PATIENCE):
            found = changesets.find(plan.change_set_name, plan.target.stack_name, cloudformation)
            if found is not None and found.is_over:
                return
        raise NeedsPersonError(
            f"AWS has not made the change set {plan.change_set_name} of {plan.target.place} within 15 minutes",
            "nothing was changed; deploy again",
        )
