"""A deployment that fails leaves what was there before, and one that was the first leaves nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stackgen.local.cloud import Cloud
from stackgen.local.faults import Fail
from tests.deploy.typed import Typed
from tests.smart_stream.deployment import ACCOUNT, REGION, TOLD, SmartStream
from tests.smart_stream.project import KEY, typed_in
from tests.smart_stream.rights import BASE

IMAGES = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/yoto-mqtt"
NEXT_KEY = "api/fedcba9876543210.zip"
OLD, NEW = (f"{IMAGES}:1.0.0", KEY), (f"{IMAGES}:2.0.0", NEXT_KEY)
BROKEN = {
    "the function": "update:AWS::Lambda::Function",
    "the service, whose circuit breaker opens": "update:AWS::ECS::Service",
    "a new task": "update:AWS::ECS::TaskDefinition",
}


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Typed]:
    with Cloud() as cloud:
        typed = typed_in(tmp_path / "project", cloud, monkeypatch, capsys)
        typed.patch.setenv("STACKGEN_PARAM_AlarmEmail", TOLD)
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as archive:
            archive.writestr("handler.py", "def handler(event, context):\n    return {'statusCode': 204}\n")
        s3 = cloud.client("s3", ACCOUNT, REGION)
        s3.put_object(Bucket=f"{BASE}-prod", Key=NEXT_KEY, Body=package.getvalue())
        yield typed


def deploy(typed: Typed, what: tuple[str, str], environment: str = "smart-stream-prod") -> Any:
    image, key = what
    return typed.run("deploy", "-e", environment, "-p", f"ImageUri={image}", "-p", f"CodeKey={key}", "--yes")


def service_of(stream: SmartStream, name: str) -> Any:
    """The listener's service of an environment."""
    found = stream.client("ecs").describe_services(cluster=f"yoto-mqtt-{name}", services=[f"yoto-mqtt-{name}"])
    (service,) = found["services"]
    return service


def running(stream: SmartStream) -> tuple[str, str, str]:
    """What the service of production runs, which package its stack has, and the digest of its function's code."""
    service = service_of(stream, "prod")
    task = stream.client("ecs").describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
    given = {each["ParameterKey"]: each["ParameterValue"] for each in stream.shown("prod")["Parameters"]}
    function = stream.client("lambda").get_function(FunctionName="yoto-api-prod")["Configuration"]
    return task["containerDefinitions"][0]["image"], given["CodeKey"], function["CodeSha256"]


@pytest.mark.requirement("SS-39", "SS-D33", "SS-D34")
@pytest.mark.parametrize("fault", BROKEN.values(), ids=BROKEN)
def test_a_deployment_that_fails_leaves_what_ran_before_and_the_next_one_works(typed: Typed, fault: str) -> None:
    """a bad package or image stays in production, or nothing can be deployed after it"""
    stream = SmartStream(typed.cloud)
    assert deploy(typed, OLD).code == 0
    before = running(stream)
    assert before[:2] == OLD
    table = stream.client("dynamodb")
    table.put_item(TableName="yoto-smart-stream-prod", Item={"PK": {"S": "USER#admin"}, "SK": {"S": "PROFILE"}})
    typed.cloud.faults.add(fault, Fail("InvalidRequest", "planted: it does not come up"), times=1)
    ran = deploy(typed, NEW)
    assert (ran.code, "planted: it does not come up" in ran.out + ran.err) == (5, True), ran.err
    assert stream.shown("prod")["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert running(stream) == before
    assert table.scan(TableName="yoto-smart-stream-prod")["Count"] == 1
    assert deploy(typed, NEW).code == 0
    after = running(stream)
    assert (after[:2], after[2] != before[2]) == (NEW, True)


FIRST = {
    "the table": "create:AWS::DynamoDB::Table",
    "the function": "create:AWS::Lambda::Function",
    "the service": "create:AWS::ECS::Service",
}


@pytest.mark.requirement("SS-39", "SS-D33", "SS-D56")
@pytest.mark.parametrize("fault", FIRST.values(), ids=FIRST)
def test_a_first_deployment_that_fails_leaves_nothing_and_is_made_anew(typed: Typed, fault: str) -> None:
    """a pull request whose first deployment failed can never be deployed, or its buckets stay"""
    stream = SmartStream(typed.cloud)
    typed.cloud.faults.add(fault, Fail("InvalidRequest", "planted: it does not come up"), times=1)
    ran = deploy(typed, OLD, "smart-stream-dev")
    assert (ran.code, "planted: it does not come up" in ran.out + ran.err) == (5, True), ran.err
    assert stream.client("dynamodb").list_tables()["TableNames"] == []
    buckets = {each["Name"] for each in stream.client("s3").list_buckets()["Buckets"]}
    assert not [each for each in buckets if each.startswith(("yoto-audio-", "yoto-ui-"))]
    assert stream.client("lambda").list_functions()["Functions"] == []
    assert deploy(typed, OLD, "smart-stream-dev").code == 0
    assert stream.shown("dev")["StackStatus"] == "CREATE_COMPLETE"


@pytest.mark.requirement("SS-08", "SS-D07", "SS-D35")
def test_production_as_it_is_deployed_is_always_on_protected_watched_and_in_two_zones(typed: Typed) -> None:
    """production's stack can be deleted by mistake, cannot be brought back, or has one zone, or nobody looks at it"""
    stream = SmartStream(typed.cloud)
    assert deploy(typed, OLD).code == 0
    assert stream.shown("prod")["EnableTerminationProtection"] is True
    dynamodb, name = stream.client("dynamodb"), "yoto-smart-stream-prod"
    assert dynamodb.describe_table(TableName=name)["Table"]["DeletionProtectionEnabled"] is True
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    versions = stream.client("s3").get_bucket_versioning(Bucket=f"yoto-audio-prod-{ACCOUNT}")
    assert versions["Status"] == "Enabled"
    (service,) = stream.client("ecs").describe_services(cluster="yoto-mqtt-prod", services=["yoto-mqtt-prod"])[
        "services"
    ]
    assert service["desiredCount"] == 1
    assert {each["capacityProvider"]: each.get("base") for each in service["capacityProviderStrategy"]}["FARGATE"] == 1
    placed = service["networkConfiguration"]["awsvpcConfiguration"]["subnets"]
    zones = {each["AvailabilityZone"] for each in stream.client("ec2").describe_subnets(SubnetIds=placed)["Subnets"]}
    assert len(zones) == len(placed) == 2
    watched = stream.client("cloudwatch")
    assert [each["DashboardName"] for each in watched.list_dashboards()["DashboardEntries"]] == ["yoto-prod"]
    assert len(watched.describe_alarms()["MetricAlarms"]) == 6


@pytest.mark.requirement("SS-09", "SS-D37", "SS-44")
def test_dev_as_it_is_deployed_is_always_on_backed_up_daily_and_wakes_nobody(typed: Typed) -> None:
    """dev stays behind a protection that nobody wants, has no backup, or wakes somebody"""
    stream = SmartStream(typed.cloud)
    assert deploy(typed, OLD, "smart-stream-dev").code == 0
    assert stream.shown("dev").get("EnableTerminationProtection", False) is False
    backups = stream.client("dynamodb").describe_continuous_backups(TableName="yoto-smart-stream-dev")
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "DISABLED"
    assert service_of(stream, "dev")["desiredCount"] == 1
    backup = stream.client("backup")
    (plan,) = backup.list_backup_plans()["BackupPlansList"]
    (rule,) = backup.get_backup_plan(BackupPlanId=plan["BackupPlanId"])["BackupPlan"]["Rules"]
    assert rule["ScheduleExpression"] == "cron(0 4 * * ? *)"
    (chosen,) = backup.list_backup_selections(BackupPlanId=plan["BackupPlanId"])["BackupSelectionsList"]
    selection = backup.get_backup_selection(BackupPlanId=plan["BackupPlanId"], SelectionId=chosen["SelectionId"])
    arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/yoto-smart-stream-dev"
    assert selection["BackupSelection"]["Resources"] == [arn]
    watched = stream.client("cloudwatch")
    assert [each["DashboardName"] for each in watched.list_dashboards()["DashboardEntries"]] == ["yoto-dev"]
    assert watched.describe_alarms()["MetricAlarms"] == []
