"""Texts with wildcards and unknown parts cover each other as IAM would match them."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackgen.review.access.answers import Answer, all_of, any_of
from stackgen.review.access.names import Names
from stackgen.review.access.patterns import Pattern, covers, literal, overlap
from stackgen.review.evaluation.symbols import Attribute, Choice, Live, Mixed

BUCKET = Attribute(("App",), "Bucket", "Arn")
TABLE = Attribute(("App",), "Table", "Arn")
NAME = Attribute(("App",), "Bucket")
UNKNOWN = Live("import", "shared-bucket")
OTHER = Live("import", "other-bucket")
ACCOUNT = Live("pseudo parameter", "AWS::AccountId")

texts = st.text("ab:/", max_size=6)
patterns = st.text("ab:*?", max_size=6)


def pattern(value: Any) -> Pattern:
    return Names([], {}).pattern(value)


@pytest.mark.parametrize(
    ("wide", "narrow", "expected"),
    [
        ("*", "s3:GetObject", True),
        ("*", UNKNOWN, True),
        ("*", Mixed((BUCKET, "/*")), True),
        ("s3:Get*", "s3:GetObject", True),
        ("s3:Get*", "s3:GetObject*", True),
        ("s3:GetObject*", "s3:Get*", False),
        ("s3:Get?bject", "s3:GetObject", True),
        ("s3:GetObject", "s3:Get?bject", False),
        ("*?", "?*", True),
        ("a*c", "abbc", True),
        ("a*b*c", "a*c", False),
        ("a*c", "a*b*c", True),
        ("${*}", "anything", False),
        ("${*}", "${*}", True),
        ("${aws:username}", "${aws:username}", True),
        (BUCKET, BUCKET, True),
        (BUCKET, TABLE, False),
        (BUCKET, Mixed((BUCKET, "/*")), False),
        (Mixed((BUCKET, "/*")), Mixed((BUCKET, "/logs/*")), True),
        (Mixed((BUCKET, "/logs/*")), Mixed((BUCKET, "/*")), False),
        (Mixed((BUCKET, "/*")), Mixed((TABLE, "/x")), False),
        (Mixed((BUCKET, "*")), BUCKET, True),
        (BUCKET, "arn:aws:s3:::logs", None),
        ("arn:aws:s3:::logs", BUCKET, None),
        ("arn:aws:s3:::*", BUCKET, None),
        (BUCKET, Mixed(("arn:aws:s3:::", NAME)), None),
        (BUCKET, "*", False),
        (UNKNOWN, UNKNOWN, True),
        (UNKNOWN, OTHER, None),
        (UNKNOWN, "arn:aws:s3:::logs", None),
        (UNKNOWN, "*", None),
        (Mixed(("arn:aws:s3:::", ACCOUNT, "-logs")), Mixed(("arn:aws:s3:::", ACCOUNT, "-data")), False),
        (Mixed(("arn:aws:s3:::", ACCOUNT, "-*")), Mixed(("arn:aws:s3:::", ACCOUNT, "-data")), True),
        (Mixed(("arn:aws:sqs:", ACCOUNT, ":a")), "arn:aws:sns:topic:a", False),
    ],
)
def test_a_pattern_covers_another(wide: Any, narrow: Any, expected: Answer) -> None:
    assert covers(pattern(wide), pattern(narrow)) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("s3:*", "*:GetObject", True),
        ("s3:*", "sqs:*", False),
        ("a?c", "ab*", True),
        ("a?", "a", False),
        (BUCKET, TABLE, False),
        (BUCKET, "arn:*", None),
        (UNKNOWN, "x", None),
        ("*", UNKNOWN, True),
    ],
)
def test_patterns_overlap(one: Any, other: Any, expected: Answer) -> None:
    assert overlap(pattern(one), pattern(other)) is expected
    assert overlap(pattern(other), pattern(one)) is expected


@given(patterns, texts)
def test_covering_a_plain_text_agrees_with_fnmatch(wide: str, text: str) -> None:
    assert covers(pattern(wide), Pattern(literal(text), text)) is fnmatchcase(text, wide)


@given(patterns, patterns, texts)
def test_what_a_covered_pattern_matches_the_wider_one_matches(wide: str, narrow: str, text: str) -> None:
    if covers(pattern(wide), pattern(narrow)) is True and fnmatchcase(text, narrow):
        assert fnmatchcase(text, wide)


@given(patterns, patterns, texts)
def test_patterns_that_match_one_text_overlap(one: str, other: str, text: str) -> None:
    if fnmatchcase(text, one) and fnmatchcase(text, other):
        assert overlap(pattern(one), pattern(other)) is True


@given(patterns)
def test_every_pattern_covers_itself(text: str) -> None:
    assert covers(pattern(text), pattern(text)) is True


def test_a_part_under_an_unknown_condition_gives_one_pattern_for_each_case() -> None:
    condition = Live("parameter", "IsProd")
    found = Names([], {}).patterns(Mixed(("bucket-", Choice(condition, "prod", "dev"))))
    assert [(each.text, len(guards)) for each, guards in found] == [("bucket-prod", 1), ("bucket-dev", 1)]


def test_too_many_combinations_are_one_unknown_text() -> None:
    parts = tuple(Choice(Live("parameter", str(number)), "a", "b") for number in range(8))
    assert len(Names([], {}).patterns(Mixed(parts))) == 1


@pytest.mark.parametrize(
    ("answers", "every", "some"),
    [([], True, False), ([True, None], None, True), ([False, None], False, None), ([True, False], False, True)],
)
def test_answers_are_joined_in_three_values(answers: list[Answer], every: Answer, some: Answer) -> None:
    assert all_of(answers) is every
    assert any_of(answers) is some
