"""W9156."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackgen.lint.kit import rule, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackgen.lint.kit.view import Resource, View

ALL = 100.0
"""Per cent."""


class BudgetsTellSomebody(rule.OfResources):
    """And before the money is spent, not after."""

    id = "W9156"
    shortdesc = "A budget tells somebody before it is used up"
    why = "A budget that tells nobody stops nothing: the bill at the month's end is the first news."
    remedy = "Add NotificationsWithSubscribers with a threshold below 100 % or on the forecast, and subscribers."
    source_url = "https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html"
    pillar = "cost"
    guidelines = ("GDL-090",)
    types = ("AWS::Budgets::Budget",)
    passes = """
    Resources:
      Budget:
        Type: AWS::Budgets::Budget
        Properties:
          Budget: {BudgetType: COST, TimeUnit: MONTHLY}
          NotificationsWithSubscribers:
            - Notification: {NotificationType: ACTUAL, ComparisonOperator: GREATER_THAN, Threshold: 80}
              Subscribers: [{SubscriptionType: EMAIL, Address: a@example.com}]
    """
    fails = """
    Resources:
      Budget: {Type: AWS::Budgets::Budget, Properties: {Budget: {BudgetType: COST, TimeUnit: MONTHLY}}}
    """

    def look(self, resource: Resource, view: View) -> Iterator[rule.Found]:
        """Whether anybody is told, and whether in time."""
        for found in resource.values("NotificationsWithSubscribers"):
            if found.value is values.ABSENT or found.value == []:
                yield rule.Found(found.path, f"{resource.title} tells nobody")
            elif isinstance(found.value, list) and not any(
                _is_early(each.value, view) for each in values.elements(found.value, found.scenario)
            ):
                yield rule.Found(found.path, f"{resource.title} tells nobody before it is used up")


def _is_early(entry: Any, view: View) -> bool:
    told = entry.get("Notification") if isinstance(entry, dict) else None
    if not isinstance(told, dict) or values.function_of(told)[0]:
        return True
    numbers = [values.number(each) for each in view.literals(told.get("Threshold"))]
    return told.get("NotificationType") == "FORECASTED" or any(each is None or each < ALL for each in numbers)
