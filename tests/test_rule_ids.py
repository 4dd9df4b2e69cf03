"""Our rules are known without the linter, and a misspelt one finds the one that was meant."""

from __future__ import annotations

import pytest

from stackgen.lint.explaining import pack
from stackgen.rule_ids import NEVER_EXCEPTED, OURS, is_ours, likely_rule, reaches_ours


def test_the_list_is_that_of_the_rules() -> None:
    assert set(pack()) == OURS
    assert all(map(is_ours, OURS))
    assert OURS.issuperset(NEVER_EXCEPTED)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("W9130", "did you mean E9130?"),
        ("w9130", "did you mean E9130?"),
        ("E9130 ", "did you mean E9130?"),
        ("E91300", "did you mean E9130?"),
        ("bucket", ""),
    ],
)
def test_the_number_tells_more_than_the_letter(word: str, meant: str) -> None:
    assert likely_rule(word, OURS) == meant


@pytest.mark.parametrize(("start", "reaches"), [("W9", True), ("E", True), ("E9199", True), ("E3", False), ("", True)])
def test_a_beginning_of_ours_reaches_ours(start: str, reaches: bool) -> None:
    assert reaches_ours(start) is reaches
