"""Time to live: what expired stays readable for long, then goes, and the stream says who took it."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.local.dynamodb import DynamoDB
from tests.local.dynamodb.store import API, GUIDE, TABLE, Store, build, definition, documented, key, refused
from tests.local.dynamodb.streaming import records, stream

EXPIRY = GUIDE + "howitworks-ttl.html"
BEFORE_YOU_START = GUIDE + "time-to-live-ttl-before-you-start.html"
UPDATE = API + "API_UpdateTimeToLive.html"
HOUR = 3600
DAY = 24 * HOUR


def expire(store: Store, *, enabled: bool = True, attribute: str = "TTL", table: str = TABLE) -> None:
    specification = {"Enabled": enabled, "AttributeName": attribute}
    store.db.update_time_to_live(TableName=table, TimeToLiveSpecification=specification)


def now(store: Store) -> int:
    return int(store.cloud.clock.time())


@documented(UPDATE)
def test_an_expired_item_stays_for_two_days_and_is_found_by_every_read(store: Store) -> None:
    expire(store)
    store.put(build("1", TTL=now(store) + HOUR, Status="s"), build("2", TTL=now(store) + 10 * DAY), build("3"))
    store.cloud.clock.advance(HOUR + 2 * DAY - 1)
    assert store.get("1") is not None
    assert store.sort_keys() == ["1", "2", "3"]
    assert store("scan", IndexName="by-status")["Count"] == 1
    store.cloud.clock.advance(HOUR)
    assert store.get("1") is None
    assert store.sort_keys() == ["2", "3"]
    assert store("scan", IndexName="by-status")["Count"] == 0


@documented(EXPIRY)
def test_a_lock_that_expired_can_be_taken_though_it_is_still_there(store: Store) -> None:
    expire(store)
    store.put(build("LOCK", BuildID="them", TTL=now(store) + HOUR))

    def take() -> None:
        store(
            "put_item",
            Item=build("LOCK", BuildID="me", TTL=now(store) + HOUR),
            ConditionExpression="attribute_not_exists(PK) OR #ttl < :now OR BuildID = :me",
            ExpressionAttributeNames={"#ttl": "TTL"},
            ExpressionAttributeValues={":now": now(store), ":me": "me"},
        )

    refused("ConditionalCheckFailedException", take)
    store.cloud.clock.advance(HOUR)
    refused("ConditionalCheckFailedException", take)
    store.cloud.clock.advance(1)
    take()
    found = store.get("LOCK")
    assert found is not None
    assert found["BuildID"] == "me"


def test_the_delay_is_a_setting(store: Store, dynamodb: DynamoDB) -> None:
    assert dynamodb.ttl_delay == 2 * DAY
    dynamodb.ttl_delay = 0
    expire(store)
    store.put(build("1", TTL=now(store) + 1))
    store.cloud.clock.advance(HOUR)
    assert store.sort_keys() == []


def test_a_sweep_can_be_asked_for(store: Store, dynamodb: DynamoDB) -> None:
    dynamodb.ttl_delay = 60.0
    expire(store)
    store.put(build("1", TTL=now(store) - 60), build("2", TTL=now(store) - 59))
    dynamodb.sweep()
    assert store.sort_keys() == ["2"]


IGNORED: dict[str, dict[str, Any]] = {
    "no attribute": {},
    "a string": {"TTL": "1767225600"},
    "a list": {"TTL": [1767225600]},
    "another attribute": {"Expires": 1767225600},
    "milliseconds": {"TTL": 1767225600000},
    "more than five years ago": {"TTL": 1767225600 - 6 * 366 * DAY},
    "never": {"TTL": 0},
}


@documented(BEFORE_YOU_START)
@pytest.mark.parametrize("attributes", IGNORED.values(), ids=IGNORED)
def test_an_item_does_not_expire_with(store: Store, attributes: dict[str, Any]) -> None:
    expire(store)
    store.put(build("1", **attributes), build("2", TTL=now(store) - 4 * 365 * DAY))
    store.cloud.clock.advance(10 * DAY)
    assert store.sort_keys() == ["1"]


@documented(EXPIRY)
def test_nothing_expires_where_it_is_not_enabled(store: Store) -> None:
    store.put(build("1", TTL=now(store) - 1))
    store.cloud.clock.advance(10 * DAY)
    expire(store)
    store.cloud.clock.advance(HOUR)
    assert store.sort_keys() == []
    store.put(build("1", TTL=now(store) - 10 * DAY))
    expire(store, enabled=False)
    store.cloud.clock.advance(10 * DAY)
    assert store.sort_keys() == ["1"]


@documented(EXPIRY)
def test_an_item_that_is_renewed_in_time_stays(store: Store) -> None:
    expire(store)
    store.put(build("1", TTL=now(store)))
    store.cloud.clock.advance(DAY)
    renewal = {"ExpressionAttributeNames": {"#t": "TTL"}, "ExpressionAttributeValues": {":t": now(store) + DAY}}
    store("update_item", Key=key(), UpdateExpression="SET #t = :t", **renewal)
    store.cloud.clock.advance(3 * DAY - HOUR)
    assert store.sort_keys() == ["1"]


@documented(GUIDE + "time-to-live-ttl-streams.html")
def test_the_stream_tells_who_deleted_what_expired(store: Store) -> None:
    expire(store)
    arn = stream(store)
    store.put(build("1", TTL=now(store)), build("2"))
    store("delete_item", Key=key("2"))
    store.cloud.clock.advance(2 * DAY)
    (record,) = records(store, arn)
    assert record["eventName"] == "REMOVE"
    assert record["userIdentity"] == {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}
    assert record["dynamodb"]["Keys"] == key("1")
    assert record["dynamodb"]["OldImage"] == build("1", TTL=now(store) - 2 * DAY)
    assert record["dynamodb"]["ApproximateCreationDateTime"].timestamp() == now(store)


@documented(GUIDE + "time-to-live-ttl-streams.html")
def test_what_a_caller_deletes_has_no_such_sign(store: Store) -> None:
    arn = stream(store)
    store.put(build("2"))
    store("delete_item", Key=key("2"))
    assert ["userIdentity" in record for record in records(store, arn)] == [False, False]


def test_what_expires_in_one_account_and_region_does_not_touch_another(store: Store) -> None:
    elsewhere = store.cloud.client("dynamodb", "222222222222", "eu-west-1")
    elsewhere.create_table(**definition())
    there = Store(store.cloud, elsewhere)
    expire(there)
    for one in (store, there):
        one.put(build("1", TTL=now(store)))
    arn = stream(there)
    store.cloud.clock.advance(2 * DAY)
    assert store.sort_keys() == ["1"]
    assert there.sort_keys() == []
    assert [record["awsRegion"] for record in records(there, arn)] == ["eu-west-1"]


def test_sweeps_keep_no_time_going(store: Store) -> None:
    before = store.cloud.clock.time()
    store.cloud.clock.settle()
    assert store.cloud.clock.time() == before


@documented(UPDATE)
def test_ttl_is_changed_once_an_hour(store: Store) -> None:
    expire(store)
    refused("ValidationException", lambda: expire(store, enabled=False), "modified multiple times")
    refused("ValidationException", lambda: expire(store), "already enabled")
    store.cloud.clock.advance(HOUR)
    expire(store, enabled=False)
    described = store.db.describe_time_to_live(TableName=TABLE)["TimeToLiveDescription"]
    assert described["TimeToLiveStatus"] == "DISABLED"


@documented(UPDATE)
def test_ttl_is_not_disabled_where_it_is_not_enabled(store: Store) -> None:
    refused("ValidationException", lambda: expire(store, enabled=False), "already disabled")


@documented(API + "API_DescribeTimeToLive.html")
def test_ttl_is_described(store: Store) -> None:
    def described() -> dict[str, Any]:
        found: dict[str, Any] = store.db.describe_time_to_live(TableName=TABLE)["TimeToLiveDescription"]
        return found

    assert described() == {"TimeToLiveStatus": "DISABLED"}
    expire(store)
    assert described() == {"TimeToLiveStatus": "ENABLED", "AttributeName": "TTL"}


@documented(API + "API_DeleteTable.html")
def test_a_new_table_knows_nothing_of_the_ttl_of_an_old_one(store: Store) -> None:
    expire(store)
    store.db.delete_table(TableName=TABLE)
    store.db.create_table(**definition())
    expire(store, attribute="Expires")
    store.put(build("1", TTL=now(store)), build("2", Expires=now(store)))
    store.cloud.clock.advance(2 * DAY)
    assert store.sort_keys() == ["1"]
