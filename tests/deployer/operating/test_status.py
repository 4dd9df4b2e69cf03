"""``multi status`` and ``multi stop``: how a build goes, why it failed, and its end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stackgen.deployer.handlers import builds, keys, plans
from stackgen.deployer.handlers.inputs import Build, Pair
from stackgen.deployer.handlers.planning import CREATE, Batch
from stackgen.deployer.handlers.rectangles import Rectangle
from stackgen.local.faults import Fail
from tests.deployer.operating.installed import ACCOUNTS, BUCKET, DEPLOYER, REGIONS, Installed, Terminal

OK = {"status": "SUCCESS", "detailed_status": "SUCCEEDED"}
CANCELLED = {"status": "FAILED", "detailed_status": "CANCELLED", "status_reason": "Cancelled since failure tolerance"}
INOPERABLE = {
    "status": "FAILED",
    "detailed_status": "INOPERABLE",
    "status_reason": "INOPERABLE: a deletion failed here",
}


def failed(reason: str, **more: Any) -> dict[str, Any]:
    return {"status": "FAILED", "detailed_status": "FAILED", "status_reason": reason, **more}


def pairs(first: int, number: int) -> list[Pair]:
    return [Pair(f"{each:012}", "eu-west-1") for each in range(first, first + number)]


@pytest.mark.requirement("DEP-46")
def test_failures_are_told_by_cause(installed: Installed) -> None:
    """A hundred failures of one cause are a hundred lines, or hide a second cause."""
    sk = installed.build("FAILED", error_msg="40 of 100 deployments failed", finished_at="2999-01-01T00:00:00Z")
    installed.records(sk, dict.fromkeys(pairs(0, 60), OK))
    installed.records(sk, dict.fromkeys(pairs(60, 37), CANCELLED))
    events = ["Topic: CREATE_FAILED - Topic already exists"]
    for pair in pairs(97, 3):
        reason = f"Resource arn:aws:sns:eu-west-1:{pair.account_id}:shop of {pair.account_id} in eu-west-1 exists"
        installed.records(sk, {pair: failed(reason, stack_events=events)})
    ran = installed.run("status", "shop")
    assert ran.code == 8
    first = ran.out.splitlines()[0]
    assert first == (
        f"FAILED: shop in dev, build {sk}: 60 of 100 targets succeeded, "
        "3 failed, 37 cancelled because of 3 failures, 1 cause"
    )
    assert "  error        40 of 100 deployments failed\n" in ran.out
    assert "cause 1: 3 targets, FAILED: Resource <arn> of <account> in <region> exists\n" in ran.out
    assert "  event  Topic: CREATE_FAILED - Topic already exists\n" in ran.out
    assert "not attempted, or cancelled: 000000000060/eu-west-1, " in ran.out
    assert "and 31 more\n" in ran.out
    assert ran.out.endswith(f"next: multi retry shop -e dev --failed --build {sk}\n")
    told = installed.json("status", "shop")
    assert (told["exit_code"], told["failures"], len(told["cancelled"])) == (8, 3, 37)
    assert told["counts"] == {"total": 100, "succeeded": 60, "failed": 40, "in_progress": 0, "pending": 0}


ENDS: dict[str, tuple[int, dict[str, Any], list[dict[str, Any]]]] = {
    "it succeeded": (0, {"status": "SUCCESS"}, [OK, OK]),
    "it waits": (0, {"status": "PENDING"}, []),
    "it runs": (0, {"status": "IN_PROGRESS"}, [OK, {"status": "IN_PROGRESS", "detailed_status": "RUNNING"}]),
    "it failed everywhere": (1, {"status": "FAILED"}, [failed("no"), CANCELLED]),
    "it failed before it began": (1, {"status": "FAILED", "error_msg": "TemplateInvalid: what is this"}, []),
    "it went back": (5, {"status": "FAILED", "reverted_to": "x" * 27}, [OK, failed("no")]),
    "a person must act": (6, {"status": "FAILED"}, [INOPERABLE, failed("no")]),
    "a newer one took over": (7, {"status": "FAILED", "error_msg": "superseded by the newer build x"}, []),
    "the lock was never free": (7, {"status": "FAILED", "error_msg": "lock held by build x until ..."}, []),
    "it failed in part": (8, {"status": "FAILED"}, [OK, failed("no")]),
    "it failed in part and is stuck": (8, {"status": "FAILED"}, [OK, INOPERABLE]),
}


@pytest.mark.parametrize(("code", "build", "outcomes"), ENDS.values(), ids=ENDS)
@pytest.mark.requirement("DEP-46")
def test_the_exit_code_says_how_the_build_ended(
    installed: Installed, code: int, build: dict[str, Any], outcomes: list[dict[str, Any]]
) -> None:
    """A pipeline goes on after a build that failed."""
    sk = installed.build(**build)
    installed.records(sk, dict(zip(pairs(0, len(outcomes)), outcomes, strict=True)))
    ran = installed.run("status", "shop", "--build", sk)
    assert (ran.code, ran.err) == (code, "")
    assert ran.out.startswith(f"{build['status']}: shop in dev, build {sk}: ")
    assert installed.json("status", "shop")["exit_code"] == code


def test_a_status_reads_alone(installed: Installed) -> None:
    installed.records(installed.build("IN_PROGRESS"), {Pair(ACCOUNTS[0], "eu-west-1"): OK})
    installed.changes()
    assert installed.run("status", "shop").code == 0
    assert installed.changes() == []


def test_all_records_are_read_through_every_page(installed: Installed) -> None:
    sk = installed.build("FAILED")
    big = failed("x" * 450, stack_events=["y" * 3000] * 5)
    installed.records(sk, dict.fromkeys(pairs(0, 100), big))
    assert installed.json("status", "shop")["failures"] == 100


def running(installed: Installed) -> str:
    """A build whose first operation runs, of which the records know nothing yet."""
    installed.release("shop/main/1.abc")
    sk = installed.build("IN_PROGRESS")
    stacks = installed.cloud.client("cloudformation", DEPLOYER)
    stacks.create_stack_set(
        StackSetName="dev-shop", TemplateBody=json.dumps({"Resources": {"A": {"Type": "AWS::SNS::Topic"}}})
    )
    build, clients = Build("dev", "shop", sk), installed.installation.clients
    batches = [Batch(CREATE, 0, Rectangle(tuple(ACCOUNTS), tuple(REGIONS)))]
    plans.save(build, batches, plans.Header(1, {}, {}), clients, installed.settings)
    plans.note(build, clients, installed.settings, started=0)
    stacks.create_stack_instances(
        StackSetName="dev-shop", Accounts=ACCOUNTS, Regions=REGIONS, OperationId=keys.operation_id(sk, "", 0)
    )
    waiting = {"status": "PENDING", "detailed_status": "PENDING"}
    installed.records(sk, {Pair(account, region): waiting for account in ACCOUNTS for region in REGIONS})
    return sk


def test_while_it_runs_the_operation_stands_beside_the_records(installed: Installed) -> None:
    running(installed)
    installed.cloud.clock.advance(45)
    told = installed.json("status", "shop")
    assert told["operation"]["status"] == "RUNNING"
    assert 0 < told["operation"]["behind"] == told["operation"]["ended"] < told["operation"]["total"] == 6
    text = installed.run("status", "shop").out
    assert "  operation    batch 1 of 1 RUNNING, " in text
    assert " behind CloudFormation: the next look of the machine sees them\n" in text


def test_watching_tells_each_change_and_ends_with_the_build(installed: Installed) -> None:
    sk = running(installed)

    def ended(note: Any) -> None:
        """After a while the machine writes what came of it."""
        if note.operation == "DescribeStackSetOperation" and note.at > began + 300:
            installed.cloud.gateway.watchers.remove(ended)
            installed.records(sk, {Pair(account, region): OK for account in ACCOUNTS for region in REGIONS})
            builds.move(Build("dev", "shop", sk), "SUCCESS", installed.installation.clients, installed.settings)

    began = installed.cloud.clock.time()
    installed.cloud.gateway.watchers.append(ended)
    ran = installed.run("status", "shop", "--watch", "--every", "30")
    assert ran.code == 0
    assert ran.out.startswith(f"SUCCESS: shop in dev, build {sk}: 6 of 6 targets succeeded\n")
    lines = ran.err.splitlines()
    assert len(lines) == len({line.partition(" ")[2] for line in lines}) >= 2
    assert all("IN_PROGRESS: shop in dev" in line for line in lines)
    assert lines[0].endswith("batch 1 of 1 RUNNING, 0 of 6 ended")


def test_a_terminal_shows_one_line_that_changes(installed: Installed, monkeypatch: pytest.MonkeyPatch) -> None:
    sk = installed.build("IN_PROGRESS")
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    clock, clients = installed.cloud.clock, installed.installation.clients

    def carry_out() -> None:
        clock.sleep(20)
        builds.move(Build("dev", "shop", sk), "SUCCESS", clients, installed.settings)

    moved = clock.spawn(carry_out, "the machine")
    assert installed.main("status", "shop", "--watch") == 0
    moved.join()
    assert screen.getvalue().startswith(f"\r\033[KIN_PROGRESS: shop in dev, build {sk}: 0 targets recorded")
    assert screen.getvalue().endswith("\r\033[K")
    assert "\n" not in screen.getvalue()


def test_an_execution_that_is_gone_while_its_build_runs_is_told(installed: Installed) -> None:
    arn = f"arn:aws:states:us-east-1:{DEPLOYER}:execution:deployer:gone"
    installed.build("IN_PROGRESS", execution_arn=arn)
    text = installed.run("status", "shop").out
    assert f"  execution    GONE {arn}\n" in text
    assert "its execution has ended: clean-up settles the build within minutes" in text


SLOW = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 3600, "End": True}}}


def execution(installed: Installed) -> str:
    machines = installed.cloud.client("stepfunctions", DEPLOYER)
    role = f"arn:aws:iam::{DEPLOYER}:role/machine"
    machine = machines.create_state_machine(name="deployer", definition=json.dumps(SLOW), roleArn=role)
    return str(machines.start_execution(stateMachineArn=machine["stateMachineArn"])["executionArn"])


@pytest.mark.requirement("DEP-51")
def test_stopping_asks_stops_with_a_cause_and_says_what_follows(installed: Installed) -> None:
    """A rollout is stopped without a question, or nobody learns why."""
    arn = execution(installed)
    sk = installed.build("IN_PROGRESS", execution_arn=arn)
    nobody = installed.run("stop", "shop", "--reason", "wrong release")
    assert nobody.code == 3
    assert nobody.err.startswith(f"error: nobody to ask: stop build {sk} of shop in dev?")
    ran = installed.answer("y\n", "stop", "shop", "--reason", "wrong release")
    assert ran.code == 0
    assert ran.out.startswith(f"1 stopped: build {sk} of shop in dev\n  clean-up now stops the StackSet operation")
    told = installed.cloud.client("stepfunctions", DEPLOYER).describe_execution(executionArn=arn)
    assert (told["status"], told["error"]) == ("ABORTED", "StoppedByOperator")
    assert told["cause"].endswith(": wrong release")
    again = installed.run("stop", "shop", "--yes")
    assert (again.code, again.out) == (0, f"0 stopped: the execution of build {sk} of shop in dev had ended already\n")


def test_the_execution_that_holds_the_lock_is_the_one_that_is_stopped(installed: Installed) -> None:
    arn = execution(installed)
    sk = installed.build("IN_PROGRESS", execution_arn=f"{arn}-before")
    installed.lock(sk, arn=arn)
    assert installed.json("stop", "shop", "--yes")["stopped"] == 1
    machines = installed.cloud.client("stepfunctions", DEPLOYER)
    assert machines.describe_execution(executionArn=arn)["status"] == "ABORTED"


@pytest.mark.parametrize(("status", "why"), [("SUCCESS", "has ended: SUCCESS"), ("PENDING", "has no execution yet")])
def test_a_build_that_does_not_run_is_not_stopped(installed: Installed, status: str, why: str) -> None:
    sk = installed.build(status)
    ran = installed.run("stop", "shop")
    assert (ran.code, ran.out, ran.err) == (0, f"0 stopped: build {sk} of shop in dev {why}\n", "")


WRONG = {
    ("status", "shop", "--build", "abc"): "--build abc: 27 letters and digits were expected",
    ("status", "shop", "--build", "z" * 27): f"--build {'z' * 27}: 27 letters and digits were expected",
    ("status", "shop", "--build", "0" * 27): f"--build {'0' * 27}: shop in dev has no such build",
    ("status", "shoop"): "shoop has no build in dev: no such repository\n  did you mean shop?",
    ("status", "shop", "-e", "dve"): "shop has no build in dve: no such environment\n  did you mean dev?",
    ("status", "shop", "--every", "often"): "--every 'often': seconds from 0.1 to 3600 were expected",
    ("stop", "shop", "--wach"): "stop: unrecognized arguments: --wach",
    ("status", "shop", "-e", "dev", "-e", "prod"): "multi takes one -e, and was given dev and prod",
    ("status", "shop", "-r", "eu-west-1", "-r", "us-east-1"): "multi takes one -r",
}


@pytest.mark.parametrize(("words", "message"), WRONG.items(), ids=[" ".join(words) for words in WRONG])
def test_a_wrong_word_is_2_with_the_likely_spelling(installed: Installed, words: tuple[str, ...], message: str) -> None:
    installed.build()
    ran = installed.run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {message}")
    assert len(ran.err.splitlines()) <= 5


def test_a_repository_that_was_never_released_is_told_how(installed: Installed) -> None:
    installed.targets()
    ran = installed.run("status", "shop")
    assert (ran.code, ran.err) == (2, "error: shop has no build in dev yet\n  multi apply shop -e dev starts one\n")


def test_what_really_failed_is_what_is_told(installed: Installed) -> None:
    installed.targets(policy={"mode": "collect-all"})
    installed.release("shop/main/1.abc")
    taken = installed.cloud.client("ssm", ACCOUNTS[1], "eu-west-1")
    taken.put_parameter(Name="/shop/where", Value="taken", Type="String")
    installed.cloud.faults.add("create:AWS::SSM::Parameter", Fail("x", "no quota"), account=ACCOUNTS[2], times=None)
    installed.run("apply", "shop", "--s3-key", "shop/main/1.abc", "--bucket", BUCKET, "--yes")
    assert installed.carried_out()["status"] == "FAILED"
    told = installed.json("status", "shop")
    assert (told["exit_code"], told["counts"]["succeeded"], told["failures"]) == (8, 3, 3)
    assert [cause["count"] for cause in told["causes"]] == [2, 1]
    assert "no quota" in told["causes"][0]["reason"]
    assert told["causes"][1]["targets"] == [f"{ACCOUNTS[1]}/eu-west-1"]
