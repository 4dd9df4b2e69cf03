"""Queries and scans: keys, order, pages, indexes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.dynamodb.store import API, GUIDE, PARTITION, TABLE, Store, build, documented, key, plain

PAGES = GUIDE + "Query.Pagination.html"
KEYS = GUIDE + "Query.KeyConditionExpressions.html"
SORTED = ["BUILD#1#a", "BUILD#1#b", "BUILD#10#a", "BUILD#2#a", "CONFIG"]

#: sentence: condition on the sort key, values, what is found
CASES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "everything in order": ("", {}, SORTED),
    "one": ("AND SK = :v", {":v": "CONFIG"}, ["CONFIG"]),
    "by a beginning, and not by a number": ("AND begins_with(SK, :v)", {":v": "BUILD#1#"}, SORTED[:2]),
    "by a beginning that none has": ("AND begins_with(SK, :v)", {":v": "LOCK"}, []),
    "between bounds that count": ("AND SK BETWEEN :v AND :w", {":v": "BUILD#1#b", ":w": "BUILD#2#a"}, SORTED[1:4]),
    "below": ("AND SK < :v", {":v": "BUILD#10#a"}, SORTED[:2]),
    "at most": ("AND SK <= :v", {":v": "BUILD#10#a"}, SORTED[:3]),
    "above": ("AND SK > :v", {":v": "BUILD#2#a"}, SORTED[4:]),
    "at least": ("AND SK >= :v", {":v": "BUILD#2#a"}, SORTED[3:]),
}


@documented(KEYS)
@pytest.mark.parametrize(("condition", "values", "found"), CASES.values(), ids=CASES)
def test_a_query_finds(store: Store, condition: str, values: dict[str, Any], found: list[str]) -> None:
    store.put(*(build(sk) for sk in reversed(SORTED)), build("BUILD#1#a", pk="REPO#other#ENV#dev"))
    condition = f"PK = :pk {condition}"
    assert store.sort_keys(condition, ExpressionAttributeValues=values, ConsistentRead=True) == found
    backwards = store.sort_keys(condition, ExpressionAttributeValues=values, ScanIndexForward=False)
    assert backwards == found[::-1]


@documented(KEYS)
def test_strings_sort_by_their_bytes(store: Store) -> None:
    names = ["Z", "a", "é", "z", "10", "9", "😀", "\uffee"]
    store.put(*map(build, names))
    assert store.sort_keys() == sorted(names, key=str.encode)


def pages(store: Store, **parameters: Any) -> list[list[str]]:
    found: list[list[str]] = []
    start: dict[str, Any] = {}
    while True:
        page = store.query(**parameters, **start)
        found.append([item["SK"]["S"] for item in page["Items"]])
        if "LastEvaluatedKey" not in page:
            return found
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


@documented(PAGES)
def test_pages_end_when_no_key_is_told(store: Store) -> None:
    store.put(*(build(str(n)) for n in range(5)))
    assert pages(store, Limit=2) == [["0", "1"], ["2", "3"], ["4"]]
    assert pages(store, Limit=2, ScanIndexForward=False) == [["4", "3"], ["2", "1"], ["0"]]


@documented(PAGES)
def test_a_key_does_not_promise_that_more_follows(store: Store) -> None:
    store.put(*(build(str(n)) for n in range(4)))
    assert pages(store, Limit=2) == [["0", "1"], ["2", "3"], []]


@documented(PAGES)
def test_the_key_of_a_page_is_that_of_its_last_item(store: Store) -> None:
    store.put(build("1", At=1, Status="FAILED"), build("2", At=2, Status="FAILED"))
    assert store.query(Limit=1)["LastEvaluatedKey"] == key("1")
    page = store.query(IndexName="by-time", Limit=1)
    assert plain(page["LastEvaluatedKey"]) == {"PK": PARTITION, "SK": "1", "At": 1}


@documented(API + "API_Query.html#DDB-Query-request-Limit")
def test_a_limit_counts_items_before_the_filter(store: Store) -> None:
    store.put(*(build(str(n), Ok=n == 3) for n in range(4)))
    wanted: dict[str, Any] = {"FilterExpression": "Ok = :ok", "ExpressionAttributeValues": {":ok": True}}
    page = store.query(Limit=2, **wanted)
    assert (page["Items"], page["Count"], page["ScannedCount"]) == ([], 0, 2)
    assert page["LastEvaluatedKey"] == key("1")
    assert pages(store, Limit=2, **wanted) == [[], ["3"], []]


@documented(PAGES)
def test_a_start_need_not_exist_any_more(store: Store) -> None:
    store.put(*(build(str(n)) for n in range(4)))
    page = store.query(Limit=2)
    store("delete_item", Key=key("1"))
    assert store.sort_keys(ExclusiveStartKey=page["LastEvaluatedKey"]) == ["2", "3"]


@documented(PAGES)
def test_a_page_holds_one_megabyte_before_the_filter(store: Store) -> None:
    store.put(*(build(str(n), Text="x" * 300_000) for n in range(5)))
    assert [len(page) for page in pages(store)] == [3, 2]
    nothing = store.query(FilterExpression="attribute_exists(Gone)")
    assert (nothing["Count"], nothing["ScannedCount"]) == (0, 3)
    assert "LastEvaluatedKey" in nothing


@documented(API + "API_Query.html#DDB-Query-request-Select")
def test_a_count_has_no_items(store: Store) -> None:
    store.put(build("1"), build("2"))
    page = store.query(Select="COUNT")
    assert page["Count"] == 2
    assert "Items" not in page


@documented(GUIDE + "Expressions.ProjectionExpressions.html")
def test_a_projection_tells_what_it_names_and_leaves_out_what_is_missing(store: Store) -> None:
    store.put(build(Stack={"Name": "net", "Size": 1}, Regions=["a", "b"]))
    names = {"#n": "Name"}
    item = store(
        "get_item", Key=key(), ProjectionExpression="SK, Stack.#n, Regions[1], Gone", ExpressionAttributeNames=names
    )
    assert plain(item["Item"]) == {"SK": "1", "Stack": {"Name": "net"}, "Regions": ["b"]}


@documented(GUIDE + "GSI.html")
def test_a_global_index_holds_the_items_that_have_its_keys(store: Store) -> None:
    store.put(build("1", Status="FAILED"), build("2"), build("3", pk="other", Status="FAILED"))
    parameters = {
        "IndexName": "by-status",
        "KeyConditionExpression": "#s = :s",
        "ExpressionAttributeNames": {"#s": "Status"},
        "ExpressionAttributeValues": {":s": "FAILED"},
    }
    assert [item["SK"]["S"] for item in store("query", **parameters)["Items"]] == ["1", "3"]
    assert store("scan", IndexName="by-status")["Count"] == 2
    remove = {"UpdateExpression": "REMOVE #s", "ExpressionAttributeNames": {"#s": "Status"}}
    store("update_item", Key=key("1"), **remove)
    assert [item["SK"]["S"] for item in store("query", **parameters)["Items"]] == ["3"]


@documented(GUIDE + "GSI.html")
def test_a_key_of_a_global_index_need_not_be_unique(store: Store) -> None:
    store.put(*(build("1", pk=pk, Status="FAILED") for pk in "abc"))
    found: list[str] = []
    start: dict[str, Any] = {}
    for _ in range(3):
        page = store("scan", IndexName="by-status", Limit=1, **start)
        found += [item["PK"]["S"] for item in page["Items"]]
        assert set(page["LastEvaluatedKey"]) == {"PK", "SK", "Status"}
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    assert sorted(found) == ["a", "b", "c"]


@documented(GUIDE + "LSI.html")
def test_a_local_index_sorts_by_its_key_and_tells_what_it_projects(store: Store) -> None:
    store.put(build("1", At=30, Text="t"), build("2", At=4), build("3"))
    page = store.query(
        "PK = :pk AND #at > :at",
        IndexName="by-time",
        ExpressionAttributeNames={"#at": "At"},
        ExpressionAttributeValues={":at": 3},
    )
    assert [plain(item) for item in page["Items"]] == [
        {"PK": PARTITION, "SK": "2", "At": 4},
        {"PK": PARTITION, "SK": "1", "At": 30},
    ]


@documented(GUIDE + "LSI.html")
def test_a_local_index_can_be_read_consistently(store: Store) -> None:
    store.put(build("1", At=30))
    assert store.sort_keys(IndexName="by-time", ConsistentRead=True) == ["1"]


@documented(API + "API_Scan.html")
def test_a_scan_may_filter_by_a_key(store: Store) -> None:
    store.put(build("1"), build("2"))
    page = store("scan", FilterExpression="SK = :v", ExpressionAttributeValues={":v": "2"})
    assert (page["Count"], page["ScannedCount"]) == (1, 2)


@documented(GUIDE + "Scan.html#Scan.ParallelScan")
def test_segments_of_a_scan_are_the_whole_without_overlap(store: Store) -> None:
    store.put(*(build("1", pk=str(n)) for n in range(30)))
    segments = [store("scan", Segment=n, TotalSegments=4)["Items"] for n in range(4)]
    found = [item["PK"]["S"] for segment in segments for item in segment]
    assert sorted(found) == sorted(str(n) for n in range(30))


@documented(API + "API_ListTables.html")
def test_tables_are_listed_in_pages(store: Store) -> None:
    for name in ("dev-a00", "dev-c00"):
        store.db.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
        )
    first = store.db.list_tables(Limit=2)
    assert first == {**first, "TableNames": ["dev-a00", TABLE], "LastEvaluatedTableName": TABLE}
    rest = store.db.list_tables(Limit=2, ExclusiveStartTableName=TABLE)
    assert rest["TableNames"] == ["dev-c00"]
    assert "LastEvaluatedTableName" not in rest
