"""The reusable review: what its lines compare, say and refuse, for this repository's pull requests and for others."""

from __future__ import annotations

import json
import shlex
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.deploy.hub import TOKEN, pull
from tests.support import ROOT
from tests.workflows.reading import filled, lines, read
from tests.workflows.running import OURS, Runner, git
from tests.workflows.test_lines import OWNER, hub, typed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.deploy.hub import Hub
    from tests.deploy.typed import Typed
    from tests.support import Ran, Sandbox
    from tests.workflows.reading import Line

__all__ = ["hub", "typed"]
TEMPLATE = "build/smart-stream/template.json"
HARMLESS = ("PAY_PER_REQUEST", "PROVISIONED")
REPLACED = ('"AttributeName": "SK"', '"AttributeName": "Sort"')
"""Another key of a table that has its name: CloudFormation would make a second one of the same name."""
CALLER = """\
[tool.stackgen]
stacks = "stacks"
regions = ["us-east-1"]
"""
CLASS = """\
from troposphere import ssm
from stackgen import Stack

class Orders(Stack):
    \"""How orders are taken.\"""
    system = "orders"
    file = "orders-stack"

    def build(self):
        self.add(ssm.Parameter("Mode", Type="String", Value="open"))
"""


def reviewing() -> dict[str, Line]:
    """What the reusable workflow runs of ours, by its command."""
    return {each.text.split()[3]: each for each in lines("review.yml") if each.text.startswith(OURS)}


@pytest.fixture
def repository(typed: Typed) -> Typed:
    """All templates under git: main, develop with a change of its own, and a branch of it, which is checked out."""
    for folder in ("build", "stacks/plot_palette/parameters"):
        shutil.copytree(ROOT / folder, typed.root / folder, dirs_exist_ok=True)
    git(typed.root, "add", "--all")
    git(typed.root, "commit", "--quiet", "--message", "all templates")
    git(typed.root, "update-ref", "refs/remotes/origin/main", "HEAD")
    change(typed, "PriceClass_100", "PriceClass_All")
    git(typed.root, "update-ref", "refs/remotes/origin/develop", "HEAD")
    return typed


def change(typed: Typed, before: str, after: str) -> None:
    """A commit that changes a template."""
    text = (typed.root / TEMPLATE).read_text("utf-8")
    assert before in text
    typed.write(TEMPLATE, text.replace(before, after))
    git(typed.root, "commit", "--quiet", "--all", "--message", f"{after} for {before}")


def given(outputs: dict[str, str], **more: str) -> dict[str, str]:
    """What the review's expressions stand for when the workflow of pull requests calls it, after its gate."""
    known = {f"needs.gate.outputs.{name}": value for name, value in outputs.items()}
    known["needs.gate.outputs.go == 'true'"] = "true"
    called = read("deploy-pr.yml")["jobs"]["review"]["with"]
    asked = read("review.yml")["on"]["workflow_call"]["inputs"]
    inputs = {name: str(each["default"]) for name, each in asked.items()}
    inputs |= {**{name: filled(str(text), known) for name, text in called.items()}, **more}
    event = {"github.base_ref": "", "github.event.repository.default_branch": "main",
             "github.event.pull_request.number": "", "github.token": TOKEN}  # fmt: skip
    return {**event, **{f"inputs.{name}": value for name, value in inputs.items()}}


def gated(typed: Typed, tmp_path: Path, name: str, event: dict[str, Any]) -> dict[str, str]:
    """What the gate of the workflow of pull requests gives to its other jobs."""
    typed.patch.setenv("GITHUB_EVENT_NAME", name)
    typed.patch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event"))
    (tmp_path / "event").write_text(json.dumps(event), "utf-8")
    runner = Runner(typed, {"github.token": TOKEN})
    assert [each.code for each in runner.job("deploy-pr.yml", "gate")] == [0]
    steps = {f"steps.gate.outputs.{key}": value for key, _, value in
             (line.partition("=") for line in runner.told("GITHUB_OUTPUT").splitlines())}  # fmt: skip
    return {key: filled(text, steps) for key, text in read("deploy-pr.yml")["jobs"]["gate"]["outputs"].items()}


def reviewed(typed: Typed, values: dict[str, str], *words: str) -> list[Ran]:
    """Some of its lines."""
    return [Runner(typed, values).line(reviewing()[word]) for word in words]


@pytest.mark.requirement("SS-34", "SS-D30")
@pytest.mark.parametrize("name", ["pull_request", "workflow_dispatch"])
def test_a_change_is_compared_with_the_branch_that_it_goes_to_and_told_in_one_comment(
    repository: Typed, hub: Hub, tmp_path: Path, name: str
) -> None:
    """a pull request for develop is told what develop changed since main, by hand or not; or nothing is said"""
    change(repository, *HARMLESS)
    hub.pulls[7] = pull(7, repository=OWNER, base={"ref": "develop"})
    event = {"pull_request": {"pull_request": hub.pulls[7]}, "workflow_dispatch": {"inputs": {"number": "7"}}}[name]
    values = given(gated(repository, tmp_path, name, event))
    assert list(reviewing()) == ["build", "lint", "report", "pr", "impact"]
    for _ in range(2):
        ran = reviewed(repository, values, "report", "pr", "impact")
        assert [each.code for each in ran] == [0, 0, 0], [each.out + each.err for each in ran]
    (said,) = hub.bodies(7)
    assert "BillingMode" in said
    assert "PriceClass" not in said
    ran = reviewed(repository, {**values, "inputs.base": ""}, "report", "pr")  # as another repository calls it
    assert [each.code for each in ran] == [0, 0]
    assert "PriceClass" in hub.bodies(7)[0]


@pytest.mark.requirement("SS-D50")
@pytest.mark.parametrize("kinds", ["", "replace", "replace,data-loss"])
def test_a_change_that_replaces_a_table_fails_the_review(repository: Typed, hub: Hub, kinds: str) -> None:
    """the gate of a review lets a table be replaced, or it stops what is harmless; or nobody reads why"""
    hub.pulls[7] = pull(7, repository=OWNER)
    outputs = {"number": "7", "commit": "", "base": "develop"}
    values = given(outputs, **({"fail-on": kinds} if kinds else {}))
    change(repository, *HARMLESS)
    (fine,) = reviewed(repository, values, "impact")
    assert fine.code == 0, fine.out
    change(repository, *REPLACED)
    report, comment, impact = reviewed(repository, values, "report", "pr", "impact")
    assert (report.code, comment.code, impact.code) == (0, 0, 4), impact.out + impact.err
    assert "DynamoDBTable" in impact.out
    assert "DynamoDBTable" in hub.bodies(7)[0]
    steps = read("review.yml")["jobs"]["review"]["steps"]
    assert [each["if"] for each in steps if "impact" in each.get("run", "")] == ["inputs.fail-on != ''"]
    assert "continue-on-error" not in json.dumps(read("review.yml"))


def test_the_review_of_another_repository_fails_where_its_build_is_stale_or_its_lint_finds_something(
    sandbox: Sandbox,
) -> None:
    """a caller's pull request passes with templates that nobody built, or that AWS refuses"""
    words = {word: shlex.split(line.text.removeprefix(OURS)) for word, line in reviewing().items()}
    sandbox.write({"pyproject.toml": CALLER, "stacks/__init__.py": "", "stacks/orders.py": CLASS})
    assert sandbox.run("build").code == 0
    assert [sandbox.run(*words[word]).code for word in ("build", "lint")] == [0, 0]
    sandbox.write({"stacks/orders.py": CLASS.replace('"String"', '"Text"')})
    assert sandbox.run(*words["build"]).code == 4
    assert sandbox.run("build").code == 0
    assert [sandbox.run(*words[word]).code for word in ("build", "lint")] == [0, 4]
