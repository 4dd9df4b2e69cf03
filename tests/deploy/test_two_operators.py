"""Two operators with one stack: what one of them has decided upon is no longer so when the other was faster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackgen.deploy.errors import BusyError
from stackgen.deploy.plans import RECREATE
from stackgen.local.faults import Fail

from .deployed import NAME, target

if TYPE_CHECKING:
    from stackgen.deploy.plans import Plan

    from .deployed import Deployed

TABLE = "create:AWS::DynamoDB::Table"


@pytest.fixture
def asked(shop: Deployed) -> Plan:
    """What the first is asked about: the creation was rolled back."""
    shop.cloud.faults.add(TABLE, Fail("InternalFailure", "planted"), times=1)
    shop.deploy()
    plan = shop.again().planner.planned(target())
    assert plan.kind == RECREATE
    return plan


@pytest.mark.requirement("PP-33")
def test_a_stack_that_somebody_else_has_made_again_meanwhile_is_not_deleted(shop: Deployed, asked: Plan) -> None:
    """A yes to the deletion of what a failed creation left deletes the other's live stack."""
    shop.again().deploy()
    live = shop.stack()
    first = shop.again()
    with pytest.raises(BusyError, match="somebody else has begun"):
        first.applying.prepared(asked)
    assert first.operations() == []
    assert shop.stack() == live
    assert live["StackStatus"] == "CREATE_COMPLETE"


def test_what_is_left_of_a_creation_is_deleted_by_its_id(shop: Deployed, asked: Plan) -> None:
    """The other is faster still: between the look at the stack and its deletion."""
    shop.again().deploy()
    live = shop.stack()
    first = shop.again()
    for action in asked.prepare:
        if action.operation == "delete_stack":
            first.perform(action)
    shop.cloud.clock.settle()
    assert first.operations() == ["delete_stack"]
    assert shop.stack() == live


def test_what_somebody_else_deletes_now_is_left_to_them(shop: Deployed, asked: Plan) -> None:
    shop.cloud.formation.operations.steps.durations["*"] = 600
    shop.client("cloudformation").delete_stack(StackName=NAME)
    with pytest.raises(BusyError, match=r"it is (DELETE_IN_PROGRESS|gone)"):
        shop.again().applying.prepared(asked)


@pytest.mark.requirement("PP-33")
def test_an_update_that_somebody_else_began_first_is_told_as_one_that_runs(shop: Deployed) -> None:
    """AWS's refusal of the change set comes out as an error of its own, with exit code 1."""
    shop.deploy()
    first, second = shop.again(), shop.again()
    plan = first.planner.planned(target(Delay="9"))
    faster = second.plan(target(Delay="3"))
    shop.cloud.formation.operations.steps.durations["*"] = 600
    second.client("cloudformation").execute_change_set(ChangeSetName=faster.change_set_name, StackName=NAME)
    with pytest.raises(BusyError, match="UPDATE_IN_PROGRESS") as caught:
        first.applying.prepared(plan)
    assert caught.value.exit_code == 7


def test_a_creation_that_somebody_else_began_first_is_told_as_one_that_runs(shop: Deployed) -> None:
    first = shop.again()
    plan = first.planner.planned(target(Delay="9"))
    shop.deploy()
    with pytest.raises(BusyError, match="CREATE_COMPLETE"):
        first.applying.prepared(plan)
