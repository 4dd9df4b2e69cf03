"""DynamoDB tables with everything that takes a call of its own: expiry, backups, encryption, deletion protection.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
"""

from __future__ import annotations

from typing import Any

from .emulator import accepted, physical_name, provisioners, service, tag_list, true
from .resource_type import Properties, Provisioned, ResourceType

_SDK = "DynamoDb"
_AS_GIVEN = (
    "AttributeDefinitions",
    "BillingMode",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "LocalSecondaryIndexes",
    "OnDemandThroughput",
    "ProvisionedThroughput",
    "TableClass",
)
_OWN_CALLS = ("SSESpecification", "TableClass")


def _encryption(properties: Properties) -> dict[str, Any]:
    """The API's form of the property, in which the switch has another name."""
    given = properties.get("SSESpecification") or {"SSEEnabled": False}
    named = {key: given[key] for key in ("KMSMasterKeyId", "SSEType") if key in given}
    return {"Enabled": true(given["SSEEnabled"]), **named}


def _create(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    name = properties.get("TableName") or physical_name(stack_name, logical_id)
    request = {key: properties[key] for key in _AS_GIVEN if key in properties}
    request |= {
        "TableName": name,
        "DeletionProtectionEnabled": true(properties.get("DeletionProtectionEnabled", False)),
        "Tags": tag_list(properties),
    }
    if "SSESpecification" in properties:
        request["SSESpecification"] = _encryption(properties)
    if "StreamSpecification" in properties:
        view = properties["StreamSpecification"]["StreamViewType"]
        request["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": view}
    accepted(_SDK, service("dynamodb")._create_table(request))
    try:
        _expire(name, {}, properties)
        _back_up(name, {}, properties)
    except ValueError:
        _delete(name, properties)
        raise
    return name, _attributes(name)


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Provisioned:
    dynamodb = service("dynamodb")
    rest_old, rest_new = (
        {key: value for key, value in {**given, "TableName": physical_id}.items() if key not in _OWN_CALLS}
        for given in (old, new)
    )
    provisioners()._ddb_update(physical_id, rest_old, rest_new, stack_name, logical_id)
    if old.get("SSESpecification") != new.get("SSESpecification"):
        encryption = _encryption(new)
        accepted(_SDK, dynamodb._update_table({"TableName": physical_id, "SSESpecification": encryption}))
        if not encryption["Enabled"]:
            dynamodb._tables[physical_id]["SSEDescription"] = None
    if old.get("TableClass") != new.get("TableClass"):
        request = {"TableName": physical_id, "TableClass": new.get("TableClass", "STANDARD")}
        accepted(_SDK, dynamodb._update_table(request))
    _expire(physical_id, old, new)
    _back_up(physical_id, old, new)
    return physical_id, _attributes(physical_id)


def _expire(name: str, old: Properties, new: Properties) -> None:
    """Set the attribute that tells when an item expires."""
    before: dict[str, Any] = old.get("TimeToLiveSpecification") or {}
    after: dict[str, Any] = new.get("TimeToLiveSpecification") or {}
    if before == after:
        return
    specification = after or {**before, "Enabled": False}
    request = {
        "TableName": name,
        "TimeToLiveSpecification": {**specification, "Enabled": true(specification["Enabled"])},
    }
    accepted(_SDK, service("dynamodb")._update_ttl(request))


def _back_up(name: str, old: Properties, new: Properties) -> None:
    """Switch point-in-time recovery."""
    before, after = (given.get("PointInTimeRecoverySpecification") for given in (old, new))
    if before == after:
        return
    enabled = true((after or {}).get("PointInTimeRecoveryEnabled", False))
    request = {"TableName": name, "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": enabled}}
    accepted(_SDK, service("dynamodb")._update_continuous_backups(request))


def _attributes(name: str) -> dict[str, Any]:
    attributes: dict[str, Any] = provisioners()._ddb_attrs(service("dynamodb")._tables[name])
    return attributes


def _delete(physical_id: str, properties: Properties) -> None:
    del properties
    dynamodb = service("dynamodb")
    if physical_id in dynamodb._tables:
        accepted(_SDK, dynamodb._delete_table({"TableName": physical_id}))


TYPES = {
    "AWS::DynamoDB::Table": ResourceType(
        create=_create,
        delete=_delete,
        update=_update,
        replaced_by=frozenset({"ImportSourceSpecification", "KeySchema", "LocalSecondaryIndexes", "TableName"}),
        tags="list",
    ),
}
