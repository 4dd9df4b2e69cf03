"""The sweep and the nightly comment: when they run, what their lines do, and what a run costs that finds nothing."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from stackgen.commands.arguments import Parser
from stackgen.commands.env_opening import add_removing
from tests.deploy.hub import TOKEN, pull
from tests.workflows.reading import read
from tests.workflows.running import Runner
from tests.workflows.test_lines import OWNER, REGISTRY, hub, typed

if TYPE_CHECKING:
    from tests.deploy.hub import Hub
    from tests.deploy.typed import Typed

__all__ = ["hub", "typed"]
HOUR = 60
"""Minutes."""
READING = ("Describe", "Get", "List")


def hourly(name: str) -> list[int]:
    """The minutes of each hour at which a workflow runs; one that does not run every hour is an error."""
    (each,) = read(name)["on"]["schedule"]
    minutes, *others = each["cron"].split()
    assert others == ["*"] * 4
    return sorted(map(int, minutes.split(",")))


@pytest.mark.requirement("SS-05", "SS-D24", "SS-D23")
def test_what_a_cleanup_left_is_gone_within_the_hour() -> None:
    """a removal that never began comes so late, or may take so long, that it ends after the hour"""
    minutes = hourly("sweep.yml")
    longest = max(later - earlier for earlier, later in pairwise([*minutes, minutes[0] + HOUR]))
    parser = Parser("env reap", "", "")
    add_removing(parser)
    (line,) = (each["run"] for each in read("sweep.yml")["jobs"]["reap"]["steps"] if "reap" in each.get("run", ""))
    assert "--wait" not in line
    assert longest + int(parser.parsed([]).wait) <= HOUR
    assert 0 not in minutes  # GitHub leaves runs out when everybody has one
    assert read("sweep.yml")["concurrency"]["cancel-in-progress"] is False


@pytest.mark.requirement("SS-05", "SS-42", "SS-D24")
def test_the_sweep_removes_what_was_left_and_comments_on_what_is_open_for_long(typed: Typed, hub: Hub) -> None:
    """a line of the workflows is wrong, or an environment outlives a cleanup that never ran"""
    typed.patch.setenv("STACKGEN_PARAM_ImageUri", f"{REGISTRY}/yoto-mqtt-pr:pr-7-0123abc")
    for number in ("7", "8"):
        ran = typed.run("env", "create", "--pr", number, "--yes", "--every", "0.1")
        assert ran.code == 0, ran.err
    hub.pulls = {7: pull(7, "closed", OWNER), 8: pull(8, repository=OWNER)}
    runner = Runner(typed, {"github.token": TOKEN})
    swept = [*runner.job("sweep.yml", "reap"), *runner.job("stale.yml", "stale")]
    assert [each.code for each in swept] == [0, 0], [each.out + each.err for each in swept]
    assert typed.told("env", "list")["environments"][0]["name"] == "pr-8"
    assert "has been open for" in hub.bodies(8)[0]


def test_a_sweep_that_finds_nothing_due_only_looks(typed: Typed, hub: Hub) -> None:
    """every half hour something is written, or GitHub is asked about each pull request that there ever was"""
    hub.pulls = {number: pull(number, "closed", OWNER) for number in range(1, 7)}
    typed.cloud.gateway.notes.clear()
    runner = Runner(typed, {"github.token": TOKEN})
    (swept,) = runner.job("sweep.yml", "reap")
    assert (swept.code, swept.out) == (0, "0 environments, none of them due: nothing to do\n"), swept.err
    asked = [each.operation for each in typed.cloud.gateway.notes]
    assert all(each.startswith(READING) for each in asked), asked
    assert len(asked) < 10
    assert hub.asked == []
    typed.patch.setenv("STACKGEN_PARAM_ImageUri", f"{REGISTRY}/yoto-mqtt-pr:pr-8-0123abc")
    assert typed.run("env", "create", "--pr", "8", "--yes", "--every", "0.1").code == 0
    hub.pulls[8] = pull(8, repository=OWNER)
    typed.cloud.gateway.notes.clear()
    (swept,) = runner.job("sweep.yml", "reap")
    assert (swept.code, swept.out) == (0, "1 environment, none of them due: nothing to do\n"), swept.err
    assert all(each.operation.startswith(READING) for each in typed.cloud.gateway.notes)
    assert hub.asked == [f"GET /repos/{OWNER}/pulls/8"]
