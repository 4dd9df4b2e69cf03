"""Tables: what DynamoDB tells of a template's resource."""

from __future__ import annotations

from typing import Any

from tests.local.resources.lives import Cloud, Life, delete, deploy, live, refused, refused_deletion, tags

KEYS = {
    "AttributeDefinitions": [
        {"AttributeName": "id", "AttributeType": "S"},
        {"AttributeName": "user", "AttributeType": "S"},
    ],
    "BillingMode": "PAY_PER_REQUEST",
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "UserIndex",
            "KeySchema": [{"AttributeName": "user", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "TableName": "a-table",
}


def table(aws: Cloud, name: str) -> dict[str, Any]:
    dynamodb = aws.client("dynamodb")
    found = dynamodb.describe_table(TableName=name)["Table"]
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    return {
        "Backups": backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"],
        "Billing": found["BillingModeSummary"]["BillingMode"],
        "Capacity": found["ProvisionedThroughput"]["ReadCapacityUnits"],
        "Class": found["TableClassSummary"]["TableClass"],
        "Encryption": found.get("SSEDescription", {}).get("SSEType"),
        "Indexes": [index["IndexName"] for index in found["GlobalSecondaryIndexes"]],
        "Key": found["KeySchema"],
        "Protected": found["DeletionProtectionEnabled"],
        "Stream": found.get("StreamSpecification", {}).get("StreamViewType"),
        "Tags": tags(dynamodb.list_tags_of_resource(ResourceArn=found["TableArn"])["Tags"]),
        "TimeToLive": dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"],
    }


def test_a_table_is_what_its_template_says_until_it_is_deleted(aws: Cloud) -> None:
    live(
        aws,
        Life(
            "AWS::DynamoDB::Table",
            {
                **KEYS,
                "DeletionProtectionEnabled": False,
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
                "SSESpecification": {"SSEEnabled": True, "SSEType": "KMS"},
                "StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"},
                "TableClass": "STANDARD",
                "Tags": [{"Key": "Stack", "Value": "storage"}],
                "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
            },
            table,
            {
                "Backups": "ENABLED",
                "Billing": "PAY_PER_REQUEST",
                "Capacity": 0,
                "Class": "STANDARD",
                "Encryption": "KMS",
                "Indexes": ["UserIndex"],
                "Key": KEYS["KeySchema"],
                "Protected": False,
                "Stream": "NEW_AND_OLD_IMAGES",
                "Tags": {"Stack": "storage"},
                "TimeToLive": {"AttributeName": "expires_at", "TimeToLiveStatus": "ENABLED"},
            },
            {
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": False},
                "SSESpecification": None,
                "TableClass": "STANDARD_INFREQUENT_ACCESS",
                "Tags": [{"Key": "Stack", "Value": "other"}],
                "TimeToLiveSpecification": None,
            },
            {
                "Backups": "DISABLED",
                "Class": "STANDARD_INFREQUENT_ACCESS",
                "Encryption": None,
                "Indexes": ["UserIndex"],
                "Stream": "NEW_AND_OLD_IMAGES",
                "Tags": {"Stack": "other"},
            },
            ref="a-table",
            attributes={
                "Arn": "arn:aws:dynamodb:eu-west-1:111111111111:table/a-table",
                "StreamArn": r"arn:aws:dynamodb:eu-west-1:111111111111:table/a-table/stream/.+",
            },
        ),
    )


def test_a_protected_table_stays_until_its_protection_is_taken_away(aws: Cloud) -> None:
    def template(*, protected: bool) -> dict[str, Any]:
        properties = {**KEYS, "DeletionProtectionEnabled": protected}
        return {"Resources": {"It": {"Type": "AWS::DynamoDB::Table", "Properties": properties}}}

    stack = aws.stack(template(protected=True))
    assert "protected against deletion" in refused_deletion(aws, stack)
    aws.client("dynamodb").update_table(TableName="a-table", DeletionProtectionEnabled=False)
    delete(aws, stack)
    stack = aws.stack(template(protected=True))
    deploy(aws, template(protected=False), stack=stack)
    delete(aws, stack)


def test_a_table_with_a_taken_name_or_a_faulty_key_is_refused_in_the_words_of_the_service(aws: Cloud) -> None:
    template = {"Resources": {"It": {"Type": "AWS::DynamoDB::Table", "Properties": KEYS}}}
    stack = aws.stack(template)
    assert "Table already exists: a-table" in refused(aws, template)
    delete(aws, stack)
    faulty = {**KEYS, "AttributeDefinitions": KEYS["AttributeDefinitions"][:1]}
    template = {"Resources": {"It": {"Type": "AWS::DynamoDB::Table", "Properties": faulty}}}
    assert "AttributeDefinitions" in refused(aws, template)
