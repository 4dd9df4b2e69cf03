"""The stacks that CloudFormation knows, by account and region, found without looking at those of others."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_CANCELLED = {"Resource creation cancelled", "Resource update cancelled"}

Stack = dict[str, Any]
"""A stack as ministack keeps it; names that begin with an underscore are not shown to clients."""


class Store(MutableMapping[str, Any]):
    """A mapping that shows what belongs to the account and region of the current request.

    ministack's own keeps all of them in one dictionary and walks through it; with 10,000 stacks that is slow.
    """

    def __init__(self) -> None:
        self._scopes: dict[tuple[str, str], dict[str, Any]] = {}

    def _here(self) -> dict[str, Any]:
        from ministack.core import responses

        return self._scopes.setdefault((responses.get_account_id(), responses.get_region()), {})

    def __getitem__(self, key: str) -> Any:
        return self._here()[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._here()[key] = value

    def __delitem__(self, key: str) -> None:
        del self._here()[key]

    def __contains__(self, key: object) -> bool:
        return key in self._here()

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._here()))

    def __len__(self) -> int:
        return len(self._here())

    def keys(self) -> Any:
        return list(self._here())

    def values(self) -> Any:
        return list(self._here().values())

    def items(self) -> Any:
        return list(self._here().items())

    def clear(self) -> None:
        """Forget everything of every account."""
        self._scopes.clear()


def find(name_or_id: str) -> Stack | None:
    """A stack of the current account and region, by its name or its id; a deleted one by its id alone."""
    from ministack.services import cloudformation

    stacks = cloudformation._stacks
    name = name_or_id.split("/")[1] if name_or_id.startswith("arn:") and "/" in name_or_id else name_or_id
    stack: Stack | None = stacks.get(name)
    if stack is None or (name != name_or_id and stack["StackId"] != name_or_id):
        return next((each for each in stacks.values() if each["StackId"] == name_or_id), None)
    return stack


def known(name_or_id: str) -> Stack:
    """A stack of the current account and region.

    :raises ValueError: in CloudFormation's words, when there is none.
    """
    stack = find(name_or_id)
    if stack is None:
        raise ValueError(f"Stack with id {name_or_id} does not exist")
    return stack


def events(stack: Stack) -> list[dict[str, Any]]:
    """The events of a stack, oldest first."""
    from ministack.services import cloudformation

    return list(cloudformation._stack_events.get(stack["StackId"], []))


def failure(stack: Stack) -> str:
    """Why the last operation failed: its first resource that did, as StackSets tell it; empty where none failed."""
    first = ""
    for event in reversed(events(stack)):
        status, reason = event["ResourceStatus"], event["ResourceStatusReason"]
        if status.endswith("_FAILED") and reason not in _CANCELLED and event["LogicalResourceId"] != stack["StackName"]:
            first = (
                f"ResourceLogicalId:{event['LogicalResourceId']}, ResourceType:{event['ResourceType']}, "
                f"ResourceStatusReason:{reason}."
            )
        if reason == "User Initiated":
            break
    return first


def physical_id(event: dict[str, Any]) -> str:
    """What AWS tells in the event of a resource that is there, also when it begins to change or has failed to."""
    resource = (find(event["StackId"]) or {}).get("_resources", {}).get(event["LogicalResourceId"], {})
    is_new = event["ResourceStatus"] == "CREATE_IN_PROGRESS"
    return "" if is_new else str(resource.get("PhysicalResourceId", ""))
