"""``diagnose``: the first cause, what helps, where it stands and what is next, for stacks in all their states."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.local.faults import Fail

from .deployed import ACCOUNT, NAME, NOTE, REGION, SECRET, target

if TYPE_CHECKING:
    from .typed import Typed

PLACE = f"{NAME} in {ACCOUNT}/{REGION}"
WORDS = f"shop-stack -e dev -r {REGION}"
TABLE = "create:AWS::DynamoDB::Table"
EXISTS = Fail("AlreadyExists", "Table already exists: jobs")


def slow(typed: Typed) -> None:
    """Each resource takes ten seconds, so that events have an order in time."""
    typed.cloud.formation.operations.steps.durations["*"] = 10


def test_a_stack_that_is_well_is_told_so(typed: Typed) -> None:
    typed.shop().deploy()
    assert typed.run("diagnose") == (0, f"{PLACE} is well: CREATE_COMPLETE\n", "")


def test_a_stack_that_is_not_there_is_an_error_with_the_next_step(typed: Typed) -> None:
    code, out, err = typed.run("diagnose")
    assert (code, out) == (1, "")
    assert f"python -m stackgen deploy {WORDS} makes it" in err


@pytest.mark.requirement("PP-25", "PP-34")
def test_a_creation_that_failed_deep_below_is_told_with_all_that_helps(typed: Typed) -> None:
    """The parent's failure is told instead of its cause, or it is not said what to do and where."""
    slow(typed)
    typed.cloud.faults.add(TABLE, EXISTS)
    typed.shop().deploy()
    code, out, _ = typed.run("diagnose")
    assert code == 5
    lines = out.splitlines()
    assert lines[0] == f"{PLACE}: the last operation failed; ROLLBACK_COMPLETE"
    assert lines[1].startswith(
        f"  first cause: {NAME}/Data/Tables/Table (AWS::DynamoDB::Table), CREATE_FAILED at 2026-"
    )
    assert lines[2:4] == ["    reason: Table already exists: jobs", "    in the build: build/shop/tables.json:8"]
    assert lines[4].startswith("    what helps: something of this name is there already")
    assert lines[5].startswith("    see: https://docs.aws.amazon.com/")
    assert f"python -m stackgen deploy {WORDS} clears what is left" in lines[6]
    assert len(lines) == 7


def test_the_same_for_programs_has_names_that_stay(typed: Typed) -> None:
    slow(typed)
    typed.cloud.faults.add(TABLE, EXISTS)
    typed.shop().deploy()
    code, out, _ = typed.run("diagnose", "--format", "json")
    content = json.loads(out)
    (told,) = content["stacks"]
    assert (code, content["schema"], told["verdict"], told["exit_code"]) == (5, "stackgen/diagnose", "failed", 5)
    assert told["first_cause"]["path"] == f"{NAME}/Data/Tables/Table"
    assert told["first_cause"]["remedy"]["name"] == "already-exists"
    assert told["rollback_cause"] is None


def test_a_failed_update_and_the_failure_of_its_rollback_are_both_told(typed: Typed) -> None:
    typed.shop().deploy()
    typed.cloud.clock.advance(60)
    slow(typed)
    more = {**NOTE, "Properties": {"Type": "String", "Value": "x"}, "DependsOn": "Queues"}
    typed.cloud.faults.add("create:AWS::SSM::Parameter", EXISTS)
    typed.cloud.faults.add(
        "update:AWS::SQS::Queue",
        Fail("NotFound", "Queue does not exist"),
        times=None,
        when=lambda call: call.parameters["Properties"]["DelaySeconds"] == "5",
    )
    typed.shop().with_build(root={"More": more}).deploy(target(Delay="7"))
    code, out, _ = typed.run("diagnose", "--format", "json")
    (told,) = json.loads(out)["stacks"]
    assert (code, told["status"], told["verdict"]) == (6, "UPDATE_ROLLBACK_FAILED", "stuck")
    assert told["first_cause"]["path"] == f"{NAME}/More"
    assert told["rollback_cause"]["path"] == f"{NAME}/Queues/Queue"
    assert told["rollback_cause"]["remedy"]["name"] == "resource-gone"
    assert f"python -m stackgen rollback {WORDS} --continue" in told["next_step"]
    assert "the rollback failed too" in typed.run("diagnose")[1]


def test_what_was_left_as_it_failed_needs_a_person(typed: Typed) -> None:
    slow(typed)
    typed.cloud.faults.add(TABLE, EXISTS)
    shop = typed.shop()
    shop.applying.apply(shop.plan(), disable_rollback=True)
    code, out, _ = typed.run("diagnose")
    assert code == 6
    assert f"next: nothing was taken back: python -m stackgen rollback {WORDS} takes it back" in out


def test_the_first_cause_of_an_update_that_was_left_is_deep_below_and_that_which_deploy_told(typed: Typed) -> None:
    """A nested stack that fails to be updated tells where it is; so its own events are read."""
    typed.deploy()
    typed.cloud.clock.advance(60)
    typed.cloud.faults.add("update:AWS::SQS::Queue", Fail("AccessDenied", "Access Denied"))
    ran = typed.run("deploy", "-p", "Delay=7", "--no-rollback", "--yes", "--every", "0.1")
    assert f"cause: {NAME}/Queues/Queue (AWS::SQS::Queue): Access Denied" in ran.out
    assert f"next: nothing was taken back: python -m stackgen rollback {WORDS} takes it back\n" in ran.out
    code, out, _ = typed.run("diagnose")
    assert code == 6
    assert f"first cause: {NAME}/Queues/Queue (AWS::SQS::Queue), UPDATE_FAILED at" in out
    assert "what helps: allow the role that deploys" in out


def begun(typed: Typed) -> None:
    slow(typed)
    shop = typed.shop()
    plan = shop.plan()
    typed.cloud.clock.advance(1)
    assert plan.change_set is not None
    shop.client("cloudformation").execute_change_set(ChangeSetName=plan.change_set.id)


def test_an_operation_that_runs_is_told_with_what_has_failed_already(typed: Typed) -> None:
    begun(typed)
    code, out, _ = typed.run("diagnose")
    assert (code, out.splitlines()[0]) == (0, f"{PLACE}: nothing has failed so far; CREATE_IN_PROGRESS")
    assert f"python -m stackgen events {WORDS} --follow shows how" in out
    typed.cloud.faults.add("create:AWS::SSM::Parameter", EXISTS)
    typed.cloud.clock.advance(70)
    code, out, _ = typed.run("diagnose")
    assert (code, out.splitlines()[0]) == (5, f"{PLACE}: the last operation failed; ROLLBACK_IN_PROGRESS")
    assert f"first cause: {NAME}/Queues/Note" in out


def test_a_deletion_that_failed_needs_a_person(typed: Typed) -> None:
    typed.shop().deploy()
    slow(typed)
    typed.cloud.clock.advance(60)
    typed.cloud.faults.add("delete:AWS::SQS::Queue", Fail("AccessDenied", "Access Denied"), times=None)
    typed.shop().client("cloudformation").delete_stack(StackName=NAME)
    typed.cloud.clock.advance(600)
    code, out, _ = typed.run("diagnose")
    assert code == 6
    assert f"first cause: {NAME}/Queues/Queue (AWS::SQS::Queue), DELETE_FAILED" in out
    assert f"python -m stackgen destroy {WORDS}" in out


LONE: dict[str, Any] = {"Resources": {"Note": {**NOTE, "Properties": {"Type": "String", "Value": "x"}}}}


def test_a_stack_that_was_deleted_because_it_failed_is_diagnosed_by_its_id(typed: Typed) -> None:
    slow(typed)
    cloudformation = typed.shop().client("cloudformation")
    typed.cloud.faults.add("create:AWS::SSM::Parameter", EXISTS)
    made = cloudformation.create_stack(StackName="lone", TemplateBody=json.dumps(LONE), OnFailure="DELETE")
    typed.cloud.clock.advance(600)
    code, out, err = typed.run("diagnose", made["StackId"])
    assert code == 5, err
    assert out.splitlines()[0] == f"lone in {ACCOUNT}/{REGION}: the last operation failed; DELETE_COMPLETE"
    assert "first cause: lone/Note (AWS::SSM::Parameter), CREATE_FAILED" in out


def test_a_change_set_that_aws_refused_is_told_with_its_reason(typed: Typed) -> None:
    typed.shop().deploy()
    typed.cloud.clock.advance(60)
    cloudformation = typed.shop().client("cloudformation")
    broken = {"Resources": {"Data": {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": f"https://nowhere.s3.{REGION}.amazonaws.com/x.json"},
    }}}  # fmt: skip
    cloudformation.create_change_set(
        StackName=NAME, ChangeSetName="broken", TemplateBody=json.dumps(broken), IncludeNestedStacks=True
    )
    typed.cloud.clock.advance(60)
    assert cloudformation.describe_change_set(StackName=NAME, ChangeSetName="broken")["Status"] == "FAILED"
    code, out, _ = typed.run("diagnose")
    assert (code, out.splitlines()[0]) == (
        1, f"{PLACE}: AWS refused the last change set, and changed nothing; CREATE_COMPLETE"
    )  # fmt: skip
    assert "  change set broken: S3 error: The specified bucket does not exist" in out
    assert "    what helps: " in out
    assert f"nothing was changed: mend it, then python -m stackgen deploy {WORDS}" in out


def test_a_change_set_that_was_empty_is_no_failure(typed: Typed) -> None:
    typed.shop().deploy()
    typed.cloud.clock.advance(60)
    plan = typed.shop().plan()
    assert plan.change_set is not None
    assert plan.change_set.is_empty
    assert typed.run("diagnose")[0] == 0


def test_a_secret_in_a_reason_is_hidden(typed: Typed) -> None:
    slow(typed)
    typed.cloud.faults.add(TABLE, Fail("InternalFailure", f"cannot take {SECRET} for Password"))
    typed.shop().deploy()
    for form in ("text", "json"):
        assert "cannot take **** for Password" in typed.run("diagnose", "--format", form)[1]


@pytest.mark.parametrize("operation", ["DescribeStacks", "DescribeStackEvents", "ListChangeSets"])
def test_what_aws_refuses_is_told(typed: Typed, operation: str) -> None:
    typed.shop().deploy()
    typed.cloud.faults.add(f"cloudformation:{operation}", Fail("AccessDenied", "no", 403), times=None)
    code, out, err = typed.run("diagnose")
    assert (code, out) == (1, "")
    assert f"these credentials may not cloudformation:{operation}" in err


def test_the_first_cause_is_found_in_a_nested_stack_that_was_left_as_it_failed(typed: Typed) -> None:
    """With --no-rollback the root tells of its child, and the child has stopped at its own failure."""
    typed.deploy()
    typed.cloud.faults.add("update:AWS::SQS::Queue", Fail("AccessDenied", "Access Denied"))
    assert typed.run("deploy", "-p", "Delay=9", "--no-rollback", "--yes").code == 6
    ran = typed.run("diagnose")
    assert f"first cause: {NAME}/Queues/Queue (AWS::SQS::Queue)" in ran.out
