"""Budgets: amounts, notifications, and that an account has one of a name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.resources.lives import ACCOUNT, Cloud, Life, deploy, live, refused

TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:budget"


def notification(percent: int) -> dict[str, Any]:
    return {
        "Notification": {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": percent},
        "Subscribers": [{"SubscriptionType": "SNS", "Address": TOPIC}],
    }


def properties(amount: object = 100, name: str | None = "monthly") -> dict[str, Any]:
    budget = {"BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": {"Amount": amount, "Unit": "USD"}}
    return {
        "Budget": budget if name is None else {**budget, "BudgetName": name},
        "NotificationsWithSubscribers": [notification(80), notification(100)],
    }


def look(aws: Cloud, name: str) -> dict[str, Any]:
    budgets = aws.client("budgets")
    found = budgets.describe_budget(AccountId=ACCOUNT, BudgetName=name)["Budget"]
    told = budgets.describe_notifications_for_budget(AccountId=ACCOUNT, BudgetName=name)["Notifications"]
    return {"Amount": found["BudgetLimit"]["Amount"], "Thresholds": [each["Threshold"] for each in told]}


LIVES = (
    Life(
        type="AWS::Budgets::Budget",
        properties=properties(),
        look=look,
        shows={"Amount": "100", "Thresholds": [80.0, 100.0]},
        change={"Budget": properties(250)["Budget"]},
        then_shows={"Amount": "250", "Thresholds": [80.0, 100.0]},
        ref="monthly",
    ),
)


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.type)
def test_a_budget_is_made_changed_in_place_and_removed(aws: Cloud, life: Life) -> None:
    live(aws, life)


def template(**given: Any) -> dict[str, Any]:
    return {"Resources": {"It": {"Type": "AWS::Budgets::Budget", "Properties": properties(**given)}}}


def names(aws: Cloud) -> list[str]:
    return [each["BudgetName"] for each in aws.client("budgets").describe_budgets(AccountId=ACCOUNT).get("Budgets", [])]


def test_another_name_makes_another_budget(aws: Cloud) -> None:
    stack = deploy(aws, template())
    deploy(aws, template(name="yearly"), stack=stack)
    assert names(aws) == ["yearly"]


def test_a_name_that_the_account_has_is_refused(aws: Cloud) -> None:
    deploy(aws, template())
    assert "already exists" in refused(aws, template())


def test_other_notifications_need_another_budget_and_so_another_name(aws: Cloud) -> None:
    stack = deploy(aws, template(name=None))
    (before,) = names(aws)
    changed = template(name=None)
    changed["Resources"]["It"]["Properties"]["NotificationsWithSubscribers"].append(notification(120))
    deploy(aws, changed, stack=stack)
    (after,) = names(aws)
    assert after != before
    assert look(aws, after)["Thresholds"] == [80.0, 100.0, 120.0]
