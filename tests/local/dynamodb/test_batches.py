"""Batches, and batches of which a part is left."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.local.dynamodb import LeaveUnprocessed
from stackgen.local.errors import LocalError
from stackgen.local.wire import Call
from tests.local.dynamodb.store import API, TABLE, Store, build, definition, documented, key, plain, refused

WRITE = API + "API_BatchWriteItem.html"
READ = API + "API_BatchGetItem.html"
OTHER = "dev-deployments"

Batch = dict[str, Any]


def puts(*sort_keys: str, **attributes: Any) -> list[Batch]:
    return [{"PutRequest": {"Item": build(sk, **attributes)}} for sk in sort_keys]


def write(store: Store, *requests: Batch, table: str = TABLE) -> Batch:
    answer: Batch = store.db.batch_write_item(RequestItems={table: list(requests)})
    return answer


def read(store: Store, *sort_keys: str, **more: Any) -> Batch:
    answer: Batch = store.db.batch_get_item(RequestItems={TABLE: {"Keys": [key(sk) for sk in sort_keys], **more}})
    return answer


def found(answer: Batch) -> list[str]:
    return sorted(item["SK"]["S"] for item in answer["Responses"][TABLE])


def numbers(count: int) -> list[str]:
    return [f"{number:03}" for number in range(count)]


@documented(WRITE)
def test_a_batch_puts_and_deletes_in_several_tables(store: Store) -> None:
    store.db.create_table(**definition(OTHER))
    store.put(build("1"))
    delete = {"DeleteRequest": {"Key": key("1")}}
    answer = store.db.batch_write_item(RequestItems={TABLE: [delete, *puts("2")], OTHER: puts("3")})
    assert answer["UnprocessedItems"] == {}
    assert store.sort_keys() == ["2"]
    assert store.db.scan(TableName=OTHER)["Items"] == [build("3")]


@documented(WRITE)
def test_a_batch_writes_25_and_no_more(store: Store) -> None:
    write(store, *puts(*numbers(25)))
    assert len(store.sort_keys()) == 25
    refused("ValidationException", lambda: write(store, *puts(*numbers(26))), "less than or equal to 25")


@documented(WRITE)
def test_a_batch_writes_an_item_once(store: Store) -> None:
    delete = {"DeleteRequest": {"Key": key("1")}}
    message = "Provided list of item keys contains duplicates"
    refused("ValidationException", lambda: write(store, *puts("1"), delete), message)


@documented(WRITE)
def test_a_batch_of_which_one_request_is_invalid_does_nothing(store: Store) -> None:
    invalid = {"PutRequest": {"Item": {"PK": {"S": "a"}}}}
    refused("ValidationException", lambda: write(store, *puts("1"), invalid))
    assert store.sort_keys() == []


@documented(READ)
def test_a_batch_reads_what_there_is_in_no_order(store: Store) -> None:
    store.put(build("1", Text="t"), build("2"))
    answer = read(store, "2", "3", "1", ConsistentRead=True)
    assert found(answer) == ["1", "2"]
    assert answer["UnprocessedKeys"] == {}
    assert [plain(item) for item in read(store, "1", ProjectionExpression="SK")["Responses"][TABLE]] == [{"SK": "1"}]


@documented(READ)
def test_a_batch_reads_100_and_no_more(store: Store) -> None:
    assert found(read(store, *numbers(100))) == []
    refused("ValidationException", lambda: read(store, *numbers(101)), "less than or equal to 100")


@documented(READ)
def test_a_batch_reads_an_item_once(store: Store) -> None:
    message = "Provided list of item keys contains duplicates"
    refused("ValidationException", lambda: read(store, "1", "1"), message)


@documented(READ)
def test_a_batch_reads_16_megabytes_and_tells_the_keys_beyond(store: Store) -> None:
    wanted = numbers(45)
    store.put(*(build(sk, Text="x" * 400_000) for sk in wanted))
    answer = read(store, *wanted, ProjectionExpression="SK")
    assert found(answer) == wanted[:41]
    left = {"Keys": [key(sk) for sk in wanted[41:]], "ProjectionExpression": "SK"}
    assert answer["UnprocessedKeys"] == {TABLE: left}
    assert found(store.db.batch_get_item(RequestItems=answer["UnprocessedKeys"])) == wanted[41:]


@documented(WRITE)
def test_what_is_left_unwritten_comes_back_as_it_was_sent(store: Store) -> None:
    fault = store.cloud.faults.add("dynamodb:BatchWriteItem", LeaveUnprocessed(3), times=2)
    requests = puts(*numbers(5), Ratio={"N": "1.50"}, Raw=b"\x00\xff")
    delete = {"DeleteRequest": {"Key": key("gone")}}
    answer = write(store, *requests, delete)
    assert answer["UnprocessedItems"] == {TABLE: [*requests[3:], delete]}
    assert store.sort_keys() == numbers(3)
    again = {TABLE: [*answer["UnprocessedItems"][TABLE], *puts("005")]}
    left = store.db.batch_write_item(RequestItems=again)["UnprocessedItems"]
    assert left == {TABLE: [requests[4], delete, *puts("005")]}
    assert store.db.batch_write_item(RequestItems=left)["UnprocessedItems"] == {}
    assert store.sort_keys() == numbers(6)
    assert fault.met == 2


@documented(READ)
def test_what_is_left_unread_comes_back_with_all_that_was_asked_of_it(store: Store) -> None:
    store.put(*map(build, numbers(4)))
    store.cloud.faults.add("dynamodb:BatchGetItem", LeaveUnprocessed(3))
    more = {"ConsistentRead": True, "ProjectionExpression": "#s", "ExpressionAttributeNames": {"#s": "SK"}}
    answer = read(store, *numbers(4), **more)
    assert found(answer) == ["000"]
    assert answer["UnprocessedKeys"] == {TABLE: {"Keys": [key(sk) for sk in numbers(4)[1:]], **more}}


@documented(WRITE)
def test_the_last_requests_of_several_tables_are_left(store: Store) -> None:
    store.db.create_table(**definition(OTHER))
    store.cloud.faults.add("dynamodb:BatchWriteItem", LeaveUnprocessed(3))
    answer = store.db.batch_write_item(RequestItems={TABLE: puts("1", "2", "3"), OTHER: puts("4", "5")})
    assert answer["UnprocessedItems"] == {TABLE: puts("3"), OTHER: puts("4", "5")}


@documented(WRITE)
@pytest.mark.parametrize(("part", "left"), [(0.5, 5), (0.01, 1), (0.45, 5), (0.9, 9)])
def test_a_part_of_a_batch_can_be_left(store: Store, part: float, left: int) -> None:
    store.cloud.faults.add("dynamodb:BatchWriteItem", LeaveUnprocessed(part))
    answer = write(store, *puts(*numbers(10)))
    assert len(answer["UnprocessedItems"][TABLE]) == left


@documented(WRITE + "#API_BatchWriteItem_Errors")
@pytest.mark.parametrize("requests", [2, 5, 1.0])
def test_a_batch_of_which_nothing_is_done_is_refused(store: Store, requests: float) -> None:
    store.cloud.faults.add("dynamodb:Batch*", LeaveUnprocessed(requests))
    write(store, *puts("1", "2"))  # boto3 tries again by itself
    errors = [note.error for note in store.cloud.gateway.notes if note.operation == "BatchWriteItem"]
    assert errors == ["ProvisionedThroughputExceededException", ""]
    assert store.sort_keys() == ["1", "2"]


def test_a_batch_that_is_refused_anyway_writes_nothing(store: Store) -> None:
    store.cloud.faults.add("dynamodb:Batch*", LeaveUnprocessed(), times=None)
    refused("ValidationException", lambda: write(store, *puts(*numbers(26))), "less than or equal to 25")
    refused("ResourceNotFoundException", lambda: write(store, *puts("1", "2"), table="dev-nowhere"))
    assert store.sort_keys() == []


def test_nothing_is_left_of_a_call_that_is_no_batch(store: Store) -> None:
    store.cloud.faults.add("dynamodb:PutItem", LeaveUnprocessed())
    with pytest.raises(LocalError, match="dynamodb:PutItem leaves nothing unprocessed"):
        store.put(build())


def test_a_condition_of_the_fault_sees_what_the_caller_sent(store: Store) -> None:
    sent: list[int] = []

    def when(call: Call) -> bool:
        sent.append(len(call.parameters["RequestItems"][TABLE]))
        return True

    store.cloud.faults.add("dynamodb:BatchWriteItem", LeaveUnprocessed(1), when=when)
    write(store, *puts("1", "2"))
    assert sent == [2]
    assert store.sort_keys() == ["1"]
