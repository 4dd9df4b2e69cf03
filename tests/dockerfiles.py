"""What is asked of every image: of its Dockerfile, and of the libraries that come into it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.support import ROOT


def minded(dockerfile: Path) -> tuple[int, str]:
    """The linter's code, and what it minds."""
    program = Path(sys.executable).with_name("hadolint")
    judged = subprocess.run(
        [program, "--no-color", "--failure-threshold", "style", dockerfile.name],
        cwd=dockerfile.parent, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return judged.returncode, judged.stdout


def assert_locked_by_hashes(lock: Path) -> None:
    """Another file under the same version must not get in, from whichever host."""
    text = lock.read_text("utf-8")
    pins = re.findall(r"^[a-z].*(?:\n    .*)*", text, re.MULTILINE)
    assert pins
    assert all("==" in pin and "--hash=sha256:" in pin for pin in pins)
    assert "://" not in text


def assert_as_the_tests_run_with(lock: Path) -> None:
    developed = (ROOT / "requirements" / "dev.txt").read_text("utf-8")
    for name, version in re.findall(r"^([a-z0-9-]+)==(\S+)", lock.read_text("utf-8"), re.MULTILINE):
        assert re.search(rf"^{name}=={re.escape(version)} ", developed, re.MULTILINE), name
