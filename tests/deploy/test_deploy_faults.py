"""What goes wrong with ``deploy``: said with the next step and its exit code, and nothing is lost.

Each case is deployed again when the fault is over, and ends well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from stackgen.local.faults import Fail, LoseAnswer, Throttle
from stackgen.local.formation import comparison, records

from .deployed import ACCOUNT, BUCKET, NAME, SECRET, changing, target

if TYPE_CHECKING:
    from .deployed import Deployed
    from .typed import Typed

PLACE = f"{NAME} in {ACCOUNT}/us-east-1"
HERE = "shop-stack -e dev -r us-east-1"


def deployed(typed: Typed) -> Deployed:
    ran = typed.run("deploy", "--yes")
    assert ran.code == 0, ran.err
    typed.cloud.gateway.notes.clear()
    return typed.shop()


def put_in(typed: Typed, status: str) -> None:
    """Let the stack be in a status, as AWS could have left it."""
    with typed.cloud.embedded.scope(ACCOUNT, "us-east-1"):
        records.known(NAME)["StackStatus"] = status


GOOD = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE")
BUSY = (
    "CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "DELETE_IN_PROGRESS", "UPDATE_IN_PROGRESS",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "IMPORT_IN_PROGRESS", "IMPORT_ROLLBACK_IN_PROGRESS",
)  # fmt: skip
STUCK = {
    "CREATE_FAILED": f"python -m stackgen rollback {HERE}",
    "UPDATE_FAILED": f"python -m stackgen rollback {HERE}",
    "UPDATE_ROLLBACK_FAILED": f"python -m stackgen rollback {HERE} --continue",
    "IMPORT_ROLLBACK_FAILED": f"python -m stackgen rollback {HERE} --continue",
    "ROLLBACK_FAILED": f"python -m stackgen destroy {HERE}",
    "DELETE_FAILED": f"python -m stackgen destroy {HERE}",
}
"""Source: CloudFormation User Guide, "Stack status codes"; with DELETE_COMPLETE, ROLLBACK_COMPLETE and
REVIEW_IN_PROGRESS, which have tests of their own, these are all."""


@pytest.mark.requirement("PP-33", "PP-D63")
@pytest.mark.parametrize("status", [*GOOD, *BUSY, *STUCK])
def test_a_stack_in_any_status_is_deployed_or_said_what_to_do_with(typed: Typed, status: str) -> None:
    """A stack is changed while something else works on it, or nobody says what to do with one that is stuck."""
    shop = deployed(typed)
    put_in(typed, status)
    ran = typed.run("deploy", "--yes", "-p", "Delay=7")
    if status in GOOD:
        assert ran.code == 0, ran.err
        return
    assert f"{PLACE}" in ran.err
    assert status in ran.err
    assert changing(shop.calls()) == []
    if status in BUSY:
        assert ran.code == 7
        assert f"python -m stackgen events {HERE} --follow" in ran.err
    else:
        assert ran.code == 6
        assert STUCK[status] in ran.err
        assert f"python -m stackgen diagnose {HERE}" in ran.err


def test_every_status_of_cloudformation_is_among_them(typed: Typed) -> None:
    model = typed.cloud.client("cloudformation").meta.service_model.shape_for("StackStatus")
    rest = {"DELETE_COMPLETE", "ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"}
    assert {*GOOD, *BUSY, *STUCK, *rest} == set(model.enum)


@pytest.mark.requirement("PP-D63", "PP-33")
def test_what_was_rolled_back_when_it_was_made_is_made_again_when_somebody_says_so(typed: Typed) -> None:
    """A stack in ROLLBACK_COMPLETE is updated, or deleted unasked."""
    typed.cloud.faults.add("create:AWS::DynamoDB::Table", Fail("InternalFailure", "planted"))
    ran = typed.run("deploy", "--yes")
    assert ran.code == 5
    assert ran.out.splitlines()[2].startswith(f"  cause: {NAME}/Data/Tables/Table (AWS::DynamoDB::Table): planted")
    assert f"python -m stackgen deploy {HERE} clears what is left, and makes it anew" in ran.out
    first = typed.shop().stack()["StackId"]
    declined = typed.run("deploy", answer="n")
    assert declined.code == 3
    assert f"the creation of {PLACE} was rolled back; delete what is left, and make it again?" in declined.err
    assert typed.shop().stack()["StackId"] == first
    planned = typed.run("plan")
    assert planned.code == 0, planned.err
    assert "its creation was rolled back; what is left is deleted, and it is made again" in planned.out
    assert typed.run("plan", "--save", "p.json").code == 6
    assert typed.shop().stack()["StackId"] == first
    assert typed.run("deploy", answer="y").code == 3  # the plan is asked for too, and nobody answers any more
    assert typed.run("deploy", "--yes").code == 0


def test_a_shell_without_anything_in_it_is_made_into_a_stack(typed: Typed) -> None:
    assert typed.run("plan", "--save", "p.json").code == 0
    assert typed.shop().stack()["StackStatus"] == "REVIEW_IN_PROGRESS"
    assert typed.run("deploy", "--yes", "-p", "Delay=9").code == 0
    assert typed.shop().stack()["StackStatus"] == "CREATE_COMPLETE"


# --- faults of calls

NO_ACCESS = {
    "s3:HeadBucket": "the bucket shop-cfn-111111111111-us-east-1 is not account 111111111111's, or these",
    "s3:PutObject": "these credentials may not s3:PutObject",
    "cloudformation:DescribeStacks": "these credentials may not cloudformation:DescribeStacks",
    "cloudformation:CreateChangeSet": "these credentials may not cloudformation:CreateChangeSet",
    "cloudformation:ExecuteChangeSet": "these credentials may not cloudformation:ExecuteChangeSet",
    "cloudformation:DescribeStackEvents": "these credentials may not cloudformation:DescribeStackEvents",
}


@pytest.mark.parametrize("call", NO_ACCESS)
def test_one_call_that_is_not_allowed_is_named_and_afterwards_all_goes_well(typed: Typed, call: str) -> None:
    code = "403" if call == "s3:HeadBucket" else "AccessDenied"
    fault = typed.cloud.faults.add(call, Fail(code, "not for you", 403), times=None)
    ran = typed.run("deploy", "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert NO_ACCESS[call] in ran.err
    if "ChangeSet" in call:
        assert "not for you" in ran.err
    assert "Traceback" not in ran.err
    fault.times = fault.met
    assert typed.run("deploy", "--yes").code == 0


def test_credentials_that_expire_before_the_execution_lose_nothing(typed: Typed) -> None:
    shop = deployed(typed)
    before = shop.stack()
    fault = typed.cloud.faults.add("cloudformation:ExecuteChangeSet", Fail("ExpiredToken", "expired", 400), times=None)
    ran = typed.run("deploy", "--yes", "-p", "Delay=7")
    assert (ran.code, ran.out) == (1, "")
    assert "AWS does not accept these credentials (ExpiredToken)" in ran.err
    assert f"whatever was prepared stays; python -m stackgen deploy {HERE} -p Delay=7 takes it up" in ran.err
    assert shop.stack() == before
    fault.times = fault.met
    shop.calls()
    ran = typed.run("deploy", "--yes", "-p", "Delay=7")
    assert ran.code == 0, ran.err
    assert changing(shop.calls()) == ["ExecuteChangeSet"]


def test_credentials_that_expire_while_it_runs_are_told_and_the_next_run_takes_it_up(typed: Typed) -> None:
    deployed(typed)
    events = typed.cloud.faults.add(
        "cloudformation:DescribeStacks", Fail("ExpiredToken", "expired", 400), times=None, when=_while_it_runs(typed)
    )
    ran = typed.run("deploy", "--yes", "-p", "Delay=7")
    assert ran.code == 1
    assert f"python -m stackgen deploy {HERE} -p Delay=7 takes it up" in ran.err
    events.times = events.met
    again = typed.run("deploy", "--yes", "-p", "Delay=7")
    assert (again.code, "nothing to do" in again.out) == (0, True)


def _while_it_runs(typed: Typed) -> Any:
    def asked(_: Any) -> bool:
        return any(each.operation == "ExecuteChangeSet" for each in typed.cloud.gateway.notes)

    return asked


def test_throttling_is_waited_out_and_told_where_it_does_not_end(typed: Typed) -> None:
    typed.cloud.faults.add("cloudformation:*", Throttle(), times=3)
    assert typed.run("deploy", "--yes").code == 0
    fault = typed.cloud.faults.add("cloudformation:CreateChangeSet", Throttle(), times=None)
    ran = typed.run("deploy", "--yes", "-p", "Delay=7")
    assert (ran.code, ran.out) == (1, "")
    assert "was refused for now, also after several attempts: Throttling" in ran.err
    assert "the same command a minute later does the same, and does nothing twice" in ran.err
    fault.times = fault.met
    assert typed.run("deploy", "--yes", "-p", "Delay=7").code == 0


def test_an_answer_that_is_lost_takes_effect_once(typed: Typed) -> None:
    shop = deployed(typed)
    typed.cloud.faults.add("cloudformation:ExecuteChangeSet", LoseAnswer(), times=1)
    ran = typed.run("deploy", "--yes", "-p", "Delay=7")
    assert ran.code == 0, ran.err
    assert shop.stack()["StackStatus"] == "UPDATE_COMPLETE"


def test_a_change_set_that_fails_changes_nothing_and_goes_through_when_it_is_mended(typed: Typed) -> None:
    shop = deployed(typed)
    before, sets = shop.stack(), shop.change_sets()
    typed.build(root={"Bad": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Ref": "No"}}}})
    ran = typed.run("deploy", "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert "No" in ran.err
    assert (shop.stack(), shop.change_sets()) == (before, sets)
    typed.build(root={"Good": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "x"}}})
    assert typed.run("deploy", "--yes").code == 0


def failed(call: Any, reason: str, typed: Typed) -> None:
    """Let a change set that was just made have failed, as CloudFormation says it."""
    with typed.cloud.embedded.scope(ACCOUNT, "us-east-1"):
        made = comparison.known(call.parameters["ChangeSetName"], call.parameters["StackName"])
        made |= {"Status": "FAILED", "StatusReason": reason, "ExecutionStatus": "UNAVAILABLE"}


@pytest.mark.requirement("PP-D23")
def test_a_change_set_that_aws_gives_up_is_taken_back_with_its_reason(typed: Typed) -> None:
    """A failed change set is executed, or piles up."""
    shop = deployed(typed)
    sets = shop.change_sets()
    typed.cloud.gateway.observers.append(
        lambda call, _: failed(call, "planted", typed) if call.operation == "CreateChangeSet" else None
    )
    ran = typed.run("deploy", "--yes", "-p", "Delay=7")
    assert (ran.code, ran.out) == (1, "")
    assert f"AWS refuses the change to {PLACE}: planted" in ran.err
    assert shop.change_sets() == sets
    typed.cloud.gateway.observers.pop()
    assert typed.run("deploy", "--yes", "-p", "Delay=7").code == 0


@pytest.mark.requirement("PP-D23", "PP-21")
def test_an_empty_change_set_is_a_success_and_goes(typed: Typed) -> None:
    """Nothing to change is an error, or leaves a failed change set."""
    shop = deployed(typed)
    sets = shop.change_sets()
    ran = typed.run("deploy", "--yes")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[1] == f"{PLACE}: nothing to do"
    assert shop.change_sets() == sets
    assert changing(shop.calls()) == ["CreateChangeSet", "DeleteChangeSet"]


def test_a_bucket_of_somebody_else_is_not_used(typed: Typed) -> None:
    typed.cloud.client("s3", account="222222222222").create_bucket(Bucket=BUCKET)
    typed.cloud.gateway.notes.clear()
    ran = typed.run("deploy", "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert f"the bucket {BUCKET} is not account {ACCOUNT}'s" in ran.err
    assert "give the parameter that names the bucket another value" in ran.err
    assert changing(typed.shop().calls()) == []
    assert typed.run("deploy", "--yes", "-p", "TemplatesBucketName=shop-other-bucket").code == 0


@pytest.mark.requirement("PP-D15")
def test_a_template_larger_than_a_body_may_be_is_deployed(typed: Typed) -> None:
    """A template over 51,200 bytes is sent as a body, and refused."""
    note: dict[str, Any] = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "x" * 1500}}
    typed.build(root={f"Note{number}": note for number in range(40)})
    assert (typed.root / "build/shop/shop-stack.json").stat().st_size > 51_200
    ran = typed.run("deploy", "--yes")
    assert ran.code == 0, ran.err
    assert "43 created" in ran.out


# --- two operators


def test_another_deployment_that_runs_is_left_alone(typed: Typed) -> None:
    shop = deployed(typed)
    typed.cloud.formation.operations.steps.durations["*"] = 600
    other = shop.again()
    plan = other.plan(target(Delay="3"))
    other.client("cloudformation").execute_change_set(ChangeSetName=plan.change_set_name, StackName=NAME)
    shop.calls()
    ran = typed.run("deploy", "--yes", "-p", "Delay=7")
    assert (ran.code, ran.out) == (7, "")
    assert f"a deployment of something else runs on {PLACE}: UPDATE_IN_PROGRESS" in ran.err
    assert f"python -m stackgen events {HERE} --follow shows it to its end" in ran.err
    assert changing(shop.calls()) == []
    typed.cloud.formation.operations.steps.durations.clear()
    typed.cloud.clock.settle()
    assert typed.run("deploy", "--yes", "-p", "Delay=7").code == 0


@pytest.mark.parametrize("moment", ["CreateChangeSet", "GetTemplate"])
def test_whoever_comes_second_between_plan_and_execution_is_told_and_changes_nothing(typed: Typed, moment: str) -> None:
    shop = deployed(typed)
    once = iter([True])

    def first(call: Any, _: Any) -> None:
        if call.operation == moment and next(once, False):
            other = typed.shop()
            typed.cloud.clock.advance(1)
            other.applying.apply(other.plan(target(Delay="3")))

    typed.cloud.gateway.observers.append(first)
    ran = typed.run("deploy", "--yes", "-p", "Delay=7")
    assert (ran.code, ran.out) == (7, "")
    assert f"somebody else has begun with {PLACE} meanwhile" in ran.err
    assert "nothing of this plan was carried out; deploy again when the other has ended" in ran.err
    found = {each["ParameterKey"]: each["ParameterValue"] for each in shop.stack()["Parameters"]}
    assert found["Delay"] == "3"
    assert typed.run("deploy", "--yes", "-p", "Delay=7").code == 0


def test_a_secret_in_a_reason_or_an_output_is_hidden_while_it_is_followed_and_at_the_end(typed: Typed) -> None:
    """A service answers with the password that it was given, and everybody reads it in the log of a pipeline."""
    typed.deploy()
    typed.build(root={"More": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "x"}}})
    typed.cloud.faults.add("create:AWS::SSM::Parameter", Fail("InvalidRequest", f"{SECRET} is too weak"))
    ran = typed.run("deploy", "--yes", "--every", "0.1")
    assert ran.code == 5
    assert SECRET not in ran.out + ran.err
    assert "**** is too weak" in ran.out
    assert "**** is too weak" in ran.err
