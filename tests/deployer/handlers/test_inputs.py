"""Fields of an event: what is missing or of another type is refused by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from stackgen.deployer.handlers import inputs
from stackgen.deployer.handlers.errors import MissingInput
from stackgen.deployer.handlers.inputs import Build, Pair

BUILD = {"env": "dev", "repo": "shop", "sk": "k1"}


@pytest.mark.requirement("DEP-42")
@pytest.mark.parametrize("name", ["env", "repo", "sk"])
@pytest.mark.parametrize("value", [None, "", 7, ["x"]])
def test_a_build_without_one_of_its_fields_is_refused_by_the_name_of_the_field(name: str, value: object) -> None:
    """A function that works on an event without env, repo or sk, or does not say which lacks."""
    with pytest.raises(MissingInput, match=rf"^{name} must be a text that is not empty, and is "):
        Build.from_event({**BUILD, name: value})


def test_a_build_is_read_from_an_event_whatever_else_stands_there() -> None:
    assert Build.from_event({**BUILD, "more": 1}) == Build("dev", "shop", "k1")


@pytest.mark.parametrize(
    ("read", "given", "expected"),
    [
        (inputs.number, {"n": 3}, 3),
        (inputs.number, {"n": 0}, 0),
        (inputs.flag, {"n": True}, True),
        (inputs.flag, {}, False),
        (inputs.text, {"n": "x"}, "x"),
    ],
)
def test_a_field_of_the_right_type_is_taken(read: Callable[..., Any], given: dict[str, Any], expected: object) -> None:
    assert read(given, "n") == expected


def test_a_number_that_is_left_out_has_its_default() -> None:
    assert inputs.number({}, "retry_count", 0) == 0


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (inputs.number, -1),
        (inputs.number, "1"),
        (inputs.number, True),
        (inputs.number, 1.5),
        (inputs.number, None),
        (inputs.flag, "true"),
        (inputs.flag, 1),
        (inputs.pairs, "x"),
        (inputs.pairs, None),
    ],
)
def test_a_field_of_another_type_is_refused_with_what_was_found(read: Callable[..., Any], value: object) -> None:
    with pytest.raises(MissingInput, match=r"^n must be .+, and is ") as caught:
        read({"n": value}, "n")
    assert repr(value) in str(caught.value)


def test_targets_are_read_as_pairs_and_one_without_a_region_is_refused() -> None:
    given = [{"account_id": "222222222222", "region": "us-east-1"}]
    assert inputs.pairs({"targets": given}) == [Pair("222222222222", "us-east-1")]
    with pytest.raises(MissingInput, match=r"^region must be"):
        inputs.pairs({"targets": [{"account_id": "222222222222"}]})


def test_a_pair_is_shown_as_account_and_region() -> None:
    pair = Pair("222222222222", "us-east-1")
    assert (str(pair), pair.shown()) == (
        "222222222222/us-east-1",
        {"account_id": "222222222222", "region": "us-east-1"},
    )
