"""The alarms that roll a deployment back."""

import json
import re

import pytest

from tests.tap.reading import Templates, resources

MOST_TRIGGERS = 5
"""CloudFormation API Reference, RollbackConfiguration."""


@pytest.mark.requirement("TAP-17", "TAP-D01")
def test_there_is_a_trigger_for_each_stack_with_a_signal_and_not_too_many(templates: Templates) -> None:
    """a stack fails unnoticed, or the operation refuses more than five triggers"""
    triggers = {title for _, title, _ in resources(templates, "AWS::CloudWatch::CompositeAlarm")}
    assert triggers == {"DatabaseTrigger", "ComputeTrigger", "MigrationTrigger", "StorageTrigger"}
    assert len(triggers) <= MOST_TRIGGERS
    outputs = {each["Value"]["Fn::GetAtt"][0] for each in templates["guard-stack"]["Outputs"].values()}
    assert outputs == triggers


@pytest.mark.requirement("TAP-D02")
def test_the_guard_refers_to_no_resource_of_the_platform(templates: Templates) -> None:
    """the alarms need what they watch to exist, so the first creation has no triggers and fails"""
    parameters = set(templates["guard-stack"]["Parameters"])
    assert parameters == {"EnvironmentSuffix", "LambdaErrorRateThreshold", "DatabaseConnectionAlarmThreshold"}


@pytest.mark.requirement("TAP-D02", "TAP-14")
def test_the_names_that_the_guard_watches_are_those_that_the_stacks_give(templates: Templates) -> None:
    """a resource is renamed and its trigger watches nothing"""
    given = {
        each["Properties"][key]["Fn::Sub"]
        for kind, key in (
            ("AWS::Lambda::Function", "FunctionName"),
            ("AWS::RDS::DBCluster", "DBClusterIdentifier"),
            ("AWS::DynamoDB::Table", "TableName"),
        )
        for _, _, each in resources(templates, kind)
    }
    text = json.dumps(templates["guard-stack"]["Resources"])
    watched = set(re.findall(r'"Value": \{"Fn::Sub": "([^"]+)"\}', text))
    assert watched == {
        "transaction-validator-${EnvironmentSuffix}",
        "schema-migration-${EnvironmentSuffix}",
        "aurora-cluster-${EnvironmentSuffix}",
        "sessions-${EnvironmentSuffix}",
    }
    assert watched <= given


@pytest.mark.requirement("TAP-D43", "TAP-14")
def test_crowded_connections_roll_back_only_together_with_failures(templates: Templates) -> None:
    """load alone rolls a good release back"""
    own = templates["guard-stack"]["Resources"]
    rule, names = own["DatabaseTrigger"]["Properties"]["AlarmRule"]["Fn::Sub"]
    assert rule == 'ALARM("${Signal1}") AND (ALARM("${Signal2}") OR ALARM("${Signal3}"))'
    assert [each["Ref"] for each in names.values()] == [
        "DatabaseConnections",
        "ValidatorErrorRate",
        "ValidatorDuration",
    ]
    rule, _ = own["ComputeTrigger"]["Properties"]["AlarmRule"]["Fn::Sub"]
    assert rule == 'ALARM("${Signal1}") OR ALARM("${Signal2}")'


@pytest.mark.requirement("TAP-15", "TAP-47")
def test_thresholds_are_parameters_and_one_bad_minute_is_enough(templates: Templates) -> None:
    """the threshold cannot be set, or the failure shows after the monitoring time"""
    own = templates["guard-stack"]["Resources"]
    assert own["ValidatorErrorRate"]["Properties"]["Threshold"] == {"Ref": "LambdaErrorRateThreshold"}
    assert own["DatabaseConnections"]["Properties"]["Threshold"] == {"Ref": "DatabaseConnectionAlarmThreshold"}
    for _, title, alarm in resources({"guard-stack": templates["guard-stack"]}, "AWS::CloudWatch::Alarm"):
        properties = alarm["Properties"]
        periods = {each["MetricStat"]["Period"] for each in properties.get("Metrics", []) if "MetricStat" in each}
        assert (periods or {properties["Period"]}) == {60}, title
        assert properties["EvaluationPeriods"] == 1
        assert properties["ComparisonOperator"] == "GreaterThanThreshold"


def test_no_two_alarms_of_an_environment_share_a_name(templates: Templates) -> None:
    names = [
        each["Properties"]["AlarmName"]["Fn::Sub"]
        for kind in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
        for _, _, each in resources(templates, kind)
    ]
    assert len(names) == len(set(names)) == 19


@pytest.mark.requirement("TAP-14")
def test_the_database_trigger_says_something_that_the_validators_does_not(templates: Templates) -> None:
    """the connections have no influence, because the other trigger has always gone off already"""
    own = templates["guard-stack"]["Resources"]
    compute = {each["Ref"] for each in own["ComputeTrigger"]["Properties"]["AlarmRule"]["Fn::Sub"][1].values()}
    assert compute == {"ValidatorErrorRate", "ValidatorThrottles"}  # slowness is no trigger of its own


def test_throttles_of_the_index_are_counted_too(templates: Templates) -> None:
    queries = templates["guard-stack"]["Resources"]["SessionThrottles"]["Properties"]["Metrics"]
    indexes = [
        dimension["Value"]
        for each in queries
        if "MetricStat" in each
        for dimension in each["MetricStat"]["Metric"]["Dimensions"]
        if dimension["Name"] == "GlobalSecondaryIndexName"
    ]
    assert indexes == ["UserIdIndex", "UserIdIndex"]
