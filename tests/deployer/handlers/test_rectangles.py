"""Targets as exact rectangles: every pair that was asked for, each once, and no other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.deployer.handlers.inputs import Pair
from stackgen.deployer.handlers.rectangles import Rectangle, rectangles
from tests.deployer.handlers.properties import steady

ACCOUNTS = st.sampled_from([f"{number:012}" for number in range(6)])
REGIONS = st.sampled_from(["us-east-1", "eu-west-1", "ap-south-1", "eu-central-1"])
PAIRS = st.lists(st.builds(Pair, ACCOUNTS, REGIONS), max_size=24)
ORDER = st.lists(REGIONS, max_size=4, unique=True)


@pytest.mark.requirement("DEP-14", "DEP-30")
@steady
@given(pairs=PAIRS, order=ORDER)
def test_rectangles_hold_every_pair_once_and_no_foreign_one(pairs: list[Pair], order: list[str]) -> None:
    """A target that is left out, deployed to twice, or that nobody asked for."""
    found = [pair for each in rectangles(pairs, order) for pair in each.pairs()]
    assert sorted(found) == sorted(set(pairs))


@steady
@given(pairs=PAIRS, order=ORDER)
def test_regions_of_a_rectangle_stand_in_the_order_that_was_asked_for(pairs: list[Pair], order: list[str]) -> None:
    rank = {region: number for number, region in enumerate(order)}
    for each in rectangles(pairs, order):
        assert list(each.regions) == sorted(each.regions, key=lambda region: (rank.get(region, len(rank)), region))
        assert len(set(each.accounts)) == len(each.accounts)


@steady
@given(pairs=PAIRS)
def test_there_are_never_more_than_accounts_or_regions(pairs: list[Pair]) -> None:
    most = min(len({pair.account_id for pair in pairs}), len({pair.region for pair in pairs}))
    assert len(rectangles(pairs)) <= most


@pytest.mark.requirement("DEP-D02")
def test_a_sparse_matrix_is_not_filled_up() -> None:
    """The product of accounts and regions, which deploys to pairs that nobody asked for."""
    pairs = [Pair("a", "us-east-1"), Pair("b", "eu-west-1")]
    assert {pair for each in rectangles(pairs) for pair in each.pairs()} == set(pairs)


def test_accounts_with_the_same_regions_share_an_operation() -> None:
    pairs = [Pair(account, region) for account in "ab" for region in ("us-east-1", "eu-west-1")]
    assert rectangles(pairs) == [Rectangle(("a", "b"), ("eu-west-1", "us-east-1"))]


def test_many_accounts_with_regions_of_their_own_each_are_one_operation_for_each_region() -> None:
    regions = [f"region-{number:02}" for number in range(20)]
    pairs = [Pair(f"{bits:012}", regions[at]) for bits in range(1, 500) for at in range(20) if bits >> (at % 9) & 1]
    assert len(rectangles(pairs)) <= 20


def test_nothing_needs_no_operation() -> None:
    assert rectangles([]) == []
