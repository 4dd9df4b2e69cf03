"""The environment's table.

    USER#admin      PROFILE          Yoto's tokens, and the password's hash
    USER#<name>     PROFILE          another person's password's hash
    PLAYERS         PLAYER#<id>      a player: its name, the last that was heard of it
    CARDS           CARD#<id>        a card: its title, its audio
    CHECK           <id>             what a check writes, and takes away again

Every attribute of ours is a text, so that nobody converts anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Mapping

Item = dict[str, str]
"""The attributes of an item without its keys."""


class Table:
    """Items by their two keys; each of the methods is one request, with the retries of the client."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    def get(self, first: str, second: str) -> Item | None:
        """As it was last written."""
        found = self._client.get_item(TableName=self._name, Key=_key(first, second), ConsistentRead=True)
        return _plain(found["Item"]) if "Item" in found else None

    def put(self, first: str, second: str, values: Mapping[str, str]) -> None:
        """In the place of what was there."""
        self._client.put_item(TableName=self._name, Item={**_key(first, second), **_typed(values)})

    def delete(self, first: str, second: str, when: str = "") -> bool:
        """Whether it was so, ``when`` being a condition."""
        return self._write("delete_item", first, second, ConditionExpression=when)

    def change(
        self,
        first: str,
        second: str,
        values: Mapping[str, str],
        without: tuple[str, ...] = (),
        when: str = "",
        **named: str,
    ) -> bool:
        """Set some attributes, take some away, leave the others; ``when`` may name ``:values`` that are ``named``.

        Whether the condition was so. What was not there before is then.
        """
        sets = ", ".join(f"#{name} = :{name}" for name in values)
        gone = ", ".join(f"#{name}" for name in without)
        return self._write(
            "update_item",
            first,
            second,
            UpdateExpression=" ".join(filter(None, (sets and f"SET {sets}", gone and f"REMOVE {gone}"))),
            ConditionExpression=when,
            ExpressionAttributeNames={f"#{name}": name for name in (*values, *without)},
            ExpressionAttributeValues=_typed({f":{name}": text for name, text in {**values, **named}.items()}),
        )

    def all(self, first: str, second: str) -> dict[str, Item]:
        """Every item of a first key whose second begins so, by what follows."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            KeyConditionExpression="PK = :first AND begins_with(SK, :second)",
            ExpressionAttributeValues={":first": {"S": first}, ":second": {"S": second}},
        )
        return {item["SK"]["S"].removeprefix(second): _plain(item) for page in pages for item in page["Items"]}

    def _write(self, operation: str, first: str, second: str, **parameters: Any) -> bool:
        given = {name: value for name, value in parameters.items() if value}
        try:
            getattr(self._client, operation)(TableName=self._name, Key=_key(first, second), **given)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True


def _key(first: str, second: str) -> dict[str, Any]:
    return {"PK": {"S": first}, "SK": {"S": second}}


def _typed(values: Mapping[str, str]) -> dict[str, Any]:
    return {name: {"S": text} for name, text in values.items()}


def _plain(item: Mapping[str, Any]) -> Item:
    return {name: value["S"] for name, value in item.items() if name not in {"PK", "SK"} and "S" in value}
