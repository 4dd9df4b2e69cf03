"""TapStack in two regions by its StackSet: nested stacks, templates in each region's bucket, an update of one child."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from stackgen.local.cloud import ACCOUNT
from stackgen.local.faults import Fail
from tests.local.tapstack import BUILT, SUFFIX, TapStack

from .project import SETTINGS, Project

if TYPE_CHECKING:
    from stackgen.local.stacksets.accounts import Accounts

HOME, AWAY = "us-east-1", "eu-west-1"
NAME = "tap-dev"
TAP = f"""
[tool.stackgen.env.dev]
account = "{ACCOUNT}"
regions = ["{HOME}", "{AWAY}"]

[tool.stackgen.env.dev.parameters]
EnvironmentSuffix = "{SUFFIX}"
ImageTag = "1.0.0"
TemplatesBucketName = "BUCKET"
DatabasePasswordParameterName = "/tap/{SUFFIX}/database/password"

[tool.stackgen.env.dev.region.{AWAY}.parameters]
VpcCidr = "10.1.0.0/16"

[tool.stackgen.stackset.tap]
template = "tap/TapStack"
name = "tap-{{env}}"

[tool.stackgen.stackset.tap.operation]
region_concurrency_type = "PARALLEL"
"""


@pytest.fixture
def tap(project: Project) -> TapStack:
    """What the root stands on in both regions, but for its templates: those the rollout brings there."""
    tap = TapStack(project.cloud, HOME)
    project.cloud.functions.register("*migration*", tap.migrate)
    for region in (HOME, AWAY):
        tap.deploy(region, "tap-bootstrap", "bootstrap-stack", {"EnvironmentSuffix": SUFFIX})
        tap.push_images(region)
        tap.client("ssm", region).put_parameter(
            Name=f"/tap/{SUFFIX}/database/password", Value="correct-horse-battery-1", Type="SecureString"
        )
    shutil.copytree(BUILT, project.root / "build" / "tap")
    bucket = tap.bucket(HOME).removesuffix(f"-{HOME}")
    (project.root / "pyproject.toml").write_text(SETTINGS + TAP.replace("BUCKET", bucket), encoding="utf-8")
    project.cloud.gateway.notes.clear()
    return tap


def ranges(tap: TapStack, region: str) -> list[str]:
    vpcs = tap.client("ec2", region).describe_vpcs(Filters=[{"Name": "tag:EnvironmentSuffix", "Values": [SUFFIX]}])
    return [each["CidrBlock"] for each in vpcs["Vpcs"]]


def test_both_regions_are_made_updated_and_deleted_by_the_command(
    project: Project, tap: TapStack, accounts: Accounts
) -> None:
    """Nested templates do not lie where a region's stack looks for them, or a region gets the other's values."""
    del accounts
    plan = project.json("plan")
    assert plan["counts"]["create"] == 2
    uploads = [each for each in plan["prepare"] if each.startswith("upload tap/")]
    assert len(uploads) >= 12
    ran = project.apply("--outputs")
    assert ran.code == 0, ran.out + ran.err
    assert project.instances(NAME) == {f"{ACCOUNT}/{HOME}": "CURRENT", f"{ACCOUNT}/{AWAY}": "CURRENT"}
    assert (ranges(tap, HOME), ranges(tap, AWAY)) == (["10.0.0.0/16"], ["10.1.0.0/16"])
    assert "ClusterEndpoint = " in ran.out
    assert project.json("plan")["operations"] == []

    child = project.root / "build" / "tap" / "network-stack.json"
    content = json.loads(child.read_text("utf-8"))
    content["Outputs"]["Extra"] = {"Value": "more"}
    changed(project, "network-stack", json.dumps(content, indent=2))
    plan = project.json("plan")
    assert sorted(plan["update"]) == [f"{ACCOUNT}/{AWAY}", f"{ACCOUNT}/{HOME}"]
    ran = project.apply()
    assert ran.code == 0, ran.out + ran.err

    ran = project.run("delete", "--no-retain", "--yes")
    assert ran.code == 0, ran.out + ran.err
    assert (ranges(tap, HOME), ranges(tap, AWAY)) == ([], [])


def test_a_failure_in_a_grandchild_is_told_with_its_own_cause(project: Project, tap: TapStack) -> None:
    """All that is told is that a nested stack was not made."""
    del tap
    project.cloud.faults.add("create:AWS::RDS::DBInstance", Fail("InternalFailure", "planted"), times=1)
    told = project.json("apply", "--yes")
    assert (told["exit_code"], told["not_tried"]) == (1, [f"{ACCOUNT}/{AWAY}"])
    (cause,) = told["failed"]
    assert "planted" in cause["first"]
    assert "Database/" in cause["first"]
    assert project.apply().code == 0


@pytest.mark.requirement("TAP-D03", "TAP-04")
def test_an_update_that_fails_in_one_region_leaves_none_on_another_version(project: Project, tap: TapStack) -> None:
    """One region keeps the new version and one the old, or the templates nested in the old one are gone."""
    assert project.apply().code == 0
    build = project.root / "build" / "tap"
    note = {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/note", "Type": "String", "Value": "2"}}
    content = json.loads((build / "network-stack.json").read_text("utf-8"))
    content["Resources"]["Note"] = note
    changed(project, "network-stack", json.dumps(content, indent=2))
    project.cloud.faults.add("create:AWS::SSM::Parameter", Fail("InternalFailure", "planted"), region=AWAY)
    told = project.json("apply", "--yes")
    assert (told["exit_code"], told["why"]) == (5, "1 of 2 stacks failed")
    (cause,) = told["failed"]
    assert "planted" in cause["first"]
    assert told["taken_back"]["complete"] is True
    assert notes(tap) == {HOME: [], AWAY: []}
    formation = tap.client("cloudformation", AWAY)
    roots = [each for each in formation.describe_stacks()["Stacks"] if each["StackName"].startswith("StackSet-")]
    assert "UPDATE_ROLLBACK_COMPLETE" in {each["StackStatus"] for each in roots}
    assert set(project.instances(NAME).values()) == {"CURRENT"}


def notes(tap: TapStack) -> dict[str, list[str]]:
    """The parameter that the new version brings, in each region."""
    found = {}
    for region in (HOME, AWAY):
        told = tap.client("ssm", region).describe_parameters()["Parameters"]
        found[region] = [each["Name"] for each in told if each["Name"] == "/note"]
    return found


def changed(project: Project, name: str, text: str) -> None:
    """Another text of a child, and the root that names it by its digest, as ``build`` writes them."""
    from stackgen.deploy.artifacts import digest_of

    folder = project.root / "build" / "tap"
    before = digest_of((folder / f"{name}.json").read_text("utf-8"))
    (folder / f"{name}.json").write_text(text, encoding="utf-8")
    root = folder / "TapStack.json"
    root.write_text(root.read_text("utf-8").replace(before, digest_of(text)), encoding="utf-8")
