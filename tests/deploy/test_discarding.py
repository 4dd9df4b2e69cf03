"""Plans that are taken back: deletions of change sets take their time, and a shell may hold somebody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deploy.applying import Applying
from stackgen.deploy.executor import Performer
from stackgen.deploy.planner import Planner

from .deployed import BUCKET, NAME, target

if TYPE_CHECKING:
    from .deployed import Deployed


class Slow:
    """CloudFormation, which deletes change sets when nobody looks: after some looks."""

    def __init__(self, real: Any, looks: int) -> None:
        self.real = real
        self.left = looks
        self.calls: list[str] = []
        self.going: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def delete_change_set(self, **asked: Any) -> Any:
        self.calls.append("delete_change_set")
        self.going = asked
        return {}

    def describe_change_set(self, **asked: Any) -> Any:
        found = self.real.describe_change_set(**asked)
        if self.going and self.left:
            self.left -= 1
            return {**found, "Status": "DELETE_IN_PROGRESS", "ExecutionStatus": "UNAVAILABLE"}
        if self.going:
            self.real.delete_change_set(**self.going)
            self.going = {}
            return self.real.describe_change_set(**asked)
        return found

    def delete_stack(self, **asked: Any) -> Any:
        self.calls.append("delete_stack")
        return self.real.delete_stack(**asked)


def slowly(shop: Deployed, looks: int) -> tuple[Applying, Slow]:
    slow = Slow(shop.client("cloudformation"), looks)

    def client(service: str) -> Any:
        return slow if service == "cloudformation" else shop.client(service)

    planner = Planner(shop.build, client, shop.cloud.clock.time)
    return Applying(planner, Performer(client), client, shop.pace), slow


def names(shop: Deployed) -> list[str]:
    return [each["StackName"] for each in shop.client("cloudformation").describe_stacks()["Stacks"]]


@pytest.mark.requirement("PP-33")
def test_a_shell_goes_when_its_change_set_has_gone(shop: Deployed) -> None:
    """The shell of a stack that nobody wanted stays, since AWS has not finished with its change set."""
    applying, slow = slowly(shop, 4)
    applying.discard(applying.prepare(target()))
    assert slow.calls == ["delete_change_set", "delete_stack"]
    assert names(shop) == []


def test_a_shell_stays_whose_change_set_does_not_go(shop: Deployed) -> None:
    applying, slow = slowly(shop, 10_000)
    applying.discard(applying.prepare(target()))
    assert slow.calls == ["delete_change_set"]
    assert NAME in names(shop)


def test_a_shell_stays_that_holds_somebody_elses_change_set(shop: Deployed) -> None:
    """Another tool's change set goes with the shell."""
    plan = shop.plan()
    url = shop.planner.planned(target(Delay="8")).prepare[-1].parameters["TemplateURL"]
    values = [{"ParameterKey": "TemplatesBucketName", "ParameterValue": BUCKET}]
    shop.client("cloudformation").create_change_set(
        StackName=NAME, ChangeSetName="by-hand", ChangeSetType="CREATE", TemplateURL=url, Parameters=values
    )
    shop.applying.discard(plan)
    assert shop.change_sets() == ["by-hand"]
    assert NAME in names(shop)


def test_a_change_set_that_is_being_deleted_is_not_taken_up(shop: Deployed) -> None:
    shop.deploy()
    first = shop.again()
    plan = first.plan(target(Delay="7"))
    real = shop.client("cloudformation")

    class Deleting:
        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def get_paginator(self, operation: str) -> Any:
            pages = real.get_paginator(operation)
            if operation != "list_change_sets":
                return pages

            class Pages:
                def paginate(self, **asked: Any) -> Any:
                    for page in pages.paginate(**asked):
                        found = [{**each, "Status": "DELETE_PENDING"} for each in page["Summaries"]]
                        yield {**page, "Summaries": found}

            return Pages()

    def client(service: str) -> Any:
        return Deleting() if service == "cloudformation" else shop.client(service)

    planned = Planner(shop.build, client, lambda: shop.cloud.clock.time() + 60).planned(target(Delay="7"))
    assert planned.change_set_name != plan.change_set_name
    assert [each.operation for each in planned.prepare] == ["create_change_set"]
