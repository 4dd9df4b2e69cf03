"""One stack of an environment on its way out: look what AWS says, do the next step, look again."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from botocore.exceptions import ClientError

from stackgen.deploy import destroying, stacks
from stackgen.deploy.actions import Action
from stackgen.deploy.emptying import EmptyingError, emptied
from stackgen.deploy.events import Follower, began
from stackgen.deploy.settings import OWNER
from stackgen.deployer.handlers.refusals import code_of
from stackgen.errors import FindingsError

from .sweeping import GONE
from .tools import CANCEL, FAILED, REMOVED, SKIP, SKIPPED, forecast_of

if TYPE_CHECKING:
    from stackgen.deploy.stacks import StackState

    from .finding import Deployed
    from .tools import Tools

_MOST_TRIES = 3
"""A bucket may be written to while its stack is deleted: it is emptied, and the deletion asked for, so often."""

_OVERTAKEN = "ValidationError"
"""How CloudFormation refuses what the stack's status, as it is by now, does not allow."""


class StackRemoval:
    """Deletes one stack within some seconds."""

    def __init__(self, each: Deployed, tools: Tools, patience: float) -> None:
        self._each = each
        self._tools = tools
        self._patience = patience
        self._client = each.place.client
        self._executor = tools.perform(each.place)
        self._token = f"remove-{uuid4()}"
        self._tries = 0
        self._is_cancelled = False
        self._status = ""
        self._problem = ""

    def run(self) -> tuple[str, list[str]]:
        """What became of it, and why."""
        state = self._each.state
        for _ in self._tools.pace.looks(max(self._patience, 0.0)):
            now = stacks.find(self._each.state.id, self._client("cloudformation"))
            if now is None:
                return REMOVED, []
            state = now
            self._tell(state)
            if state.status == "DELETE_IN_PROGRESS":
                continue
            if state.is_going_on:
                if self._tools.running == SKIP:
                    return SKIPPED, [f"{state.name} is in {state.status}: somebody works on it"]
                if not self._is_interrupted(state):
                    continue
            elif self._tries >= _MOST_TRIES:
                return FAILED, self._reasons(state)
            try:
                self._delete(state)
            except FindingsError as error:
                return FAILED, [error.message, *error.hints]
        minutes = int(self._patience // 60)
        return FAILED, [f"{state.name} is still in {state.status} after {minutes} minutes", *self._reasons(state)]

    def _is_interrupted(self, state: StackState) -> bool:
        """Stop what runs, where that can be; whether the deletion may be asked for at once."""
        if self._tools.running != CANCEL:
            return False
        if state.status == "UPDATE_IN_PROGRESS" and not self._is_cancelled:
            asked = {"StackName": state.id, "ClientRequestToken": self._token}
            cancel = Action("cloudformation", "cancel_update_stack", asked, f"cancel the update of {state.name}")
            self._is_cancelled = self._perform(cancel)
        return state.status == "CREATE_IN_PROGRESS"  # which CloudFormation cancels by itself

    def _delete(self, state: StackState) -> None:
        """Empty what must be, and ask for the deletion. Raises FindingsError where it cannot go well."""
        found = forecast_of(self._each)
        if found is None:
            return
        destroying.refuse(found, unprotect=False, purge=True)
        self._tries += 1
        try:
            for content in found.fillings:
                emptied(
                    content, self._each.place.access.account, self._executor.perform, self._client, self._tools.told
                )
        except EmptyingError as error:
            self._problem = error.message
            return
        except ClientError as error:
            if code_of(error) not in GONE:
                raise
        self._perform(destroying.deleted(state, f"{self._token}-{self._tries}"))

    def _perform(self, action: Action) -> bool:
        """Whether AWS took it; where the stack is no longer as it was, it is looked at again."""
        try:
            self._executor.perform(action)
        except ClientError as error:
            if code_of(error) != _OVERTAKEN:
                raise
            self._problem = str(error)
            return False
        return True

    def _reasons(self, state: StackState) -> list[str]:
        """What could not be deleted, and why; a resource often has its reason in the events alone."""
        cloudformation = self._client("cloudformation")
        events = Follower(state.id, state.name, cloudformation, began(state.id, cloudformation)).new()
        told = {each.path: each.reason for each in events if each.is_failure}
        failed = [
            f"{each.path} ({each.physical_id}): {each.reason or told.get(each.path) or 'AWS gives no reason'}"
            for _, each in destroying.failed(stacks.tree(state, cloudformation))
        ]
        return failed or [each for each in (state.reason, self._problem) if each]

    def _tell(self, state: StackState) -> None:
        if state.status != self._status:
            self._status = state.status
            self._tools.told(
                f"{self._each.state.tags[OWNER]}: {state.name} in {self._each.place.region} is {state.status}"
            )
