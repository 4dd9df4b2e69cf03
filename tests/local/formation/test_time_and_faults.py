"""How long things take and may take, and what goes wrong on the way."""

from __future__ import annotations

import urllib.request
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stackgen.local.faults import Fail, LoseAnswer
from tests.local.formation.test_rollback_triggers import alarm, ring, trigger
from tests.local.formation.trees import Forest, Template, child, parameter, template, texts

TWO = template({"A": parameter("a"), "B": parameter("b", DependsOn="A")})
TOO_LATE = "Stack creation time exceeded the specified timeout."


def durations(forest: Forest) -> dict[str, float]:
    return forest.cloud.formation.operations.steps.durations


@pytest.mark.parametrize(("seconds", "status"), [(20, "CREATE_COMPLETE"), (30, "CREATE_COMPLETE"), (45, "ROLLBACK")])
def test_a_creation_has_the_time_that_it_was_given(forest: Forest, seconds: float, status: str) -> None:
    durations(forest)["*"] = seconds
    forest.create(TWO, TimeoutInMinutes=1)
    forest.cloud.clock.advance(300)
    assert forest.status().startswith(status)
    assert forest.describe()["TimeoutInMinutes"] == 1
    if status == "ROLLBACK":
        assert forest.describe()["StackStatusReason"] == TOO_LATE
        assert forest.reasons() == ["Resource creation cancelled", TOO_LATE]
        assert forest.values() == []


def test_a_child_has_its_own_time(forest: Forest) -> None:
    durations(forest)["AWS::SSM::Parameter"] = 45
    nested = child(forest.put("two.json", TWO))
    nested["Properties"]["TimeoutInMinutes"] = 1
    forest.create(template({"Child": nested}))
    forest.cloud.clock.advance(300)
    assert forest.status() == "ROLLBACK_COMPLETE"
    assert any("was not successfully created: " + TOO_LATE in reason for reason in forest.reasons())
    assert forest.values() == []


def test_a_star_is_the_time_of_every_type_that_has_none(forest: Forest) -> None:
    durations(forest).update({"*": 100, "AWS::SSM::Parameter": 1})
    forest.create(template({"A": parameter(), "Q": {"Type": "AWS::SQS::Queue"}}))
    forest.cloud.clock.advance(50)
    assert forest.status() == "CREATE_IN_PROGRESS"
    forest.cloud.clock.advance(60)
    assert forest.status() == "CREATE_COMPLETE"


def waiting(timeout: int = 600) -> Template:
    condition = {"Handle": {"Ref": "Handle"}, "Timeout": str(timeout), "Count": 1}
    return template(
        {
            "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
            "Wait": {"Type": "AWS::CloudFormation::WaitCondition", "Properties": condition},
        }
    )


def test_a_wait_condition_waits_on_the_clock_for_its_signal(forest: Forest) -> None:
    assert forest.create(waiting()) == "CREATE_IN_PROGRESS"
    forest.cloud.clock.advance(500)
    assert forest.status() == "CREATE_IN_PROGRESS"
    shown = forest.stacks.describe_stack_resource(StackName="root", LogicalResourceId="Handle")
    body = b'{"Status": "SUCCESS", "UniqueId": "1", "Data": "d", "Reason": ""}'
    url = shown["StackResourceDetail"]["PhysicalResourceId"].replace("localhost", "127.0.0.1")
    request = urllib.request.Request(url, data=body, method="PUT", headers={"Content-Type": ""})  # noqa: S310 - ours
    with urllib.request.urlopen(request):  # noqa: S310 - ours
        pass
    forest.cloud.clock.advance(2)
    assert forest.status() == "CREATE_COMPLETE"


def test_a_wait_condition_that_gets_no_signal_fails_in_time(forest: Forest) -> None:
    forest.create(waiting())
    forest.cloud.clock.advance(601)
    assert forest.status() == "ROLLBACK_COMPLETE"


def test_a_wait_condition_is_cancelled_with_its_stack(forest: Forest) -> None:
    forest.create(waiting(43200))
    forest.stacks.delete_stack(StackName="root")
    forest.cloud.clock.advance(10)
    assert forest.living() == []


def test_a_watcher_that_fails_breaks_nothing(forest: Forest) -> None:
    def watch(event: dict[str, Any]) -> None:
        raise RuntimeError(event)

    forest.cloud.formation.operations.watchers.append(watch)
    assert forest.create(TWO) == "CREATE_COMPLETE"


@pytest.mark.parametrize("arn", ["errors", "arn:aws:sns:us-east-1:111111111111:errors", "arn:aws:cloudwatch:x:y:z:n"])
def test_a_trigger_that_is_no_alarm_does_not_exist(forest: Forest, arn: str) -> None:
    assert forest.create(TWO, RollbackConfiguration=trigger(arn)) == "ROLLBACK_COMPLETE"
    assert f"Rollback trigger {arn} does not exist" in forest.reasons()


def test_a_rollback_while_monitoring_is_told_once(forest: Forest) -> None:
    made = template({"A": parameter({"Ref": "V"})}, Parameters=texts("V"))
    forest.create(made, values={"V": "1"})
    arn = alarm(forest)
    forest.update(made, values={"V": "2"}, RollbackConfiguration=trigger(arn, 5))
    ring(forest)
    forest.cloud.clock.advance(60)
    assert forest.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert ("root", "UPDATE_FAILED") not in forest.events()


def test_a_template_that_cannot_be_read_is_an_error_of_s3(forest: Forest) -> None:
    url = forest.put("two.json", TWO)
    forest.cloud.faults.add("s3:GetObject", Fail("AccessDenied", "Access Denied", 403))
    with pytest.raises(ClientError, match=r"ValidationError.*S3 error: Access Denied"):
        forest.stacks.create_stack(StackName="root", TemplateURL=url)
    fault = forest.cloud.faults.add("s3:GetObject", Fail("AccessDenied", "Access Denied", 403))
    assert forest.create(template({"Child": child(url)})) == "ROLLBACK_COMPLETE"
    assert fault.met == 1
    assert "S3 error: Access Denied" in forest.reasons()[0]


@pytest.mark.parametrize("kind", [Fail("AccessDenied", "planted"), LoseAnswer()])
@pytest.mark.parametrize("operation", ["CreateStack", "DeleteStack"])
def test_a_fault_of_the_target_account_fails_the_instance(forest: Forest, kind: Any, operation: str) -> None:
    sets = forest.stacks
    sets.create_stack_set(StackSetName="s", TemplateBody='{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}')
    where = {"StackSetName": "s", "Accounts": ["222222222222"], "Regions": ["eu-west-1"]}
    fault = forest.cloud.faults.add(f"cloudformation:{operation}", kind, account="222222222222", region="eu-west-1")
    made = sets.create_stack_instances(**where)["OperationId"]
    forest.cloud.clock.settle()
    if operation == "DeleteStack":
        made = sets.delete_stack_instances(**where, RetainStacks=False)["OperationId"]
        forest.cloud.clock.settle()
    shown = sets.describe_stack_set_operation(StackSetName="s", OperationId=made)["StackSetOperation"]
    assert shown["Status"] == "FAILED"
    assert fault.met == 1
