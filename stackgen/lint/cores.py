"""Work spread over the cores: the process forks, so that what it has loaded is there at once.

Children take numbers of tasks from one pipe, which is filled before they start, and write all their results to
another. They wait for nobody: if this process dies, they end by themselves.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, TypeVar

from stackgen.errors import StackgenError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

_DIGITS = 4  # bytes of a task's number
_MOST = 16_000  # numbers that fit into a pipe on every system


class Child(NamedTuple):
    """A forked process, and the end of the pipe on which its results arrive."""

    process: int
    results: int


def run_all(tasks: Sequence[Callable[[], T]], workers: int | None = None) -> list[T]:
    """The results of the tasks, in their order. Long tasks should come first.

    Without a safe ``fork`` (Windows, macOS, other threads), or with one core, they run one after another. An
    exception in a task is raised here; a process that dies is a StackgenError.
    """
    workers = min(workers or _cores(), len(tasks))
    if workers < 2 or len(tasks) > _MOST or not _may_fork():  # noqa: PLR2004  one is this process
        return [task() for task in tasks]
    numbers, pending = os.pipe()
    os.write(pending, b"".join(number.to_bytes(_DIGITS, "big") for number in range(len(tasks))))
    os.close(pending)
    gc.freeze()  # the collector would write to every page that the processes share
    children: list[Child] = []
    try:
        for _ in range(workers):
            children.append(_forked(tasks, numbers, children))
        found = [pair for child in children for pair in _results(child)]
    finally:
        gc.unfreeze()
        os.close(numbers)
        for child in children:
            os.close(child.results)
            os.kill(child.process, signal.SIGKILL)  # it has ended, or is of no use any more
            os.waitpid(child.process, 0)
    for _, result in found:
        if isinstance(result, BaseException):
            raise result
    return [result for _, result in sorted(found, key=lambda pair: pair[0])]


def _forked(tasks: Sequence[Callable[[], object]], numbers: int, others: Sequence[Child]) -> Child:
    results, write = os.pipe()
    process = os.fork()
    if not process:
        _work(tasks, numbers, write, [results, *(other.results for other in others)])
    os.close(write)
    return Child(process, results)


def _work(tasks: Sequence[Callable[[], object]], numbers: int, write: int, foreign: Sequence[int]) -> NoReturn:
    """What a child does: it must never come back to the code that it was forked from."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # it ends without a traceback
        for each in foreign:
            os.close(each)
        found: list[tuple[int, object]] = []
        while taken := os.read(numbers, _DIGITS):
            number = int.from_bytes(taken, "big")
            try:
                found.append((number, tasks[number]()))
            except Exception as error:  # noqa: BLE001  it is raised in the process that waits
                found.append((number, error))
        with os.fdopen(write, "wb") as file:
            pickle.dump(found, file)
        code = 0
    finally:
        os._exit(code)


def _results(child: Child) -> list[tuple[int, Any]]:
    with os.fdopen(child.results, "rb", closefd=False) as file:
        content = file.read()
    try:
        found: list[tuple[int, Any]] = pickle.loads(content)  # noqa: S301  our own child wrote it
    except (EOFError, pickle.UnpicklingError) as error:
        raise StackgenError(
            "a process died while it was working", "it may have run out of memory; try again"
        ) from error
    return found


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _may_fork() -> bool:
    return hasattr(os, "fork") and sys.platform != "darwin" and threading.active_count() == 1
