"""What production tells somebody: four alarms, two more of this design, and what all environments cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from awacs import sns as sns_actions
from awacs.aws import Principal, SourceAccount, StringEquals
from troposphere import And, Equals, Ref, Sub, budgets, cloudwatch, events, sns

from stackgen import Condition, Exemption, allow
from stackgen.iam import document

from .monitoring import API, FUNCTION, MINUTE, NAMESPACE, TABLE, Monitoring
from .parameters import AlertParameters, ListenerParameters
from .system import PROJECT

if TYPE_CHECKING:
    from troposphere import ecs

MOST_FAILED, MOST_5XX = 5, 1
"""Percent of a function's invocations, and of an API's requests."""
WINDOW = 5 * MINUTE
SIX_HOURS = 6 * 60 * MINUTE
ALMOST, ALL = 80, 100
"""Percent of the budget."""
CALLERS = ("budgets.amazonaws.com", "cloudwatch.amazonaws.com", "events.amazonaws.com")
EXPECTED_ENDS = ("ServiceSchedulerInitiated", "UserInitiated", "SpotInterruption")
"""A new deployment, somebody's hand, and what Spot does: the service starts another task by itself."""


class Alarms(AlertParameters, ListenerParameters, Monitoring):
    """Alarms and budget; no other environment has any."""

    SeesBill = Condition(And(Equals(AlertParameters.Environment, "prod"), Equals(Ref("AWS::Region"), "us-east-1")))

    def add_alarms(self, cluster: ecs.Cluster) -> None:
        """The topic first, which finds its readers and its writers; then what writes to it."""
        self.topic = self.add_topic()
        self.alarm(
            "FunctionErrors",
            "function-errors",
            f"More than {MOST_FAILED} % of the function's invocations fail",
            MOST_FAILED,
            Metrics=share("AWS/Lambda", "Errors", "Invocations", FUNCTION),
        )
        self.alarm(
            "ApiErrors",
            "api-5xx",
            f"More than {MOST_5XX} % of the API's answers are 5xx",
            MOST_5XX,
            Metrics=share("AWS/ApiGateway", "5xx", "Count", API),
        )
        self.alarm(
            "TableThrottles",
            "table-throttles",
            "Requests to the table are throttled",
            0,
            Metrics=[
                *(query(kind.lower(), "AWS/DynamoDB", f"{kind}ThrottleEvents", TABLE) for kind in ("Read", "Write")),
                expression("throttles", "FILL(read, 0) + FILL(write, 0)", "Throttled requests"),
            ],
        )
        self.add_stopped_tasks(cluster)
        self.alarm(
            "ListenerSilent",
            "listener-silent",
            "No listener has said for a quarter of an hour that it lives",
            1,
            condition=self.IsListeningProduction,
            ComparisonOperator="LessThanThreshold",
            TreatMissingData="breaching",
            EvaluationPeriods=3,
            **single(Sub(NAMESPACE), "Heartbeats", {}, WINDOW),
        )
        self.add_cost()

    def add_topic(self) -> sns.Topic:
        """Who reads it and who may write to it."""
        topic = self.add(
            sns.Topic("AlarmTopic", TopicName=self.named("alarms"), Condition=self.IsProduction),
            suppress={
                "W9153": Exemption(
                    "its messages name an alarm or a sum; a key of its own costs more than they are worth",
                    owner="smart-stream",
                    expires="2027-06-30",
                )
            },
        )
        self.add(
            sns.SubscriptionResource(
                "AlarmSubscription",
                TopicArn=topic.ref(),
                Protocol="email",
                Endpoint=self.AlarmEmail,
                Condition=self.IsProduction,
            )
        )
        self.add(
            sns.TopicPolicy(
                "AlarmTopicPolicy",
                Topics=[topic.ref()],
                PolicyDocument=document(
                    allow(
                        sns_actions.Publish,
                        on=[topic.ref()],
                        to=Principal("Service", list(CALLERS)),
                        when=[StringEquals({SourceAccount: Ref("AWS::AccountId")})],
                        sid="ServicesPublish",
                    )
                ),
                Condition=self.IsProduction,
            ),
            suppress={
                "W9113": Exemption(
                    "the stand-in that rehearses it knows the older type only",
                    owner="smart-stream",
                    expires="2027-06-30",
                )
            },
        )
        return topic

    def alarm(
        self, title: str, stem: str, words: str, threshold: object, condition: Condition | None = None, **given: Any
    ) -> None:
        """One alarm of production, in one window of five minutes, where silence is health."""
        usual = {
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,
            "TreatMissingData": "notBreaching",
        }
        self.add(
            cloudwatch.Alarm(
                f"{title}Alarm",
                AlarmName=self.named(stem),
                AlarmDescription=words,
                AlarmActions=[self.topic.ref()],
                OKActions=[self.topic.ref()],
                Threshold=threshold,
                Condition=self.IsProduction if condition is None else condition,
                **{**usual, **given},
            )
        )

    def add_stopped_tasks(self, cluster: ecs.Cluster) -> None:
        """ECS has no metric for it: a rule hears of it, tells why, and is counted."""
        rule = self.add(
            events.Rule(
                "StoppedTasks",
                Name=self.named("stopped-tasks"),
                Description="A listener stopped that nobody stopped",
                EventPattern={
                    "source": ["aws.ecs"],
                    "detail-type": ["ECS Task State Change"],
                    "detail": {
                        "clusterArn": [cluster.get_att("Arn")],
                        "lastStatus": ["STOPPED"],
                        "stopCode": [{"anything-but": list(EXPECTED_ENDS)}],
                    },
                },
                Targets=[
                    events.Target(
                        Id="topic",
                        Arn=self.topic.ref(),
                        InputTransformer=events.InputTransformer(
                            InputPathsMap={"reason": "$.detail.stoppedReason", "task": "$.detail.taskArn"},
                            InputTemplate='"<task> stopped: <reason>"',
                        ),
                    )
                ],
                Condition=self.IsListeningProduction,
            )
        )
        self.alarm(
            "TaskStopped",
            "task-stopped",
            "A listener stopped that nobody stopped",
            0,
            condition=self.IsListeningProduction,
            **single("AWS/Events", "TriggeredRules", {"RuleName": rule.ref()}, WINDOW),
        )

    def add_cost(self) -> None:
        """A budget of what carries the project's tag, and the bill of the account, which is counted in one region."""
        self.add(
            budgets.Budget(
                "MonthlyBudget",
                DependsOn="AlarmTopicPolicy",  # no reference says that the topic must let itself be written to first
                Budget=budgets.BudgetData(
                    BudgetName=self.named("monthly"),
                    BudgetType="COST",
                    TimeUnit="MONTHLY",
                    BudgetLimit=budgets.Spend(Amount=self.BudgetAmount, Unit="USD"),
                    Metrics=["UnblendedCost"],
                    FilterExpression=budgets.Expression(
                        Tags=budgets.TagValues(Key="Project", Values=[PROJECT], MatchOptions=["EQUALS"])
                    ),
                ),
                NotificationsWithSubscribers=[self.told("ACTUAL", ALMOST), self.told("ACTUAL", ALL)],
                Condition=self.IsProduction,
            )
        )
        self.alarm(
            "Billing",
            "bill",
            "The account's bill of this month is above the budget",
            self.BudgetAmount,
            condition=self.SeesBill,
            **single("AWS/Billing", "EstimatedCharges", {"Currency": "USD"}, SIX_HOURS, "Maximum"),
        )

    def told(self, kind: str, percent: int) -> budgets.NotificationWithSubscribers:
        """Tell the topic when ``percent`` of the budget is spent."""
        return budgets.NotificationWithSubscribers(
            Notification=budgets.Notification(
                NotificationType=kind,
                ComparisonOperator="GREATER_THAN",
                Threshold=percent,
                ThresholdType="PERCENTAGE",
            ),
            Subscribers=[budgets.Subscriber(SubscriptionType="SNS", Address=self.topic.ref())],
        )


def single(
    namespace: object, name: str, dimensions: dict[str, object], period: int, statistic: str = "Sum"
) -> dict[str, Any]:
    """The properties of an alarm on one figure."""
    return {
        "Namespace": namespace,
        "MetricName": name,
        "Dimensions": [cloudwatch.MetricDimension(Name=key, Value=value) for key, value in dimensions.items()],
        "Statistic": statistic,
        "Period": period,
    }


def query(identifier: str, namespace: str, name: str, dimensions: dict[str, str]) -> cloudwatch.MetricDataQuery:
    """One figure of an expression; ``dimensions`` are texts of ``Fn::Sub``."""
    return cloudwatch.MetricDataQuery(
        Id=identifier,
        ReturnData=False,
        MetricStat=cloudwatch.MetricStat(
            Metric=cloudwatch.Metric(
                Namespace=namespace,
                MetricName=name,
                Dimensions=[cloudwatch.MetricDimension(Name=key, Value=Sub(text)) for key, text in dimensions.items()],
            ),
            Period=WINDOW,
            Stat="Sum",
        ),
    )


def expression(identifier: str, text: str, label: str) -> cloudwatch.MetricDataQuery:
    """What an alarm looks at."""
    return cloudwatch.MetricDataQuery(Id=identifier, Expression=text, Label=label, ReturnData=True)


def share(namespace: str, part: str, whole: str, dimensions: dict[str, str]) -> list[cloudwatch.MetricDataQuery]:
    """How many percent of ``whole`` are ``part``; of nothing, none."""
    return [
        query("part", namespace, part, dimensions),
        query("whole", namespace, whole, dimensions),
        expression("percent", "IF(whole > 0, 100 * part / whole, 0)", f"{part}, percent"),
    ]
