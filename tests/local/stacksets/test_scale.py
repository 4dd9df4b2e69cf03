"""What a large rollout costs beside the stacks themselves; how long it takes is a matter for scripts/bench."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stackgen.local.clock import Clock
from stackgen.local.task import Task, Timer
from tests.local.stacksets.rehearsal import ALL_AT_ONCE, Rehearsal, accounts


class CountingClock(Clock):
    """A clock that knows how many tasks and timers were asked of it, and how many tasks there were at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.spawned = 0
        self.timers = 0

    def spawn(self, work: Callable[[], Any], name: str = "task", *, daemon: bool = False) -> Task:
        self.spawned += 1
        return super().spawn(work, name, daemon=daemon)

    def call_later(self, delay: float, call: Callable[[], object], *, daemon: bool = False) -> Timer:
        self.timers += 1
        return super().call_later(delay, call, daemon=daemon)


def test_each_of_ten_thousand_instances_costs_one_task_one_timer_and_one_call() -> None:
    clock = CountingClock()
    rehearsal = Rehearsal(clock=clock)
    rehearsal.create_set()
    wide = {**ALL_AT_ONCE, "MaxConcurrentPercentage": 20}
    regions = [f"eu-west-{number}" for number in range(50)]

    operation = rehearsal.create(accounts(200), regions, OperationPreferences=wide)
    clock.settle()

    assert rehearsal.status(operation) == "SUCCEEDED"
    assert len(rehearsal.stacks.there()) == 10_000
    assert [what for _, what, _ in rehearsal.stacks.finished] == ["create"] * 10_000
    assert (clock.spawned, clock.timers) == (10_000, 10_000)
    assert len({moment for moment, *_ in rehearsal.stacks.finished}) == 5  # a fifth of each region at a time


def test_a_listing_of_thousands_is_read_in_as_many_calls_as_it_has_pages() -> None:
    rehearsal = Rehearsal()
    rehearsal.deployed(accounts(100), [f"eu-west-{number}" for number in range(20)])
    pages = 0
    token: dict[str, str] = {}
    while pages == 0 or token:
        page = rehearsal.call("ListStackInstances", StackSetName="app", **token)
        assert len(page["Summaries"]) == 100
        pages, token = pages + 1, {name: page[name] for name in ("NextToken",) if name in page}
    assert pages == 20
