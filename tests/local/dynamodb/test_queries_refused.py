"""Queries and scans that are refused before anything is read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.dynamodb.store import API, GUIDE, Item, Store, documented, refused

QUERY = API + "API_Query.html"
SCAN = API + "API_Scan.html"

#: sentence: page, operation, parameters, message
CASES: dict[str, tuple[str, str, Item, str]] = {
    "a query without its partition": (
        QUERY,
        "query",
        {"KeyConditionExpression": "SK = :v", "ExpressionAttributeValues": {":v": "1"}},
        "Query condition missed key schema element: PK",
    ),
    "a query of a range of partitions": (
        QUERY,
        "query",
        {"KeyConditionExpression": "PK > :v", "ExpressionAttributeValues": {":v": "1"}},
        "Query key condition not supported|Query condition missed key schema element: PK",
    ),
    "a query of partitions by their beginning": (
        QUERY,
        "query",
        {"KeyConditionExpression": "begins_with(PK, :v)", "ExpressionAttributeValues": {":v": "1"}},
        "Query key condition not supported|Query condition missed key schema element: PK",
    ),
    "a query that excludes a sort key": (
        QUERY,
        "query",
        {"KeyConditionExpression": "PK = :v AND SK <> :v", "ExpressionAttributeValues": {":v": "1"}},
        "Invalid operator",
    ),
    "a query of what is no key": (
        QUERY,
        "query",
        {"KeyConditionExpression": "PK = :v AND Owner1 = :v", "ExpressionAttributeValues": {":v": "1"}},
        "Query condition missed key schema element",
    ),
    "a query whose bounds are upside down": (
        QUERY,
        "query",
        {
            "KeyConditionExpression": "PK = :a AND SK BETWEEN :b AND :a",
            "ExpressionAttributeValues": {":a": "a", ":b": "b"},
        },
        "upper bound to be greater than or equal to lower bound",
    ),
    "a query of one sort key or another": (
        QUERY,
        "query",
        {
            "KeyConditionExpression": "PK = :v AND (SK = :v OR SK = :w)",
            "ExpressionAttributeValues": {":v": "1", ":w": "2"},
        },
        "Invalid operator",
    ),
    "a query of a part of a sort key": (
        QUERY,
        "query",
        {"KeyConditionExpression": "PK = :v AND contains(SK, :v)", "ExpressionAttributeValues": {":v": "1"}},
        "Invalid",
    ),
    "a query of an index that does not exist": (
        QUERY,
        "query",
        {"IndexName": "by-owner", "KeyConditionExpression": "PK = :v", "ExpressionAttributeValues": {":v": "1"}},
        "The table does not have the specified index: by-owner",
    ),
    "a consistent read of a global index": (
        QUERY,
        "query",
        {
            "IndexName": "by-status",
            "ConsistentRead": True,
            "KeyConditionExpression": "#s = :v",
            "ExpressionAttributeNames": {"#s": "Status"},
            "ExpressionAttributeValues": {":v": "1"},
        },
        "Consistent reads are not supported on global secondary indexes",
    ),
    "a consistent scan of a global index": (
        SCAN,
        "scan",
        {"IndexName": "by-status", "ConsistentRead": True},
        "Consistent reads are not supported on global secondary indexes",
    ),
    "a filter of the partition key": (
        GUIDE + "Query.FilterExpression.html",
        "query",
        {
            "KeyConditionExpression": "PK = :v",
            "FilterExpression": "PK = :v",
            "ExpressionAttributeValues": {":v": "1"},
        },
        "Filter Expression can only contain non-primary key attributes: Primary key attribute: PK",
    ),
    "a filter of the sort key under another name": (
        GUIDE + "Query.FilterExpression.html",
        "query",
        {
            "KeyConditionExpression": "PK = :v",
            "FilterExpression": "Stack.PK = :v OR begins_with(#k, :v)",
            "ExpressionAttributeNames": {"#k": "SK"},
            "ExpressionAttributeValues": {":v": "1"},
        },
        "Filter Expression can only contain non-primary key attributes: Primary key attribute: SK",
    ),
    "a filter of a key of the index": (
        GUIDE + "Query.FilterExpression.html",
        "query",
        {
            "IndexName": "by-status",
            "KeyConditionExpression": "#s = :v",
            "FilterExpression": "attribute_exists(#s)",
            "ExpressionAttributeNames": {"#s": "Status"},
            "ExpressionAttributeValues": {":v": "1"},
        },
        "Primary key attribute: Status",
    ),
    "a start that is no key": (
        GUIDE + "Query.Pagination.html",
        "query",
        {
            "KeyConditionExpression": "PK = :v",
            "ExpressionAttributeValues": {":v": "1"},
            "ExclusiveStartKey": {"PK": {"S": "1"}},
        },
        "The provided starting key is invalid",
    ),
}


@pytest.mark.parametrize(("page", "operation", "parameters", "message"), CASES.values(), ids=CASES)
def test_a_call_is_refused_as(
    store: Store, page: str, operation: str, parameters: dict[str, Any], message: str
) -> None:
    documented(page)
    refused("ValidationException", lambda: store(operation, **parameters), message)
