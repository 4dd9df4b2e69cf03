"""The plan of a rollout: each new pair created once, each due one updated once, nothing else touched."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.deployer.handlers.errors import OnlyOrphansLeft
from stackgen.deployer.handlers.inputs import Pair
from stackgen.deployer.handlers.planning import (
    CREATE,
    CURRENT,
    DEFINE,
    DELETE,
    INOPERABLE,
    NOWHERE,
    OUTDATED,
    UPDATE,
    Batch,
    Existing,
    Plan,
    planned,
)
from stackgen.deployer.handlers.policy import Policy
from stackgen.deployer.handlers.rectangles import Rectangle
from tests.deployer.handlers.properties import steady

ACCOUNTS = [f"{number:012}" for number in range(5)]
PAIR = st.builds(Pair, st.sampled_from(ACCOUNTS), st.sampled_from(["us-east-1", "eu-west-1", "ap-south-1"]))
EXISTING = st.dictionaries(PAIR, st.sampled_from([CURRENT, OUTDATED, INOPERABLE]), max_size=10).map(
    lambda found: [Existing(pair, status) for pair, status in found.items()]
)
WAVES = st.lists(st.lists(st.sampled_from(ACCOUNTS), max_size=3), max_size=3)


class World:
    """A StackSet that does what the batches of a plan say; wrong orders are found out."""

    def __init__(self, existing: list[Existing], is_changed: bool) -> None:
        self.there = {each.pair for each in existing if each.status != INOPERABLE}
        self.new_definition = not is_changed
        self.created: list[Pair] = []
        self.updated: list[Pair] = []
        self.deleted: list[Pair] = []

    def follow(self, plan: Plan) -> None:
        for batch in plan.batches:
            pairs = batch.rectangle.pairs()
            match batch.action:
                case "DEFINE":
                    assert not self.new_definition, "the definition travels once"
                    assert pairs or not self.there, "without a place UpdateStackSet would reach every instance"
                    self.new_definition = True
                    self._update(pairs)
                case "UPDATE":
                    self._update(pairs)
                case "CREATE":
                    assert self.new_definition, "what is created gets the new definition"
                    assert not self.there & set(pairs)
                    self.there |= set(pairs)
                    self.created += pairs
                case "DELETE":
                    self.there -= set(pairs)
                    self.deleted += pairs

    def _update(self, pairs: list[Pair]) -> None:
        assert self.new_definition
        assert set(pairs) <= self.there, "AWS refuses an update of a pair that is not there"
        self.updated += pairs


@pytest.mark.requirement("DEP-30", "DEP-D03", "DEP-D06")
@steady
@given(
    wanted=st.lists(PAIR, max_size=12),
    existing=EXISTING,
    waves=WAVES,
    is_changed=st.booleans(),
    prunes=st.booleans(),
)
def test_a_plan_does_what_is_wanted_once_and_nothing_else(
    wanted: list[Pair], existing: list[Existing], waves: list[list[str]], is_changed: bool, prunes: bool
) -> None:
    """A pair that is forgotten, touched twice, or touched though nobody asked; a wave out of order."""
    policy = Policy.read({"waves": waves} if waves else {})
    status = {each.pair: each.status for each in existing}
    asked = set(wanted)
    orphans = set(status) - asked
    reachable = {pair for pair in asked & set(status) if status[pair] != INOPERABLE}
    try:
        plan = planned(wanted, existing, policy, is_changed=is_changed, prunes=prunes)
    except OnlyOrphansLeft:
        assert is_changed
        assert orphans
        assert not prunes
        assert not reachable
        return
    world = World([each for each in existing if each.pair not in orphans or not prunes], is_changed)
    world.there |= {pair for pair in orphans if status[pair] != INOPERABLE}
    world.follow(plan)
    due = reachable if is_changed else {pair for pair in reachable if status[pair] != CURRENT}
    assert sorted(world.created) == sorted(asked - set(status))
    assert sorted(world.updated) == sorted(due)
    assert sorted(world.deleted) == (sorted(orphans) if prunes else [])
    assert world.new_definition
    assert set(plan.orphans) == orphans
    assert set(plan.inoperable) == {pair for pair in asked if status.get(pair) == INOPERABLE}
    assert set(plan.skipped) == reachable - due
    waves_in_order = [batch.wave for batch in plan.batches if batch.action not in (DEFINE, DELETE)]
    assert waves_in_order == sorted(waves_in_order)
    for batch in plan.batches:
        if batch.action in (CREATE, UPDATE):
            assert {policy.wave_of(account) for account in batch.rectangle.accounts} == {batch.wave}
    for one, two in zip(plan.batches, plan.batches[1:], strict=False):
        if one.wave == two.wave:
            assert not (one.action == CREATE and two.action == UPDATE), "what exists is updated before others appear"


def plan(wanted: list[Pair], existing: dict[Pair, str], **more: Any) -> list[Batch]:
    policy = Policy.read(more.pop("policy", {}))
    there = [Existing(pair, status) for pair, status in existing.items()]
    return list(planned(wanted, there, policy, **{"is_changed": False, **more}).batches)


ONE, TWO, THREE = (Pair(account, "us-east-1") for account in ACCOUNTS[:3])


def only(*pairs: Pair) -> Rectangle:
    return Rectangle(tuple(pair.account_id for pair in pairs), ("us-east-1",))


@pytest.mark.requirement("DEP-28")
def test_where_everything_is_as_it_should_be_there_is_nothing_to_do() -> None:
    """An operation although nothing changed."""
    assert plan([ONE, TWO], {ONE: CURRENT, TWO: CURRENT}) == []


@pytest.mark.requirement("DEP-D06")
def test_new_and_existing_pairs_are_operations_of_their_own() -> None:
    """A new pair and an existing one in the same operation."""
    found = plan([ONE, TWO], {ONE: CURRENT}, is_changed=True)
    assert found == [Batch(DEFINE, 0, only(ONE)), Batch(CREATE, 0, only(TWO))]


def test_a_changed_definition_is_carried_by_the_first_update_even_where_the_canary_is_new() -> None:
    found = plan(
        [ONE, TWO, THREE], {TWO: CURRENT, THREE: CURRENT}, is_changed=True, policy={"canary_accounts": [ONE[0]]}
    )
    assert found == [Batch(DEFINE, 0, only(TWO)), Batch(CREATE, 0, only(ONE)), Batch(UPDATE, 1, only(THREE))]


def test_a_set_without_instances_is_changed_nowhere_before_they_are_created() -> None:
    assert plan([ONE], {}, is_changed=True) == [Batch(DEFINE, 0, NOWHERE), Batch(CREATE, 0, only(ONE))]


def test_a_change_that_would_reach_orphans_alone_is_refused() -> None:
    with pytest.raises(OnlyOrphansLeft, match=rf"has 1 instances, none of which is a target any more, such as {TWO}"):
        plan([ONE], {TWO: CURRENT}, is_changed=True)


def test_with_prune_orphans_go_first_where_a_change_would_reach_them_alone_and_else_last() -> None:
    found = plan([ONE], {TWO: CURRENT}, is_changed=True, prunes=True)
    assert [batch.action for batch in found] == [DELETE, DEFINE, CREATE]
    found = plan([ONE], {ONE: CURRENT, TWO: CURRENT}, is_changed=True, prunes=True)
    assert [batch.action for batch in found] == [DEFINE, DELETE]
