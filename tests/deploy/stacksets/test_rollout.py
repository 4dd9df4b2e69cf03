"""Rollouts that go well, fail in part, meet others, are cut off at any moment, and are taken up again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deployer.handlers import moments
from stackgen.local.cloud import ACCOUNT
from stackgen.local.faults import Fail, LoseAnswer
from stackgen.local.virtual import given

from .process import Killed, Process
from .project import NAME, READS, TEMPLATE, Interrupting, Project, cells

if TYPE_CHECKING:
    from stackgen.local.stacksets.accounts import Accounts

TWO = cells(("222222222222 333333333333", "us-east-1"))
RAGGED = cells(("222222222222 333333333333", "us-east-1"), ("444444444444", "eu-west-1"))


def first(project: Project) -> None:
    """A set in three places, one of which has a value of its own."""
    own = 'account = "444444444444"\nregions = ["eu-west-1"]\nparameters = { Color = "blue" }'
    project.settings(
        dev='account = "222222222222"\nregions = ["us-east-1"]',
        prod='account = "333333333333"\nregions = ["us-east-1"]',
        other=own,
    )


def second(project: Project) -> None:
    """Another template, another place, another value of its own."""
    first(project)
    assert Process(project).run() == 0
    project.sized("2")
    project.settings(
        dev='account = "222222222222"\nregions = ["us-east-1", "eu-west-1"]',
        prod='account = "333333333333"\nregions = ["us-east-1"]',
        other='account = "444444444444"\nregions = ["eu-west-1"]\nparameters = { Color = "green" }',
    )


@pytest.mark.parametrize("scene", [first, second])
def test_killed_at_any_moment_the_next_run_finishes_and_does_nothing_twice(project: Project, scene: Any) -> None:
    """What a killed run began is begun again, or taken for somebody else's, or forgotten."""
    scene(project)
    calls = 0
    moment = 0
    while True:
        moment += 1
        process = Process(project, dies=moment // 2 + 1, after=bool(moment % 2))
        before = dict.fromkeys(each["OperationId"] for each in project.operations()) if exists(project) else {}
        try:
            process.run()
        except Killed:
            calls += 1
        else:
            break
        ran = project.apply()
        assert ran.code == 0, (moment, ran.err)
        new = [each for each in project.operations() if each["OperationId"] not in before]
        assert len(new) == len({each["OperationId"] for each in new})
        assert [each["Status"] for each in new] == ["SUCCEEDED"] * len(new)
        assert set(project.instances().values()) == {"CURRENT"}
        plan = project.json("plan")
        assert plan["operations"] == []
        delete_all(project)
        scene(project)
    assert calls >= 4


def exists(project: Project) -> bool:
    return NAME in {
        each["StackSetName"] for each in project.cloudformation.list_stack_sets(Status="ACTIVE")["Summaries"]
    }


def delete_all(project: Project) -> None:
    assert project.run("delete", "--no-retain", "--yes").code == 0
    project.sized("1")


def test_the_plan_only_reads_and_the_rollout_calls_what_the_plan_says(project: Project) -> None:
    """A plan changes something, or a rollout does more than it says."""
    project.settings(RAGGED)
    project.cloud.gateway.notes.clear()
    ran = project.run("plan")
    assert ran.code == 0
    assert [note.operation for note in project.cloud.gateway.notes if not note.operation.startswith(READS)] == []
    assert ran.out.splitlines() == [
        "base in 111111111111/us-east-1 (new): 3 to create, 0 to update, 0 to delete, 0 unchanged; 2 operations",
        "operations, one after the other; no more than 2 stacks touched if every one fails",
        "  1  create  2 stacks  2 at a time  222222222222, 333333333333 x us-east-1",
        "  2  create  1 stack   1 at a time  444444444444 x eu-west-1",
    ]
    assert project.apply().code == 0
    assert project.changes() == ["CreateStackSet", "CreateStackInstances", "CreateStackInstances"]


def test_nobody_to_ask_and_a_no_change_nothing(project: Project) -> None:
    project.settings(TWO)
    ran = project.run("apply")
    assert (ran.code, ran.out) == (3, "")
    assert "nobody to ask: base in 111111111111/us-east-1: create 2?" in ran.err
    assert project.answer("n\n", "apply").code == 3
    assert project.changes() == []
    assert project.answer("y\n", "apply").code == 0


def test_a_failure_stops_what_follows_is_told_once_and_the_next_run_goes_only_there(
    project: Project, accounts: Accounts
) -> None:
    """The reason is lost among those that were cancelled; or what went well is done again."""
    project.settings(RAGGED, "operation = { max_concurrent_count = 1 }")
    accounts.lacks_execution_role.add("333333333333")
    ran = project.apply()
    assert ran.code == 8, ran.err
    assert ran.out.splitlines()[0] == "base in 111111111111/us-east-1: 1 stack well, 1 failed, 1 not tried"
    assert "Account 333333333333 should have 'AWSCloudFormationStackSetExecutionRole' role" in ran.out
    assert "in 333333333333/us-east-1" in ran.out
    assert "make it there, and roll out again" in ran.out
    assert "not tried: 444444444444/eu-west-1" in ran.out
    accounts.lacks_execution_role.clear()
    plan = project.json("plan")
    assert (plan["create"], plan["update"]) == (["444444444444/eu-west-1"], ["333333333333/us-east-1"])
    assert plan["unchanged"] == ["222222222222/us-east-1"]
    assert project.apply().code == 0
    assert set(project.instances().values()) == {"CURRENT"}


def test_a_tolerated_failure_lets_the_others_go_on_and_is_still_8(project: Project, accounts: Accounts) -> None:
    """An operation that AWS calls a success hides a stack that failed."""
    project.settings(TWO, "operation = { failure_tolerance_count = 1, max_concurrent_count = 1 }")
    accounts.lacks_execution_role.add("222222222222")
    ran = project.apply()
    assert project.operations()[-1]["Status"] == "SUCCEEDED"
    assert ran.code == 8
    assert ran.out.startswith("base in 111111111111/us-east-1: 1 stack well, 1 failed, 0 not tried\n")


def test_where_every_stack_fails_it_is_1_with_the_first_cause_of_one(project: Project) -> None:
    """The reason of the StackSet is told, and not what failed in the stack."""
    project.settings(cells((ACCOUNT, "us-east-1")))
    project.cloud.faults.add("create:AWS::SSM::Parameter", Fail("InternalFailure", "planted"))
    told = project.json("apply", "--yes")
    assert told["exit_code"] == 1
    (cause,) = told["failed"]
    assert cause["cells"] == [f"{ACCOUNT}/us-east-1"]
    assert cause["first"].startswith("Where: ")
    assert "planted" in cause["first"]


def test_the_reader_role_of_another_account_tells_the_cause_there(project: Project) -> None:
    """The first cause is only known in the StackSet's own account."""
    project.settings(TWO, 'reader_role = "StackReader"')
    project.cloud.faults.add("create:AWS::SSM::Parameter", Fail("InternalFailure", "planted"))
    told = project.json("apply", "--yes")
    assert "planted" in told["failed"][0]["first"]


def test_somebody_elses_operation_is_7_and_left_alone(project: Project) -> None:
    """A rollout waits without end, or takes another's operation for its own."""
    project.settings(TWO)
    assert project.apply().code == 0
    project.cloudformation.update_stack_instances(StackSetName=NAME, Accounts=["222222222222"], Regions=["us-east-1"])
    project.sized("2")
    project.changes()
    ran = project.apply()
    assert (ran.code, project.changes()) == (7, [])
    assert "another operation" in ran.err
    assert "stackset status shows it" in ran.err
    assert "running: UPDATE since" in project.run("plan").out
    assert "UPDATE runs" in project.run("status").out.splitlines()[0]


def test_an_interrupted_run_says_what_goes_on_and_the_next_follows_it(project: Project) -> None:
    """Ctrl-C leaves nobody knowing what runs, or the next run refuses what this one began."""
    project.settings(RAGGED)
    with given(moments, time=Interrupting(project)):
        ran = project.apply()
    assert (ran.code, ran.out) == (130, "")
    assert "goes on in AWS; the same command follows it" in ran.err
    assert [each["Status"] for each in project.operations()] == ["RUNNING"]
    ran = project.apply()
    assert ran.code == 0, ran.err
    assert "a rollout of the same still runs, begun by another run; it is followed first" in ran.err
    assert len(project.operations()) == 2


def test_stop_ends_the_operation_when_interrupted(project: Project) -> None:
    """Stacks go on being made although somebody asked to stop."""
    project.settings(TWO, "operation = { max_concurrent_count = 1 }")
    with given(moments, time=Interrupting(project)):
        ran = project.apply("--stop")
    assert ran.code == 130
    assert "is stopped" in ran.err
    project.cloud.clock.advance(200)
    assert [each["Status"] for each in project.operations()] == ["STOPPED"]
    assert len([each for each in project.instances().values() if each == "CURRENT"]) == 1
    assert project.apply().code == 0
    assert set(project.instances().values()) == {"CURRENT"}


def test_a_suspended_account_is_skipped_told_and_no_failure(project: Project, accounts: Accounts) -> None:
    """One closed account makes every rollout fail."""
    accounts.suspended.add("333333333333")
    project.settings(TWO, "operation = { failure_tolerance_count = 1 }")
    ran = project.apply()
    assert ran.code == 0, ran.out
    assert "1 skipped, for their accounts are suspended" in ran.out
    assert "suspended when last looked at" in project.run("plan").err


def test_managed_execution_is_switched_by_a_call_of_its_own(project: Project) -> None:
    """AWS refuses to switch it together with another template."""
    project.settings(TWO)
    assert project.apply().code == 0
    project.settings(TWO, "managed_execution = true")
    project.sized("2")
    asked = []
    project.cloud.gateway.observers.append(
        lambda call, _: asked.append(call.parameters) if call.operation == "UpdateStackSet" else None
    )
    assert project.apply().code == 0
    switching, defining = asked
    assert (switching.get("UsePreviousTemplate"), "ManagedExecution" in switching) == (True, True)
    assert ("TemplateBody" in defining, "ManagedExecution" in defining) == (True, False)
    assert all(each["Accounts"] == ["222222222222", "333333333333"] for each in asked)
    for name in ("AdministrationRoleARN", "ExecutionRoleName", "Tags"):  # what is not said again is taken away
        assert switching[name] == defining[name]
    assert project.json("plan")["operations"] == []


def test_managed_execution_is_switched_with_the_parameters_that_the_set_has_now(project: Project) -> None:
    """The template that is coming has another one: AWS does not know it yet."""
    project.settings(TWO)
    assert project.apply().code == 0
    project.settings(TWO, "managed_execution = true")
    parameters = {**TEMPLATE["Parameters"], "Extra": {"Type": "String", "Default": "x"}}
    project.template({**TEMPLATE, "Parameters": parameters})
    ran = project.apply()
    assert ran.code == 0, ran.err


def test_throttling_is_survived_and_what_is_forbidden_is_named(project: Project) -> None:
    """One refusal for now ends a rollout; or nobody says which permission is missing."""
    project.settings(TWO)
    project.cloud.faults.add("cloudformation:ListStackSetOperationResults", Fail("Throttling", "slow"), times=2)
    assert project.apply().code == 0
    project.cloud.faults.add("cloudformation:ListStackInstances", Fail("AccessDenied", "no", status=403))
    ran = project.apply()
    assert ran.code == 1
    assert "these credentials may not cloudformation:ListStackInstances on StackSet base" in ran.err


def test_an_answer_that_is_lost_does_not_begin_anything_twice(project: Project) -> None:
    """The repeated call is refused as somebody else's, or makes a second operation."""
    project.settings(TWO)
    for operation in ("CreateStackSet", "CreateStackInstances"):
        project.cloud.faults.add(f"cloudformation:{operation}", LoseAnswer(), times=1)
    assert project.apply().code == 0
    project.sized("2")
    project.cloud.faults.add("cloudformation:UpdateStackSet", LoseAnswer(), times=1)
    assert project.apply().code == 0
    assert [each["Status"] for each in project.operations()] == ["SUCCEEDED", "SUCCEEDED"]


def test_a_secret_of_one_cells_own_is_rolled_out_when_asked(project: Project) -> None:
    """--secrets brings the common value, and leaves a cell with its old one."""
    own = 'account = "222222222222"\nregions = ["us-east-1"]\nparameters = { Password = "SECRET" }'
    others = 'account = "333333333333"\nregions = ["us-east-1"]'
    project.settings(dev=own.replace("SECRET", "one"), prod=others)
    assert project.apply().code == 0
    project.settings(dev=own.replace("SECRET", "two"), prod=others)
    assert project.json("plan")["operations"] == []
    asked = []
    project.cloud.gateway.observers.append(
        lambda call, _: asked.append(call.parameters) if call.operation == "UpdateStackInstances" else None
    )
    ran = project.apply("--secrets", "-v")
    assert ran.code == 0, ran.err
    assert [each["ParameterOverrides"] for each in asked] == [[{"ParameterKey": "Password", "ParameterValue": "two"}]]
