"""What a planner decides, and that it changes nothing while it does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deploy.errors import NeedsPersonError
from stackgen.deploy.plans import CREATE, NOTHING, UPDATE
from stackgen.review.reading import read_folder
from tests.support import ROOT

from .deployed import BUCKET, NAME, SECRET, Deployed, changing, named, target

if TYPE_CHECKING:
    from stackgen.local.cloud import Cloud

POLICY = '{"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}'


def test_planning_asks_aws_and_changes_nothing(shop: Deployed) -> None:
    shop.calls()
    shop.planner.planned(target())
    assert changing(shop.calls()) == []
    plan = shop.plan()
    shop.calls()
    shop.planner.completed(plan)
    assert changing(shop.calls()) == []
    shop.applying.apply(plan)
    again = shop.again()
    plan = again.plan(target(Delay="7"))
    shop.calls()
    again.planner.planned(target(Delay="8"))
    again.planner.completed(plan)
    calls = shop.calls()
    assert "GetTemplate" in calls
    assert changing(calls) == []


def test_only_the_calls_of_the_plan_change_something(shop: Deployed) -> None:
    planned = shop.planner.planned(target())
    shop.calls()
    plan = shop.plan()
    assert shop.actions == list(planned.prepare)
    wanted = [each.operation.replace("_", "") for each in planned.prepare]
    assert [each.lower() for each in changing(shop.calls())] == wanted
    shop.applying.apply(plan)
    assert "ExecuteChangeSet" in changing(shop.calls())
    assert shop.actions == [*planned.prepare, *plan.execute]


def test_a_stack_is_changed_by_change_sets_alone(shop: Deployed) -> None:
    shop.deploy()
    again = shop.again()
    again.deploy(target(Delay="7"))
    made = [each for each in (*shop.actions, *again.actions) if each.operation == "create_change_set"]
    assert [each.parameters["ChangeSetType"] for each in made] == ["CREATE", "UPDATE"]
    assert all(each.parameters["IncludeNestedStacks"] for each in made)
    operations = {*shop.operations(), *again.operations()}
    assert not operations & {"create_stack", "update_stack", "delete_stack"}


def test_a_stack_of_another_environment_is_refused(shop: Deployed) -> None:
    shop.deploy()
    with pytest.raises(NeedsPersonError, match="belongs to the environment dev, not to prod"):
        shop.planner.planned(named(target(), env="prod"))


def test_a_change_set_names_its_plan_and_a_secret_stays_hidden(shop: Deployed) -> None:
    plan = shop.plan()
    sent = shop.actions[-1]
    assert {"ParameterKey": "Password", "ParameterValue": SECRET} in sent.parameters["Parameters"]
    assert sent.parameters["ChangeSetName"] == f"stackgen-20260101-000000-{plan.id}"
    assert SECRET not in json.dumps(sent.shown())
    assert SECRET not in json.dumps(plan.as_json())


def test_a_policy_and_protection_are_set_once(shop: Deployed) -> None:
    wanted = named(target(), stack_policy=POLICY, is_protected=True)
    shop.deploy(wanted)
    assert shop.operations()[-3:] == ["execute_change_set", "set_stack_policy", "update_termination_protection"]
    again = shop.again()
    assert again.plan(wanted).kind == NOTHING
    assert [each.operation for each in again.plan(wanted).execute] == ["delete_change_set"]
    other = named(wanted, stack_policy=POLICY.replace("Update:*", "Update:Modify"), is_protected=False)
    later = shop.again()
    assert later.applying.apply(later.plan(other)) is None
    assert later.operations()[-2:] == ["set_stack_policy", "update_termination_protection"]
    assert shop.stack()["EnableTerminationProtection"] is False


def test_alarms_that_roll_back_come_with_the_minutes_that_they_watch(shop: Deployed) -> None:
    alarms = ("arn:aws:cloudwatch:us-east-1:111111111111:alarm:errors", "composite:arn:aws:cloudwatch:x:1:alarm:all")
    wanted = named(target(), rollback_alarms=alarms, monitoring_minutes=10, notification_arns=("arn:aws:sns:x:1:t",))
    sent = shop.planner.planned(wanted).prepare[-1].parameters
    assert sent["RollbackConfiguration"] == {
        "MonitoringTimeInMinutes": 10,
        "RollbackTriggers": [
            {"Arn": alarms[0], "Type": "AWS::CloudWatch::Alarm"},
            {"Arn": "arn:aws:cloudwatch:x:1:alarm:all", "Type": "AWS::CloudWatch::CompositeAlarm"},
        ],
    }
    assert sent["NotificationARNs"] == ["arn:aws:sns:x:1:t"]


@pytest.mark.requirement("PP-35")
def test_the_capabilities_that_the_templates_need_are_acknowledged(shop: Deployed) -> None:
    """A change set is asked for without the capabilities of its target."""
    wanted = named(target(), capabilities=("CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"))
    sent = shop.planner.planned(wanted).prepare[-1].parameters
    assert sent["Capabilities"] == ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]


def test_a_template_goes_by_its_address_however_large_it_is(shop: Deployed) -> None:
    note: dict[str, Any] = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "x" * 1500}}
    large = shop.with_build(root={f"Note{number}": note for number in range(40)})
    assert len(large.build.templates["shop/shop-stack"].text.encode()) > 51_200
    plan = large.plan()
    sent = large.actions[-1].parameters
    assert "TemplateBody" not in sent
    assert sent["TemplateURL"] == f"https://{BUCKET}.s3.us-east-1.amazonaws.com/{plan.uploads[0].key}"
    assert len(plan.changes) == 46


def test_plot_palette_is_planned_whole(cloud: Cloud) -> None:
    deployed = Deployed(cloud, read_folder(str(ROOT / "build")))
    values = {
        "EnvironmentName": "production", "AdminEmail": "a@example.com", "EnableBudget": "true",
        "TemplatesBucketName": "palette-cfn",
    }  # fmt: skip
    wanted = named(
        target(**values), template="plot-palette/master-stack", stack_name="plot-palette-dev",
        bucket="palette-cfn-us-east-1", capabilities=("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"),
    )  # fmt: skip
    parameters = {name: value for name, value in wanted.parameters.items() if name != "Password"}
    plan = deployed.plan(named(wanted, parameters=parameters))
    assert plan.kind == CREATE
    assert {each.action for each in plan.changes} == {"Add"}
    assert len(plan.uploads) == len(list((ROOT / "build" / "plot-palette").glob("*.json")))
    ended = deployed.applying.apply(plan)
    assert ended is not None
    assert ended.exit_code == 0
    later = {**parameters, "LogRetentionDays": parameters["AdminEmail"]._replace(text="30")}
    plan = deployed.again().plan(named(wanted, parameters=later))
    assert plan.kind == UPDATE
    kept = [each.path for each in plan.changes if each.type == "AWS::Logs::LogGroup"]
    assert kept
    assert not [each for each in plan.changes if each.action != "Modify" or each.replacement == "True"]
    assert plan.risks == ()


def test_what_is_planned_twice_is_the_same_plan(shop: Deployed) -> None:
    first, second = shop.planner.planned(target()), shop.planner.planned(target())
    assert first == second
    assert first.id != shop.planner.planned(target(Delay="6")).id
    assert first.target.stack_name == NAME
