"""``multi plan``: what it says is what the functions then do, and nothing is changed by looking."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.local.faults import Fail
from tests.deployer.operating.installed import ACCOUNTS, BUCKET, REGIONS, TEMPLATE, Installed

ALL = sorted(f"{account}/{region}" for account in ACCOUNTS for region in REGIONS)
APPLY = ("apply", "shop", "--bucket", BUCKET, "--yes", "--s3-key")


def first_release(installed: Installed, **more: Any) -> None:
    """Version 1 everywhere in dev."""
    installed.targets(**more)
    installed.release("shop/main/1.abc")
    assert installed.run(*APPLY, "shop/main/1.abc").code == 0
    assert installed.carried_out()["status"] == "SUCCESS"


def test_before_the_first_release_everything_is_created(installed: Installed) -> None:
    installed.targets()
    told = installed.json("plan", "shop")
    assert told["verdict"] == (
        "shop in dev: 6 to create, 0 to update, 0 to delete, 0 to skip, 0 inoperable; 1 operation"
    )
    assert sorted(told["create"]) == ALL
    (operation,) = told["operations"]
    assert (operation["action"], operation["targets"], operation["concurrency"]) == ("CREATE", 6, 3)
    assert (told["stack_set_is_new"], told["most_touched_before_it_stops"]) == (True, 3)
    text = installed.run("plan", "shop").out
    assert "there is no StackSet yet: it is created" in text
    assert "fail-fast: if every one fails, at most 3 of 6 targets are touched before it stops" in text


def test_what_is_planned_is_what_happens(installed: Installed) -> None:
    first_release(installed, policy={"canary_accounts": ACCOUNTS[:1]})
    changed = [*ACCOUNTS[:2], "555555555555"]
    installed.targets(accounts=changed, policy={"canary_accounts": ACCOUNTS[:1]})
    installed.release("shop/main/2.abc", {**TEMPLATE, "Description": "changed"})
    words = ("--s3-key", "shop/main/2.abc", "--bucket", BUCKET)
    told = installed.json("plan", "shop", *words, "--prune")
    assert (told["basis"], told["definition_changes"]) == ("compared", True)
    assert told["counts"] == {"create": 2, "update": 4, "delete": 2, "skip": 0, "inoperable": 0, "orphans": 2}
    assert [(each["action"], each["wave"]) for each in told["operations"]] == [
        ("DEFINE", 0), ("UPDATE", 1), ("CREATE", 1), ("DELETE", 2),
    ]  # fmt: skip
    assert {pair.split("/")[0] for pair in told["delete"]} == {ACCOUNTS[2]}
    installed.changes()
    installed.run(*APPLY, "shop/main/2.abc", "--prune")
    assert installed.carried_out()["status"] == "SUCCESS"
    kinds = [call.removeprefix("cloudformation:") for call in installed.changes() if "cloudformation" in call]
    assert [kind for kind in kinds if "Stack" in kind] == [
        "UpdateStackSet", "UpdateStackInstances", "CreateStackInstances", "DeleteStackInstances",
    ]  # fmt: skip
    assert installed.instances() == sorted(f"{account}/{region}" for account in changed for region in REGIONS)
    after = installed.json("plan", "shop", *words)
    assert (after["definition_changes"], after["operations"]) == (False, [])
    assert sorted(after["skip"]) == installed.instances()


def test_orphans_are_told_and_left_alone_without_prune(installed: Installed) -> None:
    first_release(installed)
    installed.targets(accounts=ACCOUNTS[:2])
    ran = installed.run("plan", "shop", "--same")
    assert ran.out.startswith(
        "shop in dev: 0 to create, 0 to update, 0 to delete, 4 to skip, 0 inoperable, 2 orphans left alone; "
        "0 operations\n"
        "  as said, template and parameters are those that are there\n"
    )
    assert f"orphans, exist, and nobody asks for them any more: {ACCOUNTS[2]}/" in ran.out
    assert "--prune deletes them and their stacks" in ran.out


def test_without_a_release_the_worst_is_assumed_and_said(installed: Installed) -> None:
    first_release(installed)
    told = installed.json("plan", "shop")
    assert (told["basis"], told["counts"]["update"]) == ("assumed", 6)
    assert "assumed: template or parameters differ" in installed.run("plan", "shop").out
    build = installed.get("builds", PK="LATEST#dev", SK="REPO#shop") or {}
    same = installed.json("plan", "shop", "--build", build["build_id"])
    assert (same["basis"], same["counts"]["skip"]) == ("compared", 6)


@pytest.mark.parametrize(
    ("policy", "most", "concurrency"),
    [
        ({}, 10, 10),
        ({"max_concurrent_count": 4}, 4, 4),
        ({"max_concurrent_count": 4, "failure_tolerance_count": 3}, 7, 4),
        ({"concurrency_mode": "STRICT_FAILURE_TOLERANCE"}, 1, 1),
        ({"concurrency_mode": "STRICT_FAILURE_TOLERANCE", "failure_tolerance_count": 3}, 4, 4),
        ({"max_concurrent_percentage": 50, "failure_tolerance_percentage": 10}, 12, 10),
        ({"region_concurrency_type": "PARALLEL", "max_concurrent_count": 4}, 8, 4),
        ({"failure_tolerance_count": 20}, 40, 10),
        ({"mode": "collect-all"}, 40, 10),
        ({"canary_accounts": ["000000000000"]}, 1, 1),
        ({"canary_accounts": ["000000000000"], "failure_tolerance_count": 1, "max_concurrent_count": 2}, 5, 1),
    ],
    ids=str,
)
def test_how_far_a_bad_release_gets_follows_from_the_policy(
    installed: Installed, policy: dict[str, Any], most: int, concurrency: int
) -> None:
    installed.targets(accounts=[f"{number:012}" for number in range(20)], policy=policy)
    told = installed.json("plan", "shop")
    assert told["most_touched_before_it_stops"] == most
    assert told["operations"][0]["concurrency"] == concurrency


@pytest.mark.parametrize("tolerance", [0, 2])
def test_a_release_that_fails_everywhere_touches_no_more_than_was_said(installed: Installed, tolerance: int) -> None:
    policy = {"max_concurrent_count": 3, "failure_tolerance_count": tolerance}
    installed.targets(accounts=[f"{number:012}" for number in range(200, 212)], policy=policy)
    installed.release("shop/main/1.abc")
    most = installed.json("plan", "shop", "--s3-key", "shop/main/1.abc", "--bucket", BUCKET)[
        "most_touched_before_it_stops"
    ]
    installed.cloud.faults.add("create:AWS::SSM::Parameter", Fail("x", "no quota"), times=None)
    installed.run(*APPLY, "shop/main/1.abc")
    assert installed.carried_out()["status"] == "FAILED"
    told = installed.json("status", "shop")
    assert tolerance < told["failures"] <= most
    assert told["failures"] + len(told["cancelled"]) == 24


def test_an_instance_that_no_operation_reaches_is_told(installed: Installed) -> None:
    first_release(installed)
    installed.cloud.faults.add("delete:AWS::SSM::Parameter", Fail("x", "in use"), account=ACCOUNTS[2])
    stacks = installed.cloud.client("cloudformation", "111111111111")
    stacks.delete_stack_instances(
        StackSetName="dev-shop", Accounts=[ACCOUNTS[2]], Regions=["eu-west-1"], RetainStacks=False
    )
    installed.cloud.clock.settle()
    ran = installed.run("plan", "shop", "--same")
    assert "5 to skip, 1 inoperable" in ran.out.splitlines()[0]
    assert f"inoperable, no operation reaches them: {ACCOUNTS[2]}/eu-west-1" in ran.out
    assert "DeleteStackInstances with RetainStacks takes it out of the StackSet" in ran.out


def test_a_change_that_could_reach_orphans_alone_is_refused(installed: Installed) -> None:
    first_release(installed)
    installed.targets(accounts=["555555555555"])
    ran = installed.run("plan", "shop")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: the StackSet has 6 instances, none of which is a target any more")


def test_a_plan_changes_nothing(installed: Installed) -> None:
    first_release(installed)
    installed.release("shop/main/2.abc", {**TEMPLATE, "Description": "changed"})
    installed.changes()
    for words in ((), ("--same",), ("--prune",), ("--s3-key", "shop/main/2.abc", "--bucket", BUCKET)):
        assert installed.run("plan", "shop", *words).code == 0
    assert installed.changes() == []


def test_every_page_of_instances_is_read(installed: Installed) -> None:
    accounts = [f"{number:012}" for number in range(200, 260)]
    installed.targets(accounts=accounts, policy={"region_concurrency_type": "PARALLEL", "max_concurrent_count": 60})
    installed.release("shop/main/1.abc", {"Parameters": {}, "Resources": {"A": {"Type": "AWS::SNS::Topic"}}})
    installed.run(*APPLY, "shop/main/1.abc")
    assert installed.carried_out()["status"] == "SUCCESS"
    assert installed.json("plan", "shop", "--same")["counts"]["skip"] == 120


WRONG = {
    ("plan", "shop", "--same", "--build", "x"): "--s3-key, --build and --same exclude each other",
    ("plan", "shop", "--build", "x"): "--build x: 27 letters and digits were expected",
    ("plan", "shop", "--s3-key", "hello", "--bucket", BUCKET): "'hello/cloudformation-params.json' is no {repo}",
    ("plan", "shop", "--s3-key", "other/main/1.a", "--bucket", BUCKET): "--s3-key other/main/1.a is a release of other",
    ("plan", "shop", "--s3-key", "shop/main/9.a", "--bucket", BUCKET): "there is no release at s3://releases/shop/main/9.a",
    ("plan", "shp"): "shp has no targets in dev: no such repository\n  did you mean shop?",
    ("plan", "shop", "-e", "pord"): "shop has no targets in pord: no such environment\n  known: dev",
    ("plan",): "plan: the following arguments are required: REPO",
    ("plan", "acme/shop"): "REPO 'acme/shop': a name without '#', '/' and blanks was expected",
}  # fmt: skip


@pytest.mark.parametrize(("words", "message"), WRONG.items(), ids=[" ".join(words) for words in WRONG])
def test_a_wrong_word_is_2_with_the_likely_spelling(installed: Installed, words: tuple[str, ...], message: str) -> None:
    installed.targets()
    installed.release()
    ran = installed.run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {message}")
    assert len(ran.err.splitlines()) <= 5
