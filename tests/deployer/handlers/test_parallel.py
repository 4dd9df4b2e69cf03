"""Calls side by side: eight at a time, answers in order, and the first error is heard."""

from __future__ import annotations

import threading

import pytest

from stackgen.deployer.handlers import parallel


@pytest.mark.requirement("DEP-36")
def test_eight_run_side_by_side_and_no_ninth() -> None:
    """Instances that are looked at one by one, or more than eight at a time."""
    together = threading.Barrier(8, timeout=30)
    running: set[int] = set()
    most = [0]
    guard = threading.Lock()

    def work(thing: int) -> int:
        with guard:
            running.add(thing)
            most[0] = max(most[0], len(running))
        together.wait()
        with guard:
            running.discard(thing)
        return thing * 10

    assert parallel.each(work, range(16)) == [each * 10 for each in range(16)]
    assert most == [8]


def test_the_first_error_is_raised_when_whatever_had_begun_has_ended() -> None:
    begun, ended = [], []

    def work(thing: int) -> None:
        begun.append(thing)
        if thing in (2, 5):
            raise ValueError(thing)
        ended.append(thing)

    with pytest.raises(ValueError, match=r"^2$"):
        parallel.each(work, range(20))
    assert sorted(ended) == sorted(set(begun) - {2, 5})
    assert {0, 1} <= set(ended)


@pytest.mark.parametrize("things", [[], [3]])
def test_nothing_and_one_need_no_threads(things: list[int]) -> None:
    assert parallel.each(lambda _: threading.current_thread(), things) == [threading.current_thread()] * len(things)
