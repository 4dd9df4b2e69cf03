"""``deploy`` with its options: regions, modes, backups, stack policies, stale builds, questions, interruptions."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deploy.overriding import lifted
from stackgen.local.faults import Fail

from .deployed import ACCOUNT, NAME, TABLE, changing
from .test_deploy_killed import time_goes_on
from .typed import SETTINGS

if TYPE_CHECKING:
    from .deployed import Deployed
    from .typed import Typed

PLACE = f"{NAME} in {ACCOUNT}/us-east-1"
HERE = "shop-stack -e dev -r us-east-1"
BOTH = ("us-east-1", "eu-west-1")


def deployed(typed: Typed, *words: str) -> Deployed:
    ran = typed.run("deploy", "--yes", *words)
    assert ran.code == 0, ran.err
    typed.cloud.gateway.notes.clear()
    return typed.shop()


def in_both(typed: Typed, more: str = "") -> None:
    """Settings with two regions; the templates' bucket is the one that each region gets."""
    typed.write("pyproject.toml", SETTINGS.replace('["us-east-1"]', str(list(BOTH))) + more)
    typed.patch.delenv("STACKGEN_PARAM_TemplatesBucketName")


def executed(typed: Typed) -> list[str]:
    return [each.region for each in typed.cloud.gateway.notes if each.operation == "ExecuteChangeSet"]


# --- several regions


@pytest.mark.requirement("PP-36", "PP-37", "PP-38")
@pytest.mark.parametrize("words", [(), ("--parallel",)], ids=["one after the other", "at once"])
def test_several_regions_are_deployed_each_with_its_bucket_and_their_outputs_collected(
    typed: Typed, words: tuple[str, ...]
) -> None:
    """A region is left out, reads the other's bucket, or its outputs are not told."""
    in_both(typed)
    told = typed.told("deploy", "--yes", *words)
    assert [(each["region"], each["status"], each["exit_code"]) for each in told["stacks"]] == [
        ("us-east-1", "CREATE_COMPLETE", 0), ("eu-west-1", "CREATE_COMPLETE", 0),
    ]  # fmt: skip
    assert all(set(each["outputs"]) == {"Table"} for each in told["stacks"])
    assert told["not_begun"] == 0
    buckets = {each["Name"] for each in typed.cloud.client("s3").list_buckets()["Buckets"]}
    assert buckets == {f"shop-cfn-{ACCOUNT}-{region}" for region in BOTH}


@pytest.mark.requirement("PP-36", "PP-24")
def test_at_once_everything_is_planned_and_asked_once_before_anything_runs(typed: Typed) -> None:
    """Two questions at the same time, or one region begins before somebody said yes to all."""
    in_both(typed, "parallel = true\n")
    ran = typed.run("deploy", answer="n")
    assert ran.code == 3
    assert ran.err.count("[y/N]") == 1
    assert f"2 stacks: create {NAME} in {ACCOUNT}/us-east-1: 3 created; create {NAME} in {ACCOUNT}/eu-west-1" in ran.err
    assert executed(typed) == []
    for region in BOTH:
        assert typed.cloud.client("cloudformation", region=region).describe_stacks()["Stacks"] == []
    ran = typed.run("deploy", answer="y")
    assert ran.code == 0, ran.err
    assert ran.err.count("[y/N]") == 1
    order = [each.operation for each in typed.cloud.gateway.notes]
    last = max(number for number, each in enumerate(order) if each == "CreateChangeSet")
    assert order.index("ExecuteChangeSet") > last
    assert {f"{region}  0" in line for region in BOTH for line in ran.err.splitlines()} >= {True}


def test_one_after_the_other_each_is_asked_for_when_it_comes(typed: Typed) -> None:
    in_both(typed, "parallel = true\n")
    ran = typed.run("deploy", "--no-parallel", answer="y")
    assert ran.code == 8  # nobody answers the second question
    assert executed(typed) == ["us-east-1"]
    assert ran.out.splitlines()[0] == "1 stack deployed, 1 failed, 0 not begun"
    assert "eu-west-1: not deployed: no stack was changed" in ran.out


@pytest.mark.parametrize("words", [("--parallel",), ("--continue-on-error",)], ids=["at once", "going on"])
def test_where_one_region_fails_the_others_end_well_and_the_whole_is_partial(
    typed: Typed, words: tuple[str, ...]
) -> None:
    in_both(typed)
    typed.cloud.faults.add("create:AWS::DynamoDB::Table", Fail("x", "planted"), region="us-east-1", times=None)
    told = typed.told("deploy", "--yes", *words, code=8)
    assert told["exit_code"] == 8
    outcomes = {each["region"]: (each["status"], each["exit_code"]) for each in told["stacks"]}
    assert outcomes == {"us-east-1": ("ROLLBACK_COMPLETE", 5), "eu-west-1": ("CREATE_COMPLETE", 0)}
    assert told["stacks"][0]["cause"]["path"] == f"{NAME}/Data/Tables/Table"
    assert "python -m stackgen deploy" in told["stacks"][0]["next_step"]


def test_one_after_the_other_the_first_failure_is_the_end(typed: Typed) -> None:
    in_both(typed)
    typed.cloud.faults.add("create:AWS::DynamoDB::Table", Fail("x", "planted"), region="us-east-1", times=None)
    ran = typed.run("deploy", "--yes")
    assert ran.code == 5
    assert ran.out.splitlines()[0] == "0 stacks deployed, 1 failed, 1 not begun"
    assert executed(typed) == ["us-east-1"]


@pytest.mark.parametrize(("words", "code", "regions"), [((), 1, []), (("--continue-on-error",), 8, ["eu-west-1"])])
def test_at_once_a_plan_that_cannot_be_made_stops_all_or_itself_alone(
    typed: Typed, words: tuple[str, ...], code: int, regions: list[str]
) -> None:
    in_both(typed)
    typed.cloud.faults.add(
        "cloudformation:CreateChangeSet", Fail("AccessDenied", "no", 403), region="us-east-1", times=None
    )
    ran = typed.run("deploy", "--yes", "--parallel", *words)
    assert ran.code == code, ran.err
    assert executed(typed) == regions
    assert "us-east-1: not deployed: access denied: these credentials may not cloudformation:CreateChangeSet" in ran.out


# --- modes


@pytest.mark.requirement("PP-32", "PP-33")
def test_create_refuses_a_stack_that_exists_and_update_one_that_does_not(typed: Typed) -> None:
    """A stack is made or updated although only the other was meant."""
    ran = typed.run("deploy", "--yes", "--update")
    assert (ran.code, ran.out) == (1, "")
    assert f"{PLACE} does not exist" in ran.err
    assert changing(typed.shop().calls()) == []
    assert typed.run("deploy", "--yes", "--create").code == 0
    typed.cloud.gateway.notes.clear()
    ran = typed.run("deploy", "--yes", "--create", "-p", "Delay=7")
    assert (ran.code, ran.out) == (1, "")
    assert f"{PLACE} exists: it is CREATE_COMPLETE" in ran.err
    assert changing(typed.shop().calls()) == []
    assert typed.run("deploy", "--yes", "--update", "-p", "Delay=7").code == 0
    assert typed.run("deploy", "--create", "--update").code == 2


def test_a_stack_of_another_environment_is_not_touched(typed: Typed) -> None:
    deployed(typed)
    text = SETTINGS.replace("env.dev", "env.test") + '[tool.stackgen.stack.shop-stack]\nstack_name = "shop-dev"\n'
    typed.write("pyproject.toml", text)
    ran = typed.run("deploy", "--yes")
    assert ran.code == 6
    assert f"{PLACE} belongs to the environment dev, not to test" in ran.err


def test_how_long_alarms_are_watched_may_be_said(typed: Typed) -> None:
    with time_goes_on(typed, speed=1800):
        deployed(typed, "--rollback-monitor", "15", "--every", "0.1")
    found = typed.shop().stack()["RollbackConfiguration"]
    assert found["MonitoringTimeInMinutes"] == 15
    for words in ("181", "-1", "x"):
        ran = typed.run("deploy", f"--rollback-monitor={words}")
        assert (ran.code, "minutes from 0 to 180 were expected" in ran.err) == (2, True)


def test_what_failed_stays_for_somebody_to_look_at(typed: Typed) -> None:
    typed.cloud.faults.add("create:AWS::DynamoDB::Table", Fail("x", "planted"), times=None)
    ran = typed.run("deploy", "--yes", "--no-rollback")
    assert ran.code == 6
    assert f"nothing was taken back: python -m stackgen rollback {HERE} takes it back" in ran.out


# --- stale builds

CLASS = '''
from troposphere import sqs
from stackgen import Stack


class OrdersStack(Stack):
    """Orders."""

    system = "orders"
    file = "orders-stack"

    def build(self):
        self.add(sqs.Queue("Queue", DelaySeconds=5))
'''


def test_templates_that_are_not_what_the_classes_build_are_not_deployed(typed: Typed) -> None:
    typed.write("pyproject.toml", SETTINGS.replace('"stacks"', '"orders_stacks"'))  # one process imports many stacks
    typed.write("orders_stacks/orders.py", CLASS)
    assert typed.run("build").code == 0
    typed.patch.delenv("STACKGEN_PARAM_Password")
    typed.patch.delenv("STACKGEN_PARAM_TemplatesBucketName")
    assert typed.run("deploy", "orders-stack", "--yes").code == 0
    path = typed.root / "build/orders/orders-stack.json"
    path.write_text(path.read_text("utf-8").replace("5", "6"), "utf-8")
    typed.cloud.gateway.notes.clear()
    for command in ("deploy", "plan"):
        ran = typed.run(command, "orders-stack")
        assert (ran.code, ran.out) == (4, "")
        assert "build/ is not what the stacks build: orders/orders-stack" in ran.err
        assert "python -m stackgen build" in ran.err
    assert changing(typed.shop().calls()) == []


# --- data


def test_leave_without_a_name_is_no_leave_and_the_names_that_would_do_are_said(typed: Typed) -> None:
    """``--allow replace`` takes the risks of every table, also of those that nobody thought of."""
    shop = deployed(typed)
    tables = shop.client("dynamodb").list_tables()["TableNames"]
    ran = typed.run("deploy", "--yes", "-p", "Key=name", "--allow", "replace")
    assert (ran.code, ran.out) == (4, "")
    assert "--allow replace names no resource, and allows nothing" in ran.err
    assert "--allow replace:Data/Tables/Table allows it" in ran.err
    assert shop.client("dynamodb").list_tables()["TableNames"] == tables


@pytest.mark.parametrize("word", ["JobsTable", "foo:bar", "replace:", "replace:Data//Table"])
def test_leave_that_is_none_is_refused_before_anything_is_asked(typed: Typed, word: str) -> None:
    """A slip in --allow is taken for nothing, and nobody is told."""
    ran = typed.run("deploy", "--yes", "--allow", word)
    assert (ran.code, ran.out) == (2, "")
    assert f"--allow {word}: replace:LogicalId or remove:LogicalId was expected" in ran.err


def test_leave_for_what_does_not_change_is_told(typed: Typed) -> None:
    deployed(typed)
    ran = typed.run("deploy", "--yes", "-p", "Delay=7", "--allow", "replace:Data/Tabels/Table")
    assert ran.code == 0
    assert "--allow replace:Data/Tabels/Table: nothing of that name may cost data" in ran.err


@pytest.mark.requirement("PP-23", "PP-22", "PP-27")
def test_a_table_is_backed_up_before_it_is_replaced(typed: Typed) -> None:
    """A table is replaced without a backup, or before the backup is there."""
    shop = deployed(typed)
    name = shop.client("dynamodb").list_tables()["TableNames"][0]
    shop.client("dynamodb").put_item(TableName=name, Item={"id": {"S": "1"}})
    typed.cloud.gateway.notes.clear()
    ran = typed.run("deploy", "--yes", "-p", "Key=name", "--allow", "replace:Table")
    assert ran.code == 0, ran.err
    calls = [each.operation for each in typed.cloud.gateway.notes]
    assert calls.index("CreateBackup") < calls.index("DescribeBackup") < calls.index("ExecuteChangeSet")
    (path,) = (typed.root / "backups").glob("*.json")
    assert f"  backup: {path}" in ran.out
    (saved,) = json.loads(path.read_text("utf-8"))["saved"]
    assert (saved["source"], saved["status"]) == (name, "AVAILABLE")


@pytest.mark.requirement("PP-23", "PP-27")
def test_where_a_backup_fails_nothing_is_changed(typed: Typed) -> None:
    """A table is replaced although its backup failed."""
    shop = deployed(typed)
    before, sets = shop.stack(), shop.change_sets()
    typed.cloud.faults.add("dynamodb:CreateBackup", Fail("AccessDeniedException", "not for you"), times=None)
    ran = typed.run("deploy", "--yes", "-p", "Key=name", "--allow", "replace:Table")
    assert (ran.code, ran.out) == (1, "")
    assert f"no backup of {NAME}/Data/Tables/Table" in ran.err
    assert executed(typed) == []
    assert (shop.stack(), shop.change_sets()) == (before, sets)
    ran = typed.run("deploy", "--yes", "-p", "Key=name", "--allow", "replace:Table", "--no-backup")
    assert ran.code == 0
    assert "no backup is made" in ran.err


def test_without_anything_at_risk_nothing_is_backed_up(typed: Typed) -> None:
    deployed(typed)
    assert typed.run("deploy", "--yes", "-p", "Delay=7").code == 0
    assert not (typed.root / "backups").exists()


# --- the stack's policy

PROTECTED = SETTINGS + "protect = true\n"
OWN: dict[str, Any] = {"Own": TABLE}


def policy(typed: Typed) -> Any:
    found = typed.shop().client("cloudformation").get_stack_policy(StackName=NAME)
    return json.loads(found["StackPolicyBody"])


def test_what_somebody_allows_by_name_the_policy_lets_be_for_one_update(typed: Typed) -> None:
    typed.write("pyproject.toml", PROTECTED)
    typed.build(root=OWN)
    shop = deployed(typed)
    before = policy(typed)
    words = ("deploy", "--yes", "-p", "Key=name", "--allow", "replace:Table", "--allow", "replace:Own")
    ran = typed.run(*words)
    assert ran.code == 0, ran.err
    assert "  before: set the stack policy aside for Own, for this update\n" in ran.err
    assert policy(typed) == before
    calls = [each for each in changing(shop.calls()) if each in ("SetStackPolicy", "ExecuteChangeSet")]
    assert calls == ["SetStackPolicy", "ExecuteChangeSet", "SetStackPolicy"]


def test_a_policy_is_set_back_also_where_the_update_fails_or_is_refused(typed: Typed) -> None:
    typed.write("pyproject.toml", PROTECTED)
    typed.build(root=OWN)
    deployed(typed)
    before = policy(typed)
    words = ("deploy", "--yes", "-p", "Key=name", "--allow", "replace:Table", "--allow", "replace:Own")
    typed.cloud.faults.add("cloudformation:ExecuteChangeSet", Fail("AccessDenied", "no", 403))
    assert typed.run(*words).code == 1
    assert policy(typed) == before
    typed.cloud.faults.add("update:AWS::DynamoDB::Table", Fail("x", "planted"))
    assert typed.run(*words).code == 5
    assert policy(typed) == before


def test_a_policy_that_a_killed_run_left_aside_is_set_back_by_the_next(typed: Typed) -> None:
    typed.write("pyproject.toml", PROTECTED)
    typed.build(root=OWN)
    shop = deployed(typed)
    before = policy(typed)
    aside = lifted(json.dumps(before), ["Own"])
    assert json.loads(aside) != before
    shop.client("cloudformation").set_stack_policy(StackName=NAME, StackPolicyBody=aside)
    ran = typed.run("deploy", "-p", "Key=name", "--allow", "replace:Table")
    assert ran.code == 4  # refused, for Own is not allowed; and yet
    assert policy(typed) == before


# --- questions and interruptions


@pytest.mark.requirement("PP-24")
@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("YES", 0), ("n", 3), ("", 3), ("maybe", 3), (None, 3)])
def test_only_a_yes_goes_on(typed: Typed, answer: str | None, code: int) -> None:
    """Something other than a yes deploys, or no terminal does."""
    ran = typed.run("deploy", answer=answer)
    assert ran.code == code
    assert executed(typed) == (["us-east-1"] if code == 0 else [])
    left = typed.cloud.client("cloudformation").describe_stacks()["Stacks"]
    assert bool(left) is (code == 0)


@pytest.mark.parametrize(("answer", "code"), [(b"y\n", 0), (b"n\n", 3)], ids=["yes", "no"])
def test_a_real_terminal_is_asked(typed: Typed, answer: bytes, code: int) -> None:
    ours, theirs = os.openpty()
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "stackgen", "deploy"], cwd=typed.root, stdin=theirs, stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        assert process.stderr is not None
        said = b""
        while b"[y/N]" not in said:
            said += process.stderr.read(1) or pytest.fail(said.decode())
        assert executed(typed) == []
        os.write(ours, answer)
        process.communicate(timeout=60)
    finally:
        os.close(ours)
        os.close(theirs)
    assert process.returncode == code
    assert bool(executed(typed)) is (code == 0)


def test_a_terminal_without_anybody_in_ci_is_not_asked(typed: Typed) -> None:
    typed.patch.setenv("CI", "true")
    ran = typed.run("deploy", answer="y")
    assert ran.code == 3
    assert "nobody to ask" in ran.err
    assert ran.err.endswith("\n  no stack was changed; templates that were uploaded stay in their bucket\n")


def test_an_interruption_says_what_goes_on_and_the_next_run_takes_it_up(typed: Typed) -> None:
    shop = deployed(typed)
    typed.cloud.formation.operations.steps.durations["*"] = 600

    def interrupt(call: Any, _: Any) -> None:
        if call.operation == "ExecuteChangeSet":
            threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()

    typed.cloud.gateway.observers.append(interrupt)
    ran = typed.run("deploy", "--yes", "-p", "Delay=7")
    assert (ran.code, ran.out) == (130, "")
    assert f"interrupted: {PLACE} is UPDATE_IN_PROGRESS, and CloudFormation goes on with it" in ran.err
    assert f"python -m stackgen events {HERE} --follow shows how it ends" in ran.err
    typed.cloud.gateway.observers.clear()
    typed.cloud.formation.operations.steps.durations.clear()
    typed.cloud.clock.settle()
    assert shop.stack()["StackStatus"] == "UPDATE_COMPLETE"
    ran = typed.run("deploy", "--yes", "-p", "Delay=7")
    assert ran.out.startswith("0 stacks deployed, 1 unchanged, 0 failed, 0 not begun\n")
    assert "nothing to do" in ran.out


def test_an_interruption_before_the_execution_says_that_nothing_runs(typed: Typed) -> None:
    deployed(typed)

    def interrupt(call: Any, _: Any) -> None:
        if call.operation == "CreateChangeSet":
            os.kill(os.getpid(), signal.SIGINT)

    typed.cloud.gateway.observers.append(interrupt)
    ran = typed.run("deploy", "--yes", "-p", "Delay=7")
    assert (ran.code, ran.out) == (130, "")
    assert f"interrupted, and nothing runs: {PLACE} is CREATE_COMPLETE" in ran.err
    typed.cloud.gateway.observers.clear()
    assert typed.run("deploy", "--yes", "-p", "Delay=7").code == 0
