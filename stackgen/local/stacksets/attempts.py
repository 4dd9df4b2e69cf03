"""What an operation does to one instance: its stack made, updated, deleted, imported or checked for drift.

Runs inside a task and answers a verdict; nothing here decides what else runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from stackgen.local.errors import ServiceError
from stackgen.local.stacksets.instances import FAILED_IMPORT, INOPERABLE, SKIPPED
from stackgen.local.stacksets.operations import Work
from stackgen.local.stacksets.rollout import CANCELLED, FAILED, SUCCEEDED
from stackgen.local.stacksets.stacks import Durations, Outcome, StackRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackgen.local.clock import Clock
    from stackgen.local.stacksets.accounts import Accounts
    from stackgen.local.stacksets.definition import Definition
    from stackgen.local.stacksets.instances import Instance
    from stackgen.local.stacksets.operations import Operation
    from stackgen.local.stacksets.sets import StackSet
    from stackgen.local.stacksets.stacks import Stacks

#: The text that AWS gives.
SUSPENDED = (
    "This account is suspended. To remove this instance from the stack set, run DeleteStackInstances with the "
    "RetainStacks parameter."
)
#: What CloudFormation says of an update that changes nothing; to StackSets that is a success.
_UNCHANGED = "No updates are to be performed"
_GONE = "DELETE_COMPLETE"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of an operation in one place, and the detailed status of the instance there."""

    status: str
    detailed_status: str
    reason: str = ""


#: The detailed status of an instance that failed, where it is not FAILED.
_FAILED = {Work.DELETE: INOPERABLE, Work.IMPORT: FAILED_IMPORT}
_DONE = Verdict(SUCCEEDED, SUCCEEDED)
#: assumed: the result of a skipped account, for which results have no status of their own. It is no failure.
_SKIPPED = Verdict(CANCELLED, SKIPPED, SUSPENDED)


def unique(*what: object) -> str:
    """An id in the form of a UUID: the same for the same thing in every rehearsal."""
    return str(uuid5(NAMESPACE_URL, "/".join(map(str, what))))


class Attempts:
    """The work on one instance after the other, through the port to CloudFormation."""

    def __init__(self, clock: Clock, stacks: Stacks, accounts: Accounts, durations: Durations) -> None:
        self._clock = clock
        self._stacks = stacks
        self._accounts = accounts
        self._durations = durations

    def duration(self, operation: Operation, instance: Instance) -> float:
        """How long an instance runs before its stack is worked on; what the stack waits itself comes on top."""
        plan, times = operation.plan, self._durations
        if plan.work is Work.DETECT_DRIFT:
            return times.drift
        if plan.work is Work.IMPORT or self._is_out_of_reach(operation, instance):
            return times.untouched
        if plan.work is Work.DELETE:
            return times.untouched if plan.retains or not instance.has_stack else times.delete
        return times.update if instance.has_stack else times.create

    def make(self, stack_set: StackSet, operation: Operation, instance: Instance) -> Verdict:
        """Do the work of an operation on an instance; what CloudFormation refuses there, the instance fails with."""
        try:
            return self._made(stack_set, operation, instance)
        except ServiceError as error:
            return Verdict(FAILED, _FAILED.get(operation.plan.work, FAILED), _said(error))

    def _made(self, stack_set: StackSet, operation: Operation, instance: Instance) -> Verdict:
        match operation.plan.work:
            case Work.DELETE:
                return self._remove(operation, instance)
            case Work.DETECT_DRIFT:
                return self._check(operation, instance)
            case Work.IMPORT:
                return self._adopt(operation, instance)
            case _:
                return self._deploy(stack_set, operation, instance)

    def _deploy(self, stack_set: StackSet, operation: Operation, instance: Instance) -> Verdict:
        if instance.account in self._accounts.suspended:
            return _SKIPPED
        refusal = self._refusal(operation, instance)
        if refusal:
            return Verdict(FAILED, FAILED, refusal)
        request = _request(operation.definition, instance)
        if self._is_there(instance):
            account, region, stack_id = instance.account, instance.region, instance.stack_id
            outcome = _outcome(lambda: self._stacks.update(account, region, stack_id, request))
        else:
            outcome = self._create(stack_set, operation, instance, request)
        if outcome.succeeded or _UNCHANGED in outcome.reason:
            return _DONE
        return Verdict(FAILED, FAILED, outcome.reason or f"The stack is in {outcome.status}")

    def _is_there(self, instance: Instance) -> bool:
        """Whether the instance has its stack. assumed: one that somebody else deleted is made anew."""
        if not instance.has_stack:
            return False
        found = self._stacks.describe(instance.account, instance.region, instance.stack_id)
        return found is not None and found.status != _GONE

    def _create(self, stack_set: StackSet, operation: Operation, instance: Instance, request: StackRequest) -> Outcome:
        """Make the stack; one that fails is deleted (stacksets-troubleshooting), so that a retry finds no leftover.

        assumed: the instance goes on naming the deleted stack, whose events tell what happened.
        """
        account, region = instance.account, instance.region
        name = _stack_name(stack_set, unique(stack_set.arn, account, region, operation.number))
        outcome = _outcome(lambda: self._stacks.create(account, region, name, request))
        instance.stack_id = outcome.stack_id
        instance.has_stack = bool(outcome.stack_id) and outcome.status != _GONE
        if instance.has_stack and not outcome.succeeded:
            deleted = _outcome(lambda: self._stacks.delete(account, region, outcome.stack_id))
            instance.has_stack = deleted.status != _GONE
        return outcome

    def _remove(self, operation: Operation, instance: Instance) -> Verdict:
        """Delete the stack, or with RetainStacks leave it alone, which works for accounts out of reach too."""
        if operation.plan.retains or not instance.has_stack:
            return _DONE
        if instance.account in self._accounts.suspended:
            return _SKIPPED
        refusal = self._refusal(operation, instance)
        if refusal:
            return Verdict(FAILED, INOPERABLE, refusal)
        outcome = _outcome(lambda: self._stacks.delete(instance.account, instance.region, instance.stack_id))
        if outcome.status == _GONE:
            return _DONE
        return Verdict(FAILED, INOPERABLE, outcome.reason or f"The stack is in {outcome.status}")

    def _check(self, operation: Operation, instance: Instance) -> Verdict:
        """Detect drift. assumed: an instance without a stack, or out of reach, fails."""
        refusal = self._refusal(operation, instance)
        if refusal or not self._is_there(instance):
            return Verdict(FAILED, FAILED, refusal or "The instance has no stack")
        instance.drift = self._stacks.drift(instance.account, instance.region, instance.stack_id)
        instance.drift_checked = self._clock.now()
        return _DONE

    def _adopt(self, operation: Operation, instance: Instance) -> Verdict:
        """Import a stack. assumed: what fails is one that is not in a finished state."""
        stack_id = operation.plan.stack_ids[instance.account, instance.region]
        found = self._stacks.describe(instance.account, instance.region, stack_id)
        instance.stack_id = stack_id
        if found is None or not found.succeeded:
            state = "does not exist" if found is None else f"is in {found.status}"
            return Verdict(FAILED, FAILED_IMPORT, f"Stack {stack_id} {state} and cannot be imported")
        instance.has_stack = True
        return _DONE

    def _is_out_of_reach(self, operation: Operation, instance: Instance) -> bool:
        return instance.account in self._accounts.suspended or bool(self._refusal(operation, instance))

    def _refusal(self, operation: Operation, instance: Instance) -> str:
        """Why the account does not let StackSets in; the text is that of AWS.

        assumed: with service-managed permissions, whose roles AWS makes itself, every account does.
        """
        account, definition = instance.account, operation.definition
        lets_in = self._accounts.exists(account) and account not in self._accounts.lacks_execution_role
        if lets_in or definition.is_service_managed:
            return ""
        trusted = definition.administration_role.partition(":role/")[2]
        wanted = definition.execution_role
        return f"Account {account} should have '{wanted}' role with trust relationship to Role '{trusted}'."


def _stack_name(stack_set: StackSet, uuid: str) -> str:
    """assumed: a long name of a set is cut, so that the name of the stack has no more than 128 characters."""
    return f"StackSet-{stack_set.name[:82]}-{uuid}"


def _request(definition: Definition, instance: Instance) -> StackRequest:
    parameters = definition.parameters
    if instance.overrides:
        overrides = {key: value for key, value in instance.overrides.items() if key in parameters}
        parameters = {**parameters, **overrides}
    return StackRequest(
        template=definition.template,
        parameters=parameters,
        capabilities=definition.capabilities,
        tags=definition.tags or {},
        role_arn=definition.execution_role,
    )


def _outcome(attempt: Callable[[], Outcome]) -> Outcome:
    """What CloudFormation did, a refusal included; its message becomes the reason, as AWS shows it."""
    try:
        return attempt()
    except ServiceError as error:
        return Outcome("", "REFUSED", _said(error))


def _said(error: ServiceError) -> str:
    return error.message or error.code
