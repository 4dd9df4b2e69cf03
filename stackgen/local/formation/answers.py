"""What DescribeStacks and ListStacks leave out: parents, roots and rollback configurations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.local import wire
from stackgen.local.errors import ServiceError
from stackgen.local.formation import monitoring, records
from stackgen.local.formation.requests import setting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stackgen.local.embedded import Embedded
    from stackgen.local.formation.changesets import ChangeSets
    from stackgen.local.gateway import Around
    from stackgen.local.wire import Call, Response

#: Operations that begin something, and whose request the operation looks at later.
_BEGINNING = (
    "CreateStack",
    "UpdateStack",
    "ExecuteChangeSet",
    "DeleteStack",
    "RollbackStack",
    "ContinueUpdateRollback",
)


class Answers:
    def __init__(self, embedded: Embedded, change_sets: ChangeSets) -> None:
        self._embedded = embedded
        self._change_sets = change_sets

    def around(self) -> Mapping[str, Around]:
        return {
            **dict.fromkeys(_BEGINNING, self._remembered),
            "DescribeStacks": self._with_family("Stacks"),
            "ListStacks": self._with_family("StackSummaries"),
        }

    def _remembered(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        if "RollbackConfiguration" in call.parameters:
            wire.check(call)
        if call.operation == "ExecuteChangeSet":
            self._change_sets.see_that_it_is_a_root(call)
        if call.operation == "CreateStack":
            self._see_that_the_name_is_free(call)
        with setting(monitoring.call, call):
            return forward(call)

    def _see_that_the_name_is_free(self, call: Call) -> None:
        """A stack that was rolled back has to be deleted before another one takes its name.

        :raises ServiceError: AlreadyExistsException.
        """
        name = call.parameters["StackName"]
        with self._embedded.scope(call.account, call.region):
            stack = records.find(name)
        if stack is not None and stack["StackStatus"] != "DELETE_COMPLETE":
            raise ServiceError("AlreadyExistsException", f"Stack [{name}] already exists")

    def _with_family(self, listed: str) -> Around:
        def answered(call: Call, forward: Callable[[Call], Response]) -> Response:
            response = forward(call)
            if response.status >= 300:  # noqa: PLR2004 - HTTP
                return response
            result = wire.read(call, response)
            with self._embedded.scope(call.account, call.region):
                changed = [_complete(stack) for stack in result[listed]]
            return wire.answer(call, result) if any(changed) else response

        return answered


def _complete(shown: dict[str, Any]) -> bool:
    stack = records.find(shown["StackId"]) or {}
    more: dict[str, Any] = {name: stack[name] for name in ("ParentId", "RootId") if name in stack}
    if "_rollback_configuration" in stack:
        more["RollbackConfiguration"] = stack["_rollback_configuration"]
    shown |= more
    return bool(more)
