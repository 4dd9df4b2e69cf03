"""``status``: how stacks stand in all environments and regions, beside the build, and what a person does next."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.local.faults import Fail
from stackgen.review.model import Template

from .deployed import ACCOUNT, NAME, NOTE, REGION, named, target
from .typed import SETTINGS

if TYPE_CHECKING:
    from .typed import Typed

PLACE = f"{NAME} in {ACCOUNT}/{REGION}"
WORDS = f"shop-stack -e dev -r {REGION}"
TWO_REGIONS = """\
[tool.stackgen]
stacks = "stacks"

[tool.stackgen.env.dev]
account = "111111111111"
regions = ["us-east-1", "eu-west-1"]
"""
TWO_ENVIRONMENTS = """\
[tool.stackgen]
stacks = "stacks"

[tool.stackgen.env.dev]
account = "111111111111"
regions = ["us-east-1"]

[tool.stackgen.env.prod]
account = "222222222222"
regions = ["us-east-1"]
"""


def one(typed: Typed) -> dict[str, Any]:
    (found,) = typed.told("status")["stacks"]
    told: dict[str, Any] = found
    return told


def test_a_stack_that_is_as_the_build_has_it_is_up_to_date(typed: Typed) -> None:
    typed.deploy()
    code, out, _ = typed.run("status")
    assert code == 0
    assert out.splitlines() == [
        "1 stack: 1 up to date",
        "",
        f"{PLACE}: CREATE_COMPLETE since 2026-01-01 00:00:00 UTC",
        "  last operation: creation, begun 2026-01-01 00:00:00 UTC",
        "  build: up to date; not compared: Password",
        "  resources in 3 nested stacks and the stack itself: 3 CREATE_COMPLETE",
        "  drift: never looked for; python -m stackgen drift shop-stack -e dev -r us-east-1 does",
    ]


def test_a_stack_that_is_not_there_is_told_and_no_error(typed: Typed) -> None:
    code, out, err = typed.run("status")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "1 stack: 1 not there", "", f"{PLACE}: not there", f"  next: python -m stackgen deploy {WORDS} makes it",
    ]  # fmt: skip


def test_what_differs_from_the_build_is_named(typed: Typed) -> None:
    typed.deploy()
    typed.build(queues={"More": NOTE})
    typed.patch.setenv("STACKGEN_PARAM_Delay", "9")
    told = one(typed)
    assert told["build"]["verdict"] == "differs"
    assert told["build"]["templates"] == ["shop/queues", "shop/shop-stack"]
    assert told["build"]["parameters"] == ["Delay"]
    assert told["next_step"] == f"python -m stackgen plan {WORDS} shows what a deployment would change"
    _, out, _ = typed.run("status")
    assert out.splitlines()[0] == "1 stack: 1 not as the build has it"
    assert "  build: not as deployed: templates shop/queues, shop/shop-stack; parameters Delay" in out


def test_a_nested_stack_that_a_condition_leaves_out_is_no_difference(typed: Typed) -> None:
    shop = typed.shop()
    root = shop.build.templates["shop/shop-stack"]
    root.content["Conditions"] = {"Never": {"Fn::Equals": ["a", "b"]}}
    root.content["Resources"]["Queues"]["Condition"] = "Never"
    text = json.dumps(root.content, indent=2)
    shop.build.templates["shop/shop-stack"] = Template(root.name, root.path, root.content, text)
    typed.write("build/shop/shop-stack.json", text)
    shop.deploy()
    told = one(typed)
    assert (told["nested_stacks"], told["build"]["verdict"]) == (2, "up to date")


def test_values_of_the_command_line_are_compared(typed: Typed) -> None:
    typed.shop().deploy(target(Delay="9"))
    assert one(typed)["build"]["parameters"] == ["Delay"]
    assert typed.told("status", "-p", "Delay=9")["stacks"][0]["build"]["verdict"] == "up to date"


def test_the_name_that_aws_has_for_a_stack_is_explained(typed: Typed) -> None:
    ran = typed.run("status", NAME)
    expected = "AWS calls shop-stack of dev so: shop-stack -e dev was expected"
    assert (ran.code, ran.err) == (2, f"error: no stack '{NAME}'\n  {expected}\n")
    ran = typed.run("status", "something-else-altogether")
    assert ran.err.endswith("  known: shop-stack\n")


def test_only_environments_that_have_the_stack_are_offered(typed: Typed) -> None:
    typed.write("build/other.json", '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}')
    more = "".join(f'[tool.stackgen.env.{name}]\nstacks = ["{stack}"]\n' for name, stack in
                   (("test", "other"), ("stage", "shop-stack"), ("live", "shop-stack")))  # fmt: skip
    typed.write("pyproject.toml", f"[tool.stackgen]\n{more}")
    ran = typed.run("diagnose", "shop-stack")
    assert (ran.code, ran.err) == (2, "error: which environment?\n  -e NAME says it: stage, live\n")
    typed.write("pyproject.toml", f"[tool.stackgen]\n{more}[tool.stackgen.env.dev]\n")
    ran = typed.run("plan", "-e", "dev")
    assert ran.err.endswith("\n  one or several are named behind the command: other shop-stack -e dev\n")


def test_a_region_of_the_settings_has_the_form_of_one(typed: Typed) -> None:
    typed.write("pyproject.toml", SETTINGS.replace('["us-east-1"]', '["us-east-1", "mars"]'))
    ran = typed.run("status")
    said = "env.dev.regions is 'mars', but the name of a region, such as us-east-1, was expected"
    assert (ran.code, ran.err) == (1, f"error: pyproject.toml:6: {said}\n")
    typed.write("pyproject.toml", '[tool.stackgen]\nregions = ["mars"]\n[tool.stackgen.env.dev]\n')
    ran = typed.run("status")
    said = said.removeprefix("env.dev.")
    assert (ran.code, ran.err) == (1, f"error: pyproject.toml:2: {said}\n")


def test_a_question_that_finds_no_answer_has_changed_nothing(typed: Typed) -> None:
    typed.patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    typed.patch.setenv("AWS_MAX_ATTEMPTS", "1")
    ran = typed.run("status")
    assert ran.code == 1
    assert "no answer from sts in us-east-1 to sts:GetCallerIdentity" in ran.err
    assert "  it only asks, and has changed nothing; is the network there, and AWS_ENDPOINT_URL right" in ran.err
    assert "does nothing twice" not in ran.err


def test_a_stack_that_is_there_in_parts_is_not_up_to_date(typed: Typed) -> None:
    typed.cloud.faults.add("create:AWS::DynamoDB::Table", Fail("InternalFailure", "planted"))
    shop = typed.shop()
    shop.applying.apply(shop.plan(), disable_rollback=True)
    assert one(typed)["build"]["verdict"] == "nothing"
    assert "build: nothing to compare now" in typed.run("status").out


def test_a_build_folder_that_is_stale_is_told(typed: Typed) -> None:
    """What is deployed was said to be up to date with classes that build something else, or that cannot be loaded."""
    typed.deploy()
    typed.write("stacks/shop.py", "import nothing_of_that_name\n")
    ran = typed.run("status")
    assert ran.code == 0
    assert ran.err.startswith("warning: what is deployed is compared with build/ as it is: ")
    assert ran.out.startswith("1 stack: 1 up to date\n")


def test_what_is_told_to_type_has_the_values_where_the_command_takes_them(typed: Typed) -> None:
    """``drift -p`` and ``rollback -p`` are refused; ``plan`` without the value plans something else."""
    typed.deploy()
    file = typed.write("more values.toml", 'Key = "id"\n')
    ran = typed.run("status", "-p", "Delay=9", "--parameters", file.name)
    assert f"python -m stackgen drift {WORDS} does\n" in ran.out
    assert f"python -m stackgen plan {WORDS} -p Delay=9 --parameters 'more values.toml' shows what" in ran.out


def test_an_id_that_aws_does_not_know_is_nothing_to_deploy(typed: Typed) -> None:
    arn = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/never-was/123"
    ran = typed.run("status", arn)
    assert ran.code == 0
    assert "deploy" not in ran.out
    assert ran.out.endswith("  next: look at the ID again: AWS knows a stack by it until 90 days after its deletion\n")


def test_a_stack_of_another_environment_is_somebody_elses(typed: Typed) -> None:
    typed.shop().deploy(named(target(), tags={"Environment": "test"}))
    told = one(typed)
    assert (told["build"]["verdict"], told["build"]["environment"]) == ("somebody else's", "test")
    assert "  build: it belongs to the environment test" in typed.run("status")[1]


def test_protection_and_the_last_drift_are_told(typed: Typed) -> None:
    shop = typed.shop()
    shop.deploy(named(target(), is_protected=True))
    queues = next(
        each["PhysicalResourceId"]
        for each in shop.client("cloudformation").list_stack_resources(StackName=NAME)["StackResourceSummaries"]
        if each["LogicalResourceId"] == "Queues"
    )
    queue = shop.client("cloudformation").describe_stack_resource(StackName=queues, LogicalResourceId="Queue")
    url = queue["StackResourceDetail"]["PhysicalResourceId"]
    shop.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "99"})
    typed.cloud.clock.advance(60)
    assert typed.run("drift")[0] == 0
    _, out, _ = typed.run("status")
    assert f"{PLACE}: CREATE_COMPLETE since 2026-01-01 00:00:00 UTC, protected from deletion" in out
    assert (
        f"  drift: in {NAME}/Queues, last looked for 2026-01-01 00:01:00 UTC; python -m stackgen drift {WORDS} " in out
    )
    assert one(typed)["drift"] == {
        "drifted": [f"{NAME}/Queues"], "never_checked": 0, "checked": "2026-01-01T00:01:00.000Z",
    }  # fmt: skip


def test_what_runs_now_is_told(typed: Typed) -> None:
    shop = typed.shop()
    plan = shop.plan()
    typed.cloud.formation.operations.steps.durations["AWS::DynamoDB::Table"] = 60
    assert plan.change_set is not None
    shop.client("cloudformation").execute_change_set(ChangeSetName=plan.change_set.id)
    typed.cloud.clock.advance(30)
    _, out, _ = typed.run("status")
    assert out.splitlines()[0] == "1 stack: 1 being changed"
    assert f"  now: {NAME}/Data/Tables/Table CREATE_IN_PROGRESS" in out
    assert f"python -m stackgen events {WORDS} --follow shows how" in out


@pytest.mark.parametrize(("disable_rollback", "status", "next_step"), [
    (False, "ROLLBACK_COMPLETE", f"python -m stackgen deploy {WORDS} clears what is left"),
    (True, "CREATE_FAILED", f"python -m stackgen rollback {WORDS} takes it back"),
])  # fmt: skip
def test_a_status_that_needs_it_has_a_next_step(
    typed: Typed, disable_rollback: bool, status: str, next_step: str
) -> None:
    typed.cloud.faults.add("create:AWS::DynamoDB::Table", Fail("InternalFailure", "planted"))
    shop = typed.shop()
    shop.applying.apply(shop.plan(), disable_rollback=disable_rollback)
    told = one(typed)
    assert told["status"] == status
    assert next_step in told["next_step"]


def test_every_region_has_a_row_and_one_that_cannot_be_asked_hides_no_other(typed: Typed) -> None:
    typed.deploy()
    typed.write("pyproject.toml", TWO_REGIONS)
    code, out, _ = typed.run("status")
    assert (code, out.splitlines()[0]) == (0, "2 stacks: 1 up to date, 1 not there")
    denied = Fail("AccessDenied", "no", 403)
    typed.cloud.faults.add("cloudformation:DescribeStacks", denied, region="eu-west-1", times=None)
    code, out, _ = typed.run("status")
    assert (code, out.splitlines()[0]) == (8, "2 stacks: 1 up to date, 1 could not be asked")
    assert f"{NAME} in {ACCOUNT}/eu-west-1: could not be asked" in out
    assert "may not cloudformation:DescribeStacks" in out


def test_an_environment_without_credentials_hides_no_other(typed: Typed) -> None:
    typed.deploy()
    typed.write("pyproject.toml", TWO_ENVIRONMENTS)
    code, out, _ = typed.run("status")
    assert (code, out.splitlines()[0]) == (8, "2 stacks: 1 up to date, 1 could not be asked")
    assert "prod is account 222222222222, but the credentials at hand belong to account 111111111111" in out
    assert typed.run("status", "-e", "dev")[0] == 0
    code, out, err = typed.run("status", "-e", "prod")
    assert (code, out) == (1, "")
    assert "prod is account 222222222222" in err


@pytest.mark.parametrize("operation", ["ListStackResources", "GetTemplate", "DescribeStackEvents"])
def test_what_aws_refuses_of_the_only_stack_is_an_error(typed: Typed, operation: str) -> None:
    typed.deploy()
    typed.cloud.faults.add(f"cloudformation:{operation}", Fail("AccessDenied", "no", 403), times=None)
    code, out, err = typed.run("status")
    assert (code, out) == (1, "")
    assert f"these credentials may not cloudformation:{operation}" in err


def test_looking_changes_nothing(typed: Typed) -> None:
    shop = typed.deploy()
    before = shop.stack()
    typed.cloud.gateway.notes.clear()
    for words in (["status"], ["events"], ["diagnose"], ["outputs"]):
        assert typed.run(*words)[0] == 0
    reads = ("Describe", "List", "Get")
    assert [each.operation for each in typed.cloud.gateway.notes if not each.operation.startswith(reads)] == []
    assert shop.stack() == before
