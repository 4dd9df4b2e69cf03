"""What a large rollout costs beside the stacks themselves."""

from __future__ import annotations

import time

from tests.local.stacksets.rehearsal import ALL_AT_ONCE, Rehearsal, accounts


def test_ten_thousand_instances_cost_less_than_a_millisecond_each() -> None:
    rehearsal = Rehearsal()
    rehearsal.create_set()
    wide = {**ALL_AT_ONCE, "MaxConcurrentPercentage": 20}
    regions = [f"region-{number}" for number in range(50)]
    begun = time.process_time()
    operation = rehearsal.create(accounts(200), regions, OperationPreferences=wide)
    rehearsal.clock.settle()
    took = time.process_time() - begun
    assert rehearsal.status(operation) == "SUCCEEDED"
    assert len(rehearsal.stacks.there()) == 10_000
    assert took < 10
    begun = time.process_time()
    assert len(rehearsal.statuses()) == 10_000
    assert time.process_time() - begun < 10
