"""What an earlier run has begun is known again by what AWS tells of a stack that is at work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from stackgen.deploy.errors import BusyError

from .deployed import NAME, target

if TYPE_CHECKING:
    from .deployed import Deployed


def begun(shop: Deployed, **asked: str) -> Deployed:
    """An update that runs, of a process that is no more."""
    shop.deploy()
    first = shop.again()
    plan = first.plan(target(Delay="7"))
    assert plan.change_set is not None
    shop.cloud.formation.operations.steps.durations["*"] = 60
    token = next(each for each in plan.execute if each.operation == "execute_change_set").parameters
    more = {"ClientRequestToken": token["ClientRequestToken"]} if asked.pop("token", "") else {}
    shop.client("cloudformation").execute_change_set(ChangeSetName=plan.change_set.id, **more)
    return shop.again()


@pytest.mark.requirement("PP-30", "PP-33")
@pytest.mark.parametrize("token", ["its token", ""], ids=["by its token", "by its change set"])
def test_a_deployment_that_runs_is_known_again(shop: Deployed, token: str) -> None:
    """A second run refuses to wait for what the first has begun: AWS lists no change set that is executed."""
    again = begun(shop, token=token)
    assert again.change_sets() == []
    running = again.planner.running(target(Delay="7"))
    assert running is not None
    ended = again.applying.followed(NAME, running.id)
    assert (ended.state.status, ended.exit_code) == ("UPDATE_COMPLETE", 0)


def test_a_deployment_of_something_else_is_no_run_of_this_one(shop: Deployed) -> None:
    with pytest.raises(BusyError, match="a deployment of something else runs"):
        begun(shop, token="its token").planner.running(target(Delay="8"))  # noqa: S106  whether it has one


def test_what_somebody_does_by_hand_is_no_deployment(shop: Deployed) -> None:
    """The stack still tells the change set of the deployment before."""
    shop.deploy(target(Delay="7"))
    shop.cloud.formation.operations.steps.durations["*"] = 600
    shop.client("cloudformation").delete_stack(StackName=NAME)
    assert shop.again().planner.running(target(Delay="7")) is None


def test_a_change_set_that_was_executed_is_found_by_its_arn_alone(shop: Deployed) -> None:
    plan = shop.plan()
    assert plan.change_set is not None
    cloudformation = shop.client("cloudformation")
    assert shop.change_sets() == [plan.change_set_name]
    shop.applying.apply(plan)
    assert shop.change_sets() == []
    found = cloudformation.describe_change_set(ChangeSetName=plan.change_set.id)
    assert found["ExecutionStatus"] == "EXECUTE_COMPLETE"
    assert shop.stack()["ChangeSetId"] == plan.change_set.id
    with pytest.raises(ClientError, match="ChangeSetNotFound"):
        cloudformation.describe_change_set(ChangeSetName=plan.change_set_name, StackName=NAME)
