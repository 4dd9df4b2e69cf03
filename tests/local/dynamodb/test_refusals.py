"""Requests that are refused before anything happens: expressions, names, parameters."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.dynamodb.store import (
    API,
    GUIDE,
    TABLE,
    Item,
    Store,
    build,
    documented,
    key,
    refused,
    typed,
)

NAMES = GUIDE + "Expressions.ExpressionAttributeNames.html"
VALUES = GUIDE + "Expressions.ExpressionAttributeValues.html"
CONDITIONS = GUIDE + "Expressions.OperatorsAndFunctions.html"
UPDATES = GUIDE + "Expressions.UpdateExpressions.html"
SCAN = API + "API_Scan.html"

#: sentence: page, operation, parameters, message
CASES: dict[str, tuple[str, str, Item, str]] = {
    "a reserved word in a condition": (
        GUIDE + "ReservedWords.html",
        "put_item",
        {"Item": build(), "ConditionExpression": "attribute_not_exists(TTL)"},
        "reserved keyword: TTL",
    ),
    "a reserved word in an update": (
        GUIDE + "ReservedWords.html",
        "update_item",
        {"Key": key(), "UpdateExpression": "REMOVE Status"},
        "reserved keyword: Status",
    ),
    "a reserved word in a projection": (
        GUIDE + "ReservedWords.html",
        "get_item",
        {"Key": key(), "ProjectionExpression": "Name"},
        "reserved keyword: Name",
    ),
    "a name that no expression uses": (
        NAMES,
        "put_item",
        {
            "Item": build(),
            "ConditionExpression": "attribute_not_exists(PK)",
            "ExpressionAttributeNames": {"#s": "Status"},
        },
        "unused in expressions: keys: {#s}",
    ),
    "a value that no expression uses": (
        VALUES,
        "update_item",
        {"Key": key(), "UpdateExpression": "REMOVE Gone", "ExpressionAttributeValues": {":v": 1}},
        "unused in expressions: keys: {:v}",
    ),
    "names without an expression": (
        NAMES,
        "get_item",
        {"Key": key(), "ExpressionAttributeNames": {"#s": "Status"}},
        "can only be specified when using expressions",
    ),
    "a name that is not given": (
        NAMES,
        "update_item",
        {"Key": key(), "UpdateExpression": "REMOVE #s"},
        "not defined.*#s",
    ),
    "a value that is not given": (
        VALUES,
        "update_item",
        {"Key": key(), "UpdateExpression": "SET Gone = :v"},
        "not defined.*:v",
    ),
    "an empty condition": (
        CONDITIONS,
        "put_item",
        {"Item": build(), "ConditionExpression": ""},
        "The expression can not be empty",
    ),
    "a condition that does not parse": (
        CONDITIONS,
        "put_item",
        {"Item": build(), "ConditionExpression": "PK ="},
        "Syntax error",
    ),
    "an unknown function": (
        CONDITIONS,
        "put_item",
        {"Item": build(), "ConditionExpression": "is_locked(PK)"},
        "Invalid function name; function: is_locked",
    ),
    "a function of updates in a condition": (
        CONDITIONS,
        "put_item",
        {
            "Item": build(),
            "ConditionExpression": "if_not_exists(PK, :v) = :v",
            "ExpressionAttributeValues": {":v": 1},
        },
        "The function is not allowed",
    ),
    "an unknown function in a filter": (
        CONDITIONS,
        "scan",
        {"FilterExpression": "begins(PK, :v)", "ExpressionAttributeValues": {":v": "1"}},
        "Invalid function name; function: begins",
    ),
    "begins_with of a number": (
        CONDITIONS,
        "put_item",
        {
            "Item": build(),
            "ConditionExpression": "begins_with(PK, :v)",
            "ExpressionAttributeValues": {":v": 1},
        },
        "Incorrect operand type",
    ),
    "a path that is set twice": (
        UPDATES,
        "update_item",
        {"Key": key(), "UpdateExpression": "SET A1 = :v, A1 = :v", "ExpressionAttributeValues": {":v": 1}},
        "overlap",
    ),
    "a path that is set within one that is removed": (
        UPDATES,
        "update_item",
        {"Key": key(), "UpdateExpression": "SET A1.B1 = :v REMOVE A1", "ExpressionAttributeValues": {":v": 1}},
        "overlap",
    ),
    "a SET without a sign": (
        UPDATES,
        "update_item",
        {"Key": key(), "UpdateExpression": "SET A1 :v", "ExpressionAttributeValues": {":v": 1}},
        "Syntax error",
    ),
    "an ADD with a sign": (
        UPDATES,
        "update_item",
        {"Key": key(), "UpdateExpression": "ADD A1 = :v", "ExpressionAttributeValues": {":v": 1}},
        "Syntax error",
    ),
    "a REMOVE of a value": (
        UPDATES,
        "update_item",
        {"Key": key(), "UpdateExpression": "REMOVE A1 :v", "ExpressionAttributeValues": {":v": 1}},
        "Syntax error",
    ),
    "two SET clauses": (
        UPDATES,
        "update_item",
        {"Key": key(), "UpdateExpression": "SET A1 = :v SET B1 = :v", "ExpressionAttributeValues": {":v": 1}},
        'The "SET" section can only be used once',
    ),
    "ADD of a string": (
        UPDATES,
        "update_item",
        {"Key": key(), "UpdateExpression": "ADD A1 :v", "ExpressionAttributeValues": {":v": "x"}},
        "Incorrect operand type for operator or function; operator: ADD",
    ),
    "an expression of more than 4 KB": (
        GUIDE + "Constraints.html",
        "update_item",
        {"Key": key(), "UpdateExpression": "REMOVE " + ", ".join(f"Attribute{n}" for n in range(400))},
        "Expression size has exceeded the maximum allowed size",
    ),
    "old and new parameters together": (
        GUIDE + "LegacyConditionalParameters.html",
        "update_item",
        {"Key": key(), "UpdateExpression": "REMOVE Gone", "AttributeUpdates": {"A1": {"Action": "DELETE"}}},
        "Can not use both expression and non-expression parameters",
    ),
}


@pytest.mark.parametrize(("page", "operation", "parameters", "message"), CASES.values(), ids=CASES)
def test_a_call_is_refused_with(
    store: Store, page: str, operation: str, parameters: dict[str, Any], message: str
) -> None:
    documented(page)
    refused("ValidationException", lambda: store(operation, **parameters), message)


@documented(UPDATES)
@pytest.mark.parametrize(
    ("page", "operation", "parameters", "message"),
    [case for case in CASES.values() if case[1] == "update_item" and "AttributeUpdates" not in case[2]],
    ids=[name for name, case in CASES.items() if case[1] == "update_item" and "AttributeUpdates" not in case[2]],
)
def test_a_transaction_is_refused_with(
    store: Store, page: str, operation: str, parameters: dict[str, Any], message: str
) -> None:
    documented(page)
    del operation
    values = parameters.get("ExpressionAttributeValues")
    given = {**parameters, "ExpressionAttributeValues": typed(values)} if values else parameters
    update = {"Update": {"TableName": TABLE, **given}}
    refused("ValidationException", lambda: store.db.transact_write_items(TransactItems=[update]), message)
