"""Condition expressions, and what a failed one answers."""

from __future__ import annotations

from typing import Any

import pytest
from boto3.dynamodb.types import Binary

from tests.local.dynamodb.store import API, GUIDE, TABLE, Store, build, documented, key, plain, refused

OPERATORS = GUIDE + "Expressions.OperatorsAndFunctions.html"
CONDITIONS = GUIDE + "Expressions.ConditionExpressions.html"

ITEM = build(
    Owner="ksuid-2",
    Expires=1000,
    Tags={"a", "b"},
    Regions=["us-east-1", "eu-west-1"],
    Stack={"Name": "net", "Size": 3},
    Nothing=None,
    Ok=True,
    Payload=b"\x01\x02\x03",
)

VALUES: dict[str, Any] = {
    ":owner": "ksuid-2",
    ":earlier": "ksuid-1",
    ":later": "ksuid-3",
    ":short": "ksuid",
    ":nine": 9,
    ":thousand": 1000,
    ":thousand_and_zeros": {"N": "1000.00"},
    ":now": 1001,
    ":text": "1000",
    ":string": "S",
    ":number": "N",
    ":a": "a",
    ":net": "net",
    ":two": 2,
    ":three": 3,
    ":seven": 7,
    ":region": "eu-west-1",
    ":regions": ["us-east-1", "eu-west-1"],
    ":tags": {"b", "a"},
    ":null": None,
    ":true": True,
    ":raw": Binary(b"\x01\x02\x04"),
}

HOLDING = {
    "equal strings are equal": "#Owner = :owner",
    "numbers are equal whatever zeros trail": "Expires = :thousand_and_zeros",
    "sets are equal in any order": "Tags = :tags",
    "lists are equal element by element": "Regions = :regions",
    "a null equals a null": "Nothing = :null",
    "a boolean equals a boolean": "Ok = :true",
    "different values differ": "#Owner <> :later",
    "values of different types differ": "Expires <> :text",
    "an attribute that is missing differs from every value": "Gone <> :owner",
    "a string is less than one that sorts after it": "#Owner < :later",
    "a string is greater than its beginning": "#Owner > :short",
    "numbers compare by size and not as text": "Expires > :nine",
    "a number is at most itself": "Expires <= :thousand",
    "a number is at least itself": "Expires >= :thousand",
    "bytes compare as unsigned numbers": "Payload < :raw",
    "BETWEEN includes its lower bound": "Expires BETWEEN :thousand AND :now",
    "BETWEEN includes its upper bound": "Expires BETWEEN :nine AND :thousand",
    "IN finds one of several": "#Owner IN (:earlier, :owner)",
    "attribute_exists finds an attribute": "attribute_exists(#Owner)",
    "attribute_exists finds a null": "attribute_exists(Nothing)",
    "attribute_exists finds a path into a map": "attribute_exists(Stack.#Name)",
    "attribute_not_exists holds of what is missing": "attribute_not_exists(Gone)",
    "attribute_not_exists holds of a path beyond a list": "attribute_not_exists(Regions[2])",
    "attribute_type knows a string": "attribute_type(#Owner, :string)",
    "begins_with finds a prefix": "begins_with(#Owner, :short)",
    "contains finds a part of a string": "contains(#Owner, :short)",
    "contains finds a member of a set": "contains(Tags, :a)",
    "contains finds an element of a list": "contains(Regions, :region)",
    "size of a string is its characters": "size(#Owner) = :seven",
    "size of a list is its elements": "size(Regions) = :two",
    "size of a map is its entries": "size(Stack) = :two",
    "size of a binary is its bytes": "size(Payload) = :three",
    "a path leads into a map": "Stack.#Name = :net",
    "a path leads into a list": "Regions[1] = :region",
    "two attributes compare with each other": "Stack.Size < Expires",
    "NOT turns a condition around": "NOT #Owner = :later",
    "AND binds closer than OR": "#Owner = :owner OR #Owner = :later AND #Owner = :earlier",
    "parentheses come first": "NOT (#Owner = :later OR Expires = :nine)",
    "a lock is taken over when it expired": "attribute_not_exists(PK) OR Expires < :now OR #Owner = :later",
    "a lock is kept by its owner": "attribute_not_exists(PK) OR Expires < :nine OR #Owner = :owner",
}

FAILING = {
    "values of different types are not equal": "Expires = :text",
    "an attribute that is missing equals nothing": "Gone = :owner",
    "an attribute that is missing is not less": "Gone < :owner",
    "an attribute that is missing is not greater": "Gone > :owner",
    "values of different types do not compare": "Expires < :later",
    "a range ends at its bound": "Expires BETWEEN :nine AND :seven_hundred",
    "IN compares types too": "Expires IN (:text, :owner)",
    "attribute_exists does not find what is missing": "attribute_exists(Gone)",
    "attribute_not_exists does not hold of a null": "attribute_not_exists(Nothing)",
    "attribute_type tells a string from a number": "attribute_type(#Owner, :number)",
    "begins_with looks at the beginning": "begins_with(#Owner, :two_as_text)",
    "contains compares types in a list": "contains(Regions, :two)",
    "size of what is missing compares with nothing": "size(Gone) < :two",
    "a foreign lock that has not expired": "attribute_not_exists(PK) OR Expires < :thousand OR #Owner = :later",
}

ALL = VALUES | {":seven_hundred": 700, ":two_as_text": "2"}


def parameters(expression: str) -> dict[str, Any]:
    """A condition with just the placeholders that it uses: others are refused."""
    words = expression.replace("(", " ").replace(")", " ").replace(",", " ").replace(".", " ").split()
    names = {word: word[1:] for word in words if word.startswith("#")}
    values = {word: ALL[word] for word in words if word.startswith(":")}
    found: dict[str, Any] = {"ConditionExpression": expression}
    if names:
        found["ExpressionAttributeNames"] = names
    if values:
        found["ExpressionAttributeValues"] = values
    return found


@documented(OPERATORS)
@pytest.mark.parametrize("expression", HOLDING.values(), ids=HOLDING)
def test_a_condition_holds(store: Store, expression: str) -> None:
    store.put(ITEM)
    store("delete_item", Key=key(), **parameters(expression))
    assert store.get() is None


@documented(OPERATORS)
@pytest.mark.parametrize("expression", FAILING.values(), ids=FAILING)
def test_a_condition_fails(store: Store, expression: str) -> None:
    store.put(ITEM)
    refused("ConditionalCheckFailedException", lambda: store("delete_item", Key=key(), **parameters(expression)))
    assert store.get() == plain(ITEM)


@documented(API + "API_PutItem.html")
def test_a_failed_condition_is_an_error_with_its_own_code_and_message(store: Store) -> None:
    store.put(ITEM)
    error = refused(
        "ConditionalCheckFailedException",
        lambda: store("put_item", Item=build(), ConditionExpression="attribute_not_exists(PK)"),
    )
    assert error["Error"]["Message"] == "The conditional request failed"
    assert "Item" not in error


@documented(API + "API_PutItem.html#DDB-PutItem-request-ReturnValuesOnConditionCheckFailure")
@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("put_item", {"Item": build()}),
        ("delete_item", {"Key": key()}),
        ("update_item", {"Key": key(), "UpdateExpression": "REMOVE Expires"}),
    ],
    ids=["put", "delete", "update"],
)
def test_a_failed_condition_tells_the_item_that_failed_it(store: Store, operation: str, more: dict[str, Any]) -> None:
    store.put(ITEM)
    condition = {"ConditionExpression": "attribute_not_exists(PK)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    error = refused("ConditionalCheckFailedException", lambda: store(operation, **more, **condition))
    assert plain(error["Item"]) == plain(ITEM)


@documented(API + "API_UpdateItem.html#DDB-UpdateItem-request-ReturnValuesOnConditionCheckFailure")
def test_a_condition_that_fails_for_want_of_an_item_tells_none(store: Store) -> None:
    error = refused(
        "ConditionalCheckFailedException",
        lambda: store(
            "update_item",
            Key=key(),
            UpdateExpression="REMOVE Expires",
            ConditionExpression="attribute_exists(PK)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        ),
    )
    assert "Item" not in error
    assert store.get() is None


@documented(CONDITIONS)
def test_a_status_moves_forward_only(store: Store) -> None:
    def move(status: str, *before: str) -> None:
        among = {f":b{index}": one for index, one in enumerate(before)}
        store(
            "update_item",
            Key=key(),
            UpdateExpression="SET #s = :to",
            ConditionExpression=f"attribute_not_exists(#s) OR #s IN ({', '.join(among)})",
            ExpressionAttributeNames={"#s": "Status"},
            ExpressionAttributeValues={":to": status, **among},
        )

    move("PENDING", "PENDING")
    move("IN_PROGRESS", "PENDING")
    move("SUCCESS", "PENDING", "IN_PROGRESS")
    refused("ConditionalCheckFailedException", lambda: move("IN_PROGRESS", "PENDING"))
    found = store.get()
    assert found is not None
    assert found["Status"] == "SUCCESS"


@documented(CONDITIONS)
def test_a_delete_on_condition_of_an_item_that_is_gone_succeeds(store: Store) -> None:
    condition = "attribute_not_exists(PK) OR BuildID = :me"
    store("delete_item", Key=key(), ConditionExpression=condition, ExpressionAttributeValues={":me": "mine"})
    store.put(build(BuildID="theirs"))
    values = {":me": "mine"}
    refused(
        "ConditionalCheckFailedException",
        lambda: store("delete_item", Key=key(), ConditionExpression=condition, ExpressionAttributeValues=values),
    )


@documented(API + "API_ConditionCheck.html")
def test_a_condition_check_in_a_transaction_changes_nothing(store: Store) -> None:
    store.put(ITEM)
    check = {"TableName": TABLE, "Key": key(), "ConditionExpression": "attribute_exists(PK)"}
    store.db.transact_write_items(TransactItems=[{"ConditionCheck": check}])
    assert store.get() == plain(ITEM)
