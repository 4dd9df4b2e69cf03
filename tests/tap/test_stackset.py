"""Both regions by one StackSet, and the roles that it takes."""

import importlib.util
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from stackgen.template import Renderer
from stacks.tap.tap import TapStack
from tests.tap.reading import Templates, resources

NOT_OURS = {
    # asked for by the provider of VPC endpoints, for service networks, which TapStack does not have
    "vpc-lattice:describeservicenetworkvpcendpointassociation",
}
INLINE_POLICIES = 10_240
MANAGED_POLICY = 6_144
"""Characters of all inline policies of a role, and of one managed policy; IAM User Guide, "IAM and AWS STS quotas"."""


@pytest.fixture
def stack_set(templates: Templates) -> Mapping[str, Any]:
    found: Mapping[str, Any] = templates["stackset"]["Resources"]["TapStackSet"]["Properties"]
    return found


@pytest.mark.requirement("TAP-04", "TAP-06", "TAP-D06")
def test_one_self_managed_set_lists_both_regions_and_runs_them_side_by_side(stack_set: Mapping[str, Any]) -> None:
    """a region is missing, the regions wait for each other, or the set is one that takes no nested stacks"""
    assert stack_set["PermissionModel"] == "SELF_MANAGED"
    assert stack_set["OperationPreferences"]["RegionConcurrencyType"] == "PARALLEL"
    (group,) = stack_set["StackInstancesGroup"]["Fn::If"][2]
    assert group["Regions"] == ["us-east-1", "eu-west-1"]
    assert "AutoDeployment" not in stack_set
    assert stack_set["ManagedExecution"] == {"Active": True}


@pytest.mark.requirement("TAP-D03", "TAP-47")
def test_the_set_tolerates_no_failure(stack_set: Mapping[str, Any]) -> None:
    """a failure in one region goes on to the next, for a StackSet has no rollback triggers"""
    assert stack_set["OperationPreferences"]["FailureToleranceCount"] == 0
    assert stack_set["OperationPreferences"]["ConcurrencyMode"] == "STRICT_FAILURE_TOLERANCE"


@pytest.mark.requirement("TAP-48")
def test_both_regions_get_the_roots_template_and_all_its_parameters(
    templates: Templates, stack_set: Mapping[str, Any]
) -> None:
    """the set deploys another template than the root that is built, or leaves a parameter to its default"""
    digest = Renderer().template(TapStack).digest
    assert stack_set["TemplateURL"]["Fn::Sub"].endswith(f"/tap/TapStack/{digest}.json")
    handed = {each["ParameterKey"]: each["ParameterValue"] for each in stack_set["Parameters"]}
    boundary = handed.pop("PermissionsBoundaryName")
    declared_name = templates["stackset-roles"]["Resources"]["ExecutionBoundary"]["Properties"]["ManagedPolicyName"]
    assert boundary == declared_name
    own = {
        name: each for name, each in templates["TapStack"]["Parameters"].items() if name != "PermissionsBoundaryName"
    }
    assert handed == {name: {"Ref": name} for name in own}
    for name, declared in own.items():
        assert templates["stackset"]["Parameters"][name] == declared


@pytest.mark.requirement("TAP-D45")
def test_the_second_region_may_have_its_own_range(stack_set: Mapping[str, Any]) -> None:
    """two VPCs with one range can never be peered"""
    condition, groups, _ = stack_set["StackInstancesGroup"]["Fn::If"]
    assert condition == "SecondRegionDiffers"
    assert [group["Regions"] for group in groups] == [["us-east-1"], ["eu-west-1"]]
    assert "ParameterOverrides" not in groups[0]
    overrides = {each["ParameterKey"]: each["ParameterValue"] for each in groups[1]["ParameterOverrides"]}
    assert overrides["VpcCidr"] == {"Fn::If": ["HasSecondVpcCidr", {"Ref": "SecondVpcCidr"}, {"Ref": "VpcCidr"}]}


def test_what_is_regional_has_a_value_for_each_region(stack_set: Mapping[str, Any]) -> None:
    _, groups, _ = stack_set["StackInstancesGroup"]["Fn::If"]
    overrides = {each["ParameterKey"]: each["ParameterValue"] for each in groups[1]["ParameterOverrides"]}
    assert overrides["AlarmTopicArn"] == {"Ref": "SecondAlarmTopicArn"}
    assert overrides["AccessLogBucketName"] == {"Ref": "SecondAccessLogBucketName"}


@pytest.mark.requirement("TAP-D07")
def test_the_set_is_no_part_of_what_it_deploys(templates: Templates) -> None:
    """TapStack would deploy itself"""
    kinds = {
        resource["Type"]
        for file, template in templates.items()
        if file != "stackset"
        for resource in template["Resources"].values()
    }
    assert "AWS::CloudFormation::StackSet" not in kinds


@pytest.mark.requirement("TAP-05")
def test_set_and_roles_agree_on_the_roles_names(templates: Templates, stack_set: Mapping[str, Any]) -> None:
    """the set names a role that does not exist"""
    roles = templates["stackset-roles"]["Resources"]
    administration = roles["AdministrationRole"]["Properties"]["RoleName"]["Fn::Sub"]
    assert stack_set["AdministrationRoleARN"]["Fn::Sub"].endswith(f":role/{administration}")
    assert stack_set["ExecutionRoleName"] == roles["ExecutionRole"]["Properties"]["RoleName"]
    assert all("${EnvironmentSuffix}" in name for name in (administration, stack_set["ExecutionRoleName"]["Fn::Sub"]))


@pytest.mark.requirement("TAP-05", "TAP-42")
def test_only_the_administration_role_takes_on_the_execution_role_and_only_within_the_boundary(
    templates: Templates,
) -> None:
    """any principal of the administrator's account could deploy, or the role could do more than the boundary"""
    role = templates["stackset-roles"]["Resources"]["ExecutionRole"]["Properties"]
    (trusted,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert "tap-stackset-administration-" in json.dumps(trusted["Condition"]["ArnEquals"]["aws:PrincipalArn"])
    assert role["PermissionsBoundary"] == {"Ref": "ExecutionBoundary"}


@pytest.mark.requirement("TAP-42")
def test_the_boundary_keeps_the_role_to_the_two_regions_and_from_widening_itself(templates: Templates) -> None:
    """the execution role could act elsewhere, or rewrite its own boundary"""
    policy = templates["stackset-roles"]["Resources"]["ExecutionBoundary"]["Properties"]["PolicyDocument"]
    allowed = {each["Sid"]: each for each in policy["Statement"]}
    assert allowed["ServicesInRegions"]["Condition"] == {
        "StringEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1"]}
    }
    assert allowed["NotTheBoundaryItself"]["Effect"] == "Deny"
    assert "*" not in allowed["RolesOfTheStacks"]["Resource"]


@pytest.mark.requirement("TAP-05")
def test_the_execution_role_may_read_all_that_the_providers_read(templates: Templates) -> None:
    """a creation fails because the provider of a resource type may not read what it has just made"""
    allowed = _allowed(templates)
    missing = {
        (kind, action)
        for kind, action in _read_permissions(templates)
        if action not in allowed and action not in NOT_OURS
    }
    assert missing == set()


def test_the_execution_roles_policies_fit_into_iams_quotas(templates: Templates) -> None:
    own = templates["stackset-roles"]["Resources"]
    inline = [each["PolicyDocument"] for each in own["ExecutionRole"]["Properties"]["Policies"]]
    assert _longest(inline) < INLINE_POLICIES
    for title in ("ExecutionDataPolicy", "ExecutionBoundary"):
        assert _longest(own[title]["Properties"]["PolicyDocument"]) < MANAGED_POLICY


def _longest(document: object) -> int:
    """Characters of a policy with the longest values in its holes, white space not counted."""
    text = json.dumps(document, separators=(",", ":"))
    text = re.sub(r'\{"Fn::Sub":("[^"]*")\}', r"\1", re.sub(r'\{"Ref":"([A-Za-z]+)"\}', r'"${\1}"', text))
    longest = {"AWS::Partition": "aws-us-gov", "AWS::AccountId": "1" * 12, "EnvironmentSuffix": "x" * 20}
    return len(re.sub(r"\$\{([^}]+)\}", lambda hole: longest.get(hole[1], "x" * 128), text))


@pytest.mark.requirement("TAP-42")
def test_the_execution_role_makes_no_role_that_may_do_more_than_itself(templates: Templates) -> None:
    """the role writes a policy for everything into a role of its own making, and passes it to a function"""
    by_action = {
        action: statement
        for policy in templates["stackset-roles"]["Resources"]["ExecutionRole"]["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        for action in statement["Action"]
    }
    for action in ("iam:CreateRole", "iam:PutRolePolicy"):
        assert by_action[action]["Condition"] == {
            "StringEquals": {"iam:PermissionsBoundary": {"Ref": "ExecutionBoundary"}}
        }
    assert not {"iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary"} & set(by_action)
    for file, title, role in resources(templates, "AWS::IAM::Role"):
        if file in ("compute-stack", "migration-stack", "network-stack"):
            assert role["Properties"]["PermissionsBoundary"]["Fn::If"][0] == "HasBoundary", title


@pytest.mark.requirement("TAP-D25")
def test_regions_run_side_by_side_and_endpoints_do_not_wait_for_each_other(
    templates: Templates, stack_set: Mapping[str, Any]
) -> None:
    """the second region, or an endpoint, begins when the first is done"""
    assert stack_set["OperationPreferences"]["RegionConcurrencyType"] == "PARALLEL"
    for _, title, endpoint in resources(templates, "AWS::EC2::VPCEndpoint"):
        assert "DependsOn" not in endpoint
        assert not re.search(r'"(Ref|Fn::GetAtt)": \[?"\w+Endpoint"', json.dumps(endpoint["Properties"])), title


def _allowed(templates: Templates) -> set[str]:
    role = templates["stackset-roles"]["Resources"]["ExecutionRole"]["Properties"]
    return {
        action.lower()
        for policy in [
            *(each["PolicyDocument"] for each in role["Policies"]),
            templates["stackset-roles"]["Resources"]["ExecutionDataPolicy"]["Properties"]["PolicyDocument"],
        ]
        for statement in policy["Statement"]
        for action in statement["Action"]
    }


def _read_permissions(templates: Templates) -> set[tuple[str, str]]:
    """What the read handlers of the platform's types declare, by the schemas of the installed cfn-lint."""
    package = importlib.util.find_spec("cfnlint")
    assert package is not None
    assert package.origin is not None
    schemas = Path(package.origin).parent / "data" / "schemas"
    index = json.loads((schemas / "providers" / "us-east-1.json").read_text())
    files = ("TapStack", "network-stack", "database-stack", "compute-stack", "storage-stack", "security-stack")
    kinds = {each["Type"] for file in files for each in templates[file]["Resources"].values()}
    found = set()
    for kind in kinds:
        schema = json.loads((schemas / "resources" / f"{index[kind]}.json").read_text())
        found |= {
            (kind, action.lower()) for action in schema.get("handlers", {}).get("read", {}).get("permissions", [])
        }
    assert len(found) > 50
    return found
