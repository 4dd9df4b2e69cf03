"""Change sets that AWS refuses with the name of a validation alone, and what its events say of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stackgen.local.faults import Fail, Throttle

from .deployed import ACCOUNT, NAME, REGION, SECRET, changing

if TYPE_CHECKING:
    from .typed import Typed

PLACE = f"{NAME} in {ACCOUNT}/{REGION}"
QUEUE, TABLE = "validate:AWS::SQS::Queue", "validate:AWS::DynamoDB::Table"
TAKEN = Fail("Planted", "Resource of type 'AWS::SQS::Queue' with identifier 'orders' already exists.")


@pytest.mark.requirement("PP-D23")
def test_of_a_validation_that_failed_the_resource_the_place_and_the_reason_are_told(typed: Typed) -> None:
    """The reason of the change set names a validation, and nobody knows of which resource."""
    shop = typed.deploy()
    sets = shop.change_sets()
    typed.cloud.faults.add(QUEUE, TAKEN)
    ran = typed.run("deploy", "--yes", "-p", "Delay=7")
    first, *rest = ran.err.splitlines()[-2:]
    assert (ran.code, ran.out) == (1, "")
    assert f"AWS refuses the change to {PLACE}: {NAME}-Queues-" in first
    assert "/Queue (AWS::SQS::Queue) at /Resources/Queue/Properties: Resource of type" in first
    assert "with identifier 'orders' already exists. [PROPERTY_VALIDATION]" in first
    assert rest == ["  mend what it says and deploy again; nothing was changed"]
    assert "DescribeEvents" not in ran.err
    assert shop.change_sets() == sets
    assert typed.run("deploy", "--yes", "-p", "Delay=7").code == 0


def test_of_many_the_first_are_told_and_the_others_are_counted_on_every_page(typed: Typed) -> None:
    typed.cloud.faults.add(QUEUE, TAKEN, times=None)
    typed.build(queues={f"Q{number}": {"Type": "AWS::SQS::Queue"} for number in range(23)})
    ran = typed.run("plan")
    assert ran.code == 1
    assert "24 validations failed, the first of them: shop-dev-Queues-" in ran.err
    assert "and 21 more" in ran.err


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fail("AccessDenied", "no", 403), "these credentials may not cloudformation:DescribeEvents, which would say"),
        (Fail("ValidationError", "no"), "could not be read: cloudformation:DescribeEvents: ValidationError"),
    ],
)
def test_where_the_events_cannot_be_read_the_reason_is_told_all_the_same(typed: Typed, fault: Fail, words: str) -> None:
    shop = typed.deploy()
    typed.cloud.faults.add(QUEUE, TAKEN)
    typed.cloud.faults.add("cloudformation:DescribeEvents", fault)
    ran = typed.run("deploy", "--yes", "-p", "Delay=7")
    assert (ran.code, ran.out) == (1, "")
    assert "failed: [AWS::EarlyValidation::PropertyValidation]" in ran.err
    assert words in ran.err
    assert changing(shop.calls()) == ["CreateChangeSet", "DeleteChangeSet"]


def test_throttled_events_are_read_a_moment_later(typed: Typed) -> None:
    typed.deploy()
    typed.cloud.faults.add(QUEUE, TAKEN)
    typed.cloud.faults.add("cloudformation:DescribeEvents", Throttle(), times=2)
    assert "with identifier 'orders' already exists" in typed.run("deploy", "--yes", "-p", "Delay=7").err


def test_a_secret_in_what_a_validation_says_is_hidden(typed: Typed) -> None:
    typed.deploy()
    typed.cloud.faults.add(QUEUE, Fail("Planted", f"{SECRET} is no good"))
    ran = typed.run("deploy", "--yes", "-p", "Delay=7")
    assert "**** is no good" in ran.err


def test_diagnose_tells_what_a_validation_of_the_last_change_set_found(typed: Typed) -> None:
    shop = typed.deploy()
    typed.cloud.faults.add(TABLE, Fail("Planted", "KeySchema is required"))
    shop.client("cloudformation").create_change_set(
        StackName=NAME, ChangeSetName="by-hand", TemplateBody=json.dumps({"Resources": {"T": {
            "Type": "AWS::DynamoDB::Table", "Properties": {}}}}),
    )  # fmt: skip
    ran = typed.run("diagnose")
    assert ran.code == 1, ran.err
    assert "change set by-hand: shop-dev/T (AWS::DynamoDB::Table) at /Resources/T/Properties: KeySchema" in ran.out


def test_diagnose_tells_what_a_validation_of_the_stack_itself_found(typed: Typed) -> None:
    """The event of the stack says that DescribeEvents says more, and that is all that anybody reads."""
    typed.cloud.client("s3", account="222222222222").create_bucket(Bucket="taken-by-another")
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "taken-by-another"}}
    typed.build(root={"Files": bucket})
    assert typed.run("deploy", "--yes").code in {5, 6}
    told = typed.run("diagnose").out
    assert f"{NAME}/Files (AWS::S3::Bucket) at /Resources/Files: " in told
    assert "[NAME_CONFLICT_VALIDATION]" in told
    assert "Call DescribeEvents" not in told


def test_what_a_hook_said_is_the_cause_and_is_told_with_the_events(typed: Typed) -> None:
    typed.deploy()
    typed.cloud.faults.add("hook:AWS::SQS::Queue", Fail("Planted", "a queue needs an owner"))
    ran = typed.run("deploy", "--yes", "-p", "Delay=7")
    assert ran.code == 5
    assert f"cause: {NAME}/Queues/Queue" in ran.out + ran.err
    assert "hook Stackgen::Rehearsal::Hook: a queue needs an owner" in ran.out + ran.err
    told = typed.run("events").out
    assert "hook Stackgen::Rehearsal::Hook HOOK_COMPLETE_FAILED: a queue needs an owner" in told
    assert "reason: hook Stackgen::Rehearsal::Hook: a queue needs an owner" in typed.run("diagnose").out
    events = json.loads(typed.run("events", "--format", "json").out)["StackEvents"]
    (refused,) = (each for each in events if each.get("HookStatus") == "HOOK_COMPLETE_FAILED")
    assert refused["HookStatusReason"] == "a queue needs an owner"
    assert (refused["HookFailureMode"], refused["HookInvocationPoint"]) == ("FAIL", "PRE_PROVISION")
