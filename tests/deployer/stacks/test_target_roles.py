"""Why the roles of targets and of the administration are as they are."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.deployer.stacks.reading import (
    Template,
    Templates,
    actions,
    of_type,
    properties,
    resources,
    statements,
    written,
)

ADMINISTRATION = "AWSCloudFormationStackSetAdministrationRole"


def trusted(role: Any) -> dict[str, Any]:
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    return dict(statement)


@pytest.mark.requirement("DEP-D66")
def test_a_trust_names_no_role_that_may_not_exist_yet(targets: Template) -> None:
    """IAM refuses the policy until the deployer is there, and it is dead when the deployer's role is made anew"""
    for title, role in of_type(targets, "AWS::IAM::Role").items():
        statement = trusted(role)
        assert written(statement["Principal"]["AWS"]["Fn::Sub"][0]).endswith(":iam::${Administrator}:root"), title
        assert list(statement["Condition"]) in (["ArnEquals"], ["ArnLike"])


def test_only_the_administration_role_may_deploy(targets: Template) -> None:
    condition = trusted(properties(targets, "ExecutionRole"))["Condition"]["ArnEquals"]["aws:PrincipalArn"]
    name, own, given = condition["Fn::If"]
    assert name == "NamesNoRole"
    assert own["Fn::Sub"][0].endswith(f":role/{ADMINISTRATION}-${{Env}}")
    assert given == {"Ref": "AdministrationRoleArn"}


@pytest.mark.requirement("DEP-D17")
def test_only_the_deployer_s_functions_read_and_only_stacks_of_stack_sets(
    targets: Template, deployer: Template
) -> None:
    """any principal of the deployer's account reads, or a function's role has another path"""
    pattern = trusted(properties(targets, "ReaderRole"))["Condition"]["ArnLike"]["aws:PrincipalArn"]["Fn::Sub"][0]
    path = written(properties(deployer, "CheckStackSetStatusRole")["Path"])
    assert pattern.endswith(f":role{path}*")
    stacks, alarms = statements(targets, "ReaderRole")
    assert [written(each) for each in resources(stacks)] == [
        "arn:${AWS::Partition}:cloudformation:*:${AWS::AccountId}:stack/StackSet-*"
    ]
    assert [written(each) for each in resources(alarms)] == ["*"]


@pytest.mark.requirement("DEP-D69")
def test_the_execution_role_and_the_roles_of_releases_have_one_boundary(targets: Template) -> None:
    """a release makes itself an administrator"""
    role = properties(targets, "ExecutionRole")
    assert role["ManagedPolicyArns"] == [role["PermissionsBoundary"]] == [{"Ref": "Boundary"}]
    by_name: dict[str, Any] = {}
    for each in properties(targets, "Boundary")["PolicyDocument"]["Statement"]:
        branches = each["Fn::If"][1:] if "Fn::If" in each else [each]
        by_name |= {branch["Sid"]: branch for branch in branches if "Sid" in branch}
    own = written(properties(targets, "Boundary")["ManagedPolicyName"])
    bounded = by_name["WithinTheBoundary"]
    assert written(bounded["Condition"]["StringEquals"]["iam:PermissionsBoundary"]).endswith(f":policy/{own}")
    assert not set(actions(bounded)) & set(actions(by_name["Roles"])), "allowed without the boundary after all"
    assert set(actions(bounded)) == set(actions(by_name["WithoutABoundary"]))
    denied = by_name["NotTheBoundaryItself"]
    assert denied["Effect"] == "Deny"
    assert written(resources(denied)[0]).endswith(f":policy/{own}")
    protected = {written(each).rpartition(":role/")[2] for each in resources(by_name["NotTheAccountsOwnRoles"])}
    assert {"${ExecutionRoleName}", "${ReaderRoleName}", "OrganizationAccountAccessRole"} <= protected


@pytest.mark.requirement("DEP-55")
def test_services_are_a_parameter_and_iam_is_none_of_them(targets: Template) -> None:
    """a release may use whatever AWS has, and an account cannot say otherwise"""
    services = properties(targets, "Boundary")["PolicyDocument"]["Statement"][0]
    delimiter, text = services["Action"]["Fn::Split"]
    pattern, values = text["Fn::Sub"]
    assert (delimiter, pattern) == (",", "${Services}:*")
    assert values["Services"] == {"Fn::Join": [":*,", {"Ref": "AllowedServices"}]}
    default = targets["Parameters"]["AllowedServices"]["Default"].split(",")
    assert not {"iam", "organizations", "sts", "account"} & set(default)


@pytest.mark.requirement("DEP-D70")
def test_one_role_takes_images_from_every_environment_of_the_deployer(targets: Template) -> None:
    """the second environment's set-up takes the first one's trust away"""
    role = targets["Resources"]["PromotionRole"]
    assert role["Condition"] == "PromotesImages"
    pattern = trusted(role["Properties"])["Condition"]["ArnLike"]["aws:PrincipalArn"]["Fn::Sub"][0]
    assert pattern.endswith(":role/aws-deployer/*")
    assert role["Properties"]["RoleName"] == "ECRImagePromotionRole"


@pytest.mark.requirement("DEP-D65", "DEP-D68")
@pytest.mark.parametrize("file", ["deployer-stack", "stackset-administration"])
def test_the_administration_role_is_an_environment_s_own_and_takes_on_the_role_of_the_given_name(
    templates: Templates, file: str
) -> None:
    """two environments clash in one account, or another name of the execution role is refused"""
    role = properties(templates[file], "AdministrationRole")
    assert written(role["RoleName"]) == f"{ADMINISTRATION}-${{Env}}"
    (statement,) = statements(templates[file], "AdministrationRole")
    assert actions(statement) == ["sts:AssumeRole"]
    assert [written(each) for each in resources(statement)] == [
        "arn:${AWS::Partition}:iam::*:role/${ExecutionRoleName}"
    ]


def test_the_deployer_makes_no_administration_role_where_one_is_given(deployer: Template) -> None:
    assert deployer["Resources"]["AdministrationRole"]["Condition"] == "CreatesAdministrationRole"
    assert deployer["Conditions"]["CreatesAdministrationRole"] == {"Fn::Equals": [{"Ref": "AdministrationRoleArn"}, ""]}


@pytest.mark.requirement("DEP-D20")
def test_an_opt_in_region_has_a_principal_of_its_own(deployer: Template) -> None:
    """StackSets of that region cannot take on the role"""
    statement = trusted(properties(deployer, "AdministrationRole"))
    condition, some, none = statement["Principal"]["Service"]["Fn::If"]
    assert (condition, none) == ("HasOptInRegions", "cloudformation.amazonaws.com")
    delimiter, text = some["Fn::Split"]
    pattern, values = text["Fn::Sub"]
    between, regions = values["Regions"]["Fn::Join"]
    assert regions == {"Ref": "OptInRegions"}
    joined = pattern.replace("${Regions}", between.join(["eu-south-1", "me-south-1"]))
    assert joined.split(delimiter) == [
        "cloudformation.amazonaws.com",
        "cloudformation.eu-south-1.amazonaws.com",
        "cloudformation.me-south-1.amazonaws.com",
    ]
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}


def test_the_set_hands_every_parameter_of_the_roles_on_and_brings_them_to_accounts_that_join(
    templates: Templates,
) -> None:
    template = templates["target-roles-stackset"]
    stack_set = properties(template, "TargetRoles")
    assert {each["ParameterKey"] for each in stack_set["Parameters"]} == set(templates["target-roles"]["Parameters"])
    assert stack_set["PermissionModel"] == "SERVICE_MANAGED"
    assert stack_set["AutoDeployment"] == {"Enabled": True, "RetainStacksOnAccountRemoval": False}
    handed = {each["ParameterKey"]: each["ParameterValue"] for each in stack_set["Parameters"]}
    assert handed["AdministratorAccountId"]["Fn::If"][1] == {"Ref": "AWS::AccountId"}  # not the target itself
    assert "deployer/target-roles/" in json.dumps(stack_set["TemplateURL"])
