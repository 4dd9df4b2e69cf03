"""What looks at resources before they are made: early validations of change sets, and hooks; both by planted faults.

``validate:AWS::S3::Bucket`` lets each such resource that a change set adds or modifies fail its validation, and
``hook:AWS::S3::Bucket`` lets a hook refuse it when it is created or updated.

From the User Guide ("Validate stack deployments", "View Hook invocation results") and API_DescribeEvents: a change set
whose validation failed says which validation, not of what; its events tell it, by its ARN or with the stack's name. A
hook that fails has an event of its own, and the resource fails with the hook's name. assumed: a page has 20 events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.local import wire
from stackgen.local.errors import ServiceError
from stackgen.local.formation.comparison import known
from stackgen.local.wire import from_inside

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stackgen.local.embedded import Embedded
    from stackgen.local.faults import Faults
    from stackgen.local.formation.comparison import ChangeSet
    from stackgen.local.formation.records import Stack
    from stackgen.local.gateway import Around
    from stackgen.local.wire import Call, Response

HOOK = "Stackgen::Rehearsal::Hook"
VALIDATION = "PROPERTY_VALIDATION"
PAGE = 20
_FAILED = (
    "The following hook(s)/validation failed: [AWS::EarlyValidation::PropertyValidation]. To troubleshoot Early "
    "Validation errors, use the DescribeEvents API for detailed failure information."
)
_SHOWN = ("HookType", "HookStatus", "HookStatusReason", "HookInvocationPoint", "HookFailureMode")


class Validation:
    def __init__(self, embedded: Embedded, faults: Faults) -> None:
        self._embedded = embedded
        self._faults = faults

    def around(self) -> Mapping[str, Around]:
        return {"DescribeEvents": self._described, "DescribeStackEvents": self._told}

    def validate(self, made: ChangeSet) -> None:
        """Look at what a change set adds or modifies, and let it fail where a fault wants that."""
        found = []
        for change in made["Changes"] if self._faults else ():
            told = change["ResourceChange"]
            if told["Action"] not in {"Add", "Modify"}:
                continue
            try:
                meet(self._faults, "validate", told["ResourceType"], {"LogicalResourceId": told["LogicalResourceId"]})
            except ServiceError as planted:
                found.append(_failure(made, told, planted.message))
        if found:
            made |= {"Status": "FAILED", "ExecutionStatus": "UNAVAILABLE", "StatusReason": _FAILED, "_events": found}

    def _described(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        """The events of a change set; those of a stack's operations are ministack's."""
        said = call.parameters
        name = said.get("ChangeSetName", "")
        if not name:
            return forward(call)
        if not name.startswith("arn:") and not said.get("StackName"):
            raise ServiceError("ValidationError", "One of ChangeSetName, OperationId or StackName must be specified")
        with self._embedded.scope(call.account, call.region):
            events = known(name, said.get("StackName", "")).get("_events", [])
        start = int(said.get("NextToken") or 0)
        more = {"NextToken": str(start + PAGE)} if len(events) > start + PAGE else {}
        return wire.answer(call, {"OperationEvents": events[start : start + PAGE], **more})

    def _told(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        """With what hooks said, which ministack leaves out."""
        from ministack.services import cloudformation

        response = forward(call)
        if response.status >= 300:  # noqa: PLR2004 - HTTP
            return response
        result = wire.read(call, response)
        with self._embedded.scope(call.account, call.region):
            kept = {event["EventId"]: event for shown in result["StackEvents"][:1]
                    for event in cloudformation._stack_events.get(shown["StackId"], [])}  # fmt: skip
        hooked = False
        for shown in result["StackEvents"]:
            more = {name: kept[shown["EventId"]][name] for name in _SHOWN if name in kept.get(shown["EventId"], {})}
            shown.update(more)
            hooked = hooked or bool(more)
        return wire.answer(call, result) if hooked else response


def invoke(faults: Faults, stack: Stack, status: str, kind: str, said: dict[str, Any]) -> None:
    """Let a hook look at a resource that is about to be made or changed.

    :raises ValueError: in CloudFormation's words, where a fault lets it refuse.
    """
    try:
        meet(faults, "hook", kind, said)
    except ServiceError as planted:
        for word, reason in (("IN_PROGRESS", ""), ("COMPLETE_FAILED", planted.message)):
            _add(stack, said["LogicalResourceId"], kind, status, {
                "HookType": HOOK, "HookStatus": f"HOOK_{word}", "HookInvocationPoint": "PRE_PROVISION",
                "HookFailureMode": "FAIL", **({"HookStatusReason": reason} if reason else {}),
            })  # fmt: skip
        raise ValueError(f"The following hook(s) failed: [{HOOK}]") from planted


def meet(faults: Faults, verb: str, kind: str, said: dict[str, Any]) -> None:
    """Meet what was planted for a resource of a type.

    :raises ServiceError: what was planted.
    """
    from ministack.core.responses import get_account_id, get_region

    faults.meet(from_inside(verb, kind, get_account_id(), get_region(), said), lambda: wire.Response(200, {}, b""))


def _failure(made: ChangeSet, told: Mapping[str, Any], reason: str) -> dict[str, Any]:
    from ministack.core import responses

    title = told["LogicalResourceId"]
    return {
        "EventId": responses.new_uuid(), "StackId": made["StackId"], "OperationId": made["ChangeSetId"],
        "OperationType": "CREATE_CHANGESET", "OperationStatus": "FAILED", "EventType": "VALIDATION_ERROR",
        "LogicalResourceId": title, "ResourceType": told["ResourceType"],
        "PhysicalResourceId": told.get("PhysicalResourceId", ""), "Timestamp": responses.now_iso(),
        "ValidationFailureMode": "FAIL", "ValidationName": VALIDATION, "ValidationStatus": "FAILED",
        "ValidationStatusReason": reason, "ValidationPath": f"/Resources/{title}/Properties",
    }  # fmt: skip


def _add(stack: Stack, logical_id: str, kind: str, status: str, hook: dict[str, str]) -> None:
    from ministack.services import cloudformation
    from ministack.services.cloudformation import stacks

    stacks._add_event(stack["StackId"], stack["StackName"], logical_id, kind, status)
    cloudformation._stack_events[stack["StackId"]][-1] |= hook
