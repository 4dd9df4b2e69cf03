"""What boto3's own builders and helpers send is understood as well."""

from __future__ import annotations

from typing import Any

import pytest
from boto3.dynamodb.conditions import Attr, Key

from stackgen.local.dynamodb import LeaveUnprocessed
from tests.local.dynamodb.store import GUIDE, PARTITION, TABLE, Store, documented, key


@pytest.fixture
def table(store: Store) -> Any:
    return store.cloud.session().resource("dynamodb").Table(TABLE)


@documented(GUIDE + "Expressions.OperatorsAndFunctions.html")
def test_conditions_of_the_builder_are_understood(store: Store, table: Any) -> None:
    expired = Attr("PK").not_exists() | Attr("TTL").lt(10) | Attr("BuildID").eq("me")
    table.put_item(Item={"PK": PARTITION, "SK": "BUILD#1", "TTL": 5, "Status": "FAILED"}, ConditionExpression=expired)
    table.put_item(Item={"PK": PARTITION, "SK": "BUILD#1", "TTL": 20, "Status": "FAILED"}, ConditionExpression=expired)
    with pytest.raises(store.db.exceptions.ConditionalCheckFailedException):
        table.put_item(Item={"PK": PARTITION, "SK": "BUILD#1"}, ConditionExpression=expired)
    found = table.query(
        KeyConditionExpression=Key("PK").eq(PARTITION) & Key("SK").begins_with("BUILD#"),
        FilterExpression=Attr("Status").is_in(["FAILED", "SUCCESS"])
        & ~Attr("TTL").between(0, 19)
        & Attr("Gone").not_exists(),
    )
    assert [item["SK"] for item in found["Items"]] == ["BUILD#1"]


@documented(GUIDE + "Expressions.UpdateExpressions.html")
def test_an_update_may_take_several_lines_and_name_parts_of_one_map(store: Store) -> None:
    store.db.update_item(
        TableName=TABLE, Key=key(), UpdateExpression="SET Stack = :m", ExpressionAttributeValues={":m": {"M": {}}}
    )
    expression = """
        SET #stack.#name = :one,
            #stack.Size2 = if_not_exists(#stack.Size2, :one) + (:one),
            Regions = list_append(if_not_exists(Regions, :none), :more)
        remove Gone, Lost
        ADD Count1 :one
    """
    store.db.update_item(
        TableName=TABLE,
        Key=key(),
        UpdateExpression=expression,
        ExpressionAttributeNames={"#stack": "Stack", "#name": "Name"},
        ExpressionAttributeValues={":one": {"N": "1"}, ":none": {"L": []}, ":more": {"L": [{"S": "a"}]}},
    )
    found = store.get()
    assert found is not None
    assert found["Stack"] == {"Name": 1, "Size2": 2}
    assert (found["Regions"], found["Count1"]) == (["a"], 1)


@documented(GUIDE + "programming-with-python.html")
def test_a_batch_writer_sends_again_what_was_left(store: Store, table: Any) -> None:
    fault = store.cloud.faults.add("dynamodb:BatchWriteItem", LeaveUnprocessed(0.5), times=3)
    with table.batch_writer() as batch:
        for number in range(60):
            batch.put_item(Item={"PK": PARTITION, "SK": f"{number:03}"})
    assert fault.met == 3
    assert len(store.sort_keys()) == 60
