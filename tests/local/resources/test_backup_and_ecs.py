"""Selections of AWS Backup, and services of ECS whose counts are texts, as parameters are."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.resources.lives import ACCOUNT, Cloud, Gone, Life, live

ROLE = f"arn:aws:iam::{ACCOUNT}:role/backup"
TABLE = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/notes"
PLAN = {
    "Type": "AWS::Backup::BackupPlan",
    "Properties": {
        "BackupPlan": {
            "BackupPlanName": "daily",
            "BackupPlanRule": [{"RuleName": "daily", "TargetBackupVault": "Default"}],
        }
    },
}
CLUSTER = {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": "mqtt"}}
TASK = {
    "Type": "AWS::ECS::TaskDefinition",
    "Properties": {"Family": "mqtt", "ContainerDefinitions": [{"Name": "mqtt", "Image": "mqtt:1"}]},
}


def look_at_selection(aws: Cloud, name: str) -> dict[str, Any]:
    plan, _, selection = name.partition("_")
    try:
        found = aws.client("backup").get_backup_selection(BackupPlanId=plan, SelectionId=selection)["BackupSelection"]
    except ClientError as error:
        raise Gone from error
    return {"SelectionName": found["SelectionName"], "Resources": found["Resources"]}


def look_at_service(aws: Cloud, name: str) -> dict[str, Any]:
    try:
        found = aws.client("ecs").describe_services(cluster="mqtt", services=[name])["services"]
    except ClientError as error:
        raise Gone from error
    active = [each for each in found if each["status"] == "ACTIVE"]
    if not active:
        raise Gone
    bases = [each.get("base", 0) for each in active[0]["capacityProviderStrategy"]]
    return {"desired": active[0]["desiredCount"], "bases": bases}


LIVES = (
    Life(
        type="AWS::Backup::BackupSelection",
        properties={
            "BackupPlanId": {"Ref": "Plan"},
            "BackupSelection": {"SelectionName": "table", "IamRoleArn": ROLE, "Resources": [TABLE]},
        },
        look=look_at_selection,
        shows={"SelectionName": "table", "Resources": [TABLE]},
        beside={"Plan": PLAN},
    ),
    Life(
        type="AWS::ECS::Service",
        properties={
            "ServiceName": "mqtt",
            "Cluster": {"Ref": "Cluster"},
            "TaskDefinition": {"Ref": "Task"},
            "DesiredCount": "0",
            "CapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT", "Base": "0", "Weight": "1"}],
        },
        look=look_at_service,
        shows={"desired": 0, "bases": [0]},
        change={"CapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT", "Base": "1", "Weight": "1"}]},
        then_shows={"desired": 0, "bases": [1]},
        beside={"Cluster": CLUSTER, "Task": TASK},
    ),
)


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.type)
def test_it_is_made_changed_and_removed(aws: Cloud, life: Life) -> None:
    live(aws, life)
