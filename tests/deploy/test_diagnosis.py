"""The first cause of a failure: found below the parents, before the rollback, whatever order events come in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.deploy.diagnosis import Cause, first_cause, rollback_cause
from stackgen.deploy.events import Event
from stackgen.local.faults import Fail

from .deployed import NAME, NOTE, Deployed, target

if TYPE_CHECKING:
    from collections.abc import Sequence

START = datetime(2026, 1, 1, tzinfo=UTC)
STACK = "AWS::CloudFormation::Stack"
CANCELLED = ("Resource creation cancelled", "Resource update cancelled", "Resource creation Cancelled")


def event(at: int, path: str, status: str, reason: str = "", type_: str = "AWS::SQS::Queue") -> Event:
    """One event; a path that ends with a slash is a stack's of itself."""
    own = path.endswith("/")
    place = path.rstrip("/")
    stack = f"arn:{place if own else place.rpartition('/')[0]}"
    physical = f"arn:{place}" if own or type_ == STACK else place
    kind = STACK if own else type_
    return Event(
        f"{at}{path}{status}{reason}", START + timedelta(seconds=at), place, kind, status, reason, physical, stack
    )


def embedded(name: str, word: str = "created") -> str:
    return f"Embedded stack arn:{name} was not successfully {word}: The following resource(s) failed to create: [X]. "


NESTED_CREATION = [
    event(0, "s/", "CREATE_IN_PROGRESS", "User Initiated"),
    event(1, "s/Data", "CREATE_IN_PROGRESS", type_=STACK),
    event(2, "s/Data/", "CREATE_IN_PROGRESS", "User Initiated"),
    event(5, "s/Data/Jobs", "CREATE_FAILED", "Table already exists: jobs", "AWS::DynamoDB::Table"),
    event(5, "s/Data/Other", "CREATE_FAILED", "Resource creation cancelled"),
    event(6, "s/Data/", "DELETE_IN_PROGRESS"),
    event(7, "s/Data", "CREATE_FAILED", embedded("s/Data"), STACK),
    event(7, "s/Queue", "CREATE_FAILED", "Resource creation cancelled"),
    event(8, "s/", "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Data, Queue]. "),
]
ENDED = [*NESTED_CREATION, event(20, "s/", "ROLLBACK_COMPLETE")]
STUCK = [
    event(0, "s/", "UPDATE_IN_PROGRESS"),
    event(3, "s/Role", "UPDATE_FAILED", "API: iam:PutRolePolicy Access Denied", "AWS::IAM::Role"),
    event(4, "s/", "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to update: [Role]. "),
    event(9, "s/Queue", "UPDATE_FAILED", "Queue q does not exist"),
    event(10, "s/", "UPDATE_ROLLBACK_FAILED", "The following resource(s) failed to update: [Queue]. "),
]
OF_THE_STACK = {
    "an alarm": (
        [event(0, "s/", "UPDATE_IN_PROGRESS"),
         event(5, "s/Queue", "UPDATE_FAILED", "Resource update cancelled"),
         event(5, "s/", "UPDATE_ROLLBACK_IN_PROGRESS", "Rollback trigger Errors went to ALARM")],
        "rolled-back-by-alarm",
    ),
    "a time limit": (
        [event(0, "s/", "CREATE_IN_PROGRESS"),
         event(9, "s/Queue", "CREATE_FAILED", "Resource creation cancelled"),
         event(9, "s/", "ROLLBACK_IN_PROGRESS",
               "Stack creation time exceeded the specified timeout. Rollback requested by user.")],
        "took-too-long",
    ),
    "an export in use": (
        [event(0, "s/", "DELETE_IN_PROGRESS", "User Initiated"),
         event(1, "s/", "CREATE_COMPLETE",
               "Delete canceled. Cannot delete export shop-Vpc as it is in use by app-dev.")],
        "export-in-use",
    ),
}  # fmt: skip


def found(events: Sequence[Event]) -> Cause:
    cause = first_cause(events)
    assert cause is not None
    return cause


def test_the_cause_is_what_failed_first_in_the_nested_stack() -> None:
    cause = found(ENDED)
    assert (cause.path, cause.type, cause.status) == ("s/Data/Jobs", "AWS::DynamoDB::Table", "CREATE_FAILED")
    assert cause.remedy is not None
    assert cause.remedy.name == "already-exists"
    assert cause.next_step.startswith("it was never made: python -m stackgen deploy")


def test_an_operation_that_still_runs_has_a_cause_already() -> None:
    assert found(NESTED_CREATION[:5]).path == "s/Data/Jobs"
    assert "still works on it" in found(NESTED_CREATION[:5]).next_step
    assert "takes it back" in found(NESTED_CREATION).next_step


def test_nothing_failed_in_what_went_well() -> None:
    events = [event(0, "s/", "CREATE_IN_PROGRESS", "User Initiated"), event(4, "s/", "CREATE_COMPLETE")]
    assert first_cause(events) is None
    assert rollback_cause(events) is None
    assert first_cause([]) is None


def test_a_rollback_that_failed_has_a_cause_of_its_own() -> None:
    assert found(STUCK).path == "s/Role"
    back = rollback_cause(STUCK)
    assert back is not None
    assert back.path == "s/Queue"
    assert back.remedy is not None
    assert back.remedy.name == "resource-gone"
    assert "rollback --continue" in back.next_step
    assert rollback_cause(ENDED) is None


def test_where_the_nested_events_are_gone_the_parents_are_what_is_known() -> None:
    events = [each for each in ENDED if not each.path.startswith("s/Data/")]
    events = [each for each in events if each.path != "s/Data" or each.is_failure]
    assert (found(events).path, found(events).type) == ("s/Data", STACK)


def test_a_nested_stack_that_could_not_even_begin_is_the_cause_itself() -> None:
    events = [
        event(0, "s/", "CREATE_IN_PROGRESS"),
        event(1, "s/Data", "CREATE_FAILED", "S3 error: Access Denied", STACK),
    ]
    remedy = found(events).remedy
    assert remedy is not None
    assert remedy.name == "template-not-readable"


@pytest.mark.parametrize(("events", "remedy"), OF_THE_STACK.values(), ids=OF_THE_STACK)
def test_a_stack_may_fail_although_no_resource_did(events: list[Event], remedy: str) -> None:
    cause = found(events)
    assert cause.path == "s"
    assert cause.remedy is not None
    assert cause.remedy.name == remedy


PATHS = ("s/", "s/A", "s/Data", "s/Data/", "s/Data/B", "s/Data/In/", "s/Data/In/C")
STATUSES = (
    "CREATE_IN_PROGRESS", "CREATE_FAILED", "UPDATE_FAILED", "DELETE_FAILED", "ROLLBACK_IN_PROGRESS",
    "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED", "CREATE_COMPLETE",
)  # fmt: skip
REASONS = (*CANCELLED, "", "already exists", "Access Denied", embedded("x"),
           "The following resource(s) failed to create: [X]. ")  # fmt: skip
POOL = [event(*each) for each in product(range(3), PATHS, STATUSES, REASONS, ("AWS::SQS::Queue", STACK))]
SOME = st.lists(st.sampled_from(POOL), max_size=10)


@given(SOME.flatmap(lambda events: st.tuples(st.just(events), st.permutations(events))))
def test_the_cause_is_the_same_in_whatever_order_the_events_come(both: tuple[list[Event], list[Event]]) -> None:
    events, other = both
    assert first_cause(other) == first_cause(events)
    assert rollback_cause(other) == rollback_cause(events)


@given(SOME)
def test_what_was_cancelled_is_never_the_cause(events: list[Event]) -> None:
    for cause in (first_cause(events), rollback_cause(events)):
        assert cause is None or cause.reason not in CANCELLED


@given(SOME)
def test_where_a_resource_failed_by_itself_there_is_a_cause(events: list[Event]) -> None:
    failed = [each for each in events if each.type == "AWS::SQS::Queue" and each.is_failure]
    if [each for each in failed if each.reason not in CANCELLED]:
        assert first_cause(events) is not None


def test_the_cause_is_found_in_what_the_stand_in_tells(shop: Deployed) -> None:
    shop.deploy()
    again = shop.with_build(tables={"Note": {**NOTE, "Properties": {"Type": "String", "Value": "x"}}})
    shop.cloud.faults.add("create:AWS::SSM::Parameter", Fail("InternalFailure", "Rate exceeded"))
    ended = again.deploy(target(Delay="7"))
    assert ended is not None
    cause = found(ended.events)
    assert (cause.path, cause.reason) == (f"{NAME}/Data/Tables/Note", "Rate exceeded")
    assert cause.next_step.startswith("everything is as it was before")
