"""The words of the command line: refs, ranges and folders, and which build is which."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stackgen.errors import OutputFileError, StackgenError, UsageError
from stackgen.review.sources import read_one, read_pair
from tests.review.repositories import Repository

if TYPE_CHECKING:
    from pathlib import Path

    from stackgen.review.model import Build


def template(word: str) -> str:
    return json.dumps({"Description": word, "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """``main`` and ``side`` left each other at ``start``; the work tree has what no commit has."""
    made = Repository(tmp_path / "repository")
    made.commit({"build/a.json": template("start")})
    made.git("tag", "start")
    made.git("checkout", "-q", "-b", "side")
    made.commit({"build/a.json": template("side")})
    made.git("checkout", "-q", "main")
    made.commit({"build/a.json": template("main")})
    made.write(
        {
            "build/a.json": template("work tree"),
            "old/a.json": template("old"),
            "new/a.json": template("new"),
            "one.yaml": "Description: one\nResources: {A: {Type: T}}\n",
            "a..b/a.json": template("dots"),
        }
    )
    monkeypatch.chdir(made.root)
    return made


def said(build: Build) -> str:
    return ", ".join(str(each.content["Description"]) for each in build.templates.values())


PAIRS: dict[str, tuple[list[str], str, str]] = {
    "nothing": ([], "main", "work tree"),
    "a ref": (["side"], "side", "work tree"),
    "a relative ref": (["HEAD~1"], "start", "work tree"),
    "a folder": (["old"], "old", "work tree"),
    "a folder with dots in its name": (["a..b"], "dots", "work tree"),
    "a file": (["one.yaml"], "one", "work tree"),
    "a folder above": (["../repository/old"], "old", "work tree"),
    "a range": (["start..side"], "start", "side"),
    "a range to here": (["side.."], "side", "main"),
    "a range from here": (["..side"], "main", "side"),
    "a range of relatives": (["HEAD~1..HEAD"], "start", "main"),
    "where two went their ways": (["main...side"], "start", "side"),
    "where this went its way": (["side..."], "start", "main"),
    "two refs": (["start", "side"], "start", "side"),
    "two folders": (["old", "new"], "old", "new"),
    "a folder and a ref": (["old", "side"], "old", "side"),
    "a folder and a file": (["./old/", "one.yaml"], "old", "one"),
}


@pytest.mark.parametrize(("words", "before", "after"), PAIRS.values(), ids=PAIRS)
def test_words_name_two_builds(repository: Repository, words: list[str], before: str, after: str) -> None:
    found = read_pair(words, str(repository.root / "build"))
    assert tuple(map(said, found)) == (before, after)


def test_two_folders_need_no_project(repository: Repository) -> None:
    assert repository.root.is_dir()
    assert tuple(map(said, read_pair(["old", "new"], None))) == ("old", "new")


WRONG: dict[str, tuple[list[str], type[StackgenError], str]] = {
    "three words": (["a", "b", "c"], UsageError, "two builds are compared, and 3 were named: a b c"),
    "a range of three": (["a..b..c"], UsageError, "'a..b..c' is no range of commits: BASE..HEAD was expected"),
    "four dots": (["a....b"], UsageError, "'a....b' is no range of commits"),
    "an unknown ref": (["mian"], UsageError, "git knows no commit 'mian'\n  did you mean main?"),
    "an unknown end of a range": (["main..sied"], UsageError, "git knows no commit 'sied'\n  did you mean side?"),
    "an unknown end of three dots": (["main...sied"], UsageError, "git knows no commit 'sied'"),
    "an option as the start": (["--all..main"], UsageError, "git knows no commit '--all'"),
    "a folder that is not there": (["./odl"], OutputFileError, "odl: there is no such folder\n  did you mean old?"),
    "a folder above that is not there": (["../gone", "old"], OutputFileError, "../gone: there is no such folder"),
    "a file that is not there": (["two.yaml"], OutputFileError, "there is no such folder\n  did you mean one.yaml?"),
    "a folder without templates": ([".git/refs"], OutputFileError, "holds no CloudFormation template"),
}


@pytest.mark.parametrize(("words", "kind", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_word_is_refused(
    repository: Repository, words: list[str], kind: type[StackgenError], message: str
) -> None:
    with pytest.raises(kind) as caught:
        read_pair(words, str(repository.root / "build"))
    assert message in str(caught.value)


@pytest.mark.parametrize("words", [[], ["main"], ["main..side"], ["main...side"], ["old"]])
def test_without_a_project_only_two_folders_can_be_compared(repository: Repository, words: list[str]) -> None:
    assert repository.root.is_dir()
    with pytest.raises(UsageError, match=r"without a project[\s\S]+|there is no project here[\s\S]+"):
        read_pair(words, None)


def test_one_build_is_the_projects_own_a_folder_or_a_ref(repository: Repository) -> None:
    folder = str(repository.root / "build")
    assert [said(read_one(word, folder)) for word in ("", "old", "side")] == ["work tree", "old", "side"]
    assert read_one("", folder).label == "work tree"


def test_a_folder_is_meant_before_a_ref_of_that_name(repository: Repository) -> None:
    repository.git("branch", "old", "start")
    assert said(read_one("old", str(repository.root / "build"))) == "old"
    assert said(read_one("heads/old", str(repository.root / "build"))) == "start"
