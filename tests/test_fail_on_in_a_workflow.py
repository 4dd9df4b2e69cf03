"""``impact --fail-on`` as a workflow's step runs it: a shell script in a clone with two commits."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from stackgen.review.impact.result import FAIL_ON
from tests.repository import BASE, HARMFUL, HARMLESS, NETWORK, PYPROJECT, Repository
from tests.support import Ran, environment

STEP = f"""\
set -e
python -m stackgen impact HEAD~1..HEAD --fail-on {",".join(FAIL_ON)} > "$RUNNER_TEMP/impact.txt"
echo "deployed" > "$RUNNER_TEMP/deployed"
"""
"""The step of a job; what comes after it is not reached where it fails."""


def two_commits(folder: Path, change: dict[str, str]) -> Repository:
    """The checkout of a pull request: its base, and its one commit."""
    repository = Repository(folder / "work")
    repository.commit({"pyproject.toml": PYPROJECT, "stacks/__init__.py": "", **BASE, **NETWORK})
    return repository.commit(change)


def step(repository: Repository, temporary: Path) -> Ran:
    """Run the step as GitHub's runner does: ``sh -e`` in the work tree, with the runner's variables."""
    temporary.mkdir()
    python = Path(repository.python[0]).parent
    variables = environment(
        CI="true", GITHUB_ACTIONS="true", GITHUB_WORKSPACE=str(repository.root), RUNNER_TEMP=str(temporary)
    )
    done = subprocess.run(
        ["sh", "-e", "-c", STEP],
        cwd=repository.root,
        env={**variables, "PATH": f"{python}:{variables['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("change", "code", "verdict", "annotations"),
    [
        pytest.param(HARMLESS, 0, "1 updated in place, 1 created (", [], id="a harmless change"),
        pytest.param(
            HARMFUL,
            4,
            "1 certain failure, 2 losses of data, 1 widened access, 2 replaced, 1 deleted, 1 updated in place (",
            ["::error::--fail-on: 2 replace, 1 destroy, 2 data-loss, 1 widen, 1 certain-failure"],
            id="a harmful change",
        ),
        pytest.param(
            {"pyproject.toml": PYPROJECT.replace("10.2.0.0", "10.3.0.0")},
            4,
            "1 replaced (",
            ["::error::--fail-on: 1 replace"],
            id="a harmful value",
        ),
    ],
)
def test_a_step_fails_on_a_harmful_commit_alone(
    tmp_path: Path, change: dict[str, str], code: int, verdict: str, annotations: list[str]
) -> None:
    repository = two_commits(tmp_path, change)
    files, status = repository.contents(), repository.git("status", "--porcelain", "--ignored")
    ran = step(repository, tmp_path / "temporary")
    assert (ran.code, ran.out) == (code, "")
    assert (tmp_path / "temporary" / "impact.txt").read_text("utf-8").startswith(verdict)
    assert (tmp_path / "temporary" / "deployed").exists() is (code == 0)
    assert [line for line in ran.err.splitlines() if line.startswith("::")] == annotations
    assert repository.contents() == files
    assert repository.git("status", "--porcelain", "--ignored") == status == ""


def test_a_file_that_cannot_be_read_is_annotated_where_it_is(tmp_path: Path) -> None:
    repository = two_commits(tmp_path, {"build/broken.json": '{\n  "Resources": }'})
    ran = step(repository, tmp_path / "temporary")
    assert ran.code == 1
    assert [line.partition("::is not JSON")[0] for line in ran.err.splitlines() if line.startswith("::")] == [
        "::error file=build/broken.json,line=2"
    ]


def test_in_a_shallow_clone_the_step_says_what_to_fetch(tmp_path: Path) -> None:
    repository = two_commits(tmp_path, HARMLESS)
    repository.git("clone", "--quiet", "--depth", "1", f"file://{repository.root}", str(tmp_path / "shallow"))
    shallow = Repository(tmp_path / "shallow")
    ran = step(shallow, tmp_path / "temporary")
    assert ran.code == 2
    assert "git knows no commit 'HEAD~1'" in ran.err
    assert "in a shallow clone, fetch it first" in ran.err
