"""Stack events: each once, of the whole tree, in the order of their time, and of one operation alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from stackgen.deploy.events import Follower, began
from stackgen.deploy.following import Followed, follow_all
from stackgen.deploy.polling import Pace

from .deployed import NAME, Deployed, target

START = datetime(2026, 1, 1, tzinfo=UTC)


def event(  # noqa: PLR0917  the columns of a table
    number: int, stack: str, resource: str, status: str, physical: str = "", type_: str = "T"
) -> dict[str, Any]:
    return {
        "EventId": f"{stack}-{number}", "Timestamp": START + timedelta(seconds=number), "StackId": stack,
        "LogicalResourceId": resource, "ResourceStatus": status, "PhysicalResourceId": physical, "ResourceType": type_,
    }  # fmt: skip


class Told:
    """A CloudFormation that tells events, newest first, two in a page."""

    def __init__(self) -> None:
        self.events: dict[str, list[dict[str, Any]]] = {}
        self.pages = 0
        self.statuses: list[str] = []

    def describe_stack_events(self, **asked: str) -> dict[str, Any]:
        self.pages += 1
        newest = self.events[asked["StackName"]][::-1]
        start = int(asked.get("NextToken", "0"))
        more = {"NextToken": str(start + 2)} if start + 2 < len(newest) else {}
        return {"StackEvents": newest[start : start + 2], **more}

    def describe_stacks(self, **_: str) -> dict[str, Any]:
        return {"Stacks": [{"StackName": "s", "StackId": "arn:root", "StackStatus": self.statuses.pop(0)}]}


def told() -> Told:
    found = Told()
    nested = "AWS::CloudFormation::Stack"
    found.events = {
        "arn:root": [
            event(0, "arn:root", "s", "CREATE_COMPLETE", "arn:root"),
            event(10, "arn:root", "s", "UPDATE_IN_PROGRESS", "arn:root"),
            event(11, "arn:root", "Data", "UPDATE_IN_PROGRESS", "arn:child", nested),
            event(15, "arn:root", "Data", "UPDATE_FAILED", "arn:child", nested),
        ],
        "arn:child": [
            event(1, "arn:child", "child", "CREATE_COMPLETE", "arn:child"),
            event(12, "arn:child", "child", "UPDATE_IN_PROGRESS", "arn:child"),
            event(14, "arn:child", "Table", "UPDATE_FAILED", "table"),
        ],
    }
    return found


def test_the_events_of_the_whole_tree_come_in_order_of_time_each_once() -> None:
    cloudformation = told()
    follower = Follower("arn:root", "s", cloudformation, START + timedelta(seconds=5))
    assert [(each.path, each.status) for each in follower.new()] == [
        ("s", "UPDATE_IN_PROGRESS"),
        ("s/Data", "UPDATE_IN_PROGRESS"),
        ("s/Data", "UPDATE_IN_PROGRESS"),
        ("s/Data/Table", "UPDATE_FAILED"),
        ("s/Data", "UPDATE_FAILED"),
    ]
    assert follower.new() == []
    cloudformation.events["arn:child"].append(event(20, "arn:child", "Table", "UPDATE_COMPLETE", "table"))
    (late,) = follower.new()
    assert (late.path, late.logical_id, late.is_failure) == ("s/Data/Table", "Table", False)


def test_what_happened_at_once_is_told_from_the_beginning_of_a_stack_to_its_end() -> None:
    """A parent was over before what had failed in it, and the last line was of a nested stack."""
    cloudformation = told()
    for events in cloudformation.events.values():
        for each in events:
            each["Timestamp"] = max(START, min(each["Timestamp"], START + timedelta(seconds=10)))
    root = cloudformation.events["arn:root"]
    root.append(
        {
            **event(16, "arn:root", "s", "UPDATE_ROLLBACK_COMPLETE", "arn:root"),
            "Timestamp": START + timedelta(seconds=10),
        }
    )
    back = event(17, "arn:child", "child", "UPDATE_ROLLBACK_COMPLETE", "arn:child")
    cloudformation.events["arn:child"].append({**back, "Timestamp": START + timedelta(seconds=10)})
    follower = Follower("arn:root", "s", cloudformation, START + timedelta(seconds=5))
    assert [(each.path, each.status) for each in follower.new()] == [
        ("s", "UPDATE_IN_PROGRESS"),
        ("s/Data", "UPDATE_IN_PROGRESS"),
        ("s/Data", "UPDATE_IN_PROGRESS"),
        ("s/Data/Table", "UPDATE_FAILED"),
        ("s/Data", "UPDATE_ROLLBACK_COMPLETE"),
        ("s/Data", "UPDATE_FAILED"),
        ("s", "UPDATE_ROLLBACK_COMPLETE"),
    ]


def test_old_pages_are_not_asked_for() -> None:
    cloudformation = told()
    cloudformation.events["arn:root"][:0] = [event(-n, "arn:root", "X", "CREATE_COMPLETE") for n in range(100, 0, -1)]
    Follower("arn:root", "s", cloudformation, START + timedelta(seconds=5)).new()
    assert cloudformation.pages <= 5


def test_following_ends_with_the_operation_and_what_came_last_is_told() -> None:
    cloudformation = told()
    cloudformation.statuses = ["UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"]
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        cloudformation.events["arn:root"].append(event(30, "arn:root", "s", "UPDATE_ROLLBACK_COMPLETE", "arn:root"))

    pace = Pace(lambda: 0.0, sleep)
    followed = Followed(Follower("arn:root", "s", cloudformation), "arn:root", cloudformation, pace)
    looks = list(follow_all([followed], pace))
    assert [(state.status, len(events)) for _, state, events in looks] == [
        ("UPDATE_IN_PROGRESS", 7), ("UPDATE_ROLLBACK_COMPLETE", 1),
    ]  # fmt: skip
    assert looks[-1][2][-1].status == "UPDATE_ROLLBACK_COMPLETE"
    assert slept == [5.0]


def test_what_happens_is_heard_while_it_happens(shop: Deployed) -> None:
    shop.deploy()
    paths = {each.path for each in shop.events}
    assert f"{NAME}/Data/Tables/Table" in paths
    assert [each.status for each in shop.events if each.path == NAME][-1] == "CREATE_COMPLETE"


def test_the_beginning_of_the_newest_operation_is_found(shop: Deployed) -> None:
    cloudformation = shop.client("cloudformation")
    shop.deploy()
    first = began(id_of(shop), cloudformation)
    shop.cloud.clock.advance(600)
    shop.again().deploy(target(Delay="7"))
    second = began(id_of(shop), cloudformation)
    assert first is not None
    assert second is not None
    assert second - first >= timedelta(seconds=600)
    assert shop.applying.followed(NAME, id_of(shop)).events[0].time == second


def id_of(shop: Deployed) -> str:
    return str(shop.stack()["StackId"])
