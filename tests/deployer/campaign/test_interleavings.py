"""Builds of one repository start when they like, for whatever targets, over whatever is there already."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from stackgen.local.campaign import checks
from stackgen.local.campaign.stage import Build, Stage
from stackgen.local.campaign.world import World

Groups = list[tuple[list[str], list[str]]]

ACCOUNTS = ["200000000001", "200000000002", "200000000003"]
REGIONS = ["eu-west-1", "us-east-1", "ap-south-1"]

groups = st.lists(
    st.tuples(
        st.lists(st.sampled_from(ACCOUNTS), min_size=1, max_size=3, unique=True),
        st.lists(st.sampled_from(REGIONS), min_size=1, max_size=2, unique=True),
    ),
    min_size=1,
    max_size=2,
)
policies = st.sampled_from([{}, {"mode": "collect-all"}, {"canary_accounts": ACCOUNTS[:1]}])
builds = st.lists(st.tuples(st.integers(0, 90), st.booleans(), st.sampled_from(["", "stop"])), min_size=2, max_size=4)

_open: list[World] = []


@pytest.fixture(scope="module", autouse=True)
def world() -> Iterator[None]:
    with World() as world:
        _open.append(world)
        yield
    _open.clear()


@contextmanager
def case() -> Iterator[Stage]:
    world = _open[0]
    stage = Stage(world, f"app{world.next_number()}")
    try:
        yield stage
    finally:
        world.end()


@pytest.mark.requirement("DEP-03", "DEP-10", "DEP-34")
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),  # an example takes a second, so the first that fails is shown as it is
    suppress_health_check=list(HealthCheck),
)
@given(existing=groups, wanted=groups, policy=policies, asked=builds)
def test_whatever_builds_do_to_each_other_what_they_leave_is_what_they_say(
    existing: Groups, wanted: Groups, policy: dict[str, object], asked: list[tuple[int, bool, str]]
) -> None:
    """A build that says something else than what another one left of it."""
    with case() as stage:
        stage.deployed(existing)
        stage.allowed = set()
        world = stage.world
        world.begin()
        pairs = stage.targets(wanted, policy)
        prune = any(prunes for _, prunes, _ in asked)
        stage.allowed = set(pairs) | (set(stage.instances()) if prune else set())
        for offset, prunes, fate in asked:
            build = stage.new_build(pairs, prune=True) if prunes else stage.new_build(pairs)
            if fate:
                _stop_later(stage, build)
            world.clock.advance(float(offset))
        assert world.settle()
        assert [message for check in checks.CHECKS for message in check(stage)] == []
        last = stage.record_of(stage.builds[-1])
        if not any(fate for _, _, fate in asked):
            allowed = ("lock held", "OnlyOrphansLeft")
            assert last["status"] == "SUCCESS" or any(each in last["error_msg"] for each in allowed)


def _stop_later(stage: Stage, build: Build) -> None:
    def stop() -> None:
        stage.world.clock.sleep(40.0)
        for run in checks.executions_of(stage).get(build.sk, []):
            run.end("ABORTED")

    stage.world.clock.spawn(stop, "somebody who stops")
