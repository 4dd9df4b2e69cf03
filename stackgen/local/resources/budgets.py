"""Budgets. An account has one of a name, whichever region its stack stands in.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-budgets-budget.html
"""

from __future__ import annotations

from typing import Any

from .emulator import accepted, account, physical_name, service
from .resource_type import Properties, Provisioned, ResourceType

_SDK = "Budgets"


def _create(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    budget = _budget(properties)
    budget.setdefault("BudgetName", physical_name(stack_name, logical_id, 100))
    told = [_numbered(each) for each in properties.get("NotificationsWithSubscribers") or []]
    asked = {
        "AccountId": account(),
        "Budget": budget,
        "NotificationsWithSubscribers": told,
        "ResourceTags": properties.get("ResourceTags") or [],
    }
    accepted(_SDK, service("budgets")._create_budget(asked))
    return str(budget["BudgetName"]), {}


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Provisioned:
    """In place, but for another name."""
    if _name(old) != _name(new):
        made = _create(logical_id, new, stack_name)
        _delete(physical_id, old)
        return made
    budget = {**_budget(new), "BudgetName": physical_id}
    accepted(_SDK, service("budgets")._update_budget({"AccountId": account(), "NewBudget": budget}))
    return physical_id, {}


def _delete(physical_id: str, properties: Properties) -> None:
    del properties
    budgets = service("budgets")
    if physical_id in budgets._budgets:
        accepted(_SDK, budgets._delete_budget({"AccountId": account(), "BudgetName": physical_id}))


def _name(properties: Properties) -> object:
    return properties["Budget"].get("BudgetName")


def _budget(properties: Properties) -> dict[str, Any]:
    """The service keeps amounts as texts, and templates give either."""
    budget = dict(properties["Budget"])
    if limit := budget.get("BudgetLimit"):
        budget["BudgetLimit"] = {**limit, "Amount": str(limit["Amount"])}
    return budget


def _numbered(notified: dict[str, Any]) -> dict[str, Any]:
    notification = notified["Notification"]
    return {**notified, "Notification": {**notification, "Threshold": float(notification["Threshold"])}}


TYPES = {
    "AWS::Budgets::Budget": ResourceType(_create, _delete, _update, frozenset({"NotificationsWithSubscribers"})),
}
