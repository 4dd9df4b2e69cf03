"""Services of ECS: how many tasks there are to be may come as a text, which is what a parameter is.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html
"""

from __future__ import annotations

from typing import Any

from .emulator import provisioners
from .resource_type import Properties, Provisioned, ResourceType

_COUNTS = ("Base", "Weight")


def _create(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    created: Provisioned = provisioners()._ecs_service_create(logical_id, _counted(properties), stack_name)
    return created


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Provisioned:
    del logical_id
    updated: Provisioned = provisioners()._ecs_service_update(physical_id, _counted(old), _counted(new), stack_name)
    return updated


def _delete(physical_id: str, properties: Properties) -> None:
    provisioners()._ecs_service_delete(physical_id, properties)


def _counted(properties: Properties) -> Properties:
    counted = dict(properties)
    if "DesiredCount" in counted:
        counted["DesiredCount"] = int(counted["DesiredCount"])
    if strategy := counted.get("CapacityProviderStrategy"):
        counted["CapacityProviderStrategy"] = [_provider(each) for each in strategy]
    return counted


def _provider(item: dict[str, Any]) -> dict[str, Any]:
    return {key: int(value) if key in _COUNTS else value for key, value in item.items()}


TYPES = {
    "AWS::ECS::Service": ResourceType(
        _create, _delete, _update, frozenset({"Cluster", "LaunchType", "Role", "SchedulingStrategy", "ServiceName"}),
        tags="list",
    ),
}  # fmt: skip
