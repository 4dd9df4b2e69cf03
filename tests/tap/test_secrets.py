"""The password of TapStack's database, as the command finds it that makes and renews it."""

from __future__ import annotations

import json

import pytest

from stackgen.deploy.secrets.values import made
from stackgen.deploy.secrets.versions import version_parameter
from stackgen.deploy.secrets.wanted import PARAMETER_STORE, Wanted, wanted
from stackgen.deploy.targets import Target, Value
from stackgen.review.model import Build, Template
from tests.tap.reading import Templates

NAME = "/tap/dev/database/master-password"
VALUES = {
    "EnvironmentSuffix": "dev", "TemplatesBucketName": "tap-templates-dev", "ImageTag": "1.0.0",
    "DatabasePasswordParameterName": NAME,
}  # fmt: skip


def build_of(templates: Templates) -> Build:
    texts = {f"tap/{file}": json.dumps(content) for file, content in templates.items()}
    return Build("tap", {name: Template(name, name, json.loads(text), text) for name, text in texts.items()})


def found(build: Build, **values: str) -> Wanted:
    said = {name: Value(value, "-p") for name, value in {**VALUES, **values}.items()}
    (one,) = wanted(build, Target("dev", "us-east-1", "111111111111", "tap/TapStack", "TapStack-dev", said))
    return one


@pytest.mark.requirement("TAP-34", "TAP-D08")
def test_the_password_is_found_by_the_reference_of_the_cluster(templates: Templates) -> None:
    """The reference is built otherwise than the command reads it, so nobody makes the password."""
    one = found(build_of(templates))
    assert (one.store, one.name) == (PARAMETER_STORE, NAME)
    assert [(use.path, use.name, use.version) for use in one.uses] == [
        ("TapStack/Database/AuroraCluster", "MasterUserPassword", "")
    ]


@pytest.mark.requirement("TAP-D33")
@pytest.mark.parametrize("version", ["", "7"])
def test_the_version_of_the_password_is_a_parameter_of_the_root(templates: Templates, version: str) -> None:
    """A rotation has no parameter to raise, and CloudFormation never looks at the new password."""
    build = build_of(templates)
    (use,) = found(build, DatabasePasswordParameterVersion=version).uses
    assert use.version == version
    assert version_parameter(build, PARAMETER_STORE, use) == "DatabasePasswordParameterVersion"


@pytest.mark.requirement("TAP-D39")
def test_what_is_made_for_the_cluster_is_taken_by_it(templates: Templates) -> None:
    """The rule is not that of the cluster's engine, or what is made breaks it."""
    (rule,) = found(build_of(templates)).rules
    assert (rule.shortest, rule.longest) == (8, 41)
    assert not rule.problem(made([rule]))
