"""What is deployed where: Plot Palette's environments by the project's own settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stackgen.deploy.resolving import Wish, decided, resolve
from stackgen.project import Project
from stackgen.review.reading import read_folder
from tests.support import ROOT

if TYPE_CHECKING:
    from stackgen.deploy.targets import Target

ACCOUNT = "111111111111"


def targets(environment: str) -> list[Target]:
    project = Project.find(ROOT)
    wish = Wish(environments=[environment])
    return decided(resolve(project, read_folder(project.build_path), wish, lambda _: ACCOUNT))


@pytest.mark.requirement("PP-D14")
@pytest.mark.parametrize("environment", ["development", "staging", "production"])
def test_each_environment_is_a_stack_of_its_own_that_says_whose_it_is(environment: str) -> None:
    """a second environment would take the place of the first"""
    for target in targets(environment):
        assert target.stack_name == f"plot-palette-{environment}"
        assert target.tags == {"Environment": environment, "ManagedBy": "cloudformation", "Project": "plot-palette"}
        assert target.texts["EnvironmentName"] == environment


@pytest.mark.requirement("PP-37", "PP-D01")
def test_each_region_is_given_its_own_bucket_and_range() -> None:
    """two regions share a bucket or a range, or the master is deployed with the empty bucket of its file"""
    found = {target.region: target for target in targets("production")}
    assert set(found) == {"us-east-1", "us-west-2"}
    for region, target in found.items():
        assert target.bucket == f"plot-palette-cfn-{ACCOUNT}-{region}"
        assert target.texts["TemplatesBucketName"] == target.bucket
    assert [target.texts["VpcCidr"] for target in found.values()] == ["10.0.0.0/16", "10.1.0.0/16"]


@pytest.mark.requirement("PP-35", "PP-D13")
def test_the_capabilities_are_those_that_the_templates_need() -> None:
    """a deployment is refused for a capability, or one is given away that no template needs"""
    assert {target.capabilities for target in targets("staging")} == {("CAPABILITY_IAM",)}


@pytest.mark.requirement("PP-31")
def test_production_is_protected_as_a_stack_and_what_holds_data_in_it() -> None:
    """an update may remove the nested stack that holds the tables of production"""
    for target in targets("production"):
        assert target.is_protected is True
        _, deny = json.loads(target.stack_policy)["Statement"]
        assert "LogicalResourceId/DatabaseStack" in deny["Resource"]
        assert deny["Action"] == ["Update:Replace", "Update:Delete"]
    (staging,) = targets("staging")
    assert (staging.is_protected, staging.stack_policy) == (None, "")
