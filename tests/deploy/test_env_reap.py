"""``env destroy`` and ``env reap``, typed against the stand-in for AWS; and many environments from beginning to end."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from stackgen.deploy.environments.tools import REMOVED
from stackgen.local.faults import Fail

from .deployed import changing
from .env_project import DAY, NOTE, QUICK, REPOSITORY, Before, Killed, Remover, Site

if TYPE_CHECKING:
    from .typed import Typed

MANY = 30


@pytest.fixture
def site(typed: Typed) -> Site:
    """The project; nothing is deployed yet."""
    return Site(typed)


@pytest.mark.requirement("SS-05", "SS-D24", "SS-D25")
def test_thirty_environments_come_and_go_and_nothing_is_left(site: Site) -> None:
    """One of them, of their buckets or records is left; or what is another's went with them."""
    site.fill(site.foreign("prod", Environment="prod", Repository=REPOSITORY), 2)
    site.fill(site.foreign("other-pr-3", Environment="pr-3", AutoDelete="true", Repository="acme/other"), 2)
    others = site.stacks()
    for number in range(1, MANY + 1):
        site.create(number)
    site.build(More=NOTE)  # a commit more in every pull request
    for number in range(1, MANY + 1):
        site.create(number)
    assert set(site.stacks().values()) == {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
    for number, versions in ((1, 1000), (2, 5), (3, 5)):
        site.fill(f"site-pr-{number}", versions)
    assert site.typed.run("env", "destroy", "-e", "prod", "--yes", *QUICK).code == 2
    assert len(site.typed.told("env", "list")["environments"]) == MANY
    site.update("site-pr-4")  # a deployment that runs when its pull request is closed
    site.update("site-pr-5")  # and one that runs when its time is over
    assert {each.outcome for each in Remover(site).reap(closed=[1, 4])} == {REMOVED}
    site.cloud.formation.operations.steps.durations.clear()
    assert len(site.typed.told("env", "list")["environments"]) == MANY - 2
    for number in range(6, 11):
        ran = site.typed.run("env", "extend", "--pr", str(number), "--ttl", "10d")
        assert ran.code == 0, ran.err
    ran = site.typed.run("env", "reap", "--closed", "6,7", "--yes", *QUICK)
    assert (ran.code, ran.out.splitlines()[0]) == (0, "2 environments: 2 removed")
    site.cloud.clock.advance(4 * DAY)
    ran = site.typed.run("env", "reap", "--yes", *QUICK)
    assert (ran.code, ran.out.splitlines()[0]) == (0, f"{MANY - 7} environments: {MANY - 7} removed")
    assert set(site.stacks()) == {*others, "site-pr-8", "site-pr-9", "site-pr-10"}
    site.cloud.clock.advance(7 * DAY)
    assert site.typed.run("env", "reap", "--yes", *QUICK).code == 0
    assert (site.stacks(), site.parameters()) == (others, [])
    assert len(site.client("s3").list_buckets()["Buckets"]) == len(others) + 1  # that of the templates
    ran = site.typed.run("env", "reap", "--yes")
    assert (ran.code, ran.out) == (0, "0 environments, none of them due: nothing to do\n")


def test_two_reapings_at_the_same_time_both_end_well(site: Site) -> None:
    for number in range(1, 6):
        site.fill(site.made(number), 3)
    site.cloud.clock.advance(4 * DAY)
    found: list[str] = []

    def other() -> None:
        found.extend(each.outcome for each in Remover(site).reap())

    beside = threading.Thread(target=other)
    beside.start()
    ran = site.typed.run("env", "reap", "--yes", *QUICK)
    beside.join()
    assert ran.code == 0, ran.out + ran.err
    assert set(found) <= {REMOVED}, (found, ran.out, ran.err)
    assert (site.stacks(), site.parameters()) == ({}, [])


def test_what_another_sweep_removes_between_two_looks_is_removed(site: Site) -> None:
    """It was told that it lives longer, which nobody had said."""
    site.fill(site.made(1), 3)
    site.cloud.clock.advance(4 * DAY)
    with suppress(Killed):
        Remover(site, dies=1, after=True).reap()  # begun, so that the next one finds it begun
    meanwhile = Before("GetParameter", lambda: Remover(site).reap())
    late = Remover(site, before=lambda: site.cloud.faults.add("ssm:GetParameter", meanwhile, times=None))
    (outcome,) = late.reap()
    site.cloud.faults.clear()
    assert meanwhile.acted
    assert (outcome.outcome, outcome.lines) == (REMOVED, ("somebody else has removed it meanwhile",))
    assert (site.stacks(), site.parameters()) == ({}, [])


def test_one_that_fails_does_not_stop_the_others_and_the_exit_code_is_8(site: Site) -> None:
    """The first failure is the end, or nobody is told which failed and why."""
    for number in (1, 2, 3):
        site.made(number)
    site.cloud.faults.add(
        "cloudformation:DeleteStack",
        Fail("AccessDenied", "not for you", 403),
        times=None,
        when=lambda call: "site-pr-2/" in str(call.parameters.get("StackName")),
    )
    ran = site.typed.run("env", "reap", "--closed", "1,2,3", "--yes", *QUICK)
    assert ran.code == 8
    lines = ran.out.splitlines()
    assert lines[:3] == [
        "3 environments: 2 removed, 1 not removed", "pr-2: not removed",
        f"  access denied: these credentials may not cloudformation:DeleteStack on stack {lines[2].split('stack ')[1]}",
    ]  # fmt: skip
    assert set(site.stacks()) == {"site-pr-2"}
    assert site.typed.told("env", "reap", "--closed", "2", "--yes", code=1)["environments"][0]["exit_code"] == 1
    site.cloud.faults.clear()
    assert site.typed.run("env", "reap", "--yes", *QUICK).code == 0  # its removal was begun
    assert site.stacks() == {}


def test_a_dry_run_says_which_and_why_and_does_nothing(site: Site) -> None:
    for number in (1, 2, 3):
        site.made(number)
    site.fill("site-pr-2", 2)
    site.cloud.gateway.notes.clear()
    ran = site.typed.run("env", "reap", "--closed", "2", "--dry-run")
    assert ran.code == 0
    assert ran.out.startswith("1 environment: 0 removed, 1 would be removed\npr-2: would be removed\n")
    assert "  pull request 2 is closed\n" in ran.out
    assert "emptied first: site-pr-2/Files" in ran.out
    site.cloud.clock.advance(3 * DAY)
    told = site.typed.told("env", "reap", "--dry-run", "--owner", "bob")
    assert (told["environments"], told["dry_run"]) == ([], True)
    assert len(site.typed.told("env", "reap", "--dry-run", "--owner", "ann")["environments"]) == 3
    assert changing([each.operation for each in site.cloud.gateway.notes]) == []


def test_nothing_is_reaped_where_nobody_says_yes(site: Site) -> None:
    site.made(1)
    ran = site.typed.run("env", "reap", "--closed", "1")
    assert (ran.code, "nobody to ask: remove 1 environment for good?" in ran.err) == (3, True)
    assert site.typed.run("env", "destroy", "--pr", "1", answer="n").code == 3
    assert set(site.stacks()) == {"site-pr-1"}


@pytest.mark.requirement("SS-33")
def test_one_is_removed_after_a_forecast_and_is_then_no_more(site: Site) -> None:
    """The forecast is not told before the question, or a second removal is an error."""
    site.create(7)
    site.fill("site-pr-7", 2)
    forecast = site.typed.run("env", "destroy", "--pr", "7", "--forecast")
    assert (forecast.code, forecast.out.splitlines()[0]) == (0, "pr-7 would be removed")
    ran = site.typed.run("env", "destroy", "--pr", "7", *QUICK, answer="y")
    assert (ran.code, ran.out) == (0, "1 environment: 1 removed\npr-7: removed\n")
    assert ran.err.index("emptied first: site-pr-7/Files") < ran.err.index("remove pr-7 for good")
    assert (site.stacks(), site.parameters()) == ({}, [])
    ran = site.typed.run("env", "destroy", "--pr", "7", "--yes")
    assert (ran.code, ran.out) == (0, "there is no environment pr-7: nothing to do\n")
    site.create(7)


@pytest.mark.requirement("SS-D22")
def test_what_could_not_be_deleted_is_named_with_its_reason(site: Site) -> None:
    """A deletion that failed ends with 0, or nobody is told which resource it was and why."""
    site.made(7)
    site.cloud.faults.add("delete:AWS::SSM::Parameter", Fail("InternalFailure", "planted"), times=None)
    ran = site.typed.run("env", "destroy", "--pr", "7", "--yes", *QUICK)
    assert ran.code == 6
    assert ran.out.startswith("1 environment: 0 removed, 1 not removed\npr-7: not removed\n  site-pr-7/Note (")
    assert "planted" in ran.out
    assert "Traceback" not in ran.err


@pytest.mark.requirement("SS-D22", "SS-D23")
def test_what_is_still_there_at_the_end_of_the_wait_is_told(site: Site) -> None:
    """A deletion that is not over is told as one that went well."""
    site.made(7)
    site.cloud.formation.operations.steps.durations["*"] = 3600
    ran = site.typed.run("env", "destroy", "--pr", "7", "--yes", "--wait", "0")
    assert (ran.code, "is still in" in ran.out) == (6, True)
    assert site.typed.told("env", "list")["environments"][0]["state"] == "being removed"
