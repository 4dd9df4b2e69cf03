"""Deployments and cleanups of one pull request: who waits for whom, and who cancels whom."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from tests.workflows.reading import read
from tests.workflows.waiting import GitHub, Run

if TYPE_CHECKING:
    from collections.abc import Callable

DEPLOY, CLEANUP = "deploy-pr.yml", "cleanup-pr.yml"
EVENTS: dict[str, Callable[[GitHub], object]] = {
    "opened": lambda hub: hub.pull_request("opened", 7),
    "another commit": lambda hub: hub.pull_request("synchronize", 7),
    "closed": lambda hub: hub.pull_request("closed", 7),
    "reopened": lambda hub: hub.pull_request("reopened", 7),
    "deployed by hand": lambda hub: hub.by_hand(DEPLOY, 7),
    "cleaned up by hand": lambda hub: hub.by_hand(CLEANUP, 7),
}
"""All that may come while a pull request is cleaned up."""


@pytest.mark.requirement("SS-05", "SS-D25", "SS-D24")
@pytest.mark.parametrize("waits", [False, True], ids=["it works", "it waits"])
def test_a_cleanup_is_never_cut_off_whatever_comes(waits: bool) -> None:
    """a deployment by hand, another commit or a second closing ends the cleanup, and the environment stays"""
    for events in product(EVENTS, repeat=3):
        hub = GitHub()
        cleanups = [hub.by_hand(CLEANUP, 7) for _ in range(1 + waits)]
        for event in events:
            EVENTS[event](hub)
        for cancelled, by in hub.cancelled:
            assert by.workflow == CLEANUP or cancelled.workflow != CLEANUP, events
            assert cancelled is not cleanups[0], events  # one that waits may make way for another that does the same


@pytest.mark.requirement("SS-D25", "SS-D24")
@pytest.mark.parametrize("way", ["opened", "another commit", "reopened", "deployed by hand"])
def test_a_deployment_ends_when_its_pull_request_is_closed_and_the_cleanup_does_not_wait(way: str) -> None:
    """what was cleaned up is deployed by a run that goes on, or the hour is over before the cleanup begins"""
    hub = GitHub()
    EVENTS[way](hub)
    runs = hub.pull_request("closed", 7)
    assert [cancelled for cancelled, _ in hub.cancelled] == [Run(DEPLOY, 7)]
    assert sorted(hub.running.values()) == sorted(runs) == [Run(CLEANUP, 7), Run(DEPLOY, 7)]
    assert hub.waiting == {}
    assert read(DEPLOY)["jobs"]["gate"]["if"] == "github.event.action != 'closed'"
    jobs = {name: job for name, job in read(DEPLOY)["jobs"].items() if name != "gate"}
    assert all("gate" in job["needs"] for job in jobs.values())  # and so does nothing
    assert not any("always()" in job.get("if", "") or "cancelled()" in job.get("if", "") for job in jobs.values())


def test_a_newer_commit_is_deployed_and_other_pull_requests_are_left_alone() -> None:
    hub = GitHub()
    (first,) = hub.pull_request("opened", 7)
    (other,) = hub.pull_request("opened", 70)
    (second,) = hub.pull_request("synchronize", 7)
    assert hub.cancelled == [(first, second)]
    hub.pull_request("closed", 70)
    assert [cancelled for cancelled, _ in hub.cancelled] == [first, other]
    assert second in hub.running.values()


def test_the_model_of_github_lets_one_wait_and_cancels_as_it_is_told() -> None:
    hub = GitHub()
    first, second, third = (hub.by_hand(CLEANUP, 7) for _ in range(3))
    assert (list(hub.running.values()), list(hub.waiting.values())) == ([first], [third])
    assert hub.cancelled == [(second, third)]
    hub.ends(hub.running["cleanup-pr-7"])
    assert (list(hub.running.values()), hub.waiting) == ([third], {})
