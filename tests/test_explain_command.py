"""``explain``: what a code means."""

from __future__ import annotations

import json

import pytest

from stackgen.commands import explain
from stackgen.console import Console
from stackgen.errors import UsageError
from stackgen.review.impact.codes import CODES
from tests.support import Sandbox


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_explained(capsys: pytest.CaptureFixture[str], code: str) -> None:
    assert explain.run(Console(), [code]) == 0
    entry = CODES[code]
    expected = [f"{code} {entry.kind}: {entry.title}", f"  why: {entry.why}", f"  do:  {entry.remedy}"]
    assert capsys.readouterr().out.splitlines() == expected + ([f"  see: {entry.source}"] if entry.source else [])


def test_without_a_code_all_are_listed(sandbox: Sandbox) -> None:
    ran = sandbox.run("explain")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [f"{code} {entry.kind}: {entry.title}" for code, entry in CODES.items()]


def test_the_case_of_a_code_is_no_matter(capsys: pytest.CaptureFixture[str]) -> None:
    explain.run(Console(), ["v201"])
    assert capsys.readouterr().out.startswith("V201 certain-failure: ")


@pytest.mark.parametrize(("words", "codes"), [(["V201"], ["V201"]), ([], list(CODES))])
def test_codes_are_data_as_well(sandbox: Sandbox, words: list[str], codes: list[str]) -> None:
    data = json.loads(sandbox.run("--format", "json", "explain", *words).out)
    assert (data["schema"], data["version"]) == ("stackgen/explain", 1)
    assert [each["code"] for each in data["codes"]] == codes
    assert set(data["codes"][0]) == {"code", "kind", "title", "why", "remedy", "source"}


def test_an_unknown_code_is_refused_with_the_likely_one(sandbox: Sandbox) -> None:
    ran = sandbox.run("explain", "W201")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "error: there is no code 'W201'\n  did you mean V201?\n"
        "  python -m stackgen explain lists them, and explain --rules our rules of lint\n"
    )


def test_a_code_that_is_like_none_is_refused_too() -> None:
    with pytest.raises(UsageError, match="there is no code 'zzz'"):
        explain.run(Console(), ["zzz"])


def test_no_project_is_needed(sandbox: Sandbox) -> None:
    (sandbox.root / "pyproject.toml").unlink()
    assert sandbox.run("explain", "V101").code == 0


def test_another_format_is_refused() -> None:
    with pytest.raises(UsageError, match="--format md: one of text, json was expected"):
        explain.run(Console(form="md"), [])


@pytest.mark.parametrize("code", ["e9130", "E9117", "W9118", "E3002"])
def test_a_rule_of_lint_is_explained_whoever_made_it(capsys: pytest.CaptureFixture[str], code: str) -> None:
    assert explain.run(Console(), [code]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{code.upper()} ")
    assert any(line.startswith("  why: ") for line in lines)


def test_one_of_ours_shows_what_passes_what_fails_and_what_may_be_configured(sandbox: Sandbox) -> None:
    out = sandbox.run("explain", "W9100").out
    assert "\n  passes:\n    Metadata:\n" in out
    assert "\n  fails:\n    Metadata:\n" in out
    assert "  configure: .cfnlintrc: configure_rules: {W9100: {today: ''}}\n" in out
    (told,) = json.loads(sandbox.run("explain", "E9130", "--format", "json").out)["rules"]
    assert (told["pillar"], "S3.8" in told["public"]) == ("security", True)


def test_our_rules_are_listed_and_one_that_is_none_is_refused(sandbox: Sandbox) -> None:
    listed = [line.split()[0] for line in sandbox.run("explain", "--rules").out.splitlines()]
    assert {"E9117", "E9130", "I9119", "W9118"} <= set(listed)
    assert listed == sorted(listed)
    ran = sandbox.run("explain", "E9999")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "error: there is no code 'E9999'")
    assert sandbox.run("explain", "E9130", "--rules").code == 2


@pytest.mark.parametrize(
    ("word", "ids"),
    [
        ("GDL-025", {"E9130", "W9141"}),
        ("s3.8", {"E9130"}),
        ("CKV_AWS_53", {"E9130"}),
        ("E910", {f"E910{number}" for number in range(1, 10)}),
    ],
)
def test_rules_are_found_by_what_others_call_them(sandbox: Sandbox, word: str, ids: set[str]) -> None:
    ran = sandbox.run("explain", word)
    assert ran.code == 0
    assert ids <= {line.split()[0] for line in ran.out.splitlines()}


@pytest.mark.parametrize(("word", "meant"), [("W9130", "E9130"), ("E91300", "E9130"), ("w9117", "E9117")])
def test_a_misspelt_rule_finds_its_number(sandbox: Sandbox, word: str, meant: str) -> None:
    ran = sandbox.run("explain", word)
    assert ran.code == 2
    assert f"did you mean {meant}?" in ran.err
