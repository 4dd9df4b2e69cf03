"""One part that fails says so, and hides no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from stackgen.errors import StackgenError
from stackgen.project import Project
from stackgen.review.report.markdown import comment
from stackgen.review.report.page import page
from stackgen.review.report.parts import Part, after, attempt
from tests.review.report.reports import bucket, build, report, small, table


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "stacks" / "app").mkdir(parents=True)
    (tmp_path / "stackgen.toml").write_text('stacks = "stacks"\n', "utf-8")
    return Project.find(tmp_path)


def refuse() -> str:
    raise StackgenError("no", location=("a.json", 3))


def stumble() -> str:
    raise ValueError("what?")


def test_a_refusal_becomes_a_sentence() -> None:
    assert attempt("the cost could not be told", refuse) == Part(None, "the cost could not be told: no (a.json)")


def test_a_mistake_of_ours_is_called_one() -> None:
    expected = "the cost could not be told: unexpected ValueError: what?; this is a bug in stackgen"
    assert attempt("the cost could not be told", stumble).failure == expected


def test_what_needs_a_part_that_failed_fails_with_it() -> None:
    failed: Part[str] = Part(None, "no impact")
    assert after(failed, "no time", str.upper).failure == "no time: it needs what could not be made (no impact)"
    assert after(Part("a"), "no time", str.upper) == Part("A")


def test_every_part_of_a_small_change_is_there() -> None:
    made = small()
    assert made.failures == []
    assert made.verdict.startswith("1 certain failure, 2 losses of data, 1 replaced, 1 deleted")
    assert made.cost.content
    assert made.times.content
    assert made.permissions.content
    assert made.pictures.content
    assert made.diff.content


@pytest.mark.parametrize(
    ("file", "part", "sentence"),
    [
        ("stacks/app/usage.toml", "cost", "the cost could not be estimated: "),
        (".stackgen/times.csv", "times", "the time could not be estimated: "),
    ],
)
def test_a_broken_file_takes_away_its_own_part_alone(project: Project, file: str, part: str, sentence: str) -> None:
    path = project.root / file
    path.parent.mkdir(exist_ok=True)
    path.write_text("no = [such", "utf-8")
    before, changed = build("main", **{"app/App": {"A": bucket("a")}}), build("topic", **{"app/App": {"B": table("b")}})
    made = report(before, changed, project)
    assert getattr(made, part).content is None
    (failure,) = made.failures
    assert failure.startswith(sentence)
    for other in {"impact", "diff", "cost", "times", "permissions", "pictures"} - {part}:
        assert getattr(made, other).content is not None
    for text in (comment(made), page(made)):
        assert sentence in text
        assert "1 deleted, 1 created" in text


def test_two_equal_builds_change_nothing() -> None:
    same = {"A": bucket("a")}
    made = report(build("main", App=same), build("topic", App=same))
    assert made.failures == []
    assert made.verdict == "nothing changes (defaults/us-east-1)"
    assert comment(made).startswith("**nothing changes (defaults/us-east-1)**\n")
    assert "No stack changes." in page(made)


def test_a_stack_that_is_new_and_one_that_is_taken_away_have_their_times() -> None:
    made = report(build("main", Old={"A": bucket("a")}), build("topic", New={"B": table("b")}))
    assert made.times.content is not None
    operations = {each.root: each.change.options.operation for each in made.times.content if each.change}
    assert operations == {"New": "create", "Old": "delete"}
    assert [each.creation is None for each in made.times.content] == [False, True]
