"""JSON is read and written as the standard library does it, also where it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stackgen.jsontext import compact, indented, parsed, quoted

GOOD = {
    "an object": '{"b": [1, 2.5, -1e3, -0], "a": {"c": null, "d": true, "e": false}}',
    "empty ones": '[{}, [], ""]',
    "escapes": r'["\u00e9\n\t\"\\\/", "é", "\ud83d\ude00"]',
    "space around": " \n\t[1]\r\n ",
    "a scalar": '"text"',
    "a number": "-17",
    "what is no number": "[NaN, Infinity, -Infinity]",
    "the same key twice": '{"a": 1, "a": 2}',
}
BAD = ["", " ", "{", '{"a": 1,}', '{"a" 1}', "[1] x", "nul", "\ufeff{}", '"\t"', "9" * 5000, "{'a': 1}", "[" * 100_000]

VALUES: dict[str, Any] = {
    "nested": {"b": [1, {"c": []}, ()], "a": {}, "d": (1, "x")},
    "numbers": [1, -2.5, 1e30, True, False, None],
    "texts": ["é", '"', "\\", "\n", "\x7f", "😀"],
    "keys that are no texts": {1: "a", 2.5: "b", None: "c"},
    "a scalar": "x",
    "nothing": None,
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_what_is_read_is_what_json_reads(text: str) -> None:
    assert repr(parsed(text)) == repr(json.loads(text))


@pytest.mark.parametrize("text", BAD, ids=[repr(text[:12]) for text in BAD])
def test_what_json_refuses_is_refused_in_its_words(text: str) -> None:
    with pytest.raises((ValueError, RecursionError)) as theirs:
        json.loads(text)
    with pytest.raises((ValueError, RecursionError)) as ours:
        parsed(text)
    assert (type(ours.value), str(ours.value)) == (type(theirs.value), str(theirs.value))


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_what_is_written_is_what_json_writes(value: Any) -> None:
    assert compact(value) == json.dumps(value)
    assert indented(value) == json.dumps(value, indent=2)


def test_keys_are_sorted_where_that_is_asked_for() -> None:
    value = {"b": 1, "a": {"d": 1, "c": 2}}
    assert compact(value, sort_keys=True) == json.dumps(value, sort_keys=True)
    assert quoted('é"') == json.dumps('é"')


def test_what_json_cannot_say_is_refused() -> None:
    with pytest.raises(TypeError, match="Object of type set is not JSON serializable"):
        compact({"a": {1}})
