"""Alarms are looked at where a release has been deployed, while it goes out and for a while after each wave."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from stackgen.deployer.handlers import alarms
from stackgen.deployer.handlers.inputs import Build
from stackgen.local.faults import Fail, LoseAnswer, Throttle
from stackgen.local.virtual import given
from tests.deployer.handlers.field import HERE, THERE, A, B, C, Field
from tests.deployer.handlers.installation import FunctionFailed


@contextmanager
def alarm(field: Field, name: str, account: str, region: str = HERE, state: str = "ALARM") -> Iterator[None]:
    """An alarm in a target; gone afterwards."""
    client = field.cloud.client("cloudwatch", account, region)
    client.put_metric_alarm(
        AlarmName=name, Namespace="n", MetricName="m", Statistic="Sum", Period=60, EvaluationPeriods=1, Threshold=1.0,
        ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    client.set_alarm_state(AlarmName=name, StateValue=state, StateReason="r")
    try:
        yield
    finally:
        client.delete_alarms(AlarmNames=[name])


def watched(field: Field, **policy: Any) -> Build:
    given = {"alarms": ["errors"], "canary_accounts": [A], **policy}
    return field.planned(groups=[((A, B), (HERE, THERE))], policy=given)


def look(field: Field, build: Build, index: int = 0, *, is_complete: bool = True) -> dict[str, Any]:
    answer: dict[str, Any] = field.call("watch_alarms", build, batch_index=index, is_complete=is_complete)
    return answer


def test_where_nothing_is_wrong_the_rollout_goes_on(field: Field) -> None:
    build = watched(field)
    assert look(field, build) == {"verdict": "go-on", "wait_seconds": 30, "message": "no alarm"}
    with alarm(field, "errors", A, THERE, "OK"):
        assert look(field, build)["verdict"] == "go-on"


@pytest.mark.parametrize("is_complete", [True, False])
def test_an_alarm_in_a_place_of_the_wave_is_told_and_kept(field: Field, is_complete: bool) -> None:
    build = watched(field)
    with alarm(field, "errors", A, THERE):
        answer = look(field, build, is_complete=is_complete)
    message = f"alarm errors is in ALARM in {A}/{THERE}"
    assert answer == {"verdict": "alarm", "wait_seconds": 30, "message": message}
    header = next(each for each in field.made.records("deployments") if each["SK"] == f"PLAN#{build.sk}")
    assert header["revert_reason"] == message


def test_an_alarm_that_is_quiet_again_counts_from_the_beginning_of_its_wave(field: Field) -> None:
    """Between two looks pass up to ten minutes, in which a bad release rings and is quiet; or one rang long before."""
    build = watched(field, bake_minutes=10)
    with alarm(field, "errors", A, THERE):
        client = field.cloud.client("cloudwatch", A, THERE)

        def quiet() -> None:
            client.set_alarm_state(AlarmName="errors", StateValue="OK", StateReason="r")

        quiet()
        field.cloud.clock.advance(60)
        field.wait(build, field.deploy(build))
        assert look(field, build)["verdict"] == "bake", "it rang before the wave"
        field.cloud.clock.advance(100)
        client.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="r")
        quiet()
        denied = Fail("AccessDenied", status=403)
        with field.fault("cloudwatch:DescribeAlarmHistory", denied):
            assert look(field, build)["verdict"] == "bake", "the role of an older installation sees what is now"
        answer = look(field, build)
    message = f"alarm errors was in ALARM in {A}/{THERE}, and is quiet again"
    assert (answer["verdict"], answer["message"]) == ("alarm", message)


def test_the_next_wave_has_a_beginning_of_its_own(field: Field) -> None:
    """What rang where the release had not come to yet takes it back, or what rings there now does not."""
    build = watched(field)
    field.wait(build, field.deploy(build))
    with alarm(field, "errors", B):
        client = field.cloud.client("cloudwatch", B, HERE)
        client.set_alarm_state(AlarmName="errors", StateValue="OK", StateReason="r")
        field.cloud.clock.advance(60)
        assert field.deploy(build, 1)["batch_index"] == 1
        assert look(field, build, 1)["verdict"] == "go-on"
        for state in ("ALARM", "OK"):
            client.set_alarm_state(AlarmName="errors", StateValue=state, StateReason="r")
        assert look(field, build, 1)["verdict"] == "alarm"


def test_alarms_elsewhere_and_of_other_names_mean_nothing(field: Field) -> None:
    build = watched(field)
    with alarm(field, "errors", B), alarm(field, "other", A), alarm(field, "errors", A, "ap-south-1"):
        assert look(field, build)["verdict"] == "go-on"


def test_a_composite_alarm_counts_too(field: Field) -> None:
    build = watched(field)
    client = field.cloud.client("cloudwatch", A, HERE)
    client.put_composite_alarm(AlarmName="errors", AlarmRule="TRUE")
    try:
        client.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="r")
        assert look(field, build)["verdict"] == "alarm"
    finally:
        client.delete_alarms(AlarmNames=["errors"])


def test_all_batches_of_the_wave_are_looked_at_as_far_as_they_were_begun(field: Field) -> None:
    build = field.planned(groups=[((A,), (HERE,)), ((B,), (THERE,)), ((C,), (HERE, THERE))], policy={"alarms": ["e"]})
    places = [(accounts[0], regions[0]) for _, _, accounts, regions in field.plan(build)]
    assert len(places) >= 2
    with alarm(field, "e", *places[0]):
        assert [look(field, build, index)["verdict"] for index in (0, 1)] == ["alarm", "alarm"]
    with alarm(field, "e", *places[1]):
        assert [look(field, build, index)["verdict"] for index in (0, 1)] == ["go-on", "alarm"]


def test_after_a_wave_the_alarms_are_watched_for_as_long_as_was_asked_for(field: Field) -> None:
    build = watched(field, bake_minutes=10)
    last = field.wait(build, field.deploy(build))
    assert (last["watch"], last["has_next_batch"]) == (True, True)
    assert look(field, build, is_complete=False)["verdict"] == "go-on", "while it goes out nothing is waited for"
    answer = look(field, build)
    assert (answer["verdict"], answer["wait_seconds"]) == ("bake", 30)
    field.cloud.clock.advance(595)
    answer = look(field, build)
    assert (answer["verdict"], answer["wait_seconds"]) == ("bake", 5)
    field.cloud.clock.advance(6)
    assert look(field, build)["verdict"] == "go-on"


@pytest.mark.parametrize(("minutes", "pause"), [(1, 30), (60, 180), (180, 540)])
def test_a_watch_takes_about_twenty_looks(field: Field, minutes: int, pause: int) -> None:
    build = watched(field, bake_minutes=minutes)
    field.wait(build, field.deploy(build))
    assert look(field, build)["wait_seconds"] == pause


def test_of_many_places_each_look_takes_a_part_and_all_have_their_turn(field: Field) -> None:
    """Whatever passes between two looks, three parts of ten are 25 places."""
    accounts = tuple(f"{number:012}" for number in range(1, 26))
    for pause in (30, 90, 270, 300):
        build = field.planned(groups=[(accounts, (HERE,))], policy={"alarms": ["errors"]})
        verdicts = []
        with alarm(field, "errors", accounts[-1]), given(alarms, MOST_PLACES=10):
            for _ in range(3):
                before = field.made.calls("cloudwatch", "DescribeAlarms")
                verdicts.append(look(field, build)["verdict"])
                assert field.made.calls("cloudwatch", "DescribeAlarms") - before == 10
                field.cloud.clock.advance(pause)
        assert verdicts == ["go-on", "go-on", "alarm"]


# Who may not look


def test_where_the_reader_role_lets_in_nowhere_watching_is_impossible(field: Field) -> None:
    build = watched(field)
    field.cloud.clock.advance(1_000)
    with (
        field.fault("sts:AssumeRole", Fail("AccessDenied", status=403)),
        pytest.raises(
            FunctionFailed, match=r"^Refused: the alarms cannot be watched: the role DeployerReaderRole lets"
        ),
    ):
        look(field, build)


def test_where_it_lets_in_somewhere_that_is_looked_at(field: Field) -> None:
    build = field.planned(groups=[((A, B), (HERE,))], policy={"alarms": ["errors"]})
    field.cloud.clock.advance(1_000)
    denied = Fail("AccessDenied", status=403)
    with (
        alarm(field, "errors", B),
        field.fault("sts:AssumeRole", denied, when=lambda call: A in call.parameters["RoleArn"]),
    ):
        assert look(field, build)["verdict"] == "alarm"


@pytest.mark.parametrize("calls", ["sts:AssumeRole", "cloudwatch:DescribeAlarms", "dynamodb:GetItem"])
@pytest.mark.parametrize("kind", [Throttle(), LoseAnswer()], ids=["throttled", "answer lost"])
def test_what_cannot_be_known_now_is_asked_again(field: Field, calls: str, kind: Any) -> None:
    """No alarm, and nobody lets in, would both be wrong answers."""
    build = watched(field)
    field.cloud.clock.advance(1_000)
    with field.fault(calls, kind), pytest.raises(FunctionFailed, match=r"^Transient: "):
        look(field, build)
    assert look(field, build)["verdict"] == "go-on"
