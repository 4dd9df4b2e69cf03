"""An unchanged build is answered without cfn-lint, and any change is linted."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from stackgen.lint.finding import Finding
from stackgen.lint.memory import keep, key_of, recall
from tests.support import PYPROJECT, Sandbox, environment

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = "import sys; from stackgen.cli import main; print(main(sys.argv[1:]), 'cfnlint' in sys.modules)"


def lint(sandbox: Sandbox, *arguments: str) -> str:
    """The exit code, and whether cfn-lint was loaded."""
    command = [sys.executable, "-c", PROGRAM, "lint", *arguments]
    return subprocess.check_output(command, cwd=sandbox.root, env=environment(), text=True).splitlines()[-1]


def test_the_second_lint_says_the_same_without_cfn_lint(clean: Sandbox) -> None:
    path = clean.root / "build/shop/shop.json"
    path.write_text(path.read_text().replace('"443"', '"0"'))
    first = [clean.run("lint", "-q", "--format", form).out for form in ("json", "sarif", "text")]
    assert lint(clean) == "4 False"
    again = [clean.run("lint", "-q", "--format", form).out for form in ("json", "sarif", "text")]
    assert again == first
    assert "E9117 Service.Port is handed '0', which is below 1" in first[-1]


@pytest.mark.parametrize(
    ("files", "arguments"),
    [
        (
            {
                "build/shop/new.json": '{"Description": "a", "Resources": {"A": {"Type": "AWS::IAM::Group"}}}',
                "build/manifest.json": '{"schema": "stackgen/manifest", "files": ["shop/new.json"]}',
            },
            (),
        ),
        ({".cfnlintrc": "ignore_checks: [W1020]\n"}, ()),
        ({"pyproject.toml": PYPROJECT + 'regions = ["eu-west-1"]\n'}, ()),
        ({}, ("-r", "eu-west-1")),
        ({}, ("network",)),
        ({".stackgen/lint.json": "{", ".stackgen/linted.json": "{"}, ()),
        ({".stackgen/lint.json": "[]", ".stackgen/linted.json": "[]"}, ()),
    ],
)
def test_a_change_is_linted(clean: Sandbox, files: dict[str, str], arguments: tuple[str, ...]) -> None:
    assert lint(clean) == "0 True"
    clean.write(files)
    assert lint(clean, *arguments) == "0 True"
    assert lint(clean, *arguments) == "0 False"


def test_an_edited_template_is_linted(clean: Sandbox) -> None:
    assert lint(clean) == "0 True"
    path = clean.root / "build/shop/service.json"
    path.write_text(path.read_text().replace('"Traffic"', '"All traffic"'))
    assert lint(clean) == "0 True"


def test_settings_that_name_further_files_are_read_each_time(clean: Sandbox) -> None:
    clean.write({".cfnlintrc": "custom_rules: rules.txt\n", "rules.txt": ""})
    assert [lint(clean), lint(clean)] == ["0 True", "0 True"]


def test_git_does_not_see_it(clean: Sandbox) -> None:
    lint(clean)
    assert (clean.root / ".stackgen/.gitignore").read_text() == "*\n"


FINDINGS = [Finding("shop/queue", "queue.json", 3, "E3002", "no", ("Resources", "0"))]


def test_what_is_kept_is_recalled_for_its_key_only(tmp_path: Path) -> None:
    keep(tmp_path, "key", FINDINGS, {"cfn-lint": "1"})
    assert recall(tmp_path, "key") == (FINDINGS, {"cfn-lint": "1"})
    assert recall(tmp_path, "another") is None


def test_without_a_key_nothing_is_kept(tmp_path: Path) -> None:
    keep(tmp_path, "", FINDINGS, {})
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "lint.json").write_text(json.dumps({"key": "", "findings": [], "versions": {}}))
    assert recall(tmp_path, "") is None


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    keep(tmp_path / "cache", "key", FINDINGS, {})
    assert recall(tmp_path / "cache", "key") is None


def test_the_key_depends_on_the_folder(tmp_path: Path) -> None:
    assert key_of(tmp_path, []) == key_of(tmp_path, []) != key_of(tmp_path / "x", [])
