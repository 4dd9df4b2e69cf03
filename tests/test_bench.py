"""The bench runs as it is written, on a smaller set: what its figures are is for those who read them."""

from __future__ import annotations

import runpy
import subprocess
import sys

import pytest

from tests.support import ROOT

HANDLERS = runpy.run_path(str(ROOT / "scripts/bench.py"))["HANDLERS"]

ROWS = (
    "cold build",
    "build with nothing changed",
    "--help",
    "build --check",
    "cold lint",
    "cfn-lint with our rules",
    "lint with one of 25 changed",
    "lint with nothing changed",
    "diff of two builds, 40 changes",
    "  the schemas that they need",
    "impact of two builds, 40 changes",
    "all schemas of all types",
    *(f"cold import of {name}" for name in HANDLERS),
)


def test_every_row_of_the_bench_measures_something() -> None:
    command = [sys.executable, "scripts/bench.py", "--rounds", "1", "--systems", "1"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode in (0, 4), ran.stderr
    lines = ran.stdout.splitlines()
    assert lines[0].startswith("5 templates, ")
    assert tuple(line[:44].rstrip() for line in lines[2:-1]) == ROWS


def test_an_impact_may_take_the_schemas_that_its_builds_need_beside_its_own_target() -> None:
    command = [sys.executable, "scripts/bench.py", "--rounds", "3", "--systems", "1", "--row", "impact"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    schemas, impact = ran.stdout.splitlines()[2:-1]
    allowed, bound = float(schemas[70:78].split()[0]), float(impact[97:].split(":")[0])
    assert bound == pytest.approx(5 + allowed, abs=0.02)
    assert ran.returncode == (0 if float(impact[70:78].split()[0]) <= bound else 4)


def test_a_cold_lint_does_not_answer_from_the_memory_of_the_last_one() -> None:
    command = [sys.executable, "scripts/bench.py", "--rounds", "1", "--systems", "1", "--row", "cold lint"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    (line,) = ran.stdout.splitlines()[2:-1]
    assert float(line[70:78].split()[0]) > 0.2, "from its memory it takes a hundredth"
