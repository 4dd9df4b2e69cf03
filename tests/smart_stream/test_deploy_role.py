"""Who deploys: a workflow of its own environment, with what the template needs and no more."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stacks.smart_stream import needed
from stacks.smart_stream.deploy_role import BOUNDED, GROUPS
from stacks.smart_stream.scopes import SCOPES
from stacks.smart_stream.tagged import TAGGED
from tests.smart_stream.translation import written
from tests.support import ROOT

ATTACHED = 6_144
"""Characters of a managed policy, spaces left out."""
LONGEST = {
    "${AWS::Partition}": "aws",
    "${AWS::Region}": "ap-southeast-1",
    "${AWS::AccountId}": "1" * 12,
    "${Names}": "prod",
    "${Class}": "prod",
}
BUCKET = {"Fn::GetAtt": ["ArtifactsBucket", "Arn"]}
"""Its ARN is as long as its name may be."""


@pytest.fixture
def role() -> dict[str, Any]:
    return dict(written("deploy-role-stack")["Resources"])


@pytest.fixture
def statements(role: dict[str, Any]) -> list[dict[str, Any]]:
    policies = [each for each in role.values() if each["Type"] == "AWS::IAM::ManagedPolicy"]
    return [statement for each in policies for statement in each["Properties"]["PolicyDocument"]["Statement"]]


@pytest.mark.requirement("SS-46", "SS-D32")
def test_the_roles_actions_are_those_that_the_template_needs(sam: dict[str, Any], template: dict[str, Any]) -> None:
    """a new resource cannot be deployed, or an action stays that nothing needs any more"""
    assert needed.FILE.read_text("utf-8") == needed.text_of(needed.counted(needed.types_of(template)))
    assert needed.types_of(template) == {each["Type"] for each in sam["Resources"].values()}


def test_every_service_is_in_one_policy_and_has_its_scope() -> None:
    actions = json.loads(needed.FILE.read_text("utf-8"))
    listed = [service for services in GROUPS.values() for service in services]
    assert sorted(listed) == sorted(actions["named"]) == sorted([*SCOPES, *TAGGED])
    assert set(actions["anywhere"]) <= {*SCOPES, *TAGGED}


@pytest.mark.requirement("SS-D31", "SS-46")
def test_a_role_is_made_and_given_more_within_the_boundary_alone(statements: list[dict[str, Any]]) -> None:
    """the deploy role makes a role that may do anything, or frees one of its boundary"""
    bounded = {f"iam:{name}" for name in BOUNDED}
    seen = set()
    for each in statements:
        assert "iam:DeleteRolePermissionsBoundary" not in each["Action"]
        if found := bounded & set(each["Action"]):
            seen |= found
            assert set(each["Action"]) <= bounded
            assert each["Condition"] == {"StringEquals": {"iam:PermissionsBoundary": {"Ref": "Boundary"}}}
        if "iam:PassRole" in each["Action"]:
            assert each["Action"] == ["iam:PassRole"]
            assert each["Resource"] == [{"Fn::Sub": SCOPES["iam"][0]}]
    assert seen == bounded


@pytest.mark.requirement("SS-D31", "SS-04")
def test_each_class_has_a_role_that_only_its_own_workflows_take_on(role: dict[str, Any]) -> None:
    """the workflow of a pull request deploys production, or a key that never ends is needed"""
    (trusted,) = role["DeployRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Action"] == ["sts:AssumeRoleWithWebIdentity"]
    assert trusted["Condition"]["StringEquals"] == {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}
    assert trusted["Condition"]["StringLike"] == {
        "token.actions.githubusercontent.com:sub": {"Fn::Sub": "repo:${Repository}:environment:${GitHubEnvironment}"}
    }
    shared = written("shared-stack")["Resources"]
    classes = {
        name: (each["Properties"]["Parameters"]["Names"], each["Properties"]["Parameters"]["GitHubEnvironment"])
        for name, each in shared.items()
        if "Names" in each["Properties"].get("Parameters", {})
    }
    assert classes == {
        "Production": ("prod", "production"),
        "Development": ("dev", "develop"),
        "PullRequests": ("pr-*", "pr-*"),
    }
    users = [each for each in role.values() if each["Type"] in {"AWS::IAM::User", "AWS::IAM::AccessKey"}]
    assert not users


@pytest.mark.requirement("SS-D31")
def test_looking_is_all_that_is_allowed_everywhere_but_for_what_gives_a_stage_its_log(
    statements: list[dict[str, Any]],
) -> None:
    """an action that changes something takes any resource, and no condition stands before it"""
    everywhere = {
        action
        for each in statements
        if each["Resource"] == ["*"] and "Condition" not in each
        for action in each["Action"]
    }
    changing = {
        each for each in everywhere if not each.split(":")[1].startswith(("Describe", "Get", "List", "Validate"))
    }
    assert changing == {"logs:CreateLogDelivery", "logs:PutResourcePolicy"}


@pytest.mark.requirement("SS-46")
def test_every_policy_can_be_attached(role: dict[str, Any]) -> None:
    """IAM refuses a policy that is too long, or an eleventh"""
    policies = {name: each for name, each in role.items() if each["Type"] == "AWS::IAM::ManagedPolicy"}
    assert len(policies) <= 10
    for name, each in policies.items():
        text = json.dumps(each["Properties"]["PolicyDocument"], separators=(",", ":"))
        text = text.replace(json.dumps(BUCKET, separators=(",", ":")), '"arn:aws:s3:::' + "b" * 63 + '"')
        for hole, value in LONGEST.items():
            text = text.replace(hole, value)
        assert len(text) <= ATTACHED, name


@pytest.mark.requirement("SS-D47", "SS-D10")
def test_pull_requests_push_to_a_repository_of_their_own(role: dict[str, Any]) -> None:
    """an image of a pull request takes the place of production's, or stays for ever"""
    images = written("images-stack")["Resources"]
    assert {each["Properties"]["ImageTagMutability"] for each in images.values()} == {"IMMUTABLE"}
    rule = json.loads(images["PullRequestRepository"]["Properties"]["LifecyclePolicy"]["LifecyclePolicyText"])
    assert rule["rules"][0]["selection"]["countNumber"] == 14
    shared = written("shared-stack")["Resources"]
    pushed = {name: shared[name]["Properties"]["Parameters"]["ImagesArn"] for name in ("Production", "PullRequests")}
    assert pushed["Production"] != pushed["PullRequests"]
    statements = role["DeployingPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    (push,) = (each for each in statements if "ecr:PutImage" in each["Action"])
    assert push["Resource"] == [{"Ref": "ImagesArn"}]


@pytest.mark.requirement("SS-40", "SS-D35")
def test_the_way_back_by_hand_and_in_an_emergency_is_written_down() -> None:
    """somebody deletes production's stack in an emergency, or does not find the words that lead back"""
    text = (ROOT / "stacks" / "smart_stream" / "README.md").read_text("utf-8")
    section = text.partition("## The way back")[2].partition("\n## ")[0]
    for words in ("--to-release previous", "never deleted", "restore-table-to-point-in-time", "release list"):
        assert words in section


@pytest.mark.requirement("SS-46", "SS-D48", "SS-D50")
def test_what_a_person_must_know_is_written_down() -> None:
    """nobody knows which secrets there are, what becomes of versions, or that a replacement fails"""
    text = (ROOT / "stacks" / "smart_stream" / "README.md").read_text("utf-8")
    for words in ("needs no secret", "Actions of the deploy role", "Versions", "`impact` says so"):
        assert words in text
