"""Why a target failed: the first events of its stack that say so, not what followed from them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import Stubber

from stackgen.deployer.handlers import failures
from stackgen.deployer.handlers.inputs import Build, Pair
from stackgen.deployer.handlers.records import Record
from stackgen.local.faults import Fail, LoseAnswer, Throttle
from tests.deployer.handlers.field import HERE, A, Field, InStandIn

STACK = f"arn:aws:cloudformation:{HERE}:{A}:stack/StackSet-x/1"
STACK_EVENT = "AWS::CloudFormation::Stack"
WHERE = Pair(A, HERE)


class Told(InStandIn):
    """Clients whose reader in the target tells prepared events; None lets nobody in."""

    def __init__(self, field: Field, *pages: list[dict[str, Any]], lets_in: bool = True) -> None:
        super().__init__(field.cloud)
        self._reader: Any = field.cloud.session(A, HERE).client("cloudformation", config=None)
        self._pages = pages
        self._lets_in = lets_in

    def in_target(self, service: str, account: str, region: str, settings: Any) -> Any | None:
        assert (service, account, region, settings.env) == ("cloudformation", A, HERE, "ops")
        if not self._lets_in:
            return None
        self.stubber = Stubber(self._reader)
        for number, page in enumerate(self._pages):
            more = {"NextToken": str(number + 1)} if number + 1 < len(self._pages) else {}
            asked = {"StackName": STACK, **({"NextToken": str(number)} if number else {})}
            self.stubber.add_response("describe_stack_events", {"StackEvents": page, **more}, asked)
        self.stubber.activate()
        return self._reader


def event(logical: str, status: str, reason: str = "no", kind: str = "AWS::SNS::Topic") -> dict[str, Any]:
    return {
        "StackId": STACK,
        "EventId": f"{logical}{status}",
        "StackName": "x",
        "LogicalResourceId": logical,
        "PhysicalResourceId": STACK if kind == STACK_EVENT else logical,
        "ResourceType": kind,
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
        "Timestamp": datetime(2026, 1, 1, tzinfo=UTC),
    }


def read(field: Field, *pages: list[dict[str, Any]], lets_in: bool = True) -> list[str]:
    told = Told(field, *pages, lets_in=lets_in)
    try:
        return failures.events(Record(WHERE, "FAILED"), STACK, told, field.settings)
    finally:
        if lets_in:
            told.stubber.deactivate()


@pytest.mark.requirement("DEP-37", "DEP-D18")
def test_failures_are_looked_for_before_five_are_taken(field: Field) -> None:
    """Events without a failure among them, because the newest are those of the rollback; or none that is the cause."""
    rollback = [event(f"R{number}", "DELETE_COMPLETE", "") for number in range(150)]
    failed = [event(f"F{number}", "CREATE_FAILED", f"no {number}") for number in range(7)]
    found = read(field, rollback[:100], [*rollback[100:], *failed])
    assert found == [f"F{number}: CREATE_FAILED - no {number}" for number in (0, 1, 2, 3, 6)]


@pytest.mark.requirement("DEP-D18")
@pytest.mark.parametrize("reason", ["Resource creation cancelled", "Resource update cancelled"])
def test_what_a_failure_elsewhere_stopped_is_no_reason(field: Field, reason: str) -> None:
    """A consequence that is told in the place of the cause."""
    assert read(field, [event("A", "CREATE_FAILED", reason), event("B", "UPDATE_FAILED", "no quota")]) == [
        "B: UPDATE_FAILED - no quota"
    ]


@pytest.mark.parametrize("began", ["CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"])
def test_failures_of_earlier_operations_are_not_those_of_this_one(field: Field, began: str) -> None:
    found = read(
        field,
        [
            event("x", "UPDATE_ROLLBACK_IN_PROGRESS", kind=STACK_EVENT),
            event("A", "UPDATE_FAILED", "this time"),
            event("x", began, "User Initiated", kind=STACK_EVENT),
            event("A", "UPDATE_FAILED", "last time"),
        ],
    )
    assert found == ["A: UPDATE_FAILED - this time"]


def test_a_child_stack_that_begins_is_not_the_beginning(field: Field) -> None:
    child = {**event("Child", "UPDATE_IN_PROGRESS", kind=STACK_EVENT), "PhysicalResourceId": f"{STACK}/child"}
    assert len(read(field, [event("A", "UPDATE_FAILED"), child, event("B", "UPDATE_FAILED")])) == 2


def test_a_long_reason_is_cut(field: Field) -> None:
    (told,) = read(field, [event("A", "CREATE_FAILED", "x" * 5_000)])
    assert len(told) < 250


def test_it_does_not_read_for_ever(field: Field) -> None:
    pages = [[event(f"R{number}", "DELETE_COMPLETE", "")] for number in range(11)]
    assert read(field, *pages, [event("A", "CREATE_FAILED")]) == []


@pytest.mark.requirement("DEP-37", "DEP-D17")
def test_a_reader_role_that_lets_nobody_in_leaves_the_reason_of_the_result(field: Field) -> None:
    """A missing reader role that ends the rollout."""
    assert read(field, lets_in=False) == []


def rolled_out(field: Field) -> tuple[Build, Record]:
    """A build one of whose targets failed, and the record of that."""
    build = field.planned(groups=[((A,), (HERE,))])
    with field.fault("create:AWS::SSM::Parameter", Fail("x", "no quota"), account=A):
        field.deploy(build)
        field.cloud.clock.settle()
    return build, Record(WHERE, "FAILED", "FAILED", 0, "op", "result")


@pytest.mark.parametrize("calls", ["sts:AssumeRole", "cloudformation:DescribeStackEvents"])
@pytest.mark.parametrize(
    "kind", [Throttle(), LoseAnswer(), Fail("AccessDenied", status=403)], ids=["throttled", "lost", "denied"]
)
def test_nothing_that_reading_meets_stops_the_look(field: Field, calls: str, kind: Any) -> None:
    build, _ = rolled_out(field)
    field.cloud.clock.advance(1_000)  # no session of another test is left
    with field.fault(calls, kind):
        status = field.wait(build, field.deploy(build))
    (shown,) = status["deployments"]
    assert "no quota" in shown["status_reason"]
    assert shown["stack_id"]
    assert "stack_events" not in shown


def test_an_instance_says_more_than_its_result(field: Field) -> None:
    build, record = rolled_out(field)
    told = failures.explained(record._replace(status_reason=""), field.stack_set(build), field.clients, field.settings)
    assert "no quota" in told.status_reason
    assert told.stack_id.startswith(f"arn:aws:cloudformation:{HERE}:{A}:stack/StackSet-")
    kept = failures.explained(record, field.stack_set(build), field.clients, field.settings)
    assert kept.status_reason == "result"
