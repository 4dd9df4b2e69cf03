"""The same work for several things: all of it, at the same time, and an end when somebody interrupts."""

from __future__ import annotations

import threading

import pytest

from stackgen.deploy.at_once import Stop, at_once


def test_everything_is_done_and_several_at_the_same_time() -> None:
    together = threading.Barrier(3, timeout=10)
    done: list[int] = []

    def work(number: int) -> None:
        together.wait()
        done.append(number)

    at_once(work, [1, 2, 3], Stop())
    assert sorted(done) == [1, 2, 3]


def test_one_thing_alone_is_done_by_the_caller_itself() -> None:
    found: list[threading.Thread] = []
    at_once(lambda _: found.append(threading.current_thread()), [1], Stop())
    at_once(lambda _: found.append(threading.current_thread()), [], Stop())
    assert found == [threading.current_thread()]


def test_what_one_raises_ends_the_others_where_they_wait() -> None:
    stop = Stop()
    together = threading.Barrier(2, timeout=10)
    ended = threading.Event()

    def work(number: int) -> None:
        together.wait()
        if number == 1:
            raise ValueError("one")
        try:
            stop.sleep(60)
        finally:
            ended.set()

    with pytest.raises(ValueError, match="one"):
        at_once(work, [1, 2], stop)
    assert ended.is_set()


def test_whoever_waits_when_somebody_asks_to_stop_is_interrupted() -> None:
    stop = Stop()
    stop.sleep(0)
    stop.ask()
    with pytest.raises(KeyboardInterrupt):
        stop.sleep(60)
