"""What CloudFormation keeps of a stack when the project no longer says it: taken away, or told where it cannot be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from stackgen.deploy.keeping import kept
from stackgen.deploy.stacks import StackState, state_of

from .deployed import ACCOUNT, NAME, named, target
from .typed import SETTINGS

if TYPE_CHECKING:
    from .deployed import Deployed
    from .typed import Typed

ALARM = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:errors"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:news"
STACK = "[tool.stackgen.stack.shop-stack]\n"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/deployer"


def alarm(shop: Deployed) -> None:
    shop.client("cloudwatch").put_metric_alarm(
        AlarmName="errors", MetricName="Errors", Namespace="Shop", Period=60, EvaluationPeriods=1, Threshold=1,
        ComparisonOperator="GreaterThanThreshold", Statistic="Sum",
    )  # fmt: skip


def test_alarms_that_the_project_no_longer_names_roll_nothing_back(shop: Deployed) -> None:
    """An alarm was taken out of the settings and deleted: every later update fails because it is missing."""
    alarm(shop)
    shop.deploy(named(target(), rollback_alarms=(ALARM,), monitoring_minutes=1))
    assert state_of(shop.stack()).rollback_alarms == (ALARM,)
    assert state_of(shop.stack()).monitoring_minutes == 1
    shop.client("cloudwatch").delete_alarms(AlarmNames=["errors"])
    done = shop.again().deploy(target(Delay="9"))
    assert done is not None
    assert (done.exit_code, done.state.status) == (0, "UPDATE_COMPLETE")
    assert state_of(shop.stack()).rollback_alarms == ()
    assert state_of(shop.stack()).monitoring_minutes == 0


@pytest.mark.requirement("TAP-D05")
def test_a_creation_may_be_watched_for_other_minutes_than_an_update(shop: Deployed) -> None:
    """a first creation takes nearly all of its time, and is late because of minutes that are meant for updates"""
    wanted = named(target(), monitoring_minutes=5, creation_monitoring_minutes=0)
    sent = shop.planner.planned(wanted).prepare[-1].parameters["RollbackConfiguration"]
    assert sent["MonitoringTimeInMinutes"] == 0
    shop.deploy(wanted)
    state = state_of(shop.stack())
    assert [*kept(wanted, state, is_changed=False)] == []
    assert [*kept(named(wanted, creation_monitoring_minutes=None), state, is_changed=False)] == [
        "not set yet: how long these are watched; CloudFormation takes that with the next change of a resource alone"
    ]
    later = shop.again().planner.planned(named(wanted, parameters=target(Delay="9").parameters))
    assert later.prepare[-1].parameters["RollbackConfiguration"]["MonitoringTimeInMinutes"] == 5


def test_an_empty_list_of_topics_is_sent_too(shop: Deployed) -> None:
    """Topics that are left out stay: CloudFormation goes on notifying them."""
    sent = shop.planner.planned(target()).prepare[-1].parameters
    assert sent["NotificationARNs"] == []
    assert sent["RollbackConfiguration"] == {"RollbackTriggers": [], "MonitoringTimeInMinutes": 0}


def test_where_nothing_else_changes_it_is_said_that_they_stay(typed: Typed) -> None:
    """Settings alone make an empty change set, and nobody is told that they were not taken."""
    alarm(typed.shop())
    typed.write("pyproject.toml", f'{SETTINGS}{STACK}rollback_alarms = ["{ALARM}"]\n')
    assert typed.told("deploy", "--yes")["stacks"][0]["notes"] == []
    typed.write("pyproject.toml", SETTINGS)
    (told,) = typed.told("deploy", "--yes")["stacks"]
    assert told["outcome"] == "nothing to do"
    (note,) = told["notes"]
    assert note.startswith("not set yet: the alarms that roll it back; CloudFormation")
    assert f"  {note}" in typed.run("deploy", "--yes").out
    (told,) = typed.told("deploy", "--yes", "-p", "Delay=9")["stacks"]
    assert (told["outcome"], told["notes"]) == ("deployed", [])
    typed.write("pyproject.toml", f'{SETTINGS}{STACK}notification_arns = ["{TOPIC}"]\n')
    (told,) = typed.told("deploy", "--yes", "-p", "Delay=9")["stacks"]
    assert told["notes"][0].startswith("not set yet: the topics that are notified; CloudFormation")


def test_a_role_that_cannot_be_taken_away_is_told() -> None:
    """The setting is taken out, and the role goes on working on the stack."""
    state = StackState(NAME, "arn:shop", "UPDATE_COMPLETE", role_arn=ROLE)
    (note,) = kept(target(), state, is_changed=True)
    assert note.startswith(f"it goes on being deployed with the role {ROLE}: CloudFormation cannot take a role away")
    assert not [*kept(named(target(), service_role_arn=ROLE), state, is_changed=True)]
    assert not [*kept(target(), replace(state, role_arn=""), is_changed=False)]


def test_a_composite_alarm_is_the_alarm_that_aws_tells() -> None:
    state = StackState(NAME, "arn:shop", "UPDATE_COMPLETE", rollback_alarms=(ALARM,))
    assert not [*kept(named(target(), rollback_alarms=(f"composite:{ALARM}",)), state, is_changed=False)]
