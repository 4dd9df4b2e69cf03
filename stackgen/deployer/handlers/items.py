"""Items of DynamoDB as plain dictionaries, and reads that follow every page."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_write = TypeSerializer().serialize
_read = TypeDeserializer().deserialize


def item(content: Mapping[str, Any]) -> dict[str, Any]:
    """As the API takes it."""
    return {name: _write(value) for name, value in content.items()}


def value(content: object) -> dict[str, Any]:
    """One value as the API takes it."""
    written: dict[str, Any] = _write(content)
    return written


def plain(found: Mapping[str, Any]) -> dict[str, Any]:
    """As the API gives it, read: numbers are ``int`` where they are whole."""
    return {name: _plain(_read(each)) for name, each in found.items()}


def _plain(found: object) -> Any:
    if isinstance(found, Decimal):
        return int(found) if found == found.to_integral_value() else float(found)
    if isinstance(found, list):
        return [_plain(each) for each in found]
    if isinstance(found, dict):
        return {name: _plain(each) for name, each in found.items()}
    return found


def get(dynamodb: Any, table: str, key: Mapping[str, str]) -> dict[str, Any] | None:
    """One item, as it is now; None where there is none."""
    found = dynamodb.get_item(TableName=table, Key=item(key), ConsistentRead=True).get("Item")
    return None if found is None else plain(found)


def query(
    dynamodb: Any,
    table: str,
    partition: str,
    begins_with: str = "",
    *,
    newest_first: bool = False,
    columns: tuple[str, ...] = (),
) -> Iterator[dict[str, Any]]:
    """The items of a partition, as they are now, through all pages; *columns* leaves the others where they are."""
    names = {"#pk": "PK", **{f"#c{number}": column for number, column in enumerate(columns)}}
    values = {":pk": value(partition)}
    condition = "#pk = :pk"
    if begins_with:
        condition += " AND begins_with(#sk, :sk)"
        names["#sk"], values[":sk"] = "SK", value(begins_with)
    more: dict[str, Any] = {}
    if columns:
        more["ProjectionExpression"] = ", ".join(f"#c{number}" for number in range(len(columns)))
    while True:
        page = dynamodb.query(
            TableName=table,
            KeyConditionExpression=condition,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
            ConsistentRead=True,
            ScanIndexForward=not newest_first,
            **more,
        )
        for found in page["Items"]:
            yield plain(found)
        if not page.get("LastEvaluatedKey"):
            return
        more["ExclusiveStartKey"] = page["LastEvaluatedKey"]
