"""Update expressions, and what an update answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.local.dynamodb.store import API, GUIDE, PARTITION, Item, Store, build, documented, key, plain, refused

EXPRESSIONS = GUIDE + "Expressions.UpdateExpressions.html"

BEFORE: Item = {"Count": 5, "Regions": ["a", "b"], "Tags": {"x", "y"}, "Stack": {"Name": "net"}, "Text": "t"}

#: sentence: expression, values, what changes (None: goes)
CASES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "SET replaces": ("SET #Text = :v", {":v": "u"}, {"Text": "u"}),
    "SET adds an attribute": ("SET Fresh = :v", {":v": 1}, {"Fresh": 1}),
    "SET changes several at once": ("SET #Text = :v, Fresh = :v", {":v": 1}, {"Text": 1, "Fresh": 1}),
    "SET adds numbers": ("SET #Count = #Count + :v", {":v": 2}, {"Count": 7}),
    "SET subtracts numbers": ("SET #Count = #Count - :v", {":v": 7}, {"Count": -2}),
    "SET copies another attribute": ("SET Fresh = #Text", {}, {"Fresh": "t"}),
    "SET reads values as they were before": (
        "SET #Count = :v, Fresh = #Count",
        {":v": 1},
        {"Count": 1, "Fresh": 5},
    ),
    "SET reaches into a map": ("SET Stack.#Name = :v", {":v": "db"}, {"Stack": {"Name": "db"}}),
    "SET adds to a map": ("SET Stack.Extra = :v", {":v": 1}, {"Stack": {"Name": "net", "Extra": 1}}),
    "SET reaches into a list": ("SET Regions[1] = :v", {":v": "z"}, {"Regions": ["a", "z"]}),
    "SET beyond the end of a list appends": ("SET Regions[9] = :v", {":v": "z"}, {"Regions": ["a", "b", "z"]}),
    "if_not_exists keeps what is there": ("SET #Count = if_not_exists(#Count, :v)", {":v": 0}, {}),
    "if_not_exists gives what is missing": ("SET Fresh = if_not_exists(Fresh, :v)", {":v": 0}, {"Fresh": 0}),
    "if_not_exists counts from nothing": (
        "SET Fresh = if_not_exists(Fresh, :z) + :v",
        {":z": 0, ":v": 1},
        {"Fresh": 1},
    ),
    "list_append appends": ("SET Regions = list_append(Regions, :v)", {":v": ["c"]}, {"Regions": ["a", "b", "c"]}),
    "list_append prepends": ("SET Regions = list_append(:v, Regions)", {":v": ["c"]}, {"Regions": ["c", "a", "b"]}),
    "list_append begins a list": (
        "SET Fresh = list_append(if_not_exists(Fresh, :none), :v)",
        {":none": {"L": []}, ":v": ["c"]},
        {"Fresh": ["c"]},
    ),
    "ADD counts": ("ADD #Count :v", {":v": -2}, {"Count": 3}),
    "ADD counts from nothing": ("ADD Fresh :v", {":v": 2}, {"Fresh": 2}),
    "ADD unites sets": ("ADD Tags :v", {":v": {"y", "z"}}, {"Tags": {"x", "y", "z"}}),
    "ADD begins a set": ("ADD Fresh :v", {":v": {"z"}}, {"Fresh": {"z"}}),
    "DELETE takes members of a set": ("DELETE Tags :v", {":v": {"y", "q"}}, {"Tags": {"x"}}),
    "DELETE of the last member takes the set": ("DELETE Tags :v", {":v": {"x", "y"}}, {"Tags": None}),
    "REMOVE takes an attribute": ("REMOVE #Text", {}, {"Text": None}),
    "REMOVE of what is missing changes nothing": ("REMOVE Gone", {}, {}),
    "REMOVE closes the gap in a list": ("REMOVE Regions[0]", {}, {"Regions": ["b"]}),
    "REMOVE reaches into a map": ("REMOVE Stack.#Name", {}, {"Stack": {}}),
    "the four kinds go together": (
        "SET Fresh = :v REMOVE #Text ADD #Count :v DELETE Tags :x",
        {":v": 1, ":x": {"x"}},
        {"Fresh": 1, "Text": None, "Count": 6, "Tags": {"y"}},
    ),
    "38 digits stay exact": (
        "SET #Count = :v - #Count",
        {":v": {"N": "12345678901234567890123456789012345678"}},
        {"Count": Decimal(12345678901234567890123456789012345673)},
    ),
}


def names(expression: str) -> dict[str, Any]:
    used = {name for name in ("#Count", "#Name", "#Text") if name in expression}
    return {"ExpressionAttributeNames": {name: name[1:] for name in used}} if used else {}


@documented(EXPRESSIONS)
@pytest.mark.parametrize(("expression", "values", "changes"), CASES.values(), ids=CASES)
def test_an_update_expression(store: Store, expression: str, values: dict[str, Any], changes: dict[str, Any]) -> None:
    store.put(build(**BEFORE))
    given = {"ExpressionAttributeValues": values} if values else {}
    store("update_item", Key=key(), UpdateExpression=expression, **names(expression), **given)
    after = {**BEFORE, **changes, "PK": PARTITION, "SK": "1"}
    assert store.get() == {name: value for name, value in after.items() if value is not None}


ANSWERS: dict[str, tuple[str, Item | None]] = {
    "NONE tells nothing": ("NONE", None),
    "ALL_OLD tells the item before": ("ALL_OLD", {"PK": PARTITION, "SK": "1", "Count": 5, "Text": "t"}),
    "ALL_NEW tells the item after": ("ALL_NEW", {"PK": PARTITION, "SK": "1", "Count": 6, "Text": "t", "Fresh": 1}),
    "UPDATED_OLD tells what changed, before": ("UPDATED_OLD", {"Count": 5}),
    "UPDATED_NEW tells what changed, after, without the key": ("UPDATED_NEW", {"Count": 6, "Fresh": 1}),
}


@documented(API + "API_UpdateItem.html#DDB-UpdateItem-request-ReturnValues")
@pytest.mark.parametrize(("wanted", "told"), ANSWERS.values(), ids=ANSWERS)
def test_an_update_answers(store: Store, wanted: str, told: Item | None) -> None:
    store.put(build(Count=5, Text="t"))
    answer = store(
        "update_item",
        Key=key(),
        UpdateExpression="SET #c = #c + :one, Fresh = :one",
        ExpressionAttributeNames={"#c": "Count"},
        ExpressionAttributeValues={":one": 1},
        ReturnValues=wanted,
    )
    assert ("Attributes" in answer) == (told is not None)
    if told is not None:
        assert plain(answer["Attributes"]) == told


@documented(API + "API_PutItem.html#DDB-PutItem-request-ReturnValues")
def test_a_put_tells_the_item_that_it_replaced_and_nothing_else(store: Store) -> None:
    assert "Attributes" not in store("put_item", Item=build(Count=1), ReturnValues="ALL_OLD")
    answer = store("put_item", Item=build(Text="t"), ReturnValues="ALL_OLD")
    assert plain(answer["Attributes"])["Count"] == 1
    found = store.get()
    assert found is not None
    assert "Count" not in found
    refused("ValidationException", lambda: store("put_item", Item=build(), ReturnValues="ALL_NEW"))


@documented(API + "API_DeleteItem.html#DDB-DeleteItem-request-ReturnValues")
def test_a_delete_tells_the_item_that_it_deleted_and_is_idempotent(store: Store) -> None:
    store.put(build(Count=1))
    answer = store("delete_item", Key=key(), ReturnValues="ALL_OLD")
    assert plain(answer["Attributes"])["Count"] == 1
    assert "Attributes" not in store("delete_item", Key=key(), ReturnValues="ALL_OLD")


@documented(API + "API_UpdateItem.html")
def test_an_update_of_an_item_that_does_not_exist_makes_it(store: Store) -> None:
    store("update_item", Key=key(), UpdateExpression="ADD Builds :v", ExpressionAttributeValues={":v": 1})
    assert store.get() == {"PK": PARTITION, "SK": "1", "Builds": 1}


UNFIT: dict[str, tuple[str, dict[str, Any], str]] = {
    "a number added to a string": ("SET #Text = #Text + :v", {":v": 1}, "incorrect data type"),
    "a string added to a number": ("SET #Count = #Count + :v", {":v": "1"}, "incorrect data type|operand type"),
    "a list appended to a string": ("SET #Text = list_append(#Text, :v)", {":v": ["c"]}, "incorrect data type"),
    "a string appended to a list": (
        "SET Regions = list_append(Regions, :v)",
        {":v": "c"},
        "incorrect data type|operand type",
    ),
    "a number counted on a string": ("ADD #Text :v", {":v": 1}, "incorrect data type"),
    "a set united with a list": ("ADD Regions :v", {":v": {"c"}}, "incorrect data type"),
    "a sum with what is missing": ("SET Fresh = Gone + :v", {":v": 1}, "does not exist in the item"),
    "a copy of what is missing": ("SET Fresh = Gone", {}, "does not exist in the item"),
    "a path through what is missing": ("SET Gone.Inner1 = :v", {":v": 1}, "document path .* invalid for update"),
}


@documented(EXPRESSIONS)
@pytest.mark.parametrize(("expression", "values", "message"), UNFIT.values(), ids=UNFIT)
def test_an_update_that_does_not_fit_the_item_changes_nothing(
    store: Store, expression: str, values: dict[str, Any], message: str
) -> None:
    store.put(build(**BEFORE))
    given = {"ExpressionAttributeValues": values} if values else {}
    update = {"UpdateExpression": expression, **names(expression), **given}
    refused("ValidationException", lambda: store("update_item", Key=key(), **update), message)
    assert store.get() == {**BEFORE, "PK": PARTITION, "SK": "1"}
