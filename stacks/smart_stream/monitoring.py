"""What an environment shows of itself: a dashboard, and the figures that CloudWatch does not keep by itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from troposphere import And, Equals, Or, Sub, cloudwatch, logs

from stackgen import Condition

from .parameters import SwitchParameters

if TYPE_CHECKING:
    from collections.abc import Sequence

MINUTE = 60
WIDTH, HEIGHT, ACROSS = 12, 6, 24
NAMESPACE = "SmartStream/${Environment}"
FUNCTION = {"FunctionName": "${ApiFunction}"}
API = {"ApiId": "${HttpApi}"}
TABLE = {"TableName": "${DynamoDBTable}"}
SERVICE = {"ClusterName": "yoto-mqtt-${Environment}", "ServiceName": "yoto-mqtt-${Environment}"}
AUDIO = {"BucketName": "${AudioBucket}", "FilterId": "all"}
ENVIRONMENT: dict[str, str] = {}

Figure = tuple[str, str, dict[str, str], str]
"""Namespace, name, dimensions, statistic."""

MINIMAL: dict[str, Sequence[Figure]] = {
    "Function": (
        ("AWS/Lambda", "Invocations", FUNCTION, "Sum"),
        ("AWS/Lambda", "Errors", FUNCTION, "Sum"),
    ),
    "Function, milliseconds": (("AWS/Lambda", "Duration", FUNCTION, "p95"),),
    "API": (
        ("AWS/ApiGateway", "Count", API, "Sum"),
        ("AWS/ApiGateway", "4xx", API, "Sum"),
        ("AWS/ApiGateway", "5xx", API, "Sum"),
    ),
    "API, milliseconds": (("AWS/ApiGateway", "Latency", API, "p95"),),
    "Table": (
        ("AWS/DynamoDB", "ConsumedReadCapacityUnits", TABLE, "Sum"),
        ("AWS/DynamoDB", "ConsumedWriteCapacityUnits", TABLE, "Sum"),
        ("AWS/DynamoDB", "ReadThrottleEvents", TABLE, "Sum"),
        ("AWS/DynamoDB", "WriteThrottleEvents", TABLE, "Sum"),
    ),
    "Listener, percent": (
        ("AWS/ECS", "CPUUtilization", SERVICE, "Average"),
        ("AWS/ECS", "MemoryUtilization", SERVICE, "Average"),
    ),
}
"""What costs nothing beside the dashboard."""
REDUCED = {**MINIMAL, "Cold starts": ((NAMESPACE, "ColdStarts", ENVIRONMENT, "Sum"),)}
FULL: dict[str, Sequence[Figure]] = {
    **REDUCED,
    "Listeners": (("ECS/ContainerInsights", "RunningTaskCount", SERVICE, "Average"),),
    "Heartbeats": ((NAMESPACE, "Heartbeats", ENVIRONMENT, "Sum"),),
    "Audio": (
        ("AWS/S3", "AllRequests", AUDIO, "Sum"),
        ("AWS/S3", "BytesDownloaded", AUDIO, "Sum"),
        ("AWS/S3", "BytesUploaded", AUDIO, "Sum"),
    ),
}
"""With what is counted for money: tasks by Container Insights, requests of the bucket."""


class Monitoring(SwitchParameters):
    """The dashboard, and figures read from logs."""

    IsPermanent = Condition(
        Or(Equals(SwitchParameters.Environment, "prod"), Equals(SwitchParameters.Environment, "dev"))
    )
    IsListeningProduction = Condition(
        And(Equals(SwitchParameters.Environment, "prod"), Equals(SwitchParameters.EnableMQTT, "true"))
    )

    def add_dashboard(self) -> cloudwatch.Dashboard:
        """All figures in production, those of a metric each in dev, in a pull request what is free."""
        return self.add(
            cloudwatch.Dashboard(
                "Dashboard",
                DashboardName=Sub("yoto-${Environment}"),
                DashboardBody=self.by_class(*(Sub(body(each)) for each in (FULL, REDUCED, MINIMAL))),
            )
        )

    def add_counts(self, function_log: logs.LogGroup, listener_log: logs.LogGroup) -> None:
        """Cold starts are no metric of Lambda's, and that a listener hears something none of ECS's."""
        self._count("ColdStarts", function_log, '"Init Duration"', Condition=self.IsPermanent)
        self._count("Heartbeats", listener_log, '"heartbeat"', Condition=self.IsListeningProduction)

    def _count(self, name: str, group: logs.LogGroup, pattern: str, **attributes: Any) -> None:
        self.add(
            logs.MetricFilter(
                f"{name}Filter",
                LogGroupName=group.ref(),
                FilterPattern=pattern,
                MetricTransformations=[
                    logs.MetricTransformation(
                        MetricName=name, MetricNamespace=Sub(NAMESPACE), MetricValue="1", DefaultValue=0
                    )
                ],
                **attributes,
            )
        )


def body(figures: dict[str, Sequence[Figure]]) -> str:
    """The text of a dashboard, for ``Fn::Sub``: two widgets in a row."""
    widgets = [
        {
            "type": "metric",
            "x": place * WIDTH % ACROSS,
            "y": place * WIDTH // ACROSS * HEIGHT,
            "width": WIDTH,
            "height": HEIGHT,
            "properties": {
                "title": title,
                "region": "${AWS::Region}",
                "period": MINUTE,
                "metrics": [_metric(each) for each in listed],
            },
        }
        for place, (title, listed) in enumerate(figures.items())
    ]
    return json.dumps({"widgets": widgets}, separators=(",", ":"))


def _metric(figure: Figure) -> list[object]:
    namespace, name, dimensions, statistic = figure
    pairs = [part for pair in dimensions.items() for part in pair]
    return [namespace, name, *pairs, {"stat": statistic}]
