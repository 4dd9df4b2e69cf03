"""Which role a job may take on: what the roles trust, against the environments of the workflows and GitHub's rules."""

from __future__ import annotations

import json
import os
import re
import subprocess
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.smart_stream.translation import written
from tests.support import ROOT
from tests.workflows.reading import FILES, environments_of, lines, read

if TYPE_CHECKING:
    from pathlib import Path

REPOSITORY = "earchibald/yoto-smart-stream"
SUBJECT = "token.actions.githubusercontent.com:sub"
ROLES = {"Production": "prod", "Development": "dev", "PullRequests": "pr-*"}
VARIABLES = {"prod": "DEPLOY_ROLE_ARN", "dev": "DEPLOY_ROLE_ARN", "pr-*": "PULL_REQUEST_ROLE_ARN"}
GUARDED = {"prod": "deploy-production.yml", "dev": "deploy-develop.yml"}
"""The classes that stay, and the workflows that deploy them."""
STUB = """\
#!/usr/bin/env python3
import json, os, sys
words = sys.argv[1:]
said = sys.stdin.read() if "--input" in words else ""
with open(os.environ["SAID"], "a") as file:
    file.write(json.dumps([words, said]) + "\\n")
print(4711 if words[1].startswith("users/") else "")
"""
"""What stands where GitHub's program would: it writes down what it is asked."""


class Taking(NamedTuple):
    """A job that takes a role on."""

    workflow: str
    job: str
    environment: str
    variable: str


def taking() -> list[Taking]:
    found = []
    for name in (each.name for each in FILES):
        for job, each in read(name)["jobs"].items():
            for step in each.get("steps", ()):
                if "configure-aws-credentials" in step.get("uses", ""):
                    (variable,) = re.findall(r"^\$\{\{ vars\.(\w+) \}\}$", step["with"]["role-to-assume"])
                    found.append(Taking(name, job, environments_of(name)[job], variable))
    return found


def trusting(subject: str) -> set[str]:
    """The classes whose role trusts a workflow that GitHub vouches for with this subject."""
    role = written("deploy-role-stack")["Resources"]["DeployRole"]["Properties"]
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    said = {key: value for each in statement["Condition"].values() for key, value in each.items()}
    (pattern,) = said[SUBJECT].values()
    shared = written("shared-stack")["Resources"]
    given = {
        each: {**shared[name]["Properties"]["Parameters"], "Repository": REPOSITORY} for name, each in ROLES.items()
    }
    return {each for each, values in given.items() if fnmatchcase(subject, put_in(pattern, values))}


def put_in(text: str, values: dict[str, Any]) -> str:
    """A text of ``Fn::Sub`` with its values."""
    return re.sub(r"\$\{(\w+)\}", lambda hole: str(values[hole[1]]), text)


def works_on(one: Taking) -> set[str]:
    """The classes of the environments that a job's commands name."""
    found = set()
    for line in (each.text for each in lines(one.workflow) if each.job == one.job):
        found |= set(re.findall(r"-e smart-stream-(\w+)", line))
        if "$NUMBER" in line or "env reap" in line:
            found.add("pr-*")
    return found


@pytest.mark.requirement("SS-D31", "SS-04", "SS-06")
def test_each_job_takes_on_the_role_of_what_it_works_on_and_no_other_trusts_it() -> None:
    """AWS refuses a workflow because its environment is called otherwise, or a pull request's job may deploy prod"""
    jobs = taking()
    assert {(each.workflow, each.job) for each in jobs} == {
        ("deploy-production.yml", "deploy"), ("deploy-develop.yml", "deploy"), ("deploy-develop.yml", "integration"),
        ("deploy-pr.yml", "deploy"), ("cleanup-pr.yml", "remove"), ("sweep.yml", "reap"),
    }  # fmt: skip
    for each in jobs:
        (what,) = works_on(each)
        assert trusting(f"repo:{REPOSITORY}:environment:{each.environment}") == {what}, each
        assert each.variable == VARIABLES[what]


@pytest.mark.requirement("SS-D31", "SS-D28")
@pytest.mark.parametrize(
    "subject",
    [
        f"repo:{REPOSITORY}:pull_request",
        f"repo:{REPOSITORY}:ref:refs/heads/main",
        f"repo:{REPOSITORY}:environment:production-2",
        f"repo:{REPOSITORY}:environment:staging",
        f"repo:eve/{REPOSITORY}:environment:production",
        "repo:eve/yoto-smart-stream:environment:production",
        f"repo:{REPOSITORY}-2:environment:pr-deploy",
    ],
)
def test_nobody_else_is_trusted(subject: str) -> None:
    """a job without an environment, or of another repository, takes a role on"""
    assert trusting(subject) == set()


def guarded() -> dict[str, str]:
    """The environments at GitHub that stay, and the one branch that each of them is deployed from."""
    found = {}
    for each in taking():
        if each.workflow in GUARDED.values():
            (found[each.environment],) = read(each.workflow)["on"]["push"]["branches"]
    return found


@pytest.mark.requirement("SS-D31", "SS-46", "SS-06")
def test_the_readme_lets_one_branch_alone_deploy_what_stays(tmp_path: Path) -> None:
    """its lines fail, or whoever may push a branch deploys production by a workflow that names the environment"""
    text = (ROOT / "stacks" / "smart_stream" / "README.md").read_text("utf-8")
    (block,) = (
        each for each in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) if "deployment-branch-policies" in each
    )
    stub = tmp_path / "bin" / "gh"
    stub.parent.mkdir()
    stub.write_text(STUB, "utf-8")
    stub.chmod(0o755)
    environ = {**os.environ, "PATH": f"{stub.parent}:{os.environ['PATH']}", "SAID": str(tmp_path / "said")}
    done = subprocess.run(["sh", "-eu", "-c", block], env=environ, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    asked = [json.loads(line) for line in (tmp_path / "said").read_text("utf-8").splitlines()]
    rules: dict[str, dict[str, Any]] = {}
    for words, said in (each for each in asked if "--method" in each[0]):
        method, path = words[2:4]
        place = re.fullmatch(rf"repos/{REPOSITORY}/environments/(\w+)(/deployment-branch-policies)?", path)
        assert place is not None, path
        if place[2]:
            given = dict(words[at + 1].split("=") for at, word in enumerate(words) if word == "-f")
            assert (method, given.pop("type")) == ("POST", "branch")
            rules[place[1]]["branches"].append(given["name"])
        else:
            assert method == "PUT"
            rules[place[1]] = {**json.loads(said), "branches": []}
    assert {name: each["branches"] for name, each in rules.items()} == {
        name: [branch] for name, branch in guarded().items()
    }
    for each in rules.values():
        assert each["deployment_branch_policy"] == {"protected_branches": False, "custom_branch_policies": True}
    assert rules["production"]["reviewers"] == [{"type": "User", "id": 4711}]


@pytest.mark.requirement("SS-06", "SS-D31")
def test_a_run_by_hand_deploys_what_stays_from_its_branch_alone() -> None:
    """somebody starts the workflow on a branch of theirs, and production is what nobody has seen"""
    assert guarded() == {"production": "main", "develop": "develop"}
    for name in GUARDED.values():
        jobs = read(name)["jobs"]
        (branch,) = read(name)["on"]["push"]["branches"]
        assert jobs["deploy"]["if"] == f"github.ref == 'refs/heads/{branch}'"
        others = {job: each["needs"] for job, each in jobs.items() if job not in ("checks", "deploy")}
        assert set(others.values()) <= {"deploy"}
