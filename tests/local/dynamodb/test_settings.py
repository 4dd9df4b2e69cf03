"""Settings of tables: protection, backups, encryption, capacity, tags."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tests.local.dynamodb.store import API, GUIDE, TABLE, Store, definition, documented, hash_and_range, refused

UPDATE = API + "API_UpdateTable.html"
OTHER = "dev-locks"


def described(store: Store, table: str = TABLE) -> dict[str, Any]:
    found: dict[str, Any] = store.db.describe_table(TableName=table)["Table"]
    return found


def recovery(store: Store) -> dict[str, Any]:
    backups = store.db.describe_continuous_backups(TableName=TABLE)["ContinuousBackupsDescription"]
    assert backups["ContinuousBackupsStatus"] == "ENABLED"
    found: dict[str, Any] = backups["PointInTimeRecoveryDescription"]
    return found


@documented(API + "API_DescribeTable.html")
def test_a_table_is_described_as_it_was_made(store: Store) -> None:
    table = described(store)
    asked = definition()
    assert table["KeySchema"] == asked["KeySchema"]
    assert sorted(table["AttributeDefinitions"], key=str) == sorted(asked["AttributeDefinitions"], key=str)
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["TableArn"] == f"arn:aws:dynamodb:us-east-1:111111111111:table/{TABLE}"
    assert table["CreationDateTime"].timestamp() == store.cloud.clock.time()
    assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == ["by-status"]
    assert table["GlobalSecondaryIndexes"][0]["IndexArn"] == f"{table['TableArn']}/index/by-status"


@documented(UPDATE + "#DDB-UpdateTable-request-DeletionProtectionEnabled")
def test_a_protected_table_is_not_deleted(store: Store) -> None:
    assert described(store)["DeletionProtectionEnabled"] is False
    store.db.update_table(TableName=TABLE, DeletionProtectionEnabled=True)
    assert described(store)["DeletionProtectionEnabled"] is True
    refused("ValidationException", lambda: store.db.delete_table(TableName=TABLE), "(?i)protect")
    store.db.update_table(TableName=TABLE, DeletionProtectionEnabled=False)
    store.db.delete_table(TableName=TABLE)
    refused("ResourceNotFoundException", lambda: store("scan"))


@documented(API + "API_UpdateContinuousBackups.html")
def test_point_in_time_recovery_is_off_until_it_is_enabled(store: Store) -> None:
    assert recovery(store)["PointInTimeRecoveryStatus"] == "DISABLED"
    specification = {"PointInTimeRecoveryEnabled": True}
    store.db.update_continuous_backups(TableName=TABLE, PointInTimeRecoverySpecification=specification)
    assert recovery(store)["PointInTimeRecoveryStatus"] == "ENABLED"
    assert recovery(store).keys() >= {"EarliestRestorableDateTime", "LatestRestorableDateTime"}


@documented(API + "API_SSESpecification.html")
def test_encryption_is_described_only_where_it_was_asked_for(store: Store) -> None:
    assert "SSEDescription" not in described(store)
    store.db.create_table(**definition(OTHER, SSESpecification={"Enabled": True, "SSEType": "KMS"}))
    found = described(store, OTHER)["SSEDescription"]
    assert (found["Status"], found["SSEType"]) == ("ENABLED", "KMS")
    assert found["KMSMasterKeyArn"].startswith("arn:aws:kms:us-east-1:111111111111:")


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "a key that is not defined": ({"KeySchema": hash_and_range("PK", "Elsewhere")}, "(?i)attribute"),
    "a definition that no key uses": (
        {
            "AttributeDefinitions": [
                *definition()["AttributeDefinitions"],
                {"AttributeName": "More", "AttributeType": "S"},
            ]
        },
        "(?i)attribute",
    ),
    "capacity beside a price per request": (
        {"ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}},
        "BillingMode is PAY_PER_REQUEST",
    ),
    "no capacity": ({"BillingMode": "PROVISIONED"}, "(?i)ReadCapacityUnits|ProvisionedThroughput"),
    "a sort key before the partition key": (
        {"KeySchema": hash_and_range("PK", "SK")[::-1]},
        "first KeySchemaElement is not a HASH",
    ),
    "one attribute for both keys": ({"KeySchema": hash_and_range("PK", "PK")}, "(?i)same name|KeySchema|attribute"),
}


@documented(API + "API_CreateTable.html")
@pytest.mark.parametrize(("parameters", "message"), BAD.values(), ids=BAD)
def test_a_table_is_not_made_with(store: Store, parameters: dict[str, Any], message: str) -> None:
    refused("ValidationException", lambda: store.db.create_table(**definition(OTHER, **parameters)), message)
    assert store.db.list_tables()["TableNames"] == [TABLE]


@documented(UPDATE)
def test_an_index_is_added_with_what_is_stored_already(store: Store) -> None:
    store("put_item", Item={"PK": "a", "SK": "1", "Owner1": "me"})
    index = {
        "IndexName": "by-owner",
        "KeySchema": [{"AttributeName": "Owner1", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }
    store.db.update_table(
        TableName=TABLE,
        AttributeDefinitions=[{"AttributeName": "Owner1", "AttributeType": "S"}],
        GlobalSecondaryIndexUpdates=[{"Create": index}],
    )
    answer = store(
        "query",
        IndexName="by-owner",
        KeyConditionExpression="Owner1 = :o",
        ExpressionAttributeValues={":o": "me"},
    )
    assert answer["Count"] == 1
    store.db.update_table(TableName=TABLE, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-owner"}}])
    assert [found["IndexName"] for found in described(store)["GlobalSecondaryIndexes"]] == ["by-status"]


@documented(GUIDE + "Tagging.Operations.html")
def test_tags_are_added_and_taken(store: Store) -> None:
    arn = described(store)["TableArn"]
    store.db.tag_resource(ResourceArn=arn, Tags=[{"Key": "env", "Value": "dev"}, {"Key": "repo", "Value": "shop"}])
    store.db.untag_resource(ResourceArn=arn, TagKeys=["env"])
    assert store.db.list_tags_of_resource(ResourceArn=arn)["Tags"] == [{"Key": "repo", "Value": "shop"}]


@documented(API + "API_PutItem.html#DDB-PutItem-request-TableName")
def test_a_table_answers_to_its_arn(store: Store) -> None:
    arn = described(store)["TableArn"]
    store("put_item", TableName=arn, Item={"PK": "a", "SK": "1"})
    assert store("get_item", TableName=arn, Key={"PK": "a", "SK": "1"})["Item"]["PK"] == {"S": "a"}


@documented(API + "API_ConsumedCapacity.html")
def test_capacity_is_told_where_it_is_asked_for(store: Store) -> None:
    item = {"PK": "a", "SK": "1", "Text": "x" * 5000}
    assert "ConsumedCapacity" not in store("put_item", Item=item)
    written = store("put_item", Item=item, ReturnConsumedCapacity="TOTAL")["ConsumedCapacity"]
    assert written == {"TableName": TABLE, "CapacityUnits": 5.0}


@documented(API + "API_DescribeTable.html")
def test_tables_of_one_name_are_separate_by_account_and_region(store: Store) -> None:
    store("put_item", Item={"PK": "a", "SK": "1"})
    for account, region in (("222222222222", "us-east-1"), ("111111111111", "eu-west-1")):
        db = store.cloud.client("dynamodb", account, region)
        refused("ResourceNotFoundException", partial(db.scan, TableName=TABLE))
        db.create_table(**definition())
        assert db.scan(TableName=TABLE)["Count"] == 0
