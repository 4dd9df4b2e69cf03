"""Rollback triggers stand in the settings and not in a template: what they name must be there before the stack is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from stackgen.lint.triggers import Settings, check_triggers
from tests.lint.kit import built

if TYPE_CHECKING:
    from tests.support import Sandbox

ARN = "arn:aws:cloudwatch:{region}:{account}:alarm:"


def alarm(name: Any, kind: str = "AWS::CloudWatch::Alarm") -> dict[str, Any]:
    return {"Resources": {"Errors": {"Type": kind, "Properties": {"AlarmName": name}}}}


def found(table: object, content: dict[str, Any], stack: str = "shop/app") -> list[str]:
    child = built("shop/child", alarm({"Fn::Sub": "child-${EnvironmentSuffix}"}))
    app = built("shop/app", content)._replace(children={"Child": "shop/child", "Gone": "shop/gone", "Self": "shop/app"})
    settings = Settings("pyproject.toml", {stack: table}, lambda key, name: len(key + name))
    findings = list(check_triggers(settings, {each.name: each for each in (app, child)}))
    assert {(each.template, each.file, each.rule) for each in findings} <= {("shop/app", "pyproject.toml", "E9111")}
    assert all(each.line == len(f"rollback_alarms{stack}") for each in findings)
    return [each.message for each in findings]


@pytest.mark.parametrize(
    ("name", "trigger"),
    [
        ("errors", "errors"),
        ({"Fn::Sub": "errors-${EnvironmentSuffix}"}, "errors-{env}"),
        ({"Fn::Join": ["-", ["errors", {"Ref": "EnvironmentSuffix"}]]}, "errors-{env}"),
        ("of-the-app", "child-{env}"),
    ],
)
def test_a_stack_does_not_name_an_alarm_that_it_makes(name: Any, trigger: str) -> None:
    for kind in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"):
        messages = found({"rollback_alarms": [ARN + trigger], "monitoring_minutes": 5}, alarm(name, kind))
        assert messages == [
            f"shop/app has the trigger {trigger}, which it makes itself: its first creation fails where that is missing"
        ]


@pytest.mark.parametrize("name", ["others", {"Ref": "Name"}, {"Fn::ImportValue": "x"}, None, 7, {"Fn::Sub": []}])
def test_an_alarm_of_another_stack_is_right(name: Any) -> None:
    assert found({"rollback_alarms": [ARN + "errors-{env}"], "monitoring_minutes": 5}, alarm(name)) == []


def test_five_are_the_most() -> None:
    triggers = [f"{ARN}{number}" for number in range(6)]
    messages = found({"rollback_alarms": triggers, "monitoring_minutes": 5}, {})
    assert messages == ["shop/app names 6 rollback triggers, and CloudFormation takes 5"]
    assert found({"rollback_alarms": triggers[:5], "monitoring_minutes": 5}, {}) == []


@pytest.mark.parametrize("more", [{}, {"monitoring_minutes": 0}, {"creation_monitoring_minutes": 5}])
def test_triggers_are_watched_after_the_last_change(more: dict[str, int]) -> None:
    (message,) = found({"rollback_alarms": [f"{ARN}a"], **more}, {}, "app") or [""]
    assert message.startswith("app names rollback triggers and no monitoring_minutes")


@pytest.mark.parametrize("table", [None, [], 7, {}, {"rollback_alarms": []}, {"rollback_alarms": "x"}])
def test_who_names_none_has_nothing_wrong(table: object) -> None:
    assert found(table, alarm("a")) == []


def test_it_is_told_on_the_line_of_the_settings(clean: Sandbox) -> None:
    path = clean.root / "pyproject.toml"
    path.write_text(f'{path.read_text()}\n[tool.stackgen.stack.shop]\nrollback_alarms = ["{ARN}a"]\n')
    line = len(path.read_text().splitlines())
    ran = clean.run("lint", "-q")
    assert ran.code == 4
    assert f"pyproject.toml: 1 finding\n  {line}: E9111 shop names rollback triggers and no monitoring_min" in ran.out
    path.write_text(f"{path.read_text()}monitoring_minutes = 5\n")
    assert clean.run("lint", "-q").code == 0
