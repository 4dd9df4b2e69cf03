"""``multi targets``: every way of the specification's table, and every wrong use."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stackgen.deployer.handlers.settings import Settings
from stackgen.deployer.handlers.targets import configured
from stackgen.local.faults import Fail, LoseAnswer
from tests.deployer.operating.installed import ACCOUNTS, REGIONS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.deployer.operating.installed import Installed

WHERE = ("--accounts", ",".join(ACCOUNTS), "--regions", ",".join(REGIONS))


@pytest.mark.requirement("DEP-51")
def test_a_record_that_is_set_is_what_the_functions_read(installed: Installed) -> None:
    """The functions understand the record otherwise than whoever set it."""
    ran = installed.run("targets", "set", "--repo", "shop", "-e", "dev", *WHERE, "--canary", ACCOUNTS[0])
    assert (ran.code, ran.err) == (0, "")
    first, *lines = ran.out.splitlines()
    assert first == "shop in dev: 6 targets in 3 accounts, 2 regions"
    found = configured("dev", "shop", installed.dynamodb, Settings("dev"))
    assert [str(pair) for pair in found.pairs] == [f"{account}/{region}" for account in ACCOUNTS for region in REGIONS]
    assert [line.strip() for line in lines if "/" in line] == [str(pair) for pair in found.pairs]
    assert found.policy.waves == ((ACCOUNTS[0],),)


@pytest.mark.requirement("DEP-51")
def test_a_record_that_is_there_is_refused_without_overwrite(installed: Installed) -> None:
    """Targets are replaced by mistake."""
    installed.targets()
    before = installed.get("targets", PK="REPO#shop", SK="ENV#dev")
    ran = installed.run(
        "targets", "set", "--repo", "shop", "-e", "dev", "--accounts", ACCOUNTS[0], "--regions", "eu-west-1"
    )
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "error: shop has a record for dev already with 6 targets\n"
        "  --overwrite replaces what is given, and keeps the rest\n"
    )
    assert installed.get("targets", PK="REPO#shop", SK="ENV#dev") == before


def test_overwriting_replaces_what_is_given_and_keeps_the_rest(installed: Installed) -> None:
    installed.targets(downstream_env=["prod"], policy={"mode": "collect-all"})
    words = ("targets", "set", "--repo", "shop", "-e", "dev", "--overwrite")
    told = installed.json(*words, "--accounts", f"{ACCOUNTS[0]},555555555555", "--regions", "eu-west-1")
    assert told["verdict"].endswith("; then prod; 1 new, 5 removed")
    assert told["added"] == ["555555555555/eu-west-1"]
    assert (told["downstream_env"], told["policy"]) == (["prod"], {"mode": "collect-all"})
    told = installed.json(*words, "--downstream-env", "", "--policy-json", "{}")
    assert (told["downstream_env"], told["policy"], told["count"]) == ([], {}, 2)
    assert told["removed"] == []


def test_an_attempt_whose_answer_was_lost_is_no_refusal(installed: Installed) -> None:
    fault = installed.cloud.faults.add("dynamodb:PutItem", LoseAnswer())
    ran = installed.run("targets", "set", "--repo", "shop", "-e", "dev", *WHERE)
    assert (ran.code, fault.met) == (0, 1)


GROUPS = [{"account_ids": ACCOUNTS[:2], "regions": ["eu-west-1"]}, {"account_id": ACCOUNTS[2], "regions": REGIONS}]


@pytest.mark.parametrize("from_file", [False, True])
def test_groups_are_expanded_each_by_itself(installed: Installed, tmp_path: Path, from_file: bool) -> None:
    (tmp_path / "targets.json").write_text(json.dumps(GROUPS))
    given = "targets.json" if from_file else json.dumps(GROUPS)
    told = installed.json("targets", "set", "--default", "-e", "dev", "--targets-json", given)
    pairs = [f"{each['account_id']}/{each['region']}" for each in told["targets"]]
    assert pairs == [
        f"{ACCOUNTS[0]}/eu-west-1",
        f"{ACCOUNTS[1]}/eu-west-1",
        *(f"{ACCOUNTS[2]}/{each}" for each in REGIONS),
    ]


POLICIES = {
    ("--mode", "collect-all"): {"mode": "collect-all"},
    ("--max-concurrent", "25%", "--failure-tolerance", "2"): {
        "max_concurrent_percentage": 25, "failure_tolerance_count": 2,
    },
    ("--policy-json", '{"max_concurrent_count": 3}', "--max-concurrent", "50%"): {"max_concurrent_percentage": 50},
    ("--concurrency-mode", "strict", "--parallel-regions"): {
        "concurrency_mode": "STRICT_FAILURE_TOLERANCE", "region_concurrency_type": "PARALLEL",
    },
    ("--wave", ACCOUNTS[0], "--wave", f"{ACCOUNTS[1]},{ACCOUNTS[2]}"): {"waves": [[ACCOUNTS[0]], ACCOUNTS[1:]]},
    ("--alarm", "errors", "--alarm", "latency", "--bake-minutes", "10", "--rollback-on-failure"): {
        "alarms": ["errors", "latency"], "bake_minutes": 10, "rollback_on_failure": True,
    },
    ("--region-order", "eu-west-1,us-east-1", "--managed-execution", "--auto-expand"): {
        "region_order": ["eu-west-1", "us-east-1"], "managed_execution": True, "auto_expand": True,
    },
}  # fmt: skip


@pytest.mark.parametrize(("words", "policy"), POLICIES.items(), ids=map(" ".join, POLICIES))
def test_flags_are_keys_of_the_policy(installed: Installed, words: tuple[str, ...], policy: dict[str, object]) -> None:
    told = installed.json("targets", "set", "--default", "-e", "dev", *WHERE, *words)
    assert told["policy"] == policy
    assert installed.json("targets", "list", "-e", "dev")["environments"][0]["policy"] == policy


SET = ("set", "--repo", "shop", "-e", "dev")
ONE = ("--accounts", ACCOUNTS[0], "--regions")
WRONG = {
    (*SET, "--default", *WHERE): "--default and --repo exclude each other",
    ("set", "-e", "dev", *WHERE): "--repo REPO or --default was expected: whose targets?",
    ("set", "--repo", "shop", *WHERE): "targets set needs -e ENV",
    (*SET, "-e", "prod", *WHERE): "multi takes one -e, and was given dev and prod",
    SET: "targets set needs --accounts and --regions, or --targets-json: where to?",
    (*SET, "--accounts", ACCOUNTS[0]): "targets set needs --regions too",
    (*SET, *WHERE, "--targets-json", "[]"): "--targets-json and --accounts or --regions: one way",
    (*SET, "--accounts", "12345", *ONE[2:], "eu-west-1"): "account '12345' of the targets is not a text of 12",
    (*SET, *ONE, "eu-wset-1"): "region eu-wset-1: AWS has no such region\n  did you mean eu-west-1?",
    (*SET, *ONE, "Europe"): "region 'Europe' of the targets is not the name of a region",
    (*SET, "--accounts", "1,,2", "--regions", "eu-west-1"): "--accounts '1,,2': names with commas",
    (*SET, "--targets-json", "[{]"): "--targets-json is no JSON",
    (*SET, "--targets-json", "{}"): "--targets-json: a list such as",
    (*SET, "--targets-json", '[{"acounts": []}]'): "--targets-json: unknown key 'acounts' of a group\n  did you",
    (*SET, "--targets-json", '[{"account_ids": []}]'): '--targets-json: {"account_ids": []} needs account_ids and',
    (*SET, *WHERE, "--policy-json", '{"mod": "collect-all"}'): "policy: unknown key 'mod'; did you mean mode?",
    (*SET, *WHERE, "--policy-json", "[]"): "--policy-json: an object such as",
    (*SET, *WHERE, "--mode", "careful"): "policy: mode is 'careful', but fail-fast or collect-all was expected",
    (*SET, *WHERE, "--max-concurrent", "many"): "--max-concurrent 'many': a whole number was expected",
    (*SET, *WHERE, "--bake-minutes", "500"): "policy: bake_minutes is 500, but a number from 0 to 180 was expected",
    (*SET, *WHERE, "--canary", "77"): "policy: account '77' of the waves is not a text of 12 digits",
    (*SET, *WHERE, "--downstream-env", "dev"): "--downstream-env dev: dev would be promoted to itself",
    (*SET, *WHERE, "--concurrency-mode", "loose"): "set: argument --concurrency-mode: invalid choice: 'loose'",
    ("set", "--repo", "acme/shop", "-e", "dev", *WHERE): "--repo 'acme/shop': a name without '#', '/' and blanks",
    ("rm", "--repo", "shop"): "targets rm needs -e ENV",
    ("config", "--initial-env", "dev"): "--repo REPO or --default was expected",
    ("config", "-e", "dev"): "targets config takes no -e",
    ("lst",): "multi targets: unknown word 'lst'\n  did you mean list?",
    ("list", "--format", "md"): "--format md: one of text, json was expected",
}  # fmt: skip


@pytest.mark.parametrize(("words", "message"), WRONG.items(), ids=[" ".join(words)[:70] for words in WRONG])
def test_a_wrong_word_is_2_and_writes_nothing(installed: Installed, words: tuple[str, ...], message: str) -> None:
    installed.changes()
    ran = installed.run("targets", *words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {message}")
    assert len(ran.err.splitlines()) <= 5
    assert installed.changes() == []


def test_a_file_that_is_not_there_is_named(installed: Installed) -> None:
    ran = installed.run("targets", *SET, "--targets-json", "nowhere.json")
    assert (ran.code, ran.err) == (1, "error: nowhere.json: cannot be read: No such file or directory\n")


def test_what_is_hardly_meant_is_a_warning(installed: Installed) -> None:
    words = (
        "--canary",
        "555555555555",
        "--region-order",
        "eu-central-1",
        "--bake-minutes",
        "5",
        "--downstream-env",
        "prod",
    )
    ran = installed.run("targets", *SET, *WHERE, *words)
    assert ran.code == 0
    assert ran.err.splitlines() == [
        "warning: 555555555555 of the waves is no target, and will be left out",
        "warning: eu-central-1 of the region order is in no target",
        "warning: bake_minutes without alarms: there is nothing to watch, and nothing is waited for",
        "warning: prod is downstream and has no targets yet",
    ]


@pytest.mark.requirement("DEP-51")
def test_the_list_falls_back_to_the_default_and_says_so(installed: Installed) -> None:
    """Default targets are shown as the repository's own."""
    installed.targets("$")
    ran = installed.run("targets", "list", "shop", "-e", "dev")
    first = ran.out.splitlines()[0]
    assert (ran.code, first) == (
        0,
        "shop in dev: 6 targets in 3 accounts, 2 regions; these are the default ones, shop has none of its own",
    )
    installed.targets("shop", accounts=ACCOUNTS[:1])
    assert installed.run("targets", "list", "shop", "-e", "dev").out.startswith("shop in dev: 2 targets in 1 account")
    assert installed.run("targets", "list", "-e", "dev").out.startswith("the default in dev: 6 targets")


@pytest.mark.requirement("DEP-51", "DEP-52")
def test_without_an_environment_the_list_follows_the_promotion(installed: Installed) -> None:
    """An environment that a release reaches is not listed."""
    installed.put("targets", PK="REPO#shop", SK="CONFIG", initial_env="tst")
    for env, downstream in (("tst", ["staging", "aside"]), ("staging", ["prod"]), ("prod", []), ("aside", [])):
        installed.targets("shop", env, downstream_env=downstream)
    told = installed.json("targets", "list", "--repo", "shop")
    assert (told["initial_env"], told["promotion"], told["cycle"]) == ("tst", ["tst", "staging", "prod"], [])
    assert [each["env"] for each in told["environments"]] == ["tst", "staging", "prod", "aside"]
    text = installed.run("targets", "list", "shop").out
    assert text.startswith("shop: 24 targets in 4 environments; releases go to tst first\n")
    assert "aside: 6 targets in 3 accounts, 2 regions; no environment leads here" in text


@pytest.mark.requirement("DEP-51")
def test_a_circle_of_promotions_is_told_and_ends(installed: Installed) -> None:
    """The list follows a circle for ever."""
    for env, downstream in (("dev", ["staging"]), ("staging", ["prod"]), ("prod", ["staging"])):
        installed.targets("$", env, downstream_env=downstream)
    ran = installed.run("targets", "list")
    assert ran.code == 0
    assert ran.err == "warning: promotion goes round in a circle: staging -> prod -> staging\n"
    assert installed.json("targets", "list")["cycle"] == ["staging", "prod", "staging"]
    again = installed.run("targets", "set", "--default", "-e", "prod", "--overwrite", "--downstream-env", "dev")
    assert "warning: promotion goes round in a circle: dev -> staging -> prod -> dev\n" in again.err


def test_a_chain_that_leads_nowhere_is_told(installed: Installed) -> None:
    assert "warning: releases go to dev first (built-in), which has no targets" in installed.run("targets", "list").err
    installed.targets("shop", downstream_env=["prod"])
    assert installed.run("targets", "list", "shop").err == "warning: dev leads to prod, which has no targets\n"


@pytest.mark.requirement("DEP-D63")
def test_an_environment_without_targets_is_told_with_the_likely_one(installed: Installed) -> None:
    """Environments are a list in the code, and another one is not known."""
    installed.targets("$", "staging")
    ran = installed.run("targets", "list", "shop", "-e", "stagin")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "error: no targets for shop in stagin\n  did you mean staging?\n  multi targets set writes them\n"
    )


@pytest.mark.requirement("DEP-51")
def test_a_record_goes_when_somebody_says_yes(installed: Installed) -> None:
    """Targets are deleted without a question, or stay after a yes."""
    installed.targets()
    words = ("targets", "rm", "--repo", "shop", "-e", "dev")
    nobody = installed.run(*words)
    assert (nobody.code, nobody.out) == (3, "")
    assert nobody.err.splitlines()[1:] == [
        "error: nobody to ask: take the record of shop in dev with 6 targets away?",
        "  --yes answers it",
    ]
    no = installed.answer("n\n", *words)
    assert (no.code, no.out) == (3, "")
    assert no.err.endswith("[y/N] error: nothing was done\n")
    assert installed.get("targets", PK="REPO#shop", SK="ENV#dev") is not None
    yes = installed.answer("yes\n", *words)
    assert (yes.code, yes.out) == (0, "1 removed: the record of shop in dev with 6 targets\n")
    assert installed.get("targets", PK="REPO#shop", SK="ENV#dev") is None
    again = installed.run(*words, "--yes")
    assert (again.code, again.out) == (0, "0 removed: shop in dev has no record of targets\n")


@pytest.mark.parametrize("words", [("--ci",), ("--yes",)])
def test_with_ci_nobody_is_asked_even_at_a_terminal(installed: Installed, words: tuple[str, ...]) -> None:
    installed.targets()
    ran = installed.answer("y\n", "targets", "rm", "--repo", "shop", "-e", "dev", *words)
    assert ran.code == (0 if "--yes" in words else 3)
    assert "[y/N]" not in ran.err


@pytest.mark.requirement("DEP-52")
def test_the_initial_environment_is_read_and_set(installed: Installed) -> None:
    """A release goes first to another environment than the one that was set."""
    assert installed.json("targets", "config")["said_by"] == "built-in"
    installed.run("targets", "config", "--default", "--initial-env", "tst")
    told = installed.json("targets", "config", "--repo", "shop")
    assert (told["initial_env"], told["said_by"]) == ("tst", "default")
    ran = installed.run("targets", "config", "--repo", "shop", "--initial-env", "first")
    assert ran.out == "releases of shop go to first first (its own setting)\n"
    assert ran.err.startswith("warning: first has no targets for shop yet")
    assert installed.json("targets", "config", "--repo", "other")["initial_env"] == "tst"


def test_a_record_that_an_older_hand_wrote_is_told_where_it_is_wrong(installed: Installed) -> None:
    installed.put("targets", PK="REPO#shop", SK="ENV#dev", targets=[{"account_ids": ["77"], "regions": ["eu-west-1"]}])
    ran = installed.run("targets", "list", "shop")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "error: the record of targets of shop in dev cannot be used: "
        "account '77' of the targets is not a text of 12 digits\n"
    )


def test_a_long_list_is_cut_unless_all_is_asked_for(installed: Installed) -> None:
    installed.targets(accounts=[f"{number:012}" for number in range(20)])
    assert installed.run("targets", "list", "shop", "-e", "dev").out.splitlines()[-1] == "  ... 20 more; -v shows all"
    assert len(installed.run("targets", "list", "shop", "-e", "dev", "-v").out.splitlines()) == 41


def test_a_list_reads_alone(installed: Installed) -> None:
    installed.targets()
    installed.changes()
    installed.cloud.faults.add("dynamodb:*Item", Fail("AccessDeniedException"), when=lambda call: "Put" in str(call))
    for words in (("list",), ("list", "shop"), ("list", "shop", "-e", "dev"), ("config",)):
        assert installed.run("targets", *words).code == 0
    assert installed.changes() == []
