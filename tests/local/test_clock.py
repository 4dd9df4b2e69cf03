"""Virtual time: order, waiting, and that nothing which waits moves anything else."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.local.clock import EPOCH, Clock
from stackgen.local.task import TaskNotFinished
from stackgen.local.virtual import Threading, Time, datetime_on


@pytest.fixture
def clock() -> Iterator[Clock]:
    clock = Clock()
    yield clock
    clock.close()


def since_start(clock: Clock) -> float:
    return clock.time() - EPOCH.timestamp()


def test_sleepers_wake_in_the_order_of_their_moments_whatever_they_were_started_in(clock: Clock) -> None:
    log: list[tuple[str, float]] = []

    def sleeper(name: str, seconds: float) -> None:
        for _ in range(2):
            clock.sleep(seconds)
            log.append((name, since_start(clock)))

    clock.spawn(lambda: sleeper("slow", 15))
    clock.spawn(lambda: sleeper("fast", 10))
    clock.settle()
    assert log == [("fast", 10), ("slow", 15), ("fast", 20), ("slow", 30)]


@given(st.lists(st.lists(st.integers(0, 5000), max_size=4), max_size=6))
def test_each_task_wakes_exactly_when_its_own_sleeps_add_up_whoever_else_sleeps(plans: list[list[int]]) -> None:
    clock = Clock()
    woken: dict[int, list[float]] = {}

    def work(number: int) -> None:
        for seconds in plans[number]:
            clock.sleep(seconds)
            woken.setdefault(number, []).append(since_start(clock))

    for number in range(len(plans)):
        clock.spawn(lambda number=number: work(number))  # type: ignore[misc]
    clock.settle()
    clock.close()
    for number, plan in enumerate(plans):
        assert woken.get(number, []) == [sum(plan[: end + 1]) for end in range(len(plan))]


def test_a_caller_from_outside_that_sleeps_moves_the_time_and_what_is_due_runs(clock: Clock) -> None:
    ran: list[float] = []
    clock.call_later(5, lambda: ran.append(since_start(clock)))
    clock.sleep(4)
    assert not ran
    clock.sleep(4)
    assert ran == [5]
    assert since_start(clock) == 8


def test_what_takes_no_time_is_done_without_time_passing(clock: Clock) -> None:
    done: list[int] = []
    clock.spawn(lambda: done.append(1))
    clock.run_ready()
    assert done == [1]
    assert since_start(clock) == 0


def test_a_cancelled_timer_does_nothing_and_keeps_no_time_going(clock: Clock) -> None:
    timer = clock.call_later(1e9, lambda: pytest.fail("was cancelled"))
    timer.cancel()
    timer.cancel()
    clock.settle()
    assert since_start(clock) == 0


def test_a_daemon_keeps_no_time_going_but_runs_while_others_do(clock: Clock) -> None:
    ticks: list[float] = []

    def tick() -> None:
        while True:
            clock.sleep(10)
            ticks.append(since_start(clock))

    clock.spawn(tick, daemon=True)
    clock.settle()
    assert not ticks
    clock.call_later(25, lambda: None)
    clock.settle()
    assert ticks == [10, 20]


def test_join_answers_raises_and_gives_up_as_told(clock: Clock) -> None:
    assert clock.spawn(lambda: 42).join() == 42
    with pytest.raises(ZeroDivisionError):
        clock.spawn(lambda: 1 // 0).join()
    slow = clock.spawn(lambda: clock.sleep(100), "slow")
    with pytest.raises(TaskNotFinished, match="slow still waits after 10"):
        slow.join(10)
    assert since_start(clock) == 10


def test_settle_names_what_still_waits(clock: Clock) -> None:
    clock.spawn(lambda: clock.sleep(7200), "the long one")
    with pytest.raises(TaskNotFinished, match="the long one"):
        clock.settle(limit=3600)


def test_a_cancelled_task_stops_where_it_waits_and_its_own_cleanup_runs(clock: Clock) -> None:
    log: list[str] = []

    def work() -> None:
        try:
            clock.sleep(100)
            log.append("went on")
        finally:
            log.append("cleaned up")

    task = clock.spawn(work)
    clock.run_ready()
    task.cancel()
    clock.settle()
    assert log == ["cleaned up"]
    assert task.finished


def test_closing_unwinds_every_task_and_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    clock = Clock()
    log: list[str] = []

    def work() -> None:
        try:
            clock.sleep(1e9)
        finally:
            log.append("unwound")

    for _ in range(20):
        clock.spawn(work)
    clock.run_ready()
    clock.close()
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
    assert log == ["unwound"] * 20
    assert set(threading.enumerate()) <= before


def test_a_timer_may_not_wait(clock: Clock) -> None:
    failed: list[str] = []

    def wait() -> None:
        try:
            clock.sleep(1)
        except RuntimeError as error:
            failed.append(str(error))

    clock.call_later(1, wait)
    clock.settle()
    assert failed == ["a timer may not wait; spawn a task that does"]


def test_while_somebody_needs_stillness_nothing_else_runs(clock: Clock) -> None:
    ran: list[int] = []
    with clock.still():
        clock.spawn(lambda: ran.append(1))
        clock.run_ready()
        assert not ran
    clock.run_ready()
    assert ran == [1]


def test_a_library_s_threads_events_and_sleeps_take_virtual_time(clock: Clock) -> None:
    threading_, time_ = Threading(clock), Time(clock)
    ready, log = threading_.Event(), []

    def consumer() -> None:
        log.append(("gave up", ready.wait(5), since_start(clock)))
        log.append(("got it", ready.wait(100), since_start(clock)))

    def producer() -> None:
        time_.sleep(30)
        ready.set()

    threads = [threading_.Thread(target=consumer), threading_.Thread(target=producer)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert log == [("gave up", False, 5), ("got it", True, 30)]


def test_an_event_that_is_set_and_cleared_at_once_wakes_who_waited(clock: Clock) -> None:
    event, woken = Threading(clock).Event(), []
    clock.spawn(lambda: woken.append(event.wait(1000)))
    clock.run_ready()
    event.set()
    event.clear()
    clock.run_ready()
    assert woken == [True]


def test_a_condition_wakes_all_who_wait_on_it(clock: Clock) -> None:
    condition, woken = Threading(clock).Condition(), []

    def wait() -> None:
        with condition:
            woken.append(condition.wait(50))

    for _ in range(3):
        clock.spawn(wait)
    clock.run_ready()
    with condition:
        condition.notify_all()
    clock.settle()
    assert woken == [True, True, True]


def test_dates_are_the_clock_s(clock: Clock) -> None:
    clock.advance(3600)
    assert datetime_on(clock).now(EPOCH.tzinfo).isoformat() == "2026-01-01T01:00:00+00:00"
    assert datetime_on(clock).utcnow().isoformat() == "2026-01-01T01:00:00"
    assert Time(clock).time_ns() == int(clock.time() * 1e9)


def test_a_task_may_not_drive_the_clock_that_drives_it(clock: Clock) -> None:
    with pytest.raises(RuntimeError, match="a task may not drive the clock"):
        clock.spawn(lambda: clock.advance(1)).join()


def test_what_a_task_raised_and_nobody_joined_is_told_when_all_is_quiet(clock: Clock) -> None:
    clock.spawn(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        clock.settle()
    clock.settle()


def test_an_interrupted_driver_leaves_the_turn_to_the_next_one(clock: Clock) -> None:
    """After Ctrl-C in the midst of a turn still only one task runs at a time."""
    import time

    at_once: list[int] = []
    running: list[str] = []

    def work(name: str) -> None:
        for _ in range(3):
            running.append(name)
            time.sleep(0.02)
            at_once.append(len(running))
            running.remove(name)
            clock.sleep(1)

    for name in "abc":
        clock.spawn(lambda name=name: work(name))  # type: ignore[misc]
    acquire = clock._turn_over.acquire  # noqa: SLF001 - where a driver waits

    def interrupted(*_: object, **__: object) -> bool:
        clock._turn_over.acquire = acquire  # type: ignore[method-assign]  # noqa: SLF001
        raise KeyboardInterrupt

    clock._turn_over.acquire = interrupted  # type: ignore[method-assign]  # noqa: SLF001
    with pytest.raises(KeyboardInterrupt):
        clock.settle()
    clock.settle()
    assert at_once == [1] * 9


def test_timers_may_be_set_by_many_threads_while_another_drives(clock: Clock) -> None:
    fired: list[int] = []

    def set_many() -> None:
        for number in range(2000):
            clock.call_later(1, lambda number=number: fired.append(number))  # type: ignore[misc]

    threads = [threading.Thread(target=set_many) for _ in range(3)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        clock.advance(1)
    clock.settle()
    assert len(fired) == 6000


def test_a_daemon_s_timer_survives_a_wait_that_ends_before_it(clock: Clock) -> None:
    ticks: list[float] = []

    def tick() -> None:
        ticks.append(since_start(clock))
        clock.call_later(3600, tick, daemon=True)

    clock.call_later(3600, tick, daemon=True)
    assert not clock.wait(lambda: False, None, [])
    clock.advance(2 * 3600)
    assert ticks == [3600, 7200]


def test_whoever_needs_stillness_gets_it_beside_one_who_drives_all_the_time(clock: Clock) -> None:
    stop = threading.Event()

    def tick() -> None:
        clock.call_later(1, tick, daemon=True)

    tick()

    def drive() -> None:
        while not stop.is_set():
            clock.advance(10_000)

    driver = threading.Thread(target=drive)
    driver.start()
    try:
        for _ in range(20):
            with clock.still():
                now = clock.time()
                assert clock.time() == now
    finally:
        stop.set()
        driver.join()
