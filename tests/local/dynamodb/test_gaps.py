"""Where the stand-in is kinder than AWS, or differs. A test that fails here is good news: take it away, and its gap."""

from __future__ import annotations

from stackgen.local.dynamodb import LeaveUnprocessed
from tests.local.dynamodb.store import API, GUIDE, TABLE, Store, build, definition, documented, key


@documented(API + "API_CreateTable.html")
def test_kinder_a_table_can_be_used_at_once(store: Store) -> None:
    description = store.db.create_table(**definition("dev-locks"))["TableDescription"]
    assert description["TableStatus"] == "ACTIVE"  # AWS: CREATING


@documented(API + "API_DeleteTable.html")
def test_kinder_a_deleted_table_can_be_made_again_at_once(store: Store) -> None:
    assert store.db.delete_table(TableName=TABLE)["TableDescription"]["TableStatus"] == "DELETING"
    store.db.create_table(**definition())  # AWS: ResourceInUseException for a while


@documented(API + "API_UpdateTable.html")
def test_kinder_an_index_can_be_read_at_once(store: Store) -> None:
    index = {
        "IndexName": "by-owner",
        "KeySchema": [{"AttributeName": "Owner1", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    description = store.db.update_table(
        TableName=TABLE,
        AttributeDefinitions=[{"AttributeName": "Owner1", "AttributeType": "S"}],
        GlobalSecondaryIndexUpdates=[{"Create": index}],
    )["TableDescription"]
    made = description["GlobalSecondaryIndexes"][-1]
    assert (description["TableStatus"], made["IndexStatus"]) == ("ACTIVE", "ACTIVE")  # AWS: UPDATING, CREATING


@documented(GUIDE + "HowItWorks.ReadConsistency.html")
def test_kinder_every_read_sees_every_write(store: Store) -> None:
    store.put(build("1", Status="FAILED"))
    assert "Item" in store("get_item", Key=key())  # AWS: perhaps
    assert store("scan", IndexName="by-status")["Count"] == 1  # AWS: perhaps


@documented(API + "API_DescribeTimeToLive.html")
def test_kinder_ttl_is_enabled_at_once(store: Store) -> None:
    specification = {"Enabled": True, "AttributeName": "TTL"}
    store.db.update_time_to_live(TableName=TABLE, TimeToLiveSpecification=specification)
    status = store.db.describe_time_to_live(TableName=TABLE)["TimeToLiveDescription"]["TimeToLiveStatus"]
    assert status == "ENABLED"  # AWS: ENABLING


@documented(API + "API_BatchWriteItem.html")
def test_kinder_what_is_left_unprocessed_may_be_invalid(store: Store) -> None:
    store.cloud.faults.add("dynamodb:BatchWriteItem", LeaveUnprocessed(1))
    invalid = {"PutRequest": {"Item": {"PK": {"S": "a"}}}}
    answer = store.db.batch_write_item(RequestItems={TABLE: [{"PutRequest": {"Item": build()}}, invalid]})
    assert answer["UnprocessedItems"] == {TABLE: [invalid]}  # AWS: ValidationException


@documented(GUIDE + "LSI.html")
def test_differs_a_local_index_tells_only_what_it_projects_though_all_is_asked_for(store: Store) -> None:
    store.put(build("1", At=1, Text="t"))
    (item,) = store.query(IndexName="by-time", Select="ALL_ATTRIBUTES")["Items"]
    assert "Text" not in item  # AWS: fetched from the table


@documented(GUIDE + "CapacityUnitCalculations.html")
def test_kinder_a_hot_partition_is_not_throttled(store: Store) -> None:
    for _ in range(3):
        store.db.batch_write_item(
            RequestItems={TABLE: [{"PutRequest": {"Item": build(str(n), Text="x" * 350_000)}} for n in range(25)]}
        )  # AWS: more than 1000 write units a second of one partition
    assert {note.error for note in store.cloud.gateway.notes} == {""}


@documented(API + "API_DescribeTable.html")
def test_differs_the_number_of_items_is_always_up_to_date(store: Store) -> None:
    store.put(build())
    assert store.db.describe_table(TableName=TABLE)["Table"]["ItemCount"] == 1  # AWS: within six hours


@documented(GUIDE + "CapacityUnitCalculations.html")
def test_differs_the_capacity_of_a_read_does_not_grow_with_the_item(store: Store) -> None:
    store.put(build(Text="x" * 5000))
    answer = store("get_item", Key=key(), ConsistentRead=True, ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"]["CapacityUnits"] == 1.0  # AWS: 2.0


@documented(API + "API_SSEDescription.html")
def test_differs_the_key_of_an_encrypted_table_is_told_by_its_alias(store: Store) -> None:
    description = store.db.create_table(**definition("dev-locks", SSESpecification={"Enabled": True}))
    arn = description["TableDescription"]["SSEDescription"]["KMSMasterKeyArn"]
    assert arn.endswith(":alias/aws/dynamodb")  # AWS: :key/...
