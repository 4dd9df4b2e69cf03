"""What type checkers say of right and wrong wiring: exactly the marked lines, before anything runs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest

from tests.support import ROOT, environment

PROGRAMS = ROOT / "tests" / "typing"
PYRIGHT = ROOT / "tests" / "npm" / "node_modules" / "pyright" / "index.js"
MARK = re.compile(r"  # type: ignore\[([a-z-]+)\]$")


def marked(name: str) -> dict[int, str]:
    """The rule of each line of a program that must be refused."""
    lines = (PROGRAMS / name).read_text("utf-8").splitlines()
    return {number: found[1] for number, line in enumerate(lines, 1) if (found := MARK.search(line))}


@pytest.fixture(scope="module")
def said_by_mypy(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[tuple[int, str]]]:
    """Line and rule of every error in each program, the marks taken away."""
    folder = tmp_path_factory.mktemp("programs")
    for program in PROGRAMS.glob("*.py"):
        text = program.read_text("utf-8")
        (folder / program.name).write_text(re.sub(r"  # type: ignore\[.*$", "", text, flags=re.MULTILINE), "utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", str(ROOT / "pyproject.toml")]
    command += ["--cache-dir", str(folder / "cache"), "--no-error-summary", *map(str, folder.glob("*.py"))]
    ran = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    found: dict[str, set[tuple[int, str]]] = {program.name: set() for program in PROGRAMS.glob("*.py")}
    for line in ran.stdout.splitlines():
        error = re.fullmatch(r".*?(\w+\.py):(\d+): error: .+  \[([a-z-]+)\]", line)
        if error:
            found[error[1]].add((int(error[2]), error[3]))
    return found


@pytest.fixture(scope="module")
def said_by_pyright() -> dict[str, set[int]]:
    """The lines of every error in each program; its settings stand beside the programs."""
    command = ["node", str(PYRIGHT), "--outputjson", "-p", str(PROGRAMS)]
    ran = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    report: Any = json.loads(ran.stdout)
    assert report["summary"]["filesAnalyzed"] == len(list(PROGRAMS.glob("*.py")))
    found: dict[str, set[int]] = {program.name: set() for program in PROGRAMS.glob("*.py")}
    for error in report["generalDiagnostics"]:
        found[error["file"].rpartition("/")[2]].add(error["range"]["start"]["line"] + 1)
    return found


def test_the_programs_have_what_to_judge() -> None:
    assert len(marked("refused.py")) > 20
    assert marked("valid.py") == {}


def test_mypy_refuses_the_marked_lines_by_their_rules_and_no_other(
    said_by_mypy: dict[str, set[tuple[int, str]]],
) -> None:
    assert said_by_mypy["refused.py"] == set(marked("refused.py").items())


def test_mypy_accepts_what_is_right(said_by_mypy: dict[str, set[tuple[int, str]]]) -> None:
    assert said_by_mypy["valid.py"] == set()


def test_pyright_refuses_the_marked_lines_and_no_other(said_by_pyright: dict[str, set[int]]) -> None:
    assert said_by_pyright["refused.py"] == set(marked("refused.py"))


def test_pyright_accepts_what_is_right(said_by_pyright: dict[str, set[int]]) -> None:
    assert said_by_pyright["valid.py"] == set()


def test_the_valid_program_runs() -> None:
    """What the checkers accept, the library accepts too, but for templates that it never renders."""
    subprocess.run([sys.executable, str(PROGRAMS / "valid.py")], env=environment(), check=True, timeout=60)
