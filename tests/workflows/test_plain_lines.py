"""Those lines of the workflows that are no commands of ours, run as they stand there: installing, and the checks."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support import ROOT
from tests.workflows.reading import FILES, lines
from tests.workflows.running import OURS

if TYPE_CHECKING:
    from pathlib import Path

PIP = "python -m pip install "
VENV = (".place", ".dev", ".build")
"""What scripts/lib.sh knows an environment by; the rest of it is that of this repository."""
PYPROJECT = """\
[tool.stackgen]
stacks = "stacks"
regions = ["us-east-1"]

[tool.ruff.lint.isort]
known-first-party = ["stacks"]

[tool.mypy]
strict = true
files = ["stacks/counting"]
"""
COUNTING = """\
def steps(count: int) -> int:
    if count > 5:
        count += 1
        count += 2
        count += 3
        count += 4
    return count
"""
STACK = """\
from stackgen import Stack
from troposphere import ssm


class Orders(Stack):
    \"\"\"How orders are taken.\"\"\"

    system = "orders"
    file = "orders-stack"

    def build(self) -> None:
        self.add(ssm.Parameter("Mode", Type="String", Value="open"))
"""
TEST = "from stacks.counting import steps\n\n\ndef test_steps() -> None:\n    assert steps({}) {} {}\n"


def plain(start: str) -> list[str]:
    """The lines of all workflows that begin so, each once."""
    found = [each.text for file in FILES for each in lines(file.name) if each.text.startswith(start)]
    return list(dict.fromkeys(found))


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A repository that has our scripts and what they need installed, a stack, a module and its test."""
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    (tmp_path / "scripts").mkdir()
    for name in ("check", "lint", "test", "lib.sh"):
        shutil.copy(ROOT / "scripts" / name, tmp_path / "scripts" / name)
    for path, text in {
        "pyproject.toml": PYPROJECT,
        "stacks/__init__.py": "",
        "stacks/orders.py": STACK,
        "stacks/counting/__init__.py": COUNTING,
        "stacks/smart_stream/__init__.py": COUNTING,
        "tests/test_goldens.py": TEST.format(1, "==", 1),
        "tests/smart_stream/test_it.py": TEST.format(9, "==", 19).replace("counting", "smart_stream"),
        "tests/npm/package-lock.json": "{}\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    (tmp_path / ".venv").mkdir()
    for each in (ROOT / ".venv").iterdir():
        if each.name not in VENV:
            (tmp_path / ".venv" / each.name).symlink_to(each)
    (tmp_path / "tests/npm/node_modules").mkdir()
    known = (
        "place >.venv/.place; digest dev >.venv/.dev; digest build >.venv/.build;"
        "cksum <tests/npm/package-lock.json >tests/npm/node_modules/.lock; ready dev"
    )
    subprocess.run(["sh", "-euc", f". scripts/lib.sh; {known}"], cwd=tmp_path, check=True)
    done = subprocess.run(
        [".venv/bin/python", "-m", "stackgen", "build"], cwd=tmp_path, check=False, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    return tmp_path


def run(line: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """A line as GitHub runs it: by bash, which ends at the first error."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "COV_"))}
    words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", line]
    return subprocess.run(
        words, cwd=folder, env={**environ, **more}, check=False, capture_output=True, text=True, timeout=600
    )


def test_every_line_is_run_by_a_test() -> None:
    """a line is written that nobody has ever run"""
    started = (OURS, PIP, "scripts/", "cat ")
    assert [each for file in FILES for each in lines(file.name) if not each.text.startswith(started)] == []


@pytest.mark.requirement("SS-25")
def test_what_is_installed_is_what_the_lock_says_and_nothing_else_is_looked_for() -> None:
    """a lock lacks a hash or something that another package needs, so that no workflow gets past its first line"""
    asked = plain(PIP)
    assert len(asked) == 3
    for line in asked:
        offline = shlex.join(
            [find_python(), "-m", "pip", "--python", sys.executable, "install", "--no-index", "--dry-run"]
        )
        done = run(line.replace(PIP.strip(), offline), ROOT, REQUIREMENTS="requirements/dev.txt")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Would install" not in done.stdout.replace("Would install stackgen-", "")


def find_python() -> str:
    """One with pip, as scripts find it: that of .venv has none."""
    text = ". scripts/lib.sh; find_python; echo $python"
    return subprocess.run(["sh", "-euc", text], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def test_the_report_is_the_summary_of_the_job(tmp_path: Path) -> None:
    (line,) = plain("cat ")
    (tmp_path / "report.md").write_text("### Nothing changes\n", "utf-8")
    (tmp_path / "summary").write_text("before\n", "utf-8")
    assert run(line, tmp_path, GITHUB_STEP_SUMMARY=str(tmp_path / "summary")).returncode == 0
    assert (tmp_path / "summary").read_text("utf-8") == "before\n### Nothing changes\n"


@pytest.mark.requirement("SS-03", "SS-35", "SS-D45")
def test_the_checks_pass_what_is_well_and_fail_for_each_thing_that_is_not(scratch: Path) -> None:
    """style, types, golden files, templates, a test or too little coverage is wrong, and it is deployed all the same"""
    check, tests, coverage = plain("scripts/")
    assert (check, tests) == ("scripts/check", "scripts/test")
    for line in (check, tests, coverage):
        done = run(line, scratch)
        assert done.returncode == 0, done.stdout + done.stderr
    wrong = {
        "stacks/counting/__init__.py": [
            (check, COUNTING.replace("count += 1", "count+=1"), "would be reformatted"),
            (check, COUNTING.replace("-> int", "-> bytes"), "return-value"),  # of another length: mypy looks at that
        ],
        "stacks/orders.py": [
            (check, STACK.replace('"open"', '"shut"'), "stale"),
        ],
        "tests/test_goldens.py": [(tests, TEST.format(1, "==", 2), "1 failed")],
        "tests/smart_stream/test_it.py": [
            (
                coverage,
                TEST.format(1, "==", 1).replace("counting", "smart_stream"),
                "Required test coverage of 70% not",
            ),
        ],
    }
    for name, cases in wrong.items():
        path = scratch / name
        before = path.read_text("utf-8")
        for line, text, said in cases:
            path.write_text(text, "utf-8")
            done = run(line, scratch)
            assert done.returncode != 0, name
            assert said in done.stdout + done.stderr, done.stdout + done.stderr
        path.write_text(before, "utf-8")
