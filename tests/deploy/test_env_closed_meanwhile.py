"""A pull request is closed and cleaned up while its environment is made: before each call that makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deploy.environments.tools import REMOVED

from .env_project import BUCKET, NOTE, QUICK, REPOSITORY, Before, Remover, Site
from .hub import TOKEN, Hub, pull
from .till import answering

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .typed import Typed

CREATE = ("env", "create", "--pr", "7", "--github", "--yes", *QUICK)
CALLS = ("PutParameter", "PutObject", "CreateChangeSet", "ExecuteChangeSet")
"""What an environment is remembered, prepared and made with."""


@pytest.fixture
def site(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Site, Hub]]:
    """The project as a workflow has it, with an open pull request."""
    hub, found = Hub(pulls={7: pull(7)}), Site(typed)
    with answering(hub) as url:
        for name, value in (("API_URL", url), ("REPOSITORY", REPOSITORY), ("TOKEN", TOKEN), ("ACTOR", "ann")):
            monkeypatch.setenv(f"GITHUB_{name}", value)
        found.typed.run("env", "list")
        yield found, hub


@pytest.mark.requirement("SS-05", "SS-D25", "SS-D24")
@pytest.mark.parametrize("was_there", [False, True], ids=["made", "brought up to date"])
@pytest.mark.parametrize("call", CALLS)
def test_what_is_made_for_a_pull_request_that_is_closed_meanwhile_is_gone_with_the_next_sweep(
    site: tuple[Site, Hub], call: str, was_there: bool
) -> None:
    """an environment stays that its cleanup did not see, or a deployment ends with a trace of Python"""
    here, hub = site
    if was_there:
        here.create(7, "--github")
        here.build(More=NOTE)
    outcomes: list[Any] = []

    def close() -> None:
        hub.pulls[7] = pull(7, "closed")
        outcomes.extend(each.outcome for each in Remover(here).reap(closed=[7]))

    closing = Before(call, close)
    here.cloud.faults.add("*", closing, times=None)
    ran = here.typed.run(*CREATE)
    here.cloud.faults.clear()
    assert "Traceback" not in ran.err
    assert closing.acted
    assert set(outcomes) <= {REMOVED}
    swept = here.typed.run("env", "reap", "--github", "--yes", *QUICK)
    assert swept.code == 0, swept.out + swept.err
    assert (here.stacks(), here.parameters()) == ({}, [])
    assert {each["Name"] for each in here.client("s3").list_buckets()["Buckets"]} <= {BUCKET}
