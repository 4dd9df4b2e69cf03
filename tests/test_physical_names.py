"""The shape of a rule; the rules themselves are held against the schemas in test_physical_names_table.py."""

from __future__ import annotations

import re

import pytest

from stackgen.physical_names import PHYSICAL_NAMES, PhysicalName


@pytest.mark.parametrize("rule", PHYSICAL_NAMES.values(), ids=list(PHYSICAL_NAMES))
def test_a_rule_has_a_property_in_pascal_case_and_says_its_pattern_in_words(rule: PhysicalName) -> None:
    assert re.fullmatch(r"[A-Z][A-Za-z]+", rule.property)
    assert re.compile(rule.pattern).groups >= 0
    assert "characters" in rule.words or "letters" in rule.words
