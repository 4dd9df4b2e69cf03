"""A rollout to hundreds of targets stays small in everything that grows with them."""

from __future__ import annotations

import pytest

from stackgen.local.campaign import scale
from stackgen.local.campaign.stage import pairs_of
from tests.deployer.campaign.support import told

TARGETS = 400


@pytest.mark.requirement("DEP-34")
def test_many_targets_stay_within_every_limit() -> None:
    """A payload, a history or the calls of a look that grow with the number of targets."""
    figures = scale.rehearse(TARGETS)
    assert not figures.violations, told(figures.violations)
    assert figures.targets == TARGETS
    assert figures.calls_of_a_look <= TARGETS / 100 + 10
    assert 0 < figures.payload <= 32 * 1024
    assert 0 < figures.events < 1_000


@pytest.mark.parametrize("targets", [1, 7, 400, 10_000])
def test_ragged_targets_are_as_many_as_asked_for(targets: int) -> None:
    groups = scale.ragged(targets)
    assert len(pairs_of(groups)) == targets
    accounts = {account for each, _ in groups for account in each}
    regions = {region for _, each in groups for region in each}
    assert targets < 400 or len({tuple(each) for _, each in groups}) > 3
    assert targets < 10_000 or (len(accounts) >= 500 and len(regions) == 20)
