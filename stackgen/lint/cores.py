"""Work spread over the cores: the process forks, so that what it has loaded is there at once."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from stackgen.errors import StackgenError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

_tasks: Sequence[Callable[[], Any]] = ()


def run_all(tasks: Sequence[Callable[[], T]], workers: int | None = None) -> list[T]:
    """The results of the tasks, in their order. Long tasks should come first.

    Without a safe ``fork`` (Windows, macOS, other threads), or with one core, they run one after another. An
    exception in a task is raised here; a process that dies is a StackgenError.
    """
    workers = min(workers or _cores(), len(tasks))
    if workers < 2 or not _may_fork():  # noqa: PLR2004  one is this process
        return [task() for task in tasks]
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    global _tasks  # noqa: PLW0603  what is forked must be found without being pickled
    _tasks = tasks
    gc.freeze()  # the collector would write to every page that the processes share
    try:
        with ProcessPoolExecutor(workers, get_context("fork"), signal.signal, (signal.SIGINT, signal.SIG_DFL)) as pool:
            return list(pool.map(_run, range(len(tasks))))
    except BrokenProcessPool as error:
        raise StackgenError(
            "a process died while it was working", "it may have run out of memory; try again"
        ) from error
    finally:
        gc.unfreeze()
        _tasks = ()


def _run(number: int) -> Any:
    return _tasks[number]()


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _may_fork() -> bool:
    return hasattr(os, "fork") and sys.platform != "darwin" and threading.active_count() == 1
