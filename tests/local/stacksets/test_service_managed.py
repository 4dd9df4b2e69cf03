"""Sets with service-managed permissions: organisational units instead of accounts, and automatic deployments."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stackgen.local.stacksets import Accounts
from tests.local.stacksets.rehearsal import ADMIN, HOME, TEMPLATE, Rehearsal, accounts, refused

A, B, C, D = accounts(4)
ROOT, PROD, EU = "r-abcd", "ou-abcd-prod0000", "ou-abcd-eu000000"
SETTINGS: dict[str, Any] = {
    "PermissionModel": "SERVICE_MANAGED",
    "AutoDeployment": {"Enabled": True, "RetainStacksOnAccountRemoval": False},
}


@pytest.fixture
def organisation() -> Rehearsal:
    """A root with the administrator, a unit with two accounts, and one below it with a third."""
    units = {ROOT: [ADMIN], PROD: [A, B], EU: [C]}
    rehearsal = Rehearsal(Accounts(units, {PROD: ROOT, EU: PROD}))
    rehearsal.create_set(**SETTINGS)
    return rehearsal


def deploy(rehearsal: Rehearsal, *units: str, call: str = "CreateStackInstances", **targets: Any) -> str:
    given: dict[str, Any] = {"RetainStacks": False} if call == "DeleteStackInstances" else {}
    found = rehearsal.call(
        call,
        StackSetName="app",
        Regions=[HOME],
        DeploymentTargets={"OrganizationalUnitIds": list(units), **targets},
        **given,
    )
    return str(found["OperationId"])


@pytest.mark.parametrize(
    ("units", "targets", "expected"),
    [
        ([PROD], {}, {A, B, C}),  # a unit contains the units below it
        ([EU], {}, {C}),
        ([ROOT], {}, {A, B, C}),  # but never the management account
        ([PROD], {"Accounts": [A, D], "AccountFilterType": "INTERSECTION"}, {A}),
        ([PROD], {"Accounts": [A], "AccountFilterType": "DIFFERENCE"}, {B, C}),
        ([PROD], {"Accounts": [D], "AccountFilterType": "NONE"}, {A, B, C}),
    ],
)
def test_units_and_a_filter_choose_the_accounts(
    organisation: Rehearsal, units: list[str], targets: dict[str, Any], expected: set[str]
) -> None:
    deploy(organisation, *units, **targets)
    organisation.clock.settle()
    assert {account for account, _ in organisation.stacks.there()} == expected
    unit = organisation.instance(min(expected))["OrganizationalUnitId"]
    assert unit in units


@pytest.mark.parametrize(
    "targets",
    [
        {"OrganizationalUnitIds": [PROD], "Accounts": [D], "AccountFilterType": "UNION"},
        {"OrganizationalUnitIds": [PROD], "Accounts": [D]},
        {"Accounts": [A]},
        {"OrganizationalUnitIds": ["ou-abcd-nowhere0"]},
    ],
)
def test_targets_that_creation_does_not_know_are_refused(organisation: Rehearsal, targets: dict[str, Any]) -> None:
    given: dict[str, Any] = {"StackSetName": "app", "Regions": [HOME], "DeploymentTargets": targets}
    refused("ValidationError", lambda: organisation.call("CreateStackInstances", **given))


def test_accounts_are_for_self_managed_sets_and_units_for_service_managed_ones(organisation: Rehearsal) -> None:
    refused("ValidationError", lambda: organisation.create([A]))
    own = Rehearsal(organisation.accounts)
    own.create_set()
    refused("ValidationError", lambda: deploy(own, PROD))


@pytest.mark.parametrize("call", ["UpdateStackInstances", "DeleteStackInstances"])
def test_a_unit_stands_for_the_instances_that_are_there(organisation: Rehearsal, call: str) -> None:
    deploy(organisation, EU)
    organisation.clock.settle()
    operation = deploy(organisation, PROD, call=call)
    organisation.clock.settle()
    assert organisation.results(operation) == {(C, HOME): "SUCCEEDED"}
    assert organisation.operation(operation)["DeploymentTargets"]["OrganizationalUnitIds"] == [PROD]


@pytest.mark.parametrize(
    "parameters",
    [
        {"AutoDeployment": None},
        {"ExecutionRoleName": "Mine"},
        {"TemplateBody": json.dumps({"Resources": {"Child": {"Type": "AWS::CloudFormation::Stack"}}})},
        {"TemplateBody": json.dumps({"Transform": "X", "Resources": {"T": {"Type": "AWS::SNS::Topic"}}})},
        {"TemplateBody": json.dumps({"Resources": {"T": {"Type": "X::Y::Z", "Properties": {"Fn::Transform": {}}}}})},
    ],
)
def test_what_service_managed_permissions_do_not_support_is_refused(parameters: dict[str, Any]) -> None:
    rehearsal = Rehearsal()
    given = {key: value for key, value in {**SETTINGS, **parameters}.items() if value is not None}
    refused("ValidationError", lambda: rehearsal.create_set(**given))
    rehearsal.create_set(TemplateBody=given.get("TemplateBody", TEMPLATE))  # without them it is fine


def test_an_account_in_two_units_is_there_for_the_sake_of_the_first(organisation: Rehearsal) -> None:
    deploy(organisation, EU, PROD)
    organisation.clock.settle()
    assert [organisation.instance(account)["OrganizationalUnitId"] for account in (A, C)] == [PROD, EU]


def test_a_set_that_becomes_service_managed_has_no_roles() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    operation = rehearsal.update_set(UsePreviousTemplate=True, **SETTINGS)
    shown = rehearsal.call("DescribeStackSet", StackSetName="app")["StackSet"]
    assert shown["PermissionModel"] == "SERVICE_MANAGED"
    assert not {"ExecutionRoleName", "AdministrationRoleARN"} & (set(shown) | set(rehearsal.operation(operation)))


def test_the_permission_model_is_settled_once_there_are_instances(organisation: Rehearsal) -> None:
    change = {"UsePreviousTemplate": True, "PermissionModel": "SELF_MANAGED"}
    deploy(organisation, EU)
    organisation.clock.settle()
    refused("ValidationError", lambda: organisation.update_set(**change))
    deploy(organisation, EU, call="DeleteStackInstances")
    organisation.clock.settle()
    organisation.update_set(**change)
    shown = organisation.call("DescribeStackSet", StackSetName="app")["StackSet"]
    assert "AutoDeployment" not in shown
    assert shown["ExecutionRoleName"] == "AWSCloudFormationStackSetExecutionRole"


def test_an_account_that_joins_a_unit_gets_its_stack_and_loses_it_when_it_leaves(organisation: Rehearsal) -> None:
    deploy(organisation, PROD)
    organisation.accounts.join(D, EU)  # while the first operation still runs
    latest = organisation.call("ListStackSetOperations", StackSetName="app")["Summaries"][0]
    assert (latest["Status"], latest["Action"]) == ("QUEUED", "CREATE")
    organisation.clock.settle()
    assert {account for account, _ in organisation.stacks.there()} == {A, B, C, D}
    organisation.accounts.leave(A)
    organisation.clock.settle()
    assert {account for account, _ in organisation.stacks.there()} == {B, C, D}


def test_a_move_below_the_same_unit_changes_nothing(organisation: Rehearsal) -> None:
    deploy(organisation, PROD)
    organisation.clock.settle()
    organisation.accounts.join(A, EU)
    assert len(list(organisation.listed("ListStackSetOperations", StackSetName="app"))) == 1


def test_an_account_keeps_its_stack_while_another_unit_still_wants_it(organisation: Rehearsal) -> None:
    for unit in (EU, PROD):
        deploy(organisation, unit)
        organisation.clock.settle()
    organisation.accounts.join(C, PROD)  # it leaves EU, and was in PROD all along
    organisation.clock.settle()
    assert (C, HOME) in organisation.stacks.there()
    assert len(list(organisation.listed("ListStackSetOperations", StackSetName="app"))) == 2


def test_an_account_that_has_its_stack_gets_no_other(organisation: Rehearsal) -> None:
    deploy(organisation, PROD)
    organisation.clock.settle()
    organisation.stacks.undeletable[A, HOME] = "no"
    organisation.accounts.leave(A)
    organisation.clock.settle()
    organisation.accounts.join(A, EU)
    assert len(list(organisation.listed("ListStackSetOperations", StackSetName="app"))) == 2


def test_stacks_of_accounts_that_leave_may_be_retained() -> None:
    rehearsal = Rehearsal(Accounts({PROD: [A]}))
    kept = {"AutoDeployment": {"Enabled": True, "RetainStacksOnAccountRemoval": True}}
    rehearsal.create_set(**{**SETTINGS, **kept})
    deploy(rehearsal, PROD)
    rehearsal.clock.settle()
    rehearsal.accounts.leave(A)
    rehearsal.clock.settle()
    assert not rehearsal.statuses()
    assert set(rehearsal.stacks.there()) == {(A, HOME)}


def test_without_automatic_deployment_nothing_follows() -> None:
    rehearsal = Rehearsal(Accounts({PROD: [A]}))
    rehearsal.create_set(**{**SETTINGS, "AutoDeployment": {"Enabled": False}})
    deploy(rehearsal, PROD)
    rehearsal.clock.settle()
    rehearsal.accounts.join(D, PROD)
    rehearsal.clock.settle()
    assert set(rehearsal.stacks.there()) == {(A, HOME)}


@pytest.mark.parametrize("call", ["CreateStackInstances", "DeleteStackInstances"])
def test_a_call_that_is_refused_changes_no_unit(organisation: Rehearsal, call: str) -> None:
    if call == "DeleteStackInstances":
        deploy(organisation, PROD)
        organisation.clock.settle()
    before = list(organisation.listed("ListStackSetAutoDeploymentTargets", StackSetName="app"))
    both = {"FailureToleranceCount": 1, "FailureTolerancePercentage": 10}
    retains: dict[str, Any] = {"RetainStacks": False} if call == "DeleteStackInstances" else {}

    refused(
        "ValidationError",
        lambda: organisation.call(
            call,
            StackSetName="app",
            Regions=[HOME],
            DeploymentTargets={"OrganizationalUnitIds": [PROD]},
            OperationPreferences=both,
            **retains,
        ),
    )

    assert list(organisation.listed("ListStackSetAutoDeploymentTargets", StackSetName="app")) == before


def test_the_units_that_are_deployed_to_are_listed(organisation: Rehearsal) -> None:
    deploy(organisation, PROD)
    organisation.clock.settle()
    deploy(organisation, EU)
    organisation.clock.settle()
    listed = list(organisation.listed("ListStackSetAutoDeploymentTargets", StackSetName="app", MaxResults=1))
    assert [(each["OrganizationalUnitId"], each["Regions"]) for each in listed] == [(PROD, [HOME]), (EU, [HOME])]
    shown = organisation.call("DescribeStackSet", StackSetName="app")["StackSet"]
    assert shown["OrganizationalUnitIds"] == [PROD, EU]
    deploy(organisation, PROD, call="DeleteStackInstances")
    organisation.clock.settle()
    listed = list(organisation.listed("ListStackSetAutoDeploymentTargets", StackSetName="app"))
    assert [each["OrganizationalUnitId"] for each in listed] == [EU]


def test_roles_are_made_by_aws_so_no_account_lacks_one() -> None:
    rehearsal = Rehearsal(Accounts({PROD: [A]}, lacks_execution_role=[A]))
    rehearsal.create_set(**SETTINGS)
    operation = deploy(rehearsal, PROD)
    rehearsal.clock.settle()
    assert rehearsal.results(operation) == {(A, HOME): "SUCCEEDED"}
