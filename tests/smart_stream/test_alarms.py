"""Whom production's alarms tell: somebody, or it is not deployed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from stackgen.local.cloud import Cloud
from tests.deploy.typed import Typed
from tests.smart_stream.deployment import ACCOUNT, REGION, TOLD, SmartStream
from tests.smart_stream.project import typed_in

IMAGE = f"ImageUri={ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/yoto-mqtt:1.0.0"
DEPLOY = ("deploy", "-e", "smart-stream-prod", "-p", IMAGE, "--yes")
VARIABLE = "STACKGEN_PARAM_AlarmEmail"


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Typed]:
    with Cloud() as cloud:
        yield typed_in(tmp_path / "project", cloud, monkeypatch, capsys)


@pytest.mark.requirement("SS-44", "SS-41", "SS-08")
def test_production_is_deployed_when_somebody_is_told_and_each_alarm_tells_them(typed: Typed) -> None:
    """production is there and its alarms reach nobody, for the address stands nowhere"""
    stream = SmartStream(typed.cloud)
    for given in (None, ""):  # as the workflow says it where its variable is not set
        if given is not None:
            typed.patch.setenv(VARIABLE, given)
        ran = typed.run(*DEPLOY)
        assert ran.code == 1
        assert "prod needs AlarmEmail: whom its alarms and its budget tell" in ran.err
        assert VARIABLE in ran.err
    stacks = [each["StackName"] for each in stream.client("cloudformation").describe_stacks()["Stacks"]]
    assert stream.stack("prod") not in stacks
    typed.patch.setenv(VARIABLE, TOLD)
    ran = typed.run(*DEPLOY)
    assert ran.code == 0, ran.err
    (topic,) = stream.client("sns").list_topics()["Topics"]
    (reader,) = stream.client("sns").list_subscriptions_by_topic(TopicArn=topic["TopicArn"])["Subscriptions"]
    assert (reader["Protocol"], reader["Endpoint"]) == ("email", TOLD)
    alarms = stream.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert len(alarms) == 6
    assert {tuple(each["AlarmActions"]) for each in alarms} == {(topic["TopicArn"],)}
    assert all(each["ActionsEnabled"] for each in alarms)
