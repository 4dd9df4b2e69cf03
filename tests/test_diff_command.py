"""``diff`` as it is called: builds, forms, ``--exit-code``, and what could not be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.repository import BASE, HARMFUL, HARMLESS, NETWORK, PYPROJECT, Repository, two_changes
from tests.support import Sandbox


@pytest.fixture(scope="module")
def changes(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Read only: a harmful and a harmless change."""
    return two_changes(tmp_path_factory.mktemp("changes") / "project")


@pytest.fixture
def folders(tmp_path: Path) -> Sandbox:
    """Two folders of templates, and no project."""
    sandbox = Sandbox(tmp_path)
    for name, files in (("old", BASE), ("new", HARMLESS), ("same", BASE)):
        sandbox.write({path.replace("build", name): text for path, text in files.items()})
    return sandbox


def test_a_difference_is_told_as_text(changes: Repository) -> None:
    ran = changes.run("diff", "base..harmless")
    assert (ran.code, ran.err) == (0, "")
    verdict, *lines = ran.out.splitlines()
    assert verdict == "1 template changed: 1 resource added, 1 changed"
    assert any(line.lstrip().startswith("+") and "New" in line for line in lines)
    assert any(line.lstrip().startswith("~") and "Queue" in line for line in lines)
    assert any("DelaySeconds" in line and "5" in line for line in lines)
    assert "\033" not in ran.out


def test_a_difference_is_told_as_data(changes: Repository) -> None:
    ran = changes.run("--format", "json", "diff", "base..harmless")
    data = json.loads(ran.out)
    assert (ran.code, ran.err) == (0, "")
    assert (data["schema"], data["version"]) == ("stackgen/diff", 1)
    assert data["problems"] == []
    assert data["changes"]
    assert changes.run("--format", "json", "diff", "base..harmless").out == ran.out


def test_a_difference_is_told_as_markdown_in_a_file(changes: Repository, tmp_path: Path) -> None:
    file = tmp_path / "diff.md"
    assert changes.run("--format", "md", "-o", str(file), "diff", "base..harmless") == (0, "", "")
    assert "```diff" in file.read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "differs"),
    [
        pytest.param(["base..harmful"], True, id="two refs"),
        pytest.param(["base..base"], False, id="a ref and itself"),
        pytest.param(["harmless...harmful"], True, id="since they went their ways"),
        pytest.param(["harmful...base"], False, id="nothing since then"),
        pytest.param(["base"], True, id="a ref and the work tree"),
        pytest.param(["harmful"], False, id="the same ref and the work tree"),
        pytest.param([], False, id="the last commit and the work tree"),
        pytest.param(["build", "base"], True, id="a folder and a ref"),
        pytest.param(["build", "harmful"], False, id="a folder and the ref that it is of"),
    ],
)
def test_the_exit_code_answers_where_it_is_asked(changes: Repository, words: list[str], *, differs: bool) -> None:
    ran = changes.run("diff", *words, "--exit-code")
    assert (ran.code, ran.err) == (3 if differs else 0, "")


def test_without_the_switch_a_difference_is_no_failure(changes: Repository) -> None:
    assert changes.run("diff", "base..harmful").code == 0


def test_two_folders_are_compared_without_a_project(folders: Sandbox) -> None:
    ran = folders.run("diff", "old", "new", "--exit-code")
    assert (ran.code, ran.err) == (3, "")
    assert "New" in ran.out
    assert folders.run("diff", "--exit-code", "old", "same").code == 0


def test_two_files_are_compared(folders: Sandbox) -> None:
    ran = folders.run("diff", "old/app.json", "new/app.json", "--exit-code")
    assert (ran.code, ran.err) == (3, "")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        pytest.param(["old", "./nwe"], 1, "did you mean new?", id="a folder that is not there"),
        pytest.param(["old"], 1, "no project in", id="one build needs a project"),
        pytest.param(["a", "b", "c"], 2, "two builds are compared, and 3 were named", id="three builds"),
        pytest.param(["old", "new", "--exit-cod"], 2, "did you mean --exit-code?", id="an option"),
    ],
)
def test_a_wrong_word_is_refused(folders: Sandbox, words: list[str], code: int, told: str) -> None:
    ran = folders.run("diff", *words)
    assert (ran.code, ran.out) == (code, "")
    assert told in ran.err


def test_another_format_is_refused(folders: Sandbox) -> None:
    ran = folders.run("--format", "sarif", "diff", "old", "new")
    assert (ran.code, ran.out) == (2, "")
    assert "--format sarif: one of text, json, md was expected" in ran.err


def test_one_bad_file_hides_nothing_else(folders: Sandbox) -> None:
    folders.write({"new/broken.json": "{\n\n]"})
    ran = folders.run("diff", "old", "new", "--exit-code")
    assert ran.code == 1
    assert "New" in ran.out
    assert "new/broken.json:3: is not JSON" in ran.err
    data = json.loads(folders.run("--format", "json", "diff", "old", "new").out)
    assert ["is not JSON" in each for each in data["problems"]] == [True]


def test_a_change_of_the_settings_alone_is_no_difference(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "project")
    repository.commit({"pyproject.toml": PYPROJECT, "stacks/__init__.py": "", **NETWORK})
    repository.commit({"pyproject.toml": PYPROJECT.replace("10.1.0.0", "10.9.0.0")})
    assert repository.run("diff", "HEAD~1..HEAD", "--exit-code").code == 0


def test_an_unknown_ref_is_refused_with_the_likely_one(changes: Repository) -> None:
    ran = changes.run("diff", "harmles..harmful")
    assert (ran.code, ran.out) == (2, "")
    assert "git knows no commit 'harmles'" in ran.err
    assert "did you mean harmless?" in ran.err


def test_nothing_is_written_into_the_work_tree(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "project")
    repository.commit({"pyproject.toml": PYPROJECT, "stacks/__init__.py": "", **BASE}).commit(HARMFUL)
    before = repository.contents()
    assert repository.run("diff", "HEAD~1..HEAD").code == 0
    assert repository.contents() == before
