"""The settings of environments of pull requests: what they mean, and which are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackgen.deploy.environments import lifetimes
from stackgen.deploy.environments.settings import Ephemeral, number_of, settings_of, with_named
from stackgen.errors import ProjectError, UsageError
from stackgen.project import Project

from .env_project import SETTINGS

if TYPE_CHECKING:
    from pathlib import Path

TABLE = "[tool.stackgen.ephemeral]\n"
PLAIN = TABLE + 'repository = "acme/site"\n'
START = '[tool.stackgen]\nstacks = "stacks"\n[tool.stackgen.env.dev]\nregions = ["us-east-1"]\n'
WRONG = {
    "a misspelt setting": (PLAIN + 'tll = "3d"', "unknown setting 'tll'\n  did you mean ttl?"),
    "a text for a number": (PLAIN + 'most_per_owner = "3"', "is '3', but a whole number was expected"),
    "room for nobody": (PLAIN + "most_per_owner = 0", "is 0, but 1 or more was expected"),
    "a name without a number": (PLAIN + 'name = "preview"', "and one {pr}, such as pr-{pr}, was expected"),
    "a name that begins with the number": (PLAIN + 'name = "{pr}"', "is '{pr}', but letters, digits"),
    "a time of another form": (PLAIN + 'ttl = "3 days"', "a whole number with m, h, d or w, such as 72h"),
    "a time that is too short": (PLAIN + 'ttl = "5m"', "and no less than 10m, was expected"),
    "a time beyond the longest": (PLAIN + 'ttl = "15d"', "but no more than longest_ttl, 14d, was expected"),
    "an environment that is not there": (PLAIN + 'like = "dve"', "no such environment\n  did you mean dev?"),
    "a repository without an owner": (TABLE + 'repository = "site"', "is 'site', but owner/name was expected"),
    "no repository": (TABLE + 'ttl = "3d"', "nobody says whose the environments are"),
    "log groups of everybody": (PLAIN + 'log_groups = ["/ecs/*"]', "but a pattern with {env}, and"),
    "log groups of pr-1 and pr-10": (PLAIN + 'log_groups = ["/ecs/{env}*"]', "(pr-1 would mean pr-10 too)"),
    "images of a whole repository": (
        PLAIN + 'images = ["{env}:latest"]',
        "with {env} in the tag was expected",
    ),
    "an unknown way with the rest": (PLAIN + 'retained = "drop"', "is 'drop', but keep or delete was expected"),
    "a parameter that is a table": (PLAIN + "parameters = { A = {} }", "a text, a number, true, false or a list"),
}


def project_of(root: Path, text: str) -> Project:
    (root / "stacks").mkdir()
    (root / "pyproject.toml").write_text(text, "utf-8")
    return Project.find(root)


def ephemeral_of(root: Path, more: str = "") -> Ephemeral:
    return settings_of(project_of(root, SETTINGS.replace("most_per_owner = 40", f"most_per_owner = 40\n{more}")))


@pytest.mark.parametrize(("table", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_setting_is_refused_with_what_was_expected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str, message: str
) -> None:
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    with pytest.raises(ProjectError) as refused:
        settings_of(project_of(tmp_path, START + table))
    assert message in str(refused.value)
    assert "pyproject.toml:" in str(refused.value)


def test_a_project_without_the_table_is_told_to_add_it(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"no \[tool.stackgen.ephemeral\]"):
        settings_of(project_of(tmp_path, START))


def test_a_workflow_says_the_repository_where_the_project_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/other")
    assert settings_of(project_of(tmp_path, f"{START}{TABLE}ttl = '3d'")).repository == "acme/other"


NAMES = {"pr-7": 7, "pr-123": 123, "pr-0": None, "pr-07": None, "pr-": None, "pr-x": None, "xpr-7": None,
         "pr-7-x": None, "dev": None, "prod": None, "pr-8": None}  # fmt: skip


@pytest.mark.parametrize(("name", "number"), NAMES.items())
def test_a_name_is_theirs_only_with_the_number_of_a_pull_request(tmp_path: Path, name: str, number: int | None) -> None:
    assert ephemeral_of(tmp_path, 'protected = ["pr-8"]').number_of(name) == number


def test_a_permanent_environment_is_none_of_theirs_whatever_its_number(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="pr-8 is permanent"):
        ephemeral_of(tmp_path, 'protected = ["pr-8"]').name_of(8)


@pytest.mark.parametrize("text", ["0", "-1", "x", "", "1.5", "9999999999", "٣"])
def test_what_is_no_number_of_a_pull_request_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="the number of a pull request was expected"):
        number_of(text)


def test_an_environment_is_like_another_but_for_what_is_said_and_is_never_protected(tmp_path: Path) -> None:
    text = """\
[tool.stackgen]
stacks = "stacks"
[tool.stackgen.env.dev]
account = "111111111111"
protect = true
[tool.stackgen.env.dev.parameters]
Size = 2
EnvironmentName = "dev"
[tool.stackgen.env.dev.region.us-east-1.parameters]
EnvironmentName = "dev-us"
Zone = "a"
[tool.stackgen.env.dev.tags]
CostCenter = "1"
[tool.stackgen.ephemeral]
like = "dev"
repository = "acme/site"
[tool.stackgen.ephemeral.parameters]
EnvironmentName = "{env}"
Number = "{pr}"
"""
    found = with_named(project_of(tmp_path, text), ["pr-7", "dev", "nothing"]).tables["env"]
    assert set(found) == {"dev", "pr-7"}
    assert found["pr-7"] == {
        "account": "111111111111",
        "parameters": {"Size": "2", "EnvironmentName": "pr-7", "Number": "7"},
        "region": {"us-east-1": {"parameters": {"Zone": "a"}}},
        "tags": {"CostCenter": "1", "AutoDelete": "true", "PR": "7", "Repository": "acme/site"},
    }


SPANS = {"90m": 5400, "72h": 259200, "3d": 259200, "2w": 1209600, "0h": None, "h": None, "1.5h": None, "72": None,
         "72 h": None, "-1h": None, "1y": None}  # fmt: skip


@pytest.mark.parametrize(("text", "seconds"), SPANS.items())
def test_a_span_has_a_whole_number_and_a_unit(text: str, seconds: int | None) -> None:
    assert lifetimes.seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["90m", "5h", "48h", "3d"])
def test_a_span_is_shown_as_it_is_written(text: str) -> None:
    assert lifetimes.shown(lifetimes.seconds_of(text) or 0) == text
