"""Twenty executions race for one lock, and it never has two holders."""

from __future__ import annotations

import pytest

from stackgen.local.campaign.races import RACERS, races

RACES = 50
PARTS = 5


@pytest.mark.requirement("DEP-03", "DEP-09")
@pytest.mark.parametrize("part", range(PARTS))
def test_a_lock_never_has_two_holders(part: int) -> None:
    """Two executions that both believe they hold the lock."""
    each = RACES // PARTS
    found = dict(races(each, seed=part * each))
    assert {seed: seen for seed, seen in found.items() if seen} == {}
    assert len(found) == each
    assert RACERS == 20
