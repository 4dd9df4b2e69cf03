"""``rollback``: the way back by each status, typed and followed against the stand-in for AWS."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deploy import stacks
from stackgen.deploy.events import began
from stackgen.deploy.following import carried_out, ended
from stackgen.deploy.rolling_back import (
    BACK,
    CANCEL,
    CONTINUE,
    DELETE,
    FOLLOW,
    HEALTHY,
    ROLL_BACK,
    STUCK,
    stuck,
    way_of,
)  # fmt: skip
from stackgen.errors import UsageError
from stackgen.local.faults import Fail
from stackgen.local.formation import records

from .deployed import ACCOUNT, NAME, changing, target
from .test_backup import PLAIN, tree_of

if TYPE_CHECKING:
    from .deployed import Deployed
    from .typed import Typed

WAYS = {
    "CREATE_IN_PROGRESS": FOLLOW,
    "CREATE_FAILED": ROLL_BACK,
    "CREATE_COMPLETE": HEALTHY,
    "ROLLBACK_IN_PROGRESS": FOLLOW,
    "ROLLBACK_FAILED": DELETE,
    "ROLLBACK_COMPLETE": DELETE,
    "DELETE_IN_PROGRESS": FOLLOW,
    "DELETE_FAILED": STUCK,
    "UPDATE_IN_PROGRESS": CANCEL,
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": FOLLOW,
    "UPDATE_COMPLETE": HEALTHY,
    "UPDATE_FAILED": ROLL_BACK,
    "UPDATE_ROLLBACK_IN_PROGRESS": FOLLOW,
    "UPDATE_ROLLBACK_FAILED": CONTINUE,
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": FOLLOW,
    "UPDATE_ROLLBACK_COMPLETE": BACK,
    "REVIEW_IN_PROGRESS": DELETE,
    "IMPORT_IN_PROGRESS": FOLLOW,
    "IMPORT_COMPLETE": HEALTHY,
    "IMPORT_ROLLBACK_IN_PROGRESS": FOLLOW,
    "IMPORT_ROLLBACK_FAILED": STUCK,
    "IMPORT_ROLLBACK_COMPLETE": HEALTHY,
}
"""Every status that CloudFormation has. Source: API reference, Stack, StackStatus."""

CALLS = {
    ROLL_BACK: "rollback_stack",
    CONTINUE: "continue_update_rollback",
    CANCEL: "cancel_update_stack",
    DELETE: "delete_stack",
}
BAD = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "bad"}}


def tree_in(status: str, *resources: stacks.Resource) -> stacks.Tree:
    return stacks.Tree(stacks.StackState("shop", "arn:shop", status), "shop", resources)


@pytest.mark.requirement("PP-29", "PP-D28")
@pytest.mark.parametrize(("status", "kind"), WAYS.items())
def test_each_status_has_its_way(status: str, kind: str) -> None:
    """A status leads to a call that AWS refuses, or a healthy stack is touched."""
    way = way_of(tree_in(status), "", "token")
    assert way.kind == kind
    assert (way.action.operation if way.action else None) == CALLS.get(kind)
    # what was made a moment ago and is retained by its policy would be in the way of the next attempt
    assert (way.action is not None and "RetainExceptOnCreate" in way.action.parameters) == (kind == ROLL_BACK)
    assert status in way.sentence


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("UPDATE_FAILED", "UPDATE_ROLLBACK_COMPLETE", 0),
        ("UPDATE_FAILED", "UPDATE_ROLLBACK_FAILED", 6),
        ("CREATE_FAILED", "ROLLBACK_COMPLETE", 0),
        ("CREATE_FAILED", "ROLLBACK_FAILED", 6),
        ("UPDATE_ROLLBACK_FAILED", "UPDATE_ROLLBACK_FAILED", 6),
        ("UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE", 0),
        ("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", 1),
        ("CREATE_IN_PROGRESS", "CREATE_COMPLETE", 0),
        ("CREATE_IN_PROGRESS", "CREATE_FAILED", 6),
        ("ROLLBACK_COMPLETE", "DELETE_COMPLETE", 0),
        ("ROLLBACK_FAILED", "DELETE_FAILED", 6),
    ],
)
def test_how_it_ended_decides_the_exit_code(before: str, after: str, code: int) -> None:
    assert way_of(tree_in(before), "", "token").exit_code(after) == code


def broken_update(typed: Typed) -> Deployed:
    """The shop with one more resource, and AWS does not make it."""
    typed.deploy()
    typed.cloud.faults.add("create:AWS::SSM::Parameter", Fail("InternalFailure", "planted"))
    return typed.shop(root={"More": BAD})


def left_as_it_failed(typed: Typed) -> Deployed:
    shop = broken_update(typed)
    shop.applying.apply(shop.plan(target(Delay="7")), disable_rollback=True)
    assert shop.stack()["StackStatus"] == "UPDATE_FAILED"
    return shop


def stuck_on_its_way_back(typed: Typed) -> Deployed:
    """A queue in a nested stack that cannot be set back to what it was."""
    shop = typed.deploy()
    typed.cloud.faults.add("create:AWS::SSM::Parameter", Fail("InternalFailure", "planted"))
    typed.cloud.faults.add(
        "update:AWS::SQS::Queue",
        Fail("AccessDenied", "somebody took the permission away"),
        times=None,
        when=lambda call: call.parameters["Properties"]["DelaySeconds"] == "5",
    )
    again = typed.shop(root={"More": {**BAD, "DependsOn": "Queues"}})
    again.deploy(target(Delay="7"))
    assert shop.stack()["StackStatus"] == "UPDATE_ROLLBACK_FAILED"
    return shop


@pytest.mark.requirement("PP-29", "PP-D27", "PP-D44")
def test_a_failure_that_was_left_is_taken_back_after_a_yes(typed: Typed) -> None:
    """The stack stays as it failed, or something is done before somebody said yes."""
    shop = left_as_it_failed(typed)
    typed.cloud.gateway.notes.clear()
    ran = typed.run("rollback")
    assert (ran.code, ran.out) == (3, "")
    assert "is in UPDATE_FAILED: what the failed operation did is taken back" in ran.err
    assert changing([each.operation for each in typed.cloud.gateway.notes]) == []
    assert typed.run("rollback", answer="no").code == 3
    ran = typed.run("rollback", answer="yes")
    assert ran.code == 0, ran.err
    assert ran.out.startswith("1 stack back, 0 not, 0 not begun\n")
    assert "UPDATE_FAILED, now UPDATE_ROLLBACK_COMPLETE" in ran.out
    assert "  Table = shop-dev-Data" in ran.out
    assert f"UPDATE_ROLLBACK_COMPLETE     {NAME}" in ran.err
    assert shop.stack()["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"


def test_a_creation_that_was_left_is_taken_back_and_then_deleted(typed: Typed) -> None:
    typed.cloud.faults.add("create:AWS::DynamoDB::Table", Fail("InternalFailure", "planted"))
    shop = typed.shop()
    shop.applying.apply(shop.plan(), disable_rollback=True)
    told = typed.told("rollback", "--yes")["stacks"][0]
    assert (told["before"], told["status"], told["exit_code"]) == ("CREATE_FAILED", "ROLLBACK_COMPLETE", 0)
    told = typed.told("rollback", "--yes")["stacks"][0]
    assert (told["way"], told["status"], told["exit_code"]) == (DELETE, "DELETE_COMPLETE", 0)
    ran = typed.run("rollback", "--yes")
    assert ran.code == 1
    assert f"there is no stack {NAME}" in ran.err
    assert "deploy shop-stack -e dev -r us-east-1 makes it" in ran.err


def test_what_stays_of_a_stack_that_can_only_be_deleted_is_said_before_and_after(typed: Typed) -> None:
    """A table that is kept outlives its stack, nobody says so, and the next deployment finds its name taken."""
    shop = typed.deploy(data={"Orders": {**PLAIN, "DeletionPolicy": "Retain"}})
    name = next(name for name in shop.client("dynamodb").list_tables()["TableNames"] if "-Orders-" in name)
    with typed.cloud.embedded.scope(ACCOUNT, "us-east-1"):
        stack = records.find(NAME)
        assert stack is not None
        stack["StackStatus"] = "ROLLBACK_FAILED"  # as AWS leaves it where nothing could be deleted
    ran = typed.run("rollback")
    assert (ran.code, ran.out) == (3, "")
    assert f"  retained: {NAME}/Data/Orders (AWS::DynamoDB::Table, {name}): DeletionPolicy Retain" in ran.err
    assert f"  lost: {NAME}/Data/Tables/Table (AWS::DynamoDB::Table, " in ran.err
    (told,) = typed.told("rollback", "--yes")["stacks"]
    assert (told["way"], told["status"], told["exit_code"]) == (DELETE, "DELETE_COMPLETE", 0)
    assert [(each["path"], each["physical_id"]) for each in told["left"]] == [(f"{NAME}/Data/Orders", name)]
    assert shop.client("dynamodb").list_tables()["TableNames"] == [name]


def test_what_stayed_is_listed_for_a_person(typed: Typed) -> None:
    typed.deploy(data={"Orders": {**PLAIN, "DeletionPolicy": "Retain"}})
    with typed.cloud.embedded.scope(ACCOUNT, "us-east-1"):
        stack = records.find(NAME)
        assert stack is not None
        stack["StackStatus"] = "ROLLBACK_FAILED"
    ran = typed.run("rollback", "--yes")
    assert ran.code == 0, ran.err
    assert f"  stays: {NAME}/Data/Orders (AWS::DynamoDB::Table): " in ran.out
    assert "  AWS goes on charging for what is retained" in ran.out


@pytest.mark.requirement("PP-29")
def test_a_way_back_that_got_stuck_is_gone_on_without_what_cannot_be_mended(typed: Typed) -> None:
    """A stuck rollback stays stuck, or more is skipped than failed, or nobody is told what is out of step."""
    shop = stuck_on_its_way_back(typed)
    ran = typed.run("rollback", "--continue", "--yes")
    assert ran.code == 6
    assert f"{NAME}/Queues/Queue (AWS::SQS::Queue) could not be taken back" in ran.err
    assert "somebody took the permission away" in ran.err
    assert "--skip auto" in ran.out
    ran = typed.run("rollback", "--continue", "--skip", "auto", "--yes")
    assert ran.code == 0, ran.err
    queues = tree_of(shop).children["Queues"].state.name
    assert f"warning: {queues}.Queue is skipped: it stays as it is" in ran.err
    assert "out of step with the template: python -m stackgen drift shop-stack -e dev -r us-east-1" in ran.out
    assert shop.stack()["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"


def test_it_is_gone_on_when_the_cause_was_mended(typed: Typed) -> None:
    stuck_on_its_way_back(typed)
    typed.cloud.faults.clear()
    told = typed.told("rollback", "--continue", "--yes")["stacks"][0]
    assert (told["status"], told["skipped"], told["exit_code"]) == ("UPDATE_ROLLBACK_COMPLETE", [], 0)


def test_what_is_skipped_can_be_named_and_must_have_failed(typed: Typed) -> None:
    shop = stuck_on_its_way_back(typed)
    tree = tree_of(shop)
    name = f"{tree.children['Queues'].state.name}.Queue"
    for said in ("auto", name, "Queues/Queue", f"{NAME}/Queues/Queue", f"Queues/Queue,{name}"):
        way = way_of(tree, said, "token")
        assert way.skipped == (name,)
        assert way.action is not None
        assert way.action.parameters["ResourcesToSkip"] == [name]
    for said in ("Queues", "Queues/Note", ","):
        with pytest.raises(UsageError, match="only what failed on its way back"):
            way_of(tree, said, "token")


def test_parents_and_what_was_cancelled_are_never_skipped() -> None:
    def resource(name: str, kind: str, status: str, reason: str = "") -> stacks.Resource:
        return stacks.Resource(f"shop/{name}", name, name, kind, status, reason)

    tree = tree_in(
        "UPDATE_ROLLBACK_FAILED",
        resource("Child", stacks.NESTED, "UPDATE_FAILED"),
        resource("Queue", "AWS::SQS::Queue", "UPDATE_FAILED", "Resource update cancelled"),
        resource("Topic", "AWS::SNS::Topic", "UPDATE_FAILED", "no permission"),
        resource("Role", "AWS::IAM::Role", "UPDATE_COMPLETE"),
    )
    assert [name for _, name in stuck(tree)] == ["Topic"]


@pytest.mark.requirement("PP-29")
def test_a_healthy_stack_is_left_alone_and_it_is_said_what_to_do(typed: Typed) -> None:
    """A healthy stack is changed, or the refusal does not say how an older version comes back."""
    typed.deploy()
    ran = typed.run("rollback", "--yes")
    assert ran.code == 1
    assert "it is well, so CloudFormation has nothing to take back" in ran.err
    assert "rollback shop-stack -e dev -r us-east-1 --to COMMIT" in ran.out
    assert changing([each.operation for each in typed.cloud.gateway.notes]) == []


def test_one_that_is_back_already_needs_nothing(typed: Typed) -> None:
    shop = broken_update(typed)
    shop.deploy(target(Delay="7"))
    ran = typed.run("rollback")
    assert ran.code == 0
    assert "it is back already: nothing to do" in ran.err


@pytest.mark.parametrize("words", [("--skip", "auto"), ("--continue",)])
def test_options_of_a_stuck_way_back_are_refused_for_another_status(typed: Typed, words: tuple[str, ...]) -> None:
    left_as_it_failed(typed)
    ran = typed.run("rollback", *words, "--yes")
    assert (ran.code, ran.out) == (2, "")
    assert "is in UPDATE_FAILED" in ran.err


def begun_update(shop: Deployed) -> stacks.StackState:
    """An update that takes its time."""
    plan = shop.plan(target(Delay="7"))
    assert plan.change_set is not None
    shop.cloud.formation.operations.steps.durations["*"] = 60
    shop.client("cloudformation").execute_change_set(ChangeSetName=plan.change_set.id)
    return tree_of(shop).state


@pytest.mark.requirement("PP-D29")
def test_an_update_that_runs_is_cancelled_and_followed_back(shop: Deployed) -> None:
    """The end is not awaited, or the rollback of a cancelled update is taken for a failure."""
    shop.deploy()
    state = begun_update(shop)
    way = way_of(tree_of(shop), "", "token")
    assert way.kind == CANCEL
    assert way.action is not None
    done = carried_out(way.action, state, shop, shop.client("cloudformation"), shop.pace, shop.events.append)
    assert done.state.status == "UPDATE_ROLLBACK_COMPLETE"
    assert way.exit_code(done.state.status) == 0
    assert shop.operations()[-1] == "cancel_update_stack"


def test_an_operation_that_cannot_be_cancelled_is_followed(shop: Deployed) -> None:
    shop.cloud.formation.operations.steps.durations["*"] = 60
    plan = shop.plan()
    assert plan.change_set is not None
    cloudformation = shop.client("cloudformation")
    cloudformation.execute_change_set(ChangeSetName=plan.change_set.id)
    state = tree_of(shop).state
    assert state.status == "CREATE_IN_PROGRESS"
    done = ended(state, began(state.id, cloudformation), cloudformation, shop.pace, shop.events.append)
    assert done.state.status == "CREATE_COMPLETE"
    assert next(each.path for each in shop.events) == NAME


def test_a_running_update_is_cancelled_by_the_command(typed: Typed) -> None:
    shop = typed.deploy()
    begun_update(shop)
    assert shop.stack()["StackStatus"] == "UPDATE_IN_PROGRESS"
    stop = threading.Event()

    def time_passes() -> None:
        while not stop.wait(0.1):
            if any(each.operation == "CancelUpdateStack" for each in typed.cloud.gateway.notes):
                typed.cloud.clock.advance(60)

    passing = threading.Thread(target=time_passes)
    passing.start()
    try:
        ran = typed.run("rollback", "--yes", "--every", "0.1")
    finally:
        stop.set()
        passing.join()
    assert ran.code == 0, ran.err
    assert "is in UPDATE_IN_PROGRESS: the update that runs is cancelled, and taken back" in ran.err
    assert "UPDATE_IN_PROGRESS, now UPDATE_ROLLBACK_COMPLETE" in ran.out


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ("RollbackStack", Fail("AccessDenied", "not you", 403)),
        ("RollbackStack", Fail("ValidationError", "cannot be called from current stack status")),
        ("DescribeStacks", Fail("ExpiredToken", "sign in", 403)),
        ("ListStackResources", Fail("AccessDenied", "not you", 403)),
        ("DescribeStackEvents", Fail("AccessDenied", "not you", 403)),
        ("RollbackStack", Fail("Throttling", "too often")),
    ],
    ids=lambda each: each if isinstance(each, str) else each.code,
)
def test_what_aws_refuses_is_told(typed: Typed, call: str, fault: Any) -> None:
    shop = left_as_it_failed(typed)
    typed.cloud.faults.add(f"cloudformation:{call}", fault, times=9)
    ran = typed.run("rollback", "--yes")
    typed.cloud.faults.clear()
    assert ran.code == 1
    assert call in ran.err or "does not accept these credentials" in ran.err
    assert "bug" not in ran.err
    assert shop.stack()["StackStatus"] == "UPDATE_FAILED"


def test_a_few_throttled_calls_are_survived(typed: Typed) -> None:
    left_as_it_failed(typed)
    typed.cloud.faults.add("cloudformation:RollbackStack", Fail("Throttling", "too often"), times=2)
    assert typed.run("rollback", "--yes").code == 0


def test_who_interrupts_is_told_the_state_and_what_goes_on(typed: Typed) -> None:
    begun_update(typed.deploy())
    with typed.interrupted("CancelUpdateStack"):
        ran = typed.run("rollback", "--yes")
    assert ran.code == 130
    assert f"interrupted: {NAME} in 111111111111/us-east-1 is UPDATE" in ran.err
    assert "CloudFormation goes on with it" in ran.err
    assert "python -m stackgen rollback shop-stack -e dev -r us-east-1 takes it up" in ran.err
