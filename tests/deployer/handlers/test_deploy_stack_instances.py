"""One operation after the other: started once, found again, and never on a pair that nobody asked for."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.deployer.handlers import operations
from stackgen.deployer.handlers.errors import (
    OperationInProgressException,
    OperationNotFoundException,
    Refused,
    StackSetNotFoundException,
)
from stackgen.deployer.handlers.inputs import Pair
from stackgen.deployer.handlers.operations import Order
from stackgen.deployer.handlers.planning import CREATE, DELETE, UPDATE, Batch, Existing
from stackgen.deployer.handlers.policy import Policy
from stackgen.deployer.handlers.rectangles import Rectangle
from stackgen.local.faults import Fail, LoseAnswer, Throttle
from tests.deployer.handlers.field import HERE, THERE, A, B, C, Field
from tests.deployer.handlers.installation import FunctionFailed

SPARSE = [((A,), (HERE,)), ((B,), (THERE,))]


@pytest.mark.requirement("DEP-30", "DEP-31", "DEP-33")
def test_an_operation_is_started_with_its_places_and_preferences(field: Field) -> None:
    """An operation elsewhere, with other preferences than ten at a time and no tolerance, or one that is not told."""
    build = field.planned(groups=[((A, B), (HERE, THERE))], policy={"region_order": [HERE]})
    answer = field.deploy(build)
    (operation,) = field.operations(build)
    assert answer == {
        "operation_id": operation["OperationId"],
        "account_ids": [A, B],
        "regions": [HERE, THERE],
        "action": "CREATE",
        "truncated": False,
        "batch_index": 0,
        "batch_count": 1,
    }
    assert operation["OperationPreferences"] == {
        "RegionConcurrencyType": "SEQUENTIAL",
        "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE",
        "RegionOrder": [HERE, THERE],
        "FailureToleranceCount": 0,
        "MaxConcurrentCount": 10,
    }


@pytest.mark.requirement("DEP-14", "DEP-30", "DEP-D02")
def test_a_sparse_matrix_of_targets_is_not_filled_up(field: Field) -> None:
    """A stack in an account and a region that only other targets have."""
    build = field.planned(groups=SPARSE)
    field.roll_out(build)
    assert field.instances(build) == {f"{A}/{HERE}": "CURRENT", f"{B}/{THERE}": "CURRENT"}
    assert field.statuses(build) == {f"{A}/{HERE}": "SUCCESS", f"{B}/{THERE}": "SUCCESS"}


def test_the_same_batch_is_started_once_however_often_it_is_asked_for(field: Field) -> None:
    build = field.planned()
    first = field.deploy(build)
    assert field.deploy(build) == first
    field.cloud.clock.settle()
    assert field.deploy(build) == first, "also when it has ended"
    assert len(field.operations(build)) == 1


@pytest.mark.requirement("DEP-D80")
@pytest.mark.parametrize("times", [1, 5])
def test_an_operation_whose_start_was_not_heard_of_is_adopted(field: Field, times: int) -> None:
    """An operation of one's own that is taken for somebody else's, and waited for half an hour."""
    build = field.planned()
    with field.fault("cloudformation:CreateStackInstances", LoseAnswer(), times):
        field.deploy(build)
    assert len(field.operations(build)) == 1
    assert field.deploy(build)["operation_id"] == field.operations(build)[0]["OperationId"]


@pytest.mark.requirement("DEP-32")
def test_a_stack_set_that_is_busy_is_not_waited_for_by_the_function(field: Field) -> None:
    """A conflict under another name, or one that the function sleeps over."""
    build = field.planned(groups=SPARSE)
    field.deploy(build, 0)
    before = field.cloud.clock.time()
    with pytest.raises(FunctionFailed, match=r"^OperationInProgressException: StackSet dev-.* runs another operation$"):
        field.deploy(build, 1)
    assert field.cloud.clock.time() == before
    field.cloud.clock.settle()
    assert field.deploy(build, 1)["operation_id"]


def test_an_execution_that_continues_another_begins_where_that_stood(field: Field) -> None:
    build = field.planned(groups=SPARSE)
    field.wait(build, field.deploy(build, 0))
    second = field.deploy(build, 1)
    assert field.deploy(build, 0) == second
    assert second["batch_index"] == 1


def test_behind_the_last_batch_there_is_nothing_left(field: Field) -> None:
    build = field.planned()
    answer = field.deploy(build, 1)
    assert answer == {
        "operation_id": "",
        "account_ids": [],
        "regions": [],
        "action": "",
        "truncated": False,
        "batch_index": 1,
        "batch_count": 1,
    }
    assert field.operations(build) == []


def test_of_many_accounts_the_first_hundred_travel(field: Field) -> None:
    accounts = tuple(f"{number:012}" for number in range(1, 151))
    build = field.planned(groups=[(accounts, (HERE,))])
    answer = field.deploy(build)
    assert (answer["account_ids"], answer["truncated"]) == (list(accounts[:100]), True)
    operation = field.cloudformation.describe_stack_set_operation(
        StackSetName=field.stack_set(build), OperationId=answer["operation_id"]
    )
    assert operation["StackSetOperation"]["Status"] == "RUNNING"
    assert len(field.instances(build)) == 150
    field.cloudformation.stop_stack_set_operation(
        StackSetName=field.stack_set(build), OperationId=answer["operation_id"]
    )


def test_a_stack_set_that_is_gone_has_an_error_of_its_own(field: Field) -> None:
    build = field.planned()
    field.cloudformation.delete_stack_set(StackSetName=field.stack_set(build))
    with pytest.raises(FunctionFailed, match=rf"^StackSetNotFoundException: StackSet {field.stack_set(build)} is not"):
        field.deploy(build)


CALLS = [
    "dynamodb:GetItem",
    "dynamodb:UpdateItem",
    "cloudformation:DescribeStackSetOperation",
    "cloudformation:CreateStackInstances",
]


@pytest.mark.parametrize("calls", CALLS)
def test_what_is_throttled_is_transient_and_what_is_denied_refused(field: Field, calls: str) -> None:
    build = field.planned()
    denied = Fail("AccessDenied", "User is not authorized", 403)
    for kind, error in ((Throttle(), "Transient"), (denied, "Refused")):
        with field.fault(calls, kind), pytest.raises(FunctionFailed, match=rf"^{error}: "):
            field.deploy(build)
    assert field.operations(build) == []
    assert field.deploy(build)["operation_id"]


# What all operations share


def order(field: Field, build: Any, batch: Batch, operation_id: str = "op") -> Order:
    return Order(field.stack_set(build), operation_id, batch, {}, Policy())


ONE = Rectangle((A,), (HERE,))


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("OperationInProgressException", 409, OperationInProgressException),
        ("StackSetNotFoundException", 404, StackSetNotFoundException),
        ("ValidationError", 400, Refused),  # a region, say; only UpdateStackSet is given a template
        ("StackInstanceNotFoundException", 404, Refused),
        ("InvalidOperationException", 400, Refused),
        ("LimitExceededException", 400, Refused),
    ],
)
def test_every_refusal_of_a_start_has_its_meaning(field: Field, code: str, status: int, error: type[Exception]) -> None:
    build = field.planned()
    asked = order(field, build, Batch(CREATE, 0, ONE))
    with field.fault("cloudformation:CreateStackInstances", Fail(code, "said", status)), pytest.raises(error) as caught:
        operations.start(asked, field.clients, field.settings)
    assert type(caught.value) is error


def test_an_id_that_exists_already_is_a_start_that_was_made(field: Field) -> None:
    build = field.planned()
    taken = Fail("OperationIdAlreadyExistsException", "exists", 409)
    with field.fault("cloudformation:CreateStackInstances", taken):
        operations.start(order(field, build, Batch(CREATE, 0, ONE)), field.clients, field.settings)


@pytest.mark.requirement("DEP-D03")
def test_updates_and_deletions_reach_exactly_their_places(field: Field) -> None:
    """An operation that names a place where no instance is, which AWS refuses whole."""
    build = field.deployed(groups=[((A, B, C), (HERE,))])
    name = field.stack_set(build)
    for number, action in enumerate((UPDATE, DELETE)):
        batch = Batch(action, 0, Rectangle((A, C), (HERE,)))
        operations.start(order(field, build, batch, f"op{number}"), field.clients, field.settings)
        field.cloud.clock.settle()
        found = sorted(operations.results(name, f"op{number}", field.clients))
        assert [(each.pair, each.status) for each in found] == [
            (Pair(A, HERE), "SUCCEEDED"),
            (Pair(C, HERE), "SUCCEEDED"),
        ]
    assert operations.existing(name, field.clients) == [Existing(Pair(B, HERE), "CURRENT")]
    stacks = [field.cloud.client("cloudformation", account, HERE).list_stacks() for account in (A, B, C)]
    mine = [
        [each["StackStatus"] for each in found["StackSummaries"] if f"-{name}-" in each["StackName"]]
        for found in stacks
    ]
    assert mine == [["DELETE_COMPLETE"], ["CREATE_COMPLETE"], ["DELETE_COMPLETE"]]


@pytest.mark.requirement("DEP-30", "DEP-D16")
def test_every_page_of_instances_and_of_results_is_read(field: Field) -> None:
    """Instances behind the first hundred that are taken for new ones."""
    accounts = tuple(f"{number:012}" for number in range(1, 121))
    build = field.planned(groups=[(accounts, (HERE, THERE))], policy={"region_concurrency_type": "PARALLEL"})
    operation_id = field.deploy(build)["operation_id"]
    name = field.stack_set(build)
    found = [each.pair for each in operations.existing(name, field.clients)]
    assert sorted(found) == sorted(Pair(account, region) for account in accounts for region in (HERE, THERE))
    assert sorted(each.pair for each in operations.results(name, operation_id, field.clients)) == sorted(found)
    operations.stop(name, operation_id, field.clients)
    operations.stop(name, operation_id, field.clients)
    field.cloud.clock.settle()
    operations.stop(name, operation_id, field.clients)
    assert operations.needed(name, operation_id, field.clients).status == "STOPPED"


def test_an_operation_that_nobody_started_is_none_or_an_error(field: Field) -> None:
    name = field.stack_set(field.planned())
    assert operations.find(name, "none", field.clients) is None
    operations.stop(name, "none", field.clients)
    with pytest.raises(OperationNotFoundException, match=rf"^StackSet {name} has no operation none$"):
        operations.needed(name, "none", field.clients)
    with pytest.raises(OperationNotFoundException):
        list(operations.results(name, "none", field.clients))


def test_without_its_stack_set_every_question_says_so(field: Field) -> None:
    for ask in (operations.find, operations.needed, operations.stop):
        with pytest.raises(StackSetNotFoundException):
            ask("nowhere", "op", field.clients)
    with pytest.raises(StackSetNotFoundException):
        operations.existing("nowhere", field.clients)
