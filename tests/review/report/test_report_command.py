"""``report`` as it is called: between two commits, into a file, in a workflow that it may stop."""

from __future__ import annotations

import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.review.report.reports import bucket, function, table
from tests.support import ROOT, Sandbox

SETTINGS = """\
[tool.stackgen]
stacks = "stacks"
regions = ["us-east-1"]

[tool.stackgen.env.dev]
[tool.stackgen.env.prod]
regions = ["us-east-1", "eu-west-1"]
"""


def git(folder: Path, *words: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True, timeout=60)


def write(sandbox: Sandbox, **resources: object) -> None:
    sandbox.write({"build/shop/Shop.json": json.dumps({"Resources": resources}, indent=2)})


@pytest.fixture
def repository(tmp_path: Path) -> Sandbox:
    """Two commits: the second replaces a table, deletes a bucket and changes a function."""
    sandbox = Sandbox(tmp_path / "shop").write({"pyproject.toml": SETTINGS, "stacks/shop/__init__.py": ""})
    git(sandbox.root, "init", "-q", "-b", "main")
    write(sandbox, Orders=table("id"), Old=bucket("old"), Run=function())
    git(sandbox.root, "add", ".")
    git(sandbox.root, "commit", "-q", "-m", "first")
    write(sandbox, Orders=table("number"), Run=function("hunter2"))
    git(sandbox.root, "commit", "-q", "-a", "-m", "second")
    return sandbox


VERDICT = (
    "**2 losses of data, 1 replaced, 1 deleted, 1 updated in place (dev/us-east-1, prod/us-east-1, prod/eu-west-1)**"
)


def test_two_commits_make_a_comment(repository: Sandbox) -> None:
    ran = repository.run("report", "HEAD~1..HEAD")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == VERDICT
    assert lines[2] == "<!-- stackgen report -->"
    assert lines[4] == "`HEAD~1` → `HEAD` in dev/us-east-1, prod/us-east-1, prod/eu-west-1"


def test_it_is_for_the_environments_that_are_named(repository: Sandbox) -> None:
    ran = repository.run("report", "HEAD~1..HEAD", "-e", "prod", "-r", "eu-west-1")
    assert ran.out.splitlines()[0].endswith("(prod/eu-west-1)**")


@pytest.mark.parametrize("words", [("--format", "html", "-o", "page"), ("-o", "page.html")])
def test_a_file_is_a_page_by_its_format_or_its_name(repository: Sandbox, words: tuple[str, ...]) -> None:
    ran = repository.run("report", "HEAD~1..HEAD", *words)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    text = (repository.root / words[-1]).read_text("utf-8")
    assert text.startswith("<!doctype html>")
    assert "<title>HEAD~1..HEAD: 2 losses of data" in text


@pytest.mark.parametrize(
    ("kinds", "code", "told"),
    [
        ("data-loss", 4, "error: --fail-on: 2 data-loss\n"),
        ("replace,destroy", 4, "error: --fail-on: 1 replace, 1 destroy\n"),
        ("widen,certain-failure", 0, ""),
    ],
)
def test_a_workflow_is_stopped_after_the_report_is_written(
    repository: Sandbox, kinds: str, code: int, told: str
) -> None:
    ran = repository.run("report", "HEAD~1..HEAD", "--fail-on", kinds, "-o", "comment.md")
    assert (ran.code, ran.err) == (code, told)
    assert (repository.root / "comment.md").read_text("utf-8").startswith(VERDICT)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--fail-on", "replcae"), 2, "did you mean replace?"),
        (("--format", "svg"), 2, "--format svg: one of text, md, html was expected"),
        (("--key", "-->"), 2, "report: "),
        (("--key=a--b",), 2, "--key 'a--b'"),
        (("nowhere..HEAD",), 2, "git knows no commit 'nowhere'"),
        (("-e", "prdo"), 2, "did you mean prod?"),
    ],
)
def test_a_wrong_word_is_told_before_any_work(
    repository: Sandbox, words: tuple[str, ...], code: int, told: str
) -> None:
    ran = repository.run("report", *words)
    assert ran.code == code
    assert told in ran.err
    assert ran.out == ""


def test_a_file_that_cannot_be_read_does_not_hide_the_others(repository: Sandbox) -> None:
    repository.write({"build/shop/Broken.json": '{"Resources": {'})
    ran = repository.run("report", "HEAD~1")
    assert ran.code == 1
    assert "Broken.json" in ran.err
    assert ran.out.startswith("**2 losses of data")


def test_a_part_that_fails_is_told_in_the_report_and_by_the_exit_code(repository: Sandbox) -> None:
    repository.write({"stacks/shop/usage.toml": "version = 2\n"})
    ran = repository.run("report", "HEAD~1..HEAD")
    assert ran.code == 1
    assert ran.err.startswith("error: the cost could not be estimated: ")
    assert ran.out.startswith(VERDICT)
    assert ":warning: the cost could not be estimated: " in ran.out


def test_the_day_is_that_of_source_date_epoch(repository: Sandbox) -> None:
    ran = repository.run("report", "HEAD~1..HEAD", SOURCE_DATE_EPOCH="1767225600")
    assert "prices and their ages as of 2026-01-01" in ran.out
    wrong = repository.run("report", "HEAD~1..HEAD", SOURCE_DATE_EPOCH="tomorrow")
    assert wrong.code == 2
    assert "SOURCE_DATE_EPOCH is 'tomorrow'" in wrong.err


def told(comment: str) -> list[str]:
    """The verdict of a comment, and what happens to which resource where; not why, whose words may get better."""
    lines = comment.splitlines()
    return [lines[0], *("|".join(line.split(" | ")[:5]) for line in lines if "** | " in line or " in place | " in line)]


def test_the_report_in_docs_is_what_its_command_says_today(tmp_path: Path) -> None:
    """See docs/README.md; where this fails, run its commands, and look at what changed.

    A clone may be without its history, so both builds lie beside this file, as `git archive` packs them.
    """
    for commit in ("c897540", "1f2c296"):
        with zipfile.ZipFile(Path(__file__).with_name(f"{commit}.zip")) as archive:
            archive.extractall(tmp_path / commit)
    builds = [str(tmp_path / commit / "build") for commit in ("c897540", "1f2c296")]
    ran = Sandbox(ROOT).run("report", *builds, "-e", "dev", "-e", "prod", SOURCE_DATE_EPOCH="1795132800")
    assert ran.code == 0, ran.err
    kept = told((ROOT / "docs" / "report.md").read_text("utf-8"))
    assert len(kept) > 20
    assert told(ran.out) == kept


def test_the_page_and_the_picture_in_docs_are_of_the_same_change() -> None:
    kept = (ROOT / "docs" / "report.md").read_text("utf-8").splitlines()[0].strip("*")
    assert f"<title>c897540..1f2c296: {kept}</title>" in (ROOT / "docs" / "report.html").read_text("utf-8")
    assert 10_000 < (ROOT / "docs" / "report.png").stat().st_size < 300_000
