"""The calls that only look: descriptions and listings, as dictionaries in the words of the API."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from stackgen.local.stacksets import errors, paging, shown
from stackgen.local.stacksets.operations import Work

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stackgen.local.stacksets.instances import Instance
    from stackgen.local.stacksets.operations import Operation
    from stackgen.local.stacksets.rollout import Result
    from stackgen.local.stacksets.sets import Shelves, StackSet
    from stackgen.local.wire import Call

#: What each filter of ListStackInstances looks at.
_FILTERED = {"DETAILED_STATUS": "detailed_status", "LAST_OPERATION_ID": "operation_id", "DRIFT_STATUS": "drift"}


class Reading:
    """Handlers of the calls that change nothing."""

    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves

    def describe_stack_set(self, call: Call) -> dict[str, Any]:
        """assumed: a deleted set is still found by its id."""
        return {"StackSet": shown.stack_set(self._shelves.known(call))}

    def list_stack_sets(self, call: Call) -> dict[str, Any]:
        parameters = call.parameters
        status = parameters.get("Status")
        after = self._shelves.of(call).after(paging.position(parameters, "sets"))
        listed = (each for each in after if status in {None, each.status})
        return paging.page(parameters, "sets", listed, lambda each: each.number, shown.set_summary)

    def describe_stack_instance(self, call: Call) -> dict[str, Any]:
        stack_set, instance = self._instance(call)
        return {"StackInstance": shown.instance(stack_set, instance)}

    def list_stack_instances(self, call: Call) -> dict[str, Any]:
        stack_set, parameters = self._shelves.active(call), call.parameters
        return paging.page(
            parameters,
            "instances",
            _matching(stack_set, parameters),
            lambda each: each.number,
            lambda each: shown.instance_summary(stack_set, each),
        )

    def describe_stack_set_operation(self, call: Call) -> dict[str, Any]:
        stack_set = self._shelves.active(call)
        operation = stack_set.operations.get(call.parameters["OperationId"])
        return {"StackSetOperation": shown.operation(stack_set, operation)}

    def list_stack_set_operations(self, call: Call) -> dict[str, Any]:
        """The newest operation first."""
        stack_set, parameters = self._shelves.active(call), call.parameters
        listed = stack_set.operations.before(paging.position(parameters, "operations"))
        return paging.page(parameters, "operations", listed, lambda each: each.number, shown.operation_summary)

    def list_stack_set_operation_results(self, call: Call) -> dict[str, Any]:
        stack_set, parameters = self._shelves.active(call), call.parameters
        operation = stack_set.operations.get(parameters["OperationId"])
        return paging.page(
            parameters,
            "results",
            _results(operation, parameters),
            lambda numbered: numbered[0],
            lambda numbered: shown.result(stack_set, numbered[1]),
        )

    def list_stack_set_auto_deployment_targets(self, call: Call) -> dict[str, Any]:
        stack_set, parameters = self._shelves.active(call), call.parameters
        units = list(enumerate(stack_set.units.items(), 1))
        listed = units[paging.position(parameters, "targets") or 0 :]
        return paging.page(
            parameters,
            "targets",
            listed,
            lambda numbered: numbered[0],
            lambda numbered: {"OrganizationalUnitId": numbered[1][0], "Regions": list(numbered[1][1])},
        )

    def list_stack_instance_resource_drifts(self, call: Call) -> dict[str, Any]:
        """Always empty: the port to CloudFormation tells whether a stack drifted, not which of its resources."""
        stack_set, _ = self._instance(call)
        operation = stack_set.operations.get(call.parameters["OperationId"])
        if operation.plan.work is not Work.DETECT_DRIFT:
            raise errors.operation_not_found(operation.id)
        return {"Summaries": []}

    def _instance(self, call: Call) -> tuple[StackSet, Instance]:
        stack_set = self._shelves.active(call)
        account, region = call.parameters["StackInstanceAccount"], call.parameters["StackInstanceRegion"]
        instance = stack_set.instances.get(account, region)
        if instance is None:
            raise errors.instance_not_found(stack_set.id, account, region)
        return stack_set, instance


def _matching(stack_set: StackSet, parameters: Mapping[str, Any]) -> Iterator[Instance]:
    account, region = parameters.get("StackInstanceAccount"), parameters.get("StackInstanceRegion")
    wanted = [(_FILTERED[each["Name"]], each["Values"]) for each in parameters.get("Filters") or () if "Values" in each]
    for instance in stack_set.instances.after(paging.position(parameters, "instances")):
        if account not in {None, instance.account} or region not in {None, instance.region}:
            continue
        if all(getattr(instance, name) == value for name, value in wanted):
            yield instance


def _results(operation: Operation, parameters: Mapping[str, Any]) -> Iterator[tuple[int, Result]]:
    statuses = {each["Values"] for each in parameters.get("Filters") or () if "Values" in each}
    start = paging.position(parameters, "results") or 0
    for number, result in enumerate(islice(operation.results, start, None), start + 1):
        if not statuses or result.status in statuses:
            yield number, result
