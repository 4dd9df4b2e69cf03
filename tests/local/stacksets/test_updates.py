"""UpdateStackSet and overrides: what is rolled out, where, and with which values."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.stacksets.rehearsal import HOME, OTHER_TEMPLATE, REGIONS, TEMPLATE, Rehearsal, accounts, refused

THREE = accounts(3)


def parameters(**values: str | None) -> list[dict[str, Any]]:
    """A list of parameters; none stands for the previous value."""
    return [
        {"ParameterKey": key, "UsePreviousValue": True}
        if value is None
        else {"ParameterKey": key, "ParameterValue": value}
        for key, value in values.items()
    ]


def values_of(rehearsal: Rehearsal, account: str) -> dict[str, str]:
    return dict(rehearsal.stacks.there()[account, HOME].request.parameters)


@pytest.mark.requirement("DEP-D78")
def test_an_update_without_targets_goes_to_every_instance_one_at_a_time() -> None:
    """The simulator believes that such an update touches no instance, as moto does."""
    rehearsal = Rehearsal()
    rehearsal.deployed(THREE, REGIONS[:2])
    operation = rehearsal.update_set(TemplateBody=OTHER_TEMPLATE)
    rehearsal.clock.advance(1)
    assert {status for status, _ in rehearsal.statuses().values()} == {"OUTDATED"}
    assert sorted(detailed for _, detailed in rehearsal.statuses().values()) == ["PENDING"] * 5 + ["RUNNING"]
    shown = rehearsal.operation(operation)["OperationPreferences"]
    assert (shown["MaxConcurrentCount"], shown["FailureToleranceCount"]) == (1, 0)
    before = rehearsal.clock.time()
    rehearsal.clock.settle()
    assert rehearsal.clock.time() - before == pytest.approx(6 * 20 - 1)
    assert set(rehearsal.statuses().values()) == {("CURRENT", "SUCCEEDED")}
    assert {made.request.template for made in rehearsal.stacks.there().values()} == {OTHER_TEMPLATE}
    assert rehearsal.operation(operation)["Action"] == "UPDATE"


def test_regions_that_nobody_put_in_order_are_updated_by_their_names() -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(THREE[:1], REGIONS)
    operation = rehearsal.update_set(TemplateBody=OTHER_TEMPLATE)
    assert [region for _, region in rehearsal.results(operation)] == sorted(REGIONS)


def test_an_update_with_targets_leaves_the_others_outdated_and_untouched() -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(THREE)
    operation = rehearsal.update_set(TemplateBody=OTHER_TEMPLATE, Accounts=THREE[:1], Regions=[HOME])
    rehearsal.clock.settle()
    assert rehearsal.results(operation) == {(THREE[0], HOME): "SUCCEEDED"}
    assert [status for status, _ in rehearsal.statuses().values()] == ["CURRENT", "OUTDATED", "OUTDATED"]
    assert [made.updates for made in rehearsal.stacks.there().values()] == [1, 0, 0]


def test_an_update_that_changes_neither_template_nor_parameters_outdates_nobody_else() -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(THREE)
    rehearsal.update_set(UsePreviousTemplate=True, Accounts=THREE[:1], Regions=[HOME])
    assert [status for status, _ in rehearsal.statuses().values()] == ["OUTDATED", "CURRENT", "CURRENT"]


@pytest.mark.parametrize("call", ["UpdateStackSet", "UpdateStackInstances"])
def test_a_pair_without_an_instance_stops_an_update_before_it_begins(call: str) -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(THREE)
    given: dict[str, Any] = {"StackSetName": "app", "Accounts": THREE, "Regions": [HOME, "eu-west-1"]}
    if call == "UpdateStackSet":
        given["TemplateBody"] = OTHER_TEMPLATE
    error = refused("StackInstanceNotFoundException", lambda: rehearsal.call(call, **given))
    assert error.status == 404
    assert len(list(rehearsal.listed("ListStackSetOperations", StackSetName="app"))) == 1
    assert set(rehearsal.statuses().values()) == {("CURRENT", "SUCCEEDED")}
    assert rehearsal.call("DescribeStackSet", StackSetName="app")["StackSet"]["TemplateBody"] == TEMPLATE


@pytest.mark.requirement("DEP-D27")
def test_the_new_definition_stays_when_its_rollout_fails() -> None:
    """The simulator takes the definition back, and the way back is never needed."""
    rehearsal = Rehearsal()
    rehearsal.deployed(THREE)
    rehearsal.stacks.failing[THREE[0], HOME] = "Topic: no"
    operation = rehearsal.update_set(TemplateBody=OTHER_TEMPLATE)
    rehearsal.clock.settle()
    assert rehearsal.status(operation) == "FAILED"
    assert rehearsal.call("DescribeStackSet", StackSetName="app")["StackSet"]["TemplateBody"] == OTHER_TEMPLATE
    assert list(rehearsal.statuses().values()) == [
        ("OUTDATED", "FAILED"),
        ("OUTDATED", "CANCELLED"),
        ("OUTDATED", "CANCELLED"),
    ]
    rehearsal.create(["555555555555"])
    rehearsal.clock.settle()
    assert rehearsal.stacks.there()["555555555555", HOME].request.template == OTHER_TEMPLATE


def test_an_update_of_an_empty_set_is_an_operation_too() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    operation = rehearsal.update_set(TemplateBody=OTHER_TEMPLATE)
    assert rehearsal.status(operation) == "RUNNING"
    refused("OperationInProgressException", lambda: rehearsal.create(THREE))
    rehearsal.clock.settle()
    assert rehearsal.status(operation) == "SUCCEEDED"


@pytest.mark.parametrize("given", [{}, {"UsePreviousTemplate": True, "TemplateBody": TEMPLATE}])
def test_an_update_names_one_template(given: dict[str, Any]) -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    refused("ValidationError", lambda: rehearsal.update_set(**given))


@pytest.mark.parametrize("given", [{"Accounts": THREE}, {"Regions": [HOME]}])
def test_an_update_names_accounts_and_regions_or_neither(given: dict[str, Any]) -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(THREE)
    refused("ValidationError", lambda: rehearsal.update_set(UsePreviousTemplate=True, **given))


def test_identical_input_is_rolled_out_all_the_same() -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(THREE)
    rehearsal.update_set(TemplateBody=TEMPLATE)
    rehearsal.clock.settle()
    assert [made.updates for made in rehearsal.stacks.there().values()] == [1, 1, 1]


def test_parameters_of_an_update_are_new_previous_or_defaults() -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(THREE[:1], Parameters=parameters(Env="prod", Size="large"))
    rehearsal.update_set(UsePreviousTemplate=True, Parameters=parameters(Env=None))
    rehearsal.clock.settle()
    assert values_of(rehearsal, THREE[0]) == {"Env": "prod", "Size": "small"}


def test_tags_stay_until_other_tags_are_given() -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(THREE[:1], Tags=[{"Key": "team", "Value": "a"}])
    for given, expected in (
        ({}, {"team": "a"}),
        ({"Tags": [{"Key": "x", "Value": "y"}]}, {"x": "y"}),
        ({"Tags": []}, {}),
    ):
        rehearsal.update_set(UsePreviousTemplate=True, **given)
        rehearsal.clock.settle()
        assert rehearsal.stacks.there()[THREE[0], HOME].request.tags == expected


def test_an_override_is_set_kept_and_reset() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set(Parameters=parameters(Env="prod"))
    one = THREE[:1]
    rehearsal.create(one, ParameterOverrides=parameters(Env="mine", Size="huge"))
    rehearsal.clock.settle()
    assert values_of(rehearsal, one[0]) == {"Env": "mine", "Size": "huge"}

    steps: list[tuple[dict[str, Any], dict[str, str]]] = [
        ({}, {"Env": "mine", "Size": "huge"}),  # no list keeps them all
        ({"ParameterOverrides": parameters(Env=None)}, {"Env": "mine", "Size": "small"}),  # left out is reset
        ({"ParameterOverrides": parameters(Size="tiny")}, {"Env": "prod", "Size": "tiny"}),
        ({"ParameterOverrides": []}, {"Env": "prod", "Size": "small"}),
    ]
    for given, expected in steps:
        rehearsal.update(one, **given)
        rehearsal.clock.settle()
        assert values_of(rehearsal, one[0]) == expected
    assert rehearsal.instance(one[0])["ParameterOverrides"] == []


def test_an_override_outlives_updates_of_the_set_but_not_its_parameter() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    rehearsal.create(THREE[:1], ParameterOverrides=parameters(Size="huge"))
    rehearsal.clock.settle()
    rehearsal.update_set(UsePreviousTemplate=True, Parameters=parameters(Size="medium"))
    rehearsal.clock.settle()
    assert values_of(rehearsal, THREE[0])["Size"] == "huge"
    assert rehearsal.instance(THREE[0])["ParameterOverrides"] == parameters(Size="huge")
    rehearsal.update_set(TemplateBody=TEMPLATE.replace("Size", "Weight"))
    rehearsal.clock.settle()
    assert values_of(rehearsal, THREE[0]) == {"Env": "dev", "Weight": "small"}


def test_only_parameters_of_the_set_can_be_overridden() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    refused("ValidationError", lambda: rehearsal.create(THREE, ParameterOverrides=parameters(Nope="1")))
    both = [{"ParameterKey": "Env", "ParameterValue": "1", "UsePreviousValue": True}]
    refused("ValidationError", lambda: rehearsal.create(THREE, ParameterOverrides=both))
    assert not rehearsal.statuses()
