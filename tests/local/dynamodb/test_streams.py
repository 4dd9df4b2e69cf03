"""Streams: what they tell of which change, in which order, for how long."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.dynamodb.store import API, GUIDE, TABLE, Store, build, documented, key, refused
from tests.local.dynamodb.streaming import iterator, read, records, stream

STREAMS = GUIDE + "Streams.html"
HOUR = 3600

OLD, NEW = build(Text="t"), build(Text="u")
VIEWS: dict[str, dict[str, Any]] = {
    "KEYS_ONLY": {},
    "NEW_IMAGE": {"NewImage": NEW},
    "OLD_IMAGE": {"OldImage": OLD},
    "NEW_AND_OLD_IMAGES": {"NewImage": NEW, "OldImage": OLD},
}


@documented(STREAMS + "#Streams.Enabling")
@pytest.mark.parametrize(("view", "images"), VIEWS.items(), ids=VIEWS)
def test_a_record_holds_the_images_of_its_view(store: Store, view: str, images: dict[str, Any]) -> None:
    store.put(OLD)
    arn = stream(store, view)
    store.put(NEW)
    (record,) = records(store, arn)
    told = record["dynamodb"]
    assert {name: told[name] for name in ("NewImage", "OldImage") if name in told} == images
    assert (told["Keys"], told["StreamViewType"]) == (key(), view)
    assert (record["eventName"], record["eventSource"], record["awsRegion"]) == ("MODIFY", "aws:dynamodb", "us-east-1")


@documented(API + "API_streams_Record.html")
def test_records_come_in_the_order_of_the_changes(store: Store) -> None:
    arn = stream(store)
    store.put(build("1"))
    store("update_item", Key=key("1"), UpdateExpression="SET A1 = :v", ExpressionAttributeValues={":v": 1})
    store("delete_item", Key=key("1"))
    store("update_item", Key=key("2"), UpdateExpression="SET A1 = :v", ExpressionAttributeValues={":v": 1})
    store.db.batch_write_item(RequestItems={TABLE: [{"PutRequest": {"Item": build("3")}}]})
    store.db.transact_write_items(TransactItems=[{"Delete": {"TableName": TABLE, "Key": key("3")}}])
    found = records(store, arn)
    names = [record["eventName"] for record in found]
    assert names == ["INSERT", "MODIFY", "REMOVE", "INSERT", "INSERT", "REMOVE"]
    sequence = [record["dynamodb"]["SequenceNumber"] for record in found]
    assert sequence == sorted(set(sequence))
    assert "NewImage" not in found[2]["dynamodb"]
    assert "OldImage" not in found[0]["dynamodb"]


@documented(STREAMS)
def test_what_changes_nothing_is_not_told(store: Store) -> None:
    store.put(OLD)
    arn = stream(store)
    store.put(OLD)
    values = {":v": "t"}
    store(
        "update_item",
        Key=key(),
        UpdateExpression="SET #t = :v",
        ExpressionAttributeNames={"#t": "Text"},
        ExpressionAttributeValues=values,
    )
    store("delete_item", Key=key("gone"))
    refused("ConditionalCheckFailedException", lambda: store("put_item", Item=NEW, ConditionExpression="PK = SK"))
    assert records(store, arn) == []


@documented(API + "API_streams_GetShardIterator.html")
def test_an_iterator_begins_where_it_is_told_to(store: Store) -> None:
    arn = stream(store)
    store.put(build("1"), build("2"))
    latest = iterator(store, arn, "LATEST")
    first, second = (record["dynamodb"]["SequenceNumber"] for record in records(store, arn))
    store.put(build("3"))

    def keys(position: str) -> list[str]:
        return [record["dynamodb"]["Keys"]["SK"]["S"] for record in read(store, arn, position)["Records"]]

    assert keys(latest) == ["3"]
    assert keys(iterator(store, arn, "AT_SEQUENCE_NUMBER", SequenceNumber=second)) == ["2", "3"]
    assert keys(iterator(store, arn, "AFTER_SEQUENCE_NUMBER", SequenceNumber=first)) == ["2", "3"]


@documented(API + "API_streams_GetRecords.html")
def test_records_are_read_page_by_page(store: Store) -> None:
    arn = stream(store)
    store.put(build("1"), build("2"), build("3"))
    position, found = iterator(store, arn), []
    for _ in range(3):
        page = read(store, arn, position, Limit=2)
        found.append(len(page["Records"]))
        position = page["NextShardIterator"]
    assert found == [2, 1, 0]


@documented(API + "API_streams_GetShardIterator.html")
def test_an_iterator_expires_after_a_quarter_of_an_hour(store: Store) -> None:
    arn = stream(store)
    position = iterator(store, arn)
    store.cloud.clock.advance(HOUR / 4 - 1)
    read(store, arn, position)
    store.cloud.clock.advance(1)
    refused("ExpiredIteratorException", lambda: read(store, arn, position))


@documented(STREAMS)
def test_a_record_is_kept_for_a_day(store: Store) -> None:
    arn = stream(store)
    store.put(build("1"))
    store.cloud.clock.advance(24 * HOUR)
    assert len(records(store, arn)) == 1
    store.cloud.clock.advance(1)
    assert records(store, arn) == []


@documented(STREAMS + "#Streams.Enabling")
def test_a_stream_that_is_disabled_can_still_be_read(store: Store) -> None:
    arn = stream(store)
    store.put(build("1"))
    store.db.update_table(TableName=TABLE, StreamSpecification={"StreamEnabled": False})
    store.put(build("2"))
    page = read(store, arn, iterator(store, arn))
    assert len(page["Records"]) == 1
    assert "NextShardIterator" not in page


@documented(API + "API_streams_ListStreams.html")
def test_streams_are_listed(store: Store) -> None:
    arn = stream(store)
    listed = store.cloud.client("dynamodbstreams").list_streams(TableName=TABLE)["Streams"]
    assert [found["StreamArn"] for found in listed] == [arn]
    assert arn.split("/")[:3:2] == ["arn:aws:dynamodb:us-east-1:111111111111:table", "stream"]
