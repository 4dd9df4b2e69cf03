"""W9162."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackgen import profiles
from stackgen.lint.kit import alarms, functions, rule

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
        """What has no alarm on a metric of its kind; an alarm that names none of its kind counts for all of them."""
        watched = list(alarms.watched(view))
        for types, (namespace, *metrics) in METRICS.items():
            for each in view.of_type(*types):
                own = {each.title, *functions.also_called(view, each)} if types is functions.TYPES else {each.title}
                names = {one.name for one in watched if one.space in (namespace, "") and one.counts_for(own)}
                missing = [one for one in metrics if not names & {"", *one.split("|")}]
                if missing:
                    said = ", ".join(one.partition("|")[0] for one in missing)
                    yield rule.Found(each.path, f"{each.title} has no alarm on {said}")
