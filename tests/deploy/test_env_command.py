"""``env create``, ``list`` and ``extend``, typed against the stand-in for AWS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stackgen.local.faults import Fail

from .deployed import changing
from .env_project import NOTE, QUICK, REPOSITORY, SETTINGS, Site

if TYPE_CHECKING:
    from .typed import Typed

RECORD = f"/stackgen/environments/{REPOSITORY}/pr-7"
SIGN = f"/stackgen/removals/{REPOSITORY}/pr-7"
HOUR = 3600


@pytest.fixture
def site(typed: Typed) -> Site:
    """The project; nothing is deployed yet."""
    return Site(typed)


def changes(site: Site) -> list[str]:
    """The operations since the last look that may have changed something."""
    found = changing([each.operation for each in site.cloud.gateway.notes])
    site.cloud.gateway.notes.clear()
    return found


@pytest.mark.requirement("SS-32")
def test_an_environment_is_made_tagged_and_brought_up_to_date(site: Site) -> None:
    """A tag is missing by which it is found and removed, or the second run changes what is as it should be."""
    ran = site.typed.run("env", "create", "--pr", "7", "--owner", "ann", "--yes", *QUICK)
    assert ran.code == 0, ran.err
    assert ran.out.startswith("1 stack deployed, 0 failed, 0 not begun\n")
    assert f"  FilesName = {site.bucket('site-pr-7')}\n" in ran.out
    assert site.tags("site-pr-7") == {
        "AutoDelete": "true", "Environment": "pr-7", "ManagedBy": "cloudformation", "Owner": "ann", "PR": "7",
        "Project": "site", "Repository": REPOSITORY,
    }  # fmt: skip
    again = site.typed.run("env", "create", "--pr", "7", "--yes", *QUICK)
    assert (again.code, "nothing to do" in again.out) == (0, True)
    assert site.tags("site-pr-7")["Owner"] == "ann"
    site.build(Other=NOTE)
    told = site.typed.told("env", "create", "--pr", "7", "--yes", *QUICK)
    assert (told["schema"], told["stacks"][0]["counts"]) == ("stackgen/env-create", {"created": 1})
    assert site.parameters() == [RECORD]


def test_whoever_is_asked_and_says_no_leaves_nothing_behind(site: Site) -> None:
    ran = site.typed.run("env", "create", "--pr", "7")
    assert ran.code == 3
    assert "nobody to ask: create site-pr-7 in 111111111111/us-east-1" in ran.err
    assert site.typed.run("env", "create", "--pr", "7", answer="n").code == 3
    assert (site.stacks(), site.parameters()) == ({}, [])


@pytest.mark.requirement("SS-D56")
def test_what_failed_to_be_made_is_remembered_and_made_again(site: Site) -> None:
    """What a failed creation leaves stands in the way of every later one, or is forgotten."""
    site.cloud.faults.add("create:AWS::SSM::Parameter", Fail("InternalFailure", "planted"))
    assert site.typed.run("env", "create", "--pr", "7", "--yes", *QUICK).code == 5
    assert (site.stacks(), site.parameters()) == ({"site-pr-7": "ROLLBACK_COMPLETE"}, [RECORD])
    site.create(7)
    assert site.stacks() == {"site-pr-7": "CREATE_COMPLETE"}


def test_data_of_an_environment_may_be_lost_by_a_change_and_is_not_backed_up(site: Site) -> None:
    site.create(7)
    text = (site.typed.root / "build/site/site-stack.json").read_text("utf-8")
    site.typed.write("build/site/site-stack.json", text.replace('"Files"', '"Other"'))
    site.create(7)
    assert not (site.typed.root / "backups").exists()


@pytest.mark.parametrize(
    "table", ["[tool.stackgen.env.pr-7]", None], ids=["an environment", "a name that is protected"]
)
def test_a_permanent_environment_is_never_made_or_removed(site: Site, table: str | None) -> None:
    text = f"{table}\n{SETTINGS}" if table else SETTINGS.replace('like = "dev"', 'like = "dev"\nprotected = ["pr-7"]')
    site.typed.write("pyproject.toml", text)
    for word in ("create", "destroy"):
        ran = site.typed.run("env", word, "--pr", "7", "--yes", *QUICK)
        assert (ran.code, ran.err.splitlines()[0]) == (
            2, "error: pr-7 is permanent, and no environment of a pull request",
        )  # fmt: skip
    for name in ("prod", "dev", "pr-7"):
        ran = site.typed.run("env", "destroy", "-e", name, "--yes", *QUICK)
        assert (ran.code, ran.err.splitlines()[0]) == (2, f"error: {name} is permanent: env leaves it alone")
    assert changes(site) == []


USAGE = {
    ("create",): "which environment?",
    ("create", "--pr", "7", "-e", "pr-7"): "which environment?",
    ("create", "--pr", "x"): "--pr 'x': the number of a pull request was expected",
    ("create", "--pr", "7", "--ttl", "3 days"): "--ttl '3 days': a whole number with m, h, d or w, such as 72h",
    ("create", "--pr", "7", "--ttl", "1m"): "--ttl 1m: 10m to 14d was expected",
    ("create", "--pr", "7", "--owner", "a;b"): "--owner 'a;b': up to 256 letters",
    ("extend", "--pr", "7", "--ttl", "15d"): "--ttl 15d: 10m to 14d was expected",
    ("extend", "--pr", "7"): "extend: the following arguments are required: --ttl",
    ("destroy", "-e", "staging"): "staging is no environment of a pull request: env leaves it alone",
    ("destroy", "--pr", "7", "--running", "stop"): "--running 'stop': one of cancel, wait, skip was expected",
    ("reap", "--closed", "7,x"): "--pr 'x': the number of a pull request was expected",
    ("reap", "--wait", "long"): "--wait 'long': minutes from 0 to 600 were expected",
    ("list", "-r", "us-east-1"): "env takes no -r",
    ("lst",): "env: unknown word 'lst'\n  did you mean list?",
}


@pytest.mark.parametrize(("words", "message"), USAGE.items(), ids=map(" ".join, USAGE))
def test_what_is_typed_wrong_is_2_and_nothing_is_done(site: Site, words: tuple[str, ...], message: str) -> None:
    ran = site.typed.run("env", *words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {message}")
    assert changes(site) == []


def test_credentials_of_another_account_are_refused_with_the_table_that_is_there(site: Site) -> None:
    """The environment has no table of its own to be told."""
    site.typed.write("pyproject.toml", SETTINGS.replace('"111111111111"', '"222222222222"'))
    ran = site.typed.run("env", "create", "--pr", "7", "--yes", *QUICK)
    assert ran.code == 1
    assert "and so do profile and role_arn in [tool.stackgen.ephemeral]\n" in ran.err
    ran = site.typed.run("env", "list")
    assert "and so do profile and role_arn in [tool.stackgen.ephemeral]\n" in ran.err


def test_a_value_that_is_missing_is_asked_for_in_the_table_that_is_there(site: Site) -> None:
    site.typed.write("pyproject.toml", SETTINGS.replace('EnvironmentName = "{env}"\n', ""))
    ran = site.typed.run("env", "create", "--pr", "7", "--yes", *QUICK)
    assert ran.code == 1
    assert "needs a value for EnvironmentName\n  in [tool.stackgen.ephemeral.parameters]" in ran.err


def test_a_stack_of_that_name_that_is_somebody_elses_is_left_alone(site: Site) -> None:
    site.foreign("site-pr-7", Environment="pr-7", AutoDelete="true", Repository="acme/other")
    changes(site)
    ran = site.typed.run("env", "create", "--pr", "7", "--yes", *QUICK)
    assert ran.code == 6
    assert "exists, and its tags do not say that it is of acme/site" in ran.err
    assert changes(site) == []


def test_an_owner_has_no_more_environments_than_are_allowed(site: Site) -> None:
    """The limit counts others' environments, or does not say which there are, or stands in the way of an update."""
    site.typed.write("pyproject.toml", SETTINGS.replace("most_per_owner = 40", "most_per_owner = 2"))
    for number in (1, 2):
        site.create(number, "--owner", "ann")
    changes(site)
    ran = site.typed.run("env", "create", "--pr", "3", "--owner", "ann", "--yes", *QUICK)
    assert ran.code == 1
    assert "ann has 2 environments already, and 2 are allowed: pr-1, pr-2" in ran.err
    assert changes(site) == []
    site.create(3, "--owner", "bob")
    site.create(2, "--owner", "ann")


def test_of_two_that_are_made_at_once_the_limit_leaves_one(site: Site) -> None:
    site.typed.write("pyproject.toml", SETTINGS.replace("most_per_owner = 40", "most_per_owner = 1"))
    other = {"environment": "pr-1", "repository": REPOSITORY, "owner": "ann", "created": "2025-12-31T23:59:59Z",
             "expires": "2026-02-01T00:00:00Z"}  # fmt: skip

    def meanwhile(note: object) -> None:
        if getattr(note, "operation", "") == "PutParameter":
            site.cloud.gateway.watchers.clear()
            name = RECORD.replace("pr-7", "pr-1")
            site.client("ssm").put_parameter(Name=name, Value=json.dumps(other), Type="String")

    site.cloud.gateway.watchers.append(meanwhile)
    ran = site.typed.run("env", "create", "--pr", "7", "--owner", "ann", "--yes", *QUICK)
    assert ran.code == 1
    assert "ann has 1 environments already, and 1 are allowed: pr-1" in ran.err
    assert site.parameters() == [RECORD.replace("pr-7", "pr-1")]


def test_extending_moves_the_time_and_changes_no_resource(site: Site) -> None:
    """A stack is updated, or the time is moved back, or a wrong clock is asked."""
    site.create(7, "--ttl", "72h")
    changes(site)
    ran = site.typed.run("env", "extend", "--pr", "7", "--ttl", "48h")
    assert (ran.code, ran.out) == (0, "pr-7 lives until 2026-01-04 00:00 UTC already: nothing to do\n")
    assert changes(site) == []
    site.cloud.clock.advance(48 * HOUR)
    ran = site.typed.run("env", "extend", "--pr", "7", "--ttl", "48h")
    assert (ran.code, ran.out) == (0, "pr-7 lives until 2026-01-05 00:00 UTC\n")
    assert changes(site) == ["PutParameter"]
    told = site.typed.told("env", "extend", "-e", "pr-7", "--ttl", "3d")
    assert (told["changed"], told["expires"]) == (True, "2026-01-06T00:00:00Z")


def test_what_is_not_there_is_not_extended(site: Site) -> None:
    ran = site.typed.run("env", "extend", "--pr", "7", "--ttl", "48h")
    assert ran.code == 1
    assert "there is no environment pr-7 of acme/site\n  python -m stackgen env create -e pr-7 makes it" in ran.err


def test_what_has_lost_its_record_is_found_by_its_tags_and_extended(site: Site) -> None:
    site.create(7, "--owner", "ann")
    site.client("ssm").delete_parameter(Name=RECORD)
    (row,) = site.typed.told("env", "list")["environments"]
    assert (row["owner"], row["expires"], row["state"]) == ("ann", "2026-01-04T00:00:00Z", "ready")
    assert site.typed.run("env", "extend", "--pr", "7", "--ttl", "10d").code == 0
    assert site.typed.told("env", "list")["environments"][0]["expires"] == "2026-01-11T00:00:00Z"


def test_a_record_that_somebody_has_made_unreadable_hides_nothing(site: Site) -> None:
    site.create(7)
    site.client("ssm").put_parameter(Name=RECORD, Value="{}", Type="String", Overwrite=True)
    (row,) = site.typed.told("env", "list")["environments"]
    assert row["expires"] == "2026-01-04T00:00:00Z"
    site.create(7)
    assert site.typed.told("env", "list")["environments"][0]["expires"] == "2026-01-04T00:00:00Z"


@pytest.mark.parametrize("words", [("create", "--pr", "7", "--yes"), ("extend", "--pr", "7", "--ttl", "5d")])
def test_what_is_being_removed_is_neither_made_nor_extended(site: Site, words: tuple[str, ...]) -> None:
    site.create(7)
    site.client("ssm").put_parameter(Name=SIGN, Value="pr-7", Type="String")
    ran = site.typed.run("env", *words)
    assert ran.code == 7
    assert ran.err.startswith("error: pr-7 is being removed\n  python -m stackgen env destroy -e pr-7 brings")
    assert site.typed.told("env", "list")["environments"][0]["state"] == "being removed"


def test_the_list_says_who_until_when_how_and_what_is_left_over(site: Site) -> None:
    """One of another repository is listed, or what was retained is not, or the cost is none."""
    table = {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "Retain",
        "Properties": {
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        },
    }
    secret = {"Type": "AWS::SecretsManager::Secret", "Properties": {"SecretString": "of nobody"}}
    site.build(Kept=table, Secret=secret)
    site.create(7, "--owner", "ann", "--ttl", "24h")
    site.create(8, "--owner", "bob")
    site.foreign("other", Environment="pr-9", AutoDelete="true", Repository="acme/other")
    assert site.typed.run("env", "destroy", "--pr", "8", "--yes", *QUICK).code == 0
    site.cloud.clock.advance(25 * HOUR)
    told = site.typed.told("env", "list")
    seven, eight = told["environments"]
    assert told["verdict"] == "1 environment of acme/site, 1 past their time, 1 resource left over"
    assert (seven["name"], seven["owner"], seven["age_seconds"], seven["is_over"]) == ("pr-7", "ann", 25 * HOUR, True)
    assert seven["stacks"] == [{"name": "site-pr-7", "region": "us-east-1", "status": "CREATE_COMPLETE"}]
    assert (eight["name"], eight["state"], len(eight["left_over"])) == ("pr-8", "gone", 1)
    assert told["usd_a_day_each"] > 0
    ran = site.typed.run("env", "list", "--owner", "ann")
    assert "  pr-7  ann    25 h 0 min  over since 1 h 0 min  ready  1" in ran.out
    assert "pr-8" not in ran.out
    assert changes(site)[-1:] != ["PutParameter"]


def test_other_commands_know_the_name_of_such_an_environment(site: Site) -> None:
    site.create(7)
    assert site.typed.run("outputs", "FilesName", "-e", "pr-7").out == f"{site.bucket('site-pr-7')}\n"
    assert site.typed.run("status", "-e", "pr-7").out.startswith("1 stack: 1 up to date\n")
    ran = site.typed.run("status", "-e", "pr-x")
    assert (ran.code, "the project has no environment 'pr-x'" in ran.err) == (2, True)
