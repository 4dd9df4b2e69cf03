"""The bench runs as it is written, on fewer transactions: what its figures are is for those who read them."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.support import ROOT


def test_the_bench_of_the_validator_measures_itself_and_the_bare_calls() -> None:
    command = [
        sys.executable,
        "scripts/bench_validator.py",
        "--rounds",
        "1",
        "--count",
        "100",
        "--threads",
        "4",
        "--deaths",
        "1",
    ]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode in (0, 4), ran.stderr
    first, validator, bare, killed, ratio, imports, verdict = ran.stdout.splitlines()
    assert re.fullmatch(r"100 over 4 threads: \d+\.\d\d of the bare calls", first)
    figures = r"  %s +\d+\.\d s, +\d+ a second, p50 +\d+ ms, p99 +\d+ ms"
    assert re.fullmatch(figures % "validator", validator)
    assert re.fullmatch(figures % "bare calls", bare)
    assert killed.startswith("100 over 4 threads, the database killed 1 times: each stored once, none lost; ")
    assert ratio.startswith("ratio to the bare calls ")
    assert imports.startswith("cold import to its libraries ")
    assert ("all targets reached" in verdict) is (ran.returncode == 0)
