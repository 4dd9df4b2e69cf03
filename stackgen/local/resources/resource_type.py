"""What a resource type is: how one is made, changed and removed, and what of it cannot change in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .emulator import provisioners

Properties = dict[str, Any]
Provisioned = tuple[str, dict[str, Any]]

Create = Callable[[str, Properties, str], Provisioned]
Delete = Callable[[str, Properties], None]
Update = Callable[[str, Properties, Properties, str, str], Provisioned]


@dataclass(frozen=True, slots=True)
class ResourceType:
    """The provisioner of one type, for resources whose properties are resolved.

    A provisioner refuses by raising; the text becomes the resource's status reason. It runs in the emulator's request
    scope: account and region are those of the stack.

    :param create: logical id, properties and stack name to physical id and attributes (what Ref and Fn::GetAtt answer).
    :param delete: removes by physical id and properties. What is gone already is no error.
    :param update: physical id, old and new properties, stack name and logical id; in place. Without it every change
        makes a new resource.
    :param replaced_by: create-only properties: a change makes a new resource.
    :param snapshot: for ``DeletionPolicy: Snapshot``: physical id and properties, before the deletion.
    :param tags: the form of the property Tags, for types that take the tags of their stack.
    """

    create: Create
    delete: Delete
    update: Update | None = None
    replaced_by: frozenset[str] = frozenset()
    snapshot: Delete | None = None
    tags: Literal["list", "map"] | None = None

    def handler(self) -> dict[str, Any]:
        """The entry of the emulator's table of types."""
        handler: dict[str, Any] = {
            "create": self.create,
            "update": self._change,
            "update_with_logical_id": True,
            "delete": self.delete,
        }
        if self.snapshot is not None:
            handler["snapshot"] = self.snapshot
        return handler

    def _change(
        self, physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str | None = None
    ) -> Provisioned:
        logical_id = logical_id or physical_id
        if self.update is not None and not changed(old, new, self.replaced_by):
            return self.update(physical_id, old, new, stack_name, logical_id)
        created: Provisioned = provisioners()._seeded_create(self.create, logical_id, new, stack_name)
        if created[0] != physical_id:
            provisioners()._delete_predecessor(self.delete, physical_id, old)
        return created


def changed(old: Mapping[str, Any], new: Mapping[str, Any], names: frozenset[str]) -> bool:
    """Whether any of these properties differs."""
    return any(old.get(name) != new.get(name) for name in names)
