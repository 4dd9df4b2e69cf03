"""Tables that do not exist, that exist already, and what a table may be called."""

from __future__ import annotations

import pytest

from tests.local.dynamodb.store import API, GUIDE, TABLE, Item, Store, build, definition, documented, key, refused

ELSEWHERE = "dev-nowhere"


@documented(API + "API_PutItem.html#API_PutItem_Errors")
@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("put_item", {"TableName": ELSEWHERE, "Item": build()}),
        ("get_item", {"TableName": ELSEWHERE, "Key": key()}),
        ("update_item", {"TableName": ELSEWHERE, "Key": key(), "UpdateExpression": "REMOVE Gone"}),
        ("delete_item", {"TableName": ELSEWHERE, "Key": key()}),
        ("scan", {"TableName": ELSEWHERE}),
        ("describe_table", {"TableName": ELSEWHERE}),
        ("update_table", {"TableName": ELSEWHERE, "DeletionProtectionEnabled": True}),
        ("delete_table", {"TableName": ELSEWHERE}),
        ("describe_time_to_live", {"TableName": ELSEWHERE}),
        (
            "update_time_to_live",
            {"TableName": ELSEWHERE, "TimeToLiveSpecification": {"Enabled": False, "AttributeName": "t"}},
        ),
        ("batch_get_item", {"RequestItems": {ELSEWHERE: {"Keys": [key()]}}}),
        ("batch_write_item", {"RequestItems": {ELSEWHERE: [{"DeleteRequest": {"Key": key()}}]}}),
        ("transact_write_items", {"TransactItems": [{"Delete": {"TableName": ELSEWHERE, "Key": key()}}]}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_table_that_does_not_exist_is_not_found(store: Store, operation: str, parameters: Item) -> None:
    refused("ResourceNotFoundException", lambda: getattr(store.db, operation)(**parameters))


@documented(API + "API_DescribeContinuousBackups.html#API_DescribeContinuousBackups_Errors")
def test_backups_of_a_table_that_does_not_exist_have_an_error_of_their_own(store: Store) -> None:
    refused("TableNotFoundException", lambda: store.db.describe_continuous_backups(TableName=ELSEWHERE))


@documented(API + "API_CreateTable.html#API_CreateTable_Errors")
def test_a_table_that_exists_already_is_in_use(store: Store) -> None:
    refused("ResourceInUseException", lambda: store.db.create_table(**definition()), TABLE)


@documented(GUIDE + "HowItWorks.NamingRulesDataTypes.html#HowItWorks.NamingRules")
@pytest.mark.parametrize("name", ["ab", "x" * 256, "dev builds", "dev/builds"])
def test_a_table_is_not_called(store: Store, name: str) -> None:
    refused("ValidationException", lambda: store.db.create_table(**definition(name)), "at 'tableName' failed")


@documented(GUIDE + "HowItWorks.NamingRulesDataTypes.html#HowItWorks.NamingRules")
@pytest.mark.parametrize("name", ["abc", "x" * 255, "dev-aws.deployer--Locks_1"])
def test_a_table_may_be_called(store: Store, name: str) -> None:
    store.db.create_table(**definition(name))
    assert name in store.db.list_tables()["TableNames"]
