"""Alarms: metric math and composite ones, which the emulator's CloudWatch keeps but its CloudFormation refuses.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-compositealarm.html
"""

from __future__ import annotations

from typing import Any

from .emulator import accepted, arn, physical_name, provisioners, refuse_existing, service, tag_list, true
from .resource_type import Properties, Provisioned, ResourceType

_SINGLE_METRIC = ("Dimensions", "ExtendedStatistic", "MetricName", "Namespace", "Period", "Statistic")
_LISTS = ("AlarmActions", "InsufficientDataActions", "OKActions")


def _taken(name: str) -> bool:
    cloudwatch = service("cloudwatch")
    return name in cloudwatch._alarms or name in cloudwatch._composite_alarms


def _name(type_name: str, logical_id: str, properties: Properties, stack_name: str) -> str:
    name: str = properties.get("AlarmName") or physical_name(stack_name, logical_id)
    if _taken(name):
        raise refuse_existing(type_name, name)
    return name


# Metric alarms


def _create_alarm(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    return _put_alarm(_name("AWS::CloudWatch::Alarm", logical_id, properties, stack_name), properties)


def _update_alarm(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Provisioned:
    del old, stack_name, logical_id
    return _put_alarm(physical_id, new)


def _put_alarm(name: str, properties: Properties) -> Provisioned:
    cloudwatch = service("cloudwatch")
    cloudwatch.cloudformation_put_metric_alarm(_alarm(name, properties))
    cloudwatch.cloudformation_set_metric_alarm_tags(name, tag_list(properties))
    return name, {"Arn": arn("cloudwatch", f"alarm:{name}")}


def _alarm(name: str, properties: Properties) -> dict[str, Any]:
    """An alarm as DescribeAlarms tells it: of one metric, or of an expression."""
    metrics = properties.get("Metrics")
    if not metrics:
        alarm: dict[str, Any] = provisioners()._cw_metric_alarm_record(name, properties)
        dropped = "Statistic" if properties.get("ExtendedStatistic") else "ExtendedStatistic"
        return {key: value for key, value in alarm.items() if key != dropped}
    filled = {key: value for key, value in properties.items() if key != "Metrics"}
    alarm = provisioners()._cw_metric_alarm_record(name, {**filled, "MetricName": "-", "Namespace": "-"})
    for key in _SINGLE_METRIC:
        del alarm[key]
    return {**alarm, "Metrics": [_query(query) for query in metrics]}


def _query(query: dict[str, Any]) -> dict[str, Any]:
    """A metric query with the numbers and booleans that a template may give as text."""
    typed = dict(query)
    if "ReturnData" in query:
        typed["ReturnData"] = true(query["ReturnData"])
    if "Period" in query:
        typed["Period"] = int(query["Period"])
    if "MetricStat" in query:
        typed["MetricStat"] = {**query["MetricStat"], "Period": int(query["MetricStat"]["Period"])}
    return typed


def _delete_alarm(physical_id: str, properties: Properties) -> None:
    provisioners()._cw_metric_alarm_delete(physical_id, properties)


# Composite alarms


def _create_composite(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    return _put_composite(_name("AWS::CloudWatch::CompositeAlarm", logical_id, properties, stack_name), properties)


def _update_composite(
    physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str
) -> Provisioned:
    del old, stack_name, logical_id
    return _put_composite(physical_id, new)


def _put_composite(name: str, properties: Properties) -> Provisioned:
    cloudwatch = service("cloudwatch")
    request = {
        "AlarmName": name,
        "AlarmRule": properties["AlarmRule"],
        "AlarmDescription": properties.get("AlarmDescription", ""),
        "ActionsEnabled": true(properties.get("ActionsEnabled", True)),
        **{key: list(properties.get(key) or []) for key in _LISTS},
    }
    accepted("CloudWatch", cloudwatch._put_composite_alarm({}, request, is_cbor=False, is_json=True))
    cloudwatch.cloudformation_set_metric_alarm_tags(name, tag_list(properties))
    return name, {"Arn": arn("cloudwatch", f"alarm:{name}")}


def _delete_composite(physical_id: str, properties: Properties) -> None:
    del properties
    request = {"AlarmNames": [physical_id]}
    accepted("CloudWatch", service("cloudwatch")._delete_alarms({}, request, is_cbor=False, is_json=True))


TYPES = {
    "AWS::CloudWatch::Alarm": ResourceType(
        create=_create_alarm,
        delete=_delete_alarm,
        update=_update_alarm,
        replaced_by=frozenset({"AlarmName"}),
        tags="list",
    ),
    "AWS::CloudWatch::CompositeAlarm": ResourceType(
        create=_create_composite,
        delete=_delete_composite,
        update=_update_composite,
        replaced_by=frozenset({"AlarmName"}),
        tags="list",
    ),
}
