"""Two values compared: what differs, and how sure that is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stackgen.review.evaluation.symbols import Attribute, Choice, Computed, Hidden, Live, Mixed, Symbol, canonical
from stackgen.review.impact.comparison import Difference, differences

QUEUE = Attribute(("app",), "Queue")
TOPIC = Attribute(("app",), "Topic")
UNKNOWN = Live("parameter", "app.Size")
OTHER = Live("parameter", "app.Other")
SSM = Live("SSM parameter", "/image")
DYNAMIC = Live("dynamic reference", "{{resolve:ssm:/a:1}}")
DYNAMIC_2 = Live("dynamic reference", "{{resolve:ssm:/a:2}}")
IMPORT = Live("import", "vpc")
IF = Live("condition", "Sometimes")
ELSE = Live("condition", "Rarely")
ZONES = Computed("Fn::GetAZs", "us-east-1")

Found = list[tuple[str, str]]


def found(before: Any, after: Any) -> Found:
    """Where two values differ, and how sure that is."""
    return [(".".join(each.path), each.certainty) for each in differences(before, after)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({"a": 1, "b": 2}, {"b": 2, "a": 1}, id="order of keys"),
        pytest.param("true", True, id="a text and a boolean"),
        pytest.param(1, "1", id="a text and a number"),
        pytest.param(1, 1.0, id="an integer and a float"),
        pytest.param([1, "true"], ["1", True], id="inside lists"),
        pytest.param({"a": None}, {}, id="nothing, told or not"),
        pytest.param(UNKNOWN, Live("parameter", "app.Size"), id="the same unknown parameter"),
        pytest.param(QUEUE, Attribute(("app",), "Queue"), id="the same reference"),
        pytest.param(Mixed(("a-", UNKNOWN)), Mixed(("a-", UNKNOWN)), id="the same text of parts"),
        pytest.param(Hidden("P", "secret"), Hidden("Q", "secret"), id="the same secret"),
        pytest.param(Choice(IF, 1, 2), Choice(IF, "1", "2"), id="the same choice, spelled otherwise"),
        pytest.param(Choice(IF, "a", "a"), "a", id="a choice that gives the same either way"),
    ],
)
def test_equal_meanings_are_no_difference(before: Any, after: Any) -> None:
    assert found(before, after) == []
    assert found(after, before) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("a", "b", [("", "certain")], id="two texts"),
        pytest.param(1, True, [("", "certain")], id="one is not true"),
        pytest.param({"a": 1}, {"a": True}, [("a", "certain")], id="one is not true inside an object"),
        pytest.param([1], [True], [("0", "certain")], id="one is not true inside a list"),
        pytest.param({}, {"a": "x"}, [("a", "certain")], id="presence"),
        pytest.param({"a": "x"}, {}, [("a", "certain")], id="absence"),
        pytest.param({}, {"a": UNKNOWN}, [("a", "certain")], id="presence of an unknown value"),
        pytest.param({"a": SSM}, {}, [("a", "certain")], id="absence of a live value"),
        pytest.param("x", {"a": 1}, [("", "certain")], id="a text and an object"),
        pytest.param([1], {"a": 1}, [("", "certain")], id="a list and an object"),
        pytest.param(QUEUE, TOPIC, [("", "certain")], id="two references"),
        pytest.param(QUEUE, "queue-1", [("", "unknown")], id="a reference may give any text"),
        pytest.param(Hidden("P", "a"), Hidden("P", "b"), [("", "certain")], id="two secrets"),
        pytest.param(DYNAMIC, DYNAMIC_2, [("", "certain")], id="two dynamic references are two texts"),
        pytest.param(DYNAMIC, "plain", [("", "unknown")], id="a dynamic reference may give any text"),
        pytest.param("a", UNKNOWN, [("", "unknown")], id="an unknown parameter may give any text"),
        pytest.param(UNKNOWN, OTHER, [("", "unknown")], id="two unknown parameters may be equal"),
        pytest.param("ami-1", SSM, [("", "unknown")], id="an SSM parameter"),
        pytest.param("vpc-1", IMPORT, [("", "unknown")], id="an import"),
        pytest.param(["a"], ZONES, [("", "unknown")], id="a function that cannot be computed"),
        pytest.param(Mixed(("a-", UNKNOWN)), Mixed(("b-", UNKNOWN)), [("", "certain")], id="other words, same unknown"),
        pytest.param(Mixed(("a-", UNKNOWN)), Mixed(("a-", OTHER)), [("", "unknown")], id="same words, other unknown"),
        pytest.param(Mixed(("a-", UNKNOWN)), "a-1", [("", "unknown")], id="a text of parts may be any text"),
        pytest.param(Mixed(("a-", QUEUE)), Mixed(("a-", TOPIC)), [("", "certain")], id="parts that are references"),
        pytest.param(Choice(IF, 1, 2), Choice(IF, 1, 3), [("", "conditional")], id="one side of a choice"),
        pytest.param(Choice(IF, 1, 2), Choice(IF, 3, 4), [("", "certain")], id="both sides of a choice"),
        pytest.param(Choice(IF, 1, 2), 1, [("", "conditional")], id="a choice, and one of what it gives"),
        pytest.param(Choice(IF, 1, 2), 3, [("", "certain")], id="a choice, and what it never gives"),
        pytest.param(Choice(IF, 1, None), 1, [("", "conditional")], id="a choice that may be nothing"),
        pytest.param(None, Choice(IF, 1, None), [("", "conditional")], id="nothing, and a choice that may be nothing"),
        pytest.param(None, Choice(IF, 1, 2), [("", "certain")], id="nothing, and a choice of two values"),
        pytest.param(Choice(IF, 1, 2), Choice(ELSE, 1, 2), [("", "conditional")], id="the same by another condition"),
        pytest.param(Choice(IF, 1, UNKNOWN), 2, [("", "conditional")], id="a choice with an unknown side"),
        pytest.param(["a", "b"], ["x", "a", "b"], [("0", "certain")], id="a scalar added in front"),
        pytest.param(["a", "b"], ["b", "a"], [("", "certain")], id="another order"),
        pytest.param([{"Key": "a"}, {"Key": "b"}], [{"Key": "b"}, {"Key": "a"}], [("", "certain")], id="keyed, turned"),
        pytest.param(
            {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "1"}]},
            {"Tags": [{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}]},
            [("Tags.0.Value", "certain")],
            id="a tag that changed and moved",
        ),
        pytest.param(
            {"P": {"a": {"b": 1, "c": 2}, "d": 3}},
            {"P": {"a": {"b": 1, "c": 4}}},
            [("P.a.c", "certain"), ("P.d", "certain")],
            id="the deepest places",
        ),
    ],
)
def test_a_difference_says_where_and_how_sure_it_is(before: Any, after: Any, expected: Found) -> None:
    assert found(before, after) == expected
    assert len(found(after, before)) == len(expected)


def test_a_difference_holds_both_values() -> None:
    assert list(differences({"a": 1}, {"a": 2})) == [Difference(("a",), 1, 2, "certain")]


def _named(symbol: Symbol) -> Any:
    return "orders" if symbol == QUEUE else symbol


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("orders", QUEUE, [], id="a text becomes a reference to what has that name"),
        pytest.param("returns", QUEUE, [("", "certain")], id="a text becomes a reference to what has another name"),
        pytest.param("orders", TOPIC, [("", "unknown")], id="a reference that resolves to nothing known"),
        pytest.param("orders", Choice(IF, QUEUE, "orders"), [], id="inside a choice"),
        pytest.param(["orders"], [QUEUE], [], id="inside a list"),
    ],
)
def test_a_reference_that_is_known_to_give_a_name_is_that_name(before: Any, after: Any, expected: Found) -> None:
    forward = list(differences(before, after, _named, _named))
    backward = list(differences(after, before, _named, _named))
    assert [(".".join(each.path), each.certainty) for each in forward] == expected
    assert len(backward) == len(forward)


SCALARS = st.one_of(st.sampled_from(["a", "b", "true", "1", ""]), st.booleans(), st.integers(0, 2), st.just(1.0))
PLAIN = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(["Key", "Value", "x"]), inner, max_size=3)
    ),
    max_leaves=10,
)
SYMBOLS = st.sampled_from([QUEUE, TOPIC, UNKNOWN, SSM, DYNAMIC, ZONES, Mixed(("a", UNKNOWN)), Hidden("P", "x")])
VALUES = st.recursive(
    st.one_of(SCALARS, SYMBOLS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(["Key", "Value", "x"]), inner, max_size=3),
        st.builds(
            Choice,
            st.sampled_from([IF, ELSE]),
            inner,
            inner,
        ),
    ),
    max_leaves=10,
)


def places(before: Any, after: Any) -> list[str]:
    """The paths of all differences, whatever the place in a list."""
    return sorted(re.sub(r"\d+", "*", path) for path, _ in found(before, after))


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_a_value_does_not_differ_from_itself(value: Any) -> None:
    assert found(value, value) == []


@settings(max_examples=300, deadline=None)
@given(PLAIN, PLAIN)
def test_plain_values_differ_where_their_meanings_do(before: Any, after: Any) -> None:
    assert bool(found(before, after)) is (canonical(before) != canonical(after))


@settings(max_examples=300, deadline=None)
@given(VALUES, VALUES)
def test_the_way_back_differs_in_the_same_places(before: Any, after: Any) -> None:
    assert places(before, after) == places(after, before)


@settings(max_examples=100, deadline=None)
@given(PLAIN, PLAIN)
def test_what_is_known_on_both_sides_differs_for_certain(before: Any, after: Any) -> None:
    assert {certainty for _, certainty in found(before, after)} <= {"certain"}
