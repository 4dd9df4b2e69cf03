"""The golden form: the bytes of the standard library, with CloudFormation's order of sections."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.errors import DeclarationError
from stackgen.writer import SECTIONS, json_text

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=10), inner, max_size=5),
    max_leaves=30,
)
TEMPLATES = st.dictionaries(st.sampled_from(SECTIONS), VALUES)


@given(TEMPLATES)
def test_what_is_written_reads_back_the_same(sections: dict[str, Any]) -> None:
    assert json.loads(json_text(sections)) == sections


@given(VALUES)
def test_below_a_section_the_bytes_are_those_of_the_standard_library(value: Any) -> None:
    expected = json.dumps({"Resources": value}, indent=2, sort_keys=True) + "\n"
    assert json_text({"Resources": value}) == expected


@given(TEMPLATES, st.randoms())
def test_the_order_of_dicts_changes_no_byte(sections: dict[str, Any], random: Any) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            items = [(key, shuffled(part)) for key, part in value.items()]
            random.shuffle(items)
            return dict(items)
        return [shuffled(part) for part in value] if isinstance(value, list) else value

    assert json_text(shuffled(sections)) == json_text(sections)


def test_sections_stand_in_cloudformations_order() -> None:
    text = json_text(dict.fromkeys(sorted(SECTIONS), "x"))
    assert [line.split('"')[1] for line in text.splitlines()[1:-1]] == list(SECTIONS)
    assert text.endswith("}\n")
    assert SECTIONS.index("Parameters") < SECTIONS.index("Resources") < SECTIONS.index("Outputs")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1}, b"x", 1j])
def test_what_json_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises(DeclarationError, match="is a value that JSON cannot hold"):
        json_text({"Resources": {"A": [value]}})


def test_why_other_languages_are_escaped_a_terminal_and_a_diff_show_the_same_bytes() -> None:
    assert json_text({"Description": "größe"}) == '{\n  "Description": "gr\\u00f6\\u00dfe"\n}\n'
