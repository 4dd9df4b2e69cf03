"""Which item of a list became which."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.review.impact.pairing import paired

A, B, C = ({"Key": key, "Value": key} for key in "abc")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param([], [], [], id="nothing"),
        pytest.param(["a"], ["a"], [(0, "a", "a")], id="the same"),
        pytest.param(["a", "b"], ["x", "a", "b"], [(0, None, "x"), (1, "a", "a"), (2, "b", "b")], id="added in front"),
        pytest.param(["a", "b", "c"], ["a", "c"], [(0, "a", "a"), (1, "c", "c"), (1, "b", None)], id="taken out"),
        pytest.param(["a", "b"], ["b", "a"], [(0, "b", "b"), (1, "a", "a")], id="turned round"),
        pytest.param(["a", "b"], ["a", "x"], [(0, "a", "a"), (1, "b", "x")], id="one became another"),
        pytest.param(["a", "a"], ["a"], [(0, "a", "a"), (1, "a", None)], id="one of two equal ones"),
        pytest.param([80], ["80"], [(0, 80, "80")], id="a number and its text"),
        pytest.param([A, B], [C, A, B], [(0, None, C), (1, A, A), (2, B, B)], id="a tag added in front"),
        pytest.param([A, B], [B], [(0, B, B), (0, A, None)], id="a tag taken out"),
        pytest.param([A, A], [A], [(0, A, A), (1, A, None)], id="two of one key are paired by place"),
        pytest.param([{"P": 1}], [{"P": 2}, {"P": 1}], [(0, {"P": 1}, {"P": 2}), (1, None, {"P": 1})], id="no key"),
        pytest.param([["a"]], [["b"]], [(0, ["a"], ["b"])], id="lists in lists"),
        pytest.param([A, "x"], [B, "x"], [(0, A, B), (1, "x", "x")], id="a mixed list is paired by place"),
    ],
)
def test_items_are_paired_by_what_they_are(before: list[Any], after: list[Any], expected: list[Any]) -> None:
    assert paired(before, after) == expected


@pytest.mark.parametrize(
    "name", ["Key", "ParameterKey", "Name", "Sid", "PolicyName", "AttributeName", "IndexName", "Id"]
)
def test_objects_are_known_by_their_names(name: str) -> None:
    first, second, other = {name: "one", "V": 1}, {name: "two", "V": 1}, {name: "one", "V": 2}
    assert paired([first, second], [second, other]) == [(0, second, second), (1, first, other)]


def test_a_name_that_only_some_items_have_tells_nothing() -> None:
    assert paired([{"Key": "a"}, {}], [{}, {"Key": "a"}]) == [(0, {"Key": "a"}, {}), (1, {}, {"Key": "a"})]


def test_a_name_that_is_an_object_tells_nothing() -> None:
    one, two = {"Key": {"x": 1}}, {"Key": {"x": 2}}
    assert paired([one, two], [two]) == [(0, one, two), (1, two, None)]
