"""W9162."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen import profiles
from stackgen.lint.kit import functions, rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import View

METRICS = {
    functions.TYPES: ("AWS/Lambda", "Errors", "Throttles", "Duration"),
    ("AWS::ApiGatewayV2::Api", "AWS::ApiGateway::RestApi", "AWS::Serverless::Api", "AWS::Serverless::HttpApi"): (
        "AWS/ApiGateway",
        "5xx|5XXError",
        "Latency|IntegrationLatency",
    ),
    ("AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine"): ("AWS/States", "ExecutionsFailed"),
}
"""What runs code, the namespace of its metrics, and those of which an alarm is expected; | where either will do."""


class ProductionHasAlarms(rule.Rule):
    """Errors, throttles and latency of what runs in it are watched."""

    id = "W9162"
    shortdesc = "A template of production watches the errors, throttles and latency of what runs in it"
    why = "Users tell of what nobody watches."
    remedy = "Add alarms on these metrics, for each function or over all of them by a metric expression."
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html"
    pillar = "operational excellence"
    guidelines = ("GDL-132", "GDL-041")
    profiles = frozenset({profiles.PRODUCTION})
    passes = """
    Resources:
      Machine: {Type: AWS::StepFunctions::StateMachine}
      Failed:
        Type: AWS::CloudWatch::Alarm
        Properties: {Namespace: AWS/States, MetricName: ExecutionsFailed}
    """
    fails = """
    Resources:
      Machine: {Type: AWS::StepFunctions::StateMachine}
    """

    def find(self, view: View) -> Iterator[rule.Found]:
        """The first of each kind whose metrics nobody watches; a metric or a namespace that is unknown counts."""
        watched = set(self._watched(view))
        for types, (namespace, *metrics) in METRICS.items():
            first = next(view.of_type(*types), None)
            names = {name for space, name in watched if space in (namespace, "")}
            missing = [each for each in metrics if not names & {"", *each.split("|")}]
            if first is not None and missing:
                said = ", ".join(each.partition("|")[0] for each in missing)
                yield rule.Found(first.path, f"{first.title} and others of its kind have no alarm on {said}")

    def _watched(self, view: View) -> Iterator[tuple[str, str]]:
        for alarm in view.of_type("AWS::CloudWatch::Alarm"):
            own = alarm.properties
            metrics = [(own.get("Namespace"), own.get("MetricName"))] if "MetricName" in own else []
            inner = [each.value for each in alarm.values("Metrics", "MetricStat", "Metric")]
            metrics += [(each.get("Namespace"), each.get("MetricName")) for each in inner if isinstance(each, dict)]
            for namespace, name in metrics:
                yield values.texts(namespace).partition("$")[0], values.texts(name).partition("$")[0]
