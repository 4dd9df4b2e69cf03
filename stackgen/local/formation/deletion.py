"""DeleteStack: what it refuses, and what becomes of it while the stack is still being made.

Source: using-cfn-protect-stacks.html (nested stacks are protected by their root). Observed of AWS, and written down
nowhere: a creation that runs is cancelled, an update that runs is not. assumed: a rollback of a creation comes to its
end first, and so does the work on the tree that a nested stack belongs to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen.local import wire
from stackgen.local.errors import ServiceError
from stackgen.local.formation import exports, records

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackgen.local.embedded import Embedded
    from stackgen.local.formation.records import Stack
    from stackgen.local.wire import Call, Response

BEING_MADE = {"CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS"}
_DELETABLE = {*BEING_MADE, "REVIEW_IN_PROGRESS", "DELETE_IN_PROGRESS"}


class Deletion:
    def __init__(self, embedded: Embedded) -> None:
        self._embedded = embedded

    def around(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        with self._embedded.scope(call.account, call.region):
            stack = records.find(call.parameters.get("StackName", ""))
            if stack is not None and stack["StackStatus"] != "DELETE_COMPLETE":
                see_that_it_may_go(stack)
                if stack["StackStatus"] == "DELETE_IN_PROGRESS":
                    return wire.answer(call, None)
                if stack["StackStatus"] not in BEING_MADE and (reason := exports.in_use(stack)):
                    exports.cancel_deletion(stack, reason)
                    return wire.answer(call, None)
        return forward(call)


def see_that_it_may_go(stack: Stack) -> None:
    """Refuse the deletion of what is protected, or at work.

    :raises ServiceError: ValidationError.
    """
    root = records.find(str(stack.get("RootId", stack["StackId"]))) or stack
    for protected in (stack, root):
        if protected.get("EnableTerminationProtection"):
            message = f"Stack [{protected['StackId']}] cannot be deleted while TerminationProtection is enabled"
            raise ServiceError("ValidationError", message)
    status = stack["StackStatus"]
    if status.endswith("_IN_PROGRESS") and status not in _DELETABLE:
        message = f"Stack [{stack['StackName']}] cannot be deleted while in status {status}"
        raise ServiceError("ValidationError", message)
