"""What a value may be: numbers, sizes, keys, empty ones."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.local.dynamodb.store import API, GUIDE, PARTITION, TABLE, Store, build, documented, key, refused, typed

TYPES = GUIDE + "HowItWorks.NamingRulesDataTypes.html"
LIMITS = GUIDE + "Constraints.html"
KILOBYTE = 1024

STORED: dict[str, tuple[dict[str, str], str]] = {
    "zeros that trail are dropped": ({"N": "1.500"}, "1.5"),
    "zeros that lead are dropped": ({"N": "007"}, "7"),
    "an exponent is written out": ({"N": "1.5E3"}, "1500"),
    "38 digits are kept": ({"N": "1234567890.1234567890123456789012345678"}, "1234567890.1234567890123456789012345678"),
    "the largest number": ({"N": "9.9E+125"}, "99" + "0" * 124),
    "the smallest number": ({"N": "1E-130"}, "0." + "0" * 129 + "1"),
    "a zero has no sign": ({"N": "-0"}, "0"),
}


@documented(TYPES + "#HowItWorks.DataTypes.Number")
@pytest.mark.parametrize(("written", "read"), STORED.values(), ids=STORED)
def test_a_number_is_stored_in_one_form(store: Store, written: dict[str, str], read: str) -> None:
    store("put_item", Item=build(Value=written))
    assert store("get_item", Key=key())["Item"]["Value"] == {"N": read}


@documented(TYPES + "#HowItWorks.DataTypes.Number")
def test_an_update_keeps_38_digits_and_refuses_more(store: Store) -> None:
    store.put(build(Digits=Decimal(12345678901234567890123456789012345678)))

    def add(number: str) -> None:
        values = {":v": {"N": number}}
        store("update_item", Key=key(), UpdateExpression="ADD Digits :v", ExpressionAttributeValues=values)

    add("-8")
    found = store.get()
    assert found is not None
    assert found["Digits"] == Decimal(12345678901234567890123456789012345670)
    refused("ValidationException", lambda: add("0.1"))


@documented(TYPES + "#HowItWorks.DataTypes.Number")
def test_a_number_that_a_transaction_calculates_has_the_same_form(store: Store) -> None:
    store.put(build(Value=Decimal("1.5")))
    update = {
        "TableName": TABLE,
        "Key": key(),
        "UpdateExpression": "ADD #v :v",
        "ExpressionAttributeNames": {"#v": "Value"},
        "ExpressionAttributeValues": {":v": {"N": "1.50"}},
    }
    store.db.transact_write_items(TransactItems=[{"Update": update}])
    assert store("get_item", Key=key())["Item"]["Value"] == {"N": "3"}


@documented(TYPES + "#HowItWorks.DataTypes.SetTypes")
def test_a_set_of_numbers_holds_each_number_once(store: Store) -> None:
    store.put(build(Ids={1, 2}))
    values = {":v": {"NS": ["1.0", "3"]}}
    store("update_item", Key=key(), UpdateExpression="ADD Ids :v", ExpressionAttributeValues=values)
    found = store.get()
    assert found is not None
    assert found["Ids"] == {1, 2, 3}


@documented(TYPES)
def test_what_is_empty_may_be_stored_but_for_sets(store: Store) -> None:
    empty: dict[str, Any] = {"Text": "", "Bytes2": {"B": b""}, "List2": [], "Map2": {}, "Nothing": None}
    store("put_item", Item=build(**empty))
    item = store("get_item", Key=key())["Item"]
    assert {name: value for name, value in item.items() if name in empty} == typed(empty)


BAD: dict[str, tuple[str, dict[str, Any], str]] = {
    "an empty set of strings": (TYPES, {"Value": {"SS": []}}, "set  may not be empty|may not be empty"),
    "an empty set of numbers": (TYPES, {"Value": {"NS": []}}, "may not be empty"),
    "a set that holds a string twice": (TYPES, {"Value": {"SS": ["a", "a"]}}, "duplicates"),
    "a number of 39 digits": (TYPES, {"Value": {"N": "1" * 39}}, "38 significant digits"),
    "a number that is too large": (TYPES, {"Value": {"N": "1E+126"}}, "overflow"),
    "a number that is too small": (TYPES, {"Value": {"N": "1E-131"}}, "underflow"),
    "a number that is none": (TYPES, {"Value": {"N": "five"}}, "cannot be converted to a numeric value"),
    "33 levels of nesting": (LIMITS, {"Value": {"N": "1"}}, "(?i)nesting level"),
    "an item of more than 400 KB": (LIMITS, {"Value": "x" * 400 * KILOBYTE}, "exceeded the maximum allowed size"),
    "an empty sort key": (LIMITS, {"SK": ""}, "(?i)empty string value.*SK"),
    "an empty partition key": (LIMITS, {"PK": ""}, "(?i)empty string value.*PK"),
    "an empty key of a global index": (LIMITS, {"Status": ""}, "(?i)empty string"),
    "a sort key of more than 1024 bytes": (LIMITS, {"SK": "é" * 512 + "x"}, "1024 bytes"),
    "a partition key of more than 2048 bytes": (LIMITS, {"PK": "é" * 1024 + "x"}, "2048 bytes"),
    "a key of another type": (LIMITS, {"SK": 1}, "Type mismatch for .*SK.* S .*N"),
    "a key of a global index of another type": (GUIDE + "GSI.html", {"Status": 1}, "Type mismatch"),
    "a key of a local index of another type": (GUIDE + "LSI.html", {"At": "now"}, "Type mismatch"),
}


def deep(levels: int) -> dict[str, Any]:
    value: Any = "leaf"
    for _ in range(levels):
        value = [value]
    return {"Value": value}


@documented(LIMITS)
@pytest.mark.parametrize(("page", "attributes", "message"), BAD.values(), ids=BAD)
def test_an_item_is_refused_with(store: Store, page: str, attributes: dict[str, Any], message: str) -> None:
    documented(page)
    if "nesting" in message:
        attributes = deep(33)
    refused("ValidationException", lambda: store("put_item", Item={**build(), **attributes}), message)
    assert store.db.scan(TableName=TABLE)["Count"] == 0


@documented(LIMITS)
def test_an_item_of_just_400_kilobytes_and_keys_of_just_their_size_are_stored(store: Store) -> None:
    names = len("PK") + len("SK") + len("Value")
    rest = 400 * KILOBYTE - names - len(PARTITION) - len("1")
    store.put(build(Value="x" * rest), build("y" * 1024, "x" * 2048))
    refused("ValidationException", lambda: store.put(build(Value="x" * (rest + 1))), "maximum allowed size")
    store("put_item", Item=build("deep", **deep(31)))


@documented(LIMITS)
def test_an_update_cannot_make_an_item_grow_beyond_400_kilobytes(store: Store) -> None:
    store.put(build(First="x" * 300 * KILOBYTE))
    values = {":v": "x" * 101 * KILOBYTE}
    refused(
        "ValidationException",
        lambda: store("update_item", Key=key(), UpdateExpression="SET Rest = :v", ExpressionAttributeValues=values),
        "Item size to update has exceeded the maximum allowed size",
    )


@documented(TYPES + "#HowItWorks.DataTypes.Document")
def test_a_number_equals_no_string_and_sorts_as_a_number(store: Store) -> None:
    store.put(*(build(str(n), At=n) for n in (10, 9, 100, -1)))
    assert store.sort_keys(IndexName="by-time") == ["-1", "9", "10", "100"]
    assert store.sort_keys() == ["-1", "10", "100", "9"]


@documented(API + "API_UpdateItem.html")
def test_a_key_cannot_be_updated(store: Store) -> None:
    store.put(build())
    values = {":v": "2"}
    refused(
        "ValidationException",
        lambda: store("update_item", Key=key(), UpdateExpression="SET SK = :v", ExpressionAttributeValues=values),
        "This attribute is part of the key",
    )


@documented(API + "API_GetItem.html")
@pytest.mark.parametrize("wrong", [{"PK": "a"}, {"PK": "a", "SK": "b", "More": "c"}, {"PK": "a", "SK": 1}])
def test_a_key_must_be_the_whole_key_and_nothing_else(store: Store, wrong: dict[str, Any]) -> None:
    refused(
        "ValidationException",
        lambda: store("get_item", Key=wrong),
        "The provided key element does not match the schema",
    )


@documented(API + "API_Scan.html")
def test_a_whole_document_comes_back_as_it_was_written(store: Store) -> None:
    item = build(Targets=[{"AccountID": "111111111111", "Regions": ["us-east-1"]}], Stack={"Ok": False, "Ids": {"a"}})
    store.put(item)
    assert store("scan")["Items"] == [item]
