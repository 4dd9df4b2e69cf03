"""What DescribeStacks and ListStacks leave out: parents, roots and rollback configurations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.local import wire
from stackgen.local.errors import ServiceError
from stackgen.local.formation import monitoring, policies, records, resolved, templates
from stackgen.local.formation.requests import setting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stackgen.local.embedded import Embedded
    from stackgen.local.faults import Faults
    from stackgen.local.formation.changesets import ChangeSets
    from stackgen.local.gateway import Around
    from stackgen.local.wire import Call, Response

#: Operations that begin something, and whose request the operation looks at later.
_BEGINNING = (
    "CreateStack",
    "UpdateStack",
    "ExecuteChangeSet",
    "RollbackStack",
)
#: Operations that read a template, and begin nothing.
_READING = ("ValidateTemplate", "GetTemplateSummary")
_CHECKED = ("RollbackConfiguration", "TimeoutInMinutes")
MASK = "****"


class Answers:
    def __init__(self, embedded: Embedded, change_sets: ChangeSets, faults: Faults) -> None:
        self._embedded = embedded
        self._change_sets = change_sets
        self._faults = faults

    def around(self) -> Mapping[str, Around]:
        return {
            **self.reading(
                {**dict.fromkeys(_BEGINNING, self._remembered), **dict.fromkeys(_READING, _without_empty_defaults)}
            ),
            "DescribeStacks": self._with_family("Stacks"),
            "ListStacks": self._with_family("StackSummaries"),
        }

    def _remembered(self, call: Call, forward: Callable[[Call], Response]) -> Response:
        if any(name in call.parameters for name in _CHECKED):
            wire.check(call)
        if call.operation == "ExecuteChangeSet":
            self._change_sets.see_that_it_is_a_root(call)
        if call.operation == "CreateStack":
            self._see_that_the_name_is_free(call)
        with self._embedded.scope(call.account, call.region):
            policies.read(call.parameters, "StackPolicy")
            during = policies.read(call.parameters, "StackPolicyDuringUpdate")
        with setting(monitoring.call, call), setting(policies.during, during):
            response = forward(call)
        if call.operation == "ExecuteChangeSet" and response.status < 300:  # noqa: PLR2004 - HTTP
            self._change_sets.remember(call)
        return response

    def remembering(self, others: Mapping[str, Around]) -> Mapping[str, Around]:
        """The same, in calls that the operation looks at later."""

        def remembered(around: Around) -> Around:
            def answered(call: Call, forward: Callable[[Call], Response]) -> Response:
                with setting(monitoring.call, call):
                    return around(call, forward)

            return answered

        return {name: remembered(around) for name, around in others.items()}

    def reading(self, others: Mapping[str, Around]) -> Mapping[str, Around]:
        """The same, where the reading of the template meets its faults first."""

        def read(around: Around) -> Around:
            def answered(call: Call, forward: Callable[[Call], Response]) -> Response:
                if url := call.parameters.get("TemplateURL"):
                    with self._embedded.scope(call.account, call.region):
                        templates.meet_faults(self._faults, url)
                return around(call, forward)

            return answered

        return {name: read(around) for name, around in others.items()}

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
    more: dict[str, Any] = {name: stack[name] for name in ("ParentId", "RootId", "TimeoutInMinutes") if name in stack}
    if "ChangeSetId" in stack and "Parameters" in shown:  # a summary does not tell it
        more["ChangeSetId"] = stack["ChangeSetId"]
    if "_rollback_configuration" in stack:
        more["RollbackConfiguration"] = stack["_rollback_configuration"]
    if "TimeoutInMinutes" in more and "Outputs" not in shown and "Parameters" not in shown:
        del more["TimeoutInMinutes"]  # a summary does not tell it
    shown |= more
    is_resolved = resolved.show(shown.get("Parameters", []), stack)
    masked = _masked(stack)
    for output in shown.get("Outputs", []):
        if output["OutputKey"] in masked:
            output["OutputValue"] = MASK
    return bool(more or masked or is_resolved)


def _masked(stack: dict[str, Any]) -> set[str]:
    """The outputs that show what a custom resource asked not to show (crpg-ref-responses.html, NoEcho)."""
    from ministack.services.cloudformation import engine

    silent = set(stack.get("_silent", ()))
    if not silent:
        return set()
    outputs = (stack.get("_template") or {}).get("Outputs") or {}
    return {
        name
        for name, output in outputs.items()
        if any(referred in silent and attribute for referred, attribute in engine._intrinsic_references(output))
    }


def _without_empty_defaults(call: Call, forward: Callable[[Call], Response]) -> Response:
    """A parameter without a default shows none; here neither does one whose default is empty."""
    response = forward(call)
    if response.status >= 300:  # noqa: PLR2004 - HTTP
        return response
    result = wire.read(call, response)
    for parameter in result.get("Parameters", []):
        if not parameter.get("DefaultValue"):
            parameter.pop("DefaultValue", None)
    return wire.answer(call, result)
