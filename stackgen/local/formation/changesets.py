"""Change sets that see what an update sees: conditions, resources that exist, and nested stacks.

From change-sets-nested.html: IncludeNestedStacks makes a change set for each nested stack that is created or updated;
executing and deleting goes by the root; a child cannot be executed by itself. assumed: a child that nothing changes
keeps its line in its parent and has no change set, and a page has 100 changes. Observed of AWS: a change set that was
executed is listed no more, and is found by its ARN alone. Unlike AWS, a nested stack that a change
set announces gets another id when it is created; its name stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.local import wire
from stackgen.local.errors import ServiceError
from stackgen.local.formation import records, resolved
from stackgen.local.formation.comparison import find, known
from stackgen.local.formation.nested_changes import NestedChanges, delete_children

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stackgen.local.embedded import Embedded
    from stackgen.local.formation.nested import NestedStacks
    from stackgen.local.formation.validation import Validation
    from stackgen.local.gateway import Around
    from stackgen.local.wire import Call, Response

PAGE = 100

#: What a change set carries beside what ministack keeps, by the name under which it is shown.
_CARRIED = ("IncludeNestedStacks", "ParentChangeSetId", "RootChangeSetId", "RollbackConfiguration")


class ChangeSets:
    """What stands around the operations on change sets."""

    def __init__(self, embedded: Embedded, nested: NestedStacks, validation: Validation) -> None:
        self._embedded = embedded
        self._nested = NestedChanges(nested, validation)
        self._validation = validation

    def around(self) -> Mapping[str, Around]:
        return {
            "CreateChangeSet": self._create,
            "DescribeChangeSet": self._describe,
            "DeleteChangeSet": self._delete,
            "ListChangeSets": _listed,
        }

    def _create(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        said = call.parameters
        if "RollbackConfiguration" in said:
            wire.check(call)
        with self._embedded.scope(call.account, call.region):
            _see_that_it_can_change(said)
            shell = _shell(said["StackName"])
        response = forward(call)
        if shell is not None:
            response = self._same_shell(call, response, *shell)
        if response.status >= 300:  # noqa: PLR2004 - HTTP
            return response
        with self._embedded.scope(call.account, call.region):
            made = known(wire.read(call, response)["Id"])
            for name in ("RollbackConfiguration", "IncludeNestedStacks"):
                if name in said:
                    made[name] = said[name]
            self._validation.validate(made)
            if said.get("IncludeNestedStacks"):
                self._nested.include(made, made["ChangeSetId"])
        return response

    def _same_shell(
        self, call: Call, response: Response, shell: records.Stack, events: list[dict[str, Any]]
    ) -> Response:
        """A stack in review stays what it is where another change set is made of it; ministack makes a new one."""
        from ministack.services import cloudformation

        with self._embedded.scope(call.account, call.region):
            stack_id, name = shell["StackId"], shell["StackName"]
            newer = cloudformation._stacks.get(name)
            if newer is None:
                cloudformation._stacks[name] = shell
            elif newer is not shell:
                cloudformation._stack_events.pop(newer["StackId"], None)
                newer |= {"StackId": stack_id, "CreationTime": shell["CreationTime"]}
            cloudformation._stack_events[stack_id] = events
            if response.status >= 300:  # noqa: PLR2004 - HTTP
                return response
            result = wire.read(call, response)
            known(result["Id"])["StackId"] = stack_id
            return wire.answer(call, {**result, "StackId": stack_id})

    def _describe(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        with self._embedded.scope(call.account, call.region):
            _see_that_its_name_counts(call.parameters)
        response = forward(call)
        if response.status >= 300:  # noqa: PLR2004 - HTTP
            return response
        shown = wire.read(call, response)
        with self._embedded.scope(call.account, call.region):
            kept = known(shown["ChangeSetId"])
            ids = {
                change["ResourceChange"]["LogicalResourceId"]: change["ResourceChange"] for change in kept["Changes"]
            }
            for change in shown["Changes"]:
                told = change["ResourceChange"]
                told |= {
                    name: ids[told["LogicalResourceId"]][name]
                    for name in ("ChangeSetId",)
                    if name in ids[told["LogicalResourceId"]]
                }
        resolved.show(shown["Parameters"], kept)
        shown |= {name: kept[name] for name in _CARRIED if name in kept}
        start = int(call.parameters.get("NextToken") or 0)
        if len(shown["Changes"]) > start + PAGE:
            shown["NextToken"] = str(start + PAGE)
        shown["Changes"] = shown["Changes"][start : start + PAGE]
        return wire.answer(call, shown)

    def _delete(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        said = call.parameters
        with self._embedded.scope(call.account, call.region):
            made = find(said["ChangeSetName"], said.get("StackName", ""))
            if made is not None:
                if made.get("ParentChangeSetId"):
                    raise ServiceError(
                        "InvalidChangeSetStatus", _BY_THE_ROOT.format("deleted", made["RootChangeSetId"])
                    )
                delete_children(made)
        return forward(call)

    def remember(self, call: Call) -> None:
        """Let a stack tell the change set that was executed last."""
        said = call.parameters
        with self._embedded.scope(call.account, call.region):
            made = known(said["ChangeSetName"], said.get("StackName", ""))
            records.known(made["StackId"])["ChangeSetId"] = made["ChangeSetId"]

    def see_that_it_is_a_root(self, call: Call) -> None:
        """Refuse to execute the change set of a nested stack by itself.

        :raises ServiceError: InvalidChangeSetStatus.
        """
        said = call.parameters
        with self._embedded.scope(call.account, call.region):
            made = find(said["ChangeSetName"], said.get("StackName", ""))
        if made is not None and made.get("ParentChangeSetId"):
            raise ServiceError("InvalidChangeSetStatus", _BY_THE_ROOT.format("executed", made["RootChangeSetId"]))


def _see_that_its_name_counts(said: Mapping[str, Any]) -> None:
    """Once it is executed a change set is found by its ARN alone.

    :raises ServiceError: ChangeSetNotFound.
    """
    name = said["ChangeSetName"]
    made = None if name.startswith("arn:") else find(name, said.get("StackName", ""))
    if made is not None and _is_executed(made):
        raise ServiceError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist", 404)


def _listed(call: Call, forward: Callable[[Call], Response]) -> Response:
    """Without those that were executed."""
    response = forward(call)
    if response.status >= 300:  # noqa: PLR2004 - HTTP
        return response
    result = wire.read(call, response)
    return wire.answer(call, {**result, "Summaries": [each for each in result["Summaries"] if not _is_executed(each)]})


def _is_executed(made: Mapping[str, Any]) -> bool:
    return str(made["ExecutionStatus"]).startswith("EXECUTE")


def _shell(name: str) -> tuple[records.Stack, list[dict[str, Any]]] | None:
    """A stack that is in review, and its events."""
    stack = records.find(name)
    if stack is None or stack["StackStatus"] != "REVIEW_IN_PROGRESS":
        return None
    return stack, records.events(stack)


_BY_THE_ROOT = "A change set of a nested stack cannot be {} by itself; its root is {}"  # assumed wording


_CHANGEABLE = {
    "CREATE_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
}


def _see_that_it_can_change(said: Mapping[str, Any]) -> None:
    """Only a stack that is at rest and was made takes an update; only one that is not there, or in review, a creation.

    :raises ServiceError: ValidationError.
    """
    stack = records.find(said["StackName"]) or {"StackStatus": "DELETE_COMPLETE"}
    status, kind = stack["StackStatus"], said.get("ChangeSetType", "UPDATE")
    if kind == "UPDATE" and status not in {*_CHANGEABLE, "DELETE_COMPLETE"}:
        raise ServiceError("ValidationError", f"Stack:{stack['StackId']} is in {status} state and can not be updated.")
    if kind == "CREATE" and status not in {"REVIEW_IN_PROGRESS", "DELETE_COMPLETE"}:
        message = f"Stack [{stack['StackName']}] already exists and cannot be created again with the changeSet"
        raise ServiceError("ValidationError", f"{message} [{said['ChangeSetName']}]")
