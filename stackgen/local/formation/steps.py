"""What happens around each resource of a stack: time passes, alarms are looked at, planted faults are met.

A fault is planted for a resource as for a call: ``create:AWS::RDS::DBInstance``, ``update:...``, ``delete:...``, with
``LogicalResourceId``, ``StackName`` and ``Properties`` as its parameters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.local.errors import ServiceError
from stackgen.local.formation import policies, records, trees, validation
from stackgen.local.formation.operation import CLOUDFORMATION_STACK, current

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackgen.local.clock import Clock
    from stackgen.local.faults import Faults
    from stackgen.local.formation.monitoring import Monitoring
    from stackgen.local.formation.records import Stack

_GOING_FORWARD = {"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"}


class Steps:
    """``durations`` are the virtual seconds that a resource of a type takes, none by default; "*" is any other type."""

    def __init__(self, clock: Clock, faults: Faults, monitoring: Monitoring) -> None:
        self._clock = clock
        self._faults = faults
        self._monitoring = monitoring
        self.durations: dict[str, float] = {}
        self.update_child: Callable[..., Any] | None = None
        """Updates a nested stack, also one whose properties are what they were."""

    def creating(self, provision: Callable[..., Any]) -> Callable[..., Any]:
        def created(kind: str, logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
            self._before("create", kind, logical_id, stack_name, properties)
            return provision(kind, logical_id, properties, stack_name)

        return created

    def updating(self, update: Callable[..., Any]) -> Callable[..., Any]:
        def updated(kind: str, physical_id: str, old: dict[str, Any], new: dict[str, Any], *where: Any) -> Any:
            """*where* is the name of the stack, the logical id and the attributes that the resource has."""
            stack_name, logical_id, attributes = (*where, None, None)[:3]
            changed = old != new
            if kind == CLOUDFORMATION_STACK and not changed and self.update_child and _goes_forward(stack_name):
                if trees.has_changed(physical_id, new):
                    _, answered = self.update_child(physical_id, old, new, stack_name)
                    return physical_id, answered
                return physical_id, attributes or {}
            if changed:
                resource = policies.Resource(logical_id or "", kind, physical_id)
                self._see_that_it_is_allowed(stack_name, resource, policies.action_of(kind, old, new))
                self._before("update", kind, logical_id or "", stack_name, new)
            physical, answered = update(kind, physical_id, old, new, stack_name, logical_id, attributes)
            if physical != physical_id:
                return physical, answered
            return physical, {**(attributes or {}), **(answered or {})}  # what it does not answer has not changed

        return updated

    def deleting(self, delete: Callable[..., Any]) -> Callable[..., Any]:
        def deleted(kind: str, physical_id: str, properties: dict[str, Any], *where: str) -> Any:
            stack_name, logical_id = (*where, "", "")[:2]
            self._before("delete", kind, logical_id or "", stack_name or "", properties)
            return delete(kind, physical_id, properties, stack_name, logical_id)

        return deleted

    def _before(self, verb: str, kind: str, logical_id: str, stack_name: str, properties: dict[str, Any]) -> None:
        own, stack = current.get(), records.find(stack_name)
        seconds = self.durations.get(kind, self.durations.get("*", 0.0))
        if own is not None and stack is not None and verb != "delete" and _is_forward(stack):
            self._monitoring.look(own)
            self._monitoring.see_that_it_goes_on(own, stack)
            self._monitoring.sleep(own, stack, seconds)
        elif seconds:
            self._clock.sleep(seconds)
        said = {"LogicalResourceId": logical_id, "StackName": stack_name, "Properties": properties}
        if stack is not None and verb != "delete" and _is_forward(stack):
            validation.invoke(self._faults, stack, f"{verb.upper()}_IN_PROGRESS", kind, said)
        try:
            validation.meet(self._faults, verb, kind, said)
        except ServiceError as planted:
            raise ValueError(planted.message) from planted

    def _see_that_it_is_allowed(self, stack_name: str, resource: policies.Resource, action: str) -> None:
        own, stack = current.get(), records.find(stack_name)
        if stack is not None and _is_forward(stack):
            override = policies.during.get() if own is not None and own.root is stack else ""
            policies.see_that_it_allows(stack, resource, action, override)


def _goes_forward(stack_name: str) -> bool:
    stack = records.find(stack_name)
    return stack is not None and _is_forward(stack)


def _is_forward(stack: Stack) -> bool:
    return stack["StackStatus"] in _GOING_FORWARD or bool(stack.get("_deletion_requested"))


def remember_failed_creation(
    stack: Stack, logical_id: str, kind: str, physical_id: str, properties: dict[str, Any]
) -> None:
    """Keep what failed half-way, so that a rollback or the deletion of the stack takes it away."""
    stack["_resources"][logical_id] = {
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": physical_id,
        "ResourceType": kind,
        "ResourceStatus": "CREATE_FAILED",
        "Properties": properties,
        "Attributes": {},
        "Timestamp": stack["LastUpdatedTime"],
    }


def failed_creations(stack: Stack) -> list[str]:
    """The logical ids of what failed half-way."""
    return [name for name, resource in stack["_resources"].items() if resource["ResourceStatus"] == "CREATE_FAILED"]
