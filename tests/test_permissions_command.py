"""``permissions`` as it is called: a build, a change of it, forms, environments, and what could not be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.repository import NETWORK, PYPROJECT, Repository, build, two_changes
from tests.support import Sandbox


@pytest.fixture(scope="module")
def changes(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Read only: a harmful and a harmless change."""
    return two_changes(tmp_path_factory.mktemp("changes") / "project")


def allowed(data: dict[str, Any]) -> set[str]:
    """Every action that the policy documents allow."""
    return {
        action
        for document in data["documents"]
        for statement in (document.get("document") or document)["Statement"]
        for action in statement["Action"]
    }


def test_what_the_build_needs_is_told_as_text(changes: Repository) -> None:
    ran = changes.run("permissions")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("4 resource types: ")
    lines = ran.out.splitlines()
    assert {"dynamodb", "ec2", "sqs"} <= set(lines)
    assert "  CreateVpc  (AWS::EC2::VPC)" in lines


def test_what_the_build_needs_is_told_as_policies(changes: Repository) -> None:
    ran = changes.run("--format", "json", "permissions")
    data = json.loads(ran.out)
    assert (ran.code, data["schema"], data["version"]) == (0, "stackgen/permissions", 1)
    assert {"dynamodb:CreateTable", "ec2:CreateVpc", "sqs:CreateQueue"} <= allowed(data)


def test_what_the_build_needs_is_told_as_markdown_in_a_file(changes: Repository, tmp_path: Path) -> None:
    file = tmp_path / "permissions.md"
    assert changes.run("--format", "md", "-o", str(file), "permissions") == (0, "", "")
    assert "dynamodb:CreateTable" in file.read_text("utf-8")


def test_a_change_tells_what_is_needed_more_and_less(changes: Repository) -> None:
    ran = changes.run("--format", "json", "permissions", "harmless..harmful")
    data = json.loads(ran.out)
    assert (ran.code, ran.err, data["schema"]) == (0, "", "stackgen/permissions-delta")
    assert data["added"] == []
    assert "sns:CreateTopic" in json.dumps(data["removed"])
    back = json.loads(changes.run("--format", "json", "permissions", "harmful..harmless").out)
    assert (back["added"], back["removed"]) == (data["removed"], data["added"])


@pytest.mark.parametrize("form", ["text", "md"])
def test_a_change_is_told_in_words(changes: Repository, form: str) -> None:
    ran = changes.run("--format", form, "permissions", "harmless..harmful")
    assert (ran.code, ran.err) == (0, "")
    assert "sns:CreateTopic" in ran.out


def test_a_change_that_needs_nothing_else_says_so(changes: Repository) -> None:
    ran = changes.run("--format", "json", "permissions", "base..harmless")
    data = json.loads(ran.out)
    assert (ran.code, data["added"], data["removed"]) == (0, [], [])


CONDITIONAL = build(
    {
        "Topic": {"Type": "AWS::SNS::Topic"},
        "Bucket": {"Type": "AWS::S3::Bucket", "Condition": "IsProd"},
    },
    Parameters={"Stage": {"Type": "String", "Default": "dev"}},
    Conditions={"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
)
STAGES = """\
[tool.stackgen]
stacks = "stacks"

[tool.stackgen.env.dev.parameters]
Stage = "dev"

[tool.stackgen.env.prod.parameters]
Stage = "prod"
"""


@pytest.mark.parametrize(
    ("words", "has_bucket"),
    [
        pytest.param([], True, id="all environments together"),
        pytest.param(["-e", "dev"], False, id="one that has no bucket"),
        pytest.param(["-e", "prod"], True, id="one that has it"),
        pytest.param(["-e", "dev", "-p", "Stage=prod"], True, id="a value of the command line"),
    ],
)
def test_an_environment_needs_what_it_deploys(tmp_path: Path, words: list[str], *, has_bucket: bool) -> None:
    sandbox = Sandbox(tmp_path).write({"pyproject.toml": STAGES, "stacks/__init__.py": "", **CONDITIONAL})
    data = json.loads(sandbox.run("--format", "json", "permissions", *words).out)
    assert ("s3:CreateBucket" in allowed(data)) is has_bucket


def test_what_another_value_deploys_is_needed_more(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "project")
    repository.commit({"pyproject.toml": STAGES, "stacks/__init__.py": "", **CONDITIONAL})
    repository.commit({"pyproject.toml": STAGES.replace('Stage = "dev"', 'Stage = "prod"')})
    ran = repository.run("--format", "json", "permissions", "HEAD~1..HEAD", "-e", "dev")
    assert "s3:CreateBucket" in json.dumps(json.loads(ran.out)["added"])


@pytest.mark.parametrize("words", [("HEAD~1..HEAD",), ("HEAD~1",)], ids=" ".join)
def test_what_another_value_in_a_file_deploys_is_needed_more(tmp_path: Path, words: tuple[str, ...]) -> None:
    repository = Repository(tmp_path / "project")
    settings = "[tool.stackgen]\n[tool.stackgen.env.dev]\n[tool.stackgen.stack.app]\nparameter_files = '{env}.json'\n"
    before = {"pyproject.toml": settings, "stacks/__init__.py": "", "dev.json": '{"Stage": "dev"}', **CONDITIONAL}
    repository.commit(before)
    repository.commit({"dev.json": '[{"ParameterKey": "Stage", "ParameterValue": "prod"}]'})
    ran = repository.run("--format", "json", "permissions", *words, "-e", "dev")
    assert (ran.code, ran.err) == (0, "")
    assert "s3:CreateBucket" in json.dumps(json.loads(ran.out)["added"])
    same = repository.run("--format", "json", "permissions", "HEAD", "-e", "dev")
    assert "s3:CreateBucket" not in json.dumps(json.loads(same.out)["added"])


def test_two_folders_are_compared_without_a_project(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    sandbox.write({"old/network.json": NETWORK["build/network.json"], "new/app.json": CONDITIONAL["build/app.json"]})
    ran = sandbox.run("permissions", "old", "new")
    assert (ran.code, ran.err) == (0, "")
    assert "sns:CreateTopic" in ran.out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        pytest.param(["--format", "sarif", "permissions"], 2, "one of text, json, md was expected", id="a format"),
        pytest.param(["permissions", "-e", "prd"], 2, "did you mean prod?", id="an environment"),
        pytest.param(["permissions", "harmles"], 2, "did you mean harmless?", id="a ref"),
        pytest.param(["permissions", "-p", "Cidr"], 2, "Name=Value was expected", id="a parameter"),
    ],
)
def test_a_wrong_word_is_refused(changes: Repository, words: list[str], code: int, told: str) -> None:
    ran = changes.run(*words)
    assert (ran.code, ran.out) == (code, "")
    assert told in ran.err


def test_one_bad_file_hides_nothing_else(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path).write(
        {"pyproject.toml": PYPROJECT, "stacks/__init__.py": "", **NETWORK, "build/broken.json": "{"}
    )
    ran = sandbox.run("permissions")
    assert ran.code == 1
    assert "  CreateVpc  (AWS::EC2::VPC)" in ran.out
    assert "build/broken.json:1: is not JSON" in ran.err
