"""CloudFormation for StackSets: stacks of any account and region, made from inside, without a client each."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from stackgen.local.errors import ServiceError
from stackgen.local.faults import LostAnswer
from stackgen.local.formation import exports, operation, records, requests
from stackgen.local.stacksets.stacks import Outcome, StackRequest
from stackgen.local.wire import Response, from_inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.local.embedded import Embedded
    from stackgen.local.faults import Faults
    from stackgen.local.formation.operations import Operations
    from stackgen.local.wire import Call


class EmbeddedStacks:
    """The port of :mod:`stackgen.local.stacksets` to the embedded CloudFormation; called inside a task."""

    def __init__(self, embedded: Embedded, running: Operations, faults: Faults) -> None:
        self._embedded = embedded
        self._running = running
        self._faults = faults

    def create(self, account: str, region: str, name: str, request: StackRequest) -> Outcome:
        with self._within(account, region):
            self._ask("CreateStack", account, region, {"StackName": name, **_asked(request)})
            return _outcome(records.known(name))

    def update(self, account: str, region: str, stack_id: str, request: StackRequest) -> Outcome:
        with self._within(account, region):
            stack = records.known(stack_id)
            changed = self._ask("UpdateStack", account, region, {"StackName": stack_id, **_asked(request)})
            return _outcome(stack) if changed else Outcome(stack_id, "UPDATE_COMPLETE")

    def delete(self, account: str, region: str, stack_id: str) -> Outcome:
        with self._within(account, region):
            stack = records.find(stack_id)
            if stack is None:
                return Outcome(stack_id, "DELETE_COMPLETE")
            if reason := exports.in_use(stack):
                return Outcome(stack_id, "DELETE_FAILED", reason)
            self._ask("DeleteStack", account, region, {"StackName": stack_id})
            return _outcome(stack)

    def describe(self, account: str, region: str, stack_id: str) -> Outcome | None:
        with self._embedded.scope(account, region):
            stack = records.find(stack_id)
            return None if stack is None or stack["StackStatus"] == "DELETE_COMPLETE" else _outcome(stack)

    def drift(self, account: str, region: str, stack_id: str) -> str:
        with self._embedded.scope(account, region):
            requests.ask("DetectStackDrift", {"StackName": stack_id})
            stack = records.find(stack_id)
            return str(((stack or {}).get("DriftInformation") or {}).get("StackDriftStatus", "IN_SYNC"))

    def template(self, call: Call) -> str:
        from ministack.services.cloudformation import helpers

        said = {name: [call.parameters[name]] for name in ("TemplateBody", "TemplateURL") if call.parameters.get(name)}
        with self._embedded.scope(call.account, call.region):
            text, refusal = helpers._resolve_template(said)
        if refusal is not None:
            status, _, body = refusal
            raise ServiceError("ValidationError", requests.message_of(body), status)
        return str(text or "")

    def _ask(self, action: str, account: str, region: str, wanted: dict[str, Any]) -> str:
        """Call an operation, whose faults are met on the way; what it answered.

        :raises ServiceError: what it refused; also where its answer was lost, for StackSets cannot know better.
        """
        answered = ""

        def served() -> Response:
            nonlocal answered
            answered = requests.ask(action, wanted, unchanged_is_fine=action == "UpdateStack")
            return Response(200, {}, b"")

        try:
            self._faults.meet(from_inside("cloudformation", action, account, region, dict(wanted)), served)
        except LostAnswer as lost:
            raise ServiceError("InternalFailure", str(lost), 500) from lost
        return answered

    @contextmanager
    def _within(self, account: str, region: str) -> Iterator[None]:
        """Run what begins there to its end, in the task that asked."""
        with self._embedded.scope(account, region), requests.setting(operation.start, self._running.run_root):
            yield


def _asked(request: StackRequest) -> dict[str, Any]:
    return {
        "TemplateBody": request.template,
        "Parameters": dict(request.parameters),
        "Tags": dict(request.tags),
        "Capabilities": list(request.capabilities),
    }


def _outcome(stack: records.Stack) -> Outcome:
    status = stack["StackStatus"]
    failed = not status.endswith("_COMPLETE") or "ROLLBACK" in status
    reason = (records.failure(stack) or stack.get("StackStatusReason", "")) if failed else ""
    return Outcome(stack["StackId"], status, reason)
