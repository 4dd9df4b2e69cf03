"""Files that could not be read: neither removed nor new, and counted in the first line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stackgen.errors import OutputFileError, ProjectError
from stackgen.review.diff.compare import compare
from stackgen.review.nested import broken
from stackgen.review.reading import MANIFEST
from stackgen.review.sources import needs_project, read_pair
from stackgen.review.unread import UnreadFile, with_problems

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from stackgen.errors import StackgenError
    from stackgen.review.model import Build

GOOD = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})
OTHER = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
BAD = GOOD[:20]
STACK = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "./child.json"}}
PARENT = json.dumps({"Resources": {"Child": STACK}})
LISTING = json.dumps({"schema": "stackgen/manifest", "version": 1, "files": ["a.json", "tap/b.json"]})
Files = dict[str, str]


def pair(folder: Path, before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Build, Build]:
    for side, files in (("before", before), ("after", after)):
        for name, text in files.items():
            (folder / side / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / side / name).write_text(text, "utf-8")
    return read_pair([f"{folder}/before", f"{folder}/after"], None)


LEFT_OUT: dict[str, tuple[Files, Files, list[str]]] = {
    "a file that is cut": ({"a.json": GOOD, "b.json": GOOD}, {"a.json": BAD, "b.json": GOOD}, ["b"]),
    "a file in a folder": ({"a.json": GOOD, "tap/b.json": GOOD}, {"a.json": GOOD, "tap/b.json": "["}, ["a"]),
    "a file of YAML": ({"a.yaml": GOOD, "b.json": GOOD}, {"a.yaml": "\t", "b.json": GOOD}, ["b"]),
    "a file without Resources": (
        {"a.json": GOOD, "b.json": GOOD}, {"a.json": '{"Resources": 3}', "b.json": GOOD}, ["b"],
    ),
    "a file that the manifest lists in vain": (
        {"a.json": GOOD, "tap/b.json": GOOD}, {"a.json": GOOD, MANIFEST: LISTING}, ["a"],
    ),
    "each side its own": (
        {"a.json": BAD, "b.json": GOOD, "c.json": GOOD}, {"a.json": GOOD, "b.json": BAD, "c.json": GOOD}, ["c"],
    ),
    "both sides the same": ({"a.json": BAD, "b.json": GOOD}, {"a.json": BAD, "b.json": GOOD}, ["b"]),
    "one of two with one stem": (
        {"a.json": GOOD, "a.yaml": OTHER}, {"a.json": BAD, "a.yaml": OTHER}, ["a.yaml"],
    ),
    "the second of two with one stem": (
        {"a.json": GOOD, "a.yaml": OTHER}, {"a.json": GOOD, "a.yaml": "\t"}, ["a"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "left"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_what_could_not_be_read_is_left_out_on_both_sides(
    tmp_path: Path, before: Files, after: Files, left: list[str]
) -> None:
    for builds in (pair(tmp_path / "there", before, after), pair(tmp_path / "back", after, before)):
        assert [sorted(build.templates) for build in builds] == [left, left]
        assert not compare(*builds)
        assert [problem for build in builds for problem in build.problems]


def test_what_was_removed_beside_it_is_removed(tmp_path: Path) -> None:
    before, after = pair(tmp_path, {"a.json": GOOD, "b.json": OTHER, "c.json": GOOD}, {"a.json": BAD, "c.json": GOOD})
    assert [(each.template, each.kind) for each in compare(before, after).changes if each.section == "Template"] == [
        ("b", "removed")
    ]


def test_two_files_are_one_template_whatever_their_names(tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text(GOOD, "utf-8")
    (tmp_path / "new.json").write_text(BAD, "utf-8")
    before, after = read_pair([str(tmp_path / "old.json"), str(tmp_path / "new.json")], None)
    assert not compare(before, after)
    assert [type(each) for each in after.problems] == [UnreadFile]


SAME: dict[str, tuple[str, str, int]] = {
    "the same mistake": (BAD, BAD, 1),
    "the same on another line": ("{\n\n]", "{\n]", 2),
    "another mistake": (BAD, '{"Resources": 3}', 2),
}


@pytest.mark.parametrize(("before", "after", "number"), SAME.values(), ids=SAME)
def test_the_same_problem_of_both_sides_is_told_once(tmp_path: Path, before: str, after: str, number: int) -> None:
    builds = pair(tmp_path, {"a.json": before}, {"a.json": after})
    problems = [str(problem) for build in builds for problem in build.problems]
    assert len(problems) == number
    assert "after/a.json" in problems[-1]


def test_a_build_without_its_unread_templates_is_otherwise_the_same(tmp_path: Path) -> None:
    before, after = pair(tmp_path, {"a.json": GOOD, "b.json": GOOD}, {"a.json": BAD, "b.json": GOOD})
    assert (before.label, before.folder, before.commit) == (f"{tmp_path}/before", f"{tmp_path}/before", "")
    assert before.unread == after.unread == {"a"}


def test_a_child_that_could_not_be_read_is_not_missed_as_well(tmp_path: Path) -> None:
    builds = pair(tmp_path, {"a.json": PARENT, "child.json": BAD}, {"a.json": PARENT, "child.json": GOOD})
    assert [list(broken(build)) for build in builds] == [[], []]
    assert builds[1].roots == ["a"]


def problems_of(files: int, others: int) -> list[StackgenError]:
    unread = [UnreadFile(f"f{number}", OutputFileError("no")) for number in range(files)]
    return [*unread, *(ProjectError("no") for _ in range(others))]


SAID: dict[str, tuple[str, Sequence[StackgenError], str]] = {
    "none": ("nothing changes (dev)", problems_of(0, 0), "nothing changes (dev)"),
    "a file": (
        "nothing changes (dev)", problems_of(1, 0), "nothing changes in what could be read (dev); 1 file could not",
    ),
    "files": ("nothing changes", problems_of(4, 0), "nothing changes in what could be read; 4 files could not"),
    "files beside a change": ("1 created", problems_of(2, 0), "1 created; 2 files could not be read"),
    "a problem": ("nothing changes", problems_of(0, 1), "nothing changes; 1 problem"),
    "both": ("1 created", problems_of(1, 2), "1 created; 1 file could not be read, 2 further problems"),
    "one file on both sides": (
        "1 created", problems_of(1, 0) + problems_of(1, 0), "1 created; 1 file could not be read",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("verdict", "problems", "said"), SAID.values(), ids=SAID)
def test_a_verdict_says_what_it_was_said_without(verdict: str, problems: list[StackgenError], said: str) -> None:
    assert with_problems(verdict, "nothing changes", problems) == said


WORDS = [
    ([], True),
    (["main"], True),
    (["./old"], True),
    (["main..HEAD"], True),
    (["main", "HEAD"], True),
    (["./old", "HEAD"], True),
    (["./old", "./new"], False),
    (["old.json", "new.yaml"], False),
    (["a", "b", "c"], False),
]


@pytest.mark.parametrize(("words", "needed"), WORDS)
def test_all_but_two_folders_need_a_project(words: list[str], *, needed: bool) -> None:
    assert needs_project(words) is needed
