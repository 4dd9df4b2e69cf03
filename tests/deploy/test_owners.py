"""Whose a stack is: a command of one environment does not touch the stack of another that has the same name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stackgen.deploy.errors import NeedsPersonError
from stackgen.deploy.overriding import lifted
from stackgen.deploy.owners import see_that_it_is_ours
from stackgen.deploy.stacks import StackState

from .deployed import NAME, changing, named, target
from .test_backup import PLAIN
from .typed import SETTINGS

if TYPE_CHECKING:
    from .deployed import Deployed
    from .typed import Typed

OF_TEST = SETTINGS.replace("env.dev", "env.test") + '[tool.stackgen.stack.shop-stack]\nstack_name = "shop-dev"\n'
"""An environment whose stack would have the name that dev's has."""


@pytest.mark.requirement("PP-D14")
@pytest.mark.parametrize(
    "words",
    [
        ("deploy", "--yes"),
        ("destroy", "--yes", "--unprotect", "--purge-data"),
        ("destroy", "--forecast"),
        ("rollback", "--yes"),
        ("backup",),
    ],
    ids=" ".join,
)
def test_no_command_touches_the_stack_of_another_environment(typed: Typed, words: tuple[str, ...]) -> None:
    """``destroy -e test`` deletes what dev lives on, because the two names are the same."""
    typed.deploy(data={"Orders": PLAIN})
    typed.write("pyproject.toml", OF_TEST)
    ran = typed.run(*words)
    assert (ran.code, ran.out) == (6, "")
    assert f"{NAME} in 111111111111/us-east-1 belongs to the environment dev, not to test" in ran.err
    assert "-e dev means it" in ran.err
    assert "stack_name in its settings" in ran.err
    assert changing([each.operation for each in typed.cloud.gateway.notes]) == []
    assert not (typed.root / "backups").exists()


def test_an_update_of_another_environment_is_not_cancelled(typed: Typed) -> None:
    """An update of dev that runs is taken back when test rolls back."""
    shop = typed.deploy()
    typed.cloud.formation.operations.steps.durations["*"] = 60
    plan = shop.plan(target(Delay="7"))
    assert plan.change_set is not None
    shop.client("cloudformation").execute_change_set(ChangeSetName=plan.change_set.id)
    typed.write("pyproject.toml", OF_TEST)
    assert typed.run("rollback", "--yes").code == 6
    assert typed.run("deploy", "--yes").code == 6
    assert shop.stack()["StackStatus"] == "UPDATE_IN_PROGRESS"


def test_the_policy_of_another_environments_stack_is_not_set_back(shop: Deployed) -> None:
    """A deployment of prod gives dev's stack the policy of prod, before it finds out whose it is."""
    rule = {"Effect": "Deny", "Action": "Update:*", "Principal": "*", "Resource": "LogicalResourceId/Data"}
    policy = json.dumps({"Statement": [{**rule, "Effect": "Allow", "Resource": "*"}, rule]})
    wanted = named(target(), stack_policy=policy)
    shop.deploy(wanted)
    shop.client("cloudformation").set_stack_policy(StackName=NAME, StackPolicyBody=lifted(policy, ["Data"]))
    (repair,) = shop.planner.repairs(wanted)
    assert repair.operation == "set_stack_policy"
    with pytest.raises(NeedsPersonError, match="belongs to the environment dev, not to prod"):
        shop.planner.repairs(named(wanted, env="prod"))


def test_a_stack_that_does_not_say_whose_it_is_is_taken_for_ours() -> None:
    """Stacks that were made otherwise cannot be taken over."""
    state = StackState(NAME, "arn:shop", "CREATE_COMPLETE")
    see_that_it_is_ours(state, target())
    with pytest.raises(NeedsPersonError, match="belongs to the environment dev, not to prod"):
        see_that_it_is_ours(StackState(NAME, "arn:shop", "X", tags={"Environment": "dev"}), named(target(), env="prod"))
