"""Sets: made once, described, listed, changed and deleted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stackgen.local.stacksets import Quotas
from tests.local.stacksets.rehearsal import ADMIN, HOME, TEMPLATE, Rehearsal, accounts, refused

ONE = accounts(1)


def described(rehearsal: Rehearsal, name: str = "app") -> dict[str, Any]:
    return dict(rehearsal.call("DescribeStackSet", StackSetName=name)["StackSet"])


def test_a_new_set_is_active_and_has_the_roles_that_aws_expects() -> None:
    rehearsal = Rehearsal()
    set_id = rehearsal.create_set(Description="All of it", Tags=[{"Key": "team", "Value": "a"}])
    found = described(rehearsal)
    assert found["StackSetId"] == set_id
    assert set_id.startswith("app:")
    assert found["StackSetARN"] == f"arn:aws:cloudformation:{HOME}:{ADMIN}:stackset/{set_id}"
    assert (found["Status"], found["PermissionModel"]) == ("ACTIVE", "SELF_MANAGED")
    assert found["AdministrationRoleARN"] == f"arn:aws:iam::{ADMIN}:role/AWSCloudFormationStackSetAdministrationRole"
    assert found["ExecutionRoleName"] == "AWSCloudFormationStackSetExecutionRole"
    assert found["Tags"] == [{"Key": "team", "Value": "a"}]
    assert found["TemplateBody"] == TEMPLATE
    assert found["Description"] == "All of it"


def test_a_set_shows_every_parameter_of_its_template_and_no_secret() -> None:
    rehearsal = Rehearsal()
    declared = {"Env": {"Type": "String", "Default": "dev"}, "Password": {"Type": "String", "NoEcho": True}}
    template = json.dumps({"Parameters": declared, "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
    given = [{"ParameterKey": "Password", "ParameterValue": "hush"}]
    rehearsal.create_set(TemplateBody=template, Parameters=given)
    assert described(rehearsal)["Parameters"] == [
        {"ParameterKey": "Env", "ParameterValue": "dev"},
        {"ParameterKey": "Password", "ParameterValue": "****"},
    ]
    rehearsal.create(ONE)
    rehearsal.clock.settle()
    (made,) = rehearsal.stacks.there().values()
    assert made.request.parameters == {"Env": "dev", "Password": "hush"}


def test_a_name_is_taken_until_its_set_is_deleted() -> None:
    rehearsal = Rehearsal()
    first = rehearsal.create_set()
    refused("NameAlreadyExistsException", rehearsal.create_set)
    rehearsal.call("DeleteStackSet", StackSetName="app")
    assert rehearsal.create_set() != first


def test_another_region_has_other_sets() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    elsewhere = {"region": "eu-west-1", "StackSetName": "app"}
    refused("StackSetNotFoundException", lambda: rehearsal.call("DescribeStackSet", **elsewhere))
    rehearsal.call("CreateStackSet", TemplateBody=TEMPLATE, **elsewhere)


def test_the_same_request_with_the_same_token_makes_one_set() -> None:
    rehearsal = Rehearsal()
    first = rehearsal.create_set(ClientRequestToken="t1")
    assert rehearsal.create_set(ClientRequestToken="t1") == first
    refused("NameAlreadyExistsException", lambda: rehearsal.create_set(ClientRequestToken="t2"))


@pytest.mark.parametrize("change", ["request", "set"])
def test_a_token_does_not_hide_that_something_changed(change: str) -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set(ClientRequestToken="t1")
    if change == "set":
        rehearsal.update_set(UsePreviousTemplate=True)
    description = {"Description": "another"} if change == "request" else {}
    refused("CreatedButModifiedException", lambda: rehearsal.create_set(ClientRequestToken="t1", **description))


def test_a_set_with_instances_cannot_be_deleted() -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(ONE)
    refused("StackSetNotEmptyException", lambda: rehearsal.call("DeleteStackSet", StackSetName="app"))


def test_a_set_cannot_be_deleted_while_an_operation_runs() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    rehearsal.create(ONE)
    error = refused("OperationInProgressException", lambda: rehearsal.call("DeleteStackSet", StackSetName="app"))
    assert error.status == 409


def test_a_deleted_set_is_only_found_by_its_id() -> None:
    rehearsal = Rehearsal()
    set_id = rehearsal.create_set()
    rehearsal.call("DeleteStackSet", StackSetName="app")
    error = refused("StackSetNotFoundException", lambda: described(rehearsal))
    assert (error.status, error.message) == (404, "StackSet app not found")
    assert described(rehearsal, set_id)["Status"] == "DELETED"
    refused("StackSetNotFoundException", lambda: rehearsal.create(ONE))
    rehearsal.create_set()
    rehearsal.call("DeleteStackSet", StackSetName=set_id)  # again, which leaves the new one alone
    assert described(rehearsal)["Status"] == "ACTIVE"


def test_sets_are_listed_by_status() -> None:
    rehearsal = Rehearsal()
    for name in ("one", "two", "three"):
        rehearsal.create_set(name)
    rehearsal.call("DeleteStackSet", StackSetName="two")
    names = {
        status: [each["StackSetName"] for each in rehearsal.listed("ListStackSets", MaxResults=1, Status=status)]
        for status in ("ACTIVE", "DELETED")
    }
    assert names == {"ACTIVE": ["one", "three"], "DELETED": ["two"]}
    assert len(list(rehearsal.listed("ListStackSets"))) == 3


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"StackSetName": "1app"}, "stackSetName"),
        ({"StackSetName": "a_b"}, "stackSetName"),
        ({"StackSetName": "a" * 129}, "stackSetName"),
        ({"TemplateBody": "{"}, "Template format error"),
        ({"TemplateBody": "a: [b"}, "Template format error"),
        ({"TemplateBody": "Resources: {}"}, "At least one Resources member"),
        ({"TemplateBody": "Resources: {Topic: AWS::SNS::Topic}"}, "Any Resources member must be an object"),
        (
            {"TemplateBody": "Parameters: {Env: x}\nResources: {Topic: {Type: AWS::SNS::Topic}}"},
            "Every Parameters object",
        ),
        ({"Parameters": [{"ParameterKey": "Nope", "ParameterValue": "1"}]}, r"\[Nope\] do not exist in the template"),
        ({"TemplateBody": TEMPLATE.replace(', "Default": "dev"', "")}, r"\[Env\] must have values"),
        ({"AutoDeployment": {"Enabled": False}}, "AutoDeployment"),
        ({"Tags": [{"Key": "k", "Value": "v"}] * 51}, "tags"),
        ({"ExecutionRoleName": "a b"}, "executionRoleName"),
    ],
)
def test_a_set_that_cannot_be_is_refused_at_once(parameters: dict[str, Any], message: str) -> None:
    rehearsal = Rehearsal()
    given = {"StackSetName": "app", "TemplateBody": TEMPLATE, **parameters}
    error = refused("ValidationError", lambda: rehearsal.call("CreateStackSet", **given))
    assert pytest.raises(AssertionError, match=message).matches(AssertionError(error.message))
    assert not list(rehearsal.listed("ListStackSets"))


LIMITED = json.dumps(
    {
        "Parameters": {
            "Env": {"Type": "String", "AllowedValues": ["dev", "prod"], "Default": "dev"},
            "Name": {"Type": "String", "AllowedPattern": "[a-z]+", "Default": "a"},
            "Zones": {"Type": "CommaDelimitedList", "AllowedPattern": "z[0-9]", "Default": "z1, z2"},
            "Count": {"Type": "Number", "AllowedValues": [1, 3], "Default": 1},
            "Told": {"Type": "String", "AllowedPattern": "x+", "Default": "x", "ConstraintDescription": "must be x."},
            "Found": {"Type": "AWS::SSM::Parameter::Value<String>", "AllowedValues": ["v"], "Default": "/a/name"},
            "Odd": {"Type": "String", "AllowedPattern": "\\p{L}+", "Default": "1"},
        },
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
    }
)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("Env", "test", "Parameter 'Env' must be one of AllowedValues"),
        ("Name", "a1", "Parameter 'Name' must match pattern [a-z]+"),
        ("Zones", "z1,y2", "Parameter 'Zones' must match pattern z[0-9]"),
        ("Count", "2", "Parameter 'Count' must be one of AllowedValues"),
        ("Told", "y", "Parameter Told failed to satisfy constraint: must be x."),
    ],
)
@pytest.mark.parametrize("call", ["create", "update", "instances", "overrides"])
def test_a_value_that_the_template_does_not_allow_is_refused_at_once(
    call: str, key: str, value: str, message: str
) -> None:
    rehearsal = Rehearsal()
    given = [{"ParameterKey": key, "ParameterValue": value}]
    if call != "create":
        rehearsal.deployed(ONE, TemplateBody=LIMITED)
    calls = {
        "create": lambda: rehearsal.create_set(TemplateBody=LIMITED, Parameters=given),
        "update": lambda: rehearsal.update_set(UsePreviousTemplate=True, Parameters=given),
        "instances": lambda: rehearsal.create(ONE, ParameterOverrides=given),
        "overrides": lambda: rehearsal.update(ONE, ParameterOverrides=given),
    }

    error = refused("ValidationError", calls[call])

    assert error.message == message
    assert len(list(rehearsal.listed("ListStackSets"))) == (call != "create")
    if call != "create":
        assert len(list(rehearsal.listed("ListStackSetOperations", StackSetName="app"))) == 1


def test_values_that_the_template_allows_are_taken() -> None:
    rehearsal = Rehearsal()
    given = {"Env": "prod", "Name": "b", "Zones": "z3,z4", "Count": "3", "Found": "/another", "Odd": "2"}
    rehearsal.deployed(
        ONE, TemplateBody=LIMITED, Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in given.items()]
    )
    (made,) = rehearsal.stacks.there().values()
    assert made.request.parameters == {**given, "Told": "x"}


def test_a_template_may_be_yaml_with_short_forms() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set(
        TemplateBody="Parameters:\n  Env: {Type: String, Default: x}\n"
        "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n    Properties:\n      TopicName: !Sub '${Env}-t'\n"
    )
    assert described(rehearsal)["Parameters"] == [{"ParameterKey": "Env", "ParameterValue": "x"}]


def test_quotas_are_kept() -> None:
    rehearsal = Rehearsal(quotas=Quotas(stack_sets=1, instances=2))
    rehearsal.create_set()
    refused("LimitExceededException", lambda: rehearsal.create_set("second"))
    refused("LimitExceededException", lambda: rehearsal.create(accounts(3)))
    rehearsal.create(accounts(2))
    rehearsal.clock.settle()
    rehearsal.create(accounts(2))  # the same again is no more
