"""Deployments from plan to end, in the stand-in for AWS: that they end well, badly, or cut off and taken up again."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from stackgen.deploy.errors import BusyError, NeedsPersonError
from stackgen.deploy.plans import CREATE, NOTHING, RECREATE, UPDATE
from stackgen.local.cloud import Cloud
from stackgen.local.faults import Fail

from .deployed import BUCKET, NAME, NOTE, Deployed, Killed, named, target

if TYPE_CHECKING:
    from stackgen.deploy.targets import Target

TABLE = "create:AWS::DynamoDB::Table"


@pytest.mark.requirement("PP-33", "PP-30")
def test_the_first_deployment_makes_bucket_templates_and_stack(shop: Deployed) -> None:
    """A stack that does not exist is not told from one that does, or automatic rollback is switched off."""
    plan = shop.plan()
    assert plan.kind == CREATE
    assert shop.stack()["StackStatus"] == "REVIEW_IN_PROGRESS"
    ended = shop.applying.apply(plan)
    assert ended is not None
    assert (ended.state.status, ended.exit_code) == ("CREATE_COMPLETE", 0)
    assert "DisableRollback" not in shop.actions[-1].parameters
    assert set(ended.state.outputs) == {"Table"}
    keys = {each["Key"] for each in shop.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]}
    assert keys == {each.key for each in plan.uploads}
    assert {key.rpartition("/")[0] for key in keys} == {"shop/shop-stack", "shop/data", "shop/tables", "shop/queues"}


def test_a_second_deployment_of_the_same_does_nothing(shop: Deployed) -> None:
    shop.deploy()
    before = shop.stack()
    again = shop.again()
    plan = again.plan()
    assert plan.kind == NOTHING
    assert again.applying.apply(plan) is None
    assert again.operations() == ["create_change_set", "delete_change_set"]
    assert shop.stack() == before


def test_an_update_of_one_child_leaves_the_others_alone(shop: Deployed) -> None:
    shop.deploy()
    again = shop.again()
    plan = again.plan(target(Delay="7"))
    assert plan.kind == UPDATE
    assert {each.path for each in plan.changes} == {f"{NAME}/Queues", f"{NAME}/Queues/Queue"}
    assert plan.risks == ()
    ended = again.applying.apply(plan)
    assert ended is not None
    assert ended.exit_code == 0
    touched = {each.path for each in ended.events if each.type != "AWS::CloudFormation::Stack"}
    assert f"{NAME}/Queues/Queue" in touched
    assert not [path for path in touched if path.startswith(f"{NAME}/Data/")]


def test_the_events_are_those_of_this_deployment_alone_in_their_order(shop: Deployed) -> None:
    shop.deploy()
    again = shop.again()
    ended = again.deploy(target(Delay="7"))
    assert ended is not None
    assert tuple(again.events) == ended.events
    own = [each.status for each in ended.events if each.path == NAME]
    assert own == ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"]
    assert len({each.id for each in ended.events}) == len(ended.events)


@pytest.mark.requirement("PP-30")
def test_a_failure_in_a_grandchild_takes_everything_back(shop: Deployed) -> None:
    """A failed update leaves something of it behind, or is told as a success."""
    shop.deploy()
    before = shop.stack()
    again = shop.with_build(tables={"Note": {**NOTE, "Properties": {"Type": "String", "Value": "x"}}})
    shop.cloud.faults.add("create:AWS::SSM::Parameter", Fail("InternalFailure", "planted"))
    ended = again.deploy()
    assert ended is not None
    assert (ended.state.status, ended.exit_code) == ("UPDATE_ROLLBACK_COMPLETE", 5)
    failed = {each.path: each.reason for each in ended.events if each.is_failure}
    assert "planted" in failed[f"{NAME}/Data/Tables/Note"]
    assert shop.stack()["Outputs"] == before["Outputs"]


def test_a_creation_that_was_rolled_back_is_made_again(shop: Deployed) -> None:
    fault = shop.cloud.faults.add(TABLE, Fail("InternalFailure", "planted"), times=1)
    ended = shop.deploy()
    assert ended is not None
    assert (ended.state.status, ended.exit_code) == ("ROLLBACK_COMPLETE", 5)
    del fault
    first = shop.stack()["StackId"]
    again = shop.again()
    assert again.planner.planned(target()).kind == RECREATE
    ended = again.deploy(named(target(), is_protected=True))
    assert ended is not None
    assert (ended.state.status, ended.exit_code) == ("CREATE_COMPLETE", 0)
    assert shop.stack()["StackId"] != first
    assert shop.stack()["EnableTerminationProtection"] is True


def test_without_rollback_a_failure_needs_a_person(shop: Deployed) -> None:
    shop.cloud.faults.add(TABLE, Fail("InternalFailure", "planted"))
    ended = shop.applying.apply(shop.plan(), disable_rollback=True)
    assert ended is not None
    assert (ended.state.status, ended.exit_code) == ("CREATE_FAILED", 6)
    with pytest.raises(NeedsPersonError, match="is in CREATE_FAILED and cannot be updated"):
        shop.again().plan()


def test_a_shell_that_an_earlier_run_left_is_used(shop: Deployed) -> None:
    first = shop.plan()
    again = shop.again()
    plan = again.plan()
    assert (plan.kind, plan.id) == (CREATE, first.id)
    assert again.actions == []
    other = shop.again()
    assert other.plan(target(Delay="9")).id != first.id
    assert {name.rpartition("-")[2] for name in shop.change_sets()} == {first.id, other.plan(target(Delay="9")).id}
    ended = other.deploy()
    assert ended is not None
    assert ended.exit_code == 0


def test_a_plan_that_is_declined_leaves_nothing_of_the_stack(shop: Deployed) -> None:
    shop.applying.discard(shop.plan())
    found = shop.client("cloudformation").list_stacks()["StackSummaries"]
    assert {each["StackStatus"] for each in found} <= {"DELETE_COMPLETE"}


def test_a_declined_update_leaves_the_stack_untouched(shop: Deployed) -> None:
    shop.deploy()
    before = shop.stack()
    sets = shop.change_sets()
    again = shop.again()
    again.applying.discard(again.plan(target(Delay="7")))
    assert shop.stack() == before
    assert shop.change_sets() == sets


def test_other_plans_are_left_alone_until_one_is_carried_out(shop: Deployed) -> None:
    shop.deploy()
    cloudformation = shop.client("cloudformation")
    url = shop.planner.planned(target()).prepare[-1].parameters["TemplateURL"]
    values = [{"ParameterKey": "TemplatesBucketName", "ParameterValue": BUCKET},
              {"ParameterKey": "Delay", "ParameterValue": "99"}]  # fmt: skip
    cloudformation.create_change_set(StackName=NAME, ChangeSetName="by-hand", TemplateURL=url, Parameters=values)
    executed = {each for each in shop.change_sets() if each != "by-hand"}
    shop.again().plan(target(Delay="6"))
    again = shop.again()
    last = again.plan(target(Delay="7"))
    assert len(shop.change_sets()) == len(executed) + 3
    again.applying.apply(last)
    assert shop.change_sets() == []


def test_a_stack_that_is_busy_is_left_alone(shop: Deployed) -> None:
    shop.cloud.formation.operations.steps.durations["*"] = 60
    plan = shop.plan()
    shop.client("cloudformation").execute_change_set(ChangeSetName=plan.change_set.id if plan.change_set else "")
    assert shop.stack()["StackStatus"] == "CREATE_IN_PROGRESS"
    with pytest.raises(BusyError, match="another operation runs") as caught:
        shop.again().plan()
    assert caught.value.exit_code == 7
    shop.cloud.clock.advance(3600)
    assert shop.again().plan().kind == NOTHING


def test_what_aws_refuses_is_told_and_may_be_mended(shop: Deployed) -> None:
    """AWS refuses the change set; the next attempt is not kept by the one that failed."""
    shop.deploy()
    broken = shop.with_build(root={"More": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String"}}})
    broken.cloud.faults.add("cloudformation:CreateChangeSet", Fail("ValidationError", "planted"), times=1)
    with pytest.raises(ClientError, match="planted"):
        broken.plan()
    assert broken.again().plan().kind == UPDATE


def ends(deployed: Deployed, wanted: Target) -> None:
    """Deploy as a new process does, after one that was killed: follow what runs, then go on."""
    running = deployed.planner.running(wanted)
    if running is not None:
        deployed.applying.followed(wanted.stack_name, running.id)
    deployed.deploy(wanted)


@pytest.mark.parametrize("after", [False, True], ids=["before the call", "after it"])
@pytest.mark.parametrize("number", range(1, 14))
def test_a_first_deployment_cut_off_at_any_call_is_finished_by_the_next(number: int, after: bool) -> None:
    wanted = named(target(), is_protected=True)
    with Cloud() as cloud:
        cut = Deployed(cloud, dies=number, after=after)
        with suppress(Killed):
            cut.deploy(wanted)
            pytest.fail("nobody was killed")
        again = Deployed(cloud)
        ends(again, wanted)
        assert again.plan(wanted).kind == NOTHING
        again.applying.apply(again.plan(wanted))
        assert settled(again)


def settled(shop: Deployed) -> bool:
    """Whether everything is as an undisturbed deployment leaves it."""
    s3 = shop.client("s3")
    assert shop.stack()["StackStatus"] == "CREATE_COMPLETE"
    assert shop.stack()["EnableTerminationProtection"] is True
    assert len(shop.change_sets()) <= 1
    assert len(s3.list_objects_v2(Bucket=BUCKET)["Contents"]) == len(shop.build.templates)
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    assert all(s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values())
    assert "aws:SecureTransport" in s3.get_bucket_policy(Bucket=BUCKET)["Policy"]
    assert s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    found = shop.client("cloudformation").describe_stacks()["Stacks"]
    assert [each["StackName"] for each in found if "ParentId" not in each] == [NAME]
    return True
