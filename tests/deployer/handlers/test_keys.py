"""How things are called: unlike things never share a name, and every name is one that AWS takes."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.deployer.handlers import keys
from stackgen.deployer.handlers.inputs import Build, Pair
from tests.deployer.handlers.properties import steady

NAMES = st.text("abcXYZ019-_./ é", min_size=1, max_size=150)


def test_the_keys_of_items_are_those_of_the_specification() -> None:
    build = Build("dev", "shop", "k1")
    assert keys.lock("dev", "shop") == "LOCK#dev#shop"
    assert (keys.targets("shop"), keys.targets(keys.DEFAULT_REPO)) == ("REPO#shop", "REPO#$")
    assert keys.environment("dev") == "ENV#dev"
    assert keys.builds("dev", "shop") == "REPO#shop#ENV#dev"
    assert keys.deployment("k1", Pair("1", "us-east-1")) == "BUILD#k1#1/us-east-1"
    assert (keys.plan("k1"), keys.batch("k1", 7)) == ("PLAN#k1", "PLAN#k1#0007")
    assert (keys.plan("k1", "REVERT"), keys.batch("k1", 7, "REVERT")) == ("PLAN#k1#REVERT", "PLAN#k1#REVERT#0007")
    assert (keys.latest("dev"), keys.latest_id(build)) == ("LATEST#dev", "shop/dev:k1")


@pytest.mark.requirement("DEP-20")
def test_a_stack_set_is_called_after_the_environment_and_the_repository() -> None:
    """A StackSet with another name than environment and repository."""
    assert keys.stack_set_name("dev", "shop") == "dev-shop"


@pytest.mark.requirement("DEP-20", "DEP-D23")
@steady
@given(env=NAMES, repo=NAMES)
def test_the_name_of_a_stack_set_is_always_one_that_aws_takes(env: str, repo: str) -> None:
    """A repository whose name CreateStackSet refuses."""
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,127}", keys.stack_set_name(env, repo))


@pytest.mark.requirement("DEP-D23")
@steady
@given(first=NAMES, second=NAMES)
def test_two_repositories_of_an_environment_share_no_stack_set(first: str, second: str) -> None:
    """Two repositories whose names become one."""
    names = {keys.stack_set_name("dev", first), keys.stack_set_name("dev", second)}
    assert len(names) == len({first, second})


@pytest.mark.requirement("DEP-D46")
@steady
@given(env=NAMES, repo=NAMES, sk=st.text("abcXYZ019", min_size=27, max_size=27))
def test_the_name_of_an_execution_is_always_one_that_step_functions_take(env: str, repo: str, sk: str) -> None:
    """A build whose execution cannot be named."""
    name = keys.execution_name(env, repo, sk)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,80}", name)
    assert keys.execution_name(env, repo, sk) == name
    assert keys.execution_name(env, repo, f"{sk[:-1]}!") != name


def test_a_name_that_fits_is_taken_as_it_is() -> None:
    assert keys.execution_name("dev", "shop", "k1") == "shop-dev-k1"


@pytest.mark.requirement("DEP-D80")
def test_the_id_of_an_operation_is_the_same_for_the_same_batch_and_no_other() -> None:
    """An operation that a second attempt does not find again."""
    found = {keys.operation_id(sk, kind, index) for sk in ("k1", "k2") for kind in ("", "REVERT") for index in (0, 1)}
    assert len(found) == 8
    assert all(str(UUID(each)) == each for each in found)
    assert keys.operation_id("k1", "", 0) in found
