"""Alarms: what CloudWatch tells of a template's resources."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.resources.lives import Cloud, Life, delete, first, live, refused, refused_deletion, tags

TOPIC = "arn:aws:sns:eu-west-1:111111111111:a-topic"
SINGLE = {
    "AlarmName": "an-alarm",
    "ComparisonOperator": "GreaterThanThreshold",
    "EvaluationPeriods": 5,
    "MetricName": "Duration",
    "Namespace": "AWS/Lambda",
    "Period": 60,
    "Statistic": "Sum",
    "Threshold": 0,
}
CHILD = {"Type": "AWS::CloudWatch::Alarm", "Properties": {**SINGLE, "AlarmName": "a-child"}}
TAGGED = {"Tags": [{"Key": "Stack", "Value": "guard"}]}
RETAGGED = {"Tags": [{"Key": "Stack", "Value": "other"}]}


def alarm(aws: Cloud, name: str) -> dict[str, Any]:
    cloudwatch = aws.client("cloudwatch")
    both = cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    found = first([*both["MetricAlarms"], *both["CompositeAlarms"]])
    return {**found, "Tags": tags(cloudwatch.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"])}


def metric(identifier: str, name: str, period: object) -> dict[str, Any]:
    return {
        "Id": identifier,
        "MetricStat": {"Metric": {"MetricName": name, "Namespace": "AWS/Lambda"}, "Period": period, "Stat": "Sum"},
        "ReturnData": False,
    }


RATE = {"Expression": "100 * errors / invocations", "Id": "rate", "Label": "Errors", "ReturnData": True}
LIVES = {
    "of one metric": Life(
        "AWS::CloudWatch::Alarm",
        {
            **SINGLE,
            **TAGGED,
            "AlarmActions": [TOPIC],
            "AlarmDescription": "an alarm",
            "DatapointsToAlarm": 3,
            "Dimensions": [{"Name": "FunctionName", "Value": "a-function"}],
            "ExtendedStatistic": "p95",
            "OKActions": [TOPIC],
            "Statistic": None,
            "Threshold": "5000",
            "TreatMissingData": "notBreaching",
        },
        alarm,
        {
            "ActionsEnabled": True,
            "AlarmActions": [TOPIC],
            "AlarmDescription": "an alarm",
            "ComparisonOperator": "GreaterThanThreshold",
            "DatapointsToAlarm": 3,
            "Dimensions": [{"Name": "FunctionName", "Value": "a-function"}],
            "EvaluationPeriods": 5,
            "ExtendedStatistic": "p95",
            "MetricName": "Duration",
            "Namespace": "AWS/Lambda",
            "OKActions": [TOPIC],
            "Period": 60,
            "Statistic": None,
            "Tags": {"Stack": "guard"},
            "Threshold": 5000.0,
            "TreatMissingData": "notBreaching",
        },
        {**RETAGGED, "AlarmActions": None, "Threshold": 100},
        {"AlarmActions": [], "OKActions": [TOPIC], "Tags": {"Stack": "other"}, "Threshold": 100.0},
        ref="an-alarm",
        attributes={"Arn": "arn:aws:cloudwatch:eu-west-1:111111111111:alarm:an-alarm"},
    ),
    "of an expression": Life(
        "AWS::CloudWatch::Alarm",
        {
            **TAGGED,
            "AlarmName": "an-alarm",
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 3,
            "Metrics": [metric("errors", "Errors", "60"), metric("invocations", "Invocations", 60), RATE],
            "Threshold": 5,
        },
        alarm,
        {
            "EvaluationPeriods": 3,
            "MetricName": None,
            "Metrics": [metric("errors", "Errors", 60), metric("invocations", "Invocations", 60), RATE],
            "Namespace": None,
            "Period": None,
            "Statistic": None,
            "Tags": {"Stack": "guard"},
            "Threshold": 5.0,
        },
        {"Metrics": [metric("errors", "Errors", 60), {**RATE, "Expression": "errors"}], "Threshold": 6},
        {"Metrics": [metric("errors", "Errors", 60), {**RATE, "Expression": "errors"}], "Threshold": 6.0},
        ref="an-alarm",
    ),
    "of other alarms": Life(
        "AWS::CloudWatch::CompositeAlarm",
        {
            **TAGGED,
            "ActionsEnabled": True,
            "AlarmDescription": "a trigger",
            "AlarmName": "a-trigger",
            "AlarmRule": {"Fn::Sub": 'ALARM("${Child}")'},
        },
        alarm,
        {
            "ActionsEnabled": True,
            "AlarmDescription": "a trigger",
            "AlarmRule": 'ALARM("a-child")',
            "StateValue": "OK",
            "Tags": {"Stack": "guard"},
        },
        {**RETAGGED, "ActionsEnabled": "false", "AlarmRule": {"Fn::Sub": 'NOT OK("${Child}")'}},
        {"ActionsEnabled": False, "AlarmRule": 'NOT OK("a-child")', "StateValue": "ALARM", "Tags": {"Stack": "other"}},
        ref="a-trigger",
        attributes={"Arn": "arn:aws:cloudwatch:eu-west-1:111111111111:alarm:a-trigger"},
        beside={"Child": CHILD},
    ),
}


@pytest.mark.parametrize("life", LIVES.values(), ids=LIVES)
def test_an_alarm_is_what_its_template_says_until_it_is_deleted(aws: Cloud, life: Life) -> None:
    live(aws, life)


def test_a_composite_alarm_follows_its_children_also_one_on_metric_math(aws: Cloud) -> None:
    expression = {**LIVES["of an expression"].properties, "AlarmName": "a-child"}
    trigger = {"AlarmName": "a-trigger", "AlarmRule": {"Fn::Sub": 'ALARM("${Child}")'}}
    child = {"Type": "AWS::CloudWatch::Alarm", "Properties": expression}
    it = {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": trigger}
    stack = aws.stack({"Resources": {"Child": child, "It": it}})
    aws.client("cloudwatch").set_alarm_state(AlarmName="a-child", StateValue="ALARM", StateReason="a test")
    assert alarm(aws, "a-trigger")["StateValue"] == "ALARM"
    delete(aws, stack)


def test_a_composite_alarm_over_alarms_that_do_not_exist_is_refused(aws: Cloud) -> None:
    properties = {"AlarmName": "a-trigger", "AlarmRule": 'ALARM("nobody")'}
    it = {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": properties}
    assert "Could not save the composite alarm" in refused(aws, {"Resources": {"It": it}})


def test_an_alarm_that_a_composite_one_needs_stays(aws: Cloud) -> None:
    children = aws.stack({"Resources": {"It": CHILD}})
    properties = {"AlarmName": "a-trigger", "AlarmRule": 'ALARM("a-child")'}
    it = {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": properties}
    trigger = aws.stack({"Resources": {"It": it}})
    assert "composite alarm(s) depending on it" in refused_deletion(aws, children)
    delete(aws, trigger)
    delete(aws, children)


def test_an_alarm_with_a_taken_name_is_refused(aws: Cloud) -> None:
    stack = aws.stack({"Resources": {"It": CHILD}})
    assert "identifier 'a-child' already exists" in refused(aws, {"Resources": {"Again": CHILD}})
    delete(aws, stack)
