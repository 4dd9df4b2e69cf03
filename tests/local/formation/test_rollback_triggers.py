"""RollbackConfiguration: an alarm rolls an operation back, while it runs and while it is monitored."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.formation.trees import Forest, child, parameter, template, texts

MADE = template({"Value": parameter({"Ref": "V"})}, Parameters=texts("V"))


def alarm(forest: Forest, state: str = "OK", name: str = "errors") -> str:
    cloudwatch = forest.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName=name, MetricName="Errors", Namespace="AWS/Lambda", Statistic="Sum", Period=60, EvaluationPeriods=1,
        Threshold=1, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    ring(forest, state, name)
    return str(cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["AlarmArn"])


def ring(forest: Forest, state: str = "ALARM", name: str = "errors") -> None:
    forest.client("cloudwatch").set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test says so")


def trigger(arn: str, minutes: int = 0, kind: str = "AWS::CloudWatch::Alarm") -> dict[str, Any]:
    return {"RollbackTriggers": [{"Arn": arn, "Type": kind}], "MonitoringTimeInMinutes": minutes}


def test_an_operation_whose_alarm_is_quiet_succeeds_and_the_configuration_is_told(forest: Forest) -> None:
    arn = alarm(forest)
    assert forest.create(MADE, values={"V": "1"}, RollbackConfiguration=trigger(arn)) == "CREATE_COMPLETE"
    assert forest.describe()["RollbackConfiguration"] == trigger(arn)


def test_an_alarm_in_alarm_rolls_an_update_back_and_says_so(forest: Forest) -> None:
    forest.create(MADE, values={"V": "1"})
    arn = alarm(forest, "ALARM")
    assert forest.update(MADE, values={"V": "2"}, RollbackConfiguration=trigger(arn)) == "UPDATE_ROLLBACK_COMPLETE"
    assert forest.values() == ["1"]
    assert any(arn in reason for reason in forest.reasons())


def test_a_stack_is_in_progress_while_it_is_monitored_and_then_complete(forest: Forest) -> None:
    forest.create(MADE, values={"V": "1"})
    arn = alarm(forest)
    assert forest.update(MADE, values={"V": "2"}, RollbackConfiguration=trigger(arn, 5)) == "UPDATE_IN_PROGRESS"
    forest.cloud.clock.advance(299)
    assert forest.status() == "UPDATE_IN_PROGRESS"
    forest.cloud.clock.advance(2)
    assert forest.status() == "UPDATE_COMPLETE"


def test_an_alarm_that_goes_off_while_a_tree_is_monitored_brings_the_whole_tree_back(forest: Forest) -> None:
    url = forest.put("leaf.json", MADE)
    root = template({"Child": child(url, {"V": {"Ref": "V"}}), "Own": parameter({"Ref": "V"})}, Parameters=texts("V"))
    forest.create(root, values={"V": "1"})
    arn = alarm(forest)
    forest.update(root, values={"V": "2"}, RollbackConfiguration=trigger(arn, 10))
    assert forest.values() == ["2", "2"]
    forest.cloud.clock.advance(120)
    ring(forest)
    forest.cloud.clock.advance(30)
    assert forest.statuses() == {"UPDATE_ROLLBACK_COMPLETE"}
    assert forest.values() == ["1", "1"]


def test_what_an_update_removed_is_still_there_when_an_alarm_brings_it_back(forest: Forest) -> None:
    both = template({"Kept": parameter("kept"), "Dropped": parameter("dropped")})
    forest.create(both)
    arn = alarm(forest)
    forest.update(template({"Kept": parameter("changed")}), RollbackConfiguration=trigger(arn, 5))
    ring(forest)
    forest.cloud.clock.advance(60)
    assert forest.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert forest.values() == ["dropped", "kept"]


def test_a_creation_that_an_alarm_rolls_back_leaves_nothing(forest: Forest) -> None:
    arn = alarm(forest)
    assert forest.create(MADE, values={"V": "1"}, RollbackConfiguration=trigger(arn, 3)) == "CREATE_IN_PROGRESS"
    ring(forest)
    forest.cloud.clock.advance(60)
    assert forest.status() == "ROLLBACK_COMPLETE"
    assert forest.values() == []


def test_a_trigger_that_does_not_exist_fails_the_operation(forest: Forest) -> None:
    arn = alarm(forest) + "-nobody"
    assert forest.create(MADE, values={"V": "1"}, RollbackConfiguration=trigger(arn)) == "ROLLBACK_COMPLETE"
    assert f"Rollback trigger {arn} does not exist" in forest.reasons()[-1]


def test_a_composite_alarm_is_a_trigger_too(forest: Forest) -> None:
    alarm(forest)
    cloudwatch = forest.client("cloudwatch")
    cloudwatch.put_composite_alarm(AlarmName="either", AlarmRule="ALARM(errors)")
    arn = cloudwatch.describe_alarms(AlarmNames=["either"], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"][0][
        "AlarmArn"
    ]
    forest.create(MADE, values={"V": "1"})
    ring(forest)
    configuration = trigger(arn, kind="AWS::CloudWatch::CompositeAlarm")
    assert forest.update(MADE, values={"V": "2"}, RollbackConfiguration=configuration) == "UPDATE_ROLLBACK_COMPLETE"


def test_triggers_are_saved_with_the_stack_until_others_or_none_are_given(forest: Forest) -> None:
    arn = alarm(forest)
    forest.create(MADE, values={"V": "1"}, RollbackConfiguration=trigger(arn))
    ring(forest)
    assert forest.update(MADE, values={"V": "2"}) == "UPDATE_ROLLBACK_COMPLETE"
    nothing: dict[str, Any] = {"RollbackTriggers": []}
    assert forest.update(MADE, values={"V": "2"}, RollbackConfiguration=nothing) == "UPDATE_COMPLETE"


def test_the_triggers_of_a_change_set_hold_for_its_execution(forest: Forest) -> None:
    import json

    forest.create(MADE, values={"V": "1"})
    arn = alarm(forest)
    forest.stacks.create_change_set(
        StackName="root", ChangeSetName="next", TemplateBody=json.dumps(MADE), RollbackConfiguration=trigger(arn),
        Parameters=[{"ParameterKey": "V", "ParameterValue": "2"}],
    )  # fmt: skip
    shown = forest.stacks.describe_change_set(StackName="root", ChangeSetName="next")
    assert shown["RollbackConfiguration"] == trigger(arn)
    ring(forest)
    forest.stacks.execute_change_set(StackName="root", ChangeSetName="next")
    assert forest.status() == "UPDATE_ROLLBACK_COMPLETE"


@pytest.mark.parametrize(
    "configuration",
    [
        {"RollbackTriggers": [{"Arn": "arn:aws:cloudwatch:a:b:alarm:c", "Type": "AWS::CloudWatch::Alarm"}] * 6},
        {"MonitoringTimeInMinutes": 181},
    ],
)
def test_more_than_five_triggers_or_three_hours_are_refused(forest: Forest, configuration: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="ValidationError"):
        forest.create(MADE, values={"V": "1"}, RollbackConfiguration=configuration)
