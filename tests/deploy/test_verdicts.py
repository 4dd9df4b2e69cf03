"""The offline verdict beside AWS's: what AWS leaves open is explained, and what is deployed is read whole."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stackgen.deploy import stacks
from stackgen.deploy.changesets import Change
from stackgen.deploy.verdicts import Difference, Offline, counted, deployed, differences, word_of

from .deployed import NAME, NOTE, SECRET, Deployed, named, target


def test_what_is_deployed_is_read_under_the_names_of_the_build(shop: Deployed) -> None:
    shop.deploy()
    cloudformation = shop.client("cloudformation")
    state = stacks.find(NAME, cloudformation)
    assert state is not None
    found = deployed(stacks.tree(state, cloudformation, NAME), "shop/shop-stack", cloudformation)
    assert {name: each.content for name, each in found.templates.items()} == {
        name: each.content for name, each in shop.build.templates.items()
    }


def test_the_verdict_without_aws_agrees_where_aws_knows(shop: Deployed) -> None:
    shop.deploy()
    plan = shop.again().plan(target(Delay="7"))
    assert plan.offline is not None
    assert set(plan.offline.impacts) == {f"{NAME}/Queues", f"{NAME}/Queues/Queue"}
    assert plan.differences == ()


def test_a_reference_that_aws_does_not_follow_is_a_difference(shop: Deployed) -> None:
    shop.deploy()
    plan = shop.again().plan(target(Key="name"))
    assert [(each.path, each.aws, each.offline) for each in plan.differences] == [
        (f"{NAME}/Queues/Note", "unchanged", "updated in place")
    ]


def change(action: str = "Modify", replacement: str = "False", policy: str = "", type_: str = "T") -> Change:
    return Change("s/T", type_, action, replacement, policy)


OPEN = "AWS cannot know before the nested stacks have run; with these values nothing changes"
OTHERWISE = "the templates do not say so: somebody changed the stack by other means, or a value is a secret"


@pytest.mark.parametrize(
    ("found", "aws", "why"),
    [
        (change(replacement="Conditional"), "may be replaced", OPEN),
        (change(), "updated in place", OPEN),
        (change(replacement="True"), "replaced", OTHERWISE),
        (change("Remove"), "deleted", OTHERWISE),
    ],
    ids=["conditional", "in place", "replaced", "removed"],
)
def test_what_aws_calls_a_change_and_the_values_do_not_is_explained(found: Change, aws: str, why: str) -> None:
    (difference,) = differences([found], Offline({}, ()))
    assert difference == Difference("s/T", aws, "unchanged", why)


def test_nested_stacks_themselves_are_no_difference() -> None:
    assert differences([change(replacement="Conditional", type_="AWS::CloudFormation::Stack")], Offline({}, ())) == ()


WORDS = {
    "created": change("Add"),
    "deleted": change("Remove", policy="Delete"),
    "left behind": change("Remove", policy="Retain"),
    "replaced": change(replacement="True"),
    "may be replaced": change(replacement="Conditional"),
    "updated in place": change(),
    "imported": change("Import"),
    "not known before it runs": change("Dynamic"),
}


@pytest.mark.parametrize(("word", "found"), WORDS.items(), ids=WORDS)
def test_aws_verdict_has_words(word: str, found: Change) -> None:
    assert word_of(found) == word


def test_resources_are_counted_without_the_nested_stacks() -> None:
    found = [change("Add"), change("Add"), change("Add", type_="AWS::CloudFormation::Stack"), change()]
    assert counted(found) == {"created": 2, "updated in place": 1}


def test_a_secret_that_a_resource_holds_is_in_no_plan(shop: Deployed) -> None:
    resource: dict[str, Any] = {**NOTE, "Properties": {"Type": "String", "Value": {"Ref": "Password"}}}
    with_secret = shop.with_build(root={"Held": resource})
    plan = with_secret.plan()
    assert SECRET not in json.dumps(plan.as_json())
    with_secret.applying.apply(plan)
    wanted = target(Delay="7")
    values = {**wanted.parameters, "Password": wanted.parameters["Password"]._replace(text="another-long-secret")}
    plan = with_secret.again().plan(named(wanted, parameters=values))
    assert f"{NAME}/Held" in {each.path for each in plan.changes}
    shown = json.dumps(plan.as_json())
    assert SECRET not in shown
    assert "another-long-secret" not in shown
    same = with_secret.again().plan(target(Delay="8"))
    assert same.offline is not None
    assert f"{NAME}/Held" not in same.offline.impacts
