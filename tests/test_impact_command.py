"""``impact`` as it is called: builds, environments, forms, ``--fail-on``, and what could not be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stackgen.review.impact.result import FAIL_ON
from tests.repository import BASE, HARMFUL, NETWORK, PYPROJECT, VPC, Repository, build, two_changes
from tests.support import Sandbox

VERDICT = (
    "1 certain failure, 2 losses of data, 1 widened access, 2 replaced, 1 deleted, 1 updated in place"
    " (dev/us-east-1, prod/us-east-1, prod/eu-west-1)"
)


@pytest.fixture(scope="module")
def changes(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Read only: a harmful and a harmless change."""
    return two_changes(tmp_path_factory.mktemp("changes") / "project")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """One commit, for a test that changes something."""
    files = {"pyproject.toml": PYPROJECT, "stacks/__init__.py": "", **BASE, **NETWORK}
    return Repository(tmp_path / "project").commit(files, "base")


def test_a_change_is_told_as_text(changes: Repository) -> None:
    ran = changes.run("impact", "base..harmful")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == VERDICT
    assert "  ±  Table  AWS::DynamoDB::Table  replaced" in lines
    assert "  -  Old  AWS::SNS::Topic  deleted (Delete)" in lines
    assert "\033" not in ran.out


def test_a_change_is_told_as_data(changes: Repository) -> None:
    ran = changes.run("--format", "json", "impact", "base..harmful")
    assert (ran.code, ran.err) == (0, "")
    data = json.loads(ran.out)
    assert list(data) == ["schema", "version", "verdict", "places", "schemas", "impacts", "verdicts", "problems"]
    assert (data["schema"], data["version"]) == ("stackgen/impact", 1)
    assert data["places"] == ["dev/us-east-1", "prod/us-east-1", "prod/eu-west-1"]
    assert {each["address"]: each["action"] for each in data["impacts"]} == {
        "app/Group": "update",
        "app/Old": "delete",
        "app/Queue": "replace",
        "app/Table": "replace",
    }
    assert changes.run("--format", "json", "impact", "base..harmful").out == ran.out


def test_a_change_is_told_as_markdown_in_a_file(changes: Repository, tmp_path: Path) -> None:
    file = tmp_path / "impact.md"
    ran = changes.run("--format", "md", "-o", str(file), "impact", "base..harmful")
    assert ran == (0, "", "")
    lines = file.read_text("utf-8").splitlines()
    assert lines[0] == f"**{VERDICT}**"
    assert "| | resource | type | what happens | where | why |" in lines


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        pytest.param(["base..harmful"], VERDICT, id="two refs"),
        pytest.param(["harmless...harmful"], VERDICT, id="since they went their ways"),
        pytest.param(["harmless", "base"], "1 deleted, 1 updated in place", id="two refs, one word each"),
        pytest.param(["base"], VERDICT, id="a ref and the work tree"),
        pytest.param([], "nothing changes", id="the last commit and the work tree"),
        pytest.param(["-e", "dev", "base"], "(dev/us-east-1)", id="one environment"),
        pytest.param(["-e", "all", "base"], VERDICT, id="all environments"),
        pytest.param(["-r", "eu-west-1", "base"], "(prod/eu-west-1)", id="one region"),
        pytest.param(["-e", "prod", "-e", "dev", "base"], "(prod/us-east-1, prod/eu-west-1, dev/us-east-1)", id="two"),
    ],
)
def test_the_words_choose_what_is_compared_and_where(changes: Repository, words: list[str], verdict: str) -> None:
    ran = changes.run("impact", *words)
    assert (ran.code, ran.err) == (0, "")
    assert verdict in ran.out.splitlines()[0]


FOUND = {"replace": 2, "destroy": 1, "data-loss": 2, "widen": 1, "certain-failure": 1}


@pytest.mark.parametrize("kind", FAIL_ON)
def test_each_kind_fails_the_command_and_the_report_is_there(changes: Repository, kind: str) -> None:
    ran = changes.run("impact", "base..harmful", "--fail-on", kind)
    assert (ran.code, ran.err) == (4, f"error: --fail-on: {FOUND[kind]} {kind}\n")
    assert ran.out == changes.run("impact", "base..harmful").out


def test_the_help_says_that_doubt_counts(changes: Repository) -> None:
    said = " ".join(changes.run("impact", "--help").out.split())
    assert "what only may be counts too: replace, destroy, data-loss" in said
    assert "Formats: text, json, md." in said


def test_a_harmless_change_fails_on_nothing(changes: Repository) -> None:
    ran = changes.run("impact", "base..harmless", "--fail-on", ",".join(FAIL_ON))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("1 updated in place, 1 created (")


def test_a_report_in_a_file_is_written_also_where_it_fails(changes: Repository, tmp_path: Path) -> None:
    file = tmp_path / "impact.json"
    ran = changes.run("--format", "json", "-o", str(file), "impact", "base..harmful", "--fail-on", "destroy, replace")
    assert (ran.code, ran.err) == (4, "error: --fail-on: 1 destroy, 2 replace\n")
    assert json.loads(file.read_text("utf-8"))["verdict"] == VERDICT


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(["--fail-on", "replaced"], "did you mean replace?", id="a kind that is none"),
        pytest.param(["--format", "sarif"], "--format sarif: one of text, json, md was expected", id="a format"),
        pytest.param(["-e", "prd"], "did you mean prod?", id="an environment"),
        pytest.param(["-r", "eu-west-2"], "no environment is deployed to eu-west-2", id="a region"),
        pytest.param(["-p", "Cidr"], "-p Cidr: Name=Value was expected", id="a parameter"),
        pytest.param(["harmles..harmful"], "did you mean harmless?", id="a ref"),
        pytest.param(["base", "harmful", "harmless"], "two builds are compared, and 3 were named", id="three builds"),
        pytest.param(["a..b..c"], "'a..b..c' is no range of commits", id="a range"),
        pytest.param(["--fial-on", "x"], "did you mean --fail-on?", id="an option"),
    ],
)
def test_a_wrong_word_is_refused_with_the_likely_one(changes: Repository, words: list[str], told: str) -> None:
    ran = changes.run("impact", *words)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err


def test_a_value_that_changes_in_the_settings_alone_is_a_change(repository: Repository) -> None:
    repository.commit({"pyproject.toml": PYPROJECT.replace("10.2.0.0", "10.3.0.0")})
    ran = repository.run("impact", "HEAD~1..HEAD")
    assert ran.code == 0
    assert ran.out.startswith("1 replaced (")
    assert "  ±  Vpc  AWS::EC2::VPC  replaced  [prod]" in ran.out
    assert "10.2.0.0/16 -> 10.3.0.0/16" in ran.out


def test_a_value_that_is_changed_and_not_committed_is_a_change(repository: Repository) -> None:
    repository.write({"pyproject.toml": PYPROJECT.replace("10.1.0.0", "10.3.0.0")})
    assert "  ±  Vpc  AWS::EC2::VPC  replaced  [dev]" in repository.run("impact").out


def test_a_value_on_the_command_line_is_that_of_both_sides(repository: Repository) -> None:
    repository.commit({"pyproject.toml": PYPROJECT.replace("10.2.0.0", "10.3.0.0")})
    ran = repository.run("impact", "HEAD~1..HEAD", "-p", "Cidr=10.9.0.0/16")
    assert (ran.code, ran.out.startswith("nothing changes")) == (0, True)


def test_settings_of_an_older_commit_that_cannot_be_read_are_those_of_now(repository: Repository) -> None:
    repository.commit({"pyproject.toml": "[tool.stackgen\n"}, "broken")
    repository.commit({"pyproject.toml": PYPROJECT.replace("10.2.0.0", "10.3.0.0")})
    ran = repository.run("impact", "broken..HEAD")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("nothing changes")


def test_two_folders_are_compared_without_a_project(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    sandbox.write({f"old/{name}": text for name, text in BASE.items()})
    sandbox.write({f"new/{name}": text for name, text in HARMFUL.items()})
    ran = sandbox.run("impact", "old", "new")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0].endswith("2 replaced, 1 deleted, 1 updated in place (defaults)")
    assert sandbox.run("-r", "eu-west-1", "impact", "old", "new").out.splitlines()[0].endswith("(defaults/eu-west-1)")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        pytest.param(["impact", "old", "new", "-e", "dev"], 2, "no project here", id="an environment needs a project"),
        pytest.param(["impact", "old"], 1, "no project in", id="so does one build"),
        pytest.param(["impact", "old", "./nwe"], 1, "did you mean new?", id="a folder that is not there"),
        pytest.param(
            ["impact", "old", "empty"], 1, "holds no CloudFormation template", id="a folder without templates"
        ),
    ],
)
def test_without_a_project_only_folders_are_known(tmp_path: Path, words: list[str], code: int, told: str) -> None:
    sandbox = Sandbox(tmp_path).write({"old/app.json": BASE["build/app.json"], "new/app.json": BASE["build/app.json"]})
    (tmp_path / "empty").mkdir()
    ran = sandbox.run(*words)
    assert (ran.code, ran.out) == (code, "")
    assert told in ran.err


def test_one_bad_file_hides_nothing_else(repository: Repository) -> None:
    repository.write(
        {**HARMFUL, "build/broken.json": '{"Resources": {\n  "A": oops\n}}', "build/odd.yaml": "Resources: 3\n"}
    )
    ran = repository.run("impact", "--fail-on", "widen")
    assert ran.code == 4
    assert ran.out.splitlines()[0] == f"{VERDICT}; 2 files could not be read"
    assert "build/broken.json:2: is not JSON" in ran.err
    assert "build/odd.yaml:1: is no CloudFormation template" in ran.err
    assert repository.run("impact").code == 1


def test_a_parameter_that_nobody_gives_is_a_problem(repository: Repository) -> None:
    repository.write({"pyproject.toml": PYPROJECT.split("[tool.stackgen.env.prod.parameters]")[0]})
    ran = repository.run("impact")
    assert ran.code == 1
    assert "prod gives no value to Cidr of network" in ran.err
    assert "pyproject.toml:" in ran.err
    assert ran.out


def test_a_missing_child_is_a_problem_with_its_line(repository: Repository) -> None:
    child = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "netwrok.json"}}
    repository.write(build({"Network": child}))
    ran = repository.run("impact")
    assert ran.code == 1
    assert "Network is made from netwrok.json, and the build has no such template" in ran.err
    assert "did you mean network" in ran.err
    assert "V404" in ran.out


def test_problems_are_data_as_well(repository: Repository) -> None:
    repository.write({"build/broken.json": "{"})
    ran = repository.run("--format", "json", "impact")
    assert ran.code == 1
    (problem,) = json.loads(ran.out)["problems"]
    assert "build/broken.json:1: is not JSON" in problem


def test_a_project_whose_build_is_new_creates_everything(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "project")
    repository.commit({"pyproject.toml": PYPROJECT, "stacks/__init__.py": ""})
    repository.write({"build/network.json": json.dumps(VPC)})
    ran = repository.run("impact")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("1 created (")


def test_outside_git_there_is_no_ref(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path / "project").write({"pyproject.toml": PYPROJECT, "stacks/__init__.py": "", **NETWORK})
    ran = sandbox.run("impact", GIT_CEILING_DIRECTORIES=str(tmp_path))
    assert (ran.code, ran.out) == (1, "")
    assert "is in no git repository" in ran.err


def test_colour_comes_when_it_is_asked_for(changes: Repository) -> None:
    assert "\033[1;31m" in changes.run("impact", "base..harmful", FORCE_COLOR="1").out
    assert "\033" not in changes.run("--no-color", "impact", "base..harmful", FORCE_COLOR="1").out
