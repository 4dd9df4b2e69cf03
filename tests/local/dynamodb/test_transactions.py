"""Transactions: all or nothing, reasons, idempotency, limits, conflicts."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.local.dynamodb import ConflictingTransaction
from stackgen.local.errors import LocalError
from tests.local.dynamodb.store import API, GUIDE, TABLE, Item, Store, build, documented, key, plain, refused, typed

TRANSACT = API + "API_TransactWriteItems.html"
GUIDED = GUIDE + "transaction-apis.html"


def put(sk: str = "1", **more: Any) -> dict[str, Any]:
    condition = {name: more.pop(name) for name in list(more) if name.startswith(("Condition", "Return"))}
    return {"Put": {"TableName": TABLE, "Item": build(sk, **more), **condition}}


def on(operation: str, sk: str = "1", **more: Any) -> dict[str, Any]:
    return {operation: {"TableName": TABLE, "Key": key(sk), **more}}


def new(sk: str, **more: Any) -> dict[str, Any]:
    return put(sk, ConditionExpression="attribute_not_exists(PK)", **more)


def write(store: Store, *members: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = store.db.transact_write_items(TransactItems=list(members), **more)
    return answer


@documented(TRANSACT)
def test_a_transaction_does_everything(store: Store) -> None:
    store.put(build("2"), build("3", Count1=1), build("4"))
    values = {":v": {"N": "1"}}
    write(
        store,
        put("1"),
        on("Delete", "2"),
        on("Update", "3", UpdateExpression="ADD Count1 :v", ExpressionAttributeValues=values),
        on("ConditionCheck", "4", ConditionExpression="attribute_exists(PK)"),
    )
    assert store.sort_keys() == ["1", "3", "4"]
    found = store.get("3")
    assert found is not None
    assert found["Count1"] == 2


@documented(TRANSACT + "#API_TransactWriteItems_Errors")
def test_a_cancelled_transaction_does_nothing_and_tells_a_reason_for_each_member(store: Store) -> None:
    store.put(build("2", Owner1="them"), build("3"))
    error = refused(
        "TransactionCanceledException",
        lambda: write(store, put("1"), new("2", ReturnValuesOnConditionCheckFailure="ALL_OLD"), new("3")),
    )
    assert error["Error"]["Message"] == (
        "Transaction cancelled, please refer cancellation reasons for specific reasons "
        "[None, ConditionalCheckFailed, ConditionalCheckFailed]"
    )
    failed = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
    old = build("2", Owner1="them")
    assert error["CancellationReasons"] == [{"Code": "None"}, {**failed, "Item": old}, failed]
    assert store.sort_keys() == ["2", "3"]


@documented(TRANSACT + "#API_TransactWriteItems_Errors")
def test_an_update_that_does_not_fit_its_item_cancels(store: Store) -> None:
    store.put(build("1", Text="t"))
    values = {":v": {"N": "1"}}
    names = {"#t": "Text"}
    update = on(
        "Update",
        UpdateExpression="SET #t = #t + :v",
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=values,
    )
    error = refused("TransactionCanceledException", lambda: write(store, put("2"), update))
    assert [reason["Code"] for reason in error["CancellationReasons"]] == ["None", "ValidationError"]
    assert store.get("2") is None


@documented(TRANSACT)
def test_a_transaction_names_an_item_once(store: Store) -> None:
    refused(
        "ValidationException",
        lambda: write(store, put("1"), on("Delete", "1")),
        "Transaction request cannot include multiple operations on one item",
    )


@documented(TRANSACT + "#DDB-TransactWriteItems-request-TransactItems")
def test_a_transaction_holds_a_hundred_members(store: Store) -> None:
    write(store, *(put(str(n)) for n in range(100)))
    assert store.query(Select="COUNT")["Count"] == 100
    refused(
        "ValidationException",
        lambda: write(store, *(put(str(n)) for n in range(101))),
        "Member must have length less than or equal to 100",
    )


@documented(TRANSACT)
def test_a_transaction_holds_four_megabytes(store: Store) -> None:
    large = "x" * 390_000
    refused("ValidationException", lambda: write(store, *(put(str(n), Text=large) for n in range(11))))
    write(store, *(put(str(n), Text=large) for n in range(10)))


@documented(TRANSACT + "#DDB-TransactWriteItems-request-ClientRequestToken")
def test_a_repeated_token_does_nothing_a_second_time(store: Store) -> None:
    values = {":v": {"N": "1.0"}}
    count = on("Update", UpdateExpression="ADD Count1 :v", ExpressionAttributeValues=values)
    members = (count, put("2", Ratio={"N": "1.50"}))
    write(store, *members, ClientRequestToken="token-1")
    write(store, *members, ClientRequestToken="token-1")
    found = store.get()
    assert found is not None
    assert found["Count1"] == 1


@documented(TRANSACT + "#DDB-TransactWriteItems-request-ClientRequestToken")
def test_a_token_is_not_for_another_transaction_within_ten_minutes(store: Store) -> None:
    token: dict[str, Any] = {"ClientRequestToken": "token-1"}
    write(store, put("1"), **token)
    store.cloud.clock.advance(599)
    refused("IdempotentParameterMismatchException", lambda: write(store, put("2"), **token))
    store.cloud.clock.advance(1)
    write(store, put("2"), **token)
    assert store.sort_keys() == ["1", "2"]


@documented(TRANSACT + "#DDB-TransactWriteItems-request-ClientRequestToken")
def test_a_token_of_a_cancelled_transaction_may_try_again(store: Store) -> None:
    store.put(build("1"))
    token: dict[str, Any] = {"ClientRequestToken": "token-1"}
    refused("TransactionCanceledException", lambda: write(store, new("1"), **token))
    store("delete_item", Key=key("1"))
    write(store, new("1"), **token)
    assert store.sort_keys() == ["1"]


@documented(API + "API_TransactGetItems.html")
def test_a_transaction_reads_in_its_order_and_tells_what_is_missing(store: Store) -> None:
    store.put(build("1"), build("3"))
    found = store.db.transact_get_items(TransactItems=[on("Get", sk) for sk in ("3", "2", "1")])
    items = [plain(answer["Item"])["SK"] if "Item" in answer else None for answer in found["Responses"]]
    assert items == ["3", None, "1"]


@documented(GUIDED + "#transaction-conflict-handling")
def test_a_planted_conflict_cancels_a_transaction_once(store: Store) -> None:
    store.cloud.faults.add("dynamodb:TransactWriteItems", ConflictingTransaction(member=1))
    error = refused("TransactionCanceledException", lambda: write(store, put("1"), put("2")), r"\[None, Transaction")
    assert [reason["Code"] for reason in error["CancellationReasons"]] == ["None", "TransactionConflict"]
    assert store.sort_keys() == []
    write(store, put("1"), put("2"))
    assert store.sort_keys() == ["1", "2"]


@documented(GUIDED + "#transaction-conflict-handling")
@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("put_item", {"Item": build()}),
        ("delete_item", {"Key": key()}),
        ("update_item", {"Key": key(), "UpdateExpression": "REMOVE Gone"}),
    ],
    ids=["put", "delete", "update"],
)
def test_a_planted_conflict_refuses_a_write(store: Store, operation: str, parameters: Item) -> None:
    store.cloud.faults.add("dynamodb:*Item", ConflictingTransaction())
    refused("TransactionConflictException", lambda: store(operation, **parameters))
    store(operation, **parameters)


def test_a_conflict_is_not_planted_where_none_can_be(store: Store) -> None:
    store.cloud.faults.add("dynamodb:Scan", ConflictingTransaction())
    with pytest.raises(LocalError, match="dynamodb:Scan cannot collide"):
        store("scan")
    store.cloud.faults.add("dynamodb:TransactWriteItems", ConflictingTransaction(member=1))
    with pytest.raises(LocalError, match="member 1 cannot collide"):
        write(store, put())


@documented(TRANSACT)
def test_a_lock_and_its_build_are_written_together_or_not_at_all(store: Store) -> None:
    lock = new("LOCK", BuildID="me")
    status = on(
        "Update",
        "BUILD",
        UpdateExpression="SET #s = :s",
        ConditionExpression="#s = :p",
        ExpressionAttributeNames={"#s": "Status"},
        ExpressionAttributeValues=typed({":s": "RUNNING", ":p": "PENDING"}),
    )
    refused("TransactionCanceledException", lambda: write(store, lock, status))
    assert store.get("LOCK") is None
    store.put(build("BUILD", Status="PENDING"))
    write(store, lock, status)
    assert store.get("LOCK") is not None
