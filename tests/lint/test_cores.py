"""Work over the cores gives what it gives on one."""

from __future__ import annotations

import subprocess
import sys

import pytest

from stackgen.lint.cores import run_all
from tests.support import environment

PROGRAM = """\
import os, sys, time
from functools import partial
from stackgen.errors import StackgenError
from stackgen.lint.cores import run_all

def squared(number):
    time.sleep(0.01)  # so that each process gets some
    return number * number, os.getpid()

def fail():
    raise ValueError("told by the task")

print("not told twice")
results = run_all([partial(squared, number) for number in range(20)], workers=2)
print([number for number, _ in results] == [number * number for number in range(20)])
print(os.getpid() in {process for _, process in results})
for task in (fail, partial(os._exit, 3), lambda: lambda: "cannot be handed over"):
    try:
        run_all([task, task], workers=2)
    except (ValueError, StackgenError) as error:
        print(type(error).__name__, str(error).splitlines()[0])
"""


def test_tasks_run_in_forked_processes_and_their_failures_are_told() -> None:
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False, timeout=60)
    forks = sys.platform == "linux"
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[:4] == [
        "not told twice",
        "True",
        str(not forks),
        "ValueError told by the task",
    ]
    if forks:
        assert done.stdout.splitlines()[4:] == ["StackgenError a process died while it was working"] * 2


def test_one_core_needs_no_other_process() -> None:
    assert run_all([lambda: 1, lambda: 2], workers=1) == [1, 2]
    assert run_all([]) == []


def test_a_failure_without_fork_is_told_too() -> None:
    with pytest.raises(ZeroDivisionError):
        run_all([lambda: 1 // 0], workers=1)
