"""Where a build goes: its repository's targets, else the default ones; each group by itself, each pair once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.deployer.handlers.errors import TargetsInvalid
from stackgen.deployer.handlers.inputs import Pair
from stackgen.deployer.handlers.targets import expanded
from stackgen.local.faults import Fail, LoseAnswer, Throttle
from tests.deployer.handlers.field import HERE, THERE, A, B, C, Field
from tests.deployer.handlers.installation import FunctionFailed
from tests.deployer.handlers.properties import steady


def pairs(*groups: dict[str, Any]) -> list[str]:
    return [str(pair) for pair in expanded({"targets": list(groups)})]


@pytest.mark.requirement("DEP-14")
def test_accounts_and_regions_are_multiplied_within_each_group_alone() -> None:
    """A pair of an account of one group and a region of another."""
    found = pairs({"account_ids": [A, B], "regions": [HERE]}, {"account_ids": [C], "regions": [THERE, HERE]})
    assert found == [f"{A}/{HERE}", f"{B}/{HERE}", f"{C}/{THERE}", f"{C}/{HERE}"]


def test_a_pair_that_is_named_twice_comes_once_where_it_came_first() -> None:
    found = pairs({"account_ids": [B, A], "regions": [HERE]}, {"account_ids": [A, B], "regions": [HERE]})
    assert found == [f"{B}/{HERE}", f"{A}/{HERE}"]


@pytest.mark.requirement("DEP-D50")
def test_a_single_account_is_read_too() -> None:
    """A record in the brief's shape, with one account, that is not understood."""
    assert pairs({"account_id": A, "regions": [HERE]}) == pairs({"account_ids": [A], "regions": HERE})


GROUP = st.fixed_dictionaries(
    {
        "account_ids": st.lists(st.sampled_from([A, B, C]), max_size=4),
        "regions": st.lists(st.sampled_from([HERE, THERE, "ap-south-1"]), max_size=4),
    }
)


@pytest.mark.requirement("DEP-14")
@steady
@given(groups=st.lists(GROUP, max_size=4))
def test_what_comes_out_is_what_some_group_asks_for_and_nothing_twice(groups: list[dict[str, Any]]) -> None:
    """A target that no group asks for, or that is left out or doubled."""
    found = expanded({"targets": groups})
    asked = {Pair(one, two) for group in groups for one in group["account_ids"] for two in group["regions"]}
    assert set(found) == asked
    assert len(found) == len(asked)


@pytest.mark.parametrize(
    "region", ["us-gov-west-1", "cn-north-1", "ap-southeast-10", "eusc-de-east-1", "us-iso-east-1"]
)
def test_regions_of_every_partition_are_known_as_such(region: str) -> None:
    assert pairs({"account_ids": [A], "regions": [region]}) == [f"{A}/{region}"]


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"targets": "x"}, "targets is 'x', but a list"),
        ({"targets": ["x"]}, "a group of targets is 'x'"),
        ({"targets": [{"account_ids": ["12345"], "regions": [HERE]}]}, "account '12345' .* is not a text of 12 digits"),
        ({"targets": [{"account_ids": [222222222222], "regions": [HERE]}]}, "account 222222222222 "),
        ({"targets": [{"account_ids": [f"{A}\n"], "regions": [HERE]}]}, "account .* is not a text of 12 digits"),
        ({"targets": [{"account_ids": 222222222222, "regions": [HERE]}]}, "account_ids is 222222222222, but a list"),
        ({"targets": [{"account_ids": [A], "regions": 7}]}, "regions is 7, but a list"),
        ({"targets": [{"account_ids": [A], "regions": ["us-east-1a"]}]}, "region 'us-east-1a' .* is not the name"),
        ({"targets": [{"account_ids": [A], "regions": ["US-EAST-1"]}]}, "region 'US-EAST-1'"),
        ({"targets": [{"account_ids": [A], "regions": [None]}]}, "region None"),
    ],
)
def test_what_can_be_no_target_is_refused_with_what_was_found(record: dict[str, Any], message: str) -> None:
    with pytest.raises(TargetsInvalid, match=message):
        expanded(record)


# The function


@pytest.mark.requirement("DEP-13", "DEP-14")
def test_the_targets_of_the_repository_are_answered_with_their_number(field: Field) -> None:
    """The default targets although the repository has its own, or another number."""
    build = field.build(env="own")
    field.made.targets("$", "own", C)
    field.targets(build, ((A, B), (HERE,)))
    assert field.call("fetch_targets", build) == {
        "targets": [{"account_id": A, "region": HERE}, {"account_id": B, "region": HERE}],
        "count": 2,
        "truncated": False,
    }


@pytest.mark.requirement("DEP-13")
@pytest.mark.parametrize("own", [None, []])
def test_without_targets_of_its_own_a_repository_has_the_default_ones(field: Field, own: list[Any] | None) -> None:
    """A repository without targets of its own that is not deployed."""
    build = field.build(env=f"default{own}")
    field.made.targets("$", build.env, C)
    if own is not None:
        field.made.put("targets", PK=f"REPO#{build.repo}", SK=f"ENV#{build.env}", targets=own)
    assert field.call("fetch_targets", build)["targets"] == [{"account_id": C, "region": HERE}]


@pytest.mark.requirement("DEP-15")
@pytest.mark.parametrize("groups", [None, [], [{"account_ids": [A], "regions": []}], [{"account_ids": []}]])
def test_no_targets_are_an_error(field: Field, groups: list[Any] | None) -> None:
    """A build without targets that goes on."""
    build = field.build(env="nowhere")
    if groups is not None:
        field.made.put("targets", PK=f"REPO#{build.repo}", SK="ENV#nowhere", targets=groups)
    with pytest.raises(FunctionFailed, match=r"^TargetsNotConfigured: no deployment targets configured for "):
        field.call("fetch_targets", build)


def test_a_wrong_policy_is_refused_before_anything_is_touched(field: Field) -> None:
    build = field.build()
    field.targets(build, ((A,), (HERE,)), bake_minute=3)
    with pytest.raises(
        FunctionFailed, match=r"^TargetsInvalid: policy: unknown key 'bake_minute'; did you mean bake_m"
    ):
        field.call("fetch_targets", build)


@pytest.mark.requirement("DEP-D42")
def test_of_many_targets_the_first_hundred_travel_and_all_are_counted(field: Field) -> None:
    """A payload that grows with the number of targets until Step Functions refuses it."""
    build = field.build()
    accounts = tuple(f"{number:012}" for number in range(600))
    field.targets(build, (accounts, (HERE,)))
    answer = field.call("fetch_targets", build)
    assert (len(answer["targets"]), answer["count"], answer["truncated"]) == (100, 600, True)


def test_a_retry_goes_to_what_failed_before_and_nowhere_else(field: Field) -> None:
    first = field.build()
    field.targets(first, ((A, B, C), (HERE,)))
    for account, status in ((A, "SUCCESS"), (B, "FAILED"), (C, "PENDING")):
        field.made.put(
            "deployments",
            PK=f"REPO#{first.repo}#ENV#dev",
            SK=f"BUILD#{first.sk}#{account}/{HERE}",
            account_id=account,
            region=HERE,
            status=status,
        )
    again = field.build(first.repo, retry_of=first.sk)
    assert field.call("fetch_targets", again)["targets"] == [{"account_id": B, "region": HERE}]


def test_a_retry_of_a_build_without_failures_has_no_targets(field: Field) -> None:
    first = field.build()
    field.targets(first, ((A,), (HERE,)))
    again = field.build(first.repo, retry_of=first.sk)
    with pytest.raises(FunctionFailed, match=rf"no deployment targets configured: none of build {first.sk} failed"):
        field.call("fetch_targets", again)


@pytest.mark.parametrize(
    ("kind", "error"),
    [(Throttle(), "Transient"), (LoseAnswer(), "Transient"), (Fail("AccessDeniedException"), "Refused")],
)
def test_a_table_that_cannot_be_read_says_whether_to_try_again(field: Field, kind: Any, error: str) -> None:
    build = field.build()
    field.targets(build, ((A,), (HERE,)))
    with field.fault("dynamodb:GetItem", kind), pytest.raises(FunctionFailed, match=rf"^{error}: "):
        field.call("fetch_targets", build)
    assert field.call("fetch_targets", build)["count"] == 1
