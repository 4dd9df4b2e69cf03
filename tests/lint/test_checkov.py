"""checkov, where somebody has it: what it says is merged, excepted like any rule, and told where it cannot run."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.errors import StackgenError
from stackgen.lint.checkov import findings
from tests.lint.kit import CLEAN, built

if TYPE_CHECKING:
    from pathlib import Path

    from stackgen.lint.finding import BuiltTemplate
    from tests.support import Sandbox


def template(root: Path, **metadata: Any) -> BuiltTemplate:
    group = {"Type": "AWS::EC2::SecurityGroup", "Metadata": metadata, "Properties": {"GroupDescription": "x"}}
    made = built("shop/group", {"Resources": {"Group": group}})
    (root / "group.json").write_text(made.text)
    return made._replace(file=str(root / "group.json"))


@pytest.fixture
def answering(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A program of this name on the PATH, which answers as checkov 3.3.30 does: that one takes 290 MB."""

    def answers(output: object, code: int = 0, said: str = "") -> None:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        (folder / "answer.json").write_text(output if isinstance(output, str) else json.dumps(output))
        program = folder / "checkov"
        program.write_text(
            f'#!/bin/sh\necho "$@" > "{folder}/asked"\necho "{said}" >&2\ncat "{folder}/answer.json"\nexit {code}\n'
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    return answers


def failed(path: Path, check: str = "CKV_AWS_23") -> dict[str, Any]:
    return {
        "check_type": "cloudformation",
        "results": {
            "failed_checks": [
                {"check_id": check, "check_name": "Ensure every security group rule has a description",
                 "file_abs_path": str(path), "file_line_range": [3, 9], "resource": "AWS::EC2::SecurityGroup.Group"}
            ]
        },
        "summary": {"failed": 1, "checkov_version": "3.3.30"},
    }  # fmt: skip


def test_its_findings_stand_at_the_resource(tmp_path: Path, answering: Any) -> None:
    made = template(tmp_path)
    answering(failed(tmp_path / "group.json"))
    found, version = findings([made])
    assert [(each.rule, each.line, each.level, each.path) for each in found] == [
        ("CKV_AWS_23", 3, "warning", ("Resources", "Group"))
    ]
    assert found[0].message == "Group: Ensure every security group rule has a description"
    assert version == "3.3.30"
    asked = (tmp_path / "bin" / "asked").read_text()
    assert "--skip-download" in asked, "it would ask its makers' servers"
    assert asked.strip().endswith(f"--file {tmp_path / 'group.json'}")


def test_one_is_excepted_by_its_id_and_a_reason(tmp_path: Path, answering: Any) -> None:
    check = "CKV_AWS_23"
    note = {"cfn-lint": {"config": {"ignore_checks": [check]}}, "stackgen": {"suppressions": {check: "x"}}}
    answering([failed(tmp_path / "group.json"), {"passed": 0, "failed": 0, "checkov_version": "3.3.30"}])
    assert findings([template(tmp_path, **note)]) == ([], "3.3.30")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (("{}", 2, "checkov: error: no"), "checkov ended with 2: checkov: error: no"),
        (("no JSON",), "checkov ended with 0: no JSON"),
        (("", 1), "checkov ended with 1: it said nothing"),
    ],
)
def test_what_it_cannot_do_is_an_error_of_ours(
    tmp_path: Path, answering: Any, answer: tuple[Any, ...], message: str
) -> None:
    answering(*answer)
    with pytest.raises(StackgenError, match=message):
        findings([template(tmp_path)])


def test_without_it_lint_says_how_to_get_it(sandbox: Sandbox) -> None:
    sandbox.write({"stacks/shop.py": CLEAN})
    sandbox.run("build")
    ran = sandbox.run("lint", "--with", "checkov", PATH="/usr/bin:/bin")
    assert ran.code == 1
    assert "checkov is not installed: no such command on the PATH\n  install it in an environment of its own" in ran.err
    assert "linting" not in ran.err, "whoever lacks it waits for the whole lint first"
    assert sandbox.run("lint", "--with", "chekov").code == 2
