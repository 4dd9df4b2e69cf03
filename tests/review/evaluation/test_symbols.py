"""Symbols and the texts of values: what is shown, and what two values are compared by."""

from __future__ import annotations

from typing import Any

import pytest

from stackgen.review.evaluation.symbols import (
    ABSENT,
    Attribute,
    Choice,
    Computed,
    Hidden,
    Live,
    Mixed,
    canonical,
    shown,
    symbols_in,
    text_of,
)

VPC = Attribute(("tap/TapStack", "Network"), "Vpc")
ARN = Attribute(("tap/TapStack",), "Queue", "Arn")
IMPORT = Live("import", "net")

TEXTS = [(True, "true"), (False, "false"), (1, "1"), (1.0, "1"), (1.5, "1.5"), ("a", "a"), (1e999, "inf"), (-0.0, "0")]


@pytest.mark.parametrize(("value", "expected"), TEXTS)
def test_a_scalar_is_handed_on_as_a_text(value: Any, expected: str) -> None:
    assert text_of(value) == expected


SHOWN: list[tuple[Any, str]] = [
    (VPC, "Network/Vpc"),
    (ARN, "Queue.Arn"),
    (IMPORT, "<import net>"),
    (Hidden("Password", "hunter2"), "****"),
    (Mixed(("a-", VPC)), "a-${Network/Vpc}"),
    (Computed("Fn::GetAZs", "eu-west-1"), "GetAZs(eu-west-1)"),
    (Choice(IMPORT, "a", None), "a or nothing"),
    (ABSENT, "nothing"),
    (None, "nothing"),
    ({"a": [1, True], "b": VPC}, "{a: [1, true], b: Network/Vpc}"),
    ("x" * 100, "x" * 57 + "..."),
    ([], "[]"),
]


@pytest.mark.parametrize(("value", "expected"), SHOWN)
def test_a_value_is_shown_in_one_short_line(value: Any, expected: str) -> None:
    assert shown(value) == expected


EQUAL: list[tuple[Any, Any]] = [
    (True, "true"),
    (1, "1"),
    (1.0, 1),
    ({"a": 1, "b": 2}, {"b": "2", "a": "1"}),
    ([1, [True]], ["1", ["true"]]),
    (VPC, Attribute(("tap/TapStack", "Network"), "Vpc", "")),
    ({"a": Mixed(("x", VPC))}, {"a": Mixed(("x", VPC))}),
]
DIFFERENT: list[tuple[Any, Any]] = [
    (None, ""),
    (None, "None"),
    ([], {}),
    (["a", "b"], ["b", "a"]),
    (["a"], "a"),
    ({"a": None}, {}),
    (True, "True"),
    (1, 1.5),
    (VPC, ARN),
    (VPC, str(VPC)),
    (VPC, VPC.key),
    (Mixed(("a", VPC)), Mixed((VPC, "a"))),
    (Computed("Fn::Select", 1, [VPC]), Computed("Fn::Select", 2, [VPC])),
    (Live("import", "a"), Live("transform", "a")),
    (Live("transform", "a...", "ab"), Live("transform", "a...", "ac")),
]


@pytest.mark.parametrize(("first", "second"), EQUAL)
def test_values_that_mean_the_same_have_one_text(first: Any, second: Any) -> None:
    assert canonical(first) == canonical(second)


@pytest.mark.parametrize(("first", "second"), DIFFERENT)
def test_values_that_differ_have_different_texts(first: Any, second: Any) -> None:
    assert canonical(first) != canonical(second)


def test_symbols_are_found_inside_symbols_with_the_place_that_they_stand_at() -> None:
    value = {"a": [Mixed(("x", VPC))], "b": Choice(IMPORT, ARN, "c"), "d": Computed("Fn::Select", 0, [VPC])}
    found = {(path, str(symbol)) for path, symbol in symbols_in(value)}
    assert found == {
        (("a", "0"), "x${Network/Vpc}"),
        (("a", "0"), "Network/Vpc"),
        (("b",), "Queue.Arn or c"),
        (("b",), "<import net>"),
        (("b",), "Queue.Arn"),
        (("d",), "Select(0, [Network/Vpc])"),
        (("d", "0"), "Network/Vpc"),
    }


def test_a_symbol_knows_its_owner() -> None:
    assert VPC.owner == (("tap/TapStack", "Network"), "Vpc")


@pytest.mark.parametrize("symbol", [VPC, IMPORT, Hidden("P", "x"), Mixed((VPC, "a")), Computed("Fn::GetAZs")])
def test_a_symbol_says_its_kind_in_a_traceback(symbol: Any) -> None:
    assert repr(symbol).startswith(type(symbol).__name__)
