"""A build at a git ref: read out of the repository, which stays as it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stackgen.errors import OutputFileError, UsageError
from stackgen.review.git import merge_base, read_ref, text_at
from stackgen.review.reading import read_folder
from tests.review.repositories import Repository


def queue(delay: int) -> str:
    return json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": delay}}}})


def delays(repository: Repository, ref: str, folder: str = "build") -> dict[str, Any]:
    """The one figure that tells the states of the templates apart, by template."""
    build = read_ref(ref, str(repository.root / folder))
    assert build.problems == []
    return {
        name: each.section("Resources")["Queue"]["Properties"]["DelaySeconds"] for name, each in build.templates.items()
    }


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Three commits, with the delay of the queue as their number; ``side`` left after the first."""
    made = Repository(tmp_path / "repository")
    made.commit({"build/a.json": queue(1), "pyproject.toml": "one"})
    made.git("branch", "side")
    made.git("tag", "v1")
    made.git("tag", "-a", "-m", "x", "annotated")
    made.commit({"build/a.json": queue(2), "pyproject.toml": "two"})
    made.commit({"build/a.json": queue(3), "pyproject.toml": "three"})
    made.git("branch", "feature/deep")
    return made


REFS = [("HEAD", 3), ("main", 3), ("HEAD~1", 2), ("HEAD^^", 1), ("v1", 1), ("annotated", 1), ("side", 1), ("@", 3),
        ("feature/deep", 3), ("refs/heads/main", 3), ("main@{0}", 3)]  # fmt: skip


@pytest.mark.parametrize(("ref", "expected"), REFS)
def test_any_word_that_git_understands_names_a_build(repository: Repository, ref: str, expected: int) -> None:
    assert delays(repository, ref) == {"a": expected}


def test_a_commit_may_be_named_by_a_part_of_its_digest(repository: Repository) -> None:
    commit = repository.git("rev-parse", "HEAD~1")
    assert delays(repository, commit) == delays(repository, commit[:8]) == {"a": 2}
    assert read_ref(commit[:8], str(repository.root / "build")).commit == commit


def test_a_message_leads_to_the_file_in_the_ref(repository: Repository) -> None:
    build = read_ref("HEAD~1", str(repository.root / "build"))
    assert (build.label, build.templates["a"].path) == ("HEAD~1", "HEAD~1:build/a.json")


def test_nothing_is_checked_out(repository: Repository) -> None:
    repository.write({"build/a.json": queue(9), "build/new.json": queue(9), "staged.txt": "x"})
    repository.git("add", "staged.txt")

    def state() -> tuple[str, str, bytes, int, str]:
        index = repository.root / ".git" / "index"
        status, head = repository.git("status", "--porcelain"), repository.git("symbolic-ref", "HEAD")
        stamp = (repository.root / "build" / "a.json").stat().st_mtime_ns
        return status, head, index.read_bytes(), stamp, repository.git("stash", "list")

    before = state()
    assert delays(repository, "v1") == {"a": 1}
    assert state() == before


UNKNOWN = {
    "a misspelt branch": ("mian", "did you mean main?"),
    "a misspelt tag": ("annotatd", "did you mean annotated?"),
    "another case": ("head", "did you mean HEAD?"),
    "too far back": ("HEAD~9", "did you mean HEAD?"),
    "an option": ("--all", "known: "),
    "an option that writes": ("--output=x", "known: "),
    "a dash": ("-", "known: "),
    "a file of a commit": ("HEAD:build/a.json", "shallow clone"),
    "a folder of a commit": ("HEAD:build", "shallow clone"),
    "words of a shell": ("$(touch x)", "known: "),
    "nothing": ("", "known: "),
}


@pytest.mark.parametrize(("ref", "hint"), UNKNOWN.values(), ids=UNKNOWN)
def test_a_ref_that_git_does_not_know_is_refused_with_the_likely_one(
    repository: Repository, ref: str, hint: str
) -> None:
    with pytest.raises(UsageError) as caught:
        read_ref(ref, str(repository.root / "build"))
    assert str(caught.value).startswith(f"git knows no commit {ref!r}")
    assert hint in str(caught.value)
    assert caught.value.exit_code == 2
    assert not (repository.root / "x").exists()


def test_a_repository_without_a_commit_has_no_ref(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="git knows no commit 'HEAD'"):
        read_ref("HEAD", str(Repository(tmp_path / "empty").root))


def test_a_branch_whose_name_begins_with_a_dash_is_read(repository: Repository) -> None:
    repository.git("update-ref", "refs/heads/-dash", "HEAD~1")
    assert delays(repository, "refs/heads/-dash") == {"a": 2}


def test_a_folder_that_the_ref_lacks_is_a_build_of_nothing(repository: Repository) -> None:
    build = read_ref("HEAD", str(repository.root / "elsewhere"))
    assert (build.templates, build.problems) == ({}, [])
    assert len(build.commit) == 40


def test_a_folder_without_templates_is_a_build_of_nothing(repository: Repository) -> None:
    repository.commit({"docs/x.json": "{}", "docs/y.txt": "x"})
    assert read_ref("HEAD", str(repository.root / "docs")).templates == {}


def test_a_folder_that_only_the_ref_has_is_read(repository: Repository) -> None:
    repository.git("rm", "-q", "-r", "build")
    assert not (repository.root / "build").exists()
    assert delays(repository, "HEAD") == {"a": 3}


def test_the_whole_repository_may_be_the_folder(repository: Repository) -> None:
    repository.commit({"top.yaml": "Resources: {A: {Type: T}}\n"})
    assert set(read_ref("HEAD", str(repository.root)).templates) == {"build/a", "top"}


def test_a_folder_is_not_one_whose_name_only_begins_like_it(repository: Repository) -> None:
    repository.commit({"build-old/b.json": queue(0), "builds/c.json": queue(0)})
    assert delays(repository, "HEAD") == {"a": 3}


def test_what_is_read_of_a_ref_is_what_is_read_of_a_folder(repository: Repository) -> None:
    files: dict[str, str | bytes] = {
        "build/deep er/ä ö.yaml": "Resources: {A: {Type: T}}\n",
        "build/quote\"d'.json": queue(1),
        "build/new\nline.json": queue(1),
        "build/mark.json": b"\xef\xbb\xbf" + queue(1).encode(),
        "build/package.json": "{}",
        "build/text.txt": "x",
        "build/.hidden/x.json": queue(1),
        "build/node_modules/x.json": "{",
        "build/broken.json": "{",
        "build/latin.json": b"\xff",
    }
    repository.commit(files)
    at_ref, at_hand = read_ref("HEAD", str(repository.root / "build")), read_folder(str(repository.root / "build"))
    assert {name: each.content for name, each in at_ref.templates.items()} == {
        name: each.content for name, each in at_hand.templates.items()
    }
    assert {name.rpartition("/")[2] for name in at_ref.templates} == {
        "a", "ä ö", "quote\"d'", "new\nline", "mark",
    }  # fmt: skip
    assert [error.message for error in at_ref.problems] == [error.message for error in at_hand.problems]
    assert len(at_ref.problems) == 2


def test_the_manifest_at_the_ref_decides(repository: Repository) -> None:
    manifest = json.dumps({"schema": "stackgen/manifest", "files": ["a.json"]})
    repository.commit({"build/manifest.json": manifest, "build/old.json": queue(0)})
    repository.write({"build/manifest.json": manifest.replace("a.json", "old.json")})
    assert delays(repository, "HEAD") == {"a": 3}
    assert delays(repository, "HEAD~1") == {"a": 3}


def test_what_the_manifest_at_the_ref_lists_is_missed(repository: Repository) -> None:
    manifest = json.dumps({"schema": "stackgen/manifest", "files": ["a.json", "gone.json"]})
    repository.commit({"build/manifest.json": manifest})
    build = read_ref("HEAD", str(repository.root / "build"))
    assert list(build.templates) == ["a"]
    assert [str(each).splitlines()[0] for each in build.problems] == [
        "HEAD:build/gone.json: is listed in the manifest, and is not there"
    ]


def test_a_submodule_is_not_entered(repository: Repository) -> None:
    commit = repository.git("rev-parse", "HEAD")
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},build/module.json")
    repository.git("commit", "-q", "-m", "x")
    assert delays(repository, "HEAD") == {"a": 3}


def test_a_linked_work_tree_is_a_repository_as_well(repository: Repository, tmp_path: Path) -> None:
    repository.git("worktree", "add", "-q", str(tmp_path / "linked"), "side")
    build = read_ref("main", str(tmp_path / "linked" / "build"))
    assert build.templates["a"].path == "main:build/a.json"
    assert read_ref("HEAD", str(tmp_path / "linked" / "build")).commit == repository.git("rev-parse", "side")


def test_a_shallow_clone_has_its_own_commits_and_says_how_to_fetch_others(
    repository: Repository, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    repository.git("clone", "-q", "--depth", "1", f"file://{repository.root}", str(clone))
    assert "a" in read_ref("HEAD", str(clone / "build")).templates
    with pytest.raises(UsageError, match=r"git knows no commit 'HEAD~1'[\s\S]+git fetch origin REF"):
        read_ref("HEAD~1", str(clone / "build"))
    other = Repository(clone)
    other.git("fetch", "-q", "--depth", "1", "origin", "side:side")
    with pytest.raises(UsageError, match=r"main and side have no commit in common[\s\S]+git fetch --unshallow"):
        merge_base("main", "side", str(clone))


def test_two_branches_meet_where_they_went_their_ways(repository: Repository) -> None:
    repository.git("checkout", "-q", "side")
    repository.commit({"build/a.json": queue(7)})
    start = repository.git("rev-parse", "v1")
    for first, second in (("main", "side"), ("side", "main"), ("v1", "main"), ("HEAD", "annotated")):
        assert start.startswith(merge_base(first, second, str(repository.root)))
    with pytest.raises(UsageError, match="git knows no commit 'sied'"):
        merge_base("main", "sied", str(repository.root))


def test_branches_without_a_common_commit_are_refused(repository: Repository) -> None:
    repository.git("checkout", "-q", "--orphan", "lone")
    repository.commit({"build/a.json": queue(8)})
    with pytest.raises(UsageError, match="main and lone have no commit in common"):
        merge_base("main", "lone", str(repository.root))


def test_a_folder_outside_of_any_repository_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputFileError, match=r"is in no git repository[\s\S]+name two folders instead"):
        read_ref("HEAD", str(tmp_path))


@pytest.mark.parametrize("language", ["C", "de_DE.UTF-8"])
def test_that_is_told_in_any_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    monkeypatch.setenv("LC_ALL", language)
    monkeypatch.setenv("LANGUAGE", language)
    with pytest.raises(OutputFileError, match="is in no git repository"):
        read_ref("HEAD", str(tmp_path))


def test_a_repository_of_another_owner_is_no_missing_one(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")  # git's own switch for its own tests
    with pytest.raises(OutputFileError, match="git rev-parse failed: detected dubious ownership in repository at"):
        read_ref("HEAD", str(repository.root))


def test_a_machine_without_git_is_told_so(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(OutputFileError, match=r"git is not installed[\s\S]+name two folders instead"):
        read_ref("HEAD", str(repository.root))


TEXTS = [("HEAD", "three"), ("HEAD~1", "two"), ("v1", "one")]


@pytest.mark.parametrize(("ref", "expected"), TEXTS)
def test_the_settings_are_those_of_the_ref(repository: Repository, ref: str, expected: str) -> None:
    assert text_at(ref, str(repository.root / "pyproject.toml")) == expected


def test_settings_that_the_ref_lacks_are_nothing(repository: Repository) -> None:
    assert text_at("HEAD", str(repository.root / "stackgen.toml")) is None
