"""Rollouts that are taken back: where a stack fails, an alarm goes off, or a run was cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deployer.handlers import moments
from stackgen.local.cloud import ACCOUNT
from stackgen.local.faults import Fail
from stackgen.local.virtual import given

from .process import Killed, Process
from .project import NAME, REGIONS, TEMPLATE, Interrupting, Project, cells

if TYPE_CHECKING:
    from stackgen.local.faults import Fault
    from stackgen.local.stacksets.accounts import Accounts
    from stackgen.local.wire import Call

HOME, AWAY = REGIONS
BOTH = cells((ACCOUNT, f"{HOME} {AWAY}"))
ALARM = "errors"
ALARMS = f"""
[tool.stackgen.stack.base]
rollback_alarms = ["arn:aws:cloudwatch:{{region}}:{{account}}:alarm:{ALARM}"]
monitoring_minutes = 10
"""
RECORD = f"stacksets/{NAME}/before.json"


@pytest.fixture
def made(project: Project) -> Project:
    """A set in two regions, with its first version."""
    project.settings(BOTH)
    assert project.apply().code == 0
    project.sized("2")
    project.cloud.gateway.notes.clear()
    return project


@pytest.fixture
def guarded(made: Project) -> Project:
    """The same with an alarm in each region that is quiet."""
    path = made.root / "pyproject.toml"
    path.write_text(path.read_text("utf-8") + ALARMS, "utf-8")
    for region in REGIONS:
        ring(made, region, "OK")
    return made


def ring(project: Project, region: str, state: str = "ALARM") -> None:
    cloudwatch = project.cloud.client("cloudwatch", ACCOUNT, region)
    if state == "OK":
        cloudwatch.put_metric_alarm(
            AlarmName=ALARM, MetricName="Errors", Namespace="AWS/Lambda", Statistic="Sum", Period=60,
            EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold",
        )  # fmt: skip
    cloudwatch.set_alarm_state(AlarmName=ALARM, StateValue=state, StateReason="as the test wants it")


def sizes(project: Project) -> list[str]:
    """The version of each region's stack."""
    return [project.value(ACCOUNT, region).split()[2] for region in REGIONS]


def records(project: Project) -> list[str]:
    """What is kept of definitions of before."""
    s3 = project.cloud.client("s3", ACCOUNT, HOME)
    found = s3.list_objects_v2(Bucket=f"org-cfn-{ACCOUNT}-{HOME}", Prefix="stacksets/")
    return [each["Key"] for each in found.get("Contents", [])]


def fails(project: Project, region: str, **how: Any) -> Fault:
    return project.cloud.faults.add(
        "update:AWS::SSM::Parameter", Fail("InternalFailure", "planted"), region=region, **how
    )


@pytest.mark.requirement("TAP-D03")
def test_an_update_that_fails_in_one_region_is_taken_back_in_both(made: Project) -> None:
    """One region keeps the new version and the other the old, or nobody learns what failed first."""
    fails(made, AWAY, times=1)
    ran = made.apply()
    assert ran.code == 5, ran.out + ran.err
    assert "a failure takes it back to what there is now, which is kept in S3 first; --no-revert does not" in ran.err
    lines = ran.out.splitlines()
    assert lines[0] == f"base in {ACCOUNT}/{HOME}: taken back, 2 stacks as before: 1 of 2 stacks failed"
    assert f"    in {ACCOUNT}/{AWAY}" in lines
    assert any("first: Where: planted" in line for line in lines)
    assert lines[-1] == "  mend the cause, and stackset apply base rolls out again"
    assert sizes(made) == ["1", "1"]
    assert set(made.instances().values()) == {"CURRENT"}
    assert records(made) == []
    ran = made.apply()
    assert ran.code == 0, ran.out + ran.err
    assert sizes(made) == ["2", "2"]


@pytest.mark.requirement("TAP-D03", "TAP-15")
def test_an_alarm_in_the_minutes_after_an_update_takes_it_back(guarded: Project) -> None:
    """A release whose alarm goes off once all stacks are well stays, and so does one that rings in one region alone."""
    began = guarded.cloud.clock.time()
    guarded.cloud.clock.call_later(400, lambda: ring(guarded, AWAY))
    told = guarded.json("apply", "--yes")
    assert told["exit_code"] == 5
    assert told["why"] == f"the alarm {ALARM} is in ALARM in {ACCOUNT}/{AWAY}"
    assert told["taken_back"]["complete"] is True
    assert len(told["taken_back"]["as_before"]) == 2
    assert sizes(guarded) == ["1", "1"]
    assert guarded.cloud.clock.time() - began < 600

    ran = guarded.apply()
    assert (ran.code, ran.out) == (1, "")
    assert f"the alarm {ALARM} is in ALARM in {ACCOUNT}/{AWAY} already" in ran.err
    ring(guarded, AWAY, "OK")
    began = guarded.cloud.clock.time()
    assert guarded.apply().code == 0
    assert sizes(guarded) == ["2", "2"]
    assert guarded.cloud.clock.time() - began >= 600
    assert records(guarded) == []


@pytest.mark.requirement("TAP-D03")
def test_an_alarm_that_is_deleted_in_the_minutes_after_an_update_takes_it_back(guarded: Project) -> None:
    """An alarm that is gone is taken for a quiet one; a missing rollback trigger fails a stack's own update."""
    away = guarded.cloud.client("cloudwatch", ACCOUNT, AWAY)
    guarded.cloud.clock.call_later(400, lambda: away.delete_alarms(AlarmNames=[ALARM]))
    told = guarded.json("apply", "--yes")
    assert (told["exit_code"], told["why"]) == (5, f"the alarm {ALARM} is gone in {ACCOUNT}/{AWAY}")
    assert sizes(guarded) == ["1", "1"]


def test_an_alarm_that_goes_off_while_it_is_rolled_out_stops_it(guarded: Project) -> None:
    """The second region is broken too, although the first has told already."""
    guarded.cloud.formation.operations.steps.durations["*"] = 100
    guarded.cloud.clock.call_later(10, lambda: ring(guarded, HOME))
    told = guarded.json("apply", "--yes")
    assert (told["exit_code"], told["not_tried"]) == (5, [f"{ACCOUNT}/{AWAY}"])
    assert sizes(guarded) == ["1", "1"]
    assert [each["Status"] for each in guarded.operations()][1:] == ["STOPPED", "SUCCEEDED"]


def test_an_alarm_that_is_not_there_refuses_the_rollout_before_anything_is_changed(guarded: Project) -> None:
    """Nothing tells of a bad release, and nobody learns that."""
    guarded.cloud.client("cloudwatch", ACCOUNT, AWAY).delete_alarms(AlarmNames=[ALARM])
    guarded.cloud.gateway.notes.clear()
    ran = guarded.apply()
    assert ran.code == 1
    assert f"the alarm {ALARM} is not in {ACCOUNT}/{AWAY}" in ran.err
    assert guarded.changes() == []
    assert guarded.apply("--no-revert").code == 0


def test_alarms_in_accounts_that_nobody_may_read_refuse_it_too(project: Project) -> None:
    """A watch that sees nothing is taken for one that sees no alarm."""
    project.settings(cells(("222222222222", HOME)))
    path = project.root / "pyproject.toml"
    path.write_text(path.read_text("utf-8") + ALARMS, "utf-8")
    ran = project.apply()
    assert ran.code == 1
    assert f"the alarms in 222222222222/{HOME} may not be read" in ran.err
    assert "reader_role names the role that may" in ran.err


def test_with_no_revert_a_failed_update_stays_where_it_went_well(made: Project) -> None:
    """Somebody wants to mend it forwards, and cannot."""
    fails(made, AWAY, times=1)
    ran = made.apply("--no-revert")
    assert ran.code == 8
    assert "takes it back" not in ran.err
    assert ran.out.startswith(f"base in {ACCOUNT}/{HOME}: 1 stack well, 1 failed, 0 not tried\n")
    assert sizes(made) == ["2", "1"]
    assert "CreateBucket" not in made.changes()
    assert made.apply().code == 0
    assert sizes(made) == ["2", "2"]


def test_a_first_rollout_that_fails_has_nothing_to_go_back_to_and_keeps_what_is_well(project: Project) -> None:
    """What was made is deleted again unasked, or the next run makes all of it anew."""
    project.settings(BOTH)
    project.cloud.faults.add("create:AWS::SSM::Parameter", Fail("InternalFailure", "planted"), region=AWAY, times=1)
    ran = project.apply()
    assert ran.code == 8
    assert "1 of 2 stacks failed, and nothing leads back: no stack of these was well with an earlier version" in ran.out
    assert "stackset apply base goes to what is not well" in ran.out
    assert project.apply().code == 0


def test_an_alarm_after_a_first_rollout_needs_a_person(project: Project) -> None:
    """The stacks are well and the release is bad: success would be a lie, and deleting them is nobody's wish."""
    project.settings(BOTH)
    path = project.root / "pyproject.toml"
    path.write_text(path.read_text("utf-8") + ALARMS, "utf-8")
    for region in REGIONS:
        ring(project, region, "OK")
    project.cloud.clock.call_later(400, lambda: ring(project, HOME))
    ran = project.apply()
    assert ran.code == 6
    assert f"the alarm {ALARM} is in ALARM in {ACCOUNT}/{HOME}, and nothing leads back" in ran.out
    assert "stackset delete base --no-retain deletes them" in ran.out


def test_a_way_back_that_fails_needs_a_person_and_the_next_run_goes_on_with_it(guarded: Project) -> None:
    """It is told as taken back, or the next run rolls the bad version out again before it is."""

    def goes_wrong() -> None:
        ring(guarded, HOME)
        fails(guarded, HOME, times=1)

    guarded.cloud.clock.call_later(400, goes_wrong)
    ran = guarded.apply()
    assert ran.code == 6, ran.out + ran.err
    assert "a failure, or an alarm up to 10 minutes after it, takes it back" in ran.err
    assert ran.out.startswith(
        f"base in {ACCOUNT}/{HOME}: NOT taken back everywhere, 1 stack as before, 1 not: the alarm {ALARM} is in ALARM"
    )
    assert f"  as before: {ACCOUNT}/{AWAY}" in ran.out
    assert f"  not as before: {ACCOUNT}/{HOME}" in ran.out
    assert "stackset apply base goes on taking back" in ran.out
    assert sizes(guarded) == ["2", "1"]
    assert records(guarded) == [RECORD]
    ran = guarded.apply()
    assert ran.code == 5, ran.out + ran.err
    assert "an earlier run was cut off while it took a rollout back" in ran.err
    assert sizes(guarded) == ["1", "1"]
    assert records(guarded) == []


def test_values_of_cells_and_of_the_set_go_back_and_secrets_stay(project: Project) -> None:
    """A cell gets another's value, or the password becomes the stars that AWS shows instead of it."""
    where = TEMPLATE["Resources"]["Where"]
    written = {"Fn::Sub": "${AWS::Region} ${Size} ${Color} ${Password}"}
    told = {**where, "Properties": {**where["Properties"], "Value": written}}
    project.template({**TEMPLATE, "Resources": {"Where": told}})
    project.settings(
        dev=f'account = "{ACCOUNT}"\nregions = ["{HOME}"]\nparameters = {{ Color = "blue" }}',
        prod=f'account = "{ACCOUNT}"\nregions = ["{AWAY}"]\nparameters = {{ Color = "green" }}',
    )
    assert project.apply("-p", "Password=battery-staple").code == 0
    before = [project.value(ACCOUNT, region) for region in REGIONS]
    project.settings(
        dev=f'account = "{ACCOUNT}"\nregions = ["{HOME}"]\nparameters = {{ Color = "white", Size = "7" }}',
        prod=f'account = "{ACCOUNT}"\nregions = ["{AWAY}"]\nparameters = {{ Color = "black", Size = "7" }}',
    )
    fails(project, AWAY, times=1)
    ran = project.apply("-p", "Password=battery-staple")
    assert ran.code == 5, ran.out + ran.err
    assert [project.value(ACCOUNT, region) for region in REGIONS] == before
    assert all(each.endswith("battery-staple") for each in before)
    assert "as this rollout has given it, for AWS does not tell what it was before: Password" in ran.out


def test_a_secret_that_went_with_the_new_version_needs_a_person(made: Project) -> None:
    """The old template is rolled out with a password that nobody has chosen."""
    without = {name: said for name, said in TEMPLATE["Parameters"].items() if name != "Password"}
    made.template({**TEMPLATE, "Parameters": {**without, "Size": {"Type": "String", "Default": "2"}}})
    fails(made, AWAY, times=1)
    ran = made.apply()
    assert ran.code == 6, ran.out + ran.err
    assert "base is not taken back: its definition of before needs Password" in ran.err
    assert made.apply().code == 6
    assert made.apply("--no-revert").code == 0
    assert sizes(made) == ["2", "2"]
    assert records(made) == []


def test_a_way_back_that_aws_refuses_needs_a_person(made: Project) -> None:
    """A refusal is told as an error after which nothing was changed."""
    fails(made, AWAY, times=1)

    def is_back(call: Call) -> bool:
        return '"Default": "1"' in call.parameters["TemplateBody"]

    made.cloud.faults.add("cloudformation:UpdateStackSet", Fail("InvalidOperationException", "too many"), when=is_back)
    ran = made.apply()
    assert ran.code == 6, ran.out + ran.err
    assert "base is not taken back, although 1 of 2 stacks failed: " in ran.err
    assert "too many" in ran.err
    assert made.apply().code == 5
    assert sizes(made) == ["1", "1"]


def test_a_new_account_that_fails_does_not_hinder_the_others_from_going_back(made: Project, accounts: Accounts) -> None:
    """The way back fails for a stack that was never there."""
    accounts.lacks_execution_role.add("222222222222")
    made.settings(cells((ACCOUNT, f"{HOME} {AWAY}"), ("222222222222", HOME)))
    told = made.json("apply", "--yes")
    assert told["exit_code"] == 5
    assert sorted(told["taken_back"]["as_before"]) == [f"{ACCOUNT}/{AWAY}", f"{ACCOUNT}/{HOME}"]
    assert sizes(made) == ["1", "1"]


def test_what_is_interrupted_while_it_is_watched_is_watched_by_the_next_run(guarded: Project) -> None:
    """An alarm that goes off after somebody has pressed Ctrl-C takes nothing back."""
    guarded.cloud.clock.call_later(400, lambda: ring(guarded, AWAY))
    with given(moments, time=Interrupting(guarded)):
        assert guarded.apply().code == 130
    assert records(guarded) == [RECORD]
    ran = guarded.apply()
    assert ran.code == 5, ran.out + ran.err
    assert sizes(guarded) == ["1", "1"]
    assert records(guarded) == []


def test_a_record_of_before_is_of_no_use_once_somebody_else_has_changed_the_set(made: Project) -> None:
    """The set goes back past a version that somebody has rolled out since, and that was good."""
    with given(moments, time=Interrupting(made)):
        assert made.apply().code == 130
    made.sized("3")
    assert made.apply("--no-revert").code == 7
    made.sized("2")
    assert made.apply("--no-revert").code == 0
    assert records(made) == []
    made.sized("4")
    fails(made, AWAY, times=1)
    assert made.apply().code == 5
    assert sizes(made) == ["2", "2"]


def test_killed_at_any_moment_the_next_run_takes_back_what_failed(made: Project) -> None:
    """A process that dies between the failure and the way back leaves two versions, and the next run rolls out more."""
    kills = 0
    for moment in range(1, 40):
        fails(made, AWAY, times=1)
        process = Process(made, dies=moment // 2 + 1, after=bool(moment % 2))
        try:
            process.release()
        except Killed:
            kills += 1
        else:
            break
        left = records(made)
        ran = made.apply()
        if ran.code == 0:  # it was taken back, and forgotten: this was the next rollout
            assert (left, sizes(made)) == ([], ["2", "2"])
            break
        assert (ran.code, sizes(made)) == (5, ["1", "1"]), (moment, ran.out, ran.err)
        assert records(made) == []
        assert set(made.instances().values()) == {"CURRENT"}
        made.cloud.faults.clear()
    assert kills >= 9


def test_what_follows_a_rollout_that_was_cut_off_goes_back_to_before_both(made: Project) -> None:
    """It goes back to a version that nobody has seen to be good."""
    with given(moments, time=Interrupting(made)):
        assert made.apply().code == 130
    made.cloud.clock.advance(200)
    assert sizes(made) == ["2", "2"]
    made.sized("3")
    fails(made, AWAY, times=1)
    ran = made.apply()
    assert ran.code == 5, ran.out + ran.err
    assert "an earlier rollout was cut off; what was before it is what this one goes back to" in ran.err
    assert sizes(made) == ["1", "1"]
    assert records(made) == []
