"""What goes to stdout, what to stderr, and in which dress."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stackgen.cli import _shared
from stackgen.console import Console
from stackgen.errors import StackgenError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CI", "COLUMNS", "FORCE_COLOR", "GITHUB_ACTIONS", "GITHUB_WORKSPACE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


def test_data_goes_to_stdout_and_narration_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(verbose=True)
    console.say("data")
    console.tell("narration")
    console.detail("more")
    console.warn("odd")
    assert capsys.readouterr() == ("data\n", "narration\nmore\nwarning: odd\n")


def test_quiet_silences_narration_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(quiet=True, verbose=True)
    console.say("data")
    console.tell("narration")
    console.detail("more")
    console.warn("odd")
    console.error(StackgenError("wrong"))
    assert capsys.readouterr() == ("data\n", "warning: odd\nerror: wrong\n")


def test_details_are_for_those_who_ask(capsys: pytest.CaptureFixture[str]) -> None:
    Console().detail("more")
    assert capsys.readouterr() == ("", "")


def test_json_starts_with_schema_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    Console().json("list", {"rows": []})
    out = capsys.readouterr().out
    assert list(json.loads(out).items()) == [("schema", "stackgen/list"), ("version", 1), ("rows", [])]


def test_an_output_file_is_written_when_the_command_is_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(output=str(tmp_path / "out" / "data.txt"))
    console.say("one")
    console.say("two")
    assert not list(tmp_path.iterdir())
    console.finish()
    assert (tmp_path / "out" / "data.txt").read_text() == "one\ntwo\n"
    assert capsys.readouterr() == ("", "")


ANNOTATIONS = {
    "plain": (StackgenError("wrong"), "::error::wrong"),
    "with a place": (StackgenError("wrong", location=("/a/b.py", 3)), "::error file=/a/b.py,line=3::wrong"),
    "without a line": (StackgenError("wrong", location=("/a/b", 0)), "::error file=/a/b,line=1::wrong"),
    "escaped": (
        StackgenError("100%\r\nof it", "hint", location=("/a:b,c%.py", 1)),
        "::error file=/a%3Ab%2Cc%25.py,line=1::100%25%0D%0Aof it%0Ahint",
    ),
}


@pytest.mark.parametrize(("error", "expected"), ANNOTATIONS.values(), ids=ANNOTATIONS)
def test_an_error_is_an_annotation_in_github_actions(
    error: StackgenError, expected: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    Console().error(error)
    assert capsys.readouterr().err.splitlines()[-1] == expected


def test_a_warning_is_an_annotation_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    Console().warn("odd")
    assert capsys.readouterr().err == "warning: odd\n::warning::odd\n"


@pytest.mark.parametrize(("columns", "expected"), [("40", 40), ("0", None), ("wide", None), ("", None)])
def test_columns_say_how_wide_a_table_may_be(
    columns: str, expected: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert Console().width == expected


@pytest.mark.parametrize("value", ["true", "True"])
def test_ci_is_known_from_the_environment(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not Console().ci
    monkeypatch.setenv("CI", value)
    assert Console().ci


SWITCHES: list[tuple[list[str], dict[str, object], list[str]]] = [
    (["build"], {}, ["build"]),
    (["-q", "build", "-v"], {"quiet": True, "verbose": True}, ["build"]),
    (["lint", "-r", "a", "--region=b", "--region", "c"], {"regions": ("a", "b", "c")}, ["lint"]),
    (["--config=x=y", "build"], {"config": "x=y"}, ["build"]),
    (["build", "--no-color"], {"color": False}, ["build"]),
    (["build", "--", "-q", "--format"], {}, ["build", "--", "-q", "--format"]),
    (["build", "-o=x"], {}, ["build", "-o=x"]),
    (["-o", "-", "list"], {"output": "-"}, ["list"]),
]


@pytest.mark.parametrize(("words", "options", "rest"), SWITCHES)
def test_the_shared_switches_are_taken_from_anywhere(
    words: list[str], options: dict[str, object], rest: list[str]
) -> None:
    assert _shared(words) == (options, rest)


@pytest.mark.parametrize("words", [["-r"], ["--region="], ["--config", "--check"], ["build", "--format"]])
def test_a_switch_without_its_value_is_refused(words: list[str]) -> None:
    with pytest.raises(UsageError, match="needs a value"):
        _shared(words)
