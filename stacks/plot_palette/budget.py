"""What an environment may cost a month before somebody is told. Not the budget of a job, which the API keeps."""

from __future__ import annotations

from typing import Any

from awacs import sns as sns_actions
from awacs.aws import ArnLike, Principal, SourceAccount, SourceArn, StringEquals
from troposphere import Equals, Ref, Sub, budgets, sns

from stackgen import Condition, Exemption, FromParent, Output, Parameter, allow
from stackgen.iam import document
from stackgen.parameter_types import NUMBER, Number

from .parameters import AdminParameters, switch
from .system import PROJECT, PlotPaletteStack

THRESHOLDS = (80, 100, 120)
"""Percent of the budget that was really spent."""
FORECAST = 100


class BudgetParameters(PlotPaletteStack):
    """How much, and whether the month's end is told before it comes."""

    BudgetAmount: Parameter[Number] = Parameter(
        NUMBER,
        default=FromParent(100),
        min_value=1,
        max_value=100_000,
        description="What the environment may cost a month in all regions, in USD; a job's own limit is another thing",
        constraint_description="1 to 100000 (USD)",
        label="Monthly budget",
    )
    EnableForecast: Parameter = switch(
        "false", "Forecast", "Tell also when the month is forecast to end above the budget"
    )


class Budget(AdminParameters, BudgetParameters):
    """Plot Palette budget: a monthly budget that tells by e-mail at 80, 100 and 120 percent, once in an account."""

    file = "budget-stack"
    component = "Budget"

    TellsForecast = Condition(Equals(BudgetParameters.EnableForecast, "true"))

    TopicArn = Output(description="ARN of the topic of the notifications")
    BudgetName = Output(description="Name of the budget")

    def build(self) -> None:
        """The topic, who may write to it and who reads it; then the budget, which finds it ready."""
        topic = self.add(
            sns.Topic("BudgetTopic", TopicName=self.named("budget")),
            suppress={
                "W9153": Exemption(
                    "its messages name an alarm or a sum; a key of its own costs more than they are worth",
                    owner="plot-palette",
                    expires="2027-06-30",
                )
            },
        )
        self.add(
            sns.SubscriptionResource(
                "BudgetSubscription", TopicArn=topic.ref(), Protocol="email", Endpoint=self.AdminEmail
            )
        )
        policy = self.add(
            sns.TopicPolicy(
                "BudgetTopicPolicy",
                Topics=[topic.ref()],
                PolicyDocument=document(
                    allow(
                        sns_actions.Publish,
                        on=[topic.ref()],
                        to=Principal("Service", "budgets.amazonaws.com"),
                        when=[
                            StringEquals({SourceAccount: Ref("AWS::AccountId")}),
                            ArnLike({SourceArn: Sub("arn:${AWS::Partition}:budgets::${AWS::AccountId}:*")}),
                        ],
                        sid="BudgetsPublish",
                    )
                ),
            ),
            suppress={
                "W9113": Exemption(
                    "the stand-in that rehearses it knows the older type only",
                    owner="plot-palette",
                    expires="2027-06-30",
                )
            },
        )
        spent = [notification("ACTUAL", percent, topic) for percent in THRESHOLDS]
        budget = self.monthly("MonthlyBudget", "monthly", policy, spent)
        # a budget of its own: the notifications of one cannot be changed, and one of the same name would be in the way
        forecast = [notification("FORECASTED", FORECAST, topic)]
        self.monthly("ForecastBudget", "forecast", policy, forecast, Condition=self.TellsForecast)
        self.TopicArn = topic.ref()
        self.BudgetName = budget.ref()

    def monthly(
        self,
        title: str,
        stem: str,
        policy: sns.TopicPolicy,
        notifications: list[budgets.NotificationWithSubscribers],
        **attributes: Any,
    ) -> budgets.Budget:
        """A budget of what carries the tags of the project and of this environment."""
        return self.add(
            budgets.Budget(
                title,
                DependsOn=policy.title,  # no reference says that the topic must let itself be written to first
                Budget=budgets.BudgetData(
                    BudgetName=self.named(stem),
                    BudgetType="COST",
                    TimeUnit="MONTHLY",
                    BudgetLimit=budgets.Spend(Amount=self.BudgetAmount, Unit="USD"),
                    Metrics=["UnblendedCost"],
                    FilterExpression=budgets.Expression(
                        And=[tagged("Project", PROJECT), tagged("Environment", self.EnvironmentName)]
                    ),
                ),
                NotificationsWithSubscribers=notifications,
                **attributes,
            )
        )


def tagged(key: str, value: object) -> budgets.Expression:
    """What carries a tag; the tag must be activated for cost allocation, or nothing does."""
    return budgets.Expression(Tags=budgets.TagValues(Key=key, Values=[value], MatchOptions=["EQUALS"]))


def notification(kind: str, percent: int, topic: sns.Topic) -> budgets.NotificationWithSubscribers:
    """Tell the topic when ``percent`` of the budget is spent, or forecast to be."""
    return budgets.NotificationWithSubscribers(
        Notification=budgets.Notification(
            NotificationType=kind, ComparisonOperator="GREATER_THAN", Threshold=percent, ThresholdType="PERCENTAGE"
        ),
        Subscribers=[budgets.Subscriber(SubscriptionType="SNS", Address=topic.ref())],
    )
