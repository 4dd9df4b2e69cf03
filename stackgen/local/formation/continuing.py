"""A rollback that failed: what says so, and ContinueUpdateRollback by the root, which skips in its children too.

From API_ContinueUpdateRollback: resources of a nested stack are named ``NestedStackName.ResourceLogicalID``. assumed:
the words in which a nested stack, and a resource that did not fail, are refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.local import wire
from stackgen.local.errors import ServiceError
from stackgen.local.formation import records, requests

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackgen.local.embedded import Embedded
    from stackgen.local.formation.records import Stack
    from stackgen.local.wire import Call, Response


class Continuing:
    def __init__(self, embedded: Embedded) -> None:
        self._embedded = embedded

    def around(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        said = call.parameters
        skipped = list(said.get("ResourcesToSkip") or [])
        below = [each for each in skipped if "." in each]
        with self._embedded.scope(call.account, call.region):
            stack = records.find(said["StackName"])
            if stack is not None and "ParentId" in stack:
                message = f"ContinueUpdateRollback cannot be called on nested stack {stack['StackName']}"
                raise ServiceError("ValidationError", message)
            if stack is None or not below:
                return forward(call)
            children = [_skipping(stack, each) for each in below]
            wanted = {"StackName": said["StackName"], "ResourcesToSkip": [each for each in skipped if "." not in each]}
            for child, _ in children:
                child["_skipped"] = []
            for child, logical_id in children:
                child["_skipped"].append(logical_id)
            from ministack.services.cloudformation import stacks

            with requests.setting(stacks.CLIENT_REQUEST_TOKEN, said.get("ClientRequestToken", "")):
                requests.ask("ContinueUpdateRollback", wanted)
        return wire.answer(call, {})

    def listed(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        """A resource that failed to roll back says so until the rollback was continued."""
        response = forward(call)
        with self._embedded.scope(call.account, call.region):
            stack = records.find(call.parameters.get("StackName", "")) or {}
            failed = _failed(stack) if stack.get("StackStatus") == "UPDATE_ROLLBACK_FAILED" else {}
        if not failed or response.status >= 300:  # noqa: PLR2004 - HTTP
            return response
        result = wire.read(call, response)
        for each in result.get("StackResourceSummaries", result.get("StackResources", [])):
            if each["LogicalResourceId"] in failed:
                reason = failed[each["LogicalResourceId"]]
                each |= {"ResourceStatus": "UPDATE_FAILED", "ResourceStatusReason": reason}
        return wire.answer(call, result)


def _failed(stack: Stack) -> dict[str, str]:
    """What failed to roll back, with the reason that its last event gives."""
    from ministack.services import cloudformation

    reasons = {
        event["LogicalResourceId"]: event.get("ResourceStatusReason", "")
        for event in cloudformation._stack_events.get(stack["StackId"], [])
        if event.get("ResourceStatus") == "UPDATE_FAILED"
    }
    return {name: reasons.get(name, "") for name in stack.get("_rollback_failed", {})}


def _skipping(root: Stack, said: str) -> tuple[Stack, str]:
    """The nested stack and the logical id of a resource to skip.

    :raises ServiceError: ValidationError, where there is none that failed to roll back.
    """
    name, _, logical_id = said.partition(".")
    child = records.find(name)
    if child is None or child.get("RootId") != root["StackId"] or logical_id not in child.get("_rollback_failed", {}):
        message = f"Resource(s) [{said}] cannot be skipped: only resources whose rollback failed can be skipped"
        raise ServiceError("ValidationError", message)
    return child, logical_id
