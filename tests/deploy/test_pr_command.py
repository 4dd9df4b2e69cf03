"""``pr gate``, ``comment`` and ``stale``, and ``env reap --github``, with a GitHub on this machine."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from stackgen.deploy.environments.records import begun
from stackgen.deploy.github.api import GitHub, GitHubError
from stackgen.deploy.github.sticky import MOST, marker

from .env_project import NOTE, QUICK, Site
from .hub import REPOSITORY, TOKEN, Hub, pull
from .till import answering

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .typed import Typed


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """As a workflow sees GitHub."""
    found = Hub()
    with answering(found) as url:
        monkeypatch.setenv("GITHUB_API_URL", url)
        monkeypatch.setenv("GITHUB_REPOSITORY", REPOSITORY)
        monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
        monkeypatch.setenv("GITHUB_ACTOR", "ann")
        yield found


@pytest.fixture
def site(typed: Typed) -> Site:
    """A project whose environments come and go."""
    return Site(typed)


class Run:
    """A run of a workflow: its event, and the files that it is told by."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, name: str, event: Any) -> None:
        self.folder = folder
        patch.setenv("GITHUB_EVENT_NAME", name)
        for variable in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_EVENT_PATH"):
            patch.setenv(variable, str(folder / variable))
        (folder / "GITHUB_EVENT_PATH").write_text(json.dumps(event), "utf-8")

    def told(self, variable: str) -> str:
        path = self.folder / variable
        return path.read_text("utf-8") if path.exists() else ""


GATES = {
    "a branch of ours": (pull(7), ""),
    "a branch of ours for develop": (pull(7, base={"ref": "develop"}), ""),
    "a fork": (pull(7, repository="eve/site"), "comes from eve/site, whose code gets no credentials"),
    "a fork that is gone": (pull(7, repository=""), "comes from a fork that is gone"),
    "Dependabot's": (pull(7, author="dependabot[bot]"), "is Dependabot's, whose runs get no credentials"),
    "one that is closed": (pull(7, "closed"), "pull request 7 is closed"),
}


@pytest.mark.requirement("SS-D28", "SS-34", "SS-D30")
@pytest.mark.parametrize("name", ["pull_request", "workflow_dispatch"])
@pytest.mark.parametrize("case", GATES)
def test_only_an_open_pull_request_of_a_branch_of_ours_gets_an_environment(
    site: Site, hub: Hub, tmp_path: Path, name: str, case: str
) -> None:
    """The code of a fork runs with credentials, by hand too; or a run by hand deploys another commit."""
    found, why_not = GATES[case]
    hub.pulls[7] = found
    event = {"pull_request": {"pull_request": found}, "workflow_dispatch": {"inputs": {"number": "7"}}}[name]
    workflow = Run(tmp_path, site.typed.patch, name, event)
    ran = site.typed.run("pr", "gate")
    assert ran.code == 0, ran.err
    go = "false" if why_not else "true"
    assert workflow.told("GITHUB_OUTPUT") == f"go={go}\nnumber=7\ncommit={7:040}\nbase={found['base']['ref']}\n"
    assert why_not in workflow.told("GITHUB_STEP_SUMMARY")
    assert bool(hub.asked) == (name == "workflow_dispatch")
    assert site.typed.told("pr", "gate", "--closed")["go"] == (not why_not or why_not.endswith("closed"))


def test_a_number_that_is_none_or_belongs_to_nothing_does_not_get_through(
    site: Site, hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Run(tmp_path, monkeypatch, "workflow_dispatch", {"inputs": {"number": "8"}})
    assert site.typed.told("pr", "gate")["why_not"] == "there is no pull request 8"
    Run(tmp_path, monkeypatch, "workflow_dispatch", {"inputs": {"number": "7; true"}})
    assert site.typed.run("pr", "gate").code == 2
    Run(tmp_path, monkeypatch, "push", {})
    ran = site.typed.run("pr", "gate")
    assert (ran.code, "GITHUB_EVENT_NAME is 'push'" in ran.err) == (2, True)
    assert len(hub.asked) == 1


@pytest.mark.requirement("SS-31", "SS-D29")
def test_there_is_one_comment_for_each_purpose_and_it_is_kept_up_to_date(site: Site, hub: Hub) -> None:
    """Each push writes another comment, or somebody else's is overwritten."""
    mark = marker("environment")
    hub.comments[7] = [{"id": 900 + n, "body": f"said {n}", "user": {"type": "User"}} for n in range(120)]
    hub.comments[7].append({"id": 999, "body": f"{mark}\nby hand", "user": {"type": "User"}})
    file = str(site.typed.write("one.md", "It is there.\n"))
    done = [site.typed.told("pr", "comment", "--pr", "7", file)["done"] for _ in range(2)]
    site.typed.write("one.md", "It is gone.\n")
    other = str(site.typed.write("two.md", "a report"))
    done.append(site.typed.told("pr", "comment", "--pr", "7", file, other)["done"])
    done.append(site.typed.told("pr", "comment", "--pr", "7", "--key", "report", other)["done"])
    assert done == ["written", "as it was", "changed", "written"]
    assert hub.bodies(7)[120:] == [
        f"{mark}\nby hand", f"{mark}\nIt is gone.\n\na report\n", f"{marker('report')}\na report\n",
    ]  # fmt: skip


def test_a_comment_has_an_end(site: Site, hub: Hub) -> None:
    file = str(site.typed.write("long.md", "x" * 70_000))
    assert site.typed.run("pr", "comment", "--pr", "7", file).code == 0
    assert len(hub.bodies(7)[0]) == MOST
    assert hub.bodies(7)[0].endswith("(cut off here: a comment has an end)\n")


def test_what_github_refuses_is_told_and_a_comment_is_never_asked_for_twice(
    site: Site, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = str(site.typed.write("one.md", "It is there.\n"))
    slept: list[float] = []
    github = GitHub.of()
    patient = GitHub(github.repository, github.token, github.url, slept.append)
    hub.fails = [502, 503]
    assert [*patient.comments(7)] == []
    assert slept == [2.0, 2.0]
    hub.fails = [502]
    with pytest.raises(GitHubError, match=r"POST .*: 502 no"):
        patient.say(7, "twice?")
    assert hub.bodies(7) == []
    monkeypatch.setenv("GITHUB_TOKEN", "another")
    ran = site.typed.run("pr", "comment", "--pr", "7", file)
    assert (ran.code, "401 Bad credentials" in ran.err, "another" in ran.err) == (1, True, False)
    monkeypatch.delenv("GITHUB_TOKEN")
    assert site.typed.run("pr", "comment", "--pr", "7", file).code == 2
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    monkeypatch.setenv("GITHUB_API_URL", "http://api.example.com")
    assert site.typed.run("pr", "comment", "--pr", "7", file).code == 2


@pytest.mark.parametrize(
    "words", [("--pr", "x", "f.md"), ("--pr", "7", "none.md"), ("--pr", "7", "--key", "A b", "f.md"), ("f.md",)]
)
def test_what_is_typed_wrong_is_2_and_nothing_is_asked(site: Site, hub: Hub, words: tuple[str, ...]) -> None:
    site.typed.write("f.md", "text")
    assert site.typed.run("pr", "comment", *words).code == 2
    assert hub.asked == []


@pytest.mark.requirement("SS-42")
def test_pull_requests_that_are_open_for_more_than_a_week_are_told_so_once(site: Site, hub: Hub) -> None:
    """A young one, one of a fork or a closed one is commented on, or each night another comment is written."""
    now = datetime.now(tz=UTC)
    days = {1: 6, 2: 8, 3: 30, 4: 30}
    for number, age in days.items():
        made = f"{now - timedelta(days=age, minutes=5):%Y-%m-%dT%H:%M:%SZ}"
        hub.pulls[number] = pull(number, created_at=made)
    hub.pulls[4]["head"]["repo"]["full_name"] = "eve/site"
    hub.pulls[5] = pull(5, "closed")
    ran = site.typed.run("pr", "stale")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[0] == "2 pull requests open for more than 7 days"
    assert {number: len(hub.bodies(number)) for number in (*days, 5)} == {1: 0, 2: 1, 3: 1, 4: 0, 5: 0}
    assert "has been open for 8 days, and its environment `pr-2`" in hub.bodies(2)[0]
    told = site.typed.told("pr", "stale", "--days", "20")
    assert [(each["pull_request"], each["done"]) for each in told["pull_requests"]] == [(3, "as it was")]
    assert site.typed.run("pr", "stale", "--days", "0").code == 2


@pytest.mark.requirement("SS-05", "SS-D24")
def test_the_sweep_asks_github_which_pull_requests_are_closed(site: Site, hub: Hub) -> None:
    """An environment whose cleanup never ran stays, or one goes whose pull request is open or unknown."""
    for number in (1, 2, 3):
        site.made(number)
    hub.pulls = {1: pull(1, "closed"), 2: pull(2)}
    ran = site.typed.run("env", "reap", "--github", "--yes", *QUICK)
    assert (ran.code, ran.out.splitlines()[0]) == (0, "1 environment: 1 removed"), ran.err
    assert set(site.stacks()) == {"site-pr-2", "site-pr-3"}


@pytest.mark.requirement("SS-05", "SS-D25")
@pytest.mark.parametrize(("known", "why"), [(pull(7, "closed"), "is closed"), (None, "there is no pull request 7")])
def test_nothing_is_made_for_a_pull_request_that_was_closed_meanwhile(
    site: Site, hub: Hub, known: Any, why: str
) -> None:
    """A deployment that was begun before makes what nobody removes any more, or leaves a record of it."""
    if known:
        hub.pulls[7] = known
    ran = site.typed.run("env", "create", "--pr", "7", "--github", "--yes", *QUICK)
    assert (ran.code, why in ran.err.splitlines()[0]) == (1, True), ran.err
    assert (site.stacks(), site.parameters()) == ({}, [])
    hub.pulls[7] = pull(7)
    site.create(7, "--github")
    site.build(More=NOTE)
    hub.pulls[7] = pull(7, "closed")
    assert site.typed.run("env", "create", "--pr", "7", "--github", "--yes", *QUICK).code == 1
    assert site.stacks() == {"site-pr-7": "CREATE_COMPLETE"}
    assert len(site.parameters()) == 1  # what is there is remembered, so that it is found and removed


def test_github_is_asked_after_it_was_remembered(site: Site, hub: Hub) -> None:
    """Who closes a pull request between the two finds nothing to remove, and then it is made."""
    remembered: list[list[str]] = []

    class Watched(dict[int, Any]):
        def get(self, number: int, default: Any = None) -> Any:
            remembered.append(site.parameters())
            return super().get(number, default)

    hub.pulls = Watched({7: pull(7)})
    site.create(7, "--github")
    assert remembered == [[f"/stackgen/environments/{REPOSITORY}/pr-7"]]


@pytest.mark.requirement("SS-D25")
def test_who_opens_a_pull_request_again_waits_for_the_end_of_its_removal(site: Site) -> None:
    """What is reopened is not deployed because its cleanup still runs, or is deployed under it."""
    made = begun(REPOSITORY, "pr-7").parameters
    site.client("ssm").put_parameter(**made)
    ran = site.typed.run("env", "create", "--pr", "7", "--wait", "0", "--yes", *QUICK)
    assert (ran.code, "waited for" in ran.err) == (7, False)
    over = threading.Timer(1, lambda: site.client("ssm").delete_parameter(Name=made["Name"]))
    over.start()
    ran = site.typed.run("env", "create", "--pr", "7", "--wait", "1", "--yes", *QUICK)
    over.join()
    assert (ran.code, "pr-7 is being removed: its end is waited for" in ran.err) == (0, True), ran.err
    assert site.typed.run("env", "create", "--pr", "7", "--wait", "x", "--yes").code == 2


@pytest.mark.requirement("SS-31", "SS-D51", "SS-D29")
def test_a_pull_request_is_told_what_there_is_and_what_is_gone_as_it_is(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said to be removed while a stack is there, or to be there when it is gone, or claims what is not so."""
    path = site.typed.root / "pyproject.toml"
    text = path.read_text("utf-8").replace('like = "dev"', 'like = "dev"\nnotes = ["no alarms, unlike production"]')
    path.write_text(text, "utf-8")
    workflow = Run(tmp_path, monkeypatch, "pull_request", {})
    site.create(7, "--owner", "ann")
    ran = site.typed.run("env", "show", "--pr", "7", "--format", "md")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[0] == "### Environment `pr-7`: ready"
    assert f"| FilesName | `{site.bucket('site-pr-7')}` |" in ran.out
    assert "It lives until 2026-01-04 00:00 UTC, and goes when the pull request is closed." in ran.out
    assert ran.out.endswith("- no alarms, unlike production\n")
    assert workflow.told("GITHUB_OUTPUT") == f"FilesName={site.bucket('site-pr-7')}\n"
    assert site.typed.run("env", "show", "--pr", "7").out.startswith("pr-7 is ready, of ann, lives until 2026-01-04")
    site.update("site-pr-7")
    assert site.typed.told("env", "show", "--pr", "7")["state"] == "UPDATE_IN_PROGRESS"
    site.cloud.formation.operations.steps.durations.clear()
    site.cloud.clock.advance(3600)
    assert site.typed.run("env", "destroy", "--pr", "7", "--yes", *QUICK).code == 0
    ran = site.typed.run("env", "show", "--pr", "7", "--format", "md")
    assert ran.out.splitlines()[:3] == [
        "### There is no environment `pr-7`", "", "Nothing of it is there: no stack, no data, no log, no image.",
    ]  # fmt: skip
