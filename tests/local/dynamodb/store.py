"""A table like those of the deployer, and a short way to say what is put into it and asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from stackgen.local.cloud import Cloud

GUIDE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
API = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/"
TABLE = "dev-builds"
PARTITION = "REPO#shop#ENV#dev"

Item = dict[str, Any]
Function = TypeVar("Function", bound=Callable[..., None])

_serializer = TypeSerializer()
_deserializer = TypeDeserializer()


def documented(page: str) -> Callable[[Function], Function]:
    """Say on which page of AWS's documentation the behaviour stands that a test holds."""
    assert page.startswith((GUIDE, API))
    return lambda test: test


def typed(values: Mapping[str, Any]) -> Item:
    """Python's values as DynamoDB's; what has a type already keeps it."""
    return {name: value if _has_type(value) else _serializer.serialize(value) for name, value in values.items()}


def plain(item: Mapping[str, Any]) -> Item:
    return {name: _deserializer.deserialize(value) for name, value in item.items()}


def _has_type(value: object) -> bool:
    kinds = {"S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL"}
    return isinstance(value, dict) and len(value) == 1 and set(value) <= kinds


def key(sk: str = "1", pk: str = PARTITION) -> Item:
    return typed({"PK": pk, "SK": sk})


def build(sk: str = "1", pk: str = PARTITION, **attributes: Any) -> Item:
    return typed({"PK": pk, "SK": sk, **attributes})


def hash_and_range(partition: str, sort: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]


def definition(name: str = TABLE, **more: Any) -> dict[str, Any]:
    """A table with a sort key, a global index of statuses, and a local one of times."""
    types = {"PK": "S", "SK": "S", "Status": "S", "At": "N"}
    everything = {"ProjectionType": "ALL"}
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": of, "AttributeType": kind} for of, kind in types.items()],
        "KeySchema": hash_and_range("PK", "SK"),
        "GlobalSecondaryIndexes": [
            {"IndexName": "by-status", "KeySchema": hash_and_range("Status", "SK"), "Projection": everything}
        ],
        "LocalSecondaryIndexes": [
            {
                "IndexName": "by-time",
                "KeySchema": hash_and_range("PK", "At"),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        **more,
    }


def refused(code: str, call: Callable[[], object], message: str = "") -> dict[str, Any]:
    """The whole answer of a call that is refused with this code and a message that matches."""
    with pytest.raises(ClientError, match=message or None) as caught:
        call()
    response: dict[str, Any] = caught.value.response
    assert response["Error"]["Code"] == code
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return response


@dataclass(frozen=True)
class Store:
    """The table in a stand-in of its own; calls leave its name out."""

    cloud: Cloud
    db: Any

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]:
        for name in ("ExpressionAttributeValues", "Key", "Item"):
            if name in parameters:
                parameters[name] = typed(parameters[name])
        answer: dict[str, Any] = getattr(self.db, operation)(**{"TableName": TABLE, **parameters})
        return answer

    def put(self, *items: Item) -> None:
        for item in items:
            self.db.put_item(TableName=TABLE, Item=item)

    def get(self, sk: str = "1", pk: str = PARTITION) -> Item | None:
        found = self.db.get_item(TableName=TABLE, Key=key(sk, pk), ConsistentRead=True).get("Item")
        return None if found is None else plain(found)

    def query(self, condition: str = "PK = :pk", **parameters: Any) -> dict[str, Any]:
        values = {":pk": PARTITION, **parameters.pop("ExpressionAttributeValues", {})}
        return self("query", KeyConditionExpression=condition, ExpressionAttributeValues=values, **parameters)

    def sort_keys(self, condition: str = "PK = :pk", **parameters: Any) -> list[str]:
        return [item["SK"]["S"] for item in self.query(condition, **parameters)["Items"]]
