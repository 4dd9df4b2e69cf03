"""Alarms that went off while nobody looked, or while no run was there to: they take a rollout back all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deployer.handlers import alarms, moments
from stackgen.local.cloud import ACCOUNT
from stackgen.local.faults import Fail
from stackgen.local.virtual import given

from .process import Killed, Process
from .project import REGIONS, Interrupting, Project, cells
from .test_releasing import ALARM, ALARMS, BOTH, RECORD, fails, guarded, made, records, ring, sizes

if TYPE_CHECKING:
    from stackgen.deploy.actions import Action

__all__ = ["guarded", "made"]

HOME, AWAY = REGIONS
OTHER = "222222222222"
OPERATIONS = ("update_stack_set", "update_stack_instances", "create_stack_instances")
RANG = f"the alarm {ALARM} was in ALARM in {ACCOUNT}/{AWAY}"


@pytest.fixture
def first(project: Project) -> Project:
    """Alarms in two regions, and a set that is still to be made."""
    project.settings(BOTH)
    path = project.root / "pyproject.toml"
    path.write_text(path.read_text("utf-8") + ALARMS, "utf-8")
    for region in REGIONS:
        ring(project, region, "OK")
    return project


def interrupted(project: Project) -> None:
    """A rollout whose run ends while its first operation goes on, which ends well later."""
    with given(moments, time=Interrupting(project)):
        assert project.apply().code == 130
    project.cloud.clock.advance(200)


def rings_shortly(project: Project, region: str = AWAY) -> None:
    ring(project, region)
    project.cloud.clock.advance(5)
    cloudwatch = project.cloud.client("cloudwatch", ACCOUNT, region)
    cloudwatch.set_alarm_state(AlarmName=ALARM, StateValue="OK", StateReason="mended by itself")


@pytest.mark.requirement("TAP-D03", "TAP-15")
def test_an_alarm_that_is_quiet_again_at_the_next_look_takes_it_back(guarded: Project) -> None:
    """A release that fails now and then stays, for each time somebody looks all is quiet."""
    guarded.cloud.clock.call_later(401, lambda: ring(guarded, AWAY))
    guarded.cloud.clock.call_later(403, lambda: ring(guarded, AWAY, "OK"))
    told = guarded.json("apply", "--yes")
    assert (told["exit_code"], told["why"]) == (5, RANG)
    assert sizes(guarded) == ["1", "1"]
    assert guarded.apply().code == 0, "what an alarm did before a rollout says nothing of it"
    assert sizes(guarded) == ["2", "2"]


@pytest.mark.requirement("TAP-D03")
@pytest.mark.parametrize("later", [100, 5_000], ids=["in its minutes", "long after"])
def test_an_alarm_that_went_off_while_no_run_was_there_takes_it_back(guarded: Project, later: int) -> None:
    """The machine that watched dies, the release rings, and the next run finds all quiet and says that it is well."""
    interrupted(guarded)
    rings_shortly(guarded)
    guarded.cloud.clock.advance(later)
    told = guarded.json("apply", "--yes")
    assert (told["exit_code"], told["why"]) == (5, RANG)
    assert sizes(guarded) == ["1", "1"]
    assert records(guarded) == []


class Half(Process):
    """A rollout in two waves whose run ends when the first of them has."""

    def perform(self, action: Action) -> dict[str, Any]:
        begun = [each.operation for each in self.actions if each.operation in OPERATIONS]
        if begun and action.operation in OPERATIONS:
            raise Killed
        return super().perform(action)


@pytest.mark.parametrize("is_quiet", [True, False], ids=["quiet again", "still in ALARM"])
def test_what_went_off_after_the_first_wave_takes_it_back_instead_of_going_on(project: Project, is_quiet: bool) -> None:
    """The run that goes on takes it for an alarm of before: it refuses, and the bad version stays where it is."""
    places = {ACCOUNT: HOME, OTHER: HOME}
    waves = f'operation = {{ waves = [["{ACCOUNT}"]] }}'
    project.settings(cells((f"{ACCOUNT} {OTHER}", HOME)), waves, 'reader_role = "StackReader"')
    assert project.apply().code == 0
    path = project.root / "pyproject.toml"
    path.write_text(path.read_text("utf-8") + ALARMS, "utf-8")
    for account in places:
        rings(project, account, "OK")
    project.sized("2")
    with pytest.raises(Killed):
        Half(project).release()
    assert [project.value(account, HOME).split()[2] for account in places] == ["2", "1"]
    project.cloud.clock.advance(5)
    rings(project, ACCOUNT, "ALARM")
    if is_quiet:
        rings(project, ACCOUNT, "OK")
    ran = project.apply()
    assert ran.code == 5, ran.out + ran.err
    assert f"the alarm {ALARM} {'was' if is_quiet else 'is'} in ALARM in {ACCOUNT}/{HOME}" in ran.out
    assert [project.value(account, HOME).split()[2] for account in places] == ["1", "1"]
    assert records(project) == []


def rings(project: Project, account: str, state: str) -> None:
    """The same as ``ring``, in any account."""
    cloudwatch = project.cloud.client("cloudwatch", account, HOME)
    cloudwatch.put_metric_alarm(
        AlarmName=ALARM, MetricName="Errors", Namespace="AWS/Lambda", Statistic="Sum", Period=60,
        EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    cloudwatch.set_alarm_state(AlarmName=ALARM, StateValue=state, StateReason="as the test wants it")


@pytest.mark.requirement("TAP-D03")
def test_a_first_rollout_that_was_cut_off_is_watched_to_its_end_by_the_next_run(first: Project) -> None:
    """Nothing leads back from it, so nobody looks any more whether it works."""
    interrupted(first)
    assert records(first) == [RECORD]
    rings_shortly(first)
    ran = first.apply()
    assert ran.code == 6, ran.out + ran.err
    assert "an earlier run was cut off while it watched alarms; it is gone on with" in ran.err
    assert f"  {RANG}, and nothing leads back: no stack of these was well with an earlier version" in ran.out
    assert sizes(first) == ["1", "1"]
    assert records(first) == []
    assert first.apply().code == 0


def test_a_first_rollout_that_was_cut_off_and_stays_quiet_takes_its_minutes(first: Project) -> None:
    interrupted(first)
    began = first.cloud.clock.time()
    assert first.apply().code == 0
    assert 300 < first.cloud.clock.time() - began <= 600
    assert records(first) == []


def test_a_first_rollout_that_failed_while_nobody_was_there_is_gone_on_with(first: Project) -> None:
    """It is told as failed once more, and nothing is tried again."""
    first.cloud.faults.add("create:AWS::SSM::Parameter", Fail("InternalFailure", "planted"), region=AWAY, times=1)
    interrupted(first)
    ran = first.apply()
    assert ran.code == 0, ran.out + ran.err
    assert set(first.instances().values()) == {"CURRENT"}
    assert records(first) == []


def test_the_version_after_a_first_one_that_was_cut_off_goes_back_to_it(first: Project) -> None:
    """What was kept of the first rollout hides that there is a version to go back to now."""
    interrupted(first)
    first.sized("2")
    fails(first, AWAY, times=1)
    ran = first.apply()
    assert ran.code == 5, ran.out + ran.err
    assert sizes(first) == ["1", "1"]


def test_where_no_alarm_is_watched_a_first_rollout_keeps_nothing(project: Project) -> None:
    """A bucket is made for a record that nobody needs."""
    project.settings(BOTH)
    assert project.apply().code == 0
    assert "CreateBucket" not in project.changes()


def test_alarms_whose_history_may_not_be_read_refuse_it_before_anything_is_changed(guarded: Project) -> None:
    """The rollout is broken off half-way, when an alarm has moved for the first time."""
    guarded.cloud.gateway.notes.clear()
    denied = Fail("AccessDenied", "not you", 403)
    guarded.cloud.faults.add("cloudwatch:DescribeAlarmHistory", denied, times=None)
    ran = guarded.apply()
    assert (ran.code, guarded.changes()) == (1, [])
    assert f"the alarms in {ACCOUNT}/{HOME} may not be read (AccessDenied)" in ran.err
    assert "DescribeAlarmHistory" in ran.err


@pytest.mark.requirement("TAP-D03")
def test_the_run_that_goes_on_sees_alarms_that_are_gone_or_that_nobody_may_read(guarded: Project) -> None:
    """It has not looked at them before, as the first run has, and takes what it does not see for quiet."""
    interrupted(guarded)
    guarded.cloud.faults.add("cloudwatch:DescribeAlarms", Fail("AccessDenied", "not you", 403), times=None)
    ran = guarded.apply()
    assert (ran.code, records(guarded)) == (1, [RECORD])
    assert f"the alarms in {ACCOUNT}/{HOME} may not be read (AccessDenied)" in ran.err
    guarded.cloud.faults.clear()
    guarded.cloud.client("cloudwatch", ACCOUNT, AWAY).delete_alarms(AlarmNames=[ALARM])
    told = guarded.json("apply", "--yes")
    assert (told["exit_code"], told["why"]) == (5, f"the alarm {ALARM} is gone in {ACCOUNT}/{AWAY}")
    assert sizes(guarded) == ["1", "1"]


def test_of_many_places_the_last_look_takes_all(guarded: Project) -> None:
    """The alarm of a place whose turn comes after the last look is never seen."""
    with given(alarms, MOST_PLACES=1, LOOKS=1, LEAST_WAIT=10_000):
        guarded.cloud.clock.call_later(550, lambda: rings_and_is_quiet(guarded, HOME))
        guarded.cloud.clock.call_later(550, lambda: rings_and_is_quiet(guarded, AWAY))
        told = guarded.json("apply", "--yes")
    assert told["exit_code"] == 5
    assert told["why"].startswith(f"the alarm {ALARM} was in ALARM in ")


def rings_and_is_quiet(project: Project, region: str) -> None:
    ring(project, region)
    ring(project, region, "OK")
