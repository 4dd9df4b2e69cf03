"""``multi rehearse``: in a folder without a project, one command, a verdict and an exit code."""

from __future__ import annotations

import json

import pytest

from tests.support import Sandbox

CASE = "nowhere/AcquireLock#1/stop"


def test_a_newcomer_needs_the_installed_library_and_no_project(second_repository: Sandbox) -> None:
    done = second_repository.run("multi", "rehearse", "--case", CASE)
    assert done.code == 0, done.err
    assert done.out.splitlines()[0] == "1 case, 2 executions: 0 violations"
    assert done.err == ""


def test_a_defect_exits_with_4_and_says_how_to_see_it_again(sandbox: Sandbox) -> None:
    done = sandbox.run("-v", "multi", "rehearse", "--case", "nowhere", "--plant", "no-release")
    assert done.code == 4
    first, *_, last = done.out.splitlines()
    assert first == "1 case, 1 execution: 1 violation in 1"
    assert "ended FAILED with its lock" in done.out
    assert last == "next: multi rehearse --case nowhere --plant no-release"
    assert "HandleFailure" in done.err


def test_a_campaign_tells_its_progress_and_its_figures(sandbox: Sandbox) -> None:
    words = (
        "--executions",
        "6",
        "--race",
        "1",
        "--fault",
        "stop",
        "--scenario",
        "nowhere",
        "--seed",
        "3",
        "--jobs",
        "1",
    )
    done = sandbox.run("multi", "rehearse", *words, "--format", "json")
    assert done.code == 0, done.err
    content = json.loads(done.out)
    assert content["schema"] == "stackgen/multi-rehearsal"
    assert (content["cases"], content["disturbed"], content["races"]) == (7, 6, 1)
    assert (content["violations"], content["unmet"]) == ([], [])
    assert content["executions"] == 14
    assert content["verdict"] == "7 cases (6 disturbed), 14 executions; 1 race: 0 violations"
    assert "cases: 7 of 7, 14 executions" in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--executions", "many"], "--executions is 'many', a whole number up to 1,000,000 was expected"),
        (["--fault", "loose"], "--fault loose: there is no such"),
        (
            ["--fault", "unprocessed", "--scenario", "nowhere", "--jobs", "1"],
            "nothing of nowhere can go wrong in unprocessed",
        ),
        (["--scenario", "frech"], "did you mean fresh?"),
        (["--plant", "cartesien"], "did you mean cartesian?"),
        (["--case", "fresh/nowhere"], "nothing that goes wrong"),
        (["--case", "frech"], "there is no scenario 'frech'"),
        (["--case", "fresh/acquire_lock#1/dynamodb:PutItem/lose"], "no such place"),
    ],
)
def test_what_cannot_be_is_refused(sandbox: Sandbox, words: list[str], said: str) -> None:
    done = sandbox.run("multi", "rehearse", *words)
    assert done.code == 2
    assert said in done.err
