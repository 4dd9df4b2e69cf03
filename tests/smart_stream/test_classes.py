"""What each class of environments has, evaluated with what it is given."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stackgen.review.evaluation.symbols import Attribute
from tests.smart_stream.conftest import Made
from tests.smart_stream.deployment import CLASSES

ALARM, VPC, SERVICE = "AWS::CloudWatch::Alarm", "AWS::EC2::VPC", "AWS::ECS::Service"
LISTENER = {
    "ECSCluster", "MQTTExecutionRole", "MQTTLogGroup", "MQTTSecurityGroup", "MQTTService", "MQTTTaskDefinition",
    "MQTTTaskPolicy", "MQTTTaskRole",
}  # fmt: skip
DELIVERY = {"CloudFrontDistribution", "DeepLinks", "OriginAccessControl"}
BACKUP = {"BackupPlan", "BackupRole", "BackupSelection", "BackupVault"}
DATA = ("DynamoDBTable", "AudioBucket", "UIBucket")


def of_type(found: Any, kind: str) -> set[str]:
    return {name for name, each in found.items() if each.type == kind}


@pytest.mark.requirement("SS-10", "SS-18", "SS-19")
@pytest.mark.parametrize("name", CLASSES)
def test_every_class_has_listener_and_cloudfront_until_they_are_switched_off(made: Made, name: str) -> None:
    """a pull request lacks what production has, or a switch leaves something behind"""
    assert set(made(name)) >= LISTENER | DELIVERY
    without = made(name, EnableMQTT="false", EnableCloudFront="false")
    assert not set(without) & (LISTENER | DELIVERY)
    assert not of_type(without, VPC)


@pytest.mark.requirement("SS-44", "SS-D44", "SS-D49")
def test_production_has_its_alarms_and_no_other_class_any(made: Made) -> None:
    """an alarm of production is missing, or a pull request wakes somebody"""
    production = made("prod")
    assert of_type(production, ALARM) == {
        "FunctionErrorsAlarm", "ApiErrorsAlarm", "TableThrottlesAlarm", "TaskStoppedAlarm", "ListenerSilentAlarm",
        "BillingAlarm",
    }  # fmt: skip
    assert (production["FunctionErrorsAlarm"].properties["Threshold"]) == 5
    assert (production["ApiErrorsAlarm"].properties["Threshold"]) == 1
    pattern = production["StoppedTasks"].properties["EventPattern"]["detail"]
    assert pattern["stopCode"] == [{"anything-but": ["ServiceSchedulerInitiated", "UserInitiated", "SpotInterruption"]}]
    for name in ("dev", "pr-7"):
        assert not of_type(made(name), ALARM)
        assert not {"AlarmTopic", "MonthlyBudget", "StoppedTasks"} & set(made(name))
    assert "TaskStoppedAlarm" not in made("prod", EnableMQTT="false")


@pytest.mark.requirement("SS-D43")
def test_the_apis_errors_are_counted_by_the_names_of_http_apis(made: Made) -> None:
    """the alarm looks at 5XXError, which an HTTP API does not have, and so never rings"""
    metrics = made("prod")["ApiErrorsAlarm"].properties["Metrics"]
    assert [each["MetricStat"]["Metric"]["MetricName"] for each in metrics[:2]] == ["5xx", "Count"]
    assert [each["Name"] for each in metrics[0]["MetricStat"]["Metric"]["Dimensions"]] == ["ApiId"]
    assert metrics[2]["Expression"] == "IF(whole > 0, 100 * part / whole, 0)"


@pytest.mark.requirement("SS-41", "SS-D38", "SS-D39")
def test_somebody_is_told_when_all_environments_cost_too_much(made: Made) -> None:
    """the budget is of one environment, tells nobody, or the bill is looked for where it is not counted"""
    budget = made("prod")["MonthlyBudget"].properties
    assert budget["Budget"]["BudgetLimit"] == {"Amount": "50", "Unit": "USD"}
    assert budget["Budget"]["FilterExpression"]["Tags"]["Key"] == "Project"
    told = budget["NotificationsWithSubscribers"]
    assert {(each["Notification"]["NotificationType"], each["Notification"]["Threshold"]) for each in told} == {
        ("ACTUAL", 80), ("ACTUAL", 100),
    }  # fmt: skip
    assert len(told) == 2
    for each in told:
        (reader,) = each["Subscribers"]
        assert reader["SubscriptionType"] == "SNS"
        assert isinstance(reader["Address"], Attribute)
        assert reader["Address"].logical_id == "AlarmTopic"
    bill = made("prod")["BillingAlarm"].properties
    assert bill["Dimensions"] == [{"Name": "Currency", "Value": "USD"}]
    assert (bill["Namespace"], bill["MetricName"], bill["Period"]) == ("AWS/Billing", "EstimatedCharges", 21_600)
    assert "BillingAlarm" not in made("prod", region="eu-west-1")
    assert "MonthlyBudget" in made("prod", region="eu-west-1")


@pytest.mark.requirement("SS-09", "SS-D37")
def test_dev_alone_is_backed_up_daily(made: Made) -> None:
    """dev has no backup, or a pull request pays for one"""
    assert set(made("dev")) >= BACKUP
    (rule,) = made("dev")["BackupPlan"].properties["BackupPlan"]["BackupPlanRule"]
    assert rule["ScheduleExpression"] == "cron(0 4 * * ? *)"
    assert rule["Lifecycle"] == {"DeleteAfterDays": 7}
    for name in ("prod", "pr-7"):
        assert not set(made(name)) & BACKUP


@pytest.mark.requirement("SS-16", "SS-08")
@pytest.mark.parametrize(("name", "kept"), [("prod", "true"), ("dev", "false"), ("pr-7", "false")])
def test_the_table_is_on_demand_and_recoverable_in_production(made: Made, name: str, kept: str) -> None:
    """production cannot be brought back, or the cleanup of a pull request stops at a protected table"""
    table = made(name)["DynamoDBTable"].properties
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": kept}
    assert table["DeletionProtectionEnabled"] == kept
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert [each["AttributeName"] for each in table["KeySchema"]] == ["PK", "SK"]


@pytest.mark.requirement("SS-D35", "SS-D36")
def test_productions_data_stays_and_all_other_data_goes(template: dict[str, Any]) -> None:
    """a deletion takes production's data, or a pull request leaves its own behind"""
    kept = {"Fn::If": ["IsProduction", "Retain", "Delete"]}
    assert "AWS::LanguageExtensions" in template["Transform"][0]
    for name in DATA:
        assert template["Resources"][name]["DeletionPolicy"] == kept
        assert template["Resources"][name]["UpdateReplacePolicy"] == kept
    others = [
        each
        for name, each in template["Resources"].items()
        if name not in {*DATA, "AudioBucketPolicy", "UIBucketPolicy"}
    ]
    assert {each["DeletionPolicy"] for each in others} == {"Delete"}


@pytest.mark.requirement("SS-17", "SS-D57", "SS-D48")
def test_audio_keeps_versions_in_production_and_a_pull_requests_data_expires(made: Made) -> None:
    """an overwritten track is lost in production, or data of a pull request vanishes while it is open"""
    for name, versions in (("prod", "Enabled"), ("dev", "Suspended"), ("pr-7", "Suspended")):
        bucket = made(name)["AudioBucket"].properties
        assert bucket["VersioningConfiguration"] == {"Status": versions}
        rules = {each["Id"]: each for each in bucket["LifecycleConfiguration"]["Rules"]}
        assert rules["noncurrent"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
        assert ("pull-request-data" in rules) is (name == "pr-7")
        (cors,) = bucket["CorsConfiguration"]["CorsRules"]
        assert (cors["AllowedMethods"], cors["AllowedOrigins"], cors["MaxAge"]) == (["GET", "HEAD"], ["*"], 3600)
    assert rules["pull-request-data"]["ExpirationInDays"] == 30


@pytest.mark.requirement("SS-23", "SS-14", "SS-D20")
@pytest.mark.parametrize(
    ("name", "debug", "level"), [("prod", "false", "warning"), ("dev", "true", "info"), ("pr-7", "true", "debug")]
)
def test_function_and_listener_are_told_where_they_are(made: Made, name: str, debug: str, level: str) -> None:
    """production tells everything, or the two parts of an environment do not see the same table"""
    function = made(name)["ApiFunction"].properties["Environment"]["Variables"]
    (container,) = made(name)["MQTTTaskDefinition"].properties["ContainerDefinitions"]
    listener = {each["Name"]: each["Value"] for each in container["Environment"]}
    for each in (function, listener):
        assert (each["ENVIRONMENT"], each["DEBUG"], each["LOG_LEVEL"]) == (name, debug, level)
    assert function["DYNAMODB_TABLE"] == listener["DYNAMODB_TABLE"]
    assert {"S3_AUDIO_BUCKET", "S3_UI_BUCKET", "YOTO_CLIENT_ID"} <= set(function)
    assert listener["MQTT_CLIENT_ID"] == f"smart-stream-{name}"


@pytest.mark.requirement("SS-19", "SS-D27")
@pytest.mark.parametrize(("name", "days"), [("prod", 30), ("dev", 7), ("pr-7", 7)])
def test_every_log_is_declared_and_ends(made: Made, name: str, days: int) -> None:
    """a log is made by who writes to it, and stays for ever"""
    groups = {
        each.properties["LogGroupName"]: each.properties
        for each in made(name).values()
        if each.type == "AWS::Logs::LogGroup"
    }
    assert set(groups) == {f"/aws/lambda/yoto-api-{name}", f"/aws/apigateway/yoto-api-{name}", f"/ecs/yoto-mqtt-{name}"}
    assert {each["RetentionInDays"] for each in groups.values()} == {days}


@pytest.mark.requirement("SS-D07", "SS-D09", "SS-21")
def test_production_has_a_network_in_two_zones_and_the_others_share_one(made: Made, template: dict[str, Any]) -> None:
    """production's listener has one zone to be in, or the sixth pull request finds no VPC left"""
    assert of_type(made("prod"), "AWS::EC2::Subnet") == {"PublicSubnetA", "PublicSubnetB"}
    zones = [template["Resources"][f"PublicSubnet{zone}"]["Properties"]["AvailabilityZone"] for zone in "AB"]
    assert zones[0] != zones[1]
    for name in ("dev", "pr-7"):
        assert not of_type(made(name), VPC)
        assert {"CreateVpc"} == {each["Condition"] for each in template["Resources"].values() if each["Type"] == VPC}


@pytest.mark.requirement("SS-43", "SS-D41", "SS-D42")
def test_every_class_has_a_dashboard_and_production_counts_for_money(made: Made) -> None:
    """a group of figures is missing, or a pull request pays for metrics"""
    bodies = {name: json.dumps(made(name)["Dashboard"].properties["DashboardBody"], default=str) for name in CLASSES}
    for body in bodies.values():
        for figure in ("Invocations", "Errors", "Duration", "4xx", "5xx", "Latency", "ConsumedReadCapacityUnits",
                       "ReadThrottleEvents", "CPUUtilization", "MemoryUtilization"):  # fmt: skip
            assert figure in body
    for figure in ("RunningTaskCount", "AllRequests", "BytesDownloaded", "Heartbeats"):
        assert [figure in bodies[name] for name in CLASSES] == [True, False, False]
    assert ["ColdStarts" in bodies[name] for name in CLASSES] == [True, True, False]
    insights = [made(name)["ECSCluster"].properties["ClusterSettings"][0]["Value"] for name in CLASSES]
    assert insights == ["enabled", "disabled", "disabled"]
    assert ["MetricsConfigurations" in made(name)["AudioBucket"].properties for name in CLASSES] == [True, False, False]
    assert ["ColdStartsFilter" in made(name) for name in CLASSES] == [True, True, False]


@pytest.mark.requirement("SS-07", "SS-04", "SS-D21")
def test_every_name_is_its_environments_own(made: Made) -> None:
    """two environments want one name, or a bucket one of another account"""
    named = {
        "ApiFunction": ("FunctionName", "yoto-api-{}"), "DynamoDBTable": ("TableName", "yoto-smart-stream-{}"),
        "AudioBucket": ("BucketName", "yoto-audio-{}-111111111111"),
        "UIBucket": ("BucketName", "yoto-ui-{}-111111111111"),
        "ECSCluster": ("ClusterName", "yoto-mqtt-{}"), "MQTTService": ("ServiceName", "yoto-mqtt-{}"),
        "MQTTTaskDefinition": ("Family", "yoto-mqtt-{}"), "Dashboard": ("DashboardName", "yoto-{}"),
    }  # fmt: skip
    for name in CLASSES:
        for title, (key, pattern) in named.items():
            assert made(name)[title].properties[key] == pattern.format(name)
        assert not [each.address for each in made(name).values() if "RoleName" in each.properties]
